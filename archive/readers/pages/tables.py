"""Text into ruled tables, and tables as grids."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from archive.models import Grid, GridCell
from archive.readers.limits import MAX_CELLS, MAX_GRID_AREA, refuse
from archive.readers.pages.gaps import with_missing_borders
from archive.readers.pages.lattice import Box, Lattice
from archive.readers.pages.marks import lone_marks
from archive.readers.pages.model import Glyph
from archive.readers.pages.text import cell_text, lines_by_place, rows_of

_NEXT_LINE = 1.8  # em between the base lines of two lines of a cell
_TOUCHING = 0.1  # em between two digits of one number
_CROSSED = "\ufffd"


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table part between the borders `left` and `right`; `full` says that its text may go on.

    `open_above` and `open_below` say that it has no line there, at the end of the part.
    """

    text: str
    row: int
    rowspan: int
    left: float
    right: float
    page: int
    full: bool = False
    open_above: bool = False
    open_below: bool = False


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
    owners = [lattice.cell_at(*_middle(glyph)) for glyph in glyphs]
    held = _held(lattice, glyphs, owners)
    whole = with_missing_borders(lattice, held)
    if whole is not lattice:
        lattice = whole
        owners = [lattice.cell_at(*_middle(glyph)) for glyph in glyphs]
        held = _held(lattice, glyphs, owners)
    crossed = _crossed(glyphs, owners)
    crossed_any = bool(crossed)
    crossed |= lone_marks(held)
    filled = [box for box, inside in zip(lattice.boxes, held, strict=True) if inside]
    cells = []
    for number, (box, inside) in enumerate(zip(lattice.boxes, held, strict=True)):
        if not inside and number in lattice.open_boxes and not _is_in_a_row(lattice, number, filled):
            continue
        left, right = lattice.xs[box.column], lattice.xs[box.column + box.colspan]
        text, full = cell_text(lines_by_place(inside), left, right)
        if number in crossed:
            text = f"{text}{_CROSSED}"
        opened = number in lattice.open_above, number in lattice.open_below
        cells.append(TableCell(text, box.row, box.rowspan, left, right, page, full, *opened))
    per_row = Counter(cell.row for cell in cells)
    per_row[0] += sum(1 for number in lattice.open_above if not held[number])
    if max(per_row.values()) < 2:
        return None
    part = TablePart(tuple(cells), len(lattice.ys) - 1, lattice.xs, lattice.ys[0], lattice.ys[-1])
    return without_idle_rows(part), crossed_any


def _is_in_a_row(lattice: Lattice, number: int, filled: Sequence[Box]) -> bool:
    """Whether an empty cell without a line at a page break has text left of it in its row, and ends with the row."""
    box = lattice.boxes[number]
    beside = [other.column for other in filled if (other.row, other.rowspan) == (box.row, box.rowspan)]
    is_last = box.column + box.colspan == len(lattice.xs) - 1 and number not in lattice.open_beside
    return any(column < box.column for column in beside) and (is_last or any(column > box.column for column in beside))


def without_idle_rows(part: TablePart) -> TablePart:
    """The table without rows in which nothing begins but, at most, a single empty cell.

    Where a page break cuts a tall cell, browsers draw its lower border too high, across its own column.
    """
    begins = Counter(cell.row for cell in part.cells)
    inked = {cell.row for cell in part.cells if cell.text}
    idle = [row for row in range(1, part.rows) if row not in inked and begins[row] < 2]
    if not idle:
        return part

    def kept_before(row: int) -> int:
        return row - bisect_left(idle, row)

    cells = tuple(
        replace(cell, row=kept_before(cell.row), rowspan=kept_before(cell.row + cell.rowspan) - kept_before(cell.row))
        for cell in part.cells
        if cell.row not in idle
    )
    return replace(part, cells=cells, rows=kept_before(part.rows))


def with_overhang(lattice: Lattice, glyphs: Iterable[Glyph]) -> Lattice:
    """The table down to the end of the text in its open cells, if other cells end above it: a page break cut those."""
    last_row = [number for number, box in enumerate(lattice.boxes) if box.row + box.rowspan == len(lattice.ys) - 1]
    if not lattice.open_below or len(lattice.open_below) == len(last_row):
        return lattice
    lowest: dict[int, float] = {}
    under: list[Glyph] = []
    for glyph in glyphs:
        number = lattice.cell_at(*_middle(glyph))
        if number in lattice.open_below and glyph.text.strip():
            lowest[number] = max(lowest.get(number, 0.0), glyph.base)
        elif number is None and _middle(glyph)[1] >= lattice.ys[-1] and glyph.text.strip():
            under.append(glyph)
    for row in rows_of(under):
        owners = [_going_on(lattice, lowest, glyph) for glyph in row]
        if None in owners:
            break
        lowest.update((owner, glyph.base) for owner, glyph in zip(owners, row, strict=True) if owner is not None)
        lattice = replace(lattice, ys=(*lattice.ys[:-1], max(glyph.y1 for glyph in row)))
    return lattice


def _going_on(lattice: Lattice, lowest: Mapping[int, float], glyph: Glyph) -> int | None:
    """The cell under whose last line, at the height `lowest` says, a glyph stands as part of its next line."""
    x, _ = _middle(glyph)
    for number, base in lowest.items():
        box = lattice.boxes[number]
        if (
            lattice.xs[box.column] < x < lattice.xs[box.column + box.colspan]
            and glyph.base - base <= _NEXT_LINE * glyph.em
        ):
            return number
    return None


def _middle(glyph: Glyph) -> tuple[float, float]:
    return (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2


def _held(lattice: Lattice, glyphs: Sequence[Glyph], owners: Sequence[int | None]) -> list[list[Glyph]]:
    """The glyphs of each cell, given the cell of each glyph."""
    held: list[list[Glyph]] = [[] for _ in lattice.boxes]
    for glyph, number in zip(glyphs, owners, strict=True):
        if number is not None:
            held[number].append(glyph)
    return held


def _crossed(glyphs: Sequence[Glyph], owners: Sequence[int | None]) -> set[int]:
    """The cells into or out of which a number runs, given the cell of each glyph."""
    crossed: set[int] = set()
    for before, glyph, first, second in zip(glyphs, glyphs[1:], owners, owners[1:], strict=False):
        if first is not None and second is not None and first != second and _is_one_number(before, glyph):
            crossed |= {first, second}
    return crossed


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


def to_grid(table: TablePart, number: int) -> Grid:
    """The table as a grid; `number` counts the tables of the document from 1.

    Raises UnreadableDocument for more cells than any report has.
    """
    if len(table.cells) > MAX_CELLS or table.rows * len(table.edges) > MAX_GRID_AREA:
        raise refuse(f"has a table of {len(table.cells):,} cells")
    rows: list[list[GridCell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        column, end = column_at(table.edges, cell.left), column_at(table.edges, cell.right)
        place = f"page {cell.page}, table {number}, row {cell.row + 1}, column {column + 1}"
        rows[cell.row].append(GridCell(cell.text, cell.row, column, cell.rowspan, max(1, end - column), place))
    first = min((cell.page for cell in table.cells), default=0)
    ordered = tuple(tuple(sorted(row, key=lambda cell: cell.column)) for row in rows)
    return Grid(ordered, f"page {first}, table {number}")


def column_at(edges: Sequence[float], at: float) -> int:
    """The number of the border that is nearest to a place."""
    index = bisect_left(edges, at)
    if index == 0 or index == len(edges):
        return min(index, len(edges) - 1)
    return index if edges[index] - at < at - edges[index - 1] else index - 1
