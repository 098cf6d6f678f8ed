"""Confidence as readers meet it: a badge that leads to its explanation, the facts in words, counts that lead on."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from archive.checks.confidence import ConfidenceStatus, ReasonCode
from archive.site import language
from archive.site.reasons import reasons
from tests.site.conftest import REPORTS, Get

ODD = "u-0000000000-2023"


def test_every_status_and_reason_has_its_words() -> None:
    for status in ConfidenceStatus:
        assert language.known(f"confidence.{status}")
        assert language.known(f"trust.{status}")
    assert all(language.known(f"reason.{code}") for code in ReasonCode)


def test_the_facts_in_words_and_a_newer_one_as_it_is() -> None:
    stored = '[{"code": "cells_missing", "count": 1}, {"code": "sums_hold", "count": 9}, {"code": "new", "count": 2}]'
    assert reasons(stored, "en") == ("one cell is missing", "9 sums that must hold do", "new 2")
    assert reasons(stored, "zh")[0] == "1 格缺失"


@pytest.mark.parametrize(
    ("lang", "word", "fact"), [("zh", "不完整", "1 格缺失"), ("en", "partial", "one cell is missing")]
)
def test_a_report_bears_its_badge_and_the_facts(get: Get, lang: str, word: str, fact: str) -> None:
    page = BeautifulSoup(get(f"/report/{ODD}", language=lang).text, "lxml")
    badge = page.select_one("a.confidence")
    assert badge is not None
    assert badge.text == word
    assert badge["href"] == "/confidence#partial"
    assert badge["title"]
    assert badge.parent is not None
    assert fact in badge.parent.text
    assert "of_tomorrow 2" in badge.parent.text


def test_lists_bear_the_badges_too(get: Get) -> None:
    for address in ("/search?q=公开", "/agency/u-0000000000", "/"):
        page = BeautifulSoup(get(address, language="en").text, "lxml")
        assert {badge.text for badge in page.select("main a.confidence")} >= {"verified"}, address


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_explanation_tells_every_status_and_counts_the_reports(get: Get, lang: str) -> None:
    answer = get("/confidence", language=lang)
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "lxml")
    assert [term["id"] for term in page.select("dl.statuses dt")] == [str(status) for status in ConfidenceStatus]
    counts = [int(re.sub(r"\D", "", link.text)) for link in page.select("dl.statuses a.number")]
    assert counts == [REPORTS - 1, 0, 1, 0]
    assert all(meaning.text.strip() for meaning in page.select("dl.statuses dd"))
    listed = get("/archive/reports.json?confidence=partial&_shape=array").json()
    assert [report["report_id"] for report in listed] == [ODD]
