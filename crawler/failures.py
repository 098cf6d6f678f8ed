"""What an attempt came to that brought no answer: an exception of the downloader, named as an outcome. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from OpenSSL.SSL import Error as TlsError
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    UnsupportedURLSchemeError,
)
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionLost
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from archive.models import Outcome
from crawler.guard import BadUrl
from crawler.items import Decision


def read_failure(error: BaseException, refused: str | None = None) -> Decision:
    """The outcome of an attempt that ended in `error`; `reason` is a stable code, `evidence` what was said.

    `refused` is what the resolver said when it refused the name, which the error itself does not tell.
    """
    chain = list(_chain(error))
    evidence = "; ".join(dict.fromkeys(f"{type(one).__name__}: {one}"[:300] for one in chain))[:1000]

    def seen(*kinds: type[BaseException]) -> bool:
        return any(isinstance(one, kinds) for one in chain)

    if bad := next((one for one in chain if isinstance(one, BadUrl)), None):
        return Decision(Outcome.EXCLUDED, bad.reason, evidence)
    if refused is not None and seen(CannotResolveHostError):
        return Decision(Outcome.EXCLUDED, "private_address", refused)
    if seen(DownloadCancelledError):
        # The only thing that cancels a download here is DOWNLOAD_MAXSIZE.
        return Decision(Outcome.TOO_LARGE, "download_maxsize", evidence)
    if seen(TlsError, VerificationError):
        return Decision(Outcome.TLS_ERROR, "tls", evidence)
    if seen(UnsupportedURLSchemeError):
        return Decision(Outcome.EXCLUDED, "scheme", evidence)
    for kinds, reason in _UNREACHABLE:
        if seen(*kinds):
            return Decision(Outcome.UNREACHABLE, reason, evidence, transient=True)
    return Decision(Outcome.UNREACHABLE, "network_error", evidence, transient=True)


_UNREACHABLE: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((CannotResolveHostError,), "name_not_resolved"),
    ((DownloadTimeoutError,), "timeout"),
    ((DownloadConnectionRefusedError,), "refused"),
    ((TunnelError,), "proxy"),
    ((ConnectionLost,), "connection_lost"),
    ((ConnectError,), "no_connection"),
    ((ResponseFailed,), "broken_answer"),
)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what caused it, and what Twisted wraps in it."""
    waiting, seen = [error], set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [cause for cause in (one.__cause__, one.__context__) if cause is not None]
        reasons = getattr(one, "reasons", ())
        if isinstance(reasons, (list, tuple)):
            waiting += [reason.value for reason in reasons if isinstance(reason, Failure) and reason.value is not None]
