"""The results of a parser version, one by one, for whoever looks at a report long after the ledger was gone through."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from archive.ledger.records import LedgerError


class Results:
    """Gives the JSON of the report in a capture by its number; opens the file at `path` when it is first asked.

    Raises LedgerError where this parser version found no report in that capture, and sqlite3 errors.
    """

    def __init__(self, path: Path, parser_version: str) -> None:
        self._path = path
        self._parser_version = parser_version
        self._db: sqlite3.Connection | None = None

    def __call__(self, capture: int) -> bytes:
        """The JSON text."""
        if self._db is None:
            uri = f"{self._path.resolve().as_uri()}?mode=ro"
            self._db = sqlite3.connect(uri, uri=True, timeout=30, check_same_thread=False)
        query = "SELECT result FROM parses WHERE capture = ? AND parser_version = ?"
        row = self._db.execute(query, (capture, self._parser_version)).fetchone()
        if row is None or row[0] is None:
            raise LedgerError(f"parser {self._parser_version} found no report in capture {capture} of the ledger")
        return str(row[0]).encode()
