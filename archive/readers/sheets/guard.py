"""Looks over a workbook before the library does, which makes room for every cell up to the last one that is named.

One cell in the farthest corner would take gigabytes and end the process. Sources: [MS-XLS] 2.4 (records) and 2.5.13
(Cell); ECMA-376 part 1, §18.3.1.4 (c); OpenDocument 1.3 part 3, §19.675 and §19.677 (repeated cells and rows).
"""

from __future__ import annotations

import io
import os
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import olefile
from lxml import etree

from archive.models import UnreadableDocument
from archive.readers.doc.file import OLE_FAULTS
from archive.readers.limits import refuse
from archive.readers.odt.nodes import TABLE
from archive.readers.sheets.format import MAX_COLUMNS, MAX_ROWS
from archive.readers.sheets.xlsx import number
from archive.readers.zip_parts import ZipParts

_MAX_RECORDS = 1_000_000
_HEADER = struct.Struct("<HH").unpack_from
_DIMENSIONS = 0x0200
# Records that begin with the row and the column of a cell.
_CELLS = frozenset({0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x0406, 0x0206})
_FAR_COLUMN = re.compile(rb"<c\b[^>]{0,200}?\sr=\"(?:J[A-Z]|[K-Z][A-Z]|I[W-Z]|[A-Z]{3,})\d")
_FAR_ROW = re.compile(rb"\sr=\"[A-Z]*(?:2\d{4}|[3-9]\d{4}|1\d{5,}|[2-9]\d{5,})\"")
_VALUE_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"


_LIBRARY = Lock()
_STDERR = 2


@contextmanager
def library() -> Iterator[None]:
    """Makes a crash of the library an UnreadableDocument, and keeps what it prints of it off the standard error stream.

    It prints where in its source it stopped, and not in which file; why it stopped is in the exception as well.
    """
    with _LIBRARY:
        try:
            kept = os.dup(_STDERR)
        except OSError:  # the process has closed the stream: nothing can be printed
            kept = None
        if kept is not None:
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), _STDERR)
        try:
            yield
        except BaseException as fault:
            if type(fault).__name__ != "PanicException":  # the library exports no such class
                raise
            raise UnreadableDocument(f"a damaged spreadsheet: {fault}") from fault
        finally:
            if kept is not None:
                os.dup2(kept, _STDERR)
                os.close(kept)


def workbook(data: bytes) -> bytes:
    """The stream of an .xls workbook; raises UnreadableDocument for one that is damaged or has cells too far out."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            name = next((name for name in ("Workbook", "Book") if file.exists(name)), None)
            stream = file.openstream(name).read() if name else b""
    except OLE_FAULTS as fault:
        raise UnreadableDocument(f"a damaged compound file: {fault}") from fault
    if not stream:
        raise UnreadableDocument("a compound file without a workbook")
    at = 0
    for _ in range(_MAX_RECORDS):
        if at + 8 > len(stream):
            return stream
        kind, length = _HEADER(stream, at)
        if kind in _CELLS and length >= 4:
            row, column = _HEADER(stream, at + 4)
            if row >= MAX_ROWS or column >= MAX_COLUMNS:
                raise far_out(row, column)
        elif kind == _DIMENSIONS and length >= 12 and at + 16 <= len(stream):
            first_row, rows, first_column, columns = struct.unpack_from("<IIHH", stream, at + 4)
            if first_row > rows or first_column > columns:
                raise UnreadableDocument("a damaged spreadsheet: it ends before it begins")
            if rows * columns > MAX_ROWS * MAX_COLUMNS:
                raise far_out(rows - 1, columns - 1)
        at += 4 + length
    raise refuse(f"has more than {_MAX_RECORDS:,} records")


def check_zip(parts: ZipParts) -> None:
    """Raises UnreadableDocument for an .xlsx or .ods workbook with cells too far out or parts too large."""
    parts.check_sizes()
    for name in parts.names():
        if name.startswith("xl/worksheets/"):
            part = parts.part(name)
            if _FAR_COLUMN.search(part) or _FAR_ROW.search(part):
                raise refuse(f"has a sheet of more than {MAX_ROWS:,} rows or {MAX_COLUMNS} columns")
        elif name == "content.xml":
            _check_repeats(parts.tree(name))


def far_out(row: int, column: int) -> UnreadableDocument:
    """The exception for a sheet with a cell at that zero-based place."""
    return refuse(f"has a sheet of {row + 1:,} rows and {column + 1:,} columns")


def _check_repeats(content: etree._Element) -> None:
    for row in content.iter(f"{TABLE}table-row"):
        filled = [cell for cell in row if cell.get(_VALUE_TYPE) is not None]
        if not filled:
            continue
        columns = max(number(cell.get(f"{TABLE}number-columns-repeated"), 1) for cell in filled)
        rows = number(row.get(f"{TABLE}number-rows-repeated"), 1)
        if rows > MAX_ROWS or columns > MAX_COLUMNS:
            raise far_out(rows - 1, columns - 1)
