"""Tables that are pictures: unreadable with the reason and never missing, and recognised where the extra is there."""

from __future__ import annotations

import io
from collections import Counter
from itertools import islice
from typing import Any

import pytest

from archive.checks.confidence import ReasonCode, confidence
from archive.checks.within import check_report
from archive.models import NotAReport, Ocr, ParsedReport, ReadBy, State, Unreadable
from archive.readers import read, scan
from archive.readers.pictures import MAX_PICTURES, pictures_in
from archive.reading import read_report
from archive.report.form import load_form
from archive.report.tables.pictured import PLACE
from archive.sandbox import Sandbox
from demo.reports import many
from tests.readers.package_builder import zipped
from tests.readers.picture_pages import TABLE_2, TITLE, image, page, png, word

NOTE = "table {} is a picture: it was published, and its cells cannot be read without recognising characters"


def parsed(data: bytes) -> ParsedReport:
    report = read_report(data)
    assert isinstance(report, ParsedReport)
    return report


def states(report: ParsedReport) -> dict[int, Counter[State]]:
    """How many cells of each table are in each state."""
    table_of = {item.key: item.table for item in load_form().eras[report.era].items}
    found: dict[int, Counter[State]] = {2: Counter(), 3: Counter(), 4: Counter()}
    for cell in report.cells:
        found[table_of[cell.key]][cell.state] += 1
    return found


def told(report: ParsedReport) -> list[int]:
    return [table for table in (2, 3, 4) if NOTE.format(table) in report.warnings]


@pytest.mark.parametrize("picture", [None, png()], ids=["elsewhere", "inside"])
def test_tables_that_are_pictures_are_unreadable_and_not_missing(picture: bytes | None) -> None:
    report = parsed(page({2: image(picture), 3: image(picture), 4: image(picture)}))
    assert told(report) == [2, 3, 4]
    assert states(report) == {
        2: {State.UNREADABLE: 10},
        3: {State.UNREADABLE: 175},
        4: {State.UNREADABLE: 15},
    }
    assert {cell.place for cell in report.cells} == {PLACE}
    assert all(cell.value is None and cell.raw is None for cell in report.cells)
    reasons = {reason.code: reason.count for reason in confidence(report, check_report(report)).reason}
    assert reasons[ReasonCode.CELLS_UNREADABLE] == 200
    assert ReasonCode.CELLS_MISSING not in reasons


def test_a_table_that_is_not_there_stays_missing() -> None:
    """A picture in one section says nothing of the others."""
    report = parsed(page({3: image()}))
    assert told(report) == [3]
    assert states(report)[2] == {State.MISSING: 10}
    assert states(report)[4] == {State.MISSING: 15}
    assert told(parsed(page({}))) == []
    assert told(parsed(page({1: image(), 5: image(), 6: image()}))) == []


def test_a_picture_beside_a_table_changes_nothing() -> None:
    with_picture, without = parsed(page({2: TABLE_2 + image()})), parsed(page({2: TABLE_2}))
    assert states(without)[2][State.NUMBER] == 6
    assert with_picture.cells == without.cells
    assert told(with_picture) == []


def test_pictures_that_are_not_shown_are_none() -> None:
    assert told(parsed(page({2: f"<div style='display:none'>{image()}</div>"}))) == []


def test_a_word_file() -> None:
    report = parsed(word({2, 4}, [png()]))
    assert told(report) == [2, 4]
    assert states(report)[3] == {State.MISSING: 175}


def test_a_page_of_a_title_and_pictures_says_so() -> None:
    result = read_report(f"<html><title>{TITLE}</title><body><h1>{TITLE}</h1>{image() * 3}</body></html>".encode())
    assert result == NotAReport("the page holds the title of a report and pictures in place of its text")


def test_pictures_inside_of_a_file_are_found_once_and_icons_left_out() -> None:
    other = png(6000)
    assert pictures_in(page({2: image(png()), 3: image(png(10)), 4: image(other) + image(png())})) == (png(), other)
    assert pictures_in(word({2}, [png(10), other])) == (other,)
    assert pictures_in(page({2: image()})) == ()
    many_pictures = "".join(image(png(5000 + n)) for n in range(MAX_PICTURES + 5))
    assert len(pictures_in(page({2: many_pictures}))) == MAX_PICTURES
    assert pictures_in(b"<html><p><img src='data:image/png;base64,AAA'></p>") == ()


def test_a_report_with_pictures_inside_asks_for_recognition_where_there_is_any() -> None:
    deferred = read_report(page({2: image(png())}), ocr=Ocr.DEFER)
    assert isinstance(deferred, Unreadable)
    assert deferred.needs_ocr
    elsewhere = read_report(page({2: image()}), ocr=Ocr.DEFER)
    assert isinstance(elsewhere, ParsedReport)
    assert told(elsewhere) == [2]


def test_so_does_one_inside_of_a_package() -> None:
    package = zipped({"年报.docx": word({2}, [png()])})
    deferred = read_report(package, ocr=Ocr.DEFER)
    assert isinstance(deferred, Unreadable)
    assert deferred.needs_ocr
    assert told(parsed(package)) == [2]


def test_without_the_extra_the_text_of_the_report_is_held_all_the_same() -> None:
    with Sandbox(ocr=False) as sandbox:
        report = sandbox.read(page({2: image(png())}))
    assert isinstance(report, ParsedReport)
    assert told(report) == [2]
    assert report.sections[0].text == "本局依法办理，按时公开。"
    assert report.read_by is ReadBy.TEXT


def test_where_pictures_stand_is_told_by_the_blocks_before_them() -> None:
    assert read(f"<p>一</p>{image()}<p>二{image()}</p>{image()}<p>三</p>".encode()).pictures == (1, 2, 2)
    assert read(word({1}, [])).pictures == (3,)


# --------------------------------------------------------------------------- with the extra


@pytest.fixture(scope="module")
def drawn() -> tuple[Any, list[bytes]]:
    """A made-up report and its pages as pictures."""
    paper: Any = pytest.importorskip(
        "tests.readers.scanned_report", reason="needs the extra `ocr`", exc_type=ImportError
    )
    if not scan.available():
        pytest.skip("needs the extra `ocr`")
    if paper.font() is None:
        pytest.skip("needs a font with Chinese letters (fonts-noto-cjk)")
    truth = next(islice(many(1), 1))
    files = []
    for picture in paper.pictures(truth, 150):
        out = io.BytesIO()
        picture.save(out, "PNG", dpi=(150, 150))
        files.append(out.getvalue())
    return truth, files


@pytest.mark.slow
def test_pictures_are_recognised_and_no_figure_is_wrong(drawn: tuple[Any, list[bytes]]) -> None:
    truth, files = drawn
    pictures = "".join(map(image, files))
    with Sandbox() as sandbox:
        report = sandbox.read(page({2: pictures, 3: image(), 4: image()}))
    assert isinstance(report, ParsedReport)
    assert report.read_by is ReadBy.OCR
    assert any("read by OCR" in warning for warning in report.warnings)
    cells = {(cell.key, cell.applicant): cell for cell in report.cells}
    right = sum(cells[cell.key, cell.applicant].value == cell.value for cell in truth.cells)
    wrong = [
        cell
        for cell in truth.cells
        if (found := cells[cell.key, cell.applicant]).value not in (None, cell.value) or found.state is State.MISSING
    ]
    assert wrong == []
    assert right >= 0.9 * len(truth.cells)


def test_a_picture_that_cannot_be_read_leaves_its_table_unreadable(drawn: tuple[Any, list[bytes]]) -> None:
    report = read_report(page({2: image(png())}), ocr=Ocr.ON)
    assert isinstance(report, ParsedReport)
    assert told(report) == [2]
    assert "the pictures: a scan of 1 pages on which no text was recognised" in report.warnings
    assert report.read_by is ReadBy.TEXT
