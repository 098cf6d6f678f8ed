"""Search as a reader meets it: the page, its JSON, CSV and Atom must each show what a plain scan of the texts finds."""

from __future__ import annotations

import csv
import io
import random
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from archive.search import brute_force
from archive.site import database as site_database
from archive.site.pages.search.wish import LARGEST_PAGE, LONGEST_QUERY, read_wish
from tests.site.conftest import HOSTILE_QUERIES, Get

COLUMNS = {
    "year": "year",
    "section": "number",
    "level": "level",
    "province": "province",
    "status": "confidence",
}
WORDS = (
    "公开",
    "公開",
    "信访",
    "土地征收",
    "独角兽",
    "2023",
    "ＧＯＮＧ",
    "，",
    "（一）",
    "没有的词",
    '"机 制"',
    "诉讼",
)
ATOM = "{http://www.w3.org/2005/Atom}"


def soup(get: Get, path: str, language: str = "zh") -> BeautifulSoup:
    answer = get(path, language=language)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def every(database: Path, sql: str) -> list[dict[str, Any]]:
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(sql)]
    finally:
        connection.close()


@pytest.fixture(scope="module")
def sections(database: Path) -> list[dict[str, Any]]:
    return every(database, "select s.*, r.confidence, r.first_seen from sections s join reports r using (report_id)")


@dataclass(frozen=True)
class Scan:
    """What a scan of all texts says of a search."""

    ids: set[str]
    facets: dict[str, dict[str, int]]


def scan(sections: list[dict[str, Any]], query: str, filters: dict[str, str]) -> Scan:
    hits = [row for row in sections if brute_force(row["text"], query)]

    def fits(row: dict[str, Any], but: str | None = None) -> bool:
        return all(str(row[COLUMNS[name]]) == value for name, value in filters.items() if name != but)

    facets = {
        name: dict(Counter(str(row[column]) for row in hits if fits(row, name) and row[column] is not None))
        for name, column in COLUMNS.items()
    }
    return Scan({row["section_id"] for row in hits if fits(row)}, facets)


def random_query(rng: random.Random, texts: list[str]) -> str:
    """A query such as people type: pieces of the texts, joined, excluded, in quotes, sometimes of nothing there is."""
    words: list[str] = []
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        text = rng.choice(texts) or "公"
        start = rng.randrange(len(text))
        piece = text[start : start + rng.randint(1, 6)].replace('"', "").strip() or "公"
        piece = rng.choice((piece, piece, piece, rng.choice(WORDS), f'"{piece}"'))
        words.append(f"{rng.choice(('', '', '', '-', 'OR ', 'NOT '))}{piece}" if words else piece)
    return " ".join(" ".join(words).split())


def rows_of_csv(get: Get, asked: dict[str, str]) -> list[dict[str, str]]:
    """The CSV of a search, row by row."""
    answer = get(f"/search.csv?{urlencode(asked)}")
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.headers["x-total-count"] == str(len(found))
    return found


def check(get: Get, sections: list[dict[str, Any]], query: str, filters: dict[str, str], sort: str) -> None:
    """All forms of one search against the scan, to the last row."""
    expected = scan(sections, query, filters)
    asked = {"q": query, **filters, "sort": sort}
    whole = rows_of_csv(get, asked)
    ids = [row["section_id"] for row in whole]
    assert len(ids) == len(expected.ids), asked
    assert set(ids) == expected.ids, asked
    said = get(f"/search.json?{urlencode(asked | {'size': '200'})}").json()
    assert said["count"] == len(ids)
    assert [row["section_id"] for row in said["rows"]] == ids[:200], asked
    assert said["rows"] == [typed(row) for row in whole[:200]]
    facets = {name: {str(one["value"]): one["count"] for one in values} for name, values in said["facets"].items()}
    for name, value in filters.items():
        facets[name] = {one: n for one, n in facets[name].items() if n or one != value}
    assert {name: counts for name, counts in facets.items() if counts} == {
        name: counts for name, counts in expected.facets.items() if counts
    }, asked
    page = soup(get, f"/search?{urlencode(asked)}", "en")
    links = [urlsplit(str(link["href"])) for link in page.select(".hits h3 a")]
    shown_ids = [f"{link.path.removeprefix('/report/')}-{link.fragment}" for link in links]
    assert shown_ids == [row["section_id"] for row in whole[:20]], asked
    shown = page.select_one(".toolbar strong")
    assert shown is not None
    assert shown.get_text().split()[0].replace(",", "") == (str(len(ids)) if ids else "Nothing")


def typed(row: dict[str, str]) -> dict[str, object]:
    """A row of CSV as JSON has it."""
    out: dict[str, object] = {name: value or None for name, value in row.items()}
    return out | {"year": int(row["year"]), "section": int(row["section"]), "excerpt": row["excerpt"]}


def trial(seed: int, sections: list[dict[str, Any]]) -> tuple[str, dict[str, str], str]:
    rng = random.Random(seed)
    row = rng.choice(sections)
    filters = {name: str(row[COLUMNS[name]]) for name in rng.sample(list(COLUMNS), rng.choice((0, 0, 1, 2)))}
    query = random_query(rng, [one["text"] for one in sections])
    return query, filters, rng.choice(("rank", "new", "seen"))


@pytest.mark.parametrize("seed", range(12))
def test_page_json_and_csv_equal_a_scan(get: Get, sections: list[dict[str, Any]], seed: int) -> None:
    check(get, sections, *trial(seed, sections))


@pytest.mark.slow
def test_two_hundred_random_searches_equal_a_scan(get: Get, sections: list[dict[str, Any]]) -> None:
    for seed in range(1000, 1200):
        check(get, sections, *trial(seed, sections))


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("公開", {"year": "2020"}),
        ("土地征收", {"section": "3"}),
        ("公开", {"year": "2022", "section": "1", "level": "county"}),
        ("公开", {"level": "province"}),
        ("公开", {"status": "partial"}),
        ("公开", {"province": "云溪省", "status": "verified"}),
        ("独角兽", {}),
        ("信访 -土地", {}),
        ("信访 OR 独角兽", {"year": "2023"}),
        ('"机制。"', {}),
        ("", {"section": "2"}),
    ],
)
def test_known_searches_equal_a_scan(
    get: Get, sections: list[dict[str, Any]], query: str, filters: dict[str, str]
) -> None:
    check(get, sections, query, filters, "rank")


def test_pages_follow_one_another_without_a_gap(get: Get) -> None:
    asked = {"q": "公开", "sort": "new"}
    expected = [row["report_id"] for row in rows_of_csv(get, asked)]
    path: str | None = f"/search?{urlencode(asked)}"
    seen: list[str] = []
    while path:
        page = soup(get, path)
        seen += [str(link["href"]).partition("?")[0].removeprefix("/report/") for link in page.select(".hits h3 a")]
        following = page.select_one(".pager a[rel=next]")
        path = str(following["href"]) if following else None
    assert seen == expected
    assert len(seen) > 100


def test_json_names_the_pages_beside_it(get: Get) -> None:
    first = get("/search.json?q=%E5%85%AC%E5%BC%80&size=30").json()
    assert first["previous"] is None
    second = get(first["next"].removeprefix("http://localhost")).json()
    assert (second["page"], second["previous"] is None) == (2, False)
    assert {row["section_id"] for row in first["rows"]}.isdisjoint(row["section_id"] for row in second["rows"])
    assert get("/search.json?q=%E5%85%AC%E5%BC%80&page=99999").json()["rows"] == []


def test_a_feed_of_a_search_has_the_rows_of_the_search(get: Get) -> None:
    asked = "q=%E4%BF%A1%E8%AE%BF&sort=seen"
    answer = get(f"/search.atom?{asked}")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed: Any = etree.fromstring(answer.content)
    rows = get(f"/search.json?{asked}").json()["rows"]
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        f"tag:gongkai,2026:found/{row['section_id']}" for row in rows
    ]
    assert [entry.find(f"{ATOM}link").get("href") for entry in entries] == [row["page"] for row in rows]
    assert all(
        row["excerpt"] in (entry.findtext(f"{ATOM}summary") or "") for row, entry in zip(rows, entries, strict=True)
    )
    assert feed.find(f"{ATOM}link[@rel='self']").get("href").startswith("http://localhost/search.atom?q=")
    page = soup(get, "/search?q=%E4%BF%A1%E8%AE%BF")
    link = page.select_one('link[rel=alternate][type="application/atom+xml"][href*="/search.atom"]')
    assert link is not None
    assert "sort=seen" in str(link["href"])


def test_filters_are_links_to_the_counts_they_show(get: Get) -> None:
    page = soup(get, "/search?q=%E5%85%AC%E5%BC%80&year=2020", "en")
    links = page.select(".filters-side li")
    assert len(links) > 5
    for item in links:
        link, number = item.select_one("a"), item.select_one(".number")
        assert link is not None
        assert number is not None
        if link.get("aria-current"):
            continue
        target = soup(get, str(link["href"]), "en").select_one(".toolbar strong")
        assert target is not None
        assert target.get_text().split()[0] == number.get_text()


# ------------------------------------------------------------------ titles and agencies


@pytest.mark.parametrize(
    "query", ["粮食局", "2020年", "粮食局 2023", "alert", "没有的词", "水务局 OR 林业局", "年度報告"]
)
def test_titles_are_searched_as_texts_are(get: Get, database: Path, query: str) -> None:
    titles = {row["report_id"]: row["title"] for row in every(database, "select report_id, title from reports")}
    expected = {report_id for report_id, title in titles.items() if brute_force(title, query)}
    asked = {"q": query, "in": "title", "size": "200"}
    said = get(f"/search.json?{urlencode(asked)}").json()
    assert {row["report_id"] for row in said["rows"]} == expected
    assert said["count"] == len(expected) == len(rows_of_csv(get, asked))
    page = soup(get, f"/search?{urlencode(asked)}", "en")
    assert len(page.select(".hits > li")) == len(expected)
    assert "<script>alert" not in str(page)


def test_an_agency_of_that_very_name_stands_first_and_the_box_leads_to_it(get: Get) -> None:
    for name in ("云溪市粮食局", "市粮食局", "雲溪市糧食局"):
        page = soup(get, f"/search?{urlencode({'q': name})}")
        direct = page.select_one(".direct a")
        assert direct is not None
        assert direct["href"] == "/agency/u-0000000000"
        went = get(f"/search?{urlencode({'q': name, 'go': '1'})}")
        assert (went.status_code, went.headers["location"]) == (302, "/agency/u-0000000000")
    assert get(f"/search?{urlencode({'q': '粮食局', 'go': '1'})}").status_code == 200  # a part of a name is a search
    assert soup(get, f"/search?{urlencode({'q': '粮食局'})}").select_one('a[href="/agency/u-0000000000"]')
    chosen = get(f"/search?{urlencode({'q': '云溪市粮食局', 'go': '1', '_lang': 'en'})}")
    assert chosen.headers["location"] == "/agency/u-0000000000?_lang=en"


# ------------------------------------------------------------------ kindness


@pytest.mark.parametrize("path", ["/search", "/search?q=", "/search?q=+&sort=new", "/search?q=%00"])
def test_a_blank_search_explains_how_to_search(get: Get, path: str) -> None:
    assert soup(get, path).select(".help li")


def test_absurd_wishes_become_sensible() -> None:
    wish = read_wish(
        {"q": " 公  开\0" * 200, "year": "二〇二〇", "section": "21", "level": "galaxy", "page": "9" * 30, "sort": "x"}
        | {"status": "sure", "in": "everything", "size": str(LARGEST_PAGE + 1)}
    )
    assert len(wish.query) == LONGEST_QUERY
    assert wish.shortened
    assert set(wish.ignored) == {"year", "section", "level", "page", "sort", "status", "in", "size"}
    assert (wish.year, wish.section, wish.level, wish.status, wish.sort, wish.page) == (
        None,
        None,
        None,
        None,
        "rank",
        1,
    )
    assert (wish.scope, wish.size) == ("text", 20)


def test_what_was_left_out_is_named(get: Get) -> None:
    said = get("/search.json?q=%E5%85%AC&year=x&in=title&section=2").json()
    assert set(said["ignored"]) == {"year", "section"}
    assert "year" in soup(get, "/search?q=%E5%85%AC&year=x", "en").select_one(".notice").get_text()  # type: ignore[union-attr]


def test_nothing_found_is_answered_with_a_way_on(get: Get) -> None:
    assert "没有章节含有这些字" in soup(get, f"/search?{urlencode({'q': '没有的词'})}").get_text()
    assert "没有这么多页" in soup(get, f"/search?{urlencode({'q': '独角兽', 'page': 40})}").get_text()
    page = soup(get, f"/search?{urlencode({'q': '独角兽 没有的词'})}")
    alone = page.select_one(".zero-results")
    assert alone is not None
    assert [number.get_text() for number in alone.select(".number")] == ["1", "0"]
    assert "<script>" not in get(f"/search?{urlencode({'q': '<script>alert(1)</script>'})}").text


@pytest.mark.parametrize("query", HOSTILE_QUERIES)
@pytest.mark.parametrize("path", ["/search", "/search.json", "/search.csv", "/search.atom"])
def test_hostile_queries_are_answered(get: Get, path: str, query: str) -> None:
    asked = urlencode({"q": query, "province": query, "page": "-1"}, errors="surrogatepass")
    assert get(f"{path}?{asked}").status_code == 200


@pytest.mark.parametrize("path", ["/search.json", "/search.csv", "/search.atom", "/search"])
def test_what_takes_too_long_says_so(get: Get, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    get("/search?q=%E5%85%AC")  # the catalogue is read
    monkeypatch.setattr(site_database, "PAGE_MILLISECONDS", 0)
    answer = get(f"{path}?{urlencode({'q': '健全 ' + path})}", language="en")
    assert answer.status_code == 503
    assert "too long" in answer.text
