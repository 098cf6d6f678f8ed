"""Tables of archive.db as CSV and Parquet, both in one pass and with memory flat.

The rows of reports that are as they were come from the files before, the others from the database. Both ways give the
same bytes: what is written follows from the rows and their order alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from io import BytesIO
from itertools import groupby, zip_longest
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
from pyarrow import csv, parquet

from archive.exports.files import Sink, Written, sink
from archive.exports.members import NotInMembers, members, packed, stretches
from archive.exports.previous import NotUsable, Previous
from archive.exports.resources import Resource
from archive.exports.rows import (
    ROWS_A_BATCH,
    in_batches,
    numbered_schema,
    plain_schema,
    rows_of_reports,
    rows_of_table,
    runs,
    with_numbers,
    without_numbers,
)

SOUGHT = ("report_id", "agency_id", "province", "year")
"""Columns of long tables of which every row group says the least and the greatest value, to be passed over by it."""
_HEAD, _BODY = csv.WriteOptions(quoting_style="needed"), csv.WriteOptions(include_header=False, quoting_style="needed")


def write_table(
    connection: sqlite3.Connection,
    resource: Resource,
    to: Path,
    reports: tuple[str, ...] = (),
    previous: Previous | None = None,
) -> tuple[Written, Written]:
    """Writes one table as CSV and as Parquet into directory `to`, and describes both files.

    `reports` are the ids of all reports in order, of use for a table `by_report` only. CSV is UTF-8 without a mark,
    lines end in a newline, and text is quoted: so an empty field is "not there" and "" is an empty text. Numbers are
    written with no more digits than they need. The same rows give the same bytes.
    Raises OSError, pyarrow.ArrowInvalid where a value is not of its column's type, which names the column, and
    NotUsable where rows cannot be taken over from `previous`.
    """
    if not resource.by_report:
        return _write(rows_of_table(connection, resource), resource, to)
    if previous is None:
        return _write(rows_of_reports(connection, resource, reports), resource, to, reports)
    new = (id for id in reports if id not in previous.kept)
    rows = _Kept(connection, resource, previous).with_new(rows_of_reports(connection, resource, new))
    return _write(rows, resource, to, reports, previous)


def _write(
    pieces: Iterable[pa.RecordBatch],
    resource: Resource,
    to: Path,
    reports: tuple[str, ...] = (),
    previous: Previous | None = None,
) -> tuple[Written, Written]:
    rows = 0
    with ExitStack() as files:
        table, text = files.enter_context(sink(to / resource.parquet)), files.enter_context(sink(to / resource.csv))
        stack = files.enter_context(ExitStack())
        columns = stack.enter_context(
            parquet.ParquetWriter(
                table,
                numbered_schema(resource),
                compression="zstd",
                store_schema=False,  # readers get texts, whether they were numbered on the way or not
                use_dictionary=[name for name in resource.columns if name not in resource.ids],  # of which none repeats
                write_statistics=[name for name in SOUGHT if name in resource.columns] if resource.packed else True,
            )
        )
        lines: csv.CSVWriter | _Members = stack.enter_context(
            _Members(text, resource, reports, previous)
            if resource.packed
            else csv.CSVWriter(text, plain_schema(resource), write_options=_HEAD)
        )
        for batch in in_batches(pieces, resource):
            columns.write_batch(with_numbers(batch, resource))
            for start in range(0, batch.num_rows, ROWS_A_BATCH):  # fewer, as plain texts take much more memory
                lines.write_batch(batch.slice(start, ROWS_A_BATCH))
            rows += batch.num_rows
        stack.close()  # only now each has its end
        return text.described(resource.csv, rows), table.described(resource.parquet, rows)


class _Kept:
    """The rows of a table before, of the reports that are as they were."""

    def __init__(self, connection: sqlite3.Connection, resource: Resource, previous: Previous) -> None:
        self._connection, self._resource, self._previous = connection, resource, previous
        self._sample: dict[str, list[pa.RecordBatch]] = {id: [] for id in sorted(previous.sample)}

    def with_new(self, new: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """These rows and new ones, in the order of reports; compares some with the database in the end."""
        fresh = ((id, batch.slice(start, end - start)) for batch in new for id, start, end in runs(batch))
        coming = next(fresh, None)
        for batch in self._previous.batches(self._resource):
            first = 0
            for id, start, end in runs(batch):
                stays = id in self._previous.kept
                if first < start and (not stays or (coming is not None and coming[0] < id)):
                    yield batch.slice(first, start - first)
                    first = start
                while coming is not None and coming[0] < id:
                    yield coming[1]
                    coming = next(fresh, None)
                if not stays:
                    first = end
                elif id in self._sample:
                    # Taken and not sliced: a slice would keep all rows of its batch in memory.
                    self._sample[id].append(batch.take(pa.array(range(start, end))))
            if first < batch.num_rows:
                yield batch.slice(first)
        if coming is not None:
            yield coming[1]
        for _, rows in fresh:
            yield rows
        self._compare()

    def _compare(self) -> None:
        """Raises NotUsable if the rows of the sample are not those of the database."""
        held = (batch for batches in self._sample.values() for batch in batches)
        made = rows_of_reports(self._connection, self._resource, self._sample)
        schema = plain_schema(self._resource)
        one, other = (
            pa.Table.from_batches((without_numbers(batch, self._resource) for batch in batches), schema)
            for batches in (held, made)
        )
        if not one.equals(other):
            raise NotUsable(
                f"{self._resource.parquet} has rows that the database has not, of reports that are unchanged"
            )


class _Members:
    """The CSV of a long table, packed in members: those of stretches in which nothing changed are copied."""

    def __init__(self, to: Sink, resource: Resource, reports: tuple[str, ...], previous: Previous | None) -> None:
        self._resource = resource
        self._stretches = stretches(reports)
        self._stack = ExitStack()
        self._unchanged: frozenset[tuple[str, ...]] = frozenset()
        self._copied: Iterator[bytes] = iter(())
        if previous is not None:
            there = stretches(previous.reports)
            stay = (ids for ids in there if previous.kept.issuperset(ids))
            self._unchanged = frozenset(self._stretches).intersection(stay)
            before = self._stack.enter_context(previous.proven(resource.csv))
            self._copied = _copied(before, there, self._unchanged, resource)
        self._place = {id: n for n, ids in enumerate(self._stretches) if ids not in self._unchanged for id in ids}
        self._next = 0
        self._held: list[pa.RecordBatch] = []
        self._file = to
        head = BytesIO()
        csv.CSVWriter(head, plain_schema(resource), write_options=_HEAD).close()
        self._file.write(packed(head.getvalue()))

    def __enter__(self) -> _Members:
        return self

    def __exit__(self, *raised: object) -> None:
        with self._stack:
            if raised[0] is None:
                self._write_up_to(len(self._stretches))
                next(self._copied, None)  # looks whether the file before ends where it should

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Takes the rows that come next."""
        found = ((self._place.get(id), start, end) for id, start, end in runs(batch))
        for wanted, neighbours in groupby(found, key=lambda run: run[0] is not None):
            if wanted:  # texts are taken out of their numbers for as many rows at once as there are
                together = [(place, start, end) for place, start, end in neighbours if place is not None]
                first, last = together[0][1], together[-1][2]
                rows = without_numbers(batch.slice(first, last - first), self._resource)
                for place, start, end in together:
                    self._write_up_to(place)
                    self._held.append(rows.slice(start - first, end - start))

    def _write_up_to(self, place: int) -> None:
        """Writes the stretches before this one; the rows that are held are of the first of them."""
        while self._next < place:
            if self._stretches[self._next] in self._unchanged:
                self._file.write(next(self._copied))
            else:
                rows = BytesIO()
                if self._held:
                    csv.write_csv(pa.Table.from_batches(self._held), rows, _BODY)
                    self._held = []
                self._file.write(packed(rows.getvalue()))
            self._next += 1


def _copied(
    before: BinaryIO, there: Sequence[tuple[str, ...]], wanted: frozenset[tuple[str, ...]], resource: Resource
) -> Iterator[bytes]:
    """The members of the wanted stretches, in the order of the file before; `there` are all that it has."""
    try:
        held = members(before)
        next(held, None)  # the headers
        for ids, member in zip_longest(there, held):
            if ids is None or member is None:
                raise NotUsable(f"{resource.csv} has {'more' if ids is None else 'fewer'} members than {len(there)}")
            if ids in wanted:
                yield member
    except NotInMembers as error:
        raise NotUsable(f"{resource.csv}: {error}") from error
