"""The search index of an archive: filled with the texts of all sections, or changed where they are not as they were.

It keeps no text, so that to take one out it must be told which it was: that still stands in the archive before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from archive.database.numbers import BEFORE
from archive.database.schema import FTS_TABLE
from archive.search import index_text

MEMORY = 64 * 1024 * 1024
"""Of the index that FTS5 gathers before it writes: the more, the fewer and larger are the pieces to merge."""
_PUT = f"insert into {FTS_TABLE} (rowid, text) values (?, ?)"
_TAKE = f"insert into {FTS_TABLE} ({FTS_TABLE}, rowid, text) values ('delete', ?, ?)"


def prepare(connection: sqlite3.Connection) -> None:
    """Makes an empty index ready to be filled."""
    connection.execute(f"insert into {FTS_TABLE} ({FTS_TABLE}, rank) values ('hashsize', ?)", (MEMORY,))


def fill(connection: sqlite3.Connection) -> None:
    """Puts the texts of all sections in, by their numbers: FTS5 starts another piece wherever these go down."""
    texts = connection.execute("select docid, text from sections order by docid")
    connection.executemany(_PUT, ((docid, index_text(text)) for docid, text in texts))


def change(connection: sqlite3.Connection, docids: Iterable[int]) -> None:
    """Brings the index up to date with the sections of these numbers, which came, went or changed."""
    for docid in sorted(docids):
        then, now = (
            connection.execute(f"select text from {schema}.sections where docid = ?", (docid,)).fetchone()
            for schema in (BEFORE, "main")
        )
        if then == now:
            continue
        if then is not None:
            connection.execute(_TAKE, (docid, index_text(then[0])))
        if now is not None:
            connection.execute(_PUT, (docid, index_text(now[0])))


def optimize(connection: sqlite3.Connection) -> None:
    """Merges the pieces of the index into one."""
    connection.execute(f"insert into {FTS_TABLE} ({FTS_TABLE}) values ('optimize')")
