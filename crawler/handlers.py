"""The door to the network: Scrapy's own handler, which asks once where it is told to ask once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from crawler.tls import RelaxedPolicy

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archive.models import TlsRelaxation


class PoliteHandler(HTTP11DownloadHandler):
    """Never sends a request again by itself.

    Twisted repeats a GET at once when a kept connection breaks: a second request without the delay, which neither the
    ledger nor the count of attempts knows of. What failed is tried again by the scheduler, when the host's turn comes.

    Requests whose `meta["tls"]` names relaxations go through connections of their own, which no other request uses.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False
        self._relaxed: dict[tuple[TlsRelaxation, ...], PoliteHandler] = {}

    async def download_request(self, request: Request) -> Response:
        """The answer to a request."""
        tls: tuple[TlsRelaxation, ...] = request.meta.get("tls", ())
        if not tls or isinstance(self._contextFactory, RelaxedPolicy):
            return await super().download_request(request)
        if tls not in self._relaxed:
            handler = PoliteHandler(self._crawler)
            handler._contextFactory = RelaxedPolicy(tls)  # type: ignore[assignment]  # zope interfaces have no types
            self._relaxed[tls] = handler
        return await self._relaxed[tls].download_request(request)

    async def close(self) -> None:
        """Closes all kept connections."""
        for handler in self._relaxed.values():
            await handler.close()
        await super().close()
