"""Lists as RSS or Atom: rows with a title, an address and a day, decided on like those of a page.

A feed of the column itself stands below it; one of the whole site says nothing of what its rows are, so that only
their titles count. Sources: RSS 2.0, RSS 1.0 (RDF), RFC 4287 (Atom).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from archive.days import day_in_china
from archive.models import Role
from crawler.discovery import column_root
from crawler.pages import Page, date_in_text, resolve
from crawler.pages.page import inner_text
from crawler.platforms.contract import Context, FollowLink, PageReading
from crawler.platforms.records import Record, read_records
from crawler.platforms.services import column_of

_FEED = re.compile(r"\A[\s\ufeff]*+(?:(?:<\?xml[^>]{0,400}+>|<!--(?:[^-]|-(?!->))*+-->)\s*+)*+<(?:rss|feed|rdf:RDF)\b")
_DECLARATION = re.compile(r"\A[\s\ufeff]*<\?xml[^>]{0,200}\?>")
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_DAYS = frozenset({"pubdate", "date", "published", "updated", "issued"})
_MOST_FEEDS = 2
_SCORE = 30.0


def is_feed(page: Page) -> bool:
    """Whether an answer is RSS or Atom, whatever it is called."""
    return _FEED.match(page.text[:4000]) is not None


def read_feed(page: Page, context: Context) -> PageReading:
    """Reads the rows of a feed; one that holds none is a list without rows."""
    in_column = context.role is not Role.HOME and page.url.startswith(column_root(column_of(page, context)))
    return read_records(page, context, _records(page), in_column=in_column)


def feeds_of(page: Page, context: Context) -> list[FollowLink]:
    """The feeds that a list names in its head, a few at most."""
    named = (
        resolve(page.base, element.get("href"))
        for element in page.tree.iter("link")
        if (element.get("type") or "").strip().lower() in _TYPES
    )
    urls = dict.fromkeys(url for url in named if url and url != page.url and context.allows(url))
    headers = (("Referer", page.url),)
    found = [FollowLink(url, Role.LISTING, "feed of the list", score=_SCORE, headers=headers) for url in urls]
    return found[:_MOST_FEEDS]


def _records(page: Page) -> Iterator[Record]:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    tree = etree.fromstring(_DECLARATION.sub("", page.text).strip().encode("utf-8", "replace"), parser)
    if tree is None:
        return
    for item in tree.iter("{*}item", "{*}entry"):
        fields = [(etree.QName(child).localname.lower(), child) for child in item if isinstance(child.tag, str)]
        addresses = (
            child.get("href") or child.text
            for name, child in fields
            if name == "link" and child.get("rel", "alternate") == "alternate"
        )
        url = next((url for address in addresses if (url := resolve(page.url, (address or "").strip()))), None)
        title = next((inner_text(child) for name, child in fields if name == "title"), "")
        days = (_day((child.text or "").strip()) for name, child in fields if name in _DAYS)
        if url:
            yield Record(url, title, next(filter(None, days), None))


def _day(text: str) -> str | None:
    """The day of a moment in China, ISO; None for what is no date in any of the ways that feeds write it."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            return (day_in_china(moment) if moment.tzinfo else moment.date()).isoformat()
        except (ValueError, OverflowError):  # the latter in the last hours of the year 9999
            continue
    return date_in_text(text)
