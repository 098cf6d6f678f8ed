"""What portals wrote, at its most hostile, in every field that they control: shown, and never run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from archive.site.worker import make_site
from tests.site.conftest import REPORTS, Get
from tests.site.sample import build

MARK = "xss1234"
HOSTILE = (
    f"\"'><script>{MARK}()</script><img src={MARK} onerror={MARK}()><a href=javascript:{MARK}()>x</a>"
    f"</textarea></title></style><svg onload={MARK}()>{{{{ 7 * 191 }}}}&#60;script&#62;\u202e"
)
SCRIPT = f'javascript:{MARK}()//"><script>{MARK}()</script>'
FIELDS = {
    "portals": ("name", "home_url", "annual_report_url", "notes"),
    "agencies": ("name",),
    "agency_aliases": ("alias",),
    "captures": ("url", "media_type"),
    "reports": ("agency", "title", "agency_printed", "url", "warnings"),
    "versions": ("title", "url"),
    "sightings": ("url", "listed_title", "listed_date", "listing_url"),
    "sections": ("heading", "text", "agency"),
    "version_sections": ("heading", "text"),
    "cells": ("raw", "unit"),
    "extra_rows": ("label", "unit"),
    "leftovers": ("part", "text"),
    "text_checks": ("sentence", "agency"),
    "text_changes": ("before", "after"),
    "changes": ("before", "after"),
    "cross_checks": ("agency", "url", "note"),
    "copy_differences": ("url", "held", "copy"),
    "unplaced": ("url", "title", "agency_printed", "reason"),
}
"""Columns that hold what a portal wrote; `reports.warnings` is JSON of ours with such text inside."""
ADDRESSES = frozenset({"url", "home_url", "annual_report_url", "listing_url"})
REPORT, AGENCY = "u-0000000000-2023", "u-0000000000"
PAGES = (
    "/",
    f"/search?q={quote('公开')}",
    f"/search?q={quote(HOSTILE)}",
    f"/search?year={quote(HOSTILE)}&section={quote(HOSTILE)}&sort={quote(HOSTILE)}",
    f"/report/{REPORT}",
    f"/report/{REPORT}/changes",
    f"/report/{quote(HOSTILE, safe='')}",
    f"/agency/{AGENCY}",
    "/agencies",
    f"/compare?a={AGENCY}&a={quote(HOSTILE)}",
    "/findings",
    "/coverage",
    "/portals",
    "/data",
    f"/{quote(HOSTILE, safe='')}",
    "/archive",
    *(f"/archive/{table}" for table in FIELDS),
    f"/archive/reports/{REPORT}",
    f"/archive/sections?_search={quote('公开')}",
    f"/archive/reports?title={quote(HOSTILE)}&_facet={quote(HOSTILE)}&_sort={quote(HOSTILE)}",
    "/archive/reports?_facet=title&_facet=agency",
    f"/archive/reports?_where={quote(HOSTILE)}",
    f"/archive?sql={quote('select ' + repr(MARK) + ', ' + HOSTILE)}",
    f"/archive?sql={quote('select :a as x')}&a={quote(HOSTILE)}",
    f"/archive?sql={quote('select url, title from reports')}",
    f"/archive?sql={quote('select 1 as [' + HOSTILE + ']')}",
    f"/archive?_lang={quote(HOSTILE)}&_hide_sql={quote(HOSTILE)}",
)


class Found(HTMLParser):
    """Whatever in a page could run or fetch something that the site did not put there."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "base", "style") or (tag == "img" and MARK in str(attrs)):
            self.bad.append(f"<{tag} {attrs}>")
        for name, value in attrs:
            start = (value or "").strip().lower()
            if name.startswith("on") or name in ("style", "srcdoc", "formaction") or MARK in name:
                self.bad.append(f"<{tag} {name}={value}>")
            if name in ("href", "src", "action") and start.startswith(("javascript:", "vbscript:", "data:text")):
                self.bad.append(f"<{tag} {name}={value}>")


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A site on an archive with all these fields poisoned."""
    data = tmp_path_factory.mktemp("poisoned")
    archive = data / "archive.db"
    build(archive, REPORTS)
    with closing(sqlite3.connect(archive)) as connection, connection:
        for table, columns in FIELDS.items():
            for column in columns:
                if (table, column) == ("reports", "warnings"):
                    continue
                value = SCRIPT if column in ADDRESSES else HOSTILE
                connection.execute(f"update {table} set {column} = ?", (value,))
        connection.execute(
            "update cells set raw = ?, state = (select code from states where state = 'malformed')", (HOSTILE,)
        )
    site = make_site(archive)
    yield site
    site.get_database("archive").close()
    site.executor.shutdown()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_what_a_portal_wrote_is_shown_and_never_run(get: Get, poisoned: Any, path: str, language: str) -> None:
    answer = get(path, language=language, datasette=poisoned, follow_redirects=True)
    assert answer.status_code != 500, answer.text[:300]
    assert "script" not in answer.headers["content-security-policy"]
    found = Found()
    found.feed(answer.text)
    assert found.bad == []
    assert "1337" not in answer.text  # seven times 191: no text is a template


def test_the_poison_reached_the_pages(get: Get, poisoned: Any) -> None:
    for path in (f"/report/{REPORT}", f"/agency/{AGENCY}", "/archive/leftovers", "/archive/sections", "/"):
        assert MARK in get(path, datasette=poisoned).text, path


@pytest.mark.parametrize("extension", ["json", "csv"])
def test_data_is_never_taken_for_a_page(get: Get, poisoned: Any, extension: str) -> None:
    answer = get(f"/archive/reports.{extension}", datasette=poisoned)
    assert MARK in answer.text
    assert answer.headers["content-type"].split(";")[0] in ("application/json", "text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/-/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/-/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../../etc/passwd",
        "/capture/../../../etc/passwd",
        "/files/..%2f..%2farchive.db",
        "/files/%2fetc%2fpasswd",
        "/archive/../../../etc/passwd",
        "/archive/reports/%00",
        "/report/%ff%fe",
    ],
)
def test_no_path_leads_out_of_the_site(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code in (302, 400, 404)
    assert "root:" not in answer.text
    assert not answer.content.startswith(b"SQLite format 3")


INJECTIONS = (
    "' or 1=1 --",
    '" or ""="',
    "1) union select sql from sqlite_master --",
    "];drop table reports;--",
    "%00'",
)


@pytest.mark.parametrize("words", INJECTIONS)
def test_no_value_becomes_sql(get: Get, database: Path, words: str) -> None:
    wanted = quote(words)
    paths = [
        f"/report/{quote(words, safe='')}",
        f"/agency/{quote(words, safe='')}",
        f"/search?q={wanted}&year={wanted}&province={wanted}&level={wanted}",
        f"/archive/reports.json?title={wanted}",
        f"/archive/reports.json?title__contains={wanted}",
        f"/archive/reports.json?title__arraycontains={wanted}",
        f"/archive/reports.json?{wanted}=1",
        f"/archive/reports.json?{wanted}__arraycontains=1",
        f"/archive/reports.json?_sort={wanted}",
        f"/archive/reports.json?_next={wanted}",
        f"/archive/sections.json?_search_{wanted}=x",
        f"/archive/sections.json?_fts_table={wanted}&_search=x",
        f"/archive/{quote(words, safe='')}",
    ]
    for path in paths:
        answer = get(path)
        assert answer.status_code in (200, 302, 400, 404), path
        assert "CREATE TABLE" not in answer.text, path
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("select count(*) from reports").fetchone()[0] == REPORTS
