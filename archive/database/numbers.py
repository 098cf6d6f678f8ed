"""The numbers by which versions and sections are known inside an archive: those of the archive before, where there is
one, and the next ones for what was not in it.

So they stay from night to night, whether an archive is built upon the last one or in full, and both are the same. They
leave no gaps but those of what has gone, which keeps the search index small. Their order means nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

BEFORE = "before"


def attach(connection: sqlite3.Connection, archive: Path) -> None:
    """Opens the archive before under the name BEFORE, for reading only, outside a transaction."""
    connection.execute(f"attach ? as {BEFORE}", (f"{archive.resolve().as_uri()}?mode=ro&immutable=1",))


class Numbers:
    """Deals out the numbers of versions and sections; call in the order of reports."""

    def __init__(self, connection: sqlite3.Connection, *, beside: bool) -> None:
        """`beside` an archive before, which is attached."""
        self._versions = _Column(connection, "versions", "version_id", "version_no", beside)
        self._sections = _Column(connection, "sections", "section_id", "docid", beside)

    def versions(self, report: str, ids: Iterable[str]) -> dict[str, int]:
        """The numbers of the versions of a report."""
        return self._versions.of(report, ids)

    def sections(self, report: str, ids: Iterable[str]) -> dict[str, int]:
        """The numbers of the sections of a report."""
        return self._sections.of(report, ids)


class _Column:
    """One column of numbers."""

    def __init__(self, connection: sqlite3.Connection, table: str, key: str, number: str, beside: bool) -> None:
        self._connection = connection
        self._known = f"select {key}, {number} from {BEFORE}.{table} where report_id = ?" if beside else None
        query = f"select coalesce(max({number}), 0) from {BEFORE}.{table}"
        self._last: int = connection.execute(query).fetchone()[0] if beside else 0

    def of(self, report: str, ids: Iterable[str]) -> dict[str, int]:
        known: dict[str, int] = dict(self._connection.execute(self._known, (report,))) if self._known else {}
        found = {}
        for id in ids:
            if id not in known:
                self._last += 1
                known[id] = self._last
            found[id] = known[id]
        return found
