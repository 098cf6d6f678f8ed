"""Channel-code platforms with `.shtml` pages (开普 UCAP, 拓尔思 海云): 海南, 新疆, 黑龙江, 苏州, 永州, 赣州, 四川.

How to recognise it: `createPageHTML('page_div', …)` with a quoted block id first, paths such as `/c123456/list.shtml`,
`xxgk_lists.shtml`. Where its parameters are found: the template's name is part of the URL (`common_list.shtml`); pages
and prefix stand in the call (pages, current from 1, prefix, extension, records), and page n is `prefix_n`, the second
one `_2`. Where rows are filled in by script, `/searchList/<channel>`, `/common/search/<channel>` or `/search/<channel>`
in the script answers JSON: `data.results[]` with `title`, `url`, `publishedTimeStr`, beside `rows`, `total`. Some sites
want a token that only a browser makes: it is never made, and what is missing is said. Each report year is a node of its
own number, found by the links of the column; tab pages (`xxgk_lists.shtml`) hold no rows themselves. Articles:
`…/YYYYMM/<hex32>.shtml`, `/c<channel>/c<document>/content.shtml`; their files `./files/<hex>.docx`.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.pages import Page, links_of, resolve
from crawler.platforms import amended, payloads, reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import Context, PageReading, Partial
from crawler.platforms.pagers import pager_of
from crawler.platforms.reading import Territory
from crawler.platforms.records import Record, further_pages, read_records
from crawler.platforms.services import ask, column_of

PAGE_SIZE = 18
"""Rows that the sites' own scripts ask for."""

_CHANNEL = r"/(?:c\d{4,}\w?|20\d\d\w{0,10}|\w{0,12}20\d\d)/(?:\w+\.shtml)?\Z"
_TERRITORY = Territory(re.compile(r"/20\d{4}/[^/]+\.shtml\Z|/content(?:_\d+)?\.shtml\Z"), re.compile(_CHANNEL))
_FILES = re.compile(r"/files/[^/?]+\.\w{2,4}\Z")
_SERVICE = re.compile(r"(?:/common/search|/searchList|/search)/\w{8,40}(?=[\"'?\s])(?:\?[^\"'\s<>]{0,300})?")
_SERVICE_PATH = re.compile(r"(?:/common/search|/searchList|/search)/\w{8,40}\Z")
_JOINED = re.compile(
    r"(?P<service>(?:/common/search|/searchList|/search)/)[\"']\s*\+\s*(?P<name>\w{1,40})\s*\+\s*[\"']"
)
_SERVICE_NAMED = re.compile(r"(?:/common/search|/searchList)/")
_MOST_TRIES = 10  # services whose channel is looked for in all that the scripts say
_RESULTS = ("url", "link")
_TOKEN = re.compile(r"[?&](?:token|_token|_sign|sign)=", re.IGNORECASE)


class ShtmlChannel(Columned):
    """The channel-code family."""

    name = "shtml_channel"
    files = _FILES

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads rows, year nodes and pages; where the rows come from the JSON service, asks it."""
        if _SERVICE_PATH.search(urlsplit(page.url).path):
            return _read_service(page, context)
        links = links_of(page)
        found = reading.read_rows(page, context, links, pager_of(page, links), _TERRITORY)
        if found.entries and found.pages_owed is not None:
            return found  # rows in the page and a count of its pages: the list is all there
        return _ask_service(page, context, found)


def _ask_service(page: Page, context: Context, found: PageReading) -> PageReading:
    """The reading of a page that does not hold its whole list, with a request to the service that its script names."""
    text = _with_channels("\n".join(page.scripts))
    for match in _SERVICE.finditer(text):
        url = resolve(page.base, _first_page(match[0]))
        if url is None or not context.allows(url):
            continue
        if _TOKEN.search(match[0]):
            return amended.with_partial(found, Partial(1, 0, "the list's service wants a token of a browser", "pages"))
        return amended.with_steps(found, [ask(page.url, url, "rows as JSON")])
    if not found.entries and not found.follow and _SERVICE_NAMED.search(text):
        return amended.with_partial(
            found, Partial(1, 0, "needs_js: the list's service is asked for a channel", "pages")
        )
    return found


def _with_channels(text: str) -> str:
    """The scripts with the one literal of a channel written into the address of its service."""

    def written(match: re.Match[str]) -> str:
        channel = payloads.literal_of(text, match["name"])
        return f"{match['service']}{channel}" if channel else match[0]

    return _JOINED.sub(written, text, count=_MOST_TRIES)


def _first_page(service: str) -> str:
    """The service's address with the parameters that make it answer JSON, those of the script kept."""
    path, _, query = service.partition("?")
    given = {"_isAgg": "true", "_isJson": "true", "_pageSize": str(PAGE_SIZE), "_template": "index"}
    given |= dict(parse_qsl(query.replace("&amp;", "&"))) | {"_isJson": "true", "page": "1"}
    return f"{path}?{urlencode(given)}"


def _read_service(page: Page, context: Context) -> PageReading:
    """One answer of the service; the first one names the others."""
    answer = payloads.mapping(payloads.payload(page.text))
    data = payloads.mapping(payloads.part(answer, "data")) or answer
    column = column_of(page, context)
    rows = payloads.rows_with(data, _RESULTS)
    records = [
        Record(url, payloads.words(row, "title", "name"), day)
        for row in rows
        if (url := resolve(column, payloads.words(row, *_RESULTS)))
        for day in [payloads.day(row, "publishedTimeStr", "publishedTime", "pubDate", "publishTime", "date")]
    ]
    query = dict(parse_qsl(urlsplit(page.url).query))
    number = int(query.get("page", "1")) if query.get("page", "1").isdecimal() else 1
    size = payloads.count(data, "rows", "pageSize") or len(rows)
    total = payloads.count(data, "total", "totalCount")
    if not answer or total is None:
        owed = None if answer and rows else Partial(1, 0, "the list's service did not answer with rows", "pages")
        return read_records(page, context, records, partial=owed)
    owed_pages = -(-total // size) if size else 1
    bare = page.url.partition("?")[0]
    pages, cut = further_pages(
        range(2, owed_pages + 1) if number == 1 else range(0),
        lambda n: ask(column, f"{bare}?{urlencode({**query, 'page': str(n)})}", f"page {n}"),
        owed_pages,
    )
    return read_records(page, context, records, pages=pages, pages_owed=owed_pages, partial=cut)
