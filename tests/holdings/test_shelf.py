"""Shelves against the plain tuples of the same records."""

from __future__ import annotations

from dataclasses import replace
from itertools import repeat
from tempfile import gettempdir

import pytest

from archive.commands.common import said_of
from archive.holdings import Change, Coverage, Report, Reports, Shelf, Unplaced, shelf
from archive.holdings.model import StoredReport
from archive.models import Capture
from tests.made_holdings import made_holdings

HELD = made_holdings(3, (2021, 2022))


@pytest.mark.parametrize(
    ("kind", "records"),
    [(Report, tuple(HELD.reports)), (Coverage, HELD.coverage), (Capture, HELD.captures), (Unplaced, HELD.unplaced)],
    ids=["reports", "coverage", "captures", "unplaced"],
)
def test_a_shelf_is_the_tuple_of_its_records(kind: type, records: tuple[object, ...]) -> None:
    shelf = Shelf(kind, records)
    assert list(shelf) == [*records]
    assert shelf == records
    assert records == shelf
    assert (shelf[0], shelf[-1], [*shelf[1:]]) == (records[0], records[-1], [*records[1:]])
    assert shelf != records[1:]
    assert Shelf(kind) == ()
    with pytest.raises(IndexError):
        shelf[len(records)]


def test_what_is_read_while_more_is_added() -> None:
    shelf: Shelf[Change] = Shelf(Change)
    for count, change in enumerate(HELD.changes, 1):
        shelf.add(change)
        assert shelf[-1] == change
        assert len(shelf) == count


def test_reports_are_found_by_their_ids() -> None:
    reports = HELD.reports
    assert [reports.find(report.id) for report in reports] == list(reports)
    assert [reports.find(name) for name in ("", "a00001-2020", "a00001-20211", "z")] == [None] * 4
    assert [reports.content(report.id) for report in reports] == [one.current.packed.content for one in reports]
    assert reports.content("a00001-2020") is None
    assert reports.ids == sorted(report.id for report in reports)
    for again in (reports[0], reports[-1]):
        with pytest.raises(ValueError, match=f"{again.id} does not come behind {reports[-1].id}"):
            Reports([*reports, again])


def test_a_report_that_stays_in_a_ledger_is_read_there() -> None:
    asked: list[int] = []

    def read(number: int) -> bytes:
        asked.append(number)
        return HELD.reports[0].current.packed.text()

    report = HELD.reports[0]
    stored = replace(report.current, packed=StoredReport(report.current.packed.content, 7, read))
    held = Reports([replace(report, versions=(stored,))])
    assert held[0].current == stored
    assert not asked, "nothing is read before it is looked at"
    assert held[0].current.parsed() == report.current.parsed()
    assert asked == [7]


def test_reports_of_two_ledgers_do_not_stand_on_one_shelf() -> None:
    one, two, *_ = HELD.reports
    kept = [StoredReport("00" * 16, 7, held.current.packed.text) for held in (one, two)]  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="report 7 is kept elsewhere than the others"):
        Reports(
            replace(held, versions=(replace(held.current, packed=packed),))
            for held, packed in zip((one, two), kept, strict=True)
        )


def test_a_disk_that_is_full_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "TemporaryFile", lambda: open("/dev/full", "r+b"))  # noqa: PTH123, SIM115
    with pytest.raises(OSError, match="No space left") as while_written:
        Shelf(Change, repeat(HELD.changes[0], 1_000))
    read = Shelf(Change, HELD.changes[:1])
    with pytest.raises(OSError, match="No space left") as while_read:
        read[0]
    for raised in (while_written, while_read):
        assert said_of(raised.value).startswith(f"{gettempdir()}: No space left on device; make room")
