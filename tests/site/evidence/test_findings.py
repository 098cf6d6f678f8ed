"""The page of findings: everything that fails, questions apart, with the cells as printed."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from archive.site.pages.report.cells import read_cells
from tests.site.conftest import Get
from tests.site.evidence.planted import BEFORE, HOSTILE, LATER

Soup = Callable[..., BeautifulSoup]
FAILS = "status in ('fail', 'fail_with_blanks')"


def test_failures_are_all_that_fail_and_nothing_else(ask: Get, stored: Any) -> None:
    expected = {row["finding_id"] for row in stored(f"select finding_id from findings where {FAILS}")}
    expected |= {row["check_id"] for row in stored(f"select check_id from cross_checks where {FAILS}")}
    found = ask("/findings.json").json()
    assert {row["finding_id"] for row in found["rows"]} == expected
    assert found["count"] == len(expected) == 5
    lines = list(csv.DictReader(io.StringIO(ask("/findings.csv").text.removeprefix("\ufeff"))))
    assert {line["finding_id"] for line in lines} == expected


def test_questions_stand_apart(ask: Get, soup: Soup) -> None:
    found = ask("/findings.json?show=questions").json()
    assert [row["finding_id"] for row in found["rows"]] == [f"{LATER}-001-N1"]
    page = soup("/findings?show=questions")
    assert "1 question" in page.select_one(".toolbar").get_text()  # type: ignore[union-attr]
    assert "no error" in page.get_text()
    (line,) = page.select(".finds > li")
    assert line.select_one("h3 a")["href"] == f"/report/{LATER}#ask-1"  # type: ignore[index]
    assert HOSTILE in line.select_one("blockquote").get_text()  # type: ignore[union-attr]
    assert "year before" in line.get_text()
    assert "N1" not in {row["rule"] for row in ask("/findings.json").json()["rows"]}


def test_both_sides_of_a_break_across_years_with_their_pages(soup: Soup) -> None:
    (line,) = soup("/findings?rule=Y1").select(".finds > li")
    assert [bold.get_text() for bold in line.select(".versus b")] == ["4", "1", "+3"]
    links = [link["href"] for link in line.select(".sides a")]
    tail = "cell/requests_brought_forward/total"
    assert links == [f"/report/{LATER}/{tail}", f"/report/{BEFORE}/{tail}"]
    assert line.select("details li")  # what may honestly break it


def test_a_cell_is_shown_as_printed_and_never_as_zero(ask: Get, soup: Soup) -> None:
    (row,) = ask("/findings.json?rule=T4.REVIEW").json()["rows"]
    assert [cell["printed"] for cell in row["cells"]] == ["4", "0"]
    assert (row["left"], row["right"], row["delta"]) == ("4", "0", "+4")
    (line,) = soup("/findings?rule=T4.REVIEW").select(".finds > li")
    assert line.select_one("h3 a")["href"] == f"/report/{LATER}#check-1"  # type: ignore[index]


def test_the_number_of_a_finding_is_that_of_its_report_page(soup: Soup) -> None:
    for line in soup("/findings?kind=within_report").select(".finds > li"):
        href = str(line.select_one("h3 a")["href"])  # type: ignore[index]
        path, _, fragment = href.partition("#")
        place = soup(path).select_one(f"#{fragment}")
        assert place is not None
        rule = line.select(".meta a")[0].get_text()
        assert rule in place.get_text()


def test_copies_that_differ_say_what_each_prints_and_link_nowhere_unsafe(ask: Get, soup: Soup) -> None:
    (line,) = soup("/findings?kind=between_documents").select(".finds > li")
    assert "Requests newly received this year · Total: 37 / 73" in line.get_text()
    assert not [link for link in line.select("a") if str(link["href"]).startswith("javascript")]
    assert "<img src=x" not in ask("/findings?show=questions").text


@pytest.mark.parametrize("start", ["/findings", "/findings?severity=hard", "/findings?year=2023&kind=within_report"])
def test_filters_are_links_with_the_counts_they_lead_to(soup: Soup, start: str) -> None:
    items = soup(start).select(".filters-side li")
    assert items
    for item in items:
        link = item.select_one("a")
        if link is None or link.get("aria-current"):
            continue
        count = soup(str(link["href"])).select_one(".toolbar strong").get_text()  # type: ignore[union-attr]
        assert count.split()[0] == item.select_one(".number").get_text()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "path",
    [
        "/findings?year=二〇二〇",
        "/findings?page=99",
        "/findings?page=-1&rule=%00",
        "/findings?rule=' or 1=1 --",
        "/findings?show=%3Cscript%3E&province=-",
    ],
)
def test_absurd_filters_are_answered_kindly(ask: Get, path: str) -> None:
    answer = ask(path)
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert ask(path.replace("/findings", "/findings.json", 1)).json()["pages"] >= 1


def test_both_languages_call_it_a_matter_of_documents(soup: Soup) -> None:
    assert "accuse nobody" in soup("/findings").get_text()
    assert "不是对任何机关的指责" in soup("/findings", "zh").get_text()


def test_some_cells_are_read_as_all_are(evidence: Path) -> None:
    connection = sqlite3.connect(evidence)
    try:
        every = read_cells(connection, 1)
        some = list(every)[::7]
        assert read_cells(connection, 1, some) == {address: every[address] for address in some}
        assert read_cells(connection, 1, list(every)) == every
    finally:
        connection.close()
