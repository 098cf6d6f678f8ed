"""The cells of one sheet as paragraphs and grids: as they are seen, with hidden rows and columns left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal

from archive.models import Block, Grid, GridCell, Paragraph
from archive.readers.limits import MAX_COLSPAN, MAX_GRID_AREA, MAX_ROWSPAN, check_blocks, refuse
from archive.readers.raised import PLAIN, marked
from archive.readers.sheets.format import MAX_COLUMNS, MAX_ROWS, Place, Range, SheetFormat

NO_RESULT = "[formula without a result]"
"""The text of a cell whose formula was never calculated: it is not blank, and its value is not known."""

_DIGITS = 15

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


class SheetGrid:
    """The printed texts of one sheet by row and column of those that are seen, and its merged ranges.

    `merges` is None where the merged cells are not known. `hidden` holds what stands in hidden rows and columns, and
    under the merged cells.
    """

    def __init__(
        self, name: str, values: Sequence[Sequence[Value]], merges: Sequence[Range] | None, form: SheetFormat
    ) -> None:
        self.name = name
        self.texts = [[printed(value) for value in row] for row in values]
        self.hidden: list[Paragraph] = []
        self._make_room(form)
        self._width = max(map(len, self.texts), default=0)
        self._rows = [row for row in range(len(self.texts)) if row not in form.hidden_rows]
        self._columns = [column for column in range(self._width) if column not in form.hidden_columns]
        self.unseen = len(self.texts) - len(self._rows), self._width - len(self._columns)
        self.unknown = self._mark(form)
        self.cells = sum(1 for row in self.texts for text in row if text)
        self.spans: dict[Place, tuple[int, int]] = {}
        self.covered: set[Place] = set()
        self.merges_known = merges is not None
        self._merge(merges or ())
        self._leave_out()

    def _make_room(self, form: SheetFormat) -> None:
        """Adds the rows and columns beyond the last value in which formulas without a result stand."""
        places = [(row, column) for row, column in form.no_results if row < MAX_ROWS and column < MAX_COLUMNS]
        if places:
            width = max([*map(len, self.texts), *(column + 1 for _, column in places)])
            height = max(len(self.texts), *(row + 1 for row, _ in places))
            self.texts += [[] for _ in range(height - len(self.texts))]
            self.texts = [row + [""] * (width - len(row)) for row in self.texts]

    def _mark(self, form: SheetFormat) -> int:
        """Puts the looks of the cells into their texts; returns how many formulas have no result."""
        unknown = 0
        for row, column in form.no_results:
            if self._has((row, column)) and not self.texts[row][column]:
                self.texts[row][column] = NO_RESULT
                unknown += 1
        for row, column in form.looks.keys() | form.pieces.keys():
            if not self._has((row, column)):
                continue
            look = form.looks.get((row, column), PLAIN)
            seen: list[str] = []
            hidden: list[str] = []
            for text, own in form.pieces.get((row, column), ((self.texts[row][column], None),)):
                found = look if own is None else own
                (hidden if found.hidden or look.hidden else seen).append(marked(text, found))
            self.texts[row][column] = printed("".join(seen))
            self._hide("".join(hidden), row, column)
        return unknown

    def _has(self, place: Place) -> bool:
        return place[0] < len(self.texts) and place[1] < len(self.texts[place[0]])

    def _merge(self, ranges: Sequence[Range]) -> None:
        """Places merged cells; the text of one whose first row or column is hidden stands in its first seen cell."""
        area = 0
        for (top, left), (bottom, right) in ranges:
            bottom, right = min(bottom, len(self.texts) - 1), min(right, self._width - 1)
            if bottom < top or right < left or (top, left) in self.covered:
                continue
            area += (bottom - top + 1) * (right - left + 1)
            if area > MAX_GRID_AREA:
                raise refuse(f"has merged cells that span more than {MAX_GRID_AREA:,} places")
            rows = [row for row in self._rows if top <= row <= bottom]
            columns = [column for column in self._columns if left <= column <= right]
            places = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
            for row, column in places[1:]:
                self._hide(self.texts[row][column], row, column)
                self.texts[row][column] = ""
            self.covered.update(places[1:])
            if rows and columns:
                first = rows[0], columns[0]
                text, self.texts[top][left] = self.texts[top][left], ""
                self.texts[first[0]][first[1]] = text
                self.spans[first] = (min(len(rows), MAX_ROWSPAN), min(len(columns), MAX_COLSPAN))
                self.covered.add((top, left))
                self.covered.discard(first)

    def _leave_out(self) -> None:
        """Takes hidden rows and columns out; from here on rows and columns are counted by those that are seen."""
        rows = {row: n for n, row in enumerate(self._rows)}
        columns = {column: n for n, column in enumerate(self._columns)}
        for row, texts in enumerate(self.texts):
            for column, text in enumerate(texts):
                if row not in rows or column not in columns:
                    self._hide(text, row, column)
        self.texts = [[self.texts[row][column] for column in self._columns] for row in self._rows]
        self.spans = {(rows[row], columns[column]): span for (row, column), span in self.spans.items()}
        self.covered = {(rows[r], columns[c]) for r, c in self.covered if r in rows and c in columns}

    def _hide(self, text: str, row: int, column: int) -> None:
        if text:
            self.hidden.append(Paragraph(text, f"sheet {self.name}, row {row + 1}, column {column + 1}, hidden"))
            check_blocks(len(self.hidden))

    def blocks(self, tables: int) -> Iterator[Block]:
        """Paragraphs and grids in order; `tables` is how many grids stand before."""
        for first, last in self._parts():
            at = first
            many = any(len(self._filled(row)) > 1 for row in range(first, last))
            while at < last and len(filled := self._filled(at)) == 1 and not (many and (at, filled[0]) in self.spans):
                yield Paragraph(self.texts[at][filled[0]], f"sheet {self.name}, row {self._rows[at] + 1}")
                at += 1
            if any(map(self._filled, range(at, last))):
                tables += 1
                yield self._grid(at, last, tables)

    def _parts(self) -> Iterator[tuple[int, int]]:
        """First row and row after the last of each run of rows that are filled or tied by a merged cell."""
        tied = {row for row, _ in self.covered}
        start: int | None = None
        for row in range(len(self.texts) + 1):
            filled = row < len(self.texts) and (row in tied or any(self.texts[row]))
            if filled and start is None:
                start = row
            elif not filled and start is not None:
                yield start, row
                start = None

    def _filled(self, row: int) -> list[int]:
        return [column for column, text in enumerate(self.texts[row]) if text]

    def _grid(self, first: int, last: int, number: int) -> Grid:
        left, right = self._edges(first, last)
        rows: list[tuple[GridCell, ...]] = []
        for row in range(first, last):
            cells: list[GridCell] = []
            for column in range(left, right):
                if (row, column) in self.covered:
                    continue
                down, along = self.spans.get((row, column), (1, 1))
                place = f"sheet {self.name}, row {self._rows[row] + 1}, column {self._columns[column] + 1}"
                cells.append(
                    GridCell(self.texts[row][column], row - first, column - left, min(down, last - row), along, place)
                )
            rows.append(tuple(cells))
        return Grid(tuple(rows), f"sheet {self.name}, table {number}", self.merges_known)

    def _edges(self, first: int, last: int) -> tuple[int, int]:
        """The first column with a text in these rows, and the one after the last, merged cells included."""
        filled = [(row, column) for row in range(first, last) for column in self._filled(row)]
        right = max(column + self.spans.get((row, column), (1, 1))[1] for row, column in filled)
        return min(column for _, column in filled), right


def printed(value: Value) -> str:
    """A value as a sheet prints it where no format says otherwise."""
    if isinstance(value, str):
        return "\n".join(line.strip() for line in value.splitlines() if line.strip())
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        text = format(Decimal(format(value, f".{_DIGITS}g")), "f")
        return "0" if text == "-0" else text
    if isinstance(value, dt.timedelta):
        return str(value)
    return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
