"""What a platform promises to the spider: a fetched page and its context in, a reading of it out.

A platform is a pure function of the response. It writes nothing, asks for nothing, keeps nothing between two pages and
runs no script; whatever it wants fetched it names in the reading, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from archive.models import ListingEntry, Portal, Role
from crawler.pages import Page


@dataclass(frozen=True, slots=True)
class Context:
    """What the spider knows of a page that the page does not say itself.

    `role` is why the page was asked for, `depth` the number of clicks from the page that the registry named (0 = that
    page), `years` the inclusive range of report years wanted or None for all, `allows` the allow-list of the portal (an
    absolute URL in, may it be followed?), `trail` the texts of the links that led here from the start page, `entry` the
    listing row an article was found in. `method` and `body` are those of the request that was answered, `referrer` the
    page that led to it: the answer of a list service does not say which column and page of it were asked for. `headers`
    are those that the FollowLink behind the request asked to be sent.
    """

    portal: Portal
    role: Role
    allows: Callable[[str], bool]
    depth: int = 0
    years: tuple[int, int] | None = None
    trail: tuple[str, ...] = ()
    entry: ListingEntry | None = None
    method: str = "GET"
    body: bytes = b""
    referrer: str = ""
    headers: tuple[tuple[str, str], ...] = ()


SERVICE = "service behind the list"
"""How the `why` of a request to a list's service begins: what such a list owes is settled when its service answers."""

PAGE = "page of the list"
"""How the `why` of a link to a further page of the same list begins."""


@dataclass(frozen=True, slots=True)
class FollowLink:
    """One request that the page leads to.

    `url` is absolute http(s) without a fragment. `role` says what is expected there: HOME = one more step from a home
    page towards the annual-report column, LISTING = that column or a page of it, ARTICLE, ATTACHMENT. `why` is a short
    reason for the ledger, `text` the words of the link, `score` the order to follow in (higher first, 0–100), `entry`
    the row behind an ARTICLE or ATTACHMENT. `method`, `body` and `headers` are for platforms whose lists come from a
    service.
    """

    url: str
    role: Role
    why: str
    text: str = ""
    score: float = 0.0
    entry: ListingEntry | None = None
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ExcludedLink:
    """A link that was looked at and is not followed.

    `reason` is a stable code: `look_alike:<kind>`, `year_outside:<year>`, `foreign_host` or `not_a_report_title` (a
    dated row of the column that names no report); `text` is the title or link text, kept for whoever asks why.
    """

    url: str
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Partial:
    """Rows or pages that the page says it owes and that cannot be reached from it.

    `owed` and `reached` count `unit` ("rows", "pages" or "files").
    """

    owed: int
    reached: int
    why: str
    unit: str = "rows"


@dataclass(frozen=True, slots=True)
class PageReading:
    """Everything a platform makes of one page.

    `entries` are the rows taken for annual reports, in page order; each also stands in `follow` as an ARTICLE or
    ATTACHMENT. `next` are further pages of the same list and `pages_owed` how many pages the list says it has in all
    (None: it does not say), `pages_stated` whether it says so outright. `refresh` is the target of a meta refresh or
    of a plain script redirect that is the whole page. `facts` are words for the ledger and the log (`platform`,
    `charset`, `column`, `body`, …).
    """

    entries: tuple[ListingEntry, ...] = ()
    follow: tuple[FollowLink, ...] = ()
    excluded: tuple[ExcludedLink, ...] = ()
    next: tuple[FollowLink, ...] = ()
    pages_owed: int | None = None
    pages_stated: bool = False
    partial: Partial | None = None
    refresh: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


class Platform(Protocol):
    """One CMS dialect."""

    name: str

    def read_home(self, page: Page, context: Context) -> PageReading:
        """Reads a page on the way from a home page: which links lead to the annual-report column."""

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads a page of the annual-report column: its rows, sub-columns and further pages."""

    def read_article(self, page: Page, context: Context) -> PageReading:
        """Reads an article page: the files beside the text, and whether the text itself is the report."""
