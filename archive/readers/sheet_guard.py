"""Looks over a workbook before the library does, which makes room for every cell up to the last one that is named.

One cell in the farthest corner would take gigabytes and end the process. Sources: [MS-XLS] 2.4 (records) and 2.5.13
(Cell); ECMA-376 part 1, §18.3.1.4 (c); OpenDocument 1.3 part 3, §19.675 and §19.677 (repeated cells and rows).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile

import olefile

from archive.models import UnreadableDocument
from archive.readers.doc_file import OLE_FAULTS
from archive.readers.limits import refuse
from archive.readers.sheet_formulas import tree

MAX_ROWS, MAX_COLUMNS = 20_000, 256
_MAX_RECORDS = 1_000_000
_HEADER = struct.Struct("<HH").unpack_from
_DIMENSIONS = 0x0200
# Records that begin with the row and the column of a cell.
_CELLS = frozenset({0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x0406, 0x0206})
_FAR_COLUMN = re.compile(rb"<c\b[^>]{0,200}?\sr=\"(?:J[A-Z]|[K-Z][A-Z]|I[W-Z]|[A-Z]{3,})\d")
_FAR_ROW = re.compile(rb"\sr=\"[A-Z]*(?:2\d{4}|[3-9]\d{4}|1\d{5,}|[2-9]\d{5,})\"")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_VALUE_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"


def check_compound(data: bytes) -> None:
    """Raises UnreadableDocument for an .xls workbook that is damaged or has cells too far out."""
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
            return
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


def check_zip(archive: zipfile.ZipFile) -> None:
    """Raises UnreadableDocument for an .xlsx or .ods workbook with cells too far out, and what `zipfile` raises."""
    for name in archive.namelist():
        if name.startswith("xl/worksheets/"):
            part = archive.read(name)
            if _FAR_COLUMN.search(part) or _FAR_ROW.search(part):
                raise refuse(f"has a sheet of more than {MAX_ROWS:,} rows or {MAX_COLUMNS} columns")
        elif name == "content.xml":
            _check_repeats(archive.read(name))


def far_out(row: int, column: int) -> UnreadableDocument:
    """The exception for a sheet with a cell at that zero-based place."""
    return refuse(f"has a sheet of {row + 1:,} rows and {column + 1:,} columns")


def _check_repeats(content: bytes) -> None:
    for row in tree(content).iter(f"{_TABLE}table-row"):
        filled = [cell for cell in row if cell.get(_VALUE_TYPE) is not None]
        if not filled:
            continue
        columns = max(_whole(cell.get(f"{_TABLE}number-columns-repeated")) for cell in filled)
        rows = _whole(row.get(f"{_TABLE}number-rows-repeated"))
        if rows > MAX_ROWS or columns > MAX_COLUMNS:
            raise far_out(rows - 1, columns - 1)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= 9 else 1
