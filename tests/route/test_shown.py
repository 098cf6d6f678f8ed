"""A page is read with the pictures that it showed, and read anew when they come late or change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archive.holdings import ChangeKind, build_holdings
from archive.ledger import Found
from archive.models import Outcome, ParseResult, Role, Unreadable
from archive.parsing import parse_captures
from archive.sandbox import Sandbox
from tests.holdings.evidence import registry
from tests.route.crawled import HOST, Crawled, crawled, report

AGENCY = "滕州市科学技术局"
PAGE = "nb/1.html"


def read(data: bytes, **hints: Any) -> ParseResult:
    """A report whose number is what its pictures say together; unreadable while one of them is not held."""
    pictures = [picture for _, picture in hints.get("pictures", ())]
    if not pictures or None in pictures:
        return Unreadable(f"{len(pictures)} pictures, {pictures.count(None)} not held")
    return report(AGENCY, 2021, received=int(data.decode()) + sum(int(picture) for picture in pictures))


def show(data: Crawled, *names: str, page: str = PAGE) -> None:
    """Notes that a page shows these pictures, which are open then."""
    url = f"http://{HOST}/{page}"
    data.ledger.add(
        data.run, [Found(f"http://{HOST}/{name}", HOST, "tz", Role.PICTURE, referrer=url) for name in names]
    )


def fetch(data: Crawled, name: str, body: bytes | None, **more: Any) -> None:
    data.fetch(name, body, role=Role.PICTURE, referrer=f"http://{HOST}/{PAGE}", **more)


def parse(data: Crawled, **more: Any) -> list[tuple[str, str | None]]:
    """Reads what is to be read, and returns what there is now: status, and the number or why there is none."""
    parse_captures(data.ledger, data.store, parser_version="v1", read=read, **more)
    return [
        (one.status, one.why or (one.result or "").partition('"value":')[2].partition(",")[0].strip())
        for one in data.ledger.parses("v1")
    ]


def count(data: Crawled) -> int:
    """How many captures a pass reads now."""
    return parse_captures(data.ledger, data.store, parser_version="v1", read=read).total


def next_run(data: Crawled) -> None:
    data.run = data.ledger.begin_run("test", {}, ["tz"])


def test_a_picture_is_no_document_and_its_page_is_read_with_it(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        data.fetch(PAGE, b"1", agency=AGENCY)
        show(data, "a.png", "b.png")
        fetch(data, "a.png", b"20")
        fetch(data, "b.png", b"300")
        assert parse(data) == [("ok", "321")]
        assert count(data) == 0


def test_a_page_is_read_anew_when_its_pictures_come(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        data.fetch(PAGE, b"1", agency=AGENCY)
        show(data, "a.png", "b.png")
        fetch(data, "a.png", b"20")
        fetch(data, "b.png", None, outcome=Outcome.HTTP_ERROR)
        assert parse(data) == [("unreadable", "2 pictures, 1 not held")]
        assert count(data) == 0, "nothing came meanwhile"
        next_run(data)
        fetch(data, "b.png", b"300")
        assert parse(data) == [("ok", "321")]
        assert count(data) == 0


def test_a_changed_picture_is_another_version_of_a_page_that_has_not_changed(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with crawled(tmp_path) as data:
        data.fetch(PAGE, b"1", agency=AGENCY)
        show(data, "a.png")
        fetch(data, "a.png", b"20")
        assert parse(data) == [("ok", "21")]
        for number, picture in ((2, b"20"), (3, b"40"), (4, b"40")):
            next_run(data)
            data.fetch(PAGE, b"1", at=f"2026-03-0{number}T00:00:00.000Z", agency=AGENCY)
            fetch(data, "a.png", picture, at=f"2026-03-0{number}T00:00:01.000Z")
            expected = [("ok", "21")] if number == 2 else [("ok", "21"), ("ok", "41")]
            assert parse(data) == expected
            assert count(data) == 0
        held = build_holdings(data.ledger, registry(tmp_path_factory.mktemp("registry")), "v1")
    (only,) = held.reports
    assert [version.first_seen[:10] for version in only.versions] == ["2026-02-01", "2026-03-03"]
    assert [(s.seen_at[:10], s.version_id[-2:]) for s in only.sightings] == [
        ("2026-02-01", "v1"),
        ("2026-03-02", "v1"),
        ("2026-03-03", "v2"),
        ("2026-03-04", "v2"),
    ]
    corrected = [change for change in held.changes if change.kind is ChangeKind.CORRECTED]
    assert [(change.before, change.after) for change in corrected] == [("21", "41")]
    assert held.unplaced == ()
    assert {capture.url for capture in held.captures} == {f"http://{HOST}/{PAGE}"}


def test_a_picture_on_two_pages_belongs_to_both(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        data.fetch(PAGE, b"1", agency=AGENCY)
        data.fetch("nb/2.html", b"2", agency=AGENCY)
        show(data, "a.png")
        show(data, "a.png", page="nb/2.html")
        fetch(data, "a.png", b"20")
        assert parse(data) == [("ok", "21"), ("ok", "22")]


def test_a_pass_over_everything_reads_each_state_once(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        data.fetch(PAGE, b"1", agency=AGENCY)
        show(data, "a.png")
        fetch(data, "a.png", b"20")
        next_run(data)
        data.fetch(PAGE, b"1", agency=AGENCY)
        fetch(data, "a.png", b"40")
        assert parse(data) == [("ok", "21"), ("ok", "41")]
        summary = parse_captures(data.ledger, data.store, parser_version="v1", read=read, again=True)
        assert (summary.ok, summary.total) == (2, 2)
        assert parse(data, portals=["other"]) == [("ok", "21"), ("ok", "41")]
        other = parse_captures(data.ledger, data.store, parser_version="v2", read=read)
        assert other.total == 2, "another parser reads both as well"


def test_the_bytes_reach_the_reader_through_the_sandbox(tmp_path: Path) -> None:
    with crawled(tmp_path) as data, Sandbox(read=read) as sandbox:
        data.fetch(PAGE, b"1", agency=AGENCY)
        show(data, "a.png", "gone.png")
        fetch(data, "a.png", b"20")
        parse_captures(data.ledger, data.store, parser_version="v1", read=sandbox.read)
        assert [one.why for one in data.ledger.parses("v1")] == ["2 pictures, 1 not held"]


def test_a_damaged_picture_is_named(tmp_path: Path) -> None:
    with crawled(tmp_path) as data:
        data.fetch(PAGE, b"1", agency=AGENCY)
        show(data, "a.png")
        picture = data.fetch("a.png", b"20", role=Role.PICTURE)
        assert picture is not None
        path = tmp_path / "warc" / picture.warc
        content = bytearray(path.read_bytes())
        content[picture.offset + picture.length // 2] ^= 0xFF
        path.write_bytes(content)
        ((status, why),) = parse(data)
        assert status == "unreadable"
        assert "the capture is damaged" in (why or "")
