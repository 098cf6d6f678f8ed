"""The whole route as a stranger walks it: `gongkai demo --no-serve`, and every number held against the truth."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.captures import CaptureStore
from archive.cli import main
from archive.ledger import Ledger
from archive.models import Outcome
from archive.readers import scan
from archive.site.worker import make_site
from demo.farm import Farm, build_farm
from demo.server import free_port
from demo.truth import TrueReport


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Farm]:
    """DATA after `gongkai demo --no-serve`, and the farm that was crawled."""
    data = tmp_path_factory.mktemp("route") / "data"
    port = free_port()
    command = [sys.executable, "-m", "archive", "demo", "--no-serve", "--data", str(data), "--demo-port", str(port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "generation 1: " in done.stderr
    return data, build_farm(port)


@pytest.fixture
def archive(walked: tuple[Path, Farm]) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{walked[0] / 'current' / 'archive.db'}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def expected(farm: Farm) -> dict[str, TrueReport]:
    """The reports that a crawler which behaves can get."""
    return {p.report.id: p.report for p in farm.publications if not p.lost}


def test_every_report_that_can_be_had_is_held_and_no_other(
    walked: tuple[Path, Farm], archive: sqlite3.Connection
) -> None:
    held = {row["report_id"] for row in archive.execute("select report_id from reports")}
    drawn = {publication.report.id for publication in walked[1].drawn}
    assert held - drawn == set(expected(walked[1]))
    assert held & drawn == (drawn if scan.available() else set()), "pictures are read by the extra `ocr` alone"


def test_a_report_in_pictures_is_told_as_found_and_unreadable(
    walked: tuple[Path, Farm], archive: sqlite3.Connection
) -> None:
    (drawn,) = walked[1].drawn
    rows = archive.execute(
        "select status, reason from coverage where agency_id = ? and year = ?",
        (drawn.report.agency.id, drawn.report.year),
    ).fetchall()
    if scan.available():
        assert [row["status"] for row in rows] == ["held"]
    else:
        (row,) = rows
        assert row["status"] == "unreadable"
        assert "3 of 3 held" in row["reason"]


def test_every_cell_is_as_the_farm_published_it(walked: tuple[Path, Farm], archive: sqlite3.Connection) -> None:
    wrong = []
    for report_id, report in expected(walked[1]).items():
        rows = archive.execute("select * from statistics where report_id = ? order by position", (report_id,))
        found = {(row["key"], row["applicant"]): row for row in rows}
        assert len(found) == len(report.cells), report_id
        for cell in report.cells:
            row = found[cell.key, cell.applicant]
            value = None if row["value"] is None else Decimal(str(row["value"]))
            if value != cell.value or row["state"] != cell.state:
                wrong.append((report_id, cell.key, cell.applicant, cell.value, cell.state, row["value"], row["state"]))
    assert wrong == []


def test_every_section_is_as_the_farm_published_it(walked: tuple[Path, Farm], archive: sqlite3.Connection) -> None:
    def plain(text: str) -> str:
        return "".join(text.split())

    for report_id, report in expected(walked[1]).items():
        rows = archive.execute("select number, text from sections where report_id = ?", (report_id,))
        found = {row["number"]: plain(row["text"]) for row in rows}
        for section in report.sections:
            assert found[section.number] == plain(section.text), (report_id, section.number)


def test_the_checks_fail_exactly_where_a_fault_was_planted(
    walked: tuple[Path, Farm], archive: sqlite3.Connection
) -> None:
    rows = archive.execute("select * from findings where status like 'fail%' and rule like 'T%'").fetchall()
    found = {(row["report_id"], row["rule"], row["key"], row["applicant"]) for row in rows}
    planted = {
        (report_id, failure.rule, failure.key, failure.applicant)
        for report_id, report in expected(walked[1]).items()
        for failure in report.failures
    }
    assert found == planted


def test_every_number_leads_back_to_stored_bytes(walked: tuple[Path, Farm], archive: sqlite3.Connection) -> None:
    data, _ = walked
    store = CaptureStore(data / "warc")
    rows = archive.execute(
        'select distinct c.sha256, c.warc, c."offset" from reports r join captures c using (sha256)'
    ).fetchall()
    assert rows
    for row in rows:
        stored = store.read(row["warc"], row["offset"])
        assert hashlib.sha256(stored.payload).hexdigest() == row["sha256"]
    (orphans,) = archive.execute(
        "select count(*) from reports where sha256 not in (select sha256 from captures)"
    ).fetchone()
    assert orphans == 0


def test_every_url_has_an_outcome_and_what_is_closed_was_never_asked_for(walked: tuple[Path, Farm]) -> None:
    data, farm = walked
    with Ledger(data / "ledger.db") as ledger:
        for portal in farm.portals:
            balance = ledger.completeness(portal=portal.id)
            assert balance.balanced
            assert balance.open == 0
        asked = {fetch.url for fetch in ledger.fetches() if fetch.outcome is not Outcome.ROBOTS_DISALLOWED}
    assert not asked & {decoy.url for decoy in farm.decoys if decoy.forbidden}


def test_the_export_holds_each_report_once_in_the_promised_form(walked: tuple[Path, Farm]) -> None:
    data, farm = walked
    lines = [json.loads(line) for line in (data / "exports" / "reports.jsonl").read_text("utf-8").splitlines()]
    assert {line["report_id"] for line in lines} == set(expected(farm))
    assert len(lines) == len(expected(farm))
    promised = {
        *("title", "agency", "year", "era", "sections", "statistics", "extra_rows", "findings", "warnings"),
        *("report_id", "portal", "url", "urls", "published", "version", "first_seen", "vanished_on", "capture"),
    }
    for line in lines:
        assert promised <= line.keys()
        assert len(line["statistics"]) == {"B": 198, "C": 200}[line["era"]]
        assert line["capture"].keys() >= {"sha256", "warc", "offset"}


def test_a_second_run_changes_nothing(walked: tuple[Path, Farm]) -> None:
    data, _ = walked
    before = (data / "exports" / "reports.jsonl").read_bytes()
    for step in ("parse", "build", "export"):
        done = subprocess.run(
            [sys.executable, "-m", "archive", step, "--data", str(data)], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
    assert (data / "exports" / "reports.jsonl").read_bytes() == before
    assert (data / "current").resolve().name == "2"


def gongkai(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.stdout


def test_the_findings_are_listed_with_both_sides(walked: tuple[Path, Farm]) -> None:
    data, farm = walked
    code, output = gongkai("check", "--data", str(data), "--rule", "T3.ROW")
    assert code == 0
    planted = sorted(
        (report.agency.name, failure.key)
        for report in expected(farm).values()
        for failure in report.failures
        if failure.rule == "T3.ROW"
    )
    assert len(output.splitlines()) == len(planted) > 0
    for name, key in planted:
        assert any(name in line and str(key) in line and " against " in line for line in output.splitlines())


def test_the_stored_captures_are_sound(walked: tuple[Path, Farm]) -> None:
    code, output = gongkai("check", "--captures", "--data", str(walked[0]))
    assert code == 0
    assert "0 damaged" in output


def test_every_gap_has_its_reason(walked: tuple[Path, Farm]) -> None:
    data, farm = walked
    code, output = gongkai("coverage", "--csv", "--data", str(data))
    assert code == 0
    rows = list(csv.DictReader(output.splitlines()))
    assert sum(row["status"] == "held" for row in rows) == len(expected(farm))
    assert all(row["reason"] for row in rows if row["status"] != "held")


def test_a_report_is_shown_with_its_source_and_its_numbers(walked: tuple[Path, Farm]) -> None:
    data, farm = walked
    report_id, report = next((key, r) for key, r in expected(farm).items() if r.failures)
    code, output = gongkai("show", report_id, "--data", str(data))
    assert code == 0
    assert report.title in output
    assert "sha256" in output
    assert "Does not add up" in output
    code, output = gongkai("show", report_id, "--json", "--data", str(data))
    assert code == 0
    assert json.loads(output)["report_id"] == report_id
    assert gongkai("show", "nobody-1999", "--data", str(data))[0] == 1


def test_the_site_answers_a_search_in_chinese(walked: tuple[Path, Farm]) -> None:
    data, farm = walked
    report = next(iter(expected(farm).values()))
    words = report.sections[4].text[:6]
    site = make_site((data / "current" / "archive.db").resolve())

    async def ask() -> tuple[int, str, int, int]:
        page = await site.client.get(f"/report/{report.id}")
        found = await site.client.get("/archive/sections.json", params={"_search": words, "_shape": "array"})
        return page.status_code, page.text, found.status_code, len(found.json())

    status, text, found_status, count = asyncio.run(ask())
    assert (status, found_status) == (200, 200)
    assert report.agency.name in text
    assert count >= 1


def test_what_is_verified_adds_up_and_what_is_inconsistent_was_planted(
    walked: tuple[Path, Farm], archive: sqlite3.Connection
) -> None:
    stated = {
        row["report_id"]: row["confidence"] for row in archive.execute("select report_id, confidence from reports")
    }
    truth = expected(walked[1])
    assert stated == {key: "inconsistent" if report.failures else "verified" for key, report in truth.items()}
    with (walked[0] / "exports" / "reports.jsonl").open(encoding="utf-8") as lines:
        exported = {line["report_id"]: line["confidence"] for line in map(json.loads, lines)}
    assert {key: value["status"] for key, value in exported.items()} == stated
    assert all(value["reason"] for value in exported.values())
