"""The links of a page with their full titles and the words beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from urllib.parse import urlencode

from lxml import etree

from crawler.pages.dates import date_in_text, date_in_url
from crawler.pages.functions import Maker, called
from crawler.pages.page import Page, parse, text_of
from crawler.pages.rows import Rows, summaries, time_of, words_beside
from crawler.pages.titles import TRAILING_DATE, full_title, text_of_link, title_of
from crawler.pages.urls import resolve
from crawler.pages.written import UNKNOWN, written_markup

_MAX_CONTEXT = 400

# Tabs and years that are links by script only. What is not written out as one literal is computed, and no link.
_CLICKED = frozenset(
    {"option", "li", "div", "span", "td", "p", "img", "button", "dd", "dt", "h2", "h3", "em", "i", "b"}
)
_NO_HREF = re.compile(r"\s*(?:javascript:|#|\Z)", re.IGNORECASE)
_ROUTE = re.compile(r"#!?/")
"""A place that the script of a single page makes: its address is that of the page, whatever is behind the mark."""
_WRITTEN_OUT = ("data-url", "data-href", "data-link")
"""Where templates keep the address that a click handler of theirs goes to."""
_CLICK = re.compile(
    r"(?:location(?:\.href)?\s*=\s*|location\.(?:replace|assign)\s*\(\s*|window\.open\s*\(\s*)"
    r"([\"'])(?P<url>[^\"'\s]{1,500})\1\s*[;,)}]"
)
_JUMPS = re.compile(r"location|window\.open|\bjump|\bgo\s*\(", re.IGNORECASE)
_YEAR = re.compile(r"20\d\d\Z")
_MOST_YEARS = 60  # a chooser of more is none of years, and each of its options costs a look at the form
_LIKE_URL = re.compile(r"[/?]|\.(?:s?html?|jsp|aspx?|php)\b", re.IGNORECASE)


@dataclass(frozen=True)
class PageLink:
    """One link of a page: `url` absolute, `text` as shown, `title` the whole title where the shown text is cut.

    `written` says that a script printed the row. Equality is that of URL, text and title.
    """

    url: str
    text: str
    title: str
    written: bool = False
    element: etree._Element | None = field(default=None, compare=False, repr=False)
    row_of: Callable[[etree._Element], etree._Element | None] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def row(self) -> etree._Element | None:
        """The element of the link's row, where it has one of its own."""
        return self.row_of(self.element) if self.element is not None and self.row_of is not None else None

    @cached_property
    def context(self) -> str:
        """The words of the link's row, the link's own included, without summaries; at most 400 characters."""
        if self.element is None:
            return ""
        if self.row is None:
            return f"{self.text} {words_beside(self.element)}"[:_MAX_CONTEXT]
        words = text_of(self.row)
        for summary in summaries(self.row):
            words = words.replace(summary, " ")
        if len(words) <= len(self.text) and self.row.tag not in {"li", "tr"}:
            words = f"{words} {words_beside(self.row)}"  # `<dd><a></dd><dd>date</dd>` in one long list
        return words[:_MAX_CONTEXT]

    @cached_property
    def date(self) -> str | None:
        """The date printed in the row, else one that its <time> holds, else that of the URL: ISO, or None.

        One inside the title does not count, nor one in a summary below it: it is a day that the report speaks of.
        """
        words = self.context
        for name in (self.title, self.text):
            if name and not TRAILING_DATE.search(name):
                words = words.replace(name, " ")
        return date_in_text(words) or (time_of(self.row) if self.row is not None else None) or date_in_url(self.url)


def links_of(page: Page, only: Callable[[str], bool] | None = None) -> tuple[PageLink, ...]:
    """Every http(s) link of a page in page order, each URL and title once; rows printed by script come last.

    `only` says by their URL which links are wanted: on an article, few of the hundred that its site's menus hold.
    """
    found = _links(page, page.tree, only, written=False)
    for markup in written_markup(page):
        found += _links(page, parse(markup), only, written=True)
    seen: dict[tuple[str, str], PageLink] = {}
    for link in found:
        seen.setdefault((link.url, link.title), link)
    return tuple(seen.values())


def _links(page: Page, tree: etree._Element, only: Callable[[str], bool] | None, *, written: bool) -> list[PageLink]:
    encoding = page.decoded.encoding
    anchors: list[tuple[etree._Element, str]] = []
    clicked = any(word in page.text for word in ("onclick", "onchange", *_WRITTEN_OUT))
    for element in tree.iter("a", "area", *(_CLICKED if clicked else ())):
        href = _target(element, page.makers)
        if not href or UNKNOWN in href:
            continue
        url = resolve(page.base, href, encoding)
        if url is None:
            continue
        anchors.append((element, url))
    rows = Rows([element for element, _ in anchors])
    found = []
    for element, url in anchors:
        if only is None or only(url):
            text = text_of_link(element)
            found.append(PageLink(url, text, title_of(element, text), written, element, rows))
    return found


def unopened_texts(page: Page) -> tuple[str, ...]:
    """The words of the links that lead nowhere without running a script, in page order."""
    found = [
        element
        for element in page.tree.iter("a", "option")
        if resolve(page.base, _target(element, page.makers)) is None
    ]
    return tuple(text for element in found if (text := full_title(text_of_link(element), element.get("title"))))


def _target(element: etree._Element, makers: Mapping[str, Maker]) -> str | None:
    """Where an element leads as written: its href, else the literal of its click handler, else an option's value."""
    tag = element.tag
    if tag in {"a", "area"}:
        href = element.get("href")
        if href and not _NO_HREF.match(href):
            return None if _ROUTE.search(href) else href
        return _clicked(element, makers, href) or href
    if tag == "option":
        value = element.get("value")
        chooser = next((parent for parent in element.iterancestors("select")), None)
        jumps = chooser is not None and _JUMPS.search(chooser.get("onchange") or "")
        if value and jumps and _LIKE_URL.search(value):
            return value
        return _question(chooser, value) if chooser is not None and value and _YEAR.match(value) else None
    if any((link.get("href") or "#")[:1] not in "#j" for link in element.iter("a")):
        return None  # the link inside says it better
    return _clicked(element, makers)


def _question(chooser: etree._Element, value: str) -> str | None:
    """What a form asks by GET when a value of its one chooser is chosen, or None: a list that is divided by years."""
    form = next(chooser.iterancestors("form"), None)
    name = chooser.get("name")
    if form is None or not name or (form.get("method") or "get").lower() != "get":
        return None
    if next(islice(chooser, _MOST_YEARS, None), None) is not None:
        return None
    if sum(1 for _ in form.iter("select")) > 1 or any(field.get("type") != "hidden" for field in _typed(form)):
        return None  # a form to search by
    kept = {key: field.get("value") or "" for field in _typed(form) if (key := field.get("name"))}
    path = (form.get("action") or "").partition("?")[0]
    return f"{path}?{urlencode({**kept, name: value})}"


def _typed(form: etree._Element) -> list[etree._Element]:
    """The fields of a form but for its button."""
    return [field for field in form.iter("input") if field.get("type") not in {"submit", "button", "image"}]


def _clicked(element: etree._Element, makers: Mapping[str, Maker], href: str | None = None) -> str | None:
    """The address that a click on an element goes to, where it is written out, or None."""
    if written := _CLICK.search(f"{element.get('onclick') or ''};{href or ''};"):
        return written["url"]
    handlers = (element.get("onclick"), href if href and href[:11].lower() == "javascript:" else None)
    if makers and (made := next(filter(None, (called(makers, one) for one in handlers if one)), None)):
        return made
    if element.tag == "img":  # there it is the picture that is loaded later
        return None
    return next((url for name in _WRITTEN_OUT if (url := element.get(name)) and _LIKE_URL.search(url)), None)
