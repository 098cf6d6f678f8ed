"""广东省政府信息公开目录平台 (`/gkmlpt/`): a catalogue beside the main CMS of every portal of the province.

How to recognise it: the path holds `/gkmlpt/`, or a script sets `window._CONFIG` with `SID` and `TREE`. Where its
parameters are found: all in `window._CONFIG`, whose values are JSON: `SID` names the site, `TREE` holds the columns
(`id`, `name`, `jump_url`, `post_count`, `children`), the one of annual reports by its name. Rows come from
`{base}/gkmlpt/api/all/{column}?page={n}&sid={SID}`, 100 a page; page 0 is page 1. `{base}` is what stands before
`/gkmlpt/` and may name a department (`/gmkjcxj`). A row's `url` may lead off the platform, `post_url` does not; its
`attachment` lists files. An article holds a copy of itself in `_CONFIG.DETAIL.content`, `<` written `\\u003C`.
The departments' reports often stand only on the main CMS (`nfcms.py`), so that one is asked as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

from archive.models import Role
from crawler.discovery import is_column_name, refused_column, wanted, year_in_title
from crawler.pages import Page, links_of, resolve
from crawler.platforms import amended, articles, payloads, reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import SERVICE, Context, ExcludedLink, FollowLink, PageReading, Partial
from crawler.platforms.pagers import pager_of
from crawler.platforms.payloads import Fields
from crawler.platforms.records import PAGE_SCORE, Record, further_pages, read_records

PAGE_SIZE = 100
"""Rows a page of the service holds (from 2,000 pages read by published crawlers of the province)."""

_API = re.compile(r"/gkmlpt/api/all/\d+\Z")
_BASE = re.compile(r"\A(?P<base>.*?)/gkmlpt(?:/|\Z)")
_CONFIG = re.compile(r"window(?:\._CONFIG|\[[\"']_CONFIG[\"']\])\s*=|\b_CONFIG\.\w+\s*=")
_COLUMN_SCORE = 96.0
_TWIN_SCORE = 45.0
_LITTLE = frozenset({"empty", "short"})


class Gkmlpt(Columned):
    """The catalogue platform of 广东."""

    name = "gkmlpt"

    def read_home(self, page: Page, context: Context) -> PageReading:
        """Reads a page on the way: the tree of the catalogue names the column; any other page is read by its links."""
        if _tree(page):
            return self.read_listing(page, context)
        return reading.read_home(page, context)

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads an answer of the service, or the tree that leads to it, or a list of the main CMS."""
        if _API.search(urlsplit(page.url).path):
            return _read_service(page, context)
        links = links_of(page)
        found = reading.read_rows(page, context, links, pager_of(page, links))
        tree = _tree(page)
        if not tree:
            return found
        columns, refused = _columns(page, context, tree)
        found = amended.with_steps(found, [*columns, *_main_cms(page, context)], refused)
        if columns or found.entries:
            return found
        return amended.with_partial(found, Partial(1, 0, "the catalogue's tree names no column of annual reports"))

    def read_article(self, page: Page, context: Context) -> PageReading:
        """Reads the files beside an article; where only the script holds the text, the copy there is read."""
        found = articles.read_article(page, context)
        copy = payloads.part(payloads.mapping(payloads.value_of(_config(page), "DETAIL")), "content")
        if not isinstance(copy, str) or found.facts.get("body") not in _LITTLE:
            return found
        inner = articles.read_article(Page.of(page.url, page.status, (), copy.encode()), context)
        known = {link.url for link in found.follow}
        more = tuple(link for link in inner.follow if link.url not in known)
        if inner.facts.get("body") == "report":
            owed = Partial(1, 0, "the text stands only in the page's script", "pages")
            found = replace(found, partial=owed)
        return amended.with_facts(replace(found, follow=found.follow + more), [("body_in_script", inner.facts["body"])])


def _config(page: Page) -> str:
    """The scripts that set `window._CONFIG` or a part of it."""
    return "\n".join(script for script in page.scripts if _CONFIG.search(script))


def _tree(page: Page) -> tuple[Fields, ...]:
    return payloads.objects(payloads.value_of(_config(page), "TREE"))


def _base(url: str) -> str:
    """What stands before `/gkmlpt/`: the host, and the department where it shares one."""
    parts = urlsplit(url)
    match = _BASE.match(parts.path)
    return f"{parts.scheme}://{parts.netloc}{match['base'] if match else ''}"


def _columns(page: Page, context: Context, tree: tuple[Fields, ...]) -> tuple[list[FollowLink], list[ExcludedLink]]:
    """The requests for every column of annual reports in the tree, and the look-alikes beside them."""
    site = payloads.literal_of(_config(page), "SID")
    found: list[FollowLink] = []
    refused: list[ExcludedLink] = []
    for node, inside in _walk(tree):
        name = payloads.words(node, "name", "title")
        number = payloads.words(node, "id")
        if not number.isdecimal():
            continue
        target = resolve(page.url, payloads.words(node, "jump_url")) or _rows(_base(page.url), number, site, 1)
        if no := refused_column(name, target):
            refused.append(ExcludedLink(target, f"look_alike:{no.kind}", name))
        elif inside or is_column_name(name):
            year = year_in_title(name)
            if not wanted(year, context.years):
                refused.append(ExcludedLink(target, f"year_outside:{year}", name))
            elif context.allows(target):
                found.append(FollowLink(target, Role.LISTING, f"{SERVICE}: column {name}", name, _COLUMN_SCORE))
    return found, refused


def _walk(tree: tuple[Fields, ...]) -> Iterator[tuple[Fields, bool]]:
    """Every node of the tree with whether it stands below a column of annual reports; each once, as printed."""
    waiting = [(node, False) for node in reversed(tree)]
    while waiting:
        node, inside = waiting.pop()
        yield node, inside
        below = inside or is_column_name(payloads.words(node, "name", "title"))
        waiting += [(child, below) for child in reversed(payloads.objects(payloads.part(node, "children")))]


def _rows(base: str, column: str, site: str, number: int) -> str:
    query = {"page": str(number)} | ({"sid": site} if site else {})
    return f"{base}/gkmlpt/api/all/{column}?{urlencode(query)}"


def _main_cms(page: Page, context: Context) -> list[FollowLink]:
    """The way to the same portal's main CMS, once: from the page that the registry names."""
    home = context.portal.home_url
    if context.depth or home == page.url or not context.allows(home):
        return []
    return [FollowLink(home, Role.HOME, "the main CMS may hold reports that its catalogue lacks", "", _TWIN_SCORE)]


def _read_service(page: Page, context: Context) -> PageReading:
    """One answer of the service: `articles`, and how many there are in all."""
    answer = payloads.mapping(payloads.payload(page.text))
    articles_given = payloads.part(answer, "articles")
    rows = payloads.rows_with(answer if articles_given is None else articles_given, ("post_url", "url", "title"))
    total = payloads.count_in(answer, "total", "post_count")
    query = parse_qs(urlsplit(page.url).query)
    asked = query.get("page", ["1"])[0]
    number = max(int(asked), 1) if asked.isdecimal() else 1
    owed = None if total is None else -(-total // PAGE_SIZE)
    pages: tuple[FollowLink, ...] = ()
    partial = None
    if owed and number == 1 and rows:
        pages, partial = further_pages(range(2, owed + 1), lambda n: _page(page, query, n), owed)
    if not answer:
        partial = Partial(1, 0, "the service answered with no data", "pages")
    elif not rows and number == 1 and total != 0:
        why = "neither rows nor their number" if total is None else f"none of the {total} rows that it counts"
        partial = Partial(total or 1, 0, f"the service answered with {why}", "pages" if total is None else "rows")
    records = [record for row in rows if (record := _record(page, context, row))]
    return read_records(page, context, records, pages=pages, pages_owed=owed, partial=partial, service="gkmlpt api")


def _page(page: Page, query: dict[str, list[str]], number: int) -> FollowLink:
    site = query.get("sid", [""])[0]
    column = urlsplit(page.url).path.rpartition("/")[2]
    return FollowLink(
        _rows(_base(page.url), column, site, number), Role.LISTING, f"{SERVICE}: page {number}", "", PAGE_SCORE
    )


def _record(page: Page, context: Context, row: Fields) -> Record | None:
    """A row as the service gives it; the address on the platform where the first one leads off it."""
    urls = [url for name in ("url", "post_url") if (url := resolve(page.url, payloads.words(row, name)))]
    if not urls:
        return None
    files = tuple(
        (url, payloads.words(file, "name"))
        for file in payloads.objects(payloads.part(row, "attachment"))
        if (url := resolve(page.url, payloads.words(file, "url")))
    )
    return Record(
        url=next((url for url in urls if context.allows(url)), urls[0]),
        title=payloads.words(row, "title"),
        date=payloads.day(row, "display_publish_time", "first_publish_time", "date", "create_time", "created_at"),
        publisher=payloads.words(row, "publisher"),
        files=files,
    )
