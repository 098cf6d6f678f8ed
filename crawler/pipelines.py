"""Captures to WARC and ledger, and nothing else writes: the bytes first, then one transaction with all that follows."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, cast

from scrapy import Request, signals
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.captures import CaptureError, DamagedRecord, decode_content
from archive.ledger import Attempt, LedgerError
from archive.models import Capture, Outcome, Role
from crawler.exchange import captured_page, exchange_of
from crawler.items import Decision, Exchange
from crawler.politeness import iso
from crawler.robots import read_answer
from crawler.session import Session

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.scheduler import LedgerScheduler
    from crawler.spiders.annual_reports import AnnualReportsSpider

logger = logging.getLogger(__name__)


class LedgerPipeline:
    """Records every exchange; a record that fails ends the crawl, since what cannot be kept must not be fetched."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._spider = cast("AnnualReportsSpider", crawler.spider)
        self._session: Session = self._spider.session
        self._stopping: asyncio.Future[None] | None = None
        crawler.signals.connect(self._callback_failed, signals.spider_error)
        crawler.signals.connect(self._record_failed, signals.item_error)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Exchange) -> Exchange:
        """Records an exchange and frees its host; one that finds no room stays open in the ledger, and ends the run."""
        try:
            self._record(item)
        except (OSError, sqlite3.Error, CaptureError, LedgerError) as error:
            place = f"{self._session.ledger.path}: " if isinstance(error, sqlite3.Error) else ""
            why = (error.strerror if isinstance(error, OSError) else None) or str(error)
            self._stop(f"the archive could not be written: {place}{why}")
        return item

    def _record(self, item: Exchange) -> None:
        """Writes the bytes, then the ledger, then frees the host for its next request."""
        attempt, pause = self._attempt(item)
        self._session.ledger.record(self._session.run, attempt)
        if item.decision.detour is not None:
            self._session.detours.take(item.url.url, item.decision.detour)
        elif attempt.final:
            self._session.detours.settle(item.url.url)
        if item.url.role is Role.ROBOTS and attempt.final:
            answer = read_answer(attempt.outcome, attempt.status, item.payload)
            self._session.robots.learn(item.url.url, answer)
        self._spider.pages += 1
        self._spider.entries += item.decision.entries
        engine = self._crawler.engine
        assert engine is not None
        cast("LedgerScheduler", engine.scheduler).finished(item.url, item.decision, pause)

    def _attempt(self, item: Exchange) -> tuple[Attempt, float | None]:
        """The attempt as it goes into the ledger, its bytes on disk; and the pause that the server asked for."""
        decision, url = item.decision, item.url
        policy = self._session.policy
        number = url.attempts + 1
        tried = number - self._session.detours.taken(url.url)
        final = decision.detour is None and not (decision.transient and tried < policy.attempts)
        wait = 0.0 if decision.again or decision.detour else max(policy.retry_in(max(tried, 1)), decision.pause or 0.0)
        capture, refers_to = self._capture(item) if item.page else (None, None)
        return (
            Attempt(
                # The bytes of a list that is a report are those of a document, and are read as such.
                url=replace(url, role=Role.ARTICLE) if decision.is_report else url,
                started_at=iso(item.started_at),
                seconds=item.seconds,
                outcome=decision.outcome,
                status=item.page.status if item.page else None,
                reason=decision.reason,
                evidence=decision.evidence,
                bytes=len(item.page.body) if item.page else 0,
                final=final,
                next_try_at=0.0 if final else time.time() + wait,
                redirect_to=decision.redirect_to,
                capture=capture,
                refers_to=refers_to,
                etag=item.etag if decision.outcome is Outcome.OK else None,
                last_modified=item.last_modified if decision.outcome is Outcome.OK else None,
                found=tuple(self._session.tokens.sift(decision.found)) if final else (),
            ),
            decision.pause,
        )

    def _capture(self, item: Exchange) -> tuple[Capture, Capture | None]:
        page, outcome = item.page, item.decision.outcome
        assert page is not None
        store = self._session.store
        original = None
        if outcome is Outcome.NOT_MODIFIED or (outcome is Outcome.OK and page.truncated is None):
            original = self._session.ledger.last_capture(page.url)
        try:
            if original is not None and outcome is Outcome.OK:
                original = original if store.read(original.warc, original.offset).body == page.body else None
            location = store.append_revisit(page, original) if original else store.append(page, payload=item.payload)
        except DamagedRecord as error:
            # What was stored earlier can no longer be read; what came now is kept whole.
            self._session.damaged.append(str(error))
            original = None
            location = store.append(page, payload=item.payload)
        media_type = original.media_type if original else None
        return location.capture_of(page, item.problem, media_type), original

    # ------------------------------------------------------------------ when our own code fails

    def _callback_failed(self, failure: Failure, response: Response | Failure, spider: Any) -> None:
        """A page on which our code raised still gets its outcome: the host goes on, the run says there is a bug."""
        request: Request | None = getattr(response, "request", None) or getattr(failure, "request", None)
        if request is None:
            self._stop(f"our code failed outside a page: {failure.getErrorMessage()}")
            return
        trace = "".join(traceback.format_exception(failure.value)[-3:])
        self._session.bugs.append(f"{request.url}: {failure.getErrorMessage()}")
        decision = Decision(Outcome.UNREADABLE, "bug", f"{failure.getErrorMessage()}\n{trace}"[:2000])
        started, url = request.meta["started_at"], request.meta["frontier"]
        item = Exchange(url, decision, started, round(time.time() - started, 4))
        if isinstance(response, Response):
            page = captured_page(request, response, started)
            decoded = decode_content(page.body, page.headers)
            item = exchange_of(url, page, *decoded, started, item.seconds, decision)
        self.process_item(item)

    def _record_failed(self, item: Any, response: Any, spider: Any, failure: Failure) -> None:
        """A bug of ours in the recording: the exchange stays open in the ledger, and going on would only lose more."""
        self._stop(f"the archive could not be written: {failure.getErrorMessage()}")

    def _stop(self, message: str) -> None:
        if self._session.fatal is None:
            self._session.fatal = message
            logger.error("%s", message)
            engine = self._crawler.engine
            assert engine is not None
            self._stopping = asyncio.ensure_future(engine.close_spider_async(reason="failed"))
