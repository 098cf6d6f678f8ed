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


def end_of(row: Cells) -> int:
    """The grid column behind the last cell of a row."""
    return max(cell.column + cell.colspan for cell in row)
