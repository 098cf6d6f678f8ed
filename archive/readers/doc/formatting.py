"""Paragraph and character properties of a Word 97–2003 file, as far as they decide on text and tables.

Source: [MS-DOC] 2.2.5 (Sprm), 2.4.6 (determining properties), 2.6 (single property modifiers), 2.9.175 and 2.9.31 (the
512-byte pages of paragraph and character runs), 2.9.215 (Prm0).
"""

from __future__ import annotations

import bisect
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from archive.models import UnreadableDocument
from archive.readers.doc.file import U16, U32, WordFile
from archive.readers.doc.rows import CellShape, Merge
from archive.readers.limits import refuse
from archive.readers.raised import Stated

_PAGE = 512
_OPERAND_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)
_MAX_RUNS = 500_000
_MAX_CELLS_OF_ROW = 63

_T_DEF_TABLE, _P_CHANGE_TABS = 0xD608, 0xC615
_FROM_DATA = frozenset({0x6646, 0x6645, 0x646B})  # sprmPHugePapx, its old form, sprmPTableProps
# Prm0: in table, row end, deleted, inserted, struck, hidden, raised or lowered, struck twice
_SHORT_FORMS = {
    0x18: 0x2416, 0x19: 0x2417, 0x41: 0x0800, 0x42: 0x0801, 0x57: 0x0837, 0x5C: 0x083C, 0x68: 0x2A48, 0x73: 0x2A53,
}  # fmt: skip
_LEAST_SHIFT = 3  # half-points; less only levels letters of different fonts

Shape = tuple[int, int]
"""The horzMerge and vertMerge values of a cell as stored."""


@dataclass(slots=True)
class ParagraphState:
    """What a paragraph states: its style, its place in tables, its outline level and its list."""

    style: int = 0
    in_table: bool = False
    row_end: bool = False
    depth: int = 0
    inner_cell_end: bool = False
    inner_row_end: bool = False
    outline: int | None = None
    list_index: int | None = None
    list_level: int | None = None
    edges: list[int] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)

    def cell_shapes(self) -> Sequence[CellShape]:
        """The cells of the row that this paragraph ends."""
        return _cell_shapes(tuple(self.edges), tuple(self.shapes))


@lru_cache(maxsize=512)
def _cell_shapes(edges: Sequence[int], shapes: Sequence[Shape]) -> tuple[CellShape, ...]:
    """The cells between the edges of a row, with their merges: the rows of a table share few."""
    along = _along([shape[0] for shape in shapes])
    down = {0: Merge.NONE, 1: Merge.CONTINUED}
    return tuple(
        CellShape(left, right, merge, down.get(shape[1], Merge.FIRST))
        for left, right, merge, shape in zip(edges, edges[1:], along, shapes, strict=False)
    )


@dataclass(frozen=True, slots=True)
class CharacterRun:
    """A stretch of the file, in bytes, whose characters are not simply text, and what it states of them.

    `style` is the number of the style that says the rest, of a character or a paragraph.
    """

    start: int
    end: int
    deleted: bool = False
    inserted: bool = False
    symbol: int | None = None
    style: int | None = None
    stated: Stated = field(default_factory=Stated)


_SHORT_LIST = 64
"""Bytes of a list of properties that is looked up rather than taken apart again."""


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    properties: bytes


class Formatting:
    """The properties of one file, looked up by text position."""

    def __init__(self, file: WordFile) -> None:
        self._file = file
        self._paragraphs = _runs(file, 13, _paragraph_page)
        self._starts = [run.start for run in self._paragraphs]
        self._known: dict[tuple[bytes, int], ParagraphState] = {}

    def paragraph(self, position: int) -> ParagraphState:
        """The properties of the paragraph whose mark stands at a text position."""
        piece = self._file.piece_at(position)
        offset, prm = piece.offset + (position - piece.start) * piece.width, piece.prm
        at = bisect.bisect_right(self._starts, offset) - 1
        if at >= 0 and offset >= self._paragraphs[at].end:
            at = -1
        stored = self._paragraphs[at].properties if at >= 0 else b""
        key = stored, prm  # the cells of a table share few properties
        state = self._known.get(key)
        if state is None:
            state = self._known[key] = ParagraphState(style=U16(stored, 0)[0] if len(stored) >= 2 else 0)
            apply(state, stored[2:], self._file.data)
            apply(state, self._piece_properties(prm), self._file.data)
        return state

    def characters(self) -> Iterator[CharacterRun]:
        """The runs whose characters are not simply text, in the order of the file."""
        for run in _runs(self._file, 12, _character_page):
            if found := _character(run, run.properties):
                yield found
        for piece in self._file.pieces:
            if piece.prm and (properties := self._piece_properties(piece.prm)):
                run = _Run(piece.offset, piece.offset + (piece.end - piece.start) * piece.width, properties)
                if found := _character(run, properties):
                    yield found

    def styled_paragraphs(self) -> Iterator[CharacterRun]:
        """The paragraphs as runs that state nothing but their style."""
        for run in self._paragraphs:
            if len(run.properties) >= 2:
                yield CharacterRun(run.start, run.end, style=U16(run.properties, 0)[0])

    def _piece_properties(self, prm: int) -> bytes:
        """The properties that a piece adds to those of its runs (fast saves)."""
        if prm & 1:
            index = prm >> 1
            return self._file.properties[index] if index < len(self._file.properties) else b""
        code = _SHORT_FORMS.get(prm >> 1 & 0x7F)
        return struct.pack("<HB", code, prm >> 8) if code else b""


def modifiers(properties: bytes) -> Iterable[tuple[int, bytes]]:
    """The single property modifiers of a list: code and operand, lengths taken off. A torn one ends the list."""
    return _known_modifiers(properties) if len(properties) <= _SHORT_LIST else _modifiers(properties)


@lru_cache(maxsize=1024)
def _known_modifiers(properties: bytes) -> tuple[tuple[int, bytes], ...]:
    """Those of a short list: the runs and cells of a file share few."""
    return tuple(_modifiers(properties))


def _modifiers(properties: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(properties)
    while at + 2 <= end:
        code = U16(properties, at)[0]
        at += 2
        size = _OPERAND_SIZES[code >> 13]
        if not size:
            if at + 2 > end:
                return
            if code == _T_DEF_TABLE:
                size, at = U16(properties, at)[0] - 1, at + 2
            else:
                size, at = properties[at], at + 1
                if code == _P_CHANGE_TABS and size == 255:
                    return
        if size < 0 or at + size > end:
            return
        yield code, properties[at : at + size]
        at += size


def apply(state: ParagraphState, properties: bytes, data: bytes, level: int = 0) -> None:
    """Changes a state by a list of modifiers; `data` is the Data stream, where long lists stand."""
    for code, operand in modifiers(properties):
        if code in _SWITCHES:
            setattr(state, _SWITCHES[code], bool(operand[0]))
        elif code in _NUMBERS:
            setattr(state, _NUMBERS[code], int.from_bytes(operand, "little"))
        elif code == _P_DEEPER:  # relative to the depth so far
            state.depth += int.from_bytes(operand, "little", signed=True)
        elif code == _T_DEF_TABLE:
            edges, shapes = _definition(operand)
            state.edges, state.shapes = list(edges), list(shapes)
        elif code in _TABLE_CHANGES:
            _change_row(code, operand, state.edges, state.shapes)
        elif code in _FROM_DATA and level < 2:
            at = U32(operand, 0)[0]
            if at + 2 <= len(data):
                apply(state, data[at + 2 : at + 2 + U16(data, at)[0]], data, level + 1)


_SWITCHES = {0x2416: "in_table", 0x2417: "row_end", 0x244B: "inner_cell_end", 0x244C: "inner_row_end"}
_NUMBERS = {0x6649: "depth", 0x2640: "outline", 0x460B: "list_index", 0x260A: "list_level"}
_P_DEEPER = 0x664A
_T_MERGE, _T_SPLIT, _T_VERTICAL, _T_INSERT, _T_DELETE, _T_WIDTH = 0x5624, 0x5625, 0xD62B, 0x7621, 0x5622, 0x7623
_TABLE_CHANGES = frozenset({_T_MERGE, _T_SPLIT, _T_VERTICAL, _T_INSERT, _T_DELETE, _T_WIDTH})


@lru_cache(maxsize=256)
def _definition(operand: bytes) -> tuple[tuple[int, ...], tuple[Shape, ...]]:
    """The edges and merges that sprmTDefTable gives the cells of a row; nothing where it is torn."""
    count = operand[0] if operand else 0
    if not 0 < count <= _MAX_CELLS_OF_ROW or len(operand) < 1 + 2 * (count + 1):
        return (), ()
    edges = struct.unpack_from(f"<{count + 1}h", operand, 1)
    first = 1 + 2 * (count + 1)
    shapes: list[Shape] = []
    for at in range(first, first + 20 * count, 20):
        flags = U16(operand, at)[0] if at + 2 <= len(operand) else 0
        shapes.append((flags & 3, flags >> 5 & 3))
    return edges, tuple(shapes)


def _change_row(code: int, operand: bytes, edges: list[int], shapes: list[Shape]) -> None:
    """Applies a later change to the definition of a row."""
    count = len(shapes)
    if code == _T_VERTICAL:
        if len(operand) >= 2 and operand[0] < count:
            shapes[operand[0]] = (shapes[operand[0]][0], operand[1])
        return
    first, last = operand[0], min(operand[1], count)
    if code == _T_MERGE:
        for at in range(first, last):
            shapes[at] = (2 if at == first else 1, shapes[at][1])
    elif code == _T_SPLIT:
        for at in range(first, last):
            shapes[at] = (0, shapes[at][1])
    elif code == _T_DELETE and first < last:
        shift = edges[last] - edges[first]
        edges[first + 1 :] = [edge - shift for edge in edges[last + 1 :]]
        del shapes[first:last]
    elif code == _T_WIDTH:
        width = U16(operand, 2)[0]
        for at in range(first, last):
            shift = edges[at] + width - edges[at + 1]
            edges[at + 1 :] = [edge + shift for edge in edges[at + 1 :]]
    elif code == _T_INSERT and edges and first <= count and count + operand[1] <= _MAX_CELLS_OF_ROW:
        new, width = operand[1], U16(operand, 2)[0]
        start = edges[first]
        edges[first:] = [start + width * n for n in range(new)] + [edge + width * new for edge in edges[first:]]
        shapes[first:first] = [(0, 0)] * new


def _along(flags: Sequence[int]) -> list[Merge]:
    """Merges along a row. The two values are told by their order, because sources disagree which one begins a merge."""
    merges: list[Merge] = []
    beginner = 0
    for flag in flags:
        if not flag:
            beginner = 0
            merges.append(Merge.NONE)
        elif not beginner or flag == beginner:
            beginner = flag
            merges.append(Merge.FIRST)
        else:
            merges.append(Merge.CONTINUED)
    return merges


def _character(run: _Run, properties: bytes) -> CharacterRun | None:
    marks = _marks(properties)
    return CharacterRun(run.start, run.end, *marks) if marks else None


@lru_cache(maxsize=1024)
def _marks(properties: bytes) -> tuple[bool, bool, int | None, int | None, Stated] | None:
    """Deleted, inserted, symbol, style and look, as `CharacterRun` has them; None for characters that are text."""
    deleted = inserted = False
    symbol = style = None
    for code, operand in modifiers(properties):
        if code == 0x0800:  # sprmCFRMarkDel
            deleted = bool(operand[0])
        elif code == 0x0801:  # sprmCFRMarkIns
            inserted = bool(operand[0])
        elif code == 0x6A09:  # sprmCSymbol
            symbol = U16(operand, 2)[0]
        elif code == 0x4A30:  # sprmCIstd
            style = U16(operand, 0)[0]
    stated = stated_look(properties)
    if not (deleted or inserted or stated or symbol is not None or style is not None):
        return None
    return deleted, inserted, symbol, style, stated


def stated_look(properties: bytes) -> Stated:
    """What a list of modifiers states of a look; 0x80 and 0x81 are as in the style and its opposite."""
    stated = Stated()
    for code, operand in modifiers(properties):
        if code in (0x0837, 0x2A53) and operand[0] != 0x80:  # sprmCFStrike, sprmCFDStrike
            stated["struck"] = operand[0] in (1, 0x81) or stated.get("struck", False)
        elif code == 0x083C and operand[0] != 0x80:  # sprmCFVanish
            stated["hidden"] = operand[0] in (1, 0x81)
        elif code == 0x2A48:  # sprmCIss
            stated["shift"] = {1: 1, 2: -1}.get(operand[0], 0) or stated.get("shift", 0)
        elif code == 0x4845:  # sprmCHpsPos
            rise = int.from_bytes(operand, "little", signed=True)
            if abs(rise) >= _LEAST_SHIFT:
                stated["shift"] = 1 if rise > 0 else -1
        elif code == 0x2A33:  # sprmCPlain
            stated = Stated()
    return stated


def _runs(file: WordFile, index: int, read: Callable[[bytes], Iterator[_Run]]) -> list[_Run]:
    """The runs of all pages that a bin table points to, in the order of the file."""
    table = file.structure(index)
    count = max(0, (len(table) - 4) // 8)
    runs: list[_Run] = []
    for n in range(count):
        number = U32(table, 4 * (count + 1) + 4 * n)[0] & 0x3FFFFF
        page = file.main[number * _PAGE : (number + 1) * _PAGE]
        if len(page) != _PAGE:
            raise UnreadableDocument("a damaged Word file: a page of its formatting lies outside of the file")
        runs.extend(read(page))
        if len(runs) > _MAX_RUNS:
            raise refuse(f"has more than {_MAX_RUNS:,} runs of formatting")
    runs.sort(key=lambda run: run.start)
    return runs


def _paragraph_page(page: bytes) -> Iterator[_Run]:
    """The paragraph runs of a page: style number and modifiers of each."""
    count = page[_PAGE - 1]
    entries = 4 * (count + 1)
    if entries + 13 * count > _PAGE - 1:
        raise UnreadableDocument("a damaged Word file: a page of its paragraph formatting is broken")
    limits = struct.unpack_from(f"<{count + 1}I", page, 0)
    for n in range(count):
        at = 2 * page[entries + 13 * n]
        stored = b""
        if at and page[at]:
            stored = page[at + 1 : at + 2 * page[at]]
        elif at:
            stored = page[at + 2 : at + 2 + 2 * page[at + 1]]
        yield _Run(limits[n], limits[n + 1], stored)


def _character_page(page: bytes) -> Iterator[_Run]:
    """The character runs of a page that have modifiers."""
    count = page[_PAGE - 1]
    entries = 4 * (count + 1)
    if entries + count > _PAGE - 1:
        raise UnreadableDocument("a damaged Word file: a page of its character formatting is broken")
    limits = struct.unpack_from(f"<{count + 1}I", page, 0)
    for n in range(count):
        if at := 2 * page[entries + n]:
            yield _Run(limits[n], limits[n + 1], page[at + 1 : at + 1 + page[at]])
