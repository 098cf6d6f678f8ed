"""Lists of an unknown system that a script asks a service for: what it asks is read as written, and JSON as it comes.

A call is followed where its address and everything sent with it stand in the script as literals (`$.getJSON('…')`,
`$.ajax({url: '…', data: {…}})`, `fetch('…')`); what a script computes is never guessed, and such a list stays owed.
Rows are the first objects of the answer that hold an address, under any of the names in `unknown_service.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode, urlsplit

from crawler.pages import Page, links_of, resolve
from crawler.platforms import payloads
from crawler.platforms.amended import with_partial
from crawler.platforms.asking import is_first_row, is_page_number, may_be_asked, number_asked, query_of, service_words
from crawler.platforms.contract import Context, FollowLink, PageReading, Partial
from crawler.platforms.pagers import pager_of
from crawler.platforms.reading import read_rows
from crawler.platforms.records import Record, further_pages, read_records
from crawler.platforms.services import ask, column_of, on_column

_MOST_CALLS = 3
_MOST_TRIES = 50  # calls of one script that are looked at; looking up their names takes long
_LAST = re.compile(r"\)|,\s*(?:async\s*)?(?:function\b|\(|\w+\s*=>|(?P<name>[\w$]+)\s*\))")
"""What may follow in a call: its end, or the function that takes the answer; anything else is sent, and computed."""
_AJAX = re.compile(r"\.ajax\s*\(\s*\{")
_OPTIONS = 1500  # characters of a call that may say what it asks for
_URL = re.compile(r"\burl\s*:\s*[\"'](?P<url>[^\"'\s<>]{1,300})[\"']\s*(?=[,}])")
_DATA = re.compile(r"\bdata\s*:\s*(?P<data>\{[^{}]{0,1000}\})?")
_PAIR = re.compile(
    r"[\"']?([\w.\[\]]{1,60})[\"']?\s*:\s*(?:[\"']([^\"'\n]{0,300})[\"']|(-?\d{1,20}|true|false)|([\w$.]{1,60}))\s*(?=[,}])"
)


def asks(script: str) -> bool:
    """Whether a script asks for what its page does not hold."""
    return service_words().asks.search(script) is not None


def is_data(page: Page) -> bool:
    """Whether an answer is JSON or JSONP, whatever it is called."""
    return page.text.lstrip("\ufeff \t\r\n")[:1] != "<" and isinstance(payloads.payload(page.text), dict | list)


def read_data(page: Page, context: Context) -> PageReading:
    """Reads an answer of a service: its rows, and its further pages where their number stands in the address."""
    answer = payloads.payload(page.text)
    column = column_of(page, context)
    words = service_words()
    rows = payloads.all_rows_with(answer, words.addresses)
    records = [
        Record(url, payloads.words(row, *words.titles), payloads.day(row, *words.days))
        for row in rows
        if (url := resolve(column, payloads.words(row, *words.addresses)))
    ]
    if not records and (markup := "".join(payloads.markup_in(answer))):
        inside = on_column(page, column, markup)
        links = links_of(inside)
        found = read_rows(inside, context, links, pager_of(inside, links))
        pages = payloads.count_in(answer, *words.pages) or 1
        if pages < 2 or found.next or (number_asked(page, context) or 0) > 1:
            return found
        return with_partial(found, Partial(pages, 1, "further pages of the list's service", "pages"))
    if not records:
        return read_records(page, context, (), partial=Partial(1, 0, "the list's service gave no rows", "pages"))
    total, size = payloads.count_in(answer, *words.totals), len(payloads.rows_with(answer, words.addresses))
    # A list beside the one that is counted, of what is read most, does not make up for its further pages.
    if total is None or total <= size or total == len(rows):
        return read_records(page, context, records)
    return _with_further_pages(page, context, records, column, total, size)


def _with_further_pages(
    page: Page, context: Context, records: list[Record], column: str, total: int, size: int
) -> PageReading:
    """A page of so many rows of a longer list: the first one names the others, if the address says which page it is.

    Some services count rows in the place of pages: there the next page begins behind the rows of this one.
    """
    posted = context.method == "POST"
    query = query_of(page, context)
    by_page = next((n for n, (name, value) in enumerate(query) if is_page_number(name) and value in {"0", "1"}), None)
    by_row = next((n for n, (name, value) in enumerate(query) if is_first_row(name) and value == "0"), None)
    place = by_row if by_page is None else by_page
    if place is None:
        turned = number_asked(page, context) is not None or any(
            is_first_row(name) and value.isdecimal() and value != "1" for name, value in query
        )
        owed = None if turned else Partial(total, len(records), "further rows of the list's service")
        return read_records(page, context, records, partial=owed)
    first, step = int(query[place][1]), 1 if by_page is not None else size
    pages = -(-total // size)

    def request(number: int) -> FollowLink:
        form = dict(query) | {query[place][0]: str(first + (number - 1) * step)}
        url = page.url if posted else f"{page.url.partition('?')[0]}?{urlencode(form)}"
        return ask(column, url, f"page {number}", form if posted else None)

    following, cut = further_pages(range(2, pages + 1), request, pages)
    return read_records(page, context, records, pages=following, pages_owed=pages, partial=cut)


def calls_of(page: Page, context: Context) -> list[FollowLink]:
    """The requests that the page's scripts write out and that may fill its list, a few at most."""
    words = service_words()
    found: dict[str, FollowLink] = {}
    for script in page.scripts:
        for address, form, post in _calls(script):
            url = resolve(page.base, address)
            if url is None or form is None or not context.allows(url):
                continue
            if not may_be_asked(url, form) or (post and not words.reads.search(urlsplit(url).path)):
                continue
            if form and not post:
                url = f"{url}{'&' if '?' in url else '?'}{urlencode(form)}"
            found.setdefault(url, ask(page.url, url, "a call of the page's script", form if post else None))
    return list(found.values())[:_MOST_CALLS]


def _calls(script: str) -> Iterator[tuple[str, dict[str, str] | None, bool]]:
    """Each call with its address, what is sent with it (None: something that is computed), and whether by POST."""
    words = service_words()
    for match in islice(words.call.finditer(script), _MOST_TRIES):
        # The object that fetch and axios are given says how to ask, and may hold anything.
        by_options = match["by"] in words.by_options
        last = _LAST.match(script, match.end())
        known = last and not (by_options and (match["data"] or last[0] != ")")) and _takes_answer(script, last["name"])
        post = match["by"] in words.posts or (match["by"] in words.loads and match["data"] is not None)
        yield match["url"], _form(script, match["data"]) if known else None, post
    for match in islice(_AJAX.finditer(script), _MOST_TRIES):
        near = script[match.end() : match.end() + _OPTIONS]
        options = words.handlers.split(near.partition(".ajax")[0], maxsplit=1)
        address, data = _URL.search(options[0]), _DATA.search(options[0])
        method = payloads.literal_of(options[0], "type", "method").upper()
        told_later = len(options) > 1 and words.told_later.search(options[1])
        if address and method in {"", "GET", "POST"} and not told_later:
            sent = None if data and data["data"] is None else _form(script, data["data"] if data else None)
            yield address["url"], sent, method == "POST"


def _takes_answer(script: str, name: str | None) -> bool:
    """Whether what a call ends with is no data: nothing, or the name of no value that the script makes."""
    return name is None or not re.search(rf"(?<![\w.$]){re.escape(name)}\s*=(?!=)\s*(?!function\b|async\b|\()", script)


def _form(script: str, data: str | None) -> dict[str, str] | None:
    """What an object of a script sends, its names of one literal looked up; None where anything else is in it."""
    if data is None:
        return {}
    found: dict[str, str] = {}
    for name, text, plain, variable in _PAIR.findall(data):
        value = text or plain or (payloads.literal_of(script, variable) if variable else "")
        if variable and not value:
            return None
        found[name] = value
    return found if len(found) == data.count(":") - sum(value.count(":") for value in found.values()) else None
