"""Who may crawl which shard, so that no two places ever do. Pure: the clock is the caller's.

One process, the crawl, gives leases; a place that crawls a shard asks for its own again and again. It says when it
asked, by its own clock, and an answer gives leave until so long after *that* moment, not after the one in which the
answer came. The crawl counts the same time from the moment in which it heard the question, which is later. So when it
holds a lease for ended, the place has stopped: also one that Dask believes dead, that nobody can reach, or that was
asleep, however late any message was. The margin is for clocks that do not go at the same speed, and for what a crawl
still had on its way when it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """How long leave lasts, how often it is asked for, how much longer a lost place is waited for (seconds).

    `look` is how often each side looks at what there is to do.
    """

    lease: float = 60.0
    ask: float = 5.0
    margin: float = 15.0
    look: float = 1.0


@dataclass(frozen=True, slots=True)
class Held:
    """Who has leave for a shard, and until when at the latest."""

    holder: str
    until: float


class Leases:
    """The leases of one crawl; none is given before `after`, when those of an earlier crawl have ended."""

    def __init__(self, terms: Terms, after: float) -> None:
        self._terms = terms
        self._after = after
        self._held: dict[str, Held] = {}

    def holder(self, shard: str) -> str | None:
        """Who got the latest lease for a shard, ended or not; None where there was none, or where it was given back."""
        held = self._held.get(shard)
        return held.holder if held else None

    def is_free(self, shard: str, now: float) -> bool:
        """Whether nobody can be crawling a shard at this moment."""
        held = self._held.get(shard)
        return now >= self._after and (held is None or now >= held.until)

    def give(self, shard: str, holder: str, now: float) -> bool:
        """Gives or prolongs a lease on a question that was heard by `now`; False where somebody else may have one."""
        if self.holder(shard) != holder and not self.is_free(shard, now):
            return False
        self._held[shard] = Held(holder, now + self._terms.lease + self._terms.margin)
        return True

    def give_back(self, shard: str, holder: str) -> None:
        """Ends the lease of a holder that is known to have stopped; that of another stays."""
        if self.holder(shard) == holder:
            del self._held[shard]
