"""Tables of archive.db as CSV and Parquet, both in one pass and with memory flat."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
from pyarrow import csv, parquet

from archive.exports.files import whole
from archive.exports.resources import Resource

ROWS_A_BATCH = 20_000
PACKING = 6
ARROW = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64()}


def write_table(connection: sqlite3.Connection, resource: Resource, to: Path) -> int:
    """Writes one table as CSV and as Parquet into directory `to`, and returns the number of its rows.

    CSV is UTF-8 without a mark, lines end in a newline, and text is quoted: so an empty field is "not there" and ""
    is an empty text. Numbers are written with no more digits than they need. The same rows give the same bytes.
    Raises OSError, and pyarrow.ArrowInvalid where a value is not of its column's type, which names the column.
    """
    schema = pa.schema([pa.field(field.name, ARROW[field.type], not field.required) for field in resource.fields])
    rows = 0
    with ExitStack() as stack:
        table = stack.enter_context(whole(to / resource.parquet))
        text = stack.enter_context(whole(to / resource.csv))
        columns = stack.enter_context(parquet.ParquetWriter(table, schema, compression="zstd"))
        lines = stack.enter_context(
            csv.CSVWriter(
                stack.enter_context(_opened(text, resource.packed)),
                schema,
                write_options=csv.WriteOptions(quoting_style="needed"),
            )
        )
        for batch in _batches(connection.execute(resource.select()), schema):
            columns.write_batch(batch)
            lines.write_batch(batch)
            rows += batch.num_rows
    return rows


def _opened(path: Path, packed: bool) -> IO[bytes]:
    # A gzip file says when it was written and under which name, unless told otherwise: equal rows, equal bytes.
    if packed:
        return cast(IO[bytes], _Packed(path))
    return path.open("wb")


class _Packed(gzip.GzipFile):
    """A gzip file without name and time in its head."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        super().__init__("", "wb", PACKING, self._file, mtime=0)

    def close(self) -> None:
        """Ends the gzip stream and the file beneath it."""
        super().close()
        self._file.close()


def _batches(rows: sqlite3.Cursor, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    while some := rows.fetchmany(ROWS_A_BATCH):
        arrays = []
        for field, values in zip(schema, zip(*some, strict=True), strict=True):
            try:
                arrays.append(pa.array(values, field.type))
            except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                raise pa.ArrowInvalid(f"column {field.name}: {error}") from error
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
