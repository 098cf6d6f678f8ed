"""An archive made from the one before: a copy of the file, in which only that is changed which is not as it was.

What comes out has the rows that a full build gives, in the same order and with the same numbers, search included.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from archive.checks.comparison import Memory
from archive.database import search_index, whole_tables
from archive.database.copied_rows import TABLES as COPIED
from archive.database.dictionaries import named_checks
from archive.database.numbers import BEFORE, Numbers, attach
from archive.database.places import ROOM, Places
from archive.database.report_rows import BY_REPORT, BY_VERSION, Counts, Taker
from archive.database.writing import Progress, write_reports
from archive.holdings import Holdings

OUTGROWN = 0.1
"""What the planner of SQLite knows is renewed where the number of reports is off by more than this share."""


@dataclass(frozen=True, slots=True)
class Base:
    """A finished archive to build upon: `kept` are the reports that are in it as they are to be.

    `memory` is what is remembered of its sections; without it all sections are compared anew.
    """

    archive: Path
    kept: frozenset[str]
    memory: Memory | None = None


def change(connection: sqlite3.Connection, holdings: Holdings, base: Base, progress: Progress) -> dict[str, int]:
    """Brings a copy of the archive of `base` up to date with the holdings, and returns the counts of `build_info`.

    Left are the rows of the texts beside one another, as they were. To be ended by `settle`, after a commit. Raises
    NoRoom where rows do not fit between those of other reports.
    """
    attach(connection, base.archive)
    connection.execute("begin")
    rows = connection.execute("select report_id, rowid from reports order by report_id")
    held = {report: row // ROOM for report, row in rows}
    touched = [holdings.reports[place] for place, id in enumerate(holdings.reports.ids) if id not in base.kept]
    left = [report for report in held if report not in base.kept]
    new = [report.id for report in touched if report.id not in held]
    places = Places(held, new, lambda end: _first_free(connection, end))
    docids = _docids(connection, BEFORE, left)
    taker = Taker(holdings, Numbers(connection, beside=True), _counts(connection) - _delete(connection, held, left))
    write_reports(connection, taker, touched, places, progress)
    docids |= _docids(connection, "main", [report.id for report in touched])
    _drop_check_items(connection)
    search_index.change(connection, docids)
    counts = whole_tables.change(connection, holdings)
    connection.execute("delete from build_info")
    if base.memory is None:
        for table in COPIED:
            connection.execute(f"delete from {table}")
    return counts | asdict(taker.counts) | {"reports": len(holdings.reports)}


def settle(connection: sqlite3.Connection) -> None:
    """Lets the planner of SQLite know the archive again, if it knows one that was far smaller or larger."""
    known = connection.execute("select stat from sqlite_stat1 where tbl = 'reports'").fetchone()
    (reports,) = connection.execute("select reports from build_info").fetchone()
    if known is None or abs(reports - int(known[0].split()[0])) > OUTGROWN * reports:
        connection.execute("analyze main")


def _first_free(connection: sqlite3.Connection, end: int | None) -> int:
    """The first place behind all rows that stand before a place (None: behind all rows)."""
    last = 0
    for table in (*BY_REPORT, *COPIED):
        rows = connection.execute(
            f'select max(rowid) from "{table}" where rowid < ?', (2**62 if end is None else ROOM * end,)
        )
        last = max(last, rows.fetchone()[0] or 0)
    return last // ROOM + 1


def _docids(connection: sqlite3.Connection, schema: str, reports: Sequence[str]) -> set[int]:
    query = f"select docid from {schema}.sections where report_id = ?"
    return {docid for report in reports for (docid,) in connection.execute(query, (report,))}


def _counts(connection: sqlite3.Connection) -> Counts:
    return Counts(*connection.execute("select versions, sections, cells, findings from build_info").fetchone())


def _delete(connection: sqlite3.Connection, held: Mapping[str, int], reports: Sequence[str]) -> Counts:
    """Deletes all rows of some reports, but for what is said of them beside others; returns what they counted."""
    ends = {report: end for report, (_, end) in zip(held, pairwise([*held.values(), 2**57]), strict=True)}
    rows = [(ROOM * held[report], ROOM * ends[report]) for report in reports]
    versions = [
        one
        for report in reports
        for one in connection.execute(f"select version_no from {BEFORE}.versions where report_id = ?", (report,))
    ]
    cells = f"select cells_total from {BEFORE}.reports where report_id = ?"
    counted = sum(number for report in reports for (number,) in connection.execute(cells, (report,)))
    by_row, by_version = "rowid >= ? and rowid < ?", "version_no = ?"
    deleted = {
        table: max(connection.executemany(f'delete from "{table}" where {where}', which).rowcount, 0)
        for tables, where, which in ((BY_REPORT, by_row, rows), (BY_VERSION, by_version, versions))
        for table in tables
    }
    return Counts(deleted["versions"], deleted["sections"], counted, deleted["checks"])


def _drop_check_items(connection: sqlite3.Connection) -> None:
    """Drops the applications of rules whose number is made of their words, as far as no check is one of them."""
    connection.execute(
        "delete from check_items where check_no > ? and not exists (select 1 from statuses s cross join checks c"
        " where c.status = s.code and c.check_no = check_items.check_no)",
        (len(named_checks()),),
    )
