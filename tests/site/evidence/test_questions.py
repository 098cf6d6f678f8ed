"""The twelve questions: each a page with its answer, which is that of its query."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from archive.database.queries import load_queries
from archive.site import language
from archive.site.pages.questions.answers import load_questions, read_answer
from archive.site.worker import make_site
from tests.site.conftest import Get

Soup = Callable[..., BeautifulSoup]
IDS = [f"Q{number}" for number in range(1, 13)]


def test_there_is_a_page_for_every_canned_query(soup: Soup) -> None:
    assert list(load_questions()) == IDS
    assert [question.query for question in load_questions().values()] == list(load_queries())
    links = [str(link["href"]) for link in soup("/questions").select(".twelve a")]
    assert links == [f"/questions/{one}" for one in IDS]


@pytest.mark.parametrize("one", IDS)
def test_every_column_and_limit_of_a_question_has_words(one: str, columns: Callable[[str], set[str]]) -> None:
    question = load_questions()[one]
    assert all(language.known(f"answer.{column}") for column in question.columns)
    assert all(language.known(f"{prefix}.{one}") for prefix in ("why", "can", "cannot", "chart"))
    known = columns(question.query.sql)
    made = {"ground": {"ground_zh", "ground_en"}, "item": {"key"}, "place": {"key", "applicant"}}
    assert all(made.get(column, {column}) <= known for column in question.columns)
    assert set(question.words) <= set(question.columns)
    assert set(question.cells) <= known


@pytest.mark.parametrize("one", IDS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_has_both_titles_its_sql_and_its_limits(soup: Soup, one: str, lang: str) -> None:
    page = soup(f"/questions/{one}", lang)
    query = load_questions()[one].query
    assert query.title.zh in page.get_text()
    assert query.title.en in page.get_text()
    assert page.select_one("section[aria-labelledby=sql] pre").get_text().strip() == query.sql.strip()  # type: ignore[union-attr]
    assert page.select_one(f'a[href^="/archive/{query.name}"]')
    assert page.select_one('a[href^="/archive?sql="]')
    assert language.text(f"cannot.{one}", lang) in page.get_text()


@pytest.mark.parametrize("one", IDS)
def test_the_csv_is_the_answer_of_the_query(ask: Get, stored: Any, one: str) -> None:
    query = load_questions()[one].query
    expected = [["" if value is None else str(value) for value in row] for row in stored(query.sql)]
    head, *lines = csv.reader(io.StringIO(ask(f"/questions/{one}.csv").text.removeprefix("\ufeff")))
    assert lines == expected
    assert ask(f"/questions/{one}.json").json()["count"] == len(expected)
    assert len(set(head)) == len(head)


def test_a_ranking_is_filtered_and_drawn(soup: Soup, ask: Get) -> None:
    page = soup("/questions/Q1?year=2022")
    assert len(page.select("svg a")) == 8
    assert all("2022" in text.get_text() for text in page.select("svg a title"))
    rows = ask("/questions/Q1.json?year=2022").json()["rows"]
    assert {row["year"] for row in rows} == {2022}
    assert [row["refusal_percent"] for row in rows] == sorted((row["refusal_percent"] for row in rows), reverse=True)
    assert "60.0%" in page.get_text()  # 24 of 40, the last report


def test_a_rate_below_the_least_denominator_is_not_shown(ask: Get) -> None:
    assert len(ask("/questions/Q1.json").json()["rows"]) == 23
    assert "u-0000000000-2023" not in ask("/questions/Q1.csv").text


def test_without_sql_for_readers_there_is_no_link_to_edit(get: Get, evidence: Path) -> None:
    closed = make_site(evidence, allow_sql=False)
    try:
        text = get("/questions/Q1", "en", datasette=closed).text
    finally:
        closed.get_database("archive").close()
        closed.executor.shutdown()
    assert "/archive?sql=" not in text
    assert "/archive/q01_refusals" in text


@pytest.mark.parametrize("path", ["/questions/Q0", "/questions/Q13", "/questions/Q99.json"])
def test_a_question_that_nobody_asked(ask: Get, path: str) -> None:
    assert ask(path).status_code == 404


def test_shares_of_applicants_are_of_the_same_reports(evidence: Path, tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    shutil.copy(evidence, path)
    connection = sqlite3.connect(path)
    numbers = [
        no for (no,) in connection.execute("select measure_no from measure_names where measure like 'asked_by%'")
    ]
    shares = (50, 20, 10, 10, 6, 4)
    for version, given in ((1, shares), (2, shares[::-1])):
        for place, (number, share) in enumerate(zip(numbers, given, strict=True)):
            lost = version == 2 and place == 5  # one share of the second report is not given
            connection.execute(
                "insert into measured (version_no, measure_no, numerator, denominator, given, inferred)"
                " values (?, ?, ?, ?, ?, 0)",
                (version, number, share * version, 100 * version, 0 if lost else 1),
            )
    connection.execute("update reports set year = 2023 where version_no = 2")
    found = read_answer(connection, load_questions()["Q6"]).shares
    connection.close()
    assert [value for _, _, _, value in found] == list(shares)


@pytest.mark.parametrize("one", IDS)
def test_names_as_printed_are_marked_as_chinese_on_an_english_page(soup: Soup, one: str) -> None:
    for text in soup(f"/questions/{one}", language="en").main.find_all(string=re.compile("[\u4e00-\u9fff]")):
        if not text.find_parent("pre"):
            assert text.find_parent(lang=True)["lang"] == "zh-CN", text
