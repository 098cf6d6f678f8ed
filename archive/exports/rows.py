"""Rows of archive.db as Arrow batches: of a whole table, or of some reports, always in the order of the table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from archive.exports.resources import Resource

ROWS_FETCHED = 20_000
ROWS_A_BATCH, ROWS_A_LONG_BATCH = 20_000, 100_000
"""Rows that are written at once, a row group of Parquet: of a table with texts, and of one of numbers and texts that
repeat, where more rows cost less, to write and to read."""
REPORTS_A_QUERY = 100
ARROW = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64()}
NUMBERED = pa.dictionary(pa.int32(), pa.string())
"""Of columns whose texts repeat: a list of the texts, and the number of each row's in it."""


def plain_schema(resource: Resource) -> pa.Schema:
    """The columns of a table with their types."""
    return pa.schema([pa.field(field.name, ARROW[field.type], not field.required) for field in resource.fields])


def numbered_schema(resource: Resource) -> pa.Schema:
    """The same with the texts that repeat as numbers."""
    return pa.schema(
        field.with_type(NUMBERED) if field.name in resource.numbered else field for field in plain_schema(resource)
    )


def report_ids(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The ids of all reports, in order."""
    return tuple(id for (id,) in connection.execute("select report_id from reports order by report_id"))


def rows_of_table(connection: sqlite3.Connection, resource: Resource) -> Iterator[pa.RecordBatch]:
    """All rows of a table in its order; raises pyarrow.ArrowInvalid for a value that is not of its column's type."""
    return _batches(connection.execute(resource.select()), plain_schema(resource))


def rows_of_reports(
    connection: sqlite3.Connection, resource: Resource, reports: Iterable[str]
) -> Iterator[pa.RecordBatch]:
    """The rows of some reports, whose ids come in order; raises as above."""
    whole, ids = plain_schema(resource), iter(reports)
    followed = {name for _, _, names in resource.follows for name in names}
    own = [name for name in resource.columns if name not in followed]
    schema = pa.schema([whole.field(name) for name in own])
    while some := list(islice(ids, REPORTS_A_QUERY)):
        rows = connection.execute(resource.select(f"report_id in ({', '.join('?' * len(some))})", own), some)
        for batch in _batches(rows, schema):
            columns = dict(zip(own, batch.columns, strict=True))
            for keys, table, names in resource.follows:
                columns |= _followed(connection, [columns[key] for key in keys], keys, table, names, whole)
            full = pa.RecordBatch.from_arrays([columns[name] for name in resource.columns], schema=whole)
            yield with_numbers(full, resource)


def _followed(
    connection: sqlite3.Connection,
    columns: Sequence[pa.Array],
    keys: Sequence[str],
    table: str,
    names: Sequence[str],
    schema: pa.Schema,
) -> dict[str, pa.Array]:
    """The columns of each row that follow from others: the keys that occur are numbered, and looked up once each."""
    parts = [column.dictionary_encode() for column in columns]
    codes = parts[0].indices.cast(pa.int64())
    for part in parts[1:]:
        codes = pc.add(pc.multiply(codes, len(part.dictionary)), part.indices)
    numbers = codes.dictionary_encode()
    met: list[list[object]] = []
    for code in numbers.dictionary.to_pylist():
        values = []
        for part in reversed(parts):
            code, place = divmod(code, len(part.dictionary))
            values.append(part.dictionary[place].as_py())
        met.append(values[::-1])
    condition = " and ".join(f'"{key}" = ?' for key in keys)
    listed = ", ".join(f'"{name}"' for name in names)
    query = f'select {listed} from "{table}" where {condition}'
    found = [connection.execute(query, values).fetchone() for values in met]
    return {
        name: pa.array(values, schema.field(name).type).take(numbers.indices)
        for name, values in zip(names, zip(*found, strict=True), strict=True)
    }


def _batches(rows: sqlite3.Cursor, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    while some := rows.fetchmany(ROWS_FETCHED):
        arrays = []
        for field, values in zip(schema, zip(*some, strict=True), strict=True):
            try:
                arrays.append(pa.array(values, field.type))
            except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                raise pa.ArrowInvalid(f"column {field.name}: {error}") from error
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def with_numbers(batch: pa.RecordBatch, resource: Resource) -> pa.RecordBatch:
    """The batch with the texts that repeat numbered in the order in which they are met: equal rows, equal numbers."""
    columns = [
        _numbered(column) if name in resource.numbered else column
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=numbered_schema(resource))


def _numbered(column: pa.Array) -> pa.DictionaryArray:
    if not isinstance(column, pa.DictionaryArray):
        return column.dictionary_encode()
    met = column.indices.dictionary_encode()
    return pa.DictionaryArray.from_arrays(met.indices, column.dictionary.take(met.dictionary))


def without_numbers(batch: pa.RecordBatch, resource: Resource) -> pa.RecordBatch:
    """The batch with plain texts."""
    columns = [
        column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=plain_schema(resource))


def runs(batch: pa.RecordBatch) -> Iterator[tuple[str, int, int]]:
    """(report id, first row, row after the last) of each report in a batch."""
    ids = batch.column("report_id")
    numbered = isinstance(ids, pa.DictionaryArray)
    found = pc.run_end_encode(ids.indices if numbered else ids)
    names = ids.dictionary.take(found.values) if numbered else found.values
    start = 0
    for name, end in zip(names.to_pylist(), found.run_ends.to_pylist(), strict=True):
        yield name, start, end
        start = end


def in_batches(pieces: Iterable[pa.RecordBatch], resource: Resource) -> Iterator[pa.RecordBatch]:
    """The rows of all pieces, in batches of the same size and a last one of what is left; the same rows, the same
    batches."""
    most = ROWS_A_LONG_BATCH if resource.repeats else ROWS_A_BATCH
    held: list[pa.RecordBatch] = []
    rows = 0
    for piece in pieces:
        while rows + piece.num_rows >= most:
            cut = most - rows
            yield pa.concat_batches([*held, piece.slice(0, cut)])
            piece, held, rows = piece.slice(cut), [], 0
        if piece.num_rows:
            held.append(piece)
            rows += piece.num_rows
    if rows:
        yield pa.concat_batches(held)
