"""The search service behind the lists of Fujian's TRS portals (福建省, 福州, 莆田, 三明, 平潭 and their departments).

Where its parameters are found: in the script of the list (`list2.trsapi`): `channelid` (a number, or the name of
`searchId` in `SiteInfo`), `classsql` (`chnlid=1813`), `sortfield`, `prepage`, `recordCount` (rows in all) and
`maxStaticIndex` (pages that are files). The page seldom names the service's path: newer `/fjdzapp/data` or
`/fjdzapp/search` (the latter asked by POST), older `/was5/web/search` with `templet=docs.jsp`. Where none is named both
generations are asked for their first page, and the one that is there names the others. Answers are JSON, often with raw
line breaks inside strings: `docs` or `data` with `chnldocurl`, `docpuburl` or `url`, `doctitle`, `docreltime`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.pages import Page, resolve
from crawler.platforms import payloads
from crawler.platforms.contract import Context, FollowLink, PageReading, Partial
from crawler.platforms.records import Record, further_pages, read_records
from crawler.platforms.services import ask, column_of

SERVICE_PATH = re.compile(r"/fjdzapp/(?:search|data)\Z|/was5/web/search\Z")

_LIST_SCRIPT = re.compile(r"list2\.trsapi|recordCount\s*:")
_PARAMETER = re.compile(
    r"\b(?P<name>recordCount|maxStaticIndex|prepage|channelid|classsql|sortfield|searchId|quickMode)\s*[:=]\s*"
    r"(?:\"(?P<double>[^\"\n]{0,200})\"|'(?P<single>[^'\n]{0,200})'|(?P<number>\d{1,9}))"
)
_NAMED_PATH = re.compile(r"(?:/fjdzapp/(?:search|data)|/was5/web/search)(?=[\"'?])")
_BOTH = ("/fjdzapp/data", "/was5/web/search")
_SORT = "-docorderpri,-docreltime"
_PAGE_SIZE = {"/fjdzapp/data": 100, "/fjdzapp/search": 100, "/was5/web/search": 20}
"""Rows of a page that published crawlers of these sites ask for."""
_ADDRESSES = ("chnldocurl", "docpuburl", "url")
_COUNTS = ("recordCount", "total", "totalCount", "count", "num")


def parameters_of(page: Page) -> dict[str, str]:
    """The parameters of the service behind a list, or nothing where the page does not say how many rows it owes."""
    found: dict[str, str] = {}
    for script in page.scripts:
        if _LIST_SCRIPT.search(script):
            for match in _PARAMETER.finditer(script):
                found.setdefault(match["name"], next(one for one in match.group(2, 3, 4) if one is not None))
    if "searchId" not in found and (site := payloads.literal_of("\n".join(page.scripts), "searchId")):
        found["searchId"] = site
    return found if found.get("recordCount", "").isdecimal() else {}


def first_requests(page: Page, context: Context, given: Mapping[str, str]) -> tuple[FollowLink, ...]:
    """The requests for the first page of the service's rows; none where the page does not name the list."""
    site, category = given.get("channelid") or given.get("searchId"), given.get("classsql")
    if not site or not category:
        return ()
    named = {match[0] for script in page.scripts for match in _NAMED_PATH.finditer(script)}
    asked = []
    for path in sorted(named) or _BOTH:
        url = resolve(page.base, path)
        if url and context.allows(url):
            form = {"channelid": site, "sortfield": given.get("sortfield") or _SORT, "classsql": category}
            if path.startswith("/was5/"):
                form["templet"] = "docs.jsp"
            asked.append(_request(page.url, url, {**form, "prepage": str(_PAGE_SIZE[path]), "page": "1"}))
    return tuple(asked)


def read_answer(page: Page, context: Context) -> PageReading:
    """Reads one answer of the service; the first one names the others."""
    column = column_of(page, context)
    bare, _, query = page.url.partition("?")
    form = dict(parse_qsl(context.body.decode("utf-8", "replace") if context.method == "POST" else query))
    answer = payloads.mapping(payloads.payload(page.text))
    rows = payloads.rows_with(answer, _ADDRESSES)
    records = [
        Record(url, payloads.words(row, "doctitle", "title"), payloads.day(row, "docreltime", "docpubtime", "crtime"))
        for row in rows
        if (url := resolve(column, payloads.words(row, *_ADDRESSES)))
    ]
    if not answer:
        missing = Partial(1, 0, "the search service answered, but not with rows", "pages")
        return read_records(page, context, records, partial=missing)
    owed = _pages(answer, len(rows), form)
    first = form.get("page") == "1"
    pages, cut = further_pages(
        range(2, owed + 1) if first else range(0),
        lambda number: _request(column, bare, {**form, "page": str(number)}),
        owed,
    )
    return read_records(page, context, records, pages=pages, pages_owed=owed, partial=cut)


def _pages(answer: payloads.Fields, rows: int, form: Mapping[str, str]) -> int:
    """How many pages there are: as the service says, else by its count; a server may give fewer rows than asked for."""
    inner = payloads.mapping(payloads.part(answer, "data"))
    for fields in (answer, inner):
        if (pages := payloads.count(fields, "pageCount", "totalPage")) is not None:
            return pages
    total = next((found for fields in (answer, inner) if (found := payloads.count(fields, *_COUNTS)) is not None), rows)
    asked = int(form["prepage"]) if form.get("prepage", "").isdecimal() else rows
    size = min(asked, rows) or 1
    return -(-total // size)


def _request(column: str, url: str, form: dict[str, str]) -> FollowLink:
    what = f"older rows, page {form['page']}"
    if urlsplit(url).path.endswith("/fjdzapp/search"):
        return ask(column, url, what, form)
    return ask(column, f"{url}?{urlencode(form)}", what)
