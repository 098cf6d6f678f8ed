"""Feeds of the site: the entries of the exports, with addresses that this reader can follow."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette
from lxml import etree

from archive.site.worker import make_site
from tests.site.conftest import REPORTS, Get

ATOM = "{http://www.w3.org/2005/Atom}"
AGENCY = "u-0000000000"
FEEDS = ("all", f"province/{quote('云溪省')}", f"agency/{AGENCY}")


def entries(feed: Any) -> list[tuple[str, str, str, str]]:
    return [
        (
            entry.findtext(f"{ATOM}id"),
            entry.find(f"{ATOM}category").get("term"),
            entry.find(f"{ATOM}link[@rel='alternate']").get("href"),
            entry.find(f"{ATOM}link[@rel='via']").get("href"),
        )
        for entry in feed.findall(f"{ATOM}entry")
    ]


@pytest.mark.parametrize("name", FEEDS)
def test_atom_and_json_say_the_same(get: Get, name: str) -> None:
    atom = get(f"/feeds/{name}.atom")
    assert atom.status_code == 200
    assert atom.headers["content-type"] == "application/atom+xml; charset=utf-8"
    found = entries(etree.fromstring(atom.content))
    told = get(f"/feeds/{name}.json")
    assert told.headers["content-type"] == "application/feed+json; charset=utf-8"
    items = json.loads(told.text)["items"]
    assert [(item["id"], *item["tags"], item["url"], item["external_url"]) for item in items] == found
    assert len(found) == (4 if name.startswith("agency") else REPORTS + 1)


def test_entries_lead_to_pages_that_exist(get: Get) -> None:
    feed: Any = etree.fromstring(get(f"/feeds/agency/{AGENCY}.atom").content)
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"http://localhost/feeds/agency/{AGENCY}.atom"
    assert feed.find(f"{ATOM}link[@rel='alternate']").get("href") == f"http://localhost/agency/{AGENCY}"
    for _, _, page, _ in entries(feed):
        assert get(page.removeprefix("http://localhost")).status_code == 200


def test_the_kinds_of_changes_and_their_times(get: Get) -> None:
    feed: Any = etree.fromstring(get("/feeds/all.atom").content)
    kinds = [kind for _, kind, _, _ in entries(feed)]
    assert (kinds[0], kinds.count("corrected"), kinds.count("new")) == ("corrected", 1, REPORTS)
    times = [entry.findtext(f"{ATOM}updated") for entry in feed.findall(f"{ATOM}entry")]
    assert times == sorted(times, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == times[0]


@pytest.mark.parametrize("name", ["agency/nobody", f"province/{quote('无此省')}", "agency/a/b", "every", "agency/"])
@pytest.mark.parametrize("form", ["atom", "json"])
def test_feeds_of_nobody_are_not_found(get: Get, name: str, form: str) -> None:
    assert get(f"/feeds/{name}.{form}").status_code == 404


def test_addresses_are_those_of_the_reader(database: Path) -> None:
    """Behind a proxy: another host, https, and a path prefix."""
    plain = make_site(database)
    site = Datasette(
        files=[],
        immutables=[str(database)],
        settings={"base_url": "/gongkai/", "force_https_urls": True},
        metadata=plain._metadata_local,
    )
    try:

        def ask(path: str) -> Any:
            async def once() -> Any:
                await site.invoke_startup()
                return await site.client.get(path, headers={"Host": "reports.example"})

            return asyncio.run(once())

        answer = ask("/feeds/all.atom")
        assert answer.status_code == 200
        pages = [page for _, _, page, _ in entries(etree.fromstring(answer.content))]
        assert all(page.startswith("https://reports.example/gongkai/report/u-") for page in pages)
        rows = ask("/search.json?q=%E5%85%AC").json()
        assert rows["rows"][0]["page"].startswith("https://reports.example/gongkai/report/u-")
        assert rows["html"].startswith("https://reports.example/gongkai/search?q=")
    finally:
        for one in (plain, site):
            one.get_database("archive").close()
            one.executor.shutdown()


@pytest.mark.parametrize("path", ["/", "/search", "/agencies", f"/report/{AGENCY}-2023"])
def test_every_page_names_the_feed_of_all(get: Get, path: str) -> None:
    page = BeautifulSoup(get(path).text, "lxml")
    link = page.select_one('link[rel=alternate][type="application/atom+xml"]')
    assert link is not None
    assert get(str(link["href"])).status_code == 200
