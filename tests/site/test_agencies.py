"""The list of bodies: filters with the counts they lead to, names as search finds them, pages without gaps."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup

from archive.search import brute_force
from archive.site.catalogue import read_catalogue
from archive.site.pages import agencies
from archive.site.pages.agencies import Choice, choose, read_choice
from tests.site.conftest import Get
from tests.site.sample import build


def listed(get: Get, **asked: str) -> BeautifulSoup:
    answer = get(f"/agencies?{urlencode(asked)}", language="en")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def names(page: BeautifulSoup) -> list[str]:
    return [link.get_text() for link in page.select(".bodies tbody th a")]


def test_bodies_with_reports_years_and_how_sure_the_latest_is(get: Get) -> None:
    page = listed(get)
    rows = [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in page.select(".bodies tbody tr")]
    assert ["云溪市粮食局", "云溪省", "county", "3", "2019–2023", "partial"] in rows
    assert ["云溪市1水务局", "云溪省", "county", "3", "2019–2023", "verified"] in rows
    assert page.select_one('a[href="/agency/u-0000000000"]')


@pytest.mark.parametrize("query", ["水务局", "糧食局", "市粮食局", "云溪市 局", "局 -水务", "没有的"])
def test_names_are_found_as_a_scan_finds_them(get: Get, database: Path, query: str) -> None:
    connection = sqlite3.connect(database)
    try:
        every = connection.execute(
            "select name, agency_id, name as called from agencies union all"
            " select alias, agency_id, (select name from agencies a where a.agency_id = x.agency_id)"
            " from agency_aliases x"
        ).fetchall()
    finally:
        connection.close()
    expected = {called for name, _, called in every if brute_force(name, query)}
    assert set(names(listed(get, q=query))) == expected


def test_filters_are_links_to_the_counts_they_show(get: Get) -> None:
    page = listed(get, q="局")
    items = page.select(".filters-side li")
    assert items
    for item in items:
        link, number = item.select_one("a"), item.select_one(".number")
        assert link is not None
        assert number is not None
        answer = BeautifulSoup(get(str(link["href"]), language="en").text, "lxml")
        assert answer.select_one(".toolbar strong").get_text().split()[0] == number.get_text()  # type: ignore[union-attr]


def test_a_province_offers_its_feed(get: Get) -> None:
    page = listed(get, province="云溪省")
    feed = page.select_one('link[type="application/atom+xml"][href*="/feeds/province/"]')
    assert feed is not None
    assert get(str(feed["href"])).status_code == 200


def test_pages_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path / "archive.db", 60)
    connection = sqlite3.connect(tmp_path / "archive.db")
    known = read_catalogue(connection)
    connection.close()
    monkeypatch.setattr(agencies, "PAGE_SIZE", 7)
    first = choose(known, Choice())
    assert (first.total, first.last_page) == (20, 3)
    seen = [body.agency_id for page in (1, 2, 3, 4) for body in choose(known, Choice(page=page)).bodies]
    assert seen == [body.agency_id for body in known.bodies]
    front = choose(known, Choice(query="云溪市1"))
    assert all(body.name.startswith("云溪市1") for body in front.bodies)
    assert front.total == 11


def test_absurd_choices_become_sensible(get: Get) -> None:
    assert read_choice({"page": "-3", "level": "galaxy", "province": " ", "q": "\0 局"}) == Choice(query="局")
    assert read_choice({"page": "9" * 40}).page == 1
    for asked in ({"page": "999"}, {"q": "没有的"}, {"province": "<b>"}, {"q": '"'}):
        page = listed(get, **asked)
        assert not names(page) or asked == {"q": '"'}
        assert "<b>" not in str(page.select_one("main"))
