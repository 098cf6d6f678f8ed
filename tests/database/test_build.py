"""A whole archive built from made-up holdings: everything that is held is in it, and stands where it should."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from archive.checks.within import check_report
from archive.database.build import build_database
from archive.database.cells import UnsoundReport
from archive.holdings import Holdings, Reports
from archive.search import brute_force, match_expression
from tests.made_holdings import BUILT_AT, made_holdings, version_of


@pytest.fixture(scope="module")
def holdings() -> Holdings:
    return made_holdings()


@pytest.fixture(scope="module")
def db(holdings: Holdings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("built") / "archive.db"
    build_database(path, holdings, built_at=BUILT_AT, generation=7)
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def count(db: sqlite3.Connection, what: str) -> int:
    return db.execute(f"select count(*) from {what}").fetchone()[0]


def test_everything_held_is_in_it(db: sqlite3.Connection, holdings: Holdings) -> None:
    versions = [version for report in holdings.reports for version in report.versions]
    assert count(db, "portals") == 4
    assert count(db, "agencies") == len(holdings.agencies)
    assert count(db, "reports") == len(holdings.reports)
    assert count(db, "versions") == len(versions)
    assert count(db, "sightings") == sum(len(report.sightings) for report in holdings.reports)
    assert count(db, "sections") == 6 * len(holdings.reports)
    assert count(db, "version_sections") == 6 * (len(versions) - len(holdings.reports))
    assert count(db, "cells") == sum(len(version.parsed().cells) for version in versions)
    assert count(db, "captures") == len(holdings.captures)
    assert count(db, "changes") == len(holdings.changes)
    assert count(db, "coverage") == len(holdings.coverage)
    assert count(db, "extra_rows") == count(db, "leftovers") == len(holdings.reports)
    assert count(db, "unplaced") == 1
    assert count(db, "outcomes where outcome = 'open' and urls = 2") == 1


def test_references_hold(db: sqlite3.Connection) -> None:
    assert db.execute("pragma foreign_key_check").fetchall() == []
    assert [row[0] for row in db.execute("pragma integrity_check")] == ["ok"]


def test_build_info(db: sqlite3.Connection, holdings: Holdings) -> None:
    (row,) = db.execute("select * from build_info").fetchall()
    assert (row["generation"], row["built_at"], row["parser_version"]) == (7, BUILT_AT, "test-1")
    assert row["reports"] == len(holdings.reports)
    assert row["cells"] == count(db, "statistics")
    assert row["findings"] == count(db, "findings")


def test_statistics_are_the_cells_of_the_current_versions(db: sqlite3.Connection, holdings: Holdings) -> None:
    for report in holdings.reports:
        rows = db.execute("select * from statistics where report_id = ? order by position", (report.id,)).fetchall()
        cells = report.current.parsed().cells
        assert [(r["key"], r["applicant"], r["state"], r["raw"], r["unit"], r["place"]) for r in rows] == [
            (c.key, c.applicant, c.state, c.raw, c.unit, c.place) for c in cells
        ]
        assert [None if r["value"] is None else Decimal(str(r["value"])) for r in rows] == [c.value for c in cells]
        assert {(r["year"], r["agency_id"]) for r in rows} == {(report.year, report.agency_id)}


def test_labels_are_in_both_languages(db: sqlite3.Connection) -> None:
    row = db.execute(
        "select * from statistics where year = 2022 and key = 'not_processed_repeat' and applicant = 'natural_person'"
    ).fetchone()
    assert (row["label_zh"], row["applicant_zh"], row["unit"]) == ("2.重复申请", "自然人", "件")
    assert row["label_en"].isascii()
    assert row["applicant_en"].isascii()
    assert "不予处理" in row["headings"]


def test_blank_missing_and_zero_stay_apart(db: sqlite3.Connection) -> None:
    seen: dict[str, set[tuple[object, object]]] = {}
    for state, value, raw in db.execute("select distinct state, value, raw from statistics"):
        seen.setdefault(state, set()).add((value, raw))
    assert seen["zero"] == {(0, "0")}
    assert seen["blank"] == {(None, "")}
    assert seen["missing"] == {(None, None)}
    assert seen["placeholder"] == {(None, "/")}
    assert seen["inferred"] == {(12, "0012")}


def test_findings_are_those_of_the_checks(db: sqlite3.Connection, holdings: Holdings) -> None:
    report = holdings.reports[-1]
    rows = db.execute("select * from findings where report_id = ?", (report.id,)).fetchall()
    found = check_report(report.current.parsed())
    assert {(r["rule"], r["key"], r["applicant"], r["status"], r["left"], r["right"], r["delta"]) for r in rows} == {
        (f.rule, f.key, f.applicant, f.status, *(None if n is None else float(n) for n in (f.left, f.right, f.delta)))
        for f in found
    }
    assert len(rows) == len(found) == len({row["finding_id"] for row in rows})
    cells = {(f.rule, f.key, f.applicant): [{"key": c.key, "applicant": c.applicant} for c in f.cells] for f in found}
    assert all(json.loads(r["cells"]) == cells[r["rule"], r["key"], r["applicant"]] for r in rows)


def test_versions(db: sqlite3.Connection) -> None:
    row = db.execute("select * from reports where versions = 2").fetchone()
    versions = db.execute("select * from versions where report_id = ? order by version", (row["report_id"],)).fetchall()
    assert [(v["version"], v["current"]) for v in versions] == [(1, 0), (2, 1)]
    assert versions[1]["version_no"] == row["version_no"]
    assert versions[1]["sha256"] == row["sha256"]
    assert row["vanished_on"] == "2025-07-01"
    assert count(db, f"cells where version_no = {versions[0]['version_no']}") == row["cells_total"]


def test_search_finds_what_a_scan_finds(db: sqlite3.Connection) -> None:
    texts = dict(db.execute("select docid, text from sections"))
    for query in (
        "公开",
        "诉讼",
        "訴訟",
        "人民群众",
        "023",
        "2023年",
        "8521234",
        "公开 诉讼",
        "不在其中",
        "年，",
        "。下",
    ):
        found = db.execute("select rowid from sections_fts where sections_fts match ?", (match_expression(query),))
        assert {docid for (docid,) in found} == {d for d, text in texts.items() if brute_force(text, query)}, query


def test_a_portal_that_left_the_registry_is_still_named(db: sqlite3.Connection) -> None:
    row = db.execute("select * from portals where portal_id = 'p3'").fetchone()
    assert "no longer in the registry" in row["notes"]


def test_values_of_extra_rows_are_digit_by_digit(db: sqlite3.Connection) -> None:
    values = db.execute('select "values" from extra_rows limit 1').fetchone()[0]
    assert values == '[138, 1.50, "无", null]'
    assert json.loads(values) == [138, 1.5, "无", None]


def test_extra_rows_say_whether_their_values_were_inferred(holdings: Holdings, tmp_path: Path) -> None:
    report = holdings.reports[0]
    parsed = report.current.parsed()
    cut = replace(parsed.extra_rows[0], label="举办培训", values=(3, 0), inferred=True)
    version = version_of(report.id, 1, replace(parsed, extra_rows=(*parsed.extra_rows, cut)), report.current.capture)
    one = replace(holdings, reports=Reports([replace(report, versions=(version,), changes=())]), coverage=())
    build_database(tmp_path / "archive.db", one, built_at=BUILT_AT)
    archive = sqlite3.connect(tmp_path / "archive.db")
    rows = archive.execute('select label, "values", inferred from extra_rows order by position').fetchall()
    archive.close()
    assert rows == [("网站公开", '[138, 1.50, "无", null]', 0), ("举办培训", "[3, 0]", 1)]


def test_the_same_holdings_give_the_same_rows(holdings: Holdings, db: sqlite3.Connection, tmp_path: Path) -> None:
    build_database(tmp_path / "again.db", holdings, built_at=BUILT_AT, generation=7)
    again = sqlite3.connect(tmp_path / "again.db")
    for (table,) in db.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite%'"):
        rows = [list(map(tuple, c.execute(f'select * from "{table}"'))) for c in (db, again)]
        assert rows[0] == rows[1], table
    again.close()


def test_an_empty_archive_is_an_archive(holdings: Holdings, tmp_path: Path) -> None:
    empty = replace(
        holdings,
        agencies=(),
        reports=Reports(),
        coverage=(),
        unplaced=(),
        captures=(),
        outcomes={},
        portals=frozenset(),
    )
    build_database(tmp_path / "empty.db", empty, built_at=BUILT_AT)
    with closing(sqlite3.connect(tmp_path / "empty.db")) as archive:
        counts = archive.execute("select reports, sections, cells, portals from build_info").fetchone()
    assert counts == (0, 0, 0, 3)


def test_a_file_is_never_built_over(holdings: Holdings, tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_text("kept")
    with pytest.raises(FileExistsError):
        build_database(tmp_path / "archive.db", holdings, built_at=BUILT_AT)
    assert (tmp_path / "archive.db").read_text() == "kept"


def test_an_unsound_report_is_named(holdings: Holdings, tmp_path: Path) -> None:
    report = holdings.reports[3]
    parsed = report.current.parsed()
    broken = version_of(report.id, 1, replace(parsed, cells=parsed.cells[1:]), report.current.capture)
    reports = Reports((*holdings.reports[:3], replace(report, versions=(broken,)), *holdings.reports[4:]))
    with pytest.raises(UnsoundReport, match=f"{report.id}-v1 .*left out"):
        build_database(tmp_path / "archive.db", replace(holdings, reports=reports), built_at=BUILT_AT)


def test_progress_is_told(holdings: Holdings, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    build_database(
        tmp_path / "archive.db", holdings, built_at=BUILT_AT, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(20, 20)]
