"""Holdings to archive.db: the tables made empty, filled in one pass with memory flat, and indexed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile

import sqlite_utils

from archive.database import dictionaries, holdings_rows
from archive.database.analysis_rows import Analyst, text_change_rows
from archive.database.carried import Base, Carrier, Counts, Stretch, attach
from archive.database.copied_rows import write_copied
from archive.database.dictionaries import Row
from archive.database.passages import save, slots_file
from archive.database.report_rows import Batch, Taker
from archive.database.schema import FTS_TABLE, create_indexes, create_tables, load_schema
from archive.holdings import Holdings

REPORTS_PER_BATCH = 100
SEARCH_MEMORY = 64 * 1024 * 1024  # of the index that FTS5 gathers before it writes; fewer, larger pieces to merge

Progress = Callable[[int, int], None]


def build_database(
    path: Path,
    holdings: Holdings,
    *,
    built_at: str,
    generation: int = 1,
    base: Base | None = None,
    remember: Path | None = None,
    progress: Progress | None = None,
) -> Mapping[str, int]:
    """Writes archive.db with everything that is held, and returns the counts of `build_info`.

    `path` must not exist. `built_at` is ISO 8601 in UTC. `progress` is told (reports done, reports in all). The same
    holdings give the same rows on any machine, whether rows are taken over from a `base` or not. What is to
    be remembered of the texts for the next archive goes to the directory `remember`, if given. Raises FileExistsError,
    UnsoundReport for a report that breaks its contract, and sqlite3 errors; what was written so far is
    then left for the caller to look at and remove. The file is neither checked (see archive.generations) nor forced to
    the disk.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists; an archive is built into a new file")
    # As a URI, so that the archive before can be opened beside it for reading only.
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rwc", uri=True, isolation_level=None)
    try:
        # A file that nobody reads before it is whole needs no journal. Foreign keys are checked in one go at the end,
        # by the verification of a generation: a parent may stand behind its child.
        for pragma in ("page_size = 8192", "journal_mode = off", "synchronous = off", "foreign_keys = off"):
            connection.execute(f"pragma {pragma}")
        db = sqlite_utils.Database(connection)
        create_tables(db)
        connection.execute(f"insert into {FTS_TABLE} ({FTS_TABLE}, rank) values ('hashsize', ?)", (SEARCH_MEMORY,))
        carrier = None if base is None else attach(connection, base)
        connection.execute("begin")
        counts = _fill(connection, holdings, progress or _silent, carrier)
        _compare_sections(connection, base, remember)
        info = {
            "generation": generation,
            "built_at": built_at,
            "schema_version": load_schema().version,
            "parser_version": holdings.parser_version,
        }
        _insert(connection, "build_info", [info | counts])
        connection.execute("commit")
        if carrier is not None:
            carrier.detach()
        create_indexes(db)
        connection.execute(f"insert into {FTS_TABLE} ({FTS_TABLE}) values ('optimize')")
        connection.execute("analyze")
    finally:
        connection.close()
    return counts


def _silent(done: int, total: int) -> None:
    """Tells nobody."""


def _fill(
    connection: sqlite3.Connection, holdings: Holdings, progress: Progress, carrier: Carrier | None
) -> dict[str, int]:
    for table, rows in (
        ("divisions", holdings_rows.division_rows(holdings)),
        ("states", dictionaries.state_rows()),
        ("statuses", dictionaries.status_rows()),
        ("items", dictionaries.item_rows()),
        ("rules", dictionaries.rule_rows()),
        ("reasons", dictionaries.reason_rows()),
        ("claims", dictionaries.claim_rows()),
        ("measure_names", dictionaries.measure_rows()),
        ("check_items", map(dictionaries.check_row, dictionaries.named_checks())),
    ):
        _insert(connection, table, rows)
    counts = {
        "portals": _insert(connection, "portals", holdings_rows.portal_rows(holdings)),
        "agencies": _insert(connection, "agencies", holdings_rows.agency_rows(holdings)),
        "captures": _insert(connection, "captures", holdings_rows.capture_rows(holdings)),
        "unplaced": _insert(connection, "unplaced", holdings_rows.unplaced_rows(holdings)),
        "reports": len(holdings.reports),
    }
    taken = _take_reports(connection, holdings, progress, carrier)
    for table, rows in (
        ("outcomes", holdings_rows.outcome_rows(holdings)),
        ("agency_aliases", holdings_rows.alias_rows(holdings)),
        ("coverage", holdings_rows.coverage_rows(holdings)),
        ("portal_nights", holdings_rows.night_rows(holdings)),
        ("changes", holdings_rows.change_rows(holdings)),
    ):
        _insert(connection, table, rows)
    _write_text_changes(connection, holdings, carrier)
    return counts | asdict(taken)


def _compare_sections(connection: sqlite3.Connection, base: Base | None, remember: Path | None) -> None:
    before = None if base is None else base.memory
    with TemporaryFile() if remember is None else slots_file(remember) as slots:
        memory = write_copied(connection, partial(_insert, connection), slots, before)
        if remember is not None:
            save(memory, remember)


def _write_text_changes(connection: sqlite3.Connection, holdings: Holdings, carrier: Carrier | None) -> None:
    for change in sorted(holdings.changes, key=lambda change: change.id):
        if change.section is None:
            continue
        if carrier is not None and change.report_id in carrier.kept:
            carrier.text_changes(change.id)
        else:
            _insert(connection, "text_changes", text_change_rows(change))


def _take_reports(
    connection: sqlite3.Connection, holdings: Holdings, progress: Progress, carrier: Carrier | None
) -> Counts:
    agencies, taker = holdings.agencies_by_id(), Taker(Analyst(holdings))
    held = {report.id: report for report in holdings.reports}
    # By id, so that rows stand in the order of their key and a tie in any sorted page falls as Datasette expects it.
    ids = sorted(held)
    steps: Iterable[Stretch | str] = ids if carrier is None else carrier.steps(ids)
    done, batch = 0, Batch()
    for step in steps:
        if isinstance(step, str):
            taker.take(held[step], agencies[held[step].agency_id], batch)
            done += 1
            if done % REPORTS_PER_BATCH and done < len(ids):
                continue
        _write(connection, batch)
        batch = Batch()
        if isinstance(step, Stretch) and carrier is not None:
            carrier.carry(step, taker.counts)
            done += step.reports
        progress(done, len(ids))
    _write(connection, batch)
    if carrier is not None:
        carrier.finish()
    return taker.counts


def _write(connection: sqlite3.Connection, batch: Batch) -> None:
    for table, rows in batch.rows.items():
        _insert(connection, table, rows)
    connection.executemany("insert into cells values (?, ?, ?, ?, ?, ?, ?)", batch.cells)
    connection.executemany("insert into checks values (?, ?, ?, ?, ?, ?, ?)", batch.checks)
    connection.executemany("insert into measured values (?, ?, ?, ?, ?, ?, ?)", batch.measured)
    connection.executemany(f"insert into {FTS_TABLE} (rowid, text) values (?, ?)", batch.search)


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> int:
    """Inserts rows by the names of the schema's columns; returns how many there were."""
    names = load_schema()[table].column_names()
    columns, values = ", ".join(f'"{name}"' for name in names), ", ".join(f":{name}" for name in names)
    cursor = connection.executemany(f'insert into "{table}" ({columns}) values ({values})', rows)
    return max(cursor.rowcount, 0)
