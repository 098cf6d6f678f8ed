"""Cells of a grid as the row readers see them: where they stand, and whether they are blank or hold a value."""

from __future__ import annotations

from collections.abc import Sequence

from archive.models import Grid, GridCell, State
from archive.report.numbers import read_value

Cells = Sequence[GridCell]
"""The cells of one row, left to right."""


def place_of(grid: Grid, cell: GridCell) -> str:
    """Where a cell stands, for a person."""
    return cell.place or f"{grid.place or 'table'}, row {cell.row + 1}, column {cell.column + 1}"


def is_blank(cell: GridCell) -> bool:
    """Whether nothing is printed in the cell."""
    return read_value(cell.text).state is State.BLANK


def is_value(cell: GridCell) -> bool:
    """Whether the cell is blank or holds a number or a mark, not words."""
    return read_value(cell.text, "signed_count").state is not State.TEXT


def stand_under(cells: Cells, heads: Cells) -> bool:
    """Whether each cell lies under the heading of its number, more of it than under any other.

    The edges need not meet: in the grids of Word they differ by a hair from row to row, and each hair makes a column.
    """
    if len(cells) != len(heads) or any(cell.rowspan > 1 for cell in cells):
        return False
    for cell, own in zip(cells, heads, strict=True):
        shared = _shared(cell, own)
        if shared <= 0 or any(_shared(cell, head) >= shared for head in heads if head is not own):
            return False
    return True


def _shared(one: GridCell, other: GridCell) -> int:
    """The grid columns that two cells both cover; none or less if they lie apart."""
    return min(one.column + one.colspan, other.column + other.colspan) - max(one.column, other.column)


def end_of(row: Cells) -> int:
    """The grid column behind the last cell of a row."""
    return max(cell.column + cell.colspan for cell in row)
