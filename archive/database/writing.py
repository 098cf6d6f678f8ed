"""The rows of reports into the tables of an archive, each report in its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from archive.database.dictionaries import Row
from archive.database.places import ROOM, Laid, Places
from archive.database.report_rows import BY_VERSION, Taken, Taker
from archive.database.schema import load_schema
from archive.database.statements import insert, insert_statement
from archive.holdings import Report

REPORTS_AT_ONCE = 100


Progress = Callable[[int, int], None]
"""Is told how many reports are done, and how many there are."""


def write_reports(
    connection: sqlite3.Connection, taker: Taker, reports: Sequence[Report], places: Laid | Places, progress: Progress
) -> None:
    """Takes reports apart, which come in order, and writes their rows, some at a time; raises UnsoundReport, and NoRoom
    where one does not fit."""
    batch = _Batch()
    for done, report in enumerate(reports, 1):
        taken = taker.take(report)
        batch.put(taken, places.place(report.id, taken.places()))
        if done % REPORTS_AT_ONCE == 0 or done == len(reports):
            batch.write(connection)
            batch = _Batch()
            progress(done, len(reports))


class _Batch:
    """The rows of some reports."""

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[object, ...]]] = {}
        self._check_items: list[Row] = []

    def put(self, taken: Taken, place: int) -> None:
        """Takes the rows of one report, which is to stand at a place."""
        for table, rows in taken.rows.items():
            values_of, key_of = _readers(table)
            ordered = enumerate(sorted(rows, key=key_of), ROOM * place)
            self._rows.setdefault(table, []).extend((number, *values_of(row)) for number, row in ordered)
        for table in BY_VERSION:
            self._rows.setdefault(table, []).extend(getattr(taken, table))
        self._check_items += taken.check_items

    def write(self, connection: sqlite3.Connection) -> None:
        """Writes them."""
        for table, rows in self._rows.items():
            seven = f"insert into {table} values (?, ?, ?, ?, ?, ?, ?)"
            connection.executemany(seven if table in BY_VERSION else insert_statement(table), rows)
        # The same words may stand in several reports.
        insert(connection, "check_items", self._check_items, "or ignore")


@cache
def _readers(table: str) -> tuple[Callable[[Row], tuple[object, ...]], Callable[[Row], Any]]:
    """What gives the values of a row in the order of the columns, and its key."""
    described = load_schema()[table]
    return itemgetter(*described.column_names()), itemgetter(*described.primary_key)
