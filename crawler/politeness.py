"""How long to wait, how often to try again, and when a host has had enough. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from archive.ledger import HostState

_ANSWERS_NEEDED = 3  # the first ones open the connection, and are answered the later for it
_SURE_SHARE = 0.9
_ON_THE_WAY = 0.05  # seconds; how much longer one request may be on its way than another


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits of a run. Delays are in seconds; a budget of 0 means none.

    `delay` is kept between two requests as their host sees them, and up to a share of `jitter` of it more. A failed URL
    is tried `attempts` times in all, after `retry_delay`, then twice that, and so on. `max_pause` bounds what a
    Retry-After can ask for within a run; a Crawl-delay above `max_crawl_delay` closes the host. `block_limit` block
    signals, or `failure_limit` failures that might have passed, in a row end a host for this round.
    """

    delay: float
    jitter: float
    attempts: int
    retry_delay: float
    max_pause: float
    max_crawl_delay: float
    block_limit: int
    failure_limit: int
    max_pages: int
    max_bytes: int
    max_seconds: float
    max_depth: int
    max_redirects: int
    recheck_days: float
    attachment_timeout: float

    def next_delay(self, crawl_delay: float, uniform: Callable[[float, float], float] = random.uniform) -> float:
        """The pause before the next request to a host: ours and up to a share of `jitter` more, or its Crawl-delay.

        Jitter only ever lengthens the pause: an operator who sets a delay may count on it.
        """
        return max(self.delay * (1 + uniform(0, self.jitter)), crawl_delay)

    def left_of_delay(self, since: float | None) -> float:
        """What is left of the delay so many seconds after another run ended; all of it where nobody knows when."""
        return self.delay if since is None or since < 0 else max(0.0, self.delay - since)

    def retry_in(self, attempts_made: int) -> float:
        """How long to wait after the `attempts_made`-th failed attempt."""
        return min(self.retry_delay * 2.0 ** (attempts_made - 1), self.max_pause)

    def pause_left(self, state: HostState, now: float) -> float:
        """How long a host is still to be left alone, in seconds; `now` is in seconds since 1970.

        A pause beyond the longest there is means that the clock was set back, and is none.
        """
        left = state.paused_until - now
        return left if 0 < left <= self.max_pause else 0.0

    def spent(self, state: HostState) -> str | None:
        """Which part of its budget a host has used up, in words, or None."""
        for used, limit, unit in (
            (state.pages, self.max_pages, "pages"),
            (state.bytes, self.max_bytes, "bytes"),
            (state.seconds, self.max_seconds, "seconds"),
        ):
            if limit and used >= limit:
                return f"{used:.0f} of {limit:.0f} {unit} used in this round"
        return None


def head_start(answers: int, quickest: float) -> float:
    """How long before its answer began a host surely had a request, in seconds.

    `quickest` is the shortest of the `answers` that it gave so far. A host that needs half a second for its quickest
    answer had the request nearly that long; one that read it late answers late, and no more is believed of it for that.
    """
    if answers < _ANSWERS_NEEDED:
        return 0.0
    return max(0.0, _SURE_SHARE * quickest - _ON_THE_WAY)


def retry_after(value: str | None, now: float) -> float | None:
    """The seconds that a Retry-After header asks for at `now` (seconds since 1970), as a number or as a date.

    None where there is no header, or one that says nothing (RFC 9110 §10.2.3); never negative.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value) if len(value) < 10 else 1e9
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # the latter for a zone of more figures than a number has
        return None
    if moment.tzinfo is None:  # `-0000`: in UTC, the zone unknown (RFC 5322 §3.3)
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - now)


def iso(moment: float) -> str:
    """An instant given in seconds since 1970, as ISO 8601 in UTC to the millisecond."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
