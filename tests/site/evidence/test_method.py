"""The page of method explains every word that the data uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from bs4 import BeautifulSoup

from archive.checks.confidence import ConfidenceStatus
from archive.database.schema import load_schema
from archive.holdings.deadlines import load_rules
from archive.holdings.model import CoverageStatus, Timeliness, UnplacedKind
from archive.models import CheckStatus, Outcome, SectionStatus, State
from archive.site import language, vocabulary

Soup = Callable[..., BeautifulSoup]
EXPLAINED: tuple[tuple[str, str, Iterable[Any]], ...] = (
    ("state", "state_is", State),
    ("section", "section_is", SectionStatus),
    ("verdict", "verdict_is", CheckStatus),
    ("coverage", "covers", CoverageStatus),
    ("timeliness", "timeliness_is", Timeliness),
    ("outcome", "outcome_is", Outcome),
    ("unplaced", "unplaced_is", UnplacedKind),
    ("date", "date_is", ("stated_date", "url_date", "http_date", "first_seen")),
)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_word_of_the_vocabulary_is_explained(soup: Soup, lang: str) -> None:
    page = soup("/method", lang)
    for place, meaning, words in EXPLAINED:
        for word in words:
            shown = page.select_one(f"#{place}-{word}")
            assert shown is not None, (place, word)
            assert language.text(f"{meaning}.{word}", lang) in shown.get_text()
    text = page.get_text()
    for status in ConfidenceStatus:
        assert language.text(f"trust.{status}", lang) in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_rule_kind_severity_and_reason_of_the_data_is_explained(soup: Soup, stored: Any, lang: str) -> None:
    page = soup("/method", lang)
    text = page.get_text()
    rules = stored("select * from rules")
    assert len(page.select("#checks ~ details tbody tr")) == len(rules) > 40
    assert all(rule[f"statement_{lang}"] in text for rule in rules)
    assert {rule["scope"] for rule in rules} == {str(one["id"])[8:] for one in page.select("[id^=finding-]")}
    assert {rule["severity"] for rule in rules} <= {str(one["id"])[9:] for one in page.select("[id^=severity-]")}
    assert all(reason[f"label_{lang}"] in text for reason in stored("select * from reasons"))
    assert all(measure[f"label_{lang}"] in text for measure in stored("select * from measure_names"))


def test_the_words_of_checks_are_those_of_the_database() -> None:
    for word in load_schema().statuses:
        assert (language.text(f"verdict.{word.name}", "zh"), language.text(f"verdict.{word.name}", "en")) == (
            word.label.zh,
            word.label.en,
        )


def test_deadlines_are_those_that_are_applied() -> None:
    applied = [(rule.id, rule.month, rule.day, rule.to_year, rule.custom) for rule in load_rules()]
    assert [tuple(deadline) for deadline in vocabulary.DEADLINES] == applied
    for rule in load_rules():
        assert language.text(f"law.{rule.id}", "zh") == rule.law
        assert language.text(f"law.{rule.id}", "en") == rule.law_en
    assert tuple(map(str, UnplacedKind)) == vocabulary.UNPLACED


def test_it_says_what_the_archive_does_not_know(soup: Soup) -> None:
    assert len(soup("/method").select("section[aria-labelledby=unknown] li")) == 8


def test_every_place_that_other_pages_point_to_is_there(soup: Soup) -> None:
    method = soup("/method")
    for path in ("/findings", "/coverage", "/coverage?show=late"):
        for link in soup(path).select("a[href^='/method#']"):
            assert method.select_one(f"#{str(link['href']).partition('#')[2]}") is not None
