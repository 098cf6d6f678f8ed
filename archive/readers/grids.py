"""Grids with spans resolved, by the table model of HTML.

Source of the rule: https://html.spec.whatwg.org/multipage/tables.html#algorithm-for-processing-rows
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from archive.models import Grid, GridCell
from archive.readers.limits import MAX_COLSPAN, MAX_GRID_AREA, MAX_ROWSPAN, refuse


class RawCell(NamedTuple):
    """A cell as the source has it; `rowspan` 0 means "to the end of the table"."""

    text: str
    rowspan: int = 1
    colspan: int = 1


def place_of(table: int, row: int, column: int) -> str:
    """Where a cell stands, counted from 1 for a person, from zero-based `row` and `column`."""
    return f"table {table}, row {row + 1}, column {column + 1}"


def build_grid(rows: Sequence[Sequence[RawCell]], table: int) -> Grid:
    """Gives every origin cell its grid column; `table` is the running number of the table, from 1.

    Spans are clamped to the rows left and to MAX_ROWSPAN and MAX_COLSPAN. Raises UnreadableDocument where the spans
    claim more than MAX_GRID_AREA grid places.
    """
    free_from: list[int] = []  # for each column, the first row in which it is free again
    placed: list[tuple[GridCell, ...]] = []
    area = 0
    prefix = f"table {table}, row "
    for r, row in enumerate(rows):
        cells: list[GridCell] = []
        row_prefix = f"{prefix}{r + 1}, column "
        column = 0
        for text, rowspan, colspan in row:
            while column < len(free_from) and free_from[column] > r:
                column += 1
            if rowspan != 1:
                rowspan = min(rowspan or MAX_ROWSPAN, MAX_ROWSPAN, len(rows) - r)
            colspan = min(colspan, MAX_COLSPAN)
            area += rowspan * colspan
            if area > MAX_GRID_AREA:
                raise refuse(f"has a table whose cells span more than {MAX_GRID_AREA:,} places")
            end = column + colspan
            if end > len(free_from):
                free_from.extend([0] * (end - len(free_from)))
            below = r + rowspan
            for c in range(column, end):
                if free_from[c] < below:
                    free_from[c] = below
            cells.append(GridCell(text, r, column, rowspan, colspan, f"{row_prefix}{column + 1}"))
            column = end
        placed.append(tuple(cells))
    return Grid(tuple(placed), f"table {table}")


def build_unspanned(rows: Sequence[Sequence[str]], table: int) -> Grid:
    """A grid of a source that lost its merges: `column` counts the cells of a row."""
    placed = tuple(
        tuple(GridCell(text, r, c, place=place_of(table, r, c)) for c, text in enumerate(row))
        for r, row in enumerate(rows)
    )
    return Grid(placed, f"table {table}", spans_known=False)
