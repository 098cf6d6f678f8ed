"""The row that a link stands in, and the words beside it where lists are written without rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import islice

from lxml import etree

from crawler.pages.dates import article_shape, date_in_text
from crawler.pages.page import text_of
from crawler.pages.titles import LIST_TAGS

_ROW_LEVELS = 6  # how far above a link its row may begin
_ROW_TAGS = frozenset({"li", "tr", "td", "dl", "p", "dd", "dt"})
_ROW_LINKS = 3  # a row may hold a category link or a file link beside its title
_FLAT_SIBLINGS = 6
_SUMMARY = 30  # characters; what is shorter may hold source and date


class Rows:
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


def _row(element: etree._Element, count: Counter[etree._Element]) -> etree._Element | None:
    """The largest element around a link that holds no other link, or a list item or table row with few links."""
    if element.tag in {"li", "tr"}:  # a row that is a link by its click
        return element
    row = None
    for level, parent in enumerate(element.iterancestors()):
        if level == _ROW_LEVELS or parent.tag in LIST_TAGS:
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


def summaries(row: etree._Element) -> list[str]:
    """The paragraphs of a row that hold no link and are too long to be anything but a summary of what it leads to."""
    found = [text_of(paragraph) for paragraph in row.iter("p") if not _has_link(paragraph)]
    return [text for text in found if len(text) > _SUMMARY]


def time_of(row: etree._Element) -> str | None:
    """The one date that the <time> of a row holds for machines, where people are shown `3天前`; ISO, or None."""
    return date_in_text(" ".join(element.get("datetime") or "" for element in row.iter("time")))


def words_beside(node: etree._Element) -> str:
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
