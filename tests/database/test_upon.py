"""An archive built upon the one before is the one that is built anew, whatever the night has brought."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from archive.database import places, whole_tables
from archive.database.copied_rows import TABLES as COPIED
from archive.database.inputs import report_digests
from archive.database.report_rows import BY_REPORT
from archive.database.schema import load_schema
from archive.database.whole_tables import WHOLE
from archive.holdings import (
    Change,
    ChangeKind,
    Copy,
    Holdings,
    Packed,
    Report,
    Reports,
    Sighting,
    Unplaced,
    Version,
)
from archive.models import Capture, ShownPicture
from archive.search import match_expression
from tests.database.compared import Nights, tables, without
from tests.made_holdings import capture_of, made_holdings, made_report, version_of

YEARS = (2021, 2022, 2023)


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def small() -> Holdings:
    return made_holdings(3, YEARS)


def with_report(holdings: Holdings, number: int, report: Report) -> Holdings:
    return replace(holdings, reports=Reports((*holdings.reports[:number], report, *holdings.reports[number + 1 :])))


def corrected(report: Report, seed: int = 9) -> Report:
    """The report with one more version, of other numbers and texts."""
    parsed = made_report("青石市财政局", report.year, seed)
    capture = capture_of(report.url, f"{report.id} again {seed}", "2025-09-01T00:00:00Z", report.portal or "")
    version = version_of(report.id, len(report.versions) + 1, parsed, capture)
    return replace(
        report, versions=(*report.versions, version), sightings=(*report.sightings, Sighting(version.id, capture))
    )


def with_captures(holdings: Holdings) -> Holdings:
    """The holdings with every capture of a sighting among the documents."""
    every = {capture.sha256: capture for capture in holdings.captures}
    for report in holdings.reports:
        for capture in (*(s.capture for s in report.sightings), *(c.capture for c in report.copies)):
            every.setdefault(capture.sha256, capture)
    return replace(holdings, captures=tuple(every[sha256] for sha256 in sorted(every)))


def test_a_night_that_brings_nothing(nights: Nights) -> None:
    nights.build(small())
    upon, anew, kept = nights.build(small())
    assert len(kept) == 9
    assert tables(upon) == tables(anew)


def test_reports_that_came_went_and_changed(nights: Nights) -> None:
    first = made_holdings(5, (2020, *YEARS))
    nights.build(without(first, "a00000-2021", "a00004-2023", "a00002-2020"))
    second = with_captures(with_report(first, 9, corrected(first.reports[9])))
    upon, anew, kept = nights.build(without(second, "a00001-2022", "a00003-2020"))
    assert len(kept) >= 9
    assert tables(upon) == tables(anew)
    # ... and again, upon what was itself built upon another.
    upon, anew, kept = nights.build(second)
    assert len(kept) >= 12
    assert tables(upon) == tables(anew)


def test_rows_stand_in_the_order_of_their_key(nights: Nights) -> None:
    """See `schema.yaml`: Datasette loses rows of sorted pages otherwise."""
    nights.build(without(small(), "a00001-2022"))
    upon, anew, _ = nights.build(with_captures(with_report(small(), 2, corrected(small().reports[2]))))
    for archive in (upon, anew):
        with closing(sqlite3.connect(archive)) as connection:
            for table in (*BY_REPORT, *COPIED, *WHOLE):
                key = ", ".join(load_schema()[table].primary_key)
                rows = connection.execute(f"select {key} from {table} order by rowid").fetchall()
                assert rows == sorted(rows), table


def numbers(archive: Path, query: str) -> dict[str, int]:
    with closing(sqlite3.connect(archive)) as connection:
        return dict(connection.execute(query))


def test_numbers_of_versions_and_sections_stay(nights: Nights) -> None:
    first, _, _ = nights.build(without(small(), "a00000-2021"))
    upon, anew, _ = nights.build(with_captures(with_report(small(), 4, corrected(small().reports[4]))))
    for table, key, number in (("versions", "version_id", "version_no"), ("sections", "section_id", "docid")):
        before, *after = (numbers(archive, f"select {key}, {number} from {table}") for archive in (first, upon, anew))
        new = after[0].keys() - before.keys()
        assert new
        assert after[0] == after[1] == before | {name: after[0][name] for name in new}
        assert {after[0][name] for name in new} == {max(before.values()) + n for n in range(1, len(new) + 1)}


def test_where_there_is_no_room_all_is_built_anew_with_the_same_numbers(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "APART", 1)
    nights.build(without(small(), "a00001-2021", "a00001-2022", "a00001-2023"))
    upon, anew, kept = nights.build(small())
    assert kept
    assert nights.said == ["built anew: there is no room left before report a00001-2021"]
    assert tables(upon) == tables(anew)


def test_a_whole_table_without_room_is_laid_out_anew(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_tables, "APART", 1)
    nights.build(replace(small(), coverage=small().coverage[::2]))
    upon, anew, kept = nights.build(small())
    assert kept
    assert nights.said == []
    assert tables(upon) == tables(anew)


def test_without_memory_of_the_texts_they_are_all_compared(nights: Nights) -> None:
    nights.build(small())
    upon, anew, kept = nights.build(without(small(), "a00001-2022"), remembered=False)
    assert kept
    assert tables(upon) == tables(anew)


def test_searches_find_the_same_in_the_same_order(nights: Nights) -> None:
    nights.build(small())
    changed = with_captures(with_report(small(), 4, corrected(small().reports[4])))
    upon, anew, _ = nights.build(changed)
    query = "select rowid, rank from sections_fts where sections_fts match ? order by rank, rowid"
    with closing(sqlite3.connect(upon)) as one, closing(sqlite3.connect(anew)) as other:
        for words in ("公开", "申请 公开", "IPv6", "行政诉讼", "8521", "主动公开各类信息"):
            found = one.execute(query, (match_expression(words),)).fetchall()
            assert found == other.execute(query, (match_expression(words),)).fetchall()
            assert found or words == "8521"


def test_a_corrected_text_is_told_sentence_by_sentence_once(nights: Nights) -> None:
    change = Change("a00000-2021-v1-1", "a00000-2021", "2025-02-01T00:00:00Z", ChangeKind.CORRECTED, "a00000-2021-v1",
                    section=1, before="甲。乙。", after="甲。丙。")  # fmt: skip
    report = small().reports[0]
    holdings = with_report(small(), 0, replace(report, changes=(*report.changes, change)))
    nights.build(holdings)
    upon, anew, kept = nights.build(without(holdings, "a00002-2022"))
    assert "a00000-2021" in kept
    assert tables(upon)["text_changes"] == tables(anew)["text_changes"] != []


# --------------------------------------------------------------------------- what the digest must see


def another(value: Any) -> Any:
    """A value of the same kind that is not the same; None where there is no telling."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return "2024-05-06"
    if isinstance(value, str):
        return value + "9"
    return None


OTHERS = {"pictures": (ShownPicture("http://p1.test/1.png"),), "original": ("gongkai-00002.warc.gz", 1)}
NOT_TOLD = ("agency_id", "versions", "sightings", "copies", "changes", "capture", "packed", "warnings", "role")
FIELDS = [
    (kind, field.name)
    for kind in (Report, Version, Sighting, Capture)
    for field in fields(kind)
    if field.name not in NOT_TOLD
]


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=[f"{kind.__name__}.{name}" for kind, name in FIELDS])
def test_whatever_of_a_report_changes_so_does_its_digest(kind: type, name: str) -> None:
    holdings = small()
    report = holdings.reports[4]
    capture, version, sighting = report.current.capture, report.current, report.sightings[-1]

    def put(part: Any) -> Any:
        return replace(part, **{name: OTHERS.get(name) or another(getattr(part, name))})

    made: dict[type, Callable[[], Report]] = {
        Report: lambda: put(report),
        Version: lambda: replace(report, versions=(*report.versions[:-1], put(version))),
        Sighting: lambda: replace(report, sightings=(*report.sightings[:-1], put(sighting))),
        Capture: lambda: replace(report, versions=(*report.versions[:-1], replace(version, capture=put(capture)))),
    }
    before, after = (dict(report_digests(each)) for each in (holdings, with_report(holdings, 4, made[kind]())))
    assert set(before.values()).isdisjoint({after[one] for one in after if before.get(one) != after[one]})
    assert before != after


def moved(holdings: Holdings, number: int, **changes: Any) -> Holdings:
    agencies = list(holdings.agencies)
    agencies[number] = replace(agencies[number], **changes)
    return replace(holdings, agencies=tuple(agencies))


def reread(holdings: Holdings, number: int) -> Holdings:
    """The holdings with other content in the current version of one report, which is a version all the same."""
    report = holdings.reports[number]
    other: Packed = version_of(report.id, 1, made_report("别名", report.year, 77), report.current.capture).packed
    return with_report(
        holdings, number, replace(report, versions=(*report.versions[:-1], replace(report.current, packed=other)))
    )


def copied(holdings: Holdings) -> Holdings:
    report, capture = holdings.reports[4], capture_of("https://p1.test/copy", "copy", "2025-01-02T00:00:00Z", "p1")
    copy = Copy(report.current.id, capture, version_of("x", 1, made_report("甲", 2022, 5), capture).packed)
    return with_captures(with_report(holdings, 4, replace(report, copies=(copy,))))


def happened(holdings: Holdings) -> Holdings:
    report = holdings.reports[4]
    gone = Change(f"{report.id}-vanished", report.id, "2025-08-01T00:00:00Z", ChangeKind.VANISHED, None)
    return with_report(holdings, 4, replace(report, changes=(*report.changes, gone)))


def nameless(holdings: Holdings) -> Holdings:
    lost = capture_of("https://p1.test/lost", "lost", "2025-03-02T00:00:00Z", "p1")
    more = Unplaced(lost, holdings.unplaced[0].kind, "无年份")
    captures = sorted((*holdings.captures, lost), key=lambda capture: capture.sha256)
    return replace(holdings, unplaced=(*holdings.unplaced, more), captures=tuple(captures))


MUTATIONS: dict[str, Callable[[Holdings], Holdings]] = {
    "a body has another name": lambda h: moved(h, 1, name="青石市审计局"),
    "a body is in another province": lambda h: moved(h, 1, province="云南省", level=None),
    "a body was founded later": lambda h: moved(h, 1, valid_from=2022),
    "a body has another parent": lambda h: moved(h, 2, parent="a00000"),
    "a body that others were under": lambda h: moved(h, 0, parent=None),
    "another body under one": lambda h: moved(h, 2, parent="a00001"),
    "the year before was read anew": lambda h: reread(h, 3),
    "the year after was read anew": lambda h: reread(h, 5),
    "a report under another was read anew": lambda h: reread(h, 0),
    "a report is warned of": lambda h: with_report(h, 4, replace(h.reports[4], warnings=("名称不一致",))),
    "a report has a copy": copied,
    "something happened to a report": happened,
    "a report has another version": lambda h: with_captures(with_report(h, 4, corrected(h.reports[4]))),
    "a report is gone": lambda h: without(h, h.reports[4].id),
    "a body has no report left": lambda h: without(h, *(f"a00001-{year}" for year in YEARS)),
    "a document has no place": nameless,
    "what is covered": lambda h: replace(h, coverage=h.coverage[:-1]),
    "what was asked": lambda h: replace(h, outcomes={("p0", "article", "ok"): 7}),
}


@pytest.mark.parametrize("mutate", MUTATIONS.values(), ids=MUTATIONS)
def test_whatever_changes_the_archive_is_the_one_that_is_built_anew(
    mutate: Callable[[Holdings], Holdings], nights: Nights
) -> None:
    before = small()
    nights.build(before)
    upon, anew, kept = nights.build(mutate(before))
    assert kept
    assert tables(upon) == tables(anew)
    assert nights.said == []
