"""The JPaaS generation of Hanweb (浙江, cities of 山东, 工信部, 住建部, 商务部): rows built by a unit of the page.

Where its parameters are found: in the attribute `queryData` of the script `unitbuild.js` or of the pager, written
`{'webId':'3185','pageId':'1229…','tagId':'信息列表','tplSetId':'…','parseType':'bulidstatic','pageType':'column'}` (the
vendor's own spelling of buildstatic); beside it `count` (rows in all), `rows` (of a page), `pageNo` and `unitUrl`. The
service is `GET …/jpaas-publish-server/front/page/build/unit` and answers `data.html`. It honours `pageNo` only inside
`paramJson={"pageNo":2,"pageSize":15}`: a bare `pageNo` is passed over and the first page comes again, without a word.
It refuses (403) whoever sends no Referer; the Referer is the column page. Old and new article URLs stand in one column.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.pages import Page, links_of, resolve
from crawler.platforms import amended, payloads, reading
from crawler.platforms.contract import Context, FollowLink, PageReading, Partial
from crawler.platforms.hanweb_territory import TERRITORY
from crawler.platforms.records import further_pages
from crawler.platforms.services import ask, column_of, on_column

SERVICE_PATH = re.compile(r"/front/page/build/unit\Z")
UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"

_PAIR = re.compile(r"[\"'](\w{1,30})[\"']\s*:\s*[\"']([^\"']{0,200})[\"']")
_IN_SCRIPT = re.compile(r"queryData[\"']?\s*[:=]\s*[\"']?(\{[^{}]{1,1500}\})")
_NAMES = ("parseType", "webId", "tplSetId", "pageType", "tagId", "editType", "pageId")
_USUAL = {"parseType": "bulidstatic", "pageType": "column", "editType": "null"}
_USUAL_ROWS = 15
_ARTICLE = re.compile(r"/art/20\d\d/")


@dataclass(frozen=True, slots=True)
class UnitQuery:
    """How a column asks for its rows: absolute address, parameters, rows in all (None: not said), rows of a page."""

    url: str
    parameters: Mapping[str, str]
    count: int | None
    rows: int


def query_of(page: Page) -> UnitQuery | None:
    """The query of a column's list, from the attributes of the script or pager that hold it, or None.

    A list that a script sets up names the same words in the text of the script.
    """
    holders = [
        {str(name): str(value) for name, value in element.items()}
        for element in page.tree.iter()
        if isinstance(element.tag, str)
    ]
    for script in page.scripts:
        if match := _IN_SCRIPT.search(script):
            names = ("unitUrl", "count", "rows")
            holders.append(
                {name.lower(): payloads.literal_of(script, name) for name in names} | {"querydata": match[1]}
            )
    for element in holders:
        text = element.get("querydata")
        if not text or not (given := dict(_PAIR.findall(text))):
            continue
        url = resolve(page.base, element.get("uniturl") or element.get("url") or UNIT) or resolve(page.base, UNIT)
        if url is None or "webId" not in given:
            continue
        parameters = {name: given.get(name) or _USUAL.get(name, "") for name in _NAMES}
        count, rows = _whole(element.get("count")), _whole(element.get("rows"))
        return UnitQuery(url.partition("?")[0], parameters, count, rows or _USUAL_ROWS)
    return None


def read_column(page: Page, context: Context, query: UnitQuery) -> PageReading:
    """Reads the rows that stand in the page, and asks the unit for the others."""
    links = links_of(page)
    found = reading.read_rows(page, context, links, None, TERRITORY)
    if not context.allows(query.url):
        return found
    shown = {link.url for link in links if _ARTICLE.search(link.url) and link.date}
    # News beside an empty list has addresses like its rows: the first page counts as read only where it is full.
    whole = query.rows if query.count is None else min(query.rows, query.count)
    first = 2 if found.entries and len(shown) >= whole else 1
    if query.count is None:
        return amended.with_pages(found, (_request(page.url, query, first),))
    owed = -(-query.count // query.rows)
    pages, cut = further_pages(range(first, owed + 1), lambda number: _request(page.url, query, number), owed)
    found = amended.with_pages(found, pages, owed)
    return amended.with_partial(found, cut) if cut else found


def read_answer(page: Page, context: Context) -> PageReading:
    """Reads one answer of the unit; where the column did not say how long it is, the next one is asked for."""
    column = column_of(page, context)
    answer = payloads.mapping(payloads.payload(page.text))
    html = payloads.part(payloads.mapping(payloads.part(answer, "data")), "html")
    if not isinstance(html, str):
        shown = on_column(page, column, "")
        said = payloads.words(answer, "message", "msg") or "no rows"
        found = reading.read_rows(shown, context, (), None, TERRITORY)
        return amended.with_partial(found, Partial(1, 0, f"the unit answered: {said[:80]}", "pages"))
    shown = on_column(page, column, html)
    links = links_of(shown)
    found = reading.read_rows(shown, context, links, None, TERRITORY)
    query = dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))
    asked = payloads.mapping(payloads.payload(query.get("paramJson", "")))
    number, size = payloads.count(asked, "pageNo"), payloads.count(asked, "pageSize")
    rows = sum(1 for link in links if _ARTICLE.search(link.url))
    if number is None or size is None or rows < size:
        return found
    # Where the column said how many pages there are, they are asked for already, and this one is known.
    parameters = {name: value for name, value in query.items() if name != "paramJson"}
    following = UnitQuery(page.url.partition("?")[0], parameters, None, size)
    return amended.with_pages(found, (_request(column, following, number + 1),))


def _request(column: str, query: UnitQuery, number: int) -> FollowLink:
    parameters = {**query.parameters, "paramJson": json.dumps({"pageNo": number, "pageSize": query.rows})}
    return ask(column, f"{query.url}?{urlencode(parameters)}", f"page {number}")


def _whole(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 8 else None
