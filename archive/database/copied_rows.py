"""The rows of text in common, from the sections of an archive that is being built.

They are said of a section beside all others, so that they may be others where its report is as it was, and the same
where it is not. They stand in the place of its report, by the row of the section.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from archive.checks.comparison import NOTHING, Comparison, Memory, Said
from archive.checks.copied import PARTNERS, Originality, Pair, Passage
from archive.database.numbers import BEFORE
from archive.database.statements import insert_statement

MOST_PAIRS = PARTNERS + 1
"""Rows of `copied` that a section may have: beside its partners, and beside itself in the year before."""
TABLES = ("originality", "copied")
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class _Place:
    """A section by its names and number; its row, and the first one of its report."""

    section: str
    report: str
    number: int
    row: int
    first: int


def write_copied(connection: sqlite3.Connection, slots: BinaryIO, before: Memory | None = None) -> Memory:
    """Compares all sections in the archive, writes the rows of `originality` and `copied`, and returns what is to be
    remembered.

    `slots` is an empty file for the sections' runs of letters. With `before`, what is remembered of the archive that
    this one was made from (attached as BEFORE), the tables are those of that archive, and rows of what is said as it
    was are left as they are. Without, they are empty.
    """
    comparison = Comparison(_passages(connection), lambda docid: _text(connection, docid), slots, before or NOTHING)
    stale = bytearray(b"\1") * len(before.sections if before else ())
    writer = _Writer(connection, stale=before is not None)
    for said in comparison.said():
        if isinstance(said, int):
            stale[said] = False
        else:
            writer.put(said)
    writer.flush()
    if before is not None:
        left = {docid for docid, unsaid in zip(before.sections["id"].tolist(), stale, strict=True) if unsaid}
        query = f"select section_id from {BEFORE}.sections where docid = ?"
        _delete(connection, [connection.execute(query, (docid,)).fetchone() for docid in left - writer.written])
    return comparison.memory()


def _passages(connection: sqlite3.Connection) -> Iterator[Passage]:
    """All sections with text, in the order of reports."""
    rows = connection.execute(
        "select docid, agency_id, year, number, text from sections where text <> '' order by rowid"
    )
    yield from (Passage(*row) for row in rows)


def _text(connection: sqlite3.Connection, docid: int) -> str:
    (text,) = connection.execute("select text from sections where docid = ?", (docid,)).fetchone()
    return str(text)


def _delete(connection: sqlite3.Connection, sections: list[tuple[str]]) -> None:
    for table in TABLES:
        connection.executemany(f"delete from {table} where section_id = ?", sections)


class _Writer:
    """Writes what is said of sections, some at a time; `stale` rows of them are deleted first.

    `written` are then the numbers of these sections.
    """

    def __init__(self, connection: sqlite3.Connection, *, stale: bool) -> None:
        self._connection, self._stale = connection, stale
        self._place_of = lru_cache(BATCH)(self._find)
        self._sections: list[str] = []
        self._rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in TABLES}
        self.written: set[int] = set()

    def put(self, said: Said) -> None:
        """Takes what is said of one section."""
        fact, pairs = said
        place = self._place_of(fact.id)
        self._sections.append(place.section)
        if self._stale:
            self.written.add(fact.id)
        self._rows["originality"].append((place.row, *_originality(fact, place)))
        others = sorted((_pair(pair, place, self._place_of(pair.other)) for pair in pairs), key=lambda row: row[:2])
        first = place.first + MOST_PAIRS * (place.row - place.first)
        self._rows["copied"] += [(row, *values) for row, values in enumerate(others, first)]
        if len(self._sections) == BATCH:
            self.flush()

    def flush(self) -> None:
        """Writes what was taken so far."""
        if self._stale:
            _delete(self._connection, [(section,) for section in self._sections])
        for table, rows in self._rows.items():
            self._connection.executemany(insert_statement(table), rows)
            rows.clear()
        self._sections.clear()

    def _find(self, docid: int) -> _Place:
        query = (
            "select s.section_id, s.report_id, s.number, s.rowid, r.rowid from sections s join reports r"
            " using (report_id) where s.docid = ?"
        )
        return _Place(*self._connection.execute(query, (docid,)).fetchone())


def _originality(fact: Originality, place: _Place) -> tuple[object, ...]:
    base = fact.chars - fact.template - fact.stock
    counts = (fact.chars, fact.template, fact.stock, fact.repeated, fact.shared, fact.own)
    return place.section, place.report, place.number, *counts, fact.own / base if base > 0 else None


def _pair(pair: Pair, one: _Place, other: _Place) -> tuple[str | int | float, ...]:
    kind = "same_agency" if pair.same_agency else "other_agency"
    return one.section, other.section, one.report, other.report, kind, pair.overlap, pair.share, pair.similarity
