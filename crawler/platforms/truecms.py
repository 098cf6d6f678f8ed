"""TrueCMS: 南通, 如皋 and neighbours; lists come from `messageController/getMessage.do` as JSONP.

How to recognise it: `messageController/getMessage.do` in the markup. Where its parameters are found: the address of the
service and `columnId` stand in the script of the list page, as an address or as named values. It is asked with
`startrecord` and `endrecord` (from 1), `perpage`, `columnId` and `callback`; without a Referer it answers 404. A server
gives at most so many rows as it likes (50, 20 or 10), so the number of rows of its first answer is the size of a page.
The names of the fields differ from site to site.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.pages import Page, links_of, resolve
from crawler.platforms import amended, payloads, reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import Context, FollowLink, PageReading, Partial
from crawler.platforms.pagers import MAX_PAGES, pager_of
from crawler.platforms.records import Record, further_pages, read_records
from crawler.platforms.services import ask, column_of

PER_PAGE = 50
"""Rows asked for at once: the most that any server seen gives."""

_NAME = "messageController/getMessage.do"
# Searched in the few characters around the name: in a page of a megabyte its beginning could be anywhere.
_SERVICE = re.compile(
    r"(?P<path>(?:https?:)?[\w./:\-]{0,120}messageController/getMessage\.do)(?:\?(?P<query>[^\"'\s]{0,500}))?"
)
_URLS = ("url", "linkUrl", "href", "htmlUrl", "fileUrl", "link")
_TITLES = ("title", "fulltitle", "messageTitle", "name", "subject")
_DATES = ("publishDate", "pubDate", "date", "createDate", "time", "publishTime")
_BODIES = ("publishUnit", "unitName", "deptName", "source")
_TOTALS = ("total", "totalRecord", "totalCount", "totalNum", "recordCount", "count")


class Truecms(Columned):
    """TrueCMS."""

    name = "truecms"

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads a list page and what its script would load, or an answer of the service."""
        if urlsplit(page.url).path.endswith("/messageController/getMessage.do"):
            return _read_service(page, context)
        links = links_of(page)
        found = reading.read_rows(page, context, links, pager_of(page, links))
        asked = _request(page, context)
        return amended.with_steps(found, [asked] if asked else [])


def _request(page: Page, context: Context) -> FollowLink | None:
    """The first request to the service that the list page's script names."""
    at = page.text.find(_NAME)
    match = _SERVICE.search(page.text[max(at - 130, 0) : at + 700].replace("&amp;", "&")) if at >= 0 else None
    if match is None:
        return None
    given = dict(parse_qsl(match["query"] or ""))
    scripts = "\n".join(page.scripts)
    column = given.get("columnId", "") or payloads.literal_of(scripts, "columnId", "columnid", "channelId")
    column = column or page.meta.get("columnid", "")
    path = match["path"]
    url = resolve(page.url, path if path.startswith(("/", "http")) else f"/{path}")
    if not column or url is None or not context.allows(url):
        return None
    others = {name: value for name, value in given.items() if re.fullmatch(r"[\w\-.]{1,80}", value)}
    return _ask(page.url, url, {**others, "columnId": column}, 1, PER_PAGE)


def _ask(column: str, url: str, given: Mapping[str, str], start: int, size: int) -> FollowLink:
    query = {
        **given,
        "startrecord": str(start),
        "endrecord": str(start + size - 1),
        "perpage": str(size),
        "callback": "callback",
    }
    return ask(column, f"{url}?{urlencode(query)}", f"rows from {start}")


def _read_service(page: Page, context: Context) -> PageReading:
    """One answer of the service: its rows, and on the first page how many more there are."""
    answer = payloads.payload(page.text)
    rows = payloads.rows_with(answer, _URLS)
    total = payloads.count_in(answer, *_TOTALS)
    given = dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))
    start = int(given["startrecord"]) if given.get("startrecord", "").isdecimal() else 1
    asked = int(given["perpage"]) if given.get("perpage", "").isdecimal() else PER_PAGE
    column = column_of(page, context)
    records = [
        Record(
            url,
            payloads.words(row, *_TITLES),
            payloads.day(row, *_DATES),
            payloads.words(row, *_BODIES),
        )
        for row in rows
        if (url := resolve(column, payloads.words(row, *_URLS)))
    ]
    pages: tuple[FollowLink, ...] = ()
    owed, partial = None, None
    url = page.url.partition("?")[0]
    if answer is None:
        partial = Partial(1, 0, "the service answered with no data", "pages")
    elif not rows and total is None and start == 1:
        partial = Partial(1, 0, "the service answered with neither rows nor their number", "pages")
    elif total and not rows and start == 1:
        partial = Partial(total, 0, "the service counts rows and gives none")
    elif rows and total is not None and start == 1:
        size = min(len(rows), asked)
        owed = -(-total // size)
        pages, partial = further_pages(
            range(1, owed), lambda number: _ask(column, url, given, number * size + 1, size), owed
        )
    elif rows and total is None and start <= MAX_PAGES * len(rows):
        pages = (_ask(column, url, given, start + len(rows), asked),)  # ends with the first answer that has no rows
    elif rows and total is None:
        partial = Partial(MAX_PAGES + 1, MAX_PAGES, f"a list of more than {MAX_PAGES} pages is cut", "pages")
    return read_records(page, context, records, pages=pages, pages_owed=owed, partial=partial, service="truecms")
