"""The plugin inside Datasette: its search box and API, its headers, its limits, and plain `datasette` with it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from datasette.app import Datasette

from archive.metadata import render
from archive.search import brute_force
from archive.site.middleware import visit_of, without_blank_searches
from tests.site.conftest import HOSTILE_QUERIES, REPORTS, Get

QUERIES = (
    "公",
    "公开",
    "公開",
    "行政诉讼",
    "信访 公开",
    '"门户网站"',
    "信访 OR 土地",
    "公开 -信访",
    "没有的词",
    "独角兽",
)


def texts(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return [text for (text,) in connection.execute("select text from sections")]
    finally:
        connection.close()


@pytest.mark.parametrize("query", QUERIES)
def test_the_api_finds_what_a_scan_finds(get: Get, database: Path, query: str) -> None:
    found = get(f"/archive/sections.json?_search={quote(query)}&_size=0").json()["filtered_table_rows_count"]
    assert found == sum(brute_force(text, query) for text in texts(database))


@pytest.mark.parametrize("blank", ["", "+", "%20%20", "%E3%80%80"])
def test_a_blank_search_box_shows_every_row(get: Get, blank: str) -> None:
    answer = get(f"/archive/sections.json?_search={blank}&_size=1")
    assert answer.status_code == 200
    assert answer.json()["filtered_table_rows_count"] == 6 * REPORTS


def test_only_blank_searches_are_dropped() -> None:
    assert without_blank_searches(b"_search=&year=2020&_search_text=+&q=") == b"year=2020&q="
    assert without_blank_searches(b"_search=%E5%85%AC&_size=5") == b"_search=%E5%85%AC&_size=5"


@pytest.mark.parametrize("query", HOSTILE_QUERIES)
def test_hostile_searches_are_answered(get: Get, query: str) -> None:
    wanted = quote(query, errors="surrogatepass")
    assert get(f"/archive/sections.json?_search={wanted}").status_code == 200
    assert get(f"/search?q={wanted}&year=abc&section=99&level=x&page=-1&sort=%00").status_code == 200


def test_tables_show_marked_excerpts_and_link_to_the_pages(get: Get) -> None:
    page = get("/archive/sections?_search=%E7%8B%AC%E8%A7%92%E5%85%BD").text
    assert "<mark>独角兽</mark>" in page
    assert "<img src=x" not in page
    assert 'href="/report/u-0000000000-2023"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=x",
        "/report/u-0000000000-2023",
        "/archive",
        "/archive/sections",
        "/archive/sections.json",
        "/nowhere",
    ],
)
def test_every_answer_carries_the_security_headers(get: Get, path: str) -> None:
    headers = get(path).headers
    assert dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; ")) == {
        "default-src": "'none'", "style-src": "'self'", "img-src": "'self' data:", "form-action": "'self'",
        "base-uri": "'none'", "frame-ancestors": "'none'",
    }  # fmt: skip
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["referrer-policy"] in ("same-origin", "no-referrer")  # the latter is Datasette's own
    assert "Accept-Language" in headers["vary"]


PAGES = (
    "/",
    "/search?q=%E5%85%AC",
    "/report/u-0000000000-2023",
    "/agency/u-0000000000",
    "/archive",
    "/archive/sections",
    "/archive/reports",
    "/archive/statistics",
    "/archive/sections/u-0000000000-2023-s1",
    "/nowhere",
)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_what_the_policy_forbids(get: Get, path: str) -> None:
    page = get(path).text
    for forbidden in ("<script", " style=", "<style", " onclick=", "http-equiv"):
        assert forbidden not in page, forbidden


def test_the_style_sheet_may_be_kept_for_ever(get: Get) -> None:
    page = get("/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", ["//evil.example/a", "/\\evil.example"])
def test_no_address_of_a_page_leads_to_another_host(path: str) -> None:
    visit = visit_of({"raw_path": path.encode(), "query_string": b"a=1"})
    assert visit.here(_lang="en").startswith("/evil.example")


def test_a_datasette_without_an_archive_keeps_its_own_home_page(get: Get) -> None:
    other: Any = Datasette(memory=True)
    try:
        assert get("/", datasette=other).status_code == 200
        assert get("/report/x", datasette=other).status_code == 404
    finally:
        other.executor.shutdown()


def test_plain_datasette_serves_the_same(database: Path, tmp_path: Path) -> None:
    metadata = tmp_path / "datasette-metadata.json"
    metadata.write_text(render(), "utf-8")

    def ask(path: str) -> str:
        command = [sys.executable, "-m", "datasette", str(database), "-m", str(metadata), "--get", path]
        return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout

    found = json.loads(ask(f"/archive/sections.json?_search={quote('公開')}&_size=0"))["filtered_table_rows_count"]
    assert found == sum(brute_force(text, "公开") for text in texts(database))
    assert "云溪市粮食局" in ask("/report/u-0000000000-2023")
    sql = quote("select search_normalise('公開') as words")
    assert json.loads(ask(f"/archive.json?_shape=array&sql={sql}")) == [{"words": "公开"}]
    forbidden = [sys.executable, "-m", "datasette", str(database), "--get"]
    forbidden.append(f"/archive.json?sql={quote('select * from pragma_database_list')}")
    refused = subprocess.run(forbidden, capture_output=True, text=True, check=False, encoding="utf-8")
    assert refused.returncode == 1
    assert "prohibited" in refused.stdout
    assert str(database) not in refused.stdout
