"""The tables that say something of no single report: written as a whole, or brought up to date row by row.

Their rows come in the order of their key and stand so, with row numbers far apart that nobody sees.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter

from archive.database import holdings_rows
from archive.database.dictionaries import Row
from archive.database.places import NoRoom, spread
from archive.database.schema import load_schema
from archive.database.statements import insert_statement
from archive.holdings import Holdings

APART = 1024
"""Row numbers between two rows that are laid out anew."""

Rows = Callable[[Holdings], Iterator[Row]]
Values = tuple[object, ...]
WHOLE: Mapping[str, Rows] = {
    "divisions": holdings_rows.division_rows,
    "portals": holdings_rows.portal_rows,
    "agencies": holdings_rows.agency_rows,
    "agency_aliases": holdings_rows.alias_rows,
    "captures": holdings_rows.capture_rows,
    "unplaced": holdings_rows.unplaced_rows,
    "outcomes": holdings_rows.outcome_rows,
    "coverage": holdings_rows.coverage_rows,
    "portal_nights": holdings_rows.night_rows,
}


def fill(connection: sqlite3.Connection, holdings: Holdings) -> dict[str, int]:
    """Fills all of these tables, which are empty; returns the number of rows of each."""
    return {table: _lay_out(connection, table, _values(table, holdings)) for table in WHOLE}


def change(connection: sqlite3.Connection, holdings: Holdings) -> dict[str, int]:
    """Brings all of these tables up to date; returns the number of rows of each. Rows that stay are not touched."""
    counts = {}
    for table in WHOLE:
        changes = _Changes(table)
        try:
            counts[table] = changes.find(connection, _values(table, holdings))
        except NoRoom:
            connection.execute(f'delete from "{table}"')
            counts[table] = _lay_out(connection, table, _values(table, holdings))
        else:
            changes.make(connection)
    return counts


def _values(table: str, holdings: Holdings) -> Iterator[Values]:
    """The rows of a table; raises ValueError where they are not in the order of its key."""
    key, before = _key(table), None
    read = itemgetter(*load_schema()[table].column_names())
    for row in WHOLE[table](holdings):
        values: Values = read(row)
        now = key(values)
        if before is not None and not before < now:
            raise ValueError(f"{table}: the row with the key {now} does not come behind {before}")
        before = now
        yield values


def _key(table: str) -> Callable[[Values], tuple[str | int, ...]]:
    described = load_schema()[table]
    places = [described.column_names().index(name) for name in described.primary_key]
    return lambda values: tuple(values[place] for place in places)  # type: ignore[misc]


def _lay_out(connection: sqlite3.Connection, table: str, rows: Iterable[Values]) -> int:
    numbered = ((APART * number, *values) for number, values in enumerate(rows, 1))
    return max(connection.executemany(insert_statement(table), numbered).rowcount, 0)


class _Changes:
    """What has to be done to a table so that it has other rows."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._gone: list[tuple[int]] = []
        self._come: list[Values] = []

    def find(self, connection: sqlite3.Connection, rows: Iterable[Values]) -> int:
        """Holds the rows that are to be against those that are, both in the order of the key; returns how many there
        are to be. Raises NoRoom where rows cannot come in between."""
        names = ", ".join(f'"{name}"' for name in load_schema()[self._table].column_names())
        held = connection.execute(f'select rowid, {names} from "{self._table}" order by rowid')
        key, count, last = _key(self._table), 0, 0
        waiting: list[Values] = []
        there = held.fetchone()
        for values in rows:
            count += 1
            at = key(values)
            while there is not None and key(there[1:]) < at:
                self._gone.append((there[0],))
                there = held.fetchone()
            if there is None or key(there[1:]) != at:
                waiting.append(values)
                continue
            if there[1:] != values:
                self._gone.append((there[0],))
                self._come.append((there[0], *values))
            self._put(waiting, last, there[0])
            last, waiting, there = there[0], [], held.fetchone()
        self._gone += [(row,) for row, *_ in ([there, *held] if there is not None else [])]
        self._put(waiting, last, last + APART * (len(waiting) + 1))
        return count

    def _put(self, rows: list[Values], last: int, end: int) -> None:
        self._come += [(number, *values) for number, values in zip(spread(last, end, len(rows)), rows, strict=True)]

    def make(self, connection: sqlite3.Connection) -> None:
        """Makes the changes: first what goes, as what comes may have its key or its number."""
        connection.executemany(f'delete from "{self._table}" where rowid = ?', self._gone)
        connection.executemany(insert_statement(self._table), self._come)
