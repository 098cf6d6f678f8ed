"""In which order hits stand, and that a reader is told where it is not the one that was asked for."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from archive.search import match_expression
from archive.site.database import TooLong
from archive.site.pages.search import index, results
from archive.site.respond import Memory
from tests.site.conftest import Get
from tests.site.test_search import check, every, rows_of_csv, sections, soup

__all__ = ["sections"]  # a fixture


def test_orders_are_those_they_say(get: Get, sections: list[dict[str, Any]]) -> None:
    seen_at = {row["section_id"]: row["first_seen"] for row in sections}

    def rows(sort: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = get(f"/search.json?q=%E5%85%AC%E5%BC%80&size=200&sort={sort}").json()["rows"]
        return found

    years = [row["year"] for row in rows("new")]
    assert years == sorted(years, reverse=True)
    assert len(set(years)) > 1
    seen = [seen_at[row["section_id"]] for row in rows("seen")]
    assert seen == sorted(seen, reverse=True)
    density = [row["excerpt"].count("公开") / len(row["excerpt"]) for row in rows("rank")]
    assert sum(density[:10]) > sum(density[-10:])


FRESH = count(1)


def address(path: str, **arguments: str) -> str:
    """An address that nobody has asked for, so that its answer is not one that was kept."""
    return f"{path}?{urlencode({**arguments, '_fresh': str(next(FRESH))})}"


def rows_in_order(get: Get, query: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the JSON of a ranked search says, and its rows, which must be all there are."""
    said = get(address("/search.json", q=query, size="200")).json()
    assert said["count"] == len(said["rows"]) > 0
    return said, said["rows"]


def assert_by_year(get: Get, query: str, why: str, words: str) -> None:
    """The hits of a query stand by year, and the page and the JSON say so, and why."""
    said, found = rows_in_order(get, query)
    assert (said["unranked"], said["sort"]) == (why, "new")
    places = [(-row["year"], row["report_id"], row["section"]) for row in found]
    assert len({row["year"] for row in found}) > 1
    assert places == sorted(places)
    for language, expected in (("zh", "按年份排列"), ("en", words)):
        notices = soup(get, address("/search", q=query), language).select("p.notice")
        assert [expected in notice.get_text() for notice in notices] == [True]


def test_what_cannot_be_ranked_in_time_is_shown_by_year(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object) -> bool:
        raise TooLong

    monkeypatch.setattr(index, "by_relevance", slow)
    assert_by_year(get, "监督 OR 队伍", "many", "too many to weigh")
    monkeypatch.undo()
    assert rows_in_order(get, "监督 OR 队伍")[0]["unranked"] is None


@pytest.fixture(params=[None, 0, 1_000_000], ids=["as seen", "far too few", "far too many"])
def expectation(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many hits are expected, which may be wrong and must change nothing but the time it takes."""
    monkeypatch.setattr(results, "kept", Memory(0))  # each is to find for itself
    if request.param is not None:
        monkeypatch.setattr(index, "expected", lambda *_: request.param)


@pytest.mark.usefixtures("expectation")
def test_more_than_can_be_weighed_stand_by_year(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "ALWAYS_RANKED", 5)
    monkeypatch.setattr(index, "MOST_RANKED", 6)
    assert_by_year(get, "健全 OR 队伍", "many", "too many to weigh")


@pytest.mark.usefixtures("expectation")
def test_what_most_sections_contain_stands_by_year(
    get: Get, sections: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sum("的" in row["text"] for row in sections) > len(sections) / 2
    monkeypatch.setattr(index, "ALWAYS_RANKED", 5)
    assert_by_year(get, "的", "common", "More than half of all sections")
    assert rows_in_order(get, "的 独角兽")[0]["unranked"] is None
    assert rows_in_order(get, "的 OR 独角兽")[0]["unranked"] is None  # the rarer word tells


@pytest.mark.parametrize("query", ["监督", "公开 -诉讼", "监督 OR 队伍", "，"])
def test_ranked_hits_stand_in_the_order_of_the_index(get: Get, database: Path, query: str) -> None:
    ranked = (
        "select section_id from sections_fts join sections s on s.docid = sections_fts.rowid"
        f" where sections_fts match '{match_expression(query)}' order by rank, docid"
    )
    assert [row["section_id"] for row in rows_of_csv(get, {"q": query})] == [
        row["section_id"] for row in every(database, ranked)
    ]


def test_numbers_come_whole_however_few_at_once(
    get: Get, sections: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "AT_ONCE", 7)
    check(get, sections, "公 -讼", {"section": "2"}, "new")
