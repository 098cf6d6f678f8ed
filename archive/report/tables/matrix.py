"""A grid as a full rectangle: every place with the cell that covers it, so that rows and columns can be told alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.models import Grid, GridCell

_MOST_PLACES = 20_000  # of one rectangle: a table of the form has some 300


@dataclass(frozen=True, slots=True)
class Matrix:
    """The cell that covers each place, row by row; a cell with spans stands in several places as the same object."""

    rows: tuple[tuple[GridCell, ...], ...]
    grid: Grid

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rows[0])

    def column(self, number: int, rows: range) -> list[GridCell]:
        """The different cells of a column within `rows`, from the top."""
        return list(dict.fromkeys(self.rows[row][number] for row in rows))

    def row(self, number: int, columns: Iterable[int]) -> list[GridCell]:
        """The different cells of a row within `columns`, from the left."""
        return list(dict.fromkeys(self.rows[number][column] for column in columns))

    def size(self, cell: GridCell) -> int:
        """How many places a cell covers."""
        return sum(one is cell for row in self.rows for one in row)

    def narrow(self) -> Matrix:
        """The rectangle without columns in which no cell begins, as sheets set wide cells on a fine grid."""
        begins = sorted({cell.column for row in self.rows for cell in row})
        return Matrix(tuple(tuple(row[column] for column in begins) for row in self.rows), self.grid)

    def turned(self) -> Matrix:
        """The rectangle with rows as columns; the cells keep their own words and places."""
        return Matrix(tuple(zip(*self.rows, strict=True)), self.grid)


def matrix_of(grid: Grid) -> Matrix | None:
    """The grid as a rectangle, or None where a place has no cell or two: a span or a cell is lost there."""
    if not grid.spans_known or not grid.rows:
        return None
    cells = [cell for row in grid.rows for cell in row]
    width = max((cell.column + cell.colspan for cell in cells), default=0)
    height = len(grid.rows)
    if width == 0 or width * height > _MOST_PLACES:
        return None
    places: list[list[GridCell | None]] = [[None] * width for _ in range(height)]
    for cell in cells:
        for row in places[cell.row : cell.row + cell.rowspan]:
            for column in range(cell.column, cell.column + cell.colspan):
                if row[column] is not None:
                    return None
                row[column] = cell
    whole = [[cell for cell in row if cell is not None] for row in places]
    return Matrix(tuple(map(tuple, whole)), grid) if all(len(row) == width for row in whole) else None


def without(grid: Grid, cells: Iterable[GridCell]) -> Grid:
    """The grid without some of its cells; what is left stays where it stands, rows left empty are dropped."""
    gone = set(map(id, cells))
    rows: Sequence[tuple[GridCell, ...]] = [tuple(c for c in row if id(c) not in gone) for row in grid.rows]
    return Grid(tuple(row for row in rows if row), grid.place, grid.spans_known)
