"""The format of the sheets of an OpenDocument workbook, and its merged cells.

Source: OpenDocument Version 1.3, part 3, §9.1 (tables), §19.675 and §19.677 (repeated cells and rows), §19.752
(table:visibility), §19.637 (table:display).
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from archive.readers.limits import MAX_GRID_AREA, refuse
from archive.readers.odt.nodes import OFFICE, TABLE
from archive.readers.odt.styles import TEXT, OdtStyles
from archive.readers.raised import Look
from archive.readers.sheets.format import MAX_COLUMNS, MAX_ROWS, Piece, SheetFormat, is_rich
from archive.readers.sheets.xlsx import number
from archive.readers.zip_parts import ZipParts

_STYLE = f"{TABLE}style-name"
_DEFAULT = f"{TABLE}default-cell-style-name"
_ROWS, _COLUMNS = f"{TABLE}number-rows-repeated", f"{TABLE}number-columns-repeated"
_VALUE = f"{OFFICE}value"
_BLANKS = {f"{TEXT}s": " ", f"{TEXT}tab": " ", f"{TEXT}line-break": "\n"}


def formats(parts: ZipParts) -> dict[str, SheetFormat]:
    """The format of each sheet by its name; raises UnreadableDocument for damaged parts."""
    content = parts.tree("content.xml")
    styles = OdtStyles(parts.find_tree("styles.xml"), content)
    tables = content.iterfind(f"{OFFICE}body/{OFFICE}spreadsheet/{TABLE}table")
    return {table.get(f"{TABLE}name", ""): _Table(styles).read(table) for table in tables}


class _Table:
    def __init__(self, styles: OdtStyles) -> None:
        self._styles = styles
        self._found = SheetFormat(merges=[])
        self._defaults: list[str | None] = []
        self._cells = 0

    def read(self, table: etree._Element) -> SheetFormat:
        """The format of a sheet."""
        for column, hidden in _members(table, "column", hidden=False):
            times = min(number(column.get(_COLUMNS), 1), MAX_COLUMNS)
            if hidden:
                self._found.hide_columns(len(self._defaults), len(self._defaults) + times - 1)
            self._defaults += [column.get(_DEFAULT)] * min(times, MAX_COLUMNS - len(self._defaults))
        at = 0
        for row, hidden in _members(table, "row", hidden=False):
            times = number(row.get(_ROWS), 1)
            rows = range(at, min(at + times, MAX_ROWS))
            if hidden:
                self._found.hidden_rows.update(rows)
            self._row(row, rows)
            at += times
        return self._found

    def _row(self, row: etree._Element, rows: range) -> None:
        at = 0
        for cell in row:
            times = number(cell.get(_COLUMNS), 1)
            if cell.tag == f"{TABLE}table-cell" and len(cell):
                columns = range(at, min(at + times, MAX_COLUMNS))
                self._cells += len(rows) * len(columns)
                if self._cells > MAX_GRID_AREA:
                    raise refuse(f"repeats its cells more than {MAX_GRID_AREA:,} times")
                self._cell(cell, row.get(_DEFAULT), rows, columns)
            self._merge(cell, rows.start, at)
            at += times

    def _cell(self, cell: etree._Element, default: str | None, rows: range, columns: range) -> None:
        pieces: list[Piece] = []
        for line in cell.iterfind(f"{TEXT}p"):
            pieces += *self._pieces(line, None), ("\n", None)
        silent = bool(pieces) and cell.get(_VALUE) is not None and not any(text.strip() for text, _ in pieces)
        for column in columns:
            style = cell.get(_STYLE) or default or (self._defaults[column] if column < len(self._defaults) else None)
            look = self._styles.look("table-cell", style)
            if silent:  # its number format prints nothing
                look = look._replace(hidden=True)
            for row in rows:
                if any(look):
                    self._found.looks[row, column] = look
                if is_rich(pieces):
                    self._found.pieces[row, column] = pieces

    def _merge(self, cell: etree._Element, row: int, column: int) -> None:
        down = number(cell.get(f"{TABLE}number-rows-spanned"), 1)
        along = number(cell.get(f"{TABLE}number-columns-spanned"), 1)
        if down > 1 or along > 1:
            assert self._found.merges is not None
            self._found.merges.append(((row, column), (row + down - 1, column + along - 1)))

    def _pieces(self, element: etree._Element, around: Look | None) -> Iterator[Piece]:
        """The text of a paragraph with the looks of its spans; None is that of the cell."""
        style = element.get(f"{TEXT}style-name")
        look = around
        if style is not None:
            family = "paragraph" if element.tag == f"{TEXT}p" else "text"
            stated = self._styles.look(family, style, around or Look())
            look = stated if any(stated) else around
        yield element.text or "", look
        for child in element:
            if child.tag in _BLANKS:
                yield _BLANKS[child.tag], look
            elif child.tag != f"{OFFICE}annotation":
                yield from self._pieces(child, look)
            yield child.tail or "", look


def _members(parent: etree._Element, kind: str, *, hidden: bool) -> Iterator[tuple[etree._Element, bool]]:
    """The rows or columns of a table in order, those of groups included, and whether they are hidden."""
    for child in parent:
        if child.tag == f"{TABLE}table-{kind}":
            yield child, hidden or child.get(f"{TABLE}visibility", "visible") != "visible"
        elif child.tag in (f"{TABLE}table-{kind}s", f"{TABLE}table-header-{kind}s", f"{TABLE}table-{kind}-group"):
            yield from _members(child, kind, hidden=hidden or child.get(f"{TABLE}display") == "false")
