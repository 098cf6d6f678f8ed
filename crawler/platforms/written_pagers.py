"""Pagers that a script draws from a count and an address with a gap for the number; read as written, never run.

Such are `$('.p').pagination({pageCount: 5, url: 'list_{page}.html'})`, `laypage.render({count: 61, limit: 20, …})` with
`location.href = '?page=' + obj.curr`, and `function go(n) { location.href = 'index_' + n + '.html' }`.
"""

from __future__ import annotations

import re

from crawler.pages import Page, host_of, resolve
from crawler.platforms.asking import service_words

_DRAWN = re.compile(
    r"pagination|laypage|paginat|\bpager?\b|paging|(?:go|to|jump|turn)_?(?:to_?)?page|page_?(?:nav|bar|div)",
    re.IGNORECASE,
)
_GIVEN = r"[\"']?\s*[:=]\s*[\"']?"
_PAGES = re.compile(rf"\b(?:page_?count|total_?pages?|count_?page|pages){_GIVEN}(\d{{1,4}})\b", re.IGNORECASE)
_ROWS = re.compile(
    rf"\b(?:total_?(?:count|rows?|records?|num)?|record_?count|count){_GIVEN}(\d{{1,5}})\b", re.IGNORECASE
)
_SIZE = re.compile(rf"\b(?:page_?size|per_?page|limit|size|rows){_GIVEN}(\d{{1,3}})\b", re.IGNORECASE)
_GAP = r"(?:\{\{?\s*(?:page|pageno|pagenum|pageindex|p|n|num|0)\s*\}?\}|__page__|\$\{[\w.]{1,30}\})"
_TEMPLATE = re.compile(
    rf"[\"'`](?P<before>[^\"'`\s<>]{{0,200}}?){_GAP}(?P<after>[^\"'`\s<>]{{0,60}})[\"'`]", re.IGNORECASE
)
_JOINED = re.compile(
    rf"[\"'](?P<before>[^\"'\s<>]{{0,200}}?(?:[?&](?:{service_words().page_number.pattern})=|[/_\-]))[\"']"
    r"\s*\+\s*(?:[\w.]{1,40}|\(\s*\w{1,40}\s*(?P<less>-)\s*1\s*\))(?:\s*\+\s*[\"'](?P<after>[^\"'\s<>]{1,60})[\"'])?",
    re.IGNORECASE,
)
_LIKE_PAGE = re.compile(
    rf"[?&](?:{service_words().page_number.pattern}|page\w*|cur\w*page)=\Z|[_\-]\Z|/(?:page/|p/)?\Z", re.IGNORECASE
)
_AFTER = re.compile(r"(?:\.\w{2,5}|/)?(?:[?&#][^\"']*)?\Z")
_LIBRARY = 20_000  # characters: a script of that size is the library itself


def written_pager(page: Page, shown: int | None = None) -> tuple[int, tuple[str, ...]] | None:
    """The pages that a script says the list has, and the addresses of pages 2 up; none where they are not written out.

    `shown` is the number of pages that the list itself shows, for scripts that do not count. None where no script draws
    a pager, or the list has one page.
    """
    for script in page.scripts:
        if len(script) > _LIBRARY or not _DRAWN.search(script):
            continue
        pages = _count(script) or shown
        if pages is not None and pages > 1:
            return pages, tuple(_addresses(page, script, pages))
    return None


def _count(script: str) -> int | None:
    if match := _PAGES.search(script):
        return int(match[1])
    rows, size = _ROWS.search(script), _SIZE.search(script)
    return -(-int(rows[1]) // int(size[1])) if rows and size and int(size[1]) else None


def _addresses(page: Page, script: str, pages: int) -> list[str]:
    """The addresses of the pages after the first; empty where no literal on this host has a gap for their number."""
    for pattern in (_TEMPLATE, _JOINED):
        for match in pattern.finditer(script):
            before, after = match["before"], match["after"] or ""
            if not _LIKE_PAGE.search(before) or not _AFTER.match(after):
                continue
            first = 1 if match.groupdict().get("less") else 2
            found = [resolve(page.url, f"{before}{number}{after}") for number in range(first, first + pages - 1)]
            urls = [url for url in found if url and host_of(url) == host_of(page.url)]
            if len(urls) == pages - 1:
                return urls
    return []
