"""A ledger looked at while others write it: nothing is made, changed or locked, and nobody waits for whoever looks."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.ledger.connection import SCHEMA_VERSION, version_of
from archive.ledger.parses import Parses
from archive.ledger.records import FAILURES, LedgerError
from archive.ledger.runs import Runs

_LATEST = 20_000
"""Requests that a speed is taken from, at most: a night has hundreds of thousands."""

_BY_PORTAL = (
    "SELECT portal, sum(done) AS done, sum(failed) AS failed, sum(open) AS open FROM ("
    " SELECT u.portal, count(*) AS done, sum(f.outcome IN ({failures})) AS failed, 0 AS open FROM fetches f"
    " JOIN urls u ON u.id = f.url WHERE f.run = ? AND f.final AND u.role <> 'robots' GROUP BY u.portal UNION ALL"
    " SELECT portal, 0, 0, count(*) FROM urls WHERE state = 'open' AND role <> 'robots' GROUP BY portal)"
    " GROUP BY portal ORDER BY portal"
).format(failures=", ".join(f"'{one}'" for one in sorted(FAILURES)))

_FAILURES = (
    "SELECT outcome, ifnull(reason, '') AS reason, count(*) AS number FROM fetches WHERE run = ? AND final"
    f" AND outcome IN ({', '.join(repr(str(one)) for one in sorted(FAILURES))})"
    " GROUP BY 1, 2 ORDER BY number DESC, 1, 2"
)


@dataclass(frozen=True, slots=True)
class PortalNow:
    """How far a run is with a portal, in URLs without robots.txt: done, failed among these, and open."""

    portal: str
    done: int
    failed: int
    open: int


@dataclass(frozen=True, slots=True)
class Failed:
    """How many URLs of a run ended with a failure of one kind."""

    outcome: str
    reason: str
    number: int


def read_only(path: Path) -> str:
    """The address of a SQLite file for whoever only reads it.

    Where the directory cannot be written SQLite has no place for its shared memory; without a log it needs none.
    """
    log = path.with_name(f"{path.name}-wal")
    sealed = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    return f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if sealed else ''}"


class Watch(Runs, Parses):
    """A ledger to look at. Close it, or use it as a context manager, through `watch`."""

    def requests(self) -> int:
        """How many requests were ever recorded."""
        number: int = self._db.execute("SELECT ifnull(max(id), 0) FROM fetches").fetchone()[0]
        return number

    def open_urls(self) -> int:
        """How many URLs are still to be asked for."""
        number: int = self._db.execute("SELECT count(*) FROM urls WHERE state = 'open'").fetchone()[0]
        return number

    def requests_since(self, now: datetime, seconds: float) -> int:
        """How many requests of the latest run began in the last so many seconds."""
        since = (now - timedelta(seconds=seconds)).astimezone(UTC).isoformat(timespec="milliseconds")
        query = (
            "SELECT count(*) FROM (SELECT run, started_at FROM fetches ORDER BY id DESC LIMIT ?)"
            " WHERE started_at >= ? AND run = (SELECT max(id) FROM runs)"
        )
        number: int = self._db.execute(query, (_LATEST, since.replace("+00:00", "Z"))).fetchone()[0]
        return number

    def by_portal(self, run: int) -> list[PortalNow]:
        """How far a run is with each portal that it asked, or of which something is open."""
        return [PortalNow(*row) for row in self._db.execute(_BY_PORTAL, (run,))]

    def failures(self, run: int) -> list[Failed]:
        """The failures of a run by outcome and reason, the most frequent first."""
        return [Failed(*row) for row in self._db.execute(_FAILURES, (run,))]


@contextmanager
def watch(path: Path) -> Iterator[Watch]:
    """Looks at the ledger at `path`; raises LedgerError where there is none, or where it cannot be read."""
    if not path.is_file():
        raise LedgerError(f"{path} does not exist")
    try:
        with closing(sqlite3.connect(read_only(path), uri=True, isolation_level=None, timeout=5)) as connection:
            connection.row_factory = sqlite3.Row
            version = version_of(connection, path)
            if version == 0:
                raise LedgerError(f"{path} is empty: it is being made, or its crawl ended before it began")
            if version < SCHEMA_VERSION:
                # Who only looks changes nothing; and an older program may be at work with it.
                raise LedgerError(
                    f"{path} has schema {version}, of an older version; the next `gongkai crawl` or `gongkai parse` "
                    f"brings it to {SCHEMA_VERSION}"
                )
            yield Watch(connection)
    except sqlite3.DatabaseError as error:
        raise LedgerError(f"{path} cannot be read: {error}") from error
