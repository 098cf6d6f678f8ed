"""A made-up report set on pages by hand: text, tables that break over pages, headers, page numbers; for any writer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from demo.render.layout import Box, Kind, Line, Table, blocks
from demo.truth import TrueReport

MARGIN = 50.0
_WIDTHS = {
    4: (124.0,) * 4,
    10: (46.0, 62.0, 122.0, *(38.0,) * 7),
    15: (33.0,) * 15,
}
_TEXT, _CELL = 12.0, 8.0
_HEAD_ROWS = 4


class Canvas(Protocol):
    """A page to print on, in points from the lower left corner."""

    width: float
    height: float

    def text(self, x: float, y: float, text: str, size: float = 12.0) -> None: ...

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None: ...

    def bar(self, x: float, y: float, wide: float, high: float) -> None: ...


AnyCanvas = TypeVar("AnyCanvas", bound=Canvas)


@dataclass(frozen=True)
class Style:
    """How a report is printed: `rules` is lines, bars, dots or none; `header` is printed above every page."""

    rules: str = "lines"
    header: str = ""
    numbered: bool = True


@dataclass
class _Cell:
    """A cell with its place in the grid and its text cut into lines."""

    box: Box
    row: int
    column: int
    lines: list[str]
    printed: int = 0


class Printer:
    """Prints one report on sheets that `new` makes."""

    def __init__(self, new: Callable[[], AnyCanvas], style: Style) -> None:
        self._new, self._style = new, style
        self.sheets: list[AnyCanvas] = []  # type: ignore[valid-type]
        self._y = 0.0
        self._next_sheet()

    def report(self, report: TrueReport) -> None:
        for block in blocks(report):
            if isinstance(block, Table):
                self._table(block)
            else:
                self._paragraph(block)

    def _next_sheet(self) -> None:
        sheet = self._new()
        self.sheets.append(sheet)
        self._y = sheet.height - MARGIN - 20
        if self._style.header:
            sheet.text(MARGIN, sheet.height - 30, self._style.header, 9)
        if self._style.numbered:
            sheet.text(sheet.width / 2 - 5, 25, str(len(self.sheets)), 9)

    def _paragraph(self, line: Line) -> None:
        indent = 0.0 if line.kind is Kind.TITLE else 2.0
        for number, text in enumerate(wrapped(line.text, self.sheets[-1].width - 2 * MARGIN, _TEXT, indent)):
            if self._y < MARGIN + 20:
                self._next_sheet()
            self.sheets[-1].text(MARGIN + (indent * _TEXT if number == 0 else 0.0), self._y, text, _TEXT)
            self._y -= 20
        self._y -= 6

    def _table(self, table: Table) -> None:
        widths = _WIDTHS[table.width]
        cells = _placed(table, widths)
        heights = [14.0] * len(table.rows)
        for cell in cells:
            if cell.box.rowspan == 1:
                heights[cell.row] = max(heights[cell.row], 6 + 10.0 * len(cell.lines))
        for cell in cells:
            rows = range(cell.row, cell.row + cell.box.rowspan)
            short = 6 + 10.0 * len(cell.lines) - sum(heights[row] for row in rows)
            if short > 0:
                heights[rows[-1]] += short
        start = 0
        while start < len(heights):
            end, used = start, 0.0
            while end < len(heights) and used + heights[end] < self._y - MARGIN - 10:
                used += heights[end]
                end += 1
            if end == start or (start == 0 and end < min(_HEAD_ROWS, len(heights))):
                self._next_sheet()
                continue
            self._part(cells, widths, heights, start, end)
            self._y -= used
            start = end
            if start < len(heights):
                self._next_sheet()
        self._y -= 30

    def _part(self, cells: list[_Cell], widths: tuple[float, ...], heights: list[float], start: int, end: int) -> None:
        """Prints the rows from `start` to `end`; a cell cut by the page goes on with its text on the next one."""
        for cell in cells:
            first, last = max(cell.row, start), min(cell.row + cell.box.rowspan, end)
            if first >= last:
                continue
            left = MARGIN + sum(widths[: cell.column])
            right = left + sum(widths[cell.column : cell.column + cell.box.colspan])
            top = self._y - sum(heights[start:first])
            bottom = self._y - sum(heights[start:last])
            self._frame(left, bottom, right, top)
            room = len(cell.lines) if last == cell.row + cell.box.rowspan else int((top - bottom - 6) / 10)
            for number, text in enumerate(cell.lines[cell.printed : cell.printed + room]):
                self.sheets[-1].text(left + 3, top - 10 - 10 * number, text, _CELL)
            cell.printed += room

    def _frame(self, left: float, bottom: float, right: float, top: float) -> None:
        sheet, rules = self.sheets[-1], self._style.rules
        sides = (
            (left, bottom, right, bottom),
            (left, top, right, top),
            (left, bottom, left, top),
            (right, bottom, right, top),
        )
        for x0, y0, x1, y1 in sides:
            if rules == "lines":
                sheet.line(x0, y0, x1, y1)
            elif rules == "bars":
                sheet.bar(x0 - 0.25, y0 - 0.25, x1 - x0 + 0.5, y1 - y0 + 0.5)
            elif rules == "dots":
                count = int(max(x1 - x0, y1 - y0) / 2) + 1
                for dot in range(count):
                    part = dot / max(count - 1, 1)
                    sheet.bar(x0 + part * (x1 - x0) - 0.4, y0 + part * (y1 - y0) - 0.4, 0.8, 0.8)


def print_report(report: TrueReport, new: Callable[[], AnyCanvas], style: Style) -> list[AnyCanvas]:
    """The sheets of a printed report."""
    printer = Printer(new, style)
    printer.report(report)
    return printer.sheets


def wide(text: str, size: float) -> float:
    """How wide a text is printed: Latin letters and digits are half as wide as the others."""
    return sum(size / 2 if char.isascii() else size for char in text)


def wrapped(text: str, room: float, size: float, indent: float = 0.0) -> list[str]:
    """The text in lines of at most `room` points, the first shorter by `indent` letters."""
    lines, line, used = [], "", indent * size
    for char in text:
        if used + wide(char, size) > room and line:
            lines.append(line)
            line, used = "", 0.0
        line += char
        used += wide(char, size)
    return [*lines, line] if line else lines


def _placed(table: Table, widths: tuple[float, ...]) -> list[_Cell]:
    taken: set[tuple[int, int]] = set()
    cells = []
    for r, row in enumerate(table.rows):
        column = 0
        for box in row:
            while (r, column) in taken:
                column += 1
            taken |= {(r + i, column + j) for i in range(box.rowspan) for j in range(box.colspan)}
            room = sum(widths[column : column + box.colspan]) - 6
            cells.append(_Cell(box, r, column, wrapped(box.text, room, _CELL)))
            column += box.colspan
    return cells
