"""Spreadsheets (.xls, .xlsx, .et, .ods) to a document: each block of filled rows becomes paragraphs and a grid.

A sheet is cut at its empty rows. Rows of one lone cell at the head of such a block are paragraphs, as are all rows of a
block that has no row of more. Hidden sheets stand apart. Values are printed as the General format of a sheet prints
them: whole numbers without a point, others with the 15 digits that a sheet keeps.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)  # fmt: skip

from archive.models import Block, Document, Grid, GridCell, Paragraph, UnreadableDocument
from archive.readers.limits import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLSPAN,
    MAX_GRID_AREA,
    MAX_ROWSPAN,
    ZIP_FAULTS,
    check_blocks,
    refuse,
)
from archive.readers.odt_package import check_sizes
from archive.readers.sheet_binary import Range, merged_ranges
from archive.readers.sheet_formulas import without_results
from archive.readers.sheet_guard import MAX_COLUMNS, MAX_ROWS, check_compound, check_zip, far_out

NAME = "sheet"

NO_RESULT = "[formula without a result]"
"""The text of a cell whose formula was never calculated: it is not blank, and its value is not known."""

_MAX_SHEETS = 100
_DIGITS = 15

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
Spans = Mapping[tuple[int, int], tuple[int, int]]


def read_sheet(data: bytes, *, charset: str | None = None) -> Document:
    """Reads a workbook, all sheets in order; `charset` is ignored.

    Raises UnreadableDocument for a workbook that is damaged, encrypted or beyond the limits.
    """
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    formulas: Mapping[str, frozenset[tuple[int, int]]] = {}
    merges: Mapping[str, tuple[Range, ...]] = {}
    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                check_sizes(archive)
                check_zip(archive)
                formulas = without_results(archive)
                merges = merged_ranges(archive)
        except ZIP_FAULTS as fault:
            raise UnreadableDocument(f"a damaged spreadsheet: {fault}") from fault
    else:
        check_compound(data)
    try:
        return _document(CalamineWorkbook.from_filelike(io.BytesIO(data)), formulas, merges)
    except PasswordError as fault:
        raise UnreadableDocument("a spreadsheet encrypted with a password") from fault
    except (CalamineError, XmlError, ZipError, OSError, ValueError, OverflowError) as fault:
        raise UnreadableDocument(f"a damaged spreadsheet: {fault}") from fault
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":  # what the library raises on some damage; it exports no such class
            raise
        raise UnreadableDocument(f"a damaged spreadsheet: {fault}") from fault


def _document(
    book: CalamineWorkbook,
    formulas: Mapping[str, frozenset[tuple[int, int]]],
    merges: Mapping[str, tuple[Range, ...]],
) -> Document:
    blocks: list[Block] = []
    outside: list[Block] = []
    warnings: list[str] = []
    if len(book.sheets_metadata) > _MAX_SHEETS:
        raise refuse(f"has more than {_MAX_SHEETS} sheets")
    cells = tables = 0
    for about in book.sheets_metadata:
        if about.typ is not SheetTypeEnum.WorkSheet:
            warnings.append(f"sheet {about.name} holds no cells and was not read")
            continue
        sheet = _Sheet(
            book.get_sheet_by_name(about.name), formulas.get(about.name, frozenset()), merges.get(about.name)
        )
        cells += sheet.cells
        if cells > MAX_CELLS:
            raise refuse(f"has more than {MAX_CELLS:,} filled cells")
        if sheet.unknown:
            warnings.append(f"sheet {about.name} has {sheet.unknown} formulas without a result")
        hidden = about.visible is not SheetVisibleEnum.Visible
        for block in sheet.blocks(tables):
            tables += isinstance(block, Grid)
            (outside if hidden else blocks).append(block)
            check_blocks(len(blocks))
        if hidden:
            warnings.append(f"sheet {about.name} is hidden and stands apart")
    return Document(
        title=None,
        blocks=tuple(blocks),
        metadata={"sheets": ", ".join(about.name for about in book.sheets_metadata)},
        format=NAME,
        warnings=tuple(warnings),
        outside=tuple(outside),
    )


class _Sheet:
    """The printed texts of one sheet by zero-based row and column, and its merged ranges."""

    def __init__(
        self, sheet: CalamineSheet, no_results: frozenset[tuple[int, int]], merges: Sequence[Range] | None
    ) -> None:
        last_row, last_column = sheet.end or (0, 0)
        if last_row >= MAX_ROWS or last_column >= MAX_COLUMNS:
            raise far_out(last_row, last_column)
        self.name = sheet.name
        values = sheet.to_python(skip_empty_area=False) if sheet.end else []
        self.texts = [[printed(value) for value in row] for row in values]
        width = max(map(len, self.texts), default=0)
        self.unknown = 0
        for row, column in no_results:
            if row < len(self.texts) and column < width and not self.texts[row][column]:
                self.texts[row][column] = NO_RESULT
                self.unknown += 1
        self.cells = sum(1 for row in self.texts for text in row if text)
        self.spans: dict[tuple[int, int], tuple[int, int]] = {}
        self.covered: set[tuple[int, int]] = set()
        ranges = sheet.merged_cell_ranges if merges is None else merges
        self.merges_known = ranges is not None
        self._merge(ranges or [], width)

    def _merge(self, ranges: Sequence[Range], width: int) -> None:
        area = 0
        for (top, left), (bottom, right) in ranges:
            bottom, right = min(bottom, len(self.texts) - 1), min(right, width - 1)
            if bottom < top or right < left or (top, left) in self.covered:
                continue
            area += (bottom - top + 1) * (right - left + 1)
            if area > MAX_GRID_AREA:
                raise refuse(f"has merged cells that span more than {MAX_GRID_AREA:,} places")
            self.spans[top, left] = (min(bottom - top + 1, MAX_ROWSPAN), min(right - left + 1, MAX_COLSPAN))
            self.covered.update(
                (row, column)
                for row in range(top, bottom + 1)
                for column in range(left, right + 1)
                if (row, column) != (top, left)
            )

    def blocks(self, tables: int) -> Iterator[Block]:
        """Paragraphs and grids in order; `tables` is how many grids stand before."""
        for first, last in self._parts():
            at = first
            many = any(len(self._filled(row)) > 1 for row in range(first, last))
            while at < last and len(filled := self._filled(at)) == 1 and not (many and (at, filled[0]) in self.spans):
                yield Paragraph(self.texts[at][filled[0]], f"sheet {self.name}, row {at + 1}")
                at += 1
            if at < last:
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
                place = f"sheet {self.name}, row {row + 1}, column {column + 1}"
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
