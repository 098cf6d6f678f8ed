"""Binary workbooks (.xlsb) looked over before the library reads them: how far out cells lie, what is merged or marked.

The library makes room for every cell up to the last one, and tells values alone. Source: [MS-XLSB] 2.1.4 (records), 2.4
(BrtBundleSh, BrtWsDim, BrtWsFmtInfo, BrtColInfo, BrtRowHdr, the cell records, BrtMergeCell, BrtFont, BrtFmt, BrtXF,
BrtSSTItem), 2.5.121 (RichStr).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence

from archive.models import UnreadableDocument
from archive.readers.limits import refuse
from archive.readers.raised import PLAIN, Look
from archive.readers.sheets.format import (
    MAX_COLUMNS,
    MAX_ROWS,
    PRINTS_NOTHING,
    Piece,
    Place,
    Range,
    SheetFormat,
    font_look,
    is_rich,
    pieces_of,
)
from archive.readers.sheets.guard import far_out
from archive.readers.zip_parts import ZipParts

_BOOK = "xl/workbook.bin"
_MAX_RECORDS = 1_000_000
_ROW, _BUNDLE, _DIMENSION, _MERGE, _COLUMNS, _ROW_HEIGHT = 0, 156, 148, 176, 60, 485
_SHARED, _RICH, _ITEM = 7, 62, 19
_FONT, _FORMAT, _CELL_FORMAT, _CELL_FORMATS, _CELL_FORMATS_END = 43, 44, 47, 617, 618
_CELLS = frozenset({*range(1, 12), 62})
_TWO, _FONT_BODY = struct.Struct("<H").unpack_from, struct.Struct("<HHH").unpack_from
_ONE, _FOUR = struct.Struct("<I").unpack_from, struct.Struct("<IIII").unpack_from


def formats(parts: ZipParts) -> dict[str, SheetFormat]:
    """The format of each sheet by its name, with its merged cells.

    Raises UnreadableDocument for a sheet with cells too far out or with damaged records.
    """
    relations = parts.relations(_BOOK)
    kinds = {relation.kind: relation.target for relation in relations.values() if not relation.outside}
    fonts, looks = _styles(parts.find(kinds.get("styles", "xl/styles.bin")) or b"")
    shared = [body for kind, body in _records(parts.find(kinds.get("sharedStrings", "")) or b"") if kind == _ITEM]
    strings = {n: pieces for n, body in enumerate(shared) if is_rich(pieces := _pieces(body, 0, fonts))}
    found: dict[str, SheetFormat] = {}
    for kind, body in _records(parts.part(_BOOK)):
        if kind == _BUNDLE:
            relation, at = _string(body, 8)
            name, _ = _string(body, at)
            if relation in relations and parts.has(relations[relation].target):
                found[name] = _sheet(parts.part(relations[relation].target), fonts, looks, strings)
    return found


def _styles(part: bytes) -> tuple[list[Look], list[Look]]:
    """The looks of the fonts, and of the formats of cells."""
    fonts: list[Look] = []
    cells: list[tuple[int, int]] = []
    silent: set[int] = set()
    in_cells = False
    for kind, body in _records(part):
        if kind == _FONT and len(body) >= 8:
            flags, _, shift = _FONT_BODY(body, 2)
            fonts.append(font_look(flags, shift))
        elif kind == _FORMAT and len(body) >= 6 and PRINTS_NOTHING.match(_string(body, 2)[0]):
            silent.add(_TWO(body)[0])
        elif kind in (_CELL_FORMATS, _CELL_FORMATS_END):
            in_cells = kind == _CELL_FORMATS
        elif kind == _CELL_FORMAT and in_cells and len(body) >= 6:
            cells.append((_TWO(body, 4)[0], _TWO(body, 2)[0]))
    looks = [(fonts[font] if font < len(fonts) else PLAIN)._replace(hidden=form in silent) for font, form in cells]
    return fonts, looks


def _sheet(
    part: bytes, fonts: Sequence[Look], looks: Sequence[Look], strings: Mapping[int, Sequence[Piece]]
) -> SheetFormat:
    merges: list[Range] = []
    found = SheetFormat(merges=merges)
    heights: dict[int, bool] = {}
    row = 0
    none_by_default = False
    for kind, body in _records(part):
        if kind == _ROW and len(body) >= 4:
            (row,) = _ONE(body)
            _check(row, 0)
            heights[row] = not (len(body) > 11 and body[11] & 0x10)
        elif kind == _ROW_HEIGHT and len(body) >= 10:
            none_by_default = bool(body[8] & 0x02)
        elif kind == _COLUMNS and len(body) >= 18:
            first, last, width, _ = _FOUR(body)
            if body[16] & 1 or not width:
                found.hide_columns(first, last)
        elif kind in _CELLS and len(body) >= 4:
            (column,) = _ONE(body)
            _check(row, column)
            _cell(kind, body, (row, column), fonts, looks, strings, found)
        elif kind in (_DIMENSION, _MERGE) and len(body) >= 16:
            first_row, last_row, first_column, last_column = _FOUR(body)
            if first_row > last_row or first_column > last_column:
                raise UnreadableDocument("a damaged spreadsheet: a range ends before it begins")
            if kind == _DIMENSION:
                _check(last_row, last_column)
            else:
                merges.append(((first_row, first_column), (last_row, last_column)))
    found.hidden_rows = {row for row, seen in heights.items() if not seen}
    if none_by_default:
        found.hide_rows_but(heights)
    return found


def _cell(
    kind: int,
    body: bytes,
    at: Place,
    fonts: Sequence[Look],
    looks: Sequence[Look],
    strings: Mapping[int, Sequence[Piece]],
    found: SheetFormat,
) -> None:
    form = _ONE(body, 4)[0] & 0xFFFFFF if len(body) >= 8 else 0
    if form < len(looks) and looks[form] != PLAIN:
        found.looks[at] = looks[form]
    if kind == _SHARED and len(body) >= 12 and _ONE(body, 8)[0] in strings:
        found.pieces[at] = strings[_ONE(body, 8)[0]]
    elif kind == _RICH and is_rich(pieces := _pieces(body, 8, fonts)):
        found.pieces[at] = pieces


def _pieces(body: bytes, at: int, fonts: Sequence[Look]) -> list[Piece]:
    """The parts of a text (RichStr): a byte of flags, the text, and for each run where it begins and its font."""
    text, end = _string(body, at + 1)
    if not body[at] & 1 or end + 4 > len(body):
        return [(text, None)]
    count = min(_ONE(body, end)[0], (len(body) - end - 4) // 4)
    runs = [(_TWO(body, end + 4 + 4 * n)[0], _TWO(body, end + 6 + 4 * n)[0]) for n in range(count)]
    return pieces_of(text.encode("utf-16-le"), [(start, fonts[n] if n < len(fonts) else PLAIN) for start, n in runs])


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
