"""The format of the sheets of an .xls workbook, from the records of its stream.

Source: [MS-XLS] 2.4.122 (Font), 2.4.353 (XF), 2.4.126 (Format), 2.4.28 (BoundSheet8), 2.4.265 (SST), 2.5.293
(XLUnicodeRichExtendedString), 2.4.221 (Row), 2.4.53 (ColInfo), 2.4.87 (DefaultRowHeight).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from archive.readers.raised import PLAIN, Look
from archive.readers.sheets.format import PRINTS_NOTHING, Piece, Place, SheetFormat, font_look, is_rich, pieces_of

_HEADER = struct.Struct("<HH").unpack_from
_U16 = struct.Struct("<H").unpack_from
_BOF, _EOF, _CONTINUE = 0x0809, 0x000A, 0x003C
_FONT, _XF, _FORMAT, _BOUND_SHEET, _STRINGS = 0x0031, 0x00E0, 0x041E, 0x0085, 0x00FC
_ROW, _COLUMNS, _ROW_HEIGHT = 0x0208, 0x007D, 0x0225
_LABEL_SST, _RICH_LABEL, _MANY_NUMBERS = 0x00FD, 0x00D6, 0x00BD
# Records of one cell: row, column, cell format.
_CELLS = frozenset({0x0006, _RICH_LABEL, _LABEL_SST, 0x0203, 0x0204, 0x0205, 0x027E, 0x0406, 0x0206})
_UNKNOWN = "\ufffd"
_RICH, _EXTENDED, _WIDE = 0x08, 0x04, 0x01

Record = tuple[int, bytes]


def formats(stream: bytes) -> list[SheetFormat]:
    """The format of each sheet in the order of the workbook; raises struct.error and IndexError for a torn stream."""
    fonts: list[Look] = []
    cells: list[tuple[int, int]] = []
    silent: set[int] = set()
    starts: list[int] = []
    parts: list[bytes] = []
    in_strings = False
    for kind, data in _records(stream, 0):
        if kind == _FONT:
            fonts.append(font_look(_U16(data, 2)[0], _U16(data, 8)[0]))
        elif kind == _XF:
            cells.append((_U16(data, 0)[0], _U16(data, 2)[0]))
        elif kind == _FORMAT and PRINTS_NOTHING.match(data[5:].replace(b"\0", b"").decode("latin-1")):
            silent.add(_U16(data, 0)[0])
        elif kind == _BOUND_SHEET:
            starts.append(struct.unpack_from("<I", data)[0])
        in_strings = kind == _STRINGS or (in_strings and kind == _CONTINUE)
        if in_strings:
            parts.append(data)
    looks = [_look(fonts, font)._replace(hidden=form in silent) for font, form in cells]
    strings = _Strings(parts, fonts).rich() if any(map(any, fonts)) else {}
    return [_sheet(stream, start, looks, strings) for start in starts]


def _records(stream: bytes, at: int) -> Iterator[Record]:
    """The records of the substream that begins at a place, those of charts inside of it left out."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = _HEADER(stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        if depth <= 0:
            return
        at += 4 + length


def _look(fonts: Sequence[Look], number: int) -> Look:
    """The look of a font by the number that others name it by: there is no number 4."""
    number -= number > 4
    return fonts[number] if number < len(fonts) else PLAIN


def _sheet(stream: bytes, start: int, looks: Sequence[Look], strings: dict[int, Sequence[Piece]]) -> SheetFormat:
    found = SheetFormat()
    heights: dict[int, bool] = {}
    none_by_default = False
    for kind, data in _records(stream, start):
        if kind == _ROW:
            heights[_U16(data, 0)[0]] = not data[12] & 0x20
        elif kind == _ROW_HEIGHT:
            none_by_default = bool(data[0] & 0x02)
        elif kind == _COLUMNS:
            first, last, width, _, flags = struct.unpack_from("<5H", data)
            if flags & 1 or not width:
                found.hide_columns(first, last)
        elif kind in _CELLS:
            row, column, form = struct.unpack_from("<3H", data)
            _keep(found, (row, column), looks, form)
            if kind == _LABEL_SST and (pieces := strings.get(struct.unpack_from("<I", data, 6)[0])):
                found.pieces[row, column] = pieces
            elif kind == _RICH_LABEL and any(map(any, looks)):
                found.pieces[row, column] = ((_UNKNOWN, None),)  # a form of before 1997, with no known example
        elif kind == _MANY_NUMBERS:
            row, column = _HEADER(data)
            for n in range((len(data) - 6) // 6):
                _keep(found, (row, column + n), looks, _U16(data, 4 + 6 * n)[0])
    found.hidden_rows = {row for row, seen in heights.items() if not seen}
    if none_by_default:
        found.hide_rows_but(heights)
    return found


def _keep(found: SheetFormat, at: Place, looks: Sequence[Look], form: int) -> None:
    if form < len(looks) and looks[form] != PLAIN:
        found.looks[at] = looks[form]


class _Strings:
    """Reads the shared strings, which go on from record to record."""

    def __init__(self, parts: Sequence[bytes], fonts: Sequence[Look]) -> None:
        self._parts = parts
        self._fonts = fonts
        self._part = self._at = 0

    def rich(self) -> dict[int, Sequence[Piece]]:
        """The strings that look different in parts, by number."""
        if not self._parts:
            return {}
        (count,) = struct.unpack("<I", self._take(8)[4:])
        found: dict[int, Sequence[Piece]] = {}
        for number in range(count):
            pieces = self._string()
            if is_rich(pieces):
                found[number] = pieces
        return found

    def _string(self) -> list[Piece]:
        length, flags = struct.unpack("<HB", self._take(3))
        runs = _U16(self._take(2))[0] if flags & _RICH else 0
        more = struct.unpack("<I", self._take(4))[0] if flags & _EXTENDED else 0
        raw = self._characters(length, flags)
        starts = [struct.unpack("<2H", self._take(4)) for _ in range(runs)]
        self._take(more)
        return pieces_of(raw, [(start, _look(self._fonts, font)) for start, font in starts])

    def _characters(self, length: int, flags: int) -> bytes:
        """The characters in UTF-16; where they go on in another record, that begins with flags of its own."""
        raw = bytearray()
        while True:
            width = 2 if flags & _WIDE else 1
            here = min(length, (len(self._parts[self._part]) - self._at) // width)
            data = self._take(here * width)
            raw += data if width == 2 else data.decode("latin-1").encode("utf-16-le")
            length -= here
            if not length:
                return bytes(raw)
            self._part, self._at = self._part + 1, 0
            flags = self._take(1)[0]

    def _take(self, count: int) -> bytes:
        """The next bytes; raises IndexError where there are no more."""
        taken = self._parts[self._part][self._at : self._at + count]
        self._at += len(taken)
        while len(taken) < count:
            self._part, self._at = self._part + 1, 0
            more = self._parts[self._part][: count - len(taken)]
            self._at = len(more)
            taken += more
        return taken
