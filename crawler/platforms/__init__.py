"""One module per CMS dialect, pure: a fetched page in, entries and next requests out.

The spider needs three names: `detect(page) -> Detected(name, evidence)`; `PLATFORMS[name]`, a `Platform`; and
`read(page, context, platform=None) -> PageReading`, which picks the platform (the one given, else the one detected) and
the reading by `context.role` (HOME, LISTING, ARTICLE; a page behind an ATTACHMENT is read as an article, a file or a
PICTURE as nothing).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from archive.models import Role
from crawler.pages import Page, is_file
from crawler.pages.files import is_markup, is_word_markup
from crawler.platforms import articles, feeds, fingerprints
from crawler.platforms.amended import with_facts, with_steps
from crawler.platforms.anhui_openness import AnhuiOpenness
from crawler.platforms.contract import (
    Context,
    ExcludedLink,
    FollowLink,
    PageReading,
    Partial,
    Platform,
)
from crawler.platforms.epoint import Epoint
from crawler.platforms.generic import Generic
from crawler.platforms.gkmlpt import Gkmlpt
from crawler.platforms.hanweb import Hanweb
from crawler.platforms.lonsun import Lonsun
from crawler.platforms.nfcms import Nfcms
from crawler.platforms.shtml_channel import ShtmlChannel
from crawler.platforms.static_lists import static_lists
from crawler.platforms.trs import Trs
from crawler.platforms.truecms import Truecms
from crawler.platforms.vsb import Vsb

__all__ = [
    "PLATFORMS",
    "Context",
    "Detected",
    "ExcludedLink",
    "FollowLink",
    "Page",
    "PageReading",
    "Partial",
    "Platform",
    "detect",
    "read",
]

_ALL: tuple[Platform, ...] = (
    Trs(),
    Hanweb(),
    ShtmlChannel(),
    Vsb(),
    Gkmlpt(),
    Nfcms(),
    Lonsun(),
    AnhuiOpenness(),
    Epoint(),
    Truecms(),
    *static_lists(),
    Generic(),
)

PLATFORMS: Mapping[str, Platform] = MappingProxyType({platform.name: platform for platform in _ALL})
"""Every platform by its name in the registry's `platform` column."""


_TWINS = frozenset({"gkmlpt", "nfcms"})
"""Two systems that every portal of 广东 has side by side; the registry can name only one."""

WAY = frozenset({Role.HOME, Role.LISTING})
"""Pages that are asked for because of what they lead to."""

IS_REPORT = "body=report"
"""How the detail of a page in the ledger says that it is a report."""

_ROWS_OF_A_LIST = 2  # one link to a report beside an article is a neighbour, not a list


class Detected(NamedTuple):
    """The name of a platform in PLATFORMS and the evidence for it."""

    name: str
    evidence: str


def detect(page: Page) -> Detected:
    """Recognises the CMS of one fetched page; one without a module of its own is `generic`, its name in `evidence`."""
    for name, evidence in fingerprints.matches(page):
        if (module := module_of(name)) in PLATFORMS:
            return Detected(module, evidence)
        return Detected("generic", f"looks like {name}: {evidence}")
    return Detected("generic", "no platform recognised")


def module_of(name: str) -> str:
    """The name in PLATFORMS for that of a fingerprint; the three generations of Hanweb share one module."""
    return "hanweb" if name.startswith("hanweb-") else name.replace("-", "_")


def read(page: Page, context: Context, platform: str | None = None) -> PageReading:
    """Reads a page by its role, with the platform named where it has a module, else with the one detected.

    URLs do not always tell a list from an article: an ARTICLE without text or files that is a list of reports is read
    as one (`facts["body"]` is `list`), and one of the WAY that is a report or a file says so (`body` is `report`).
    """
    if context.role in WAY and is_file(page):
        return PageReading(facts={"body": "report"})
    if context.role in (*WAY, Role.ARTICLE) and feeds.is_feed(page):
        return feeds.read_feed(page, context)
    found = _platform_of(page, platform)
    reader = PLATFORMS[found.name]
    if context.role in WAY:
        home = context.role is Role.HOME
        reading = reader.read_home(page, context) if home else _with_feeds(reader, page, context)
        if not reading.entries and not reading.refresh:
            reading = _report_after_all(reader, page, context, reading)
    elif context.role is Role.ARTICLE or (context.role is Role.ATTACHMENT and _is_page(page)):
        reading = reader.read_article(page, context)
        parts = [link for link in reading.follow if link.role is not Role.PICTURE and link.why != articles.POINTER]
        if reading.facts.get("body") != "report" and not parts:
            reading = _list_after_all(reader, page, context) or reading
    else:
        return PageReading()
    return with_facts(reading, (("platform", reader.name), ("platform_evidence", found.evidence)))


def _is_page(page: Page) -> bool:
    """Whether a page came from an address that hands out files: an article, or what shows the file."""
    return not is_file(page) and is_markup(page) and not is_word_markup(page)


def _platform_of(page: Page, named: str | None) -> Detected:
    """The platform that the registry names, unless the page was made by its twin on the same portal."""
    if not named or named not in PLATFORMS:
        return detect(page)
    if named in _TWINS and (seen := detect(page)).name in _TWINS:
        return seen
    return Detected(named, "named in the registry")


def _report_after_all(reader: Platform, page: Page, context: Context, reading: PageReading) -> PageReading:
    """The reading of a page of the WAY; with its files where it holds a report, or is a cover named as one."""
    report = articles.is_report(page)
    if not report and (reading.follow or not articles.names_report(page)):
        return reading
    files = [link for link in reader.read_article(page, context).follow if report or link.role is Role.ATTACHMENT]
    if not report and not files:
        return reading
    return with_facts(with_steps(reading, files), (("body", "report"),))


def _with_feeds(reader: Platform, page: Page, context: Context) -> PageReading:
    """The reading of a list; where it gives no row, or owes some, its feeds are asked for them."""
    reading = reader.read_listing(page, context)
    if reading.refresh or (reading.entries and reading.partial is None):
        return reading
    return with_steps(reading, feeds.feeds_of(page, context))


def _list_after_all(reader: Platform, page: Page, context: Context) -> PageReading | None:
    """The reading of a page that was taken for an article and lists reports, or None."""
    listing = reader.read_listing(page, replace(context, entry=None))
    if len(listing.entries) < _ROWS_OF_A_LIST:
        return None
    return with_facts(listing, (("body", "list"),))
