"""The index of the captures: which bytes were received for which URL, and where in the WARC files they are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator

from archive.ledger import rows
from archive.ledger.part import Part, last_id
from archive.ledger.records import Attempt, LedgerError
from archive.models import Capture, Outcome, Role


class Captures(Part):
    """The captures of a ledger."""

    def captures(
        self,
        *,
        roles: Collection[Role] | None = None,
        outcomes: Collection[Outcome] = (Outcome.OK,),
        portal: str | None = None,
        url: str | None = None,
        repeats: bool = False,
    ) -> Iterator[Capture]:
        """The captures in the order in which they were made: whole pages that were content, unless asked otherwise.

        `outcomes` empty means any (challenge pages and error pages too). `repeats` adds those that only repeat an
        earlier payload (WARC `revisit` records, unchanged pages).
        """
        query, values = rows.where(
            "SELECT * FROM captures",
            {
                rows.IN_JSON.format("role"): None if roles is None else json.dumps(sorted(roles)),
                rows.IN_JSON.format("outcome"): json.dumps(sorted(outcomes)) if outcomes else None,
                "portal = ?": portal,
                "url = ?": url,
            },
        )
        if not repeats:
            query += (" AND" if values else " WHERE") + " refers_to IS NULL"
        for row in self._db.execute(query + " ORDER BY id", values):
            yield rows.capture(row)

    def last_capture(self, url: str) -> Capture | None:
        """The latest capture of a URL that holds a payload, if there is one."""
        row = self._db.execute(
            "SELECT * FROM captures WHERE url = ? AND refers_to IS NULL AND outcome = 'ok'"
            " ORDER BY fetched_at DESC, id DESC LIMIT 1",
            (url,),
        ).fetchone()
        return rows.capture(row) if row else None

    def captured_portals(self) -> list[str]:
        """The portals of which anything was captured, sorted."""
        found = self._db.execute("SELECT DISTINCT portal FROM captures WHERE portal IS NOT NULL ORDER BY portal")
        return [portal for (portal,) in found]

    def posted(self) -> frozenset[tuple[str, int]]:
        """WARC file and offset of each capture that answers a request with a body: its URL alone does not name it."""
        return frozenset(
            (row["warc"], row["offset"])
            for row in self._db.execute(
                "SELECT c.warc, c.offset FROM fetches f JOIN urls u ON u.id = f.url JOIN captures c ON c.id = f.capture"
                " WHERE u.method <> 'GET'"
            )
        )

    def committed_ends(self) -> dict[str, int]:
        """For each WARC file the offset at which the last recorded capture ends: what lies behind it is a torn tail."""
        return dict(self._db.execute("SELECT warc, max(offset + length) FROM captures GROUP BY warc").fetchall())


def add_capture(connection: sqlite3.Connection, attempt: Attempt) -> int:
    capture = attempt.capture
    assert capture is not None
    refers_to = capture_id(connection, attempt.refers_to) if attempt.refers_to else None
    cursor = connection.execute(
        rows.INSERT_CAPTURE,
        (
            *(capture.sha256, capture.url, capture.warc, capture.offset, capture.length, capture.fetched_at),
            *(capture.status, attempt.outcome, capture.media_type, capture.charset, attempt.url.role),
            *(attempt.url.portal, attempt.url.referrer, attempt.url.title_hint, attempt.url.date_hint),
            *(attempt.url.agency_hint, capture.truncated, capture.problem, refers_to),
        ),
    )
    return last_id(cursor)


def capture_id(connection: sqlite3.Connection, capture: Capture) -> int:
    row = connection.execute(
        "SELECT id FROM captures WHERE warc = ? AND offset = ?", (capture.warc, capture.offset)
    ).fetchone()
    if row is None:
        raise LedgerError(
            f"the capture of {capture.url} ({capture.warc}, offset {capture.offset}) is not in the ledger"
        )
    return int(row[0])
