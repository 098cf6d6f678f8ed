"""The attempts at URLs, each recorded in one transaction with all that it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator

from archive.ledger import rows
from archive.ledger.captures import add_capture
from archive.ledger.connection import utc_now
from archive.ledger.frontier import REDIRECT, Frontier
from archive.ledger.records import FAILURES, Attempt, Fetch, FrontierUrl
from archive.models import Outcome

_LONGEST_CHAIN = 10
_GONE = frozenset({Outcome.NOT_FOUND, Outcome.SOFT_404})


class Attempts(Frontier):
    """The attempts at the URLs of a frontier."""

    def record(self, run: int, attempt: Attempt) -> int:
        """Records one attempt in one transaction and returns how many URLs it opened; its bytes must be on disk."""
        with self.transaction():
            capture = add_capture(self._db, attempt) if attempt.capture else None
            number = attempt.url.attempts + 1
            named = self._named(run, attempt.url) if attempt.outcome in _GONE else None
            tried = (run, attempt.url.id, number, attempt.started_at, attempt.seconds, attempt.status, attempt.outcome)
            left = (attempt.reason, attempt.evidence, attempt.bytes, attempt.final, capture, named)
            self._db.execute(rows.INSERT_FETCH, (*tried, *left))
            if attempt.final:
                # A 304 or a failure says nothing about the last capture, so that one stays the URL's capture.
                end = (attempt.outcome, attempt.reason, attempt.evidence, utc_now(), run, number, attempt.redirect_to)
                held = (attempt.etag, attempt.last_modified, capture)
                failed = attempt.outcome in FAILURES
                self._db.execute(rows.FINISH_URL, (*end, *held, failed, attempt.url.id))
            else:
                self._db.execute(
                    "UPDATE urls SET attempts = ?, next_try_at = ? WHERE id = ?",
                    (number, attempt.next_try_at, attempt.url.id),
                )
            answered = attempt.status is not None
            self._db.execute(
                rows.CHARGE_HOST,
                (attempt.url.host, attempt.bytes, attempt.seconds, int(attempt.blocked), attempt.blocked, answered),
            )
            return self.add(run, attempt.found)

    def _named(self, run: int, url: FrontierUrl) -> bool | None:
        """Whether a page named a URL in a run; None if the list that it stood on was not read in full in that run."""
        row = self._db.execute(rows.NAMED_BY, (url.url,)).fetchone() if url.method == "GET" else None
        for _ in range(_LONGEST_CHAIN):
            if row is None:
                return None
            if row["named_run"] == run:
                return True
            referrer = row["referrer"]
            above = self._db.execute(rows.NAMED_BY, (referrer,)).fetchone() if referrer else None
            if row["why"] != REDIRECT:
                break
            row = above
        else:
            return None
        if above is None or above["done_run"] != run:
            return None
        gone = above["outcome"] in _GONE
        read = above["outcome"] == Outcome.OK and above["reason"] != "partial"
        return False if gone or read else None

    def fetches(self, *, run: int | None = None, url: str | None = None) -> Iterator[Fetch]:
        """The attempts of a run (or of all) at a URL (or at all), in order: what each sighting of a page came to."""
        query, values = rows.where(rows.FETCHES, {"f.run = ?": run, "u.url = ?": url})
        for row in self._db.execute(query + " ORDER BY f.id", values):
            yield rows.fetch(row)

    def looks(self, url: str) -> list[tuple[str, bool]]:
        """Each time that a page or file at an address was seen to be there (True) or gone, in the order of time.

        Gone means that it answered so and that its list, read in the same run, did not name it any more.
        """
        return sorted((at, bool(there)) for at, there in self._db.execute(rows.LOOKS, (url,)))

    def tallies(self, since: int) -> dict[int, dict[str, dict[str, int]]]:
        """The finished requests of each run from number `since` on, by portal and outcome; not those to robots.txt."""
        runs: dict[int, dict[str, dict[str, int]]] = {}
        for run, portal, outcome, number in self._db.execute(rows.TALLIES, (since,)):
            runs.setdefault(run, {}).setdefault(portal, {})[outcome] = number
        return runs
