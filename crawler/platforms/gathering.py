"""A reading while it is made from links and records, one by one, and what a page says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from archive.models import ListingEntry, Role
from crawler.discovery import Decision, Kind, Refusal, Step, decide, look_alike, wanted
from crawler.pages import Page, article_shape, host_of, refresh_target, resolve
from crawler.platforms.contract import Context, ExcludedLink, FollowLink, PageReading


class Row(Protocol):
    """One row of a list, from a page or from a service: absolute URL, whole title, ISO date or None."""

    @property
    def url(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def date(self) -> str | None: ...


@dataclass
class Gathering:
    """A reading while it is made: every URL once, in page order, the better reason kept."""

    page: Page
    context: Context
    entries: dict[str, ListingEntry] = field(default_factory=dict)
    follow: dict[str, FollowLink] = field(default_factory=dict)
    excluded: dict[str, ExcludedLink] = field(default_factory=dict)
    years: frozenset[str] = frozenset()
    """Columns of single years, wherever they stand."""

    def take(self, link: Row, decision: Decision, file: bool) -> None:
        """Takes a link as an annual report, unless its year is not wanted."""
        if not wanted(decision.year, self.context.years):
            self.refuse(link.url, f"year_outside:{decision.year}", link.title)
            return
        entry = ListingEntry(link.url, link.title, link.date, decision.agency or self._agency_of_trail(), self.page.url)
        role = Role.ATTACHMENT if file else Role.ARTICLE
        if link.url not in self.entries:
            self.entries[link.url] = entry
            self.follow[link.url] = FollowLink(
                link.url, role, decision.why, link.title, 50.0 + 49.0 * decision.confidence, entry
            )

    def step(self, step: Step | Refusal | None, text: str) -> None:
        """Takes a step towards or inside the column, unless its year is not wanted or it leads elsewhere."""
        if isinstance(step, Refusal):
            self.refuse(step.url, f"look_alike:{step.kind}", text)
        elif step is not None and not wanted(step.year, self.context.years):
            self.refuse(step.url, f"year_outside:{step.year}", text)
        elif step is not None and step.url != self.page.url:
            known = self.follow.get(step.url)
            if known is None or (known.entry is None and known.score < step.score):
                self.follow[step.url] = FollowLink(step.url, step.role, step.why, text, step.score)

    def refuse(self, url: str, reason: str, text: str) -> None:
        """Keeps the reason why a link is not followed; the first one stays."""
        self.excluded.setdefault(url, ExcludedLink(url, reason, text))

    def reading(self, **facts: str) -> PageReading:
        """The finished reading: best links first among equals in page order, and nothing both followed and excluded."""
        follow = sorted(self.follow.values(), key=lambda link: -link.score)
        return PageReading(
            entries=tuple(self.entries.values()),
            follow=tuple(follow),
            excluded=tuple(link for link in self.excluded.values() if link.url not in self.follow),
            # What has rows is a list, and its script turns the page.
            refresh=None if self.entries else refresh_target(self.page),
            facts={key: value for key, value in {**page_facts(self.page), **facts}.items() if value},
        )

    def _agency_of_trail(self) -> str | None:
        """The body that the last link followed was named after (赣州: each unit has its own 年度报告 node)."""
        for words in reversed(self.context.trail):
            decision = decide(words, "", in_column=True, article=True)
            if decision.kind is Kind.REPORT and decision.agency:
                return decision.agency
        return None


def page_facts(page: Page) -> dict[str, str]:
    """Words about a page for the ledger: its title, column, publishing body, date and character set."""
    meta = page.meta
    published = meta.get("pubdate") or meta.get("publishdate") or ""
    return {
        "title": meta.get("articletitle") or page.title,
        "column": meta.get("columnname", ""),
        "column_type": meta.get("columntype", ""),
        "site_code": meta.get("siteidcode", ""),
        "source": meta.get("contentsource", ""),
        "published": published[:10].replace(".", "-").replace("/", "-"),
        "canonical": _canonical(page),
        "charset": page.decoded.encoding,
        "charset_problem": page.decoded.problem or "",
    }


def _canonical(page: Page) -> str:
    """The address that an article calls its own in its head, where that is on its own host."""
    for element in page.tree.iter("link"):
        if (element.get("rel") or "").lower() == "canonical":
            url = resolve(page.base, element.get("href")) or ""
            return url if host_of(url) == host_of(page.url) and article_shape(url) else ""
    return ""


NEEDLESS_FILES = frozenset({"guide", "catalogue", "rules", "request_form", "website_report", "budget", "plan"})
"""Kinds of look-alike that a file beside a report may be without being any part of it."""


def needless_file(title: str) -> str | None:
    """The kind of a file that is no part of a report, or None."""
    similar = look_alike(title)
    return similar[0] if similar and similar[0] in NEEDLESS_FILES else None
