"""The rows of text in common, from the sections of an archive that is being built."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import BinaryIO

from archive.checks.comparison import NOTHING, Comparison, Memory
from archive.checks.copied import Originality, Pair, Passage
from archive.database.dictionaries import Row

Insert = Callable[[str, list[Row]], object]
Name = tuple[str, str, int]
BATCH = 2_000


def write_copied(
    connection: sqlite3.Connection, insert: Insert, slots: BinaryIO, before: Memory | None = None
) -> Memory:
    """Compares all sections in the archive, hands the rows of `originality` and `copied` to `insert`, in batches, and
    returns what is to be remembered.

    Sections are read in the order of their number. `insert` is called with the name of a table and rows. `slots` is an
    empty file for their runs of letters. With `before`, what is remembered of the attached archive `base`, the rows of
    what is said as it was before are taken over from there.
    """

    def read() -> Iterator[Passage]:
        rows = connection.execute(
            "select docid, agency_id, year, number, text, section_id from sections where text <> '' order by docid"
        )
        for docid, agency, year, number, text, name in rows:
            yield Passage(docid, agency, year, number, text, name)

    def text_of(docid: int) -> str:
        row = connection.execute("select text from sections where docid = ?", (docid,)).fetchone()
        return str(row[0])

    names: dict[int, Name] = {
        docid: (section, report, number)
        for docid, section, report, number in connection.execute(
            "select docid, section_id, report_id, number from sections where text <> ''"
        )
    }
    comparison = Comparison(read(), text_of, slots, before or NOTHING)
    writer = _Writer(connection, insert, before or NOTHING)
    for said in comparison.said():
        if isinstance(said, int):
            writer.as_before(said)
        else:
            fact, pairs = said
            writer.add(
                _originality(fact, *names[fact.id]), [_pair(pair, names[pair.id], names[pair.other]) for pair in pairs]
            )
    writer.flush()
    return comparison.memory()


class _Writer:
    """Writes what is said of the sections in order: rows that were made, and rows of the archive before.

    There, the row of `originality` with the number n is that of the n-th section, and the rows of `copied` follow in
    the same order.
    """

    def __init__(self, connection: sqlite3.Connection, insert: Insert, before: Memory) -> None:
        self._connection, self._insert = connection, insert
        self._pairs = [0, *accumulate(before.sections["pairs"].tolist())]
        self._originality: list[Row] = []
        self._copied: list[Row] = []
        self._run: tuple[int, int] | None = None

    def add(self, originality: Row, copied: list[Row]) -> None:
        """Takes the rows of one section."""
        if self._run is not None or len(self._originality) >= BATCH:
            self.flush()
        self._originality.append(originality)
        self._copied += copied

    def as_before(self, index: int) -> None:
        """Takes the rows of the section that had this place, from 0, in the archive before."""
        if self._run is not None and self._run[1] == index:
            self._run = (self._run[0], index + 1)
            return
        self.flush()
        self._run = (index, index + 1)

    def flush(self) -> None:
        """Writes what was taken so far."""
        if self._run is not None:
            first, last = self._run
            for table, ends in (
                ("originality", (first + 1, last)),
                ("copied", (self._pairs[first] + 1, self._pairs[last])),
            ):
                self._connection.execute(
                    f"insert into main.{table} select * from base.{table} where rowid between ? and ?", ends
                )
        self._insert("originality", self._originality)
        self._insert("copied", self._copied)
        self._originality, self._copied, self._run = [], [], None


def _originality(fact: Originality, section: str, report: str, number: int) -> Row:
    base = fact.chars - fact.template - fact.stock
    return {
        "section_id": section,
        "report_id": report,
        "number": number,
        "chars": fact.chars,
        "template_chars": fact.template,
        "stock_chars": fact.stock,
        "repeated_chars": fact.repeated,
        "shared_chars": fact.shared,
        "own_chars": fact.own,
        "own_share": fact.own / base if base > 0 else None,
    }


def _pair(pair: Pair, one: tuple[str, str, int], other: tuple[str, str, int]) -> Row:
    return {
        "section_id": one[0],
        "other_id": other[0],
        "report_id": one[1],
        "other_report_id": other[1],
        "kind": "same_agency" if pair.same_agency else "other_agency",
        "overlap_chars": pair.overlap,
        "share": pair.share,
        "similarity": pair.similarity,
    }
