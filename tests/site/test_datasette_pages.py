"""Datasette's own pages in both languages, without its English, and its addresses that stay closed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from archive.database.queries import load_queries
from archive.site.errors import PATTERNS
from archive.site.gate import LONGEST_QUERY, MOST_FACETS
from archive.site.language import known
from tests.site.conftest import Get

PAGES = (
    "/archive",
    "/archive/reports?_facet=year&_size=2&year__gt=2000",
    "/archive/reports?year=1900",
    "/archive/sections?_search=%E5%85%AC%E5%BC%80&_size=1",
    "/archive/cells?_size=1&_facet=item_id&_facet_size=1",
    "/archive/statistics?_size=1",
    "/archive/reports/u-0000000000-2023",
    "/archive?sql=select+report_id,year+from+reports+limit+2",
    "/archive?sql=select+:a+as+a&a=1&_hide_sql=1",
    "/archive?sql=select+wrong",
    "/archive?sql=with+recursive+c(x)+as+(select+1+union+all+select+x%2b1+from+c)+select+count(*)+from+c",
    "/archive/reports?_size=x",
    "/archive/reports?_sort=wrong",
    "/archive/reports?_where=wrong",
    "/archive/q01_refusals",
    "/archive/nothing",
    "/archive/reports/nothing",
)
ENGLISH = re.compile(r"\b(?:[A-Za-z][a-z]+ ){2,}[a-z]+")
"""Three words of English in a row."""


COLUMN = re.compile(r"[a-z][a-z0-9_]*(?:\xa0[▼▲])?")
"""The name of a column, which is the same in every language."""


class Prose(HTMLParser):
    """The text of a page that is neither marked as English nor code nor the name of a column."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[tuple[str, bool]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "input", "br", "img", "hr", "col"):
            english = dict(attrs).get("lang") == "en" or tag in ("code", "style", "textarea", "pre")
            self.inside.append((tag, english))

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop()[0] != tag:
            continue

    def handle_data(self, data: str) -> None:
        column = self.inside and self.inside[-1][0] in ("option", "th", "a", "dt") and COLUMN.fullmatch(data.strip())
        if not column and not any(english for _, english in self.inside):
            self.text.append(data)


@pytest.mark.parametrize("path", PAGES)
def test_no_english_is_left_on_a_chinese_page(get: Get, path: str) -> None:
    prose = Prose()
    page = get(path, language="zh-CN").text
    prose.feed(page)
    assert '<html lang="zh-CN">' in page
    assert ENGLISH.findall(" ".join(prose.text)) == []


@pytest.mark.parametrize("path", PAGES)
def test_an_english_page_marks_its_chinese(get: Get, path: str) -> None:
    page = get(path, language="en").text
    assert '<html lang="en">' in page
    for part in re.findall(r"<tbody[^>]*>", page):
        assert 'lang="zh-CN"' in part
    for forbidden in ("<script", " style=", "<style", " onclick="):
        assert forbidden not in page


@pytest.mark.parametrize("path", PAGES)
def test_wide_tables_scroll_in_a_box_with_a_name(get: Get, path: str) -> None:
    page = get(path).text
    for table in re.finditer(r"<table", page):
        before = page[: table.start()].rstrip()
        assert re.search(r'<div class="scroll" tabindex="0" role="region" aria-label="[^"]+">$', before)


def test_a_chosen_language_is_kept_by_forms(get: Get) -> None:
    for path in ("/archive?_lang=en", "/archive/reports?_lang=en", "/archive?sql=select+1&_lang=en"):
        page = get(path, language="zh-CN").text
        forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
        assert forms
        for form in forms:
            assert form.count('name="_lang" value="en"') == 1


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_questions_are_examples_in_one_language(get: Get, language: str) -> None:
    page = get("/archive", language=language).text
    for query in load_queries():
        assert f'href="/archive/{query.name}"' in page
        title = query.title.zh if language == "zh-CN" else query.title.en
        other = query.title.en if language == "zh-CN" else query.title.zh
        shown = get(f"/archive/{query.name}", language=language).text
        assert title.replace("'", "&#39;") in shown
        assert other.replace("'", "&#39;") not in shown


def test_every_message_that_is_known_has_its_text() -> None:
    assert [key for _, key in PATTERNS if not known(key)] == []


@pytest.mark.parametrize(
    ("sql", "zh", "en"),
    [
        ("select+wrong", "没有名为“wrong”的列", "There is no column wrong"),
        ("select+*+from+nothing_here", "没有名为“nothing_here”的表", "There is no table nothing_here"),
        ("select+nope(1)", "没有函数“nope”", "There is no function nope"),
        ("select+1+1", "“1”附近有语法错误", "syntax near “1”"),
        ("delete+from+reports", "只接受一条以 SELECT", "begins with SELECT"),
        ("select+*+from+pragma_database_list", "只许读取数据表", "Only reading the tables"),
        ("select+zeroblob(900000000)", "过大", "larger than this site gives"),
    ],
)
def test_messages_are_explained_in_both_languages(get: Get, sql: str, zh: str, en: str) -> None:
    assert zh in get(f"/archive?sql={sql}", language="zh-CN").text
    assert en in get(f"/archive?sql={sql}", language="en").text


def test_unknown_messages_stand_in_our_frame(get: Get) -> None:
    page = get("/archive?sql=select+json(%27[%27)").text
    assert "数据库的原话" in page
    assert '<code lang="en">malformed JSON</code>' in page


CLOSED = (
    *("databases", "threads", "plugins", "permissions", "messages", "allow-debug", "patterns", "logout", "auth-token"),
    *("config", "databases.json", "threads.json", "plugins.json", "config.json"),
)


@pytest.mark.parametrize("name", CLOSED)
def test_pages_for_operators_are_closed(get: Get, database: Path, name: str) -> None:
    answer = get(f"/-/{name}")
    assert answer.status_code == 404
    assert str(database) not in answer.text


@pytest.mark.parametrize("name", ["versions.json", "metadata.json", "settings.json", "actor.json", "static/app.css"])
def test_what_stays_open_tells_no_path(get: Get, database: Path, name: str) -> None:
    answer = get(f"/-/{name}")
    assert answer.status_code == 200
    assert str(database.parent) not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/archive/reports?" + "&".join(["_facet=year"] * (MOST_FACETS + 1)), 400),
        ("/archive/reports?" + "&".join(["_facet=year"] * MOST_FACETS), 200),
        ("/search?q=" + "a" * LONGEST_QUERY, 414),
        ("/_internal", 404),
        ("/_memory?sql=select+1", 404),
        ("/archive/statistics.csv?_stream=1", 400),
        ("/archive/reports.csv?_stream=1&_sort=title", 400),
        ("/archive/reports.csv?_stream=1&_where=1", 400),
        ("/archive/reports.csv?_stream=1", 200),
        ("/archive/reports.json?_through=%7B", 400),
        ("/archive.json?sql=select+1&_timelimit=x", 400),
    ],
)
def test_what_no_reader_needs_is_refused_kindly(get: Get, path: str, status: int) -> None:
    answer = get(path)
    assert answer.status_code == status, answer.text[:300]
    assert "Traceback" not in answer.text


def test_a_mistake_of_the_site_tells_nothing(get: Get, site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret /srv/path")

    monkeypatch.setattr(site.get_database("archive"), "primary_keys", broken)
    answer = get("/archive/reports")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "已记录" in answer.text
