"""Binary workbooks (.xlsb) looked over before the library reads them: how far out their cells lie, and what is merged.

The library makes room for every cell up to the last one, and does not tell which are merged. Source: [MS-XLSB] 2.1.4
(records), 2.4 (BrtBundleSh, BrtWsDim, BrtRowHdr, the cell records and BrtMergeCell).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from archive.models import UnreadableDocument
from archive.readers.limits import refuse
from archive.readers.sheet_format import MAX_COLUMNS, MAX_ROWS, Range, SheetFormat
from archive.readers.sheet_guard import far_out
from archive.readers.zip_parts import ZipParts

_BOOK = "xl/workbook.bin"
_MAX_RECORDS = 1_000_000
_ROW, _BUNDLE, _DIMENSION, _MERGE = 0, 156, 148, 176
_CELLS = frozenset({*range(1, 12), 62})
_ONE, _FOUR = struct.Struct("<I").unpack_from, struct.Struct("<IIII").unpack_from


def formats(parts: ZipParts) -> dict[str, SheetFormat]:
    """The format of each sheet by its name.

    Raises UnreadableDocument for a sheet with cells too far out or with damaged records.
    """
    relations = parts.relations(_BOOK)
    found: dict[str, SheetFormat] = {}
    for kind, body in _records(parts.part(_BOOK)):
        if kind == _BUNDLE:
            relation, at = _string(body, 8)
            name, _ = _string(body, at)
            if relation in relations and parts.has(relations[relation].target):
                found[name] = SheetFormat(merges=list(_merges(parts.part(relations[relation].target))))
    return found


def _merges(part: bytes) -> Iterator[Range]:
    row = 0
    for kind, body in _records(part):
        if kind == _ROW and len(body) >= 4:
            (row,) = _ONE(body)
            _check(row, 0)
        elif kind in _CELLS and len(body) >= 4:
            _check(row, _ONE(body)[0])
        elif kind in (_DIMENSION, _MERGE) and len(body) >= 16:
            first_row, last_row, first_column, last_column = _FOUR(body)
            if first_row > last_row or first_column > last_column:
                raise UnreadableDocument("a damaged spreadsheet: a range ends before it begins")
            if kind == _DIMENSION:
                _check(last_row, last_column)
            else:
                yield (first_row, first_column), (last_row, last_column)


def _check(row: int, column: int) -> None:
    if row >= MAX_ROWS or column >= MAX_COLUMNS:
        raise far_out(row, column)


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    for _ in range(_MAX_RECORDS):
        if at >= len(part):
            return
        kind, at = _packed(part, at, 2)
        length, at = _packed(part, at, 4)
        if at + length > len(part):
            raise UnreadableDocument("a damaged spreadsheet: a record is cut short")
        yield kind, part[at : at + length]
        at += length
    raise refuse(f"has more than {_MAX_RECORDS:,} records")


def _packed(part: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = shift = 0
    for _ in range(most):
        if at >= len(part):
            raise UnreadableDocument("a damaged spreadsheet: a record is cut short")
        byte, at = part[at], at + 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    return value, at


def _string(body: bytes, at: int) -> tuple[str, int]:
    """A text of UTF-16 behind its length, and where it ends."""
    if at + 4 > len(body):
        raise UnreadableDocument("a damaged spreadsheet: a name is cut short")
    end = at + 4 + 2 * _ONE(body, at)[0]
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
