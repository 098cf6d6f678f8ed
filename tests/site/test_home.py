"""The home page: what is held, how fresh, what stands out; each number against the rows it was made of."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from archive.models import CheckStatus
from archive.site.pages.heat import Field, heat
from archive.site.pages.home import home, last_night
from archive.site.pages.loudest import carry_overs, failed_sums, latest
from tests.site.conftest import REPORTS, Get

ODD = "u-0000000000-2023"


@pytest.fixture
def connection(database: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A copy of the archive that a test may plant rows in."""
    shutil.copy(database, tmp_path / "archive.db")
    opened = sqlite3.connect(tmp_path / "archive.db", isolation_level=None)
    yield opened
    opened.close()


def shown(get: Get, language: str = "en") -> BeautifulSoup:
    answer = get("/", language=language)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    found = page.select_one(selector)
    assert found is not None, selector
    return found


def test_home_says_what_is_held_and_how_fresh_it_is(get: Get) -> None:
    page = shown(get)
    figures = [figure.get_text(" ", strip=True) for figure in page.select(".figures dd")]
    assert figures[0] == str(REPORTS)
    assert figures[3] == "2020–2023"
    assert figures[5] == "2026-03-01 one portal, warnings for 0"
    assert "2025-02-02 03:04" in figures[6]
    assert "Generation 1" in page.get_text()
    assert one(page, "form[role=search] input[name=q]")


def test_portals_in_trouble_are_named_with_their_outcomes(get: Get) -> None:
    trouble = one(shown(get), "section[aria-labelledby=troubled]").get_text(" ", strip=True)
    assert "寒山县人民政府" in trouble
    assert "blocked 1" in trouble
    assert "云溪市人民政府" not in trouble  # two missing pages are no trouble


def test_home_names_the_portals_that_the_list_of_portals_finds_unwell(get: Get) -> None:
    named = [link.get_text() for link in shown(get).select("section[aria-labelledby=troubled] a[lang]")]
    listed = get("/portals.json").json()["rows"]
    assert named == [portal["name"] for portal in listed if portal["health"] not in ("good", "never")]
    assert 0 < len(named) < len(listed)


def test_a_corrected_report_leads_to_what_changed(get: Get) -> None:
    changed = one(shown(get), "section[aria-labelledby=changed]")
    assert one(changed, "a")["href"] == f"/report/{ODD}/changes"
    assert "one section" in changed.get_text()


def test_the_last_good_night_is_the_last_that_came_to_its_end(connection: sqlite3.Connection) -> None:
    night = "insert into portal_nights (portal_id, run, started_at, state, requests, fetched, not_modified, failed,"
    night += " outcomes, warnings) values (?, ?, ?, ?, 1, 1, 0, 0, '{}', ?)"
    connection.execute(night, ("yunxi", 9, "2026-03-03T17:00:00Z", "complete", "[]"))
    connection.execute(night, ("hanshan", 9, "2026-03-03T17:05:00Z", "complete", json.dumps([{"zh": "警", "en": "w"}])))
    connection.execute(night, ("hanshan", 10, "2026-03-04T17:05:00Z", "interrupted", "[]"))
    found = last_night(connection)
    assert found is not None
    assert (found.started_at, found.portals, found.troubled) == ("2026-03-03T17:00:00Z", 2, 1)
    connection.execute("update portal_nights set state = 'failed'")
    assert last_night(connection) is None


# ------------------------------------------------------------------ loudest findings


def test_only_sums_of_surely_read_reports_stand_out(connection: sqlite3.Connection) -> None:
    assert failed_sums(connection) == ()  # the one report with failed sums has cells that could not be read
    connection.execute("update reports set confidence = 'inconsistent' where report_id = ?", (ODD,))
    (loud,) = failed_sums(connection)
    assert (loud.report_id, loud.rule, loud.left, loud.right, loud.delta) == (ODD, "T4.REVIEW", 4, 0, 4)
    assert loud.unit == "件"
    assert loud.statement["zh"] != loud.statement["en"]


def test_the_number_of_a_finding_is_that_of_the_report_page(connection: sqlite3.Connection, get: Get) -> None:
    connection.execute("update reports set confidence = 'inconsistent' where report_id = ?", (ODD,))
    connection.execute("update checks set delta = -90 where check_no = 2")
    (loud,) = failed_sums(connection)
    assert (loud.rule, loud.delta) == ("T3.ROW", -90)
    report = BeautifulSoup(get(f"/report/{ODD}", language="en").text, "lxml")
    assert loud.statement["en"] in one(report, f"#check-{loud.n}").get_text()


def plant_break(connection: sqlite3.Connection, agency: str, delta: int, applicant: str, status: CheckStatus) -> None:
    connection.execute(
        "insert into cross_checks (check_id, rule, severity, report_id, agency_id, agency, year, other_id, applicant,"
        " status, left, right, delta, cells) values (?, 'Y1', 'hard', ?, ?, '云溪', 2023, ?, ?, ?, ?, 5, ?, '[]')",
        (f"{agency}-{applicant}", f"{agency}-2023", agency, f"{agency}-2022", applicant, status, 5 + delta, delta),
    )


def test_breaks_between_years_once_a_report_and_the_widest_first(connection: sqlite3.Connection) -> None:
    plant_break(connection, "u-0000000001", 3, "total", CheckStatus.FAIL)
    plant_break(connection, "u-0000000002", -40, "total", CheckStatus.FAIL)
    plant_break(connection, "u-0000000002", -40, "natural_person", CheckStatus.FAIL)
    plant_break(connection, "u-0000000003", 900, "total", CheckStatus.UNDETERMINED)
    plant_break(connection, "u-0000000000", 800, "total", CheckStatus.FAIL)  # not every cell of it was read
    found = carry_overs(connection)
    assert [(loud.report_id, loud.before_id, loud.left, loud.right, loud.delta) for loud in found] == [
        ("u-0000000002-2023", "u-0000000002-2022", -35, 5, -40),
        ("u-0000000001-2023", "u-0000000001-2022", 8, 5, 3),
    ]
    assert "Total" in found[0].place["en"]
    assert found[0].unit == "件"


def test_the_latest_are_those_with_the_most_days(connection: sqlite3.Connection) -> None:
    late = "update coverage set timeliness = 'late', due_on = '2024-01-31', stated_date = ?, url_date = ?"
    late += " where report_id = ?"
    connection.execute(late, ("2024-03-01", None, "u-0000000001-2023"))
    connection.execute(late, ("2024-06-01", "2024-05-31", "u-0000000002-2023"))
    assert [(one.report_id, one.came_on, one.days) for one in latest(connection)] == [
        ("u-0000000002-2023", "2024-05-31", 121),
        ("u-0000000001-2023", "2024-03-01", 30),
    ]


# ------------------------------------------------------------------ heat table


@pytest.mark.parametrize(
    ("held", "owed", "step", "percent"),
    [
        (0, 9, 0, 0),
        (1, 1000, 1, 1),
        (24, 100, 1, 24),
        (25, 100, 2, 25),
        (50, 100, 3, 50),
        (75, 100, 4, 75),
        (999, 1000, 4, 99),
        (1000, 1000, 5, 100),
    ],
)
def test_nothing_is_called_complete_that_is_not(held: int, owed: int, step: int, percent: int) -> None:
    field = Field(2023, held, owed)
    assert (field.shade, field.percent) == (f"heat-{step}", percent)


def test_the_heat_table_counts_what_is_owed(connection: sqlite3.Connection) -> None:
    connection.execute("update agencies set province = null, level = 'ministry' where agency_id = 'u-0000000007'")
    connection.execute("update agencies set province = null where agency_id = 'u-0000000006'")
    connection.execute("update coverage set status = 'blocked' where agency_id = 'u-0000000001' and year = 2020")
    connection.execute("update coverage set status = 'vanished' where agency_id = 'u-0000000002' and year = 2020")
    connection.execute("update coverage set status = 'not_due' where agency_id = 'u-0000000003' and year = 2023")
    table = heat(connection)

    def said(line: Any) -> dict[int, tuple[int, int]]:
        return {field.year: (field.held, field.owed) for field in line.fields if field}

    assert table.years == (2020, 2021, 2022, 2023)
    assert [line.province for line in table.provinces] == ["ministry", "云溪省", "-"]
    assert said(table.whole) == {2020: (7, 8), 2021: (0, 1), 2022: (8, 8), 2023: (7, 7)}
    assert said(table.provinces[1]) == {2020: (5, 6), 2021: (0, 1), 2022: (6, 6), 2023: (5, 5)}
    assert said(table.provinces[0]) == {2020: (1, 1), 2022: (1, 1), 2023: (1, 1)}


def test_the_heat_table_is_read_without_colours(get: Get) -> None:
    table = one(shown(get), "table.heat")
    head = [cell.get_text() for cell in table.select("thead th")]
    assert head == ["Province", "2023", "2022", "2021", "2020"]
    whole = [cell.get_text(" ", strip=True) for cell in table.select("tr.whole > *")]
    assert whole == ["All", "100 (8)", "100 (8)", "0 (1)", "100 (8)"]
    gap = one(table, "td.heat-0 a")
    assert gap["href"] == "/coverage?show=owed&year=2021"
    assert all(cell.get("scope") for cell in table.select("th"))


def test_an_empty_archive_has_a_home_page_too(connection: sqlite3.Connection) -> None:
    for table in ("reports", "changes", "coverage", "portals", "outcomes", "portal_nights", "checks", "agencies"):
        connection.execute(f"delete from {table}")
    found = home(connection)
    assert (found.heat.years, found.newest, found.night, found.first_year) == ((), [], None, None)
