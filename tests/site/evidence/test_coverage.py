"""The page of coverage: a cell for each body and year, what is owed, what was late, each kind of date by itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from bs4 import BeautifulSoup

from archive.holdings.model import CoverageStatus, Timeliness
from archive.site import language, vocabulary
from tests.site.conftest import Get
from tests.site.evidence.planted import BODY, HOSTILE, LATER

Soup = Callable[..., BeautifulSoup]


def test_the_words_are_those_of_the_holdings() -> None:
    assert tuple(map(str, CoverageStatus)) == vocabulary.COVERAGE
    assert tuple(map(str, Timeliness)) == vocabulary.TIMELINESS
    for prefix in ("coverage", "covers", "mark"):
        assert all(language.known(f"{prefix}.{status}") for status in CoverageStatus)


def test_a_cell_for_every_body_and_year(soup: Soup, stored: Any) -> None:
    page = soup("/coverage")
    years = [head.get_text() for head in page.select("table.covered thead th")][1:]
    assert years == ["2024", "2023", "2022", "2021", "2020"]
    shown = {
        (str(row.select_one("th a")["href"]).rpartition("/")[2], int(year))  # type: ignore[index]
        for row in page.select("table.covered tbody tr")
        for year, cell in zip(years, row.select("td"), strict=True)
        if cell.select_one(".mark")
    }
    assert shown == {(row["agency_id"], row["year"]) for row in stored("select agency_id, year from coverage")}


def test_a_cell_says_what_and_why(soup: Soup) -> None:
    marks = {str(mark["title"]): mark for mark in soup("/coverage").select("table.covered .mark")}
    late = next(mark for title, mark in marks.items() if title.startswith("2023 · held · late"))
    assert late["href"] == f"/report/{LATER}"
    assert late.get_text() == "L"
    assert late["aria-label"] == late["title"]
    blocked = next(title for title in marks if "blocks the crawler" in title)
    assert HOSTILE in blocked
    assert "due 2022-01-31" in blocked


def test_totals_count_what_the_table_holds(ask: Get, stored: Any) -> None:
    for total in ask("/coverage.json").json()["totals"]:
        (row,) = stored(
            "select sum(status <> 'not_due') as owed, sum(status in ('held', 'vanished')) as held,"
            " sum(coalesce(timeliness, '') = 'late') as late from coverage where year = ?",
            total["year"],
        )
        assert (total["owed"], total["held"], total["late"]) == tuple(row)


def test_what_is_owed_is_due_and_not_held(ask: Get, soup: Soup) -> None:
    rows = ask("/coverage.json?show=owed").json()["rows"]
    assert sorted(row["status"] for row in rows) == ["blocked", "not_found"]
    assert "does not mean that it was not published" in soup("/coverage?show=owed").get_text()


def test_late_reports_have_four_kinds_of_dates_apart(ask: Get, soup: Soup) -> None:
    (row,) = ask("/coverage.json?show=late&timeliness=late").json()["rows"]
    assert row["agency_id"] == BODY
    dates = [row[name] for name in ("due_on", "stated_date", "url_date", "http_date", "first_seen")]
    assert dates == ["2024-01-31", "2024-03-05", "2024-03-01", "2024-04-04", "2025-01-20"]
    assert row["days_late"] == 30  # by the earlier of the stated date and that in the address
    (line,) = soup("/coverage?show=late&timeliness=late").select("tbody tr")
    assert [cell.get_text() for cell in line.select("td.nowrap")] == dates[1:]
    assert "30 days late" in line.get_text()


def test_the_csv_has_every_body_and_year_once(ask: Get, stored: Any) -> None:
    text = ask("/coverage.csv").text
    assert text.startswith("\ufeffagency_id,")
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {(line["agency_id"], int(line["year"]), line["status"]) for line in lines} == {
        tuple(row) for row in stored("select agency_id, year, status from coverage")
    }
    assert len(lines) == len(stored("select 1 from coverage"))


def test_bodies_without_a_province_can_be_asked_for(soup: Soup) -> None:
    page = soup("/coverage?province=-")
    assert "1 body" in page.select_one(".toolbar").get_text()  # type: ignore[union-attr]
    assert "not known" in page.select_one(".filters-side").get_text()  # type: ignore[union-attr]
