"""The compound file around a Word 97–2003 document: its streams, its header (FIB) and its text by pieces.

Source: [MS-DOC] 2.4.1 (retrieving text), 2.5 (the File Information Block), 2.8.35 (PlcPcd), 2.9.73 (FcCompressed).
"""

from __future__ import annotations

import bisect
import io
import re
import struct
from dataclasses import dataclass

import olefile

from archive.models import UnreadableDocument
from archive.readers.doc.properties import summary
from archive.readers.limits import refuse

FILLER = "\ufffe"
"""Stands for a position that holds no character, so that positions can be counted; never part of a text."""

U16 = struct.Struct("<H").unpack_from
U32 = struct.Struct("<I").unpack_from

OLE_FAULTS = (
    OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, struct.error,
)  # fmt: skip
"""What olefile raises on a damaged compound file; its own errors are OSErrors."""
_MAGIC = 0xA5EC
_OLD_MAGICS = {0xA5DC: "Word 6/95", 0xA5DB: "Word 2", 0xA59B: "Word 2", 0xA59C: "Word 2"}
_FIRST_97 = 0xC1  # nFib of Word 97
_ENCRYPTED, _TABLE_1, _FAR_EAST = 0x0100, 0x0200, 0x4000
_MAX_PIECES = 200_000
_EAST_ASIAN = {0x0804: "gb18030", 0x1004: "gb18030", 0x0404: "cp950", 0x0C04: "cp950"}
# Two bytes of a Chinese set, as cp1252 two accented letters, which no Chinese document holds side by side.
_DOUBLE = re.compile(rb"(?:[\xa1-\xf9][\xa1-\xfe])+")
_HIGH = re.compile(rb"[\x80-\xff]+")
_CP1252 = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters: first and last position (exclusive), where it starts in the file, bytes a character, Prm."""

    start: int
    end: int
    offset: int
    width: int
    prm: int


@dataclass(frozen=True, slots=True)
class Lengths:
    """How many characters each part of the text has, in the order in which the parts follow each other."""

    main: int
    footnotes: int
    headers: int
    macros: int
    annotations: int
    endnotes: int
    boxes: int
    header_boxes: int


class WordFile:
    """An open Word 97–2003 file; raises UnreadableDocument with the reason for every other one."""

    def __init__(self, data: bytes) -> None:
        try:
            self._ole = olefile.OleFileIO(io.BytesIO(data))
        except OLE_FAULTS as fault:
            raise UnreadableDocument(f"a damaged compound file: {fault}") from fault
        self.main = self._stream("WordDocument")
        if not self.main:
            raise UnreadableDocument("a compound file without a WordDocument stream")
        self._check_header()
        wanted, other = ("1Table", "0Table") if U16(self.main, 0x0A)[0] & _TABLE_1 else ("0Table", "1Table")
        self.table = self._stream(wanted) or self._stream(other)
        if not self.table:
            raise UnreadableDocument("a damaged Word file: its table stream is missing")
        self.data = self._stream("Data")
        self.lengths = Lengths(*struct.unpack_from("<8I", self.main, 0x4C))
        self.properties: list[bytes] = []
        self.pieces = self._pieces()
        self._starts = [piece.start for piece in self.pieces]
        self.text = "".join(self._text(piece) for piece in self.pieces)

    def structure(self, index: int) -> bytes:
        """The bytes in the table stream that entry `index` of FibRgFcLcb97 points to; empty where it has none."""
        at = 0x9A + 8 * index
        if at + 8 > len(self.main):
            return b""
        offset, length = struct.unpack_from("<II", self.main, at)
        return self.table[offset : offset + length]

    def piece_at(self, position: int) -> Piece:
        """The piece that holds a text position."""
        return self.pieces[bisect.bisect_right(self._starts, position) - 1]

    def summary(self) -> dict[str, str]:
        """What the file states of itself; raises ValueError or UnreadableDocument where that is damaged."""
        return summary(self._stream("\x05SummaryInformation"))

    def _stream(self, name: str) -> bytes:
        try:
            return self._ole.openstream(name).read() if self._ole.exists(name) else b""
        except OLE_FAULTS as fault:
            raise UnreadableDocument(f"a damaged Word file: stream {name}: {fault}") from fault

    def _check_header(self) -> None:
        if len(self.main) < 0x1AA:
            raise UnreadableDocument("a damaged Word file: its header is cut short")
        magic, version = U16(self.main, 0)[0], U16(self.main, 2)[0]
        if (magic != _MAGIC and magic in _OLD_MAGICS) or (magic == _MAGIC and version < _FIRST_97):
            name = _OLD_MAGICS.get(magic, "Word 6/95")
            raise UnreadableDocument(f"a {name} file; only Word 97 and later is read")
        if magic != _MAGIC:
            raise UnreadableDocument(f"a damaged Word file: its header begins with {magic:04x}")
        if U16(self.main, 0x0A)[0] & _ENCRYPTED:
            raise UnreadableDocument("a Word file encrypted with a password")

    def _pieces(self) -> list[Piece]:
        """The piece table; the property lists before it go to `properties`."""
        clx, at = self.structure(33), 0
        while at + 3 <= len(clx) and clx[at] == 1:
            length = U16(clx, at + 1)[0]
            self.properties.append(clx[at + 3 : at + 3 + length])
            at += 3 + length
        if at + 5 > len(clx) or clx[at] != 2:
            raise UnreadableDocument("a damaged Word file: it has no piece table")
        table = clx[at + 5 : at + 5 + U32(clx, at + 1)[0]]
        count = (len(table) - 4) // 12
        if count <= 0:
            raise UnreadableDocument("a damaged Word file: its piece table is empty")
        if count > _MAX_PIECES:
            raise refuse(f"is in more than {_MAX_PIECES:,} pieces")
        positions = struct.unpack_from(f"<{count + 1}I", table, 0)
        pieces: list[Piece] = []
        for n in range(count):
            _, where, prm = struct.unpack_from("<HIH", table, 4 * (count + 1) + 8 * n)
            start, end = positions[n], positions[n + 1]
            width, offset = (1, (where & 0x3FFFFFFF) // 2) if where & 0x40000000 else (2, where & 0x3FFFFFFF)
            if start != (pieces[-1].end if pieces else 0) or end <= start:
                raise UnreadableDocument("a damaged Word file: the pieces of its text do not follow each other")
            if offset + (end - start) * width > len(self.main):
                raise UnreadableDocument("a damaged Word file: a piece of its text lies outside of the file")
            pieces.append(Piece(start, end, offset, width, prm))
        if pieces[-1].end < self.lengths.main:
            raise UnreadableDocument("a damaged Word file: its text is shorter than its header says")
        if pieces[-1].end > len(self.main):  # pieces that overlap in the file, as no program writes them
            raise UnreadableDocument("a damaged Word file: its text is longer than the file")
        return pieces

    def _text(self, piece: Piece) -> str:
        """The characters of a piece, exactly one for each text position."""
        count = piece.end - piece.start
        raw = self.main[piece.offset : piece.offset + count * piece.width]
        if piece.width == 2:
            text = raw.decode("utf-16-le", "surrogatepass")
            return text if len(text) == count else "".join(map(chr, struct.unpack(f"<{count}H", raw)))
        if not raw.isascii() and (codec := self._east_asian(raw)):
            return _paired(raw, codec)
        return raw.decode("latin-1").translate(_CP1252)

    def _east_asian(self, raw: bytes) -> str | None:
        """The Chinese set of a one-byte piece, where the document is Chinese and its high bytes come in pairs."""
        language, flags = U16(self.main, 6)[0], U16(self.main, 0x0A)[0]
        codec = _EAST_ASIAN.get(language) or ("gb18030" if flags & _FAR_EAST else None)
        return codec if codec and all(_DOUBLE.fullmatch(run) for run in _HIGH.findall(raw)) else None


def _paired(raw: bytes, codec: str) -> str:
    """Text of a two-byte set, each such character followed by a filler for its second byte."""
    decoded = (char if char.isascii() else char + FILLER for char in raw.decode(codec, "replace"))
    text = "".join(decoded)
    return text if len(text) == len(raw) else raw.decode("latin-1").translate(_CP1252)
