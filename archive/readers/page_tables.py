"""Text into ruled tables, tables over page breaks, and both as grids."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.models import Grid, GridCell
from archive.readers.limits import MAX_CELLS, MAX_GRID_AREA, refuse
from archive.readers.page_lattice import Lattice
from archive.readers.page_marks import lone_marks
from archive.readers.page_model import Glyph
from archive.readers.page_text import cell_text, join, lines_by_place

_SAME_EDGE = 4.0  # points between the borders of two parts of one table
_HEAD_ROWS = 4
_ORDINAL = re.compile(r"[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.．、]")
_TOUCHING = 0.1  # em between two digits of one number
_CROSSED = "\ufffd"


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table part between the borders `left` and `right`; `full` says that its text may go on."""

    text: str
    row: int
    rowspan: int
    left: float
    right: float
    page: int
    full: bool = False


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table, or the part of one that stands on one page: `edges` are its vertical borders, `rows` how many it has."""

    cells: tuple[TableCell, ...]
    rows: int
    edges: tuple[float, ...]
    top: float
    bottom: float

    def row(self, number: int) -> list[TableCell]:
        """The cells that begin in a row, from left to right."""
        return [cell for cell in self.cells if cell.row == number]


def fill(lattice: Lattice, glyphs: Sequence[Glyph], page: int) -> tuple[TablePart, bool] | None:
    """The table with its text, and whether a number runs over a border; None if the lattice only frames text.

    A number that runs over a border is printed in two cells at once: U+FFFD stands in both, so that neither is read.
    """
    held: list[list[Glyph]] = [[] for _ in lattice.boxes]
    crossed: set[int] = set()
    before: tuple[Glyph, int] | None = None
    for glyph in glyphs:
        number = lattice.cell_at((glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2)
        if number is None:
            before = None
            continue
        held[number].append(glyph)
        if before is not None and before[1] != number and _is_one_number(before[0], glyph):
            crossed |= {before[1], number}
        before = (glyph, number)
    crossed_any = bool(crossed)
    crossed |= lone_marks(held)
    cells = []
    for number, (box, inside) in enumerate(zip(lattice.boxes, held, strict=True)):
        if not inside and number in lattice.open_boxes:
            continue
        left, right = lattice.xs[box.column], lattice.xs[box.column + box.colspan]
        text, full = cell_text(lines_by_place(inside), left, right)
        if number in crossed:
            text = f"{text}{_CROSSED}"
        cells.append(TableCell(text, box.row, box.rowspan, left, right, page, full))
    per_row = [0] * (len(lattice.ys) - 1)
    for cell in cells:
        per_row[cell.row] += 1
    if max(per_row, default=0) < 2:
        return None
    return TablePart(tuple(cells), len(per_row), lattice.xs, lattice.ys[0], lattice.ys[-1]), crossed_any


def _is_one_number(a: Glyph, b: Glyph) -> bool:
    em = max(a.em, b.em)
    return (
        a.text.isascii()
        and b.text.isascii()
        and (a.text.isdigit() or b.text.isdigit())
        and not (a.text.isspace() or b.text.isspace())
        and abs(a.base - b.base) < _TOUCHING * em
        and abs(b.x0 - a.x1) < _TOUCHING * em
    )


def continues(above: TablePart, below: TablePart) -> bool:
    """Whether two parts on following pages have the same vertical borders, or one of them some of the other's."""
    a, b = above.edges, below.edges
    if abs(a[0] - b[0]) > _SAME_EDGE or abs(a[-1] - b[-1]) > _SAME_EDGE:
        return False
    few, many = sorted((a, b), key=len)
    return all(min(abs(edge - other) for other in many) <= _SAME_EDGE for edge in few)


def joined(above: TablePart, below: TablePart) -> tuple[TablePart, int, bool]:
    """One table of both parts, how many heading rows were repeated, and whether a row torn by the break was mended."""
    repeated = _repeated_rows(above, below)
    cells = [replace(cell, row=cell.row - repeated) for cell in below.cells if cell.row >= repeated]
    below = replace(below, cells=tuple(cells), rows=below.rows - repeated)
    edges = above.edges if len(above.edges) >= len(below.edges) else below.edges
    kept = list(above.cells)
    pairs = [] if repeated else _torn_pairs(above, below, edges)
    for index, cell in pairs:
        upper = kept[index]
        text = join(upper.text, cell.text) if upper.text and cell.text else upper.text or cell.text
        kept[index] = replace(upper, text=text, full=cell.full, rowspan=upper.rowspan + cell.rowspan - 1)
    shift = above.rows - (1 if pairs else 0)
    kept += [replace(cell, row=cell.row + shift) for cell in cells if not (pairs and cell.row == 0)]
    return TablePart(tuple(kept), shift + below.rows, edges, above.top, below.bottom), repeated, bool(pairs)


def _repeated_rows(above: TablePart, below: TablePart) -> int:
    """How many rows at the top of the second part only repeat the heading of the first."""
    count = 0
    for number in range(min(_HEAD_ROWS, above.rows, below.rows - 1)):
        a = [(cell.text, cell.rowspan) for cell in above.row(number)]
        b = [(cell.text, cell.rowspan) for cell in below.row(number)]
        if a != b or not any(text for text, _ in a):
            break
        count = number + 1
    inside = any(cell.row < count < cell.row + cell.rowspan for cell in below.cells)
    figures = any(cell.text.strip().isdecimal() for cell in below.cells if cell.row < count)
    return 0 if inside or figures else count


def _torn_pairs(above: TablePart, below: TablePart, edges: Sequence[float]) -> list[tuple[int, TableCell]]:
    """The cells above (by number) and below that make up one row cut by the page break; empty if that is not sure.

    Both must have the same cells. Of those that are one row high, some text must go on from a full line without an
    ordinal of its own; every other text stands on one side of the break only, and all of those on the same side.
    """

    def place(cell: TableCell) -> tuple[int, int]:
        return _column(edges, cell.left), _column(edges, cell.right)

    first = {place(cell): cell for cell in below.row(0)}
    last = {place(cell): index for index, cell in enumerate(above.cells) if cell.row + cell.rowspan == above.rows}
    if not first or set(first) != set(last):
        return []
    pairs = [(last[at], cell) for at, cell in first.items()]
    single = [(above.cells[index], cell) for index, cell in pairs if above.cells[index].rowspan == cell.rowspan == 1]
    both = [(a, b) for a, b in single if a.text and b.text]
    if not both or any(not a.full or _ORDINAL.match(b.text) or b.text[0].isdecimal() for a, b in both):
        return []
    only_above = any(a.text and not b.text for a, b in single)
    only_below = any(b.text and not a.text for a, b in single)
    return pairs if only_above != only_below else []


def to_grid(table: TablePart, number: int) -> Grid:
    """The table as a grid; `number` counts the tables of the document from 1.

    Raises UnreadableDocument for more cells than any report has.
    """
    if len(table.cells) > MAX_CELLS or table.rows * len(table.edges) > MAX_GRID_AREA:
        raise refuse(f"has a table of {len(table.cells):,} cells")
    rows: list[list[GridCell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        column, end = _column(table.edges, cell.left), _column(table.edges, cell.right)
        place = f"page {cell.page}, table {number}, row {cell.row + 1}, column {column + 1}"
        rows[cell.row].append(GridCell(cell.text, cell.row, column, cell.rowspan, max(1, end - column), place))
    first = min((cell.page for cell in table.cells), default=0)
    ordered = tuple(tuple(sorted(row, key=lambda cell: cell.column)) for row in rows)
    return Grid(ordered, f"page {first}, table {number}")


def _column(edges: Sequence[float], at: float) -> int:
    index = bisect_left(edges, at)
    if index == 0 or index == len(edges):
        return min(index, len(edges) - 1)
    return index if edges[index] - at < at - edges[index - 1] else index - 1
