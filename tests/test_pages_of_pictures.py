"""Reports whose page holds only pictures, or pictures of its tables: the page is read together with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archive.models import NotAReport, Ocr, ParsedReport, Picture, ReadBy, State, Unreadable
from archive.readers import scan
from archive.reading import Hints, read_report
from archive.report.tables.pictured import PLACE
from archive.sandbox import Sandbox
from demo.farm import build_farm
from demo.portals.huaiyu import PICTURES
from tests.readers.picture_pages import TITLE, page
from tests.readers.test_picture_size import jpeg

ADDRESS = "http://www.shixi.example/nb/t1.html"
PAGES = [jpeg(1000, 1400 + number) for number in range(3)]
NEEDS = "reading it needs the extra ocr: run `make ocr` in the checkout of Gongkai"

needs_ocr = pytest.mark.skipif(not scan.available(), reason="needs the extra `ocr`")


def article(count: int, title: str = TITLE) -> bytes:
    images = "".join(f'<p><img src="P{number}.jpg"></p>' for number in range(1, count + 1))
    return f"<html><title>{title}</title><body><h1>{title}</h1><div id='zoom'>{images}</div></body></html>".encode()


def beside(*pictures: bytes | None) -> Hints:
    named: tuple[Picture, ...] = tuple(
        (f"http://www.shixi.example/nb/P{number}.jpg", data) for number, data in enumerate(pictures, 1)
    )
    return Hints(name=ADDRESS, pictures=named)


def test_a_report_in_pictures_is_unreadable_and_says_what_would_help() -> None:
    why = f"a report in pictures in place of its text, 3 of 3 held; {NEEDS}"
    assert read_report(article(3), **beside(*PAGES)) == Unreadable(why, needs_ocr=True)
    assert read_report(article(3), ocr=Ocr.DEFER, **beside(*PAGES)) == Unreadable(why, needs_ocr=True)


def test_pictures_that_could_not_be_had_are_counted() -> None:
    result = read_report(article(3), **beside(PAGES[0], None, PAGES[2]))
    assert result == Unreadable(f"a report in pictures in place of its text, 2 of 3 held; {NEEDS}", needs_ocr=True)
    none = read_report(article(3), **beside(None, None, None))
    assert none == Unreadable("a report in pictures in place of its text, 0 of 3 held")


def test_pictures_make_no_report_of_what_is_none() -> None:
    assert isinstance(read_report(article(3, "云溪县政府信息公开指南"), **beside(*PAGES)), NotAReport)
    small = read_report(article(1), **beside(jpeg(200, 200)))
    assert small == NotAReport("the page holds the title of a report and pictures in place of its text")


def test_a_viewer_may_show_them_by_a_script() -> None:
    script = "<script>show(['P1.jpg', 'P2.jpg'])</script>"
    data = f"<html><title>{TITLE}</title><body><h1>{TITLE}</h1>{script}</body></html>".encode()
    result = read_report(data, **beside(*PAGES[:2]))
    assert isinstance(result, Unreadable)
    assert "2 of 2 held" in result.why


def test_tables_on_pictures_beside_the_text_leave_the_text_readable() -> None:
    report = read_report(page({2: '<img src="P1.jpg">'}), **beside(PAGES[0]))
    assert isinstance(report, ParsedReport)
    assert report.sections[0].text == "本局依法办理，按时公开。"
    assert sum(cell.state is State.UNREADABLE and cell.place == PLACE for cell in report.cells) == 10
    deferred = read_report(page({2: '<img src="P1.jpg">'}), ocr=Ocr.DEFER, **beside(PAGES[0]))
    assert deferred == Unreadable(f"a report whose tables are pictures, 1 of 1 held; {NEEDS}", needs_ocr=True)


def test_the_sandbox_hands_the_pictures_over() -> None:
    with Sandbox(ocr=False) as sandbox:
        assert sandbox.read(article(3), **beside(PAGES[0], None, PAGES[2])) == Unreadable(
            f"a report in pictures in place of its text, 2 of 3 held; {NEEDS}", needs_ocr=True
        )
        assert sandbox.read(article(1), name=ADDRESS) == NotAReport(
            "the page holds the title of a report and pictures in place of its text"
        )


# --------------------------------------------------------------------------- with the extra


@pytest.fixture(scope="module")
def drawn() -> tuple[Any, list[bytes]]:
    """The report that a demo portal publishes as pictures, and these."""
    (publication,) = build_farm().drawn
    paths = sorted(Path(PICTURES).glob(f"{publication.report.id}-*.png"))
    return publication.report, [path.read_bytes() for path in paths]


def wrong(report: ParsedReport, truth: Any) -> list[tuple[str, str | None]]:
    cells = {(cell.key, cell.applicant): cell for cell in report.cells}
    return [
        (cell.key, cell.applicant)
        for cell in truth.cells
        if (found := cells[cell.key, cell.applicant]).value not in (None, cell.value)
        or (found.value is None and found.state not in (State.UNREADABLE, cell.state))
    ]


@needs_ocr
@pytest.mark.slow
def test_a_report_in_pictures_is_read_where_the_extra_is(drawn: tuple[Any, list[bytes]]) -> None:
    truth, pictures = drawn
    with Sandbox() as sandbox:
        report = sandbox.read(article(len(pictures), truth.title), **beside(*pictures))
    assert isinstance(report, ParsedReport)
    assert (report.agency, report.year, report.read_by) == (truth.agency.name, truth.year, ReadBy.OCR)
    assert [section.number for section in report.sections] == [1, 2, 3, 4, 5, 6]
    assert sum(cell.value is not None for cell in report.cells) >= 0.9 * len(truth.cells)
    assert wrong(report, truth) == []
    assert "picture 2 is http://www.shixi.example/nb/P2.jpg" in report.warnings


@needs_ocr
def test_pictures_on_which_nothing_is_recognised_are_named() -> None:
    result = read_report(article(1), ocr=Ocr.ON, **beside(PAGES[0]))
    assert isinstance(result, Unreadable)
    assert "picture 1: a damaged image" in result.why


@needs_ocr
@pytest.mark.slow
def test_what_stands_on_a_lost_picture_is_unreadable_and_not_missing(drawn: tuple[Any, list[bytes]]) -> None:
    truth, pictures = drawn
    report = read_report(article(len(pictures), truth.title), ocr=Ocr.ON, **beside(pictures[0], None, *pictures[2:]))
    assert isinstance(report, ParsedReport)
    assert not [cell for cell in report.cells if cell.state is State.MISSING]
    assert [cell for cell in report.cells if cell.state is State.UNREADABLE and cell.place == PLACE]
    assert wrong(report, truth) == []
    assert "1 more pictures that the page shows are not held" in report.warnings
