"""国泰新点 Epoint: 徐州, 丹东, 营口, 辽阳 and districts of 上海.

How to recognise it: `EWB-FRONT` and `webBuilderCommon.js` in the markup, pages `/dynamic/…/govInfoPub.html?deptcode=…&
categorynum=…`, the header `Server: epoint-httpserver`. Where its parameters are found: `deptcode` and `categorynum` in
the address of the list or in its script; `siteGuid` and `projectName` in `siteInfo = {…}`, which stands in
`/js/webBuilderCommon.js` or `ajaxReq.js`. Rows come from `POST {projectName}/rest/lightfrontaction/getgovinfolist` with
JSON in one of two shapes: bare with `pageIndex` from 1 (徐州), or inside `{"params": {…}}` with `pageIndex` from 0
(营口); the answer is `{"custom": {"total": n, "data": [{"infourl", "title" or "realtitle", "infodate"}]}}`. Where the
script does not show the shape, one is tried and then the other. Some columns are static instead, a tree of digits:
`/009002/009002001/list.html`, further pages `2.html`, `3.html`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode, urlsplit

from archive.models import Role
from crawler.pages import Page, links_of, resolve
from crawler.platforms import amended, payloads, reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import SERVICE, Context, FollowLink, PageReading, Partial
from crawler.platforms.pagers import pager_of
from crawler.platforms.payloads import Fields
from crawler.platforms.reading import Territory
from crawler.platforms.records import PAGE_SCORE, Record, further_pages, read_records

PAGE_SIZE = 20
_ACTION = "/rest/lightfrontaction/getgovinfolist"
_TERRITORY = Territory(
    re.compile(r"/20\d{6}/[0-9a-f\-]{36}\.html\Z"), re.compile(r"/\d{6,}/(?:\w+\.html)?\Z|/govInfoPub[^/]*\.html\?")
)
_LIST = re.compile(r"/govInfoPub[^/]*\.html\Z", re.IGNORECASE)
_SITE_SCRIPT = re.compile(r"/(?:webBuilderCommon|ajaxReq)(?:\.min)?\.js\Z", re.IGNORECASE)
_WRAPPED = re.compile(r"getgovinfolist[\s\S]{0,600}?[\"']?\bparams[\"']?\s*:\s*[{\w]", re.IGNORECASE)
_CALLED = re.compile(r"[\"'](?P<project>/[\w\-/]{0,80})/rest/lightfrontaction/getgovinfolist", re.IGNORECASE)
_PROJECT = re.compile(r"/[\w\-/]{1,80}\Z")
_SCORE = 96.0


@dataclass(frozen=True, slots=True)
class Query:
    """What the service is asked: the column by two codes, the site, and the page, counted as the shape counts."""

    deptcode: str
    categorynum: str
    site: str = ""
    wrapped: bool = False
    page: int = 1

    @property
    def first(self) -> int:
        """The number of the first page in this shape."""
        return 0 if self.wrapped else 1

    def body(self) -> bytes:
        """The JSON that is sent, the same bytes for the same question."""
        plain = {
            "deptcode": self.deptcode,
            "categorynum": self.categorynum,
            "pageIndex": self.page,
            "pageSize": PAGE_SIZE,
            "siteGuid": self.site,
        }
        return json.dumps({"params": plain} if self.wrapped else plain, ensure_ascii=False).encode()


class Epoint(Columned):
    """Epoint."""

    name = "epoint"

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads a list page, the script that names the site, or an answer of the service."""
        path = urlsplit(page.url).path
        if path.endswith(_ACTION):
            return _read_service(page, context)
        if _SITE_SCRIPT.search(path):
            return _read_script(page, context)
        links = links_of(page)
        found = reading.read_rows(page, context, links, pager_of(page, links), _TERRITORY)
        if not _LIST.search(path):
            return found
        deptcode, categorynum = _codes(page)
        if not categorynum:
            return found
        return replace(amended.with_steps(found, _steps(page, context, deptcode, categorynum)), partial=None)


def _codes(page: Page) -> tuple[str, str]:
    """The department and the category of a list, from its address, else from its script."""
    query = parse_qs(urlsplit(page.url).query)
    script = "\n".join(page.scripts)
    return (
        query.get("deptcode", [""])[0] or payloads.literal_of(script, "deptcode"),
        query.get("categorynum", [""])[0] or payloads.literal_of(script, "categorynum"),
    )


def _steps(page: Page, context: Context, deptcode: str, categorynum: str) -> list[FollowLink]:
    """The request to the service where the page names the site, else one for the script that does."""
    text = "\n".join(page.scripts)
    if asked := _request(page, context, text, Query(deptcode, categorynum), page.url):
        return [asked]
    sources = [url for element in page.tree.iter("script") if (url := resolve(page.base, element.get("src")))]
    source = next((url for url in sources if _SITE_SCRIPT.search(urlsplit(url).path)), None)
    source = source or resolve(page.url, "/js/webBuilderCommon.js")
    if source is None or not context.allows(source):
        return []
    # The codes ride along, so that two lists of a site are two questions to one script.
    query = urlencode({"deptcode": deptcode, "categorynum": categorynum})
    url = f"{source.partition('?')[0]}?{query}"
    return [FollowLink(url, Role.LISTING, f"{SERVICE}: the script that names the site", "", _SCORE)]


def _request(page: Page, context: Context, script: str, codes: Query, column: str) -> FollowLink | None:
    """The first request to the service on behalf of the page `column`, where a script names the site."""
    info = payloads.mapping(payloads.value_of(script, "siteInfo"))
    site = payloads.words(info, "siteGuid") or payloads.literal_of(script, "siteGuid")
    called = _CALLED.search(script)
    project = payloads.words(info, "projectName") or payloads.literal_of(script, "projectName")
    project = called["project"] if called else project
    if not site or not _PROJECT.match(project):
        return None
    wrapped = _WRAPPED.search(script) is not None or "_Mid" in project
    query = replace(codes, site=site, wrapped=wrapped, page=0 if wrapped else 1)
    url = resolve(page.url, project.rstrip("/") + _ACTION)
    return _ask(url, query, column) if url and context.allows(url) else None


def _ask(url: str, query: Query, column: str) -> FollowLink:
    return FollowLink(
        url,
        Role.LISTING,
        f"{SERVICE}: category {query.categorynum}, page {query.page - query.first + 1}",
        score=PAGE_SCORE,
        method="POST",
        body=query.body(),
        headers=(("Content-Type", "application/json"), *((("Referer", column),) if column else ())),
    )


def _read_script(page: Page, context: Context) -> PageReading:
    """The script that names the site, asked for on behalf of one list: its codes stand in the address."""
    given = parse_qs(urlsplit(page.url).query)
    codes = Query(given.get("deptcode", [""])[0], given.get("categorynum", [""])[0])
    asked = _request(page, context, page.text, codes, context.referrer)
    facts = {"service": "epoint script"}
    if asked is None:
        return PageReading(facts=facts, partial=Partial(1, 0, "the script names no site for the list service"))
    return PageReading(follow=(asked,), facts=facts)


def _query_of(body: bytes) -> Query | None:
    """The question that an answer belongs to."""
    sent = payloads.mapping(payloads.payload(body.decode("utf-8", "replace")))
    inner: Mapping[str, object] = payloads.mapping(sent.get("params"))
    fields = inner or sent
    number = payloads.count(fields, "pageIndex")
    if number is None:
        return None
    return Query(
        payloads.words(fields, "deptcode"),
        payloads.words(fields, "categorynum"),
        payloads.words(fields, "siteGuid"),
        bool(inner),
        number,
    )


def _read_service(page: Page, context: Context) -> PageReading:
    """One answer of the service, and the other shape of the question where this one was not understood."""
    query = _query_of(context.body)
    column = next((value for name, value in context.headers if name == "Referer"), context.referrer)
    answer = payloads.mapping(payloads.payload(page.text))
    custom = payloads.mapping(payloads.part(answer, "custom"))
    if not custom and isinstance(text := payloads.part(answer, "custom"), str):
        custom = payloads.mapping(payloads.payload(text))
    rows = payloads.objects(payloads.part(custom, "data")) or payloads.rows_with(custom, ("infourl",))
    total = payloads.count(custom, "total", "totalcount", "count")
    if query is None:
        return _records(page, rows, context)
    if total is None and not rows and payloads.part(custom, "data") is None:
        return _other_shape(page, query, column)
    owed = -(-(total or len(rows)) // PAGE_SIZE)
    pages: tuple[FollowLink, ...] = ()
    partial = None
    if query.page == query.first and rows:
        numbers = range(query.first + 1, query.first + owed)
        pages, partial = further_pages(numbers, lambda n: _ask(page.url, replace(query, page=n), column), owed)
    if total and query.page == query.first + max(owed, 1) - 1 and len(rows) != total - (owed - 1) * PAGE_SIZE:
        # The last page has not the rows it should: this site counts its pages from the other number.
        beyond = 0 if query.first else owed
        pages = (*pages, _ask(page.url, replace(query, page=beyond), column))
    if total and not rows and query.page == query.first:
        partial = Partial(total, 0, "the service counts rows and gives none on its first page")
    return _records(page, rows, context, pages=pages, owed=owed, partial=partial)


def _other_shape(page: Page, query: Query, column: str) -> PageReading:
    facts = {"service": "epoint, question not understood"}
    if query.page != query.first or query.wrapped:
        return PageReading(facts=facts, partial=Partial(1, 0, "the list service understood neither shape", "pages"))
    other = replace(query, wrapped=True, page=0)
    return PageReading(follow=(_ask(page.url, other, column),), facts=facts)


def _records(
    page: Page,
    rows: tuple[Fields, ...],
    context: Context,
    *,
    pages: tuple[FollowLink, ...] = (),
    owed: int | None = None,
    partial: Partial | None = None,
) -> PageReading:
    records = [
        Record(
            url,
            payloads.words(row, "realtitle", "title", "infotitle"),
            payloads.day(row, "infodate", "date", "pubdate"),
            payloads.words(row, "deptname", "ouname"),
        )
        for row in rows
        if (url := resolve(page.url, payloads.words(row, "infourl", "url", "href")))
    ]
    return read_records(page, context, records, pages=pages, pages_owed=owed, partial=partial, service="epoint")
