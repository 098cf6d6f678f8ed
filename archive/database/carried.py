"""Rows taken over from the archive before: those of the reports that are as they were, in stretches, by SQLite alone.

A stretch is a run of reports that stand behind one another in both archives. Its rows keep their order and everything
they say; only the numbers that count through the whole archive (versions, sections) move by as many as came or went
before them. So the archive is the one that a full build makes, row by row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.checks.comparison import Memory
from archive.database.dictionaries import named_checks
from archive.database.schema import FTS_TABLE, load_schema
from archive.search import index_text

BY_VERSION = ("versions", "cells", "checks", "measured")
"""Tables that are found by the number of the version; those of them without a rowid are in its order."""
BY_REPORT = (
    *("reports", "sightings", "sections", "extra_rows", "leftovers"),
    *("cross_checks", "copy_differences", "text_checks", "year_texts"),
)
"""Tables that are found by the report; their rows stand in the order of reports."""


@dataclass(frozen=True, slots=True)
class Base:
    """A finished archive of which rows are taken over: `kept` are the reports that are in it as they are to be.

    `memory` is what is remembered of its sections; without it all sections are compared anew.
    """

    archive: Path
    kept: frozenset[str]
    memory: Memory | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The first and the last of some reports that stand behind one another in the archive before; how many they are."""

    first: str
    last: str
    reports: int


@dataclass(slots=True)
class Counts:
    """How many versions, sections, cells of current versions and findings there are so far."""

    versions: int = 0
    sections: int = 0
    cells: int = 0
    findings: int = 0


def attach(connection: sqlite3.Connection, base: Base) -> Carrier:
    """Opens the archive before beside the one that is being written, for reading only, until `detach`."""
    connection.execute("attach ? as base", (f"{base.archive.resolve().as_uri()}?mode=ro&immutable=1",))
    return Carrier(connection, base.kept)


def stretches(new: Sequence[str], old: Sequence[str], kept: frozenset[str]) -> Iterator[Stretch | str]:
    """The reports of a new archive in order: stretches that are taken over, and the ids of those that are not.

    `new` and `old` are the ids of both archives in their order. What has gone, or came, ends a stretch.
    """
    gone = set(old) - set(new)
    inserted = [(report, report in kept) for report in sorted({*new, *gone})]
    run: list[str] = []
    for report, stays in inserted:
        if stays:
            run.append(report)
            continue
        if run:
            yield Stretch(run[0], run[-1], len(run))
            run = []
        if report not in gone:
            yield report
    if run:
        yield Stretch(run[0], run[-1], len(run))


class Carrier:
    """Takes over stretches of reports from the attached archive `base`."""

    def __init__(self, connection: sqlite3.Connection, kept: frozenset[str]) -> None:
        self._connection = connection
        self.kept = kept

    def steps(self, reports: Sequence[str]) -> Iterator[Stretch | str]:
        """How the reports of a new archive, in order, are to be written: see `stretches`."""
        before = [report for (report,) in self._connection.execute("select report_id from base.reports order by 1")]
        return stretches(reports, before, self.kept)

    def carry(self, stretch: Stretch, counts: Counts) -> None:
        """Copies every row of a stretch behind what was written so far, and adds to the counts."""
        ends = (stretch.first, stretch.last)
        lowest, highest, cells = self._connection.execute(
            "select min(version_no - versions + 1), max(version_no), total(cells_total) from base.reports"
            " where report_id between ? and ?",
            ends,
        ).fetchone()
        docids = self._docids(ends)
        first_section = counts.sections + 1
        shifts = {
            "version_no": counts.versions + 1 - lowest,
            "docid": first_section - docids[0] if docids else 0,
        }
        for table in BY_VERSION:
            number = self._copy(table, shifts, "version_no between ? and ?", (lowest, highest))
            counts.findings += number if table == "checks" else 0
        for table in BY_REPORT:
            rows = self._rows(table, ends)
            number = self._copy(table, shifts, "rowid between ? and ?", rows) if rows else 0
            counts.sections += number if table == "sections" else 0
        self._connection.execute(
            "insert into version_sections select s.* from base.versions v cross join base.version_sections s"
            " using (version_id) where v.version_no between ? and ? order by v.version_no, s.rowid",
            (lowest, highest),
        )
        counts.versions += highest - lowest + 1
        counts.cells += int(cells)
        self._index(first_section, counts.sections)

    def finish(self) -> None:
        """Copies the applications of rules whose number is made of their words, as far as any check is one of them."""
        self._connection.execute(
            "insert or ignore into check_items select * from base.check_items where check_no > ?1 and check_no in"
            " (select check_no from main.checks where check_no > ?1) order by check_no",
            (len(named_checks()),),
        )

    def text_changes(self, change_id: str) -> int:
        """Copies the sentences of one change; returns how many there were."""
        return self._copy("text_changes", {}, "change_id = ? order by position", (change_id,))

    def detach(self) -> None:
        """Lets go of the archive before, outside a transaction."""
        self._connection.execute("detach base")

    def _docids(self, ends: tuple[str, str]) -> tuple[int, int] | None:
        rows = self._rows("sections", ends)
        if rows is None:
            return None
        first, last = (
            self._connection.execute("select docid from base.sections where rowid = ?", (row,)).fetchone()[0]
            for row in rows
        )
        return first, last

    def _rows(self, table: str, ends: tuple[str, str]) -> tuple[int, int] | None:
        """The first and last row of a stretch in a table, None if it has none there."""
        first, last = self._connection.execute(
            f'select min(rowid), max(rowid) from base."{table}" where report_id between ? and ?', ends
        ).fetchone()
        return None if first is None else (first, last)

    def _copy(self, table: str, shifts: dict[str, int], where: str, values: tuple[object, ...]) -> int:
        columns = (
            f'"{name}" + {shifts[name]}' if name in shifts else f'"{name}"'
            for name in load_schema()[table].column_names()
        )
        query = f'insert into main."{table}" select {", ".join(columns)} from base."{table}" where {where}'
        return max(self._connection.execute(query, values).rowcount, 0)

    def _index(self, first: int, last: int) -> None:
        texts = self._connection.execute(
            "select docid, text from main.sections where docid between ? and ? order by docid", (first, last)
        )
        self._connection.executemany(
            f"insert into {FTS_TABLE} (rowid, text) values (?, ?)", ((docid, index_text(text)) for docid, text in texts)
        )
