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
from archive.site.listing import Shelf
from archive.site.pages.questions.answers import Answer, load_questions, read_answer
from archive.site.pages.questions.charts import picture
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


def drawn(one: str, rows: list[dict[str, Any]], held: set[int]) -> list[str]:
    """What the marks of a picture say, and its gaps."""
    nothing = Answer((), Shelf(["year"]), (), ())
    svg = BeautifulSoup(str(picture(load_questions()[one], nothing, rows, held, str)), "lxml")
    return [title.get_text() for title in svg.select("svg > title ~ *  title")]


def test_a_report_is_counted_by_what_is_wrong_with_it_and_a_year_without_one_is_a_zero_if_it_is_held() -> None:
    late = {"year": 2020, "status": "held", "timeliness": "late"}
    doubted = {"year": 2023, "status": "held", "timeliness": "in_time"}
    absent = {"year": 2023, "status": "not_found", "timeliness": None}
    told = drawn("Q8", [late, doubted, absent, absent], held={2020, 2022, 2023})
    assert "2021 late: —" in told[0]
    assert {"2020 late: 1", "2022 late: 0", "2023 late: 0"} <= set(told)
    assert {"2020 stated date in doubt: 0", "2023 stated date in doubt: 1"} <= set(told)
    assert "2023 looked for, not on the portal: 2" in told


def test_a_year_that_cannot_be_compared_with_the_one_before_is_no_zero() -> None:
    rows = [{"year": year, "status": "pass"} for year in (2019, 2023)]
    told = drawn("Q11", rows, held={2019, 2021, 2022, 2023})
    assert {"2020 fell and follow: —", "2021 fell and follow: —", "2022 fell and follow: 0"} <= set(told)


def test_a_ranking_of_its_own_order_draws_the_largest() -> None:
    rows = [
        {"agency": f"第{n}局", "year": 2020, "report_id": str(n), "corrected_on_review": n, "reviews_decided": 20}
        for n in range(15)
    ]
    assert drawn("Q5", rows, set())[:2] == ["第14局 2020: 14 / 20", "第13局 2020: 13 / 20"]


def test_a_body_without_a_report_leads_to_its_own_page(soup: Soup, stored: Any) -> None:
    absent = stored("select agency from publication where status = 'not_found' and report_id is null")
    links = {link.get_text(): str(link["href"]) for link in soup("/questions/Q8").select("table.answer td a")}
    assert absent
    assert all(links[agency].startswith("/agencies?q=") for (agency,) in absent if agency in links)
    assert set(links) >= {agency for (agency,) in absent[:1]}


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
