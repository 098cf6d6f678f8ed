"""The list of portals and the page of one: health with its reasons."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from archive.site import language
from archive.site.pages.portals import HEALTH, judge
from tests.site.conftest import Get

Soup = Callable[..., BeautifulSoup]


def test_those_in_trouble_come_first_with_their_reasons(soup: Soup) -> None:
    first, second = soup("/portals").select(".hits > li")
    assert "blocks the crawler" in first.get_text()
    assert "blocked 1" in first.get_text()
    assert "its start page could not be had (blocked, <geo>)" in first.get_text()
    assert "warning" in second.get_text()
    assert "fewer report pages" in second.get_text()
    assert "报告页少了" in soup("/portals", "zh").get_text()


def test_a_night_with_a_warning_is_no_good_night(ask: Get) -> None:
    good = {row["portal_id"]: row["last_good_night"] for row in ask("/portals.json").json()["rows"]}
    assert good == {"yunxi": "2026-03-01T17:00:00.000Z", "hanshan": None}


def test_the_last_nights_are_told_from_each_other(soup: Soup) -> None:
    strips = [[mark.get_text() for mark in strip.select(".night")] for strip in soup("/portals").select(".nights")]
    assert strips == [["×", "×"], ["✓", "!"]]


@pytest.mark.parametrize(
    ("outcomes", "reports", "health"),
    [
        ({}, 0, "never"),
        ({("article", "ok"): 3}, 3, "good"),
        ({("listing", "ok"): 3}, 0, "empty"),
        ({("article", "blocked"): 1, ("listing", "ok"): 3}, 3, "failing"),
        ({("listing", "blocked"): 1}, 3, "blocked"),
        ({("home", "tls_error"): 1}, 0, "unreachable"),
        ({("article", "not_found"): 5, ("robots", "http_error"): 1}, 2, "good"),
    ],
)
def test_health_is_the_worst_that_is_true(outcomes: dict[tuple[str, str], int], reports: int, health: str) -> None:
    assert judge((), outcomes, reports) == health
    assert health in HEALTH


def test_every_health_is_explained() -> None:
    assert all(language.known(f"health.{name}") and language.known(f"healths.{name}") for name in HEALTH)


def test_the_page_of_a_portal_that_blocks_gives_the_evidence(soup: Soup) -> None:
    page = soup("/portal/hanshan")
    notice = page.select_one(".notice.bad")
    assert notice is not None
    assert "2 of 3 requests were blocked" in notice.get_text()
    assert notice.select_one("a[href*='outcome=blocked']")
    assert page.select_one("#owed")
    assert not soup("/portal/yunxi").select(".notice.bad")


def test_the_page_of_a_portal_has_its_reports_and_captures(soup: Soup) -> None:
    page = soup("/portal/yunxi")
    assert len(page.select("section[aria-labelledby=held] li")) == 24
    assert "WACZ" in page.select_one("section[aria-labelledby=wacz]").get_text()  # type: ignore[union-attr]
