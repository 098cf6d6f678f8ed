"""The jpage generation of Hanweb: the first rows in the page, the others from `dataproxy.jsp`.

Where its parameters are found: rows in `<record><![CDATA[…]]></record>` inside a script of type text/xml, older ones in
a JavaScript array `dataStore`; `totalRecord`, `perPage`, `proxyUrl`, `unitid`, `columnid`, `webid`, `webname` in the
script that makes the list, or in the address in `<nextgroup>`. The service takes `startrecord`, `endrecord` and
`perpage` and groups three pages; some servers of 江苏 ignore them and honour `page`. So every request says both, with
groups as pages: whatever the server reads, it means the same rows. Where `columnid` or `unitid` are encrypted (医保局,
广电总局) deep pages often come back empty (54 bytes): the rows of the page are kept, and the list is partial.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.pages import Page, joined_literals, links_of, resolve
from crawler.pages.page import parse
from crawler.platforms import amended, payloads, reading
from crawler.platforms.contract import Context, FollowLink, PageReading, Partial
from crawler.platforms.hanweb_territory import TERRITORY
from crawler.platforms.records import further_pages
from crawler.platforms.services import ask, column_of, on_column

PAGES_OF_A_GROUP = 3
MOST_ROWS = 300
"""Rows of one request that servers were seen to answer with; more is cut without a word."""

_ANSWER_PATH = re.compile(r"/(?:more\w*)?dataproxy\.jsp\Z", re.IGNORECASE)
_PROXY = re.compile(r"[\"']([^\"'\s]{0,200}dataproxy\.jsp[^\"'\s]{0,400})[\"']")
_PARAMETERS = (
    *("col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype"),
)
_RANGE = frozenset({"startrecord", "endrecord", "perpage", "page"})
_SIGNS = re.compile(r"<recordset|<datastore|dataproxy\.jsp", re.IGNORECASE)
_ARRAY = re.compile(r"\bdataStore\s*[:=]\s*\[")
_TOTAL = re.compile(
    r"<totalrecord>\s*(\d{1,7})\s*</totalrecord>|\btotalRecord[\"']?\s*[:=]\s*[\"']?(\d{1,7})", re.IGNORECASE
)
_PER_PAGE = re.compile(r"\bperPage[\"']?\s*[:=]\s*[\"']?(\d{1,4})", re.IGNORECASE)
_PLAIN_ID = re.compile(r"[\w\-,]{0,20}\Z")
_USUAL_PAGE = 15


@dataclass(frozen=True, slots=True)
class Store:
    """What a page or an answer holds of the list: markup of the rows, the address of the next group, the total."""

    rows: tuple[str, ...]
    next_group: str | None
    total: int | None


def is_answer(page: Page) -> bool:
    """Whether the page is an answer of the data service."""
    return _ANSWER_PATH.search(urlsplit(page.url).path) is not None


def is_column(page: Page) -> bool:
    """Whether the page is a column whose rows stand in a data store, or come from the data service alone."""
    return _SIGNS.search(page.text) is not None or _ARRAY.search(page.text) is not None


def read_list(page: Page, context: Context) -> PageReading:
    """Reads the rows of a column's page or of an answer of the service, and asks for the rest."""
    store = store_of(page)
    if is_answer(page):
        column = column_of(page, context)
        shown = on_column(page, column, "".join(store.rows))
        found = reading.read_rows(shown, context, links_of(shown), None, TERRITORY)
        return _after_answer(found, page, context, store, column)
    shown = on_column(page, page.url, "".join(store.rows))
    links = {(link.url, link.title): link for link in (*links_of(shown), *links_of(page))}
    found = reading.read_rows(page, context, tuple(links.values()), None, TERRITORY)
    return _with_rest(found, page, context, store)


def store_of(page: Page) -> Store:
    """The data store of a page or answer, whatever its dialect."""
    text = page.text
    rows = tuple(_sections(text, "<record>"))
    if not rows and (match := _ARRAY.search(text)):
        rows = (joined_literals(text, match.end()),)
    group = next(_sections(text, "<nextgroup>"), "")
    href = next((element.get("href") for element in parse(group).iter("a")), None) if group else None
    total = _TOTAL.search(text)
    return Store(rows, resolve(page.base, href), int(total[1] or total[2]) if total else None)


def _sections(text: str, opening: str) -> Iterator[str]:
    """What stands in CDATA (or bare) after each opening tag, up to its end; linear in the length of the text."""
    closing = opening.replace("<", "</")
    for part in re.split(opening, text, flags=re.IGNORECASE)[1:]:
        inner = re.split(closing, part, maxsplit=1, flags=re.IGNORECASE)[0].strip()
        yield inner.removeprefix("<![CDATA[").removesuffix("]]>")


def _with_rest(found: PageReading, page: Page, context: Context, store: Store) -> PageReading:
    """The reading of a column's page with the requests for the rows that are not in it."""
    shown = sum(max(row.lower().count("<li"), 1) for row in store.rows)
    total = store.total
    if total is not None and total <= shown:
        return found
    script = "\n".join(page.scripts)
    url, parameters = _service(page, store, script)
    if url is None or not context.allows(url):
        if total is None:
            return found
        owed = Partial(total, shown, "the list names no service for the rows that it does not show")
        return amended.with_partial(found, owed)
    if total is None and store.next_group:
        return amended.with_pages(found, (ask(page.url, store.next_group, "next group"),))
    per_page = _PER_PAGE.search(script)
    size = int(per_page[1]) if per_page and int(per_page[1]) else _USUAL_PAGE
    group = size * PAGES_OF_A_GROUP if size * PAGES_OF_A_GROUP <= MOST_ROWS else min(size, MOST_ROWS)
    by_post = store.next_group is None

    def request(number: int) -> FollowLink:
        return _group(page.url, url, parameters, number, group, total, by_post)

    if total is None:  # the first answer will say how many there are
        return amended.with_pages(found, (request(1),))
    groups = -(-total // group)
    pages, cut = further_pages(range(shown // group + 1, groups + 1), request, groups)
    encrypted = [name for name in ("columnid", "unitid") if not _PLAIN_ID.match(parameters.get(name, ""))]
    if encrypted and pages:
        why = f"{' and '.join(encrypted)} encrypted: the service often answers with nothing"
        cut = Partial(total, shown, why)
    found = amended.with_pages(found, pages, groups)
    return amended.with_partial(found, cut) if cut else found


def _group(
    column: str, url: str, parameters: Mapping[str, str], number: int, size: int, total: int | None, by_post: bool
) -> FollowLink:
    """The request for one group of rows, named by its place and by its number at once."""
    first, last = (number - 1) * size + 1, number * size if total is None else min(number * size, total)
    query = urlencode({"startrecord": first, "endrecord": last, "perpage": size, "page": number})
    if by_post:
        return ask(column, f"{url}?{query}", f"rows from {first}", parameters)
    return ask(column, f"{url}?{query}&{urlencode(parameters)}", f"rows from {first}")


def _service(page: Page, store: Store, script: str) -> tuple[str | None, dict[str, str]]:
    """The address of the service without parameters, and those that name the list."""
    address = store.next_group
    if address is None:
        named = next((match[1] for match in _PROXY.finditer(script)), None)
        address = resolve(page.base, payloads.literal_of(script, "proxyUrl") or named)
    if address is None:
        return None, {}
    bare, _, query = address.partition("?")
    given = {name: value for name, value in parse_qsl(query, keep_blank_values=True) if name not in _RANGE}
    for name in _PARAMETERS:
        if name not in given and (value := payloads.literal_of(script, name)):
            given[name] = value
    return bare, given


def _after_answer(found: PageReading, page: Page, context: Context, store: Store, column: str) -> PageReading:
    """What follows an answer: the next group that it names, or after the first of all the rows that it counts.

    Where the column counted them the same requests are made already, and are known.
    """
    bare, _, query = page.url.partition("?")
    asked = dict(parse_qsl(query, keep_blank_values=True))
    if not any("<a" in row.lower() for row in store.rows):
        return amended.with_partial(found, Partial(1, 0, "the service answered without rows", "pages"))
    following = store.next_group
    if "startrecord" not in asked:
        if following is None or following == page.url or not context.allows(following):
            return found
        return amended.with_pages(found, (ask(column, following, "next group"),))
    size, total, by_post = asked.get("perpage", ""), store.total, context.method == "POST"
    if asked.get("page") != "1" or total is None or not size.isdecimal() or not 0 < int(size) <= MOST_ROWS:
        return found
    sent = parse_qsl(context.body.decode("utf-8", "replace"), keep_blank_values=True) if by_post else asked.items()
    parameters = {name: value for name, value in sent if name not in _RANGE}
    groups = -(-total // int(size))
    pages, cut = further_pages(
        range(2, groups + 1),
        lambda number: _group(column, bare, parameters, number, int(size), total, by_post),
        groups,
    )
    found = amended.with_pages(found, pages, groups)
    return amended.with_partial(found, cut) if cut else found
