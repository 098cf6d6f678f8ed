"""The links of a page with their full titles and the words beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice

from lxml import etree

from crawler.pages.dates import article_shape, date_in_text, date_in_url
from crawler.pages.page import Page, inner_text, parse, text_of
from crawler.pages.urls import resolve

_ELLIPSIS = re.compile(r"\s*(?:…+|\.{2,}|。{3,})\s*\Z")
_ORNAMENT = re.compile(r"\A[\s·•●◆■▪►▶>»\-*※★☆○◇□\u200b\ufeff]+|[\s\u200b\ufeff]+\Z")
_TRAILING_DATE = re.compile(
    r"[\s\[(（【]*(?:19|20)\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}日?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?[\s\])）】]*\Z"
)
# Words of a button, which say nothing of what is behind it.
_BUTTON = re.compile(
    r"\W*(?:(?:点击|点此|查看|阅读|浏览|打开|进入|下载|详细|详情|全文|内容|更多|more|view)\W*)+", re.IGNORECASE
)
_LONGEST_BUTTON = 12
_BUTTON_LEVELS = 4  # how far above a button the words that it stands for may begin
_LONGEST_WORDS = 120
_LEADING_NUMBER = re.compile(r"\A\d{1,4}[.、\s]+(?=\D)")
_ROW_LEVELS = 6  # how far above a link its row may begin
_ROW_TAGS = frozenset({"li", "tr", "td", "dl", "p", "dd", "dt"})
_ROW_LINKS = 3  # a row may hold a category link or a file link beside its title
_LIST_TAGS = frozenset({"body", "html", "ul", "ol", "table", "tbody"})  # never themselves a row
_FLAT_SIBLINGS = 6
_MAX_CONTEXT = 400

# Tabs and years that are links by script only. What is not written out as one literal is computed, and no link.
_CLICKED = frozenset(
    {"option", "li", "div", "span", "td", "p", "img", "button", "dd", "dt", "h2", "h3", "em", "i", "b"}
)
_NO_HREF = re.compile(r"\s*(?:javascript:|#|\Z)", re.IGNORECASE)
_CLICK = re.compile(
    r"(?:location(?:\.href)?\s*=\s*|location\.(?:replace|assign)\s*\(\s*|window\.open\s*\(\s*)"
    r"([\"'])(?P<url>[^\"'\s]{1,500})\1\s*[;,)}]"
)
_JUMPS = re.compile(r"location|window\.open|\bjump|\bgo\s*\(", re.IGNORECASE)
_LIKE_URL = re.compile(r"[/?]|\.(?:s?html?|jsp|aspx?|php)\b", re.IGNORECASE)

# Rows printed by script: the literals of document.write are markup, whatever is computed between them is not known.
_WRITE = re.compile(r"document\.write(?:ln)?\s*\(")
_LITERAL = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_UNKNOWN = "\ufffc"


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
        """The words of the link's row, the link's own included; at most 400 characters."""
        if self.element is None:
            return ""
        if self.row is None:
            return f"{self.text} {_beside(self.element)}"[:_MAX_CONTEXT]
        words = text_of(self.row)
        if len(words) <= len(self.text) and self.row.tag not in {"li", "tr"}:
            words = f"{words} {_beside(self.row)}"  # `<dd><a></dd><dd>date</dd>` in one long list
        return words[:_MAX_CONTEXT]

    @cached_property
    def date(self) -> str | None:
        """The date printed in the row, else the date in the URL, ISO, or None; one inside the title does not count."""
        words = self.context
        for name in (self.title, self.text):
            if name and not _TRAILING_DATE.search(name):
                words = words.replace(name, " ")
        return date_in_text(words) or date_in_url(self.url)


def links_of(page: Page, only: Callable[[str], bool] | None = None) -> tuple[PageLink, ...]:
    """Every http(s) link of a page in page order, each URL and title once; rows printed by script come last.

    `only` says by their URL which links are wanted: on an article, few of the hundred that its site's menus hold.
    """
    found = _links(page, page.tree, only, written=False)
    for markup in _written_markup(page):
        found += _links(page, parse(markup), only, written=True)
    seen: dict[tuple[str, str], PageLink] = {}
    for link in found:
        seen.setdefault((link.url, link.title), link)
    return tuple(seen.values())


@lru_cache(maxsize=16384)  # most links of a page are the site's menus, the same on every page
def full_title(text: str, title: str | None) -> str:
    """The title attribute where the shown text is empty, a cut form of it or the words of a button, else the text."""
    shown = _clean(_ELLIPSIS.sub("", text))
    cut = shown != _clean(text)
    whole = _clean(title or "")
    if whole and (
        not shown or cut or _BUTTON.fullmatch(shown) or whole.startswith(shown) or _squeeze(shown) in _squeeze(whole)
    ):
        return whole
    return _clean(_TRAILING_DATE.sub("", text)) or whole


def _links(page: Page, tree: etree._Element, only: Callable[[str], bool] | None, *, written: bool) -> list[PageLink]:
    encoding = page.decoded.encoding
    anchors: list[tuple[etree._Element, str]] = []
    for element in tree.iter("a", "area", *(_CLICKED if "onclick" in page.text or "onchange" in page.text else ())):
        href = _target(element)
        if not href or _UNKNOWN in href:
            continue
        url = resolve(page.base, href, encoding)
        if url is None:
            continue
        anchors.append((element, url))
    rows = _Rows([element for element, _ in anchors])
    found = []
    for element, url in anchors:
        if only is None or only(url):
            text = _anchor_text(element)
            title = full_title(text, element.get("title"))
            if len(title) <= _LONGEST_BUTTON and _BUTTON.fullmatch(title):
                title = _words_at_button(element) or title
            found.append(PageLink(url, text, title, written, element, rows))
    return found


class _Rows:
    """The row around each link of a page; counted once, and only if somebody asks."""

    def __init__(self, links: Sequence[etree._Element]) -> None:
        self._links = links

    @cached_property
    def _count(self) -> Counter[etree._Element]:
        count: Counter[etree._Element] = Counter()
        for element in self._links:
            count.update(islice(element.iterancestors(), _ROW_LEVELS))
        return count

    def __call__(self, element: etree._Element) -> etree._Element | None:
        return _row(element, self._count)


def unopened_texts(page: Page) -> tuple[str, ...]:
    """The words of the links that lead nowhere without running a script, in page order."""
    found = [element for element in page.tree.iter("a") if resolve(page.base, _target(element)) is None]
    return tuple(text for element in found if (text := full_title(inner_text(element), element.get("title"))))


def _words_at_button(element: etree._Element) -> str:
    """The words that a button stands beside, in a row or a heading whose every link is a button; or nothing."""
    own = _anchor_text(element)
    for parent in islice(element.iterancestors(), _BUTTON_LEVELS):
        if parent.tag in _LIST_TAGS or any(not _BUTTON.fullmatch(_anchor_text(link)) for link in parent.iter("a")):
            break
        words = text_of(parent)
        for link in parent.iter("a"):
            words = words.replace(_anchor_text(link) or own, " ")
        words = _clean(_LEADING_NUMBER.sub("", _TRAILING_DATE.sub("", _clean(words))))
        if words:
            return words if len(words) <= _LONGEST_WORDS else ""
    return ""


def _target(element: etree._Element) -> str | None:
    """Where an element leads as written: its href, else the literal in its click handler, else an option's value."""
    tag = element.tag
    if tag in {"a", "area"}:
        href = element.get("href")
        if href and not _NO_HREF.match(href):
            return href
        written = _CLICK.search(f"{element.get('onclick') or ''};{href or ''};")
        return written["url"] if written else href
    if tag == "option":
        value = element.get("value")
        chooser = next((parent for parent in element.iterancestors("select")), None)
        jumps = chooser is not None and _JUMPS.search(chooser.get("onchange") or "")
        return value if value and jumps and _LIKE_URL.search(value) else None
    if any((link.get("href") or "#")[:1] not in "#j" for link in element.iter("a")):
        return None  # the link inside says it better
    if handler := element.get("onclick"):
        written = _CLICK.search(f"{handler};")
        return written["url"] if written else None
    return None


def _anchor_text(element: etree._Element) -> str:
    text = inner_text(element)
    if text:
        return text
    return next((alt.strip() for image in element.iter("img") if (alt := image.get("alt") or "")), "")


def _row(element: etree._Element, count: Counter[etree._Element]) -> etree._Element | None:
    """The largest element around a link that holds no other link, or a list item or table row with few links."""
    if element.tag in {"li", "tr"}:  # a row that is a link by its click
        return element
    row = None
    for level, parent in enumerate(element.iterancestors()):
        if level == _ROW_LEVELS or parent.tag in _LIST_TAGS:
            break
        if count[parent] == 1:
            row = parent
        elif parent.tag in {"li", "tr"} and count[parent] <= _ROW_LINKS and not _holds_other_articles(parent, element):
            return parent
        else:
            break
    return row if row is not None and (row.tag in _ROW_TAGS or len(row) > 1) else None


def _holds_other_articles(row: etree._Element, element: etree._Element) -> bool:
    """Whether a row of several links is two rows side by side, and so its words belong to neither."""
    mine = element.get("href")
    others = {href for other in row.iter("a") if (href := other.get("href")) and href != mine}
    return any(article_shape(f"/{href}") for href in others)


def _beside(node: etree._Element) -> str:
    """The words between a link and its neighbour where links and dates follow each other without rows.

    The words after it, unless a date stands before the first link of the list: then those before it.
    """
    parent = node.getparent()
    if parent is None:
        return ""
    lead = [parent.text or ""]
    for sibling in parent:
        if _has_link(sibling):
            break
        lead += _words(sibling)
    before = date_in_text(" ".join(lead)) is not None
    parts = [] if before else [node.tail or ""]
    for level, sibling in enumerate(node.itersiblings(preceding=before)):
        if level == _FLAT_SIBLINGS or _has_link(sibling) or (sibling.tag == "br" and not before):
            parts += [sibling.tail or ""] if before else []
            break
        parts += _words(sibling)
    else:
        parts += lead[:1] if before else []
    return " ".join(" ".join(parts).split())


def _has_link(element: etree._Element) -> bool:
    return element.tag == "a" or next(element.iter("a"), None) is not None


def _words(element: etree._Element) -> list[str]:
    inner = text_of(element) if isinstance(element.tag, str) else ""
    return [inner, element.tail or ""]


def _written_markup(page: Page) -> list[str]:
    """The markup that scripts print with document.write, literals only."""
    found = []
    for script in page.scripts:
        calls = [match.end() for match in _WRITE.finditer(script)]
        if calls:
            found.append("\n".join(joined_literals(script, start) for start in calls))
    return [markup for markup in found if "<" in markup]


def joined_literals(script: str, start: int) -> str:
    """The string literals of one call, joined; a gap that is more than a plus sign leaves a mark in its place."""
    parts: list[str] = []
    while match := _LITERAL.search(script, start):
        gap = script[start : match.start()].strip()
        if ")" in gap or ";" in gap or "document" in gap:
            break
        if gap not in {"", "+", ","}:
            parts.append(_UNKNOWN)
        parts.append(_unescape(match[1] if match[1] is not None else match[2]))
        start = match.end()
    if script[start : start + 40].partition(")")[0].strip() and parts:
        parts.append(_UNKNOWN)
    return "".join(parts)


def _unescape(literal: str) -> str:
    def one(match: re.Match[str]) -> str:
        if code := match[1] or match[2]:
            return chr(int(code, 16))
        return {"n": "\n", "t": "\t", "r": ""}.get(match[3], match[3])

    return _ESCAPE.sub(one, literal)


def _clean(text: str) -> str:
    return _ORNAMENT.sub("", " ".join(text.split()))


def _squeeze(text: str) -> str:
    return "".join(text.split())
