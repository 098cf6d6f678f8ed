"""The one spider: registry in, captures out. The ledger says what to ask for, pure code what to make of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.captures import decode_content
from archive.ledger import FrontierUrl
from archive.models import Outcome, Role
from archive.storage import bind, home_of
from crawler.answers import Setting, decide
from crawler.ending import announce, finish, problems_said
from crawler.endless import marks_in
from crawler.exchange import captured_page, exchange_of
from crawler.failures import read_failure
from crawler.guard import read_url
from crawler.items import Exchange
from crawler.options import Options, WrongUse, check_settings, read_part, read_vantage, read_years
from crawler.platforms.contract import PAGE
from crawler.platforms.pagers import MAX_PAGES
from crawler.session import Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings


FILES = (Role.ATTACHMENT, Role.PICTURE)

READ_AT_ONCE = 16
"""Answers read before the connections are looked at again: each takes a millisecond or two, each look a quarter."""


class AnnualReportsSpider(scrapy.Spider):
    """Fetches annual reports and what leads to them.

    Arguments of `scrapy crawl annual_reports -a NAME=VALUE`: `data`, `portals`, `agencies`, `portal` (ids, comma
    between), `years` (A-B), `shard` (I/N), `vantage`. `python -m crawler` passes an open `session` instead.
    """

    name = "annual_reports"
    session: Session

    def __init__(self, session: Session, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.session = session
        self.pages = 0
        self.entries = 0
        self.closed_unasked = 0
        self.refused_names: dict[str, str] = {}
        self._turns = asyncio.Semaphore(READ_AT_ONCE)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Takes the delay over from Scrapy's slots: the scheduler keeps it, and waits in no slot."""
        super().update_settings(settings)
        check_settings(settings)
        settings.set("GONGKAI_DELAY", settings.getfloat("DOWNLOAD_DELAY"), priority="cmdline")
        settings.set("DOWNLOAD_DELAY", 0, priority="cmdline")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Opens the session from the spider's arguments, unless it is given."""
        session = kwargs.pop("session", None)
        own = session is None
        if own:
            # Scrapy would show each of these as a traceback, and leave with 1 whatever it was.
            with problems_said("another crawl is at work"):
                session = Session(_options(kwargs, crawler.settings), crawler.settings)
        spider = super().from_crawler(crawler, *args, session=session, **kwargs)
        crawler.signals.connect(spider.note_end, signals.spider_closed)
        if own:
            announce(session)
            crawler.signals.connect(spider.end_own_session, signals.engine_stopped)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Yields nothing: the scheduler has the frontier."""
        nothing: tuple[Any, ...] = ()
        for item in nothing:
            yield item

    def note_end(self, reason: str) -> None:
        """Scrapy closes a spider with `shutdown` when it is told to stop before it is done."""
        self.session.interrupted = self.session.interrupted or reason == "shutdown"

    def end_own_session(self) -> None:
        """Ends the session that this spider opened; `scrapy crawl` knows no exit code but its own."""
        finish(self.session)

    # ------------------------------------------------------------------ requests

    def request_for(self, url: FrontierUrl) -> scrapy.Request:
        """The request for an open URL of the ledger."""
        asked = self.session.detours.end_of(url.url)
        allow = self.session.allow[url.portal]
        relaxed = self.session.portals[url.portal].tls if asked.startswith("https:") and allow.allows(asked) else ()
        headers: list[tuple[str, str]] = [("User-Agent", self.session.user_agent), *url.headers]
        own = {name.lower() for name, _ in url.headers}
        if "referer" not in own and url.referrer and url.role is not Role.ROBOTS and _same_site(url.referrer, url.url):
            headers.append(("Referer", url.referrer))
        conditional = self._conditional(url)
        if conditional and url.etag:
            headers.append(("If-None-Match", url.etag))
        if conditional and url.last_modified:
            headers.append(("If-Modified-Since", url.last_modified))
        timeout = {"download_timeout": self.session.policy.attachment_timeout} if url.role in FILES else {}
        return scrapy.Request(
            asked,
            callback=self.answered,
            errback=self.failed,
            method=url.method,
            body=url.body,
            headers=dict(headers),
            dont_filter=True,
            meta={
                **timeout,
                "frontier": url,
                "kept_as": asked if url.role is Role.ROBOTS else url.url,
                "started_at": time.time(),
                "clock": time.monotonic(),
                "conditional": conditional,
                "download_slot": read_url(asked).host,
                "allow": allow,
                "tls": relaxed,
            },
        )

    def _conditional(self, url: FrontierUrl) -> bool:
        # Listings are always read anew: what their rows lead to may have changed with our own rules.
        if url.method != "GET" or url.role not in (Role.ARTICLE, *FILES):
            return False
        if not (url.etag or url.last_modified):
            return False
        return self.session.ledger.last_capture(url.url) is not None

    # ------------------------------------------------------------------ answers

    async def answered(self, response: Response) -> AsyncIterator[Exchange]:
        """An answer came, whatever its status; it is read in its turn.

        A hundred answers that came together would be read in one go, and meanwhile nobody be asked: the reactor looks
        at its connections after every few of them.
        """
        async with self._turns:
            await asyncio.sleep(0)
            yield self._exchange(response)

    def _exchange(self, response: Response) -> Exchange:
        request = response.request
        assert request is not None
        url: FrontierUrl = request.meta["frontier"]
        page = captured_page(request, response, request.meta["started_at"])
        payload, problem = decode_content(page.body, page.headers)
        decision = decide(url, page, payload, problem, self._setting(request, url))
        if request.meta["tls"]:
            relaxed = f"tls={' '.join(request.meta['tls'])}"
            decision = replace(decision, evidence="; ".join(filter(None, (decision.evidence, relaxed))))
        if decision.outcome is Outcome.BLOCKED and self.session.options.vantage:
            # Portals block by address: a block says nothing without the place it was met from.
            place = f"vantage={self.session.options.vantage}"
            decision = replace(decision, evidence="; ".join(filter(None, (decision.evidence, place))))
        return exchange_of(url, page, payload, problem, request.meta["started_at"], _seconds(request), decision)

    def failed(self, failure: Failure) -> Iterator[Exchange]:
        """No answer came."""
        request = cast("scrapy.Request", getattr(failure, "request"))  # noqa: B009 - set by Scrapy, unknown to Twisted's types
        if failure.value is None:
            raise CloseSpider("a failure without an exception")
        url: FrontierUrl = request.meta["frontier"]
        decision = read_failure(failure.value, self.refused_names.get(urlsplit(request.url).hostname or ""))
        yield Exchange(url, decision, request.meta["started_at"], _seconds(request))

    def _setting(self, request: scrapy.Request, url: FrontierUrl) -> Setting:
        session = self.session
        most = session.policy.max_depth + session.policy.max_redirects + MAX_PAGES
        ancestors = session.ledger.ancestors(url, most)
        chain = [url, *ancestors]
        redirects = next((number for number, one in enumerate(chain) if one.why != "redirect"), len(chain))
        turned = (number for number, one in enumerate(chain) if not (one.why or "").startswith(PAGE))
        turns = next(turned, len(chain))
        return Setting(
            portal=session.portals[url.portal],
            allow=session.allow[url.portal],
            policy=session.policy,
            years=session.options.years,
            clicks=session.options.clicks,
            trail=tuple(one.link_text for one in reversed(chain) if one.link_text),
            redirects=redirects,
            detours=session.detours.taken(url.url),
            turns=turns,
            before=tuple(marks_in(one.detail) for one in ancestors),
            redirect_of=self._redirect_of,
            now=time.time(),
            conditional=request.meta["conditional"],
        )

    def _redirect_of(self, url: str) -> str | None:
        known = self.session.ledger.url(url)
        return known.redirect_to if known is not None and known.outcome is Outcome.REDIRECTED else None


def _seconds(request: scrapy.Request) -> float:
    return round(time.monotonic() - float(request.meta["clock"]), 4)


def _options(arguments: dict[str, Any], settings: BaseSettings) -> Options:
    """Takes what a run is asked to do out of the arguments of `scrapy crawl -a`; raises WrongUse and OtherAddress."""
    try:
        home = home_of(arguments.pop("data", settings["GONGKAI_DATA"]))
    except ValueError as error:
        raise WrongUse(f"data: {error}") from error
    return Options(
        data=bind(home),
        portals=_path(arguments.pop("portals", None)),
        agencies=_path(arguments.pop("agencies", None)),
        portal_ids=tuple(name for name in arguments.pop("portal", "").split(",") if name),
        years=read_years(arguments.pop("years", None)),
        shard=read_part(arguments.pop("shard", None)),
        vantage=read_vantage(arguments.pop("vantage", None)),
    )


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _same_site(one: str, other: str) -> bool:
    return urlsplit(one)[:2] == urlsplit(other)[:2]
