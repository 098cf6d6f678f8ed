"""What a run says while it goes: one line that is written over on a terminal, a plain line now and then otherwise."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from typing import TYPE_CHECKING, Self, cast

from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.logformatter import LogFormatter

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.spiders.annual_reports import AnnualReportsSpider

ON_TERMINAL = 0.5
IN_A_LOG = 30.0


class TroublesOnly(LogFormatter):
    """Scrapy's log without the pages that came and what was read in them: they are in the ledger."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> None:  # type: ignore[override]
        """Says nothing."""

    def scraped(self, item: object, response: Response | Failure | None, spider: Spider) -> None:  # type: ignore[override]
        """Says nothing."""


class Progress:
    """Writes pages fetched, report entries found and open URLs to standard error; GONGKAI_QUIET keeps it still."""

    def __init__(self, crawler: Crawler) -> None:
        if crawler.settings.getbool("GONGKAI_QUIET"):
            raise NotConfigured
        self._crawler = crawler
        self._terminal = sys.stderr.isatty()
        self._started = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None
        crawler.signals.connect(self._opened, signals.spider_opened)
        crawler.signals.connect(self._closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _opened(self) -> None:
        self._again()

    def _again(self) -> None:
        wait = ON_TERMINAL if self._terminal else IN_A_LOG
        self._timer = asyncio.get_running_loop().call_later(wait, self._tick)

    def _tick(self) -> None:
        self._write(self._line())
        self._again()

    def _closed(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._terminal:
            self._write("")

    def _line(self) -> str:
        spider = cast("AnnualReportsSpider", self._crawler.spider)
        hosts = spider.session.ledger.open_hosts(spider.session.portals)
        seconds = time.monotonic() - self._started
        return (
            f"{spider.pages} pages, {spider.entries} report entries, {sum(hosts.values())} open at {len(hosts)} hosts, "
            f"{seconds // 60:.0f}:{seconds % 60:02.0f}"
        )

    def _write(self, line: str) -> None:
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r\x1b[K{line[:width]}")
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
