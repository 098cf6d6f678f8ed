"""What every part of the ledger is: statements over one open connection."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager

from archive.ledger.connection import transaction


class Part:
    """A part of the ledger over an open connection, which all parts of one ledger share."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def transaction(self) -> AbstractContextManager[None]:
        """A write transaction over several reads and writes of this ledger; does not nest."""
        return transaction(self._db)


def last_id(cursor: sqlite3.Cursor) -> int:
    """The number of the row that a statement has just inserted."""
    assert cursor.lastrowid is not None
    return cursor.lastrowid
