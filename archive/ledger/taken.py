"""Captures that other tools made, taken into the ledger beside those of the crawler."""

from __future__ import annotations

from archive.ledger import rows
from archive.ledger.captures import add_capture
from archive.ledger.connection import utc_now
from archive.ledger.frontier import Frontier
from archive.ledger.records import Attempt, Found
from archive.models import Capture, Outcome


class Taken(Frontier):
    """The captures that were taken in."""

    def holds(self, url: str, fetched_at: str) -> bool:
        """Whether a capture of this URL of this moment is held; moments count to the second, as archives do."""
        found = self._db.execute(
            "SELECT 1 FROM captures WHERE url = ? AND substr(fetched_at, 1, 19) = ?", (url, fetched_at[:19])
        ).fetchone()
        return found is not None

    def shows(self, page: str, picture: str) -> None:
        """Records that a page shows a picture, which is read together with it."""
        with self.transaction():
            self._db.execute(rows.SHOW, (page, picture))

    def take_in(self, run: int, found: Found, capture: Capture, size: int) -> None:
        """Records one answer of `size` bytes that another tool received; its bytes must be on disk.

        A URL that the crawler knows keeps its row, its outcome and what the next visit will ask by: what came later
        than the answer of another tool is not undone by it.
        """
        with self.transaction():
            new = self.url(found.url) is None
            if new:
                self._add(run, found, utc_now())
            url = self.url(found.url)
            assert url is not None
            taken = Attempt(url, capture.fetched_at, 0.0, Outcome.OK, capture.status, bytes=size, capture=capture)
            number, capture_id = url.attempts + 1, add_capture(self._db, taken)
            tried = (run, url.id, number, taken.started_at, taken.seconds, taken.status, taken.outcome)
            self._db.execute(rows.INSERT_FETCH, (*tried, None, found.detail, size, True, capture_id, None))
            if new:
                end = (Outcome.OK, None, found.detail, utc_now(), run, number, None)
                self._db.execute(rows.FINISH_URL, (*end, None, None, capture_id, False, url.id))
