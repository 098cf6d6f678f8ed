"""The frontier is the ledger: this scheduler hands Scrapy the next open URL of a host whose turn it is.

A host has at most one request in flight, and its next one starts no earlier than the delay after the last one reached
it, or failed; a Crawl-delay counts from the end of the answer. We cannot know when a request reached its server: names
are looked up, connections made, and servers accept late. But what is answered was received, some time before: in which
`crawler.politeness.head_start` believes only as far as that host never answered faster.
Hosts wait in `crawler.turns`, not in Scrapy's slots: waiting takes none of CONCURRENT_REQUESTS, and delays no end.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from scrapy import Request, signals
from scrapy.core.scheduler import BaseScheduler

from archive.ledger import Found, FrontierUrl
from archive.models import Outcome, Role
from crawler.guard import read_url
from crawler.items import Decision
from crawler.lease import LOOK_SECONDS
from crawler.politeness import head_start
from crawler.robots import Rules, robots_url
from crawler.session import ROBOTS_PRIORITY, Session
from crawler.turns import HostSlot, Turns

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

    from crawler.spiders.annual_reports import AnnualReportsSpider

logger = logging.getLogger(__name__)

_A_MOMENT = 0.25  # seconds; the least that a host waits for what another one does


class LedgerScheduler(BaseScheduler):
    """Hands out the open URLs of the ledger, politely; see the module."""

    session: Session
    spider: AnnualReportsSpider

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self._answered, signals.headers_received)
        self._turns = Turns()
        self._in_flight = 0
        self._lent: dict[str, HostSlot] = {}
        self._first = 0.0
        self._ready: deque[Request] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = 0.0
        self._looks: asyncio.TimerHandle | None = None
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    # ------------------------------------------------------------------ what Scrapy calls

    def open(self, spider: Spider) -> None:
        """Takes up every host at which URLs of this run's portals are open."""
        self.spider = spider  # type: ignore[assignment]
        self.session = self.spider.session
        self._first = time.monotonic() + self.session.rest
        self._look_at_lease()
        self.notice(self.session.ledger.open_hosts(self.session.portals))

    def close(self, reason: str) -> None:
        """Forgets the turns; everything that matters is in the ledger."""
        for timer in (self._timer, self._looks):
            if timer is not None:
                timer.cancel()
        self._turns.forget()

    def has_pending_requests(self) -> bool:
        """Whether any host waits for its turn or has a request in flight."""
        return bool(self._ready) or any(slot.due is not None or slot.in_flight is not None for slot in self._turns)

    def enqueue_request(self, request: Request) -> bool:
        """Takes back a request that this scheduler made itself when a host's turn came; no others are made."""
        self._ready.append(request)
        return True

    def next_request(self) -> Request | None:
        """The next request that may start now, or None; then a timer wakes Scrapy when the next turn comes."""
        if self._ready:
            return self._ready.popleft()
        request = self._take()
        if request is None:
            self._arm()
        return request

    # ------------------------------------------------------------------ turns

    def notice(self, hosts: Iterable[str]) -> None:
        """Gives hosts a turn at which something is open now."""
        for host in hosts:
            slot = self._turns.slot(host, not_before=self._first)
            if slot.in_flight is None:
                self._turns.give(slot, slot.not_before)

    def _arm(self) -> None:
        """Sets the timer to the first turn; one that is set already stays, for this is asked with every answer."""
        first = self._turns.first()
        if self._timer is not None:
            if first == self._rings_at:
                return
            self._timer.cancel()
            self._timer = None
        if first is not None:
            self._rings_at = first
            wait = max(0.0, first - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(wait, self._wake)

    def _wake(self) -> None:
        """A turn has come while Scrapy slept: the request goes through the engine's front door, which wakes it."""
        self._timer = None
        engine = self._crawler.engine
        if engine is None or not engine.running or engine.needs_backout():
            return
        request = self._take()
        if request is not None:
            engine.crawl(request)
        elif engine.spider_is_idle():
            # The last turns brought nothing more; Scrapy would notice only at its next heartbeat, five seconds apart.
            self._closing = asyncio.ensure_future(engine.close_spider_async(reason="finished"))
        else:
            self._arm()

    def _look_at_lease(self) -> None:
        """Looks now and then whether this run still has leave, for the sake of what is on its way."""
        if self.session.lease is not None:
            self.session.lease.check()
            self._looks = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look_at_lease)

    def _take(self) -> Request | None:
        """The request of the first host whose turn it is; a ledger that cannot be used ends the crawl."""
        if self.session.lease is not None:
            self.session.lease.check()
        try:
            return self._first_due()
        except sqlite3.Error as error:
            self.session.fatal = self.session.fatal or f"{self.session.ledger.path} could not be used: {error}"
            if self._crawler.engine is not None and self._closing is None:
                self._closing = asyncio.ensure_future(self._crawler.engine.close_spider_async(reason="failed"))
            return None

    def _first_due(self) -> Request | None:
        while (slot := self._turns.take(time.monotonic())) is not None:
            url = self._next_url(slot)
            if url is not None:
                slot.in_flight = url
                self._in_flight += 1
                slot.pause = self.session.policy.next_delay(slot.crawl_delay)
                slot.answered = None
                return self.spider.request_for(url)
        return None

    def _answered(self, request: Request) -> None:
        """The server has a request, for its answer begins to come."""
        url: FrontierUrl = request.meta["frontier"]
        slot = self._lent.get(url.url) or self._turns[url.host]
        slot.answered = time.monotonic()
        slot.answers += 1
        slot.quickest = min(slot.quickest, request.meta["download_latency"])

    def _next_url(self, slot: HostSlot) -> FrontierUrl | None:
        """The URL of a host that may be asked for now; otherwise the host waits, or is done, and this is None."""
        ledger, policy = self.session.ledger, self.session.policy
        now = time.time()
        while True:
            state = ledger.host_state(slot.host)
            if pause := policy.pause_left(state, now):
                self._turns.give(slot, time.monotonic() + pause)
                return None
            if state.block_streak >= policy.block_limit:
                self._end(slot, Outcome.BLOCKED, "host_stopped", f"{state.block_streak} block signals in a row")
                return None
            if spent := policy.spent(state):
                self._end(slot, Outcome.EXCLUDED, "budget", spent)
                return None
            url = ledger.next_open(slot.host, self.session.portals_json, now, horizon=now + policy.max_pause)
            if url is None:
                due = ledger.next_due(slot.host, self.session.portals_json)
                if due is not None:
                    self._turns.give(slot, time.monotonic() + max(due - now, 0.01))
                return None
            if url.role is Role.ROBOTS:
                return self._where_it_stands(slot, url)
            origin = read_url(url.url).origin
            rules = self.session.robots.rules(origin)
            if rules is None:
                return self._robots_first(slot, url, robots_url(origin))
            slot.crawl_delay = max(slot.crawl_delay, rules.crawl_delay)
            if (refusal := self._refusal(rules, url)) is None:
                return None if self._waits_out(slot) else url
            ledger.close_url(self.session.run, url.id, Outcome.ROBOTS_DISALLOWED, "robots", refusal)
            self.spider.closed_unasked += 1

    def _refusal(self, rules: Rules, url: FrontierUrl) -> str | None:
        """Why a URL is not asked for under the rules of its host, in words, or None."""
        if (refusal := rules.refusal(url.url)) is not None:
            return refusal
        if rules.crawl_delay > self.session.policy.max_crawl_delay:
            return f"robots.txt asks for {rules.crawl_delay:.0f} seconds between requests"
        return None

    def _waits_out(self, slot: HostSlot) -> bool:
        """Whether a host has a Crawl-delay to wait out, learnt from the answer just received; its turn comes then."""
        earliest = slot.ended + slot.crawl_delay
        if not slot.crawl_delay or not slot.ended or time.monotonic() >= earliest:
            return False
        slot.not_before = max(slot.not_before, earliest)
        self._turns.give(slot, slot.not_before)
        return True

    def _robots_first(self, slot: HostSlot, url: FrontierUrl, robots: str) -> FrontierUrl | None:
        """The robots.txt to be asked for before a URL; None where it has to wait."""
        ledger, policy = self.session.ledger, self.session.policy
        row = ledger.url(robots)
        if row is None:
            found = Found(
                *(robots, slot.host, url.portal, Role.ROBOTS),
                priority=ROBOTS_PRIORITY,
                why=f"the robots.txt of {slot.host}",
            )
            with ledger.transaction():
                ledger.add(self.session.run, [found])
            row = ledger.url(robots)
        elif row.state == "done":
            row = ledger.reopen(robots)
        assert row is not None
        now = time.time()
        if not now < row.next_try_at <= now + policy.max_pause:
            # It may have been found on behalf of a portal that this run leaves out, and as a file that a page links to.
            return self._where_it_stands(slot, replace(row, portal=url.portal, role=Role.ROBOTS))
        self._turns.give(slot, time.monotonic() + max(min(row.next_try_at - now, policy.max_pause), _A_MOMENT))
        return None

    def _where_it_stands(self, slot: HostSlot, robots: FrontierUrl) -> FrontierUrl | None:
        """A robots.txt, where it may be asked for now; one that stands on another host waits for that one's turn."""
        host = read_url(self.session.detours.end_of(robots.url)).host
        if host == slot.host:
            return robots
        lender = self._turns.slot(host, not_before=self._first)
        now = time.monotonic()
        pause = self.session.policy.pause_left(self.session.ledger.host_state(host), time.time())
        free = max(lender.not_before, now + pause)
        if lender.in_flight is not None or free > now:
            self._turns.give(slot, max(free, now + _A_MOMENT))
            if lender.due is not None:
                # It had its turn first, and would have it first each time until it has nothing left.
                self._turns.put_off(lender, max(lender.due, free + _A_MOMENT))
            return None
        lender.in_flight, lender.due = robots, None
        lender.pause = self.session.policy.next_delay(lender.crawl_delay)
        self._lent[robots.url] = lender
        return robots

    def _end(self, slot: HostSlot, outcome: Outcome, reason: str, detail: str) -> None:
        number = self.session.ledger.close_host(
            self.session.run, slot.host, self.session.portals, outcome, reason, detail
        )
        self.spider.closed_unasked += number
        if number:
            logger.warning("%s: %s (%s); %d open URLs are left out", slot.host, reason, detail, number)

    # ------------------------------------------------------------------ what the pipeline calls

    def finished(self, url: FrontierUrl, decision: Decision, pause: float | None) -> None:
        """Frees the host of a request whose outcome is in the ledger by now."""
        slot = self._turns[url.host]
        slot.in_flight = None
        slot.ended = time.monotonic()
        began = slot.ended
        if slot.answered is not None:
            began = slot.answered - head_start(slot.answers, slot.quickest)
        slot.not_before = max(began + slot.pause, slot.ended + slot.crawl_delay)
        slot.failures = slot.failures + 1 if decision.transient else 0
        lender = self._lent.pop(url.url, None)
        if lender is not None:
            lender.in_flight = None
            lender.not_before = slot.ended + lender.pause
            self._turns.give(lender, lender.not_before)
        policy = self.session.policy
        if pause is not None:
            if pause > policy.max_pause:
                self._end(slot, Outcome.HTTP_ERROR, "retry_after", f"the server asks to wait {pause:.0f} seconds")
            else:
                asked = lender or slot
                self.session.ledger.pause_host(asked.host, time.time() + pause, decision.reason or "retry_after")
        if slot.failures >= policy.failure_limit:
            self._end(slot, decision.outcome, "host_failing", f"{slot.failures} failures in a row")
        self._turns.give(slot, slot.not_before)
        self.notice({found.host for found in decision.found if found.excluded is None})
        self._in_flight -= 1
        if not self._in_flight and not self.session.ledger.any_open(self.session.portals_json):
            # The hosts would still be given their turns, a delay from now, to find that they have nothing left.
            self._turns.forget()
