"""The door to the network: Scrapy's own handler, which asks once where it is told to ask once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class PoliteHandler(HTTP11DownloadHandler):
    """Never sends a request again by itself.

    Twisted repeats a GET at once when a kept connection breaks: a second request without the delay, which neither the
    ledger nor the count of attempts knows of. What failed is tried again by the scheduler, when the host's turn comes.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False
