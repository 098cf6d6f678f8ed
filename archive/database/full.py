"""An archive made from nothing: the tables empty, filled in one pass with memory flat, and indexed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

import sqlite_utils

from archive.database import dictionaries, search_index, whole_tables
from archive.database.dictionaries import Row
from archive.database.numbers import Numbers, attach
from archive.database.places import Laid
from archive.database.report_rows import Taker
from archive.database.schema import create_indexes, create_tables
from archive.database.statements import insert
from archive.database.writing import Progress, write_reports
from archive.holdings import Holdings

DICTIONARIES: Mapping[str, Callable[[], Iterable[Row]]] = {
    "states": dictionaries.state_rows,
    "statuses": dictionaries.status_rows,
    "items": dictionaries.item_rows,
    "rules": dictionaries.rule_rows,
    "reasons": dictionaries.reason_rows,
    "claims": dictionaries.claim_rows,
    "measure_names": dictionaries.measure_rows,
    "check_items": lambda: map(dictionaries.check_row, dictionaries.named_checks()),
}
"""Tables that follow from the code and its rules alone."""


def fill(
    connection: sqlite3.Connection, holdings: Holdings, numbers: Path | None, progress: Progress
) -> dict[str, int]:
    """Fills an empty file with what is said of each report and of the whole; returns the counts of `build_info`.

    Versions and sections have the `numbers` that they have in an archive before, as far as they are in it. To be
    ended by `settle`, after a commit.
    """
    if numbers is not None:
        attach(connection, numbers)
    create_tables(sqlite_utils.Database(connection))
    search_index.prepare(connection)
    connection.execute("begin")
    for table, rows in DICTIONARIES.items():
        insert(connection, table, rows())
    counts = whole_tables.fill(connection, holdings)
    taker = Taker(holdings, Numbers(connection, beside=numbers is not None))
    # By id, so that rows stand in the order of their key and a tie in any sorted page falls as Datasette expects it.
    write_reports(connection, taker, holdings.reports, Laid(), progress)
    search_index.fill(connection)
    return counts | asdict(taker.counts) | {"reports": len(holdings.reports)}


def settle(connection: sqlite3.Connection) -> None:
    """Makes the indexes of a file that is filled."""
    create_indexes(sqlite_utils.Database(connection))
    search_index.optimize(connection)
    connection.execute("analyze main")
