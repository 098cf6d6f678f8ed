"""Pages to blocks: tables where lines rule them, all other text as paragraphs in reading order.

Text in one column is read from top to bottom. Where lines of text stand side by side (columns, tables without lines)
the order of the file is kept, line by line: sorting such lines by their place would mix the cells of a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from archive.models import Block, Paragraph
from archive.readers.limits import check_blocks
from archive.readers.pages.breaks import continues, joined
from archive.readers.pages.furniture import Margin, furniture
from archive.readers.pages.lattice import Lattice, find_tables
from archive.readers.pages.marks import without_struck
from archive.readers.pages.model import Glyph, Page
from archive.readers.pages.tables import TablePart, fill, to_grid, with_overhang
from archive.readers.pages.text import TextLine, join, lines_in_order
from archive.readers.pages.watermark import watermark

_INDENT = 0.8  # em; a first line is set in further than the lines after it
_ROOM = 2.1  # em left at the end of a line that the next character and the punctuation bound to it did not fit into
_LEADING = 2.2  # em between base lines of one paragraph, unless the page spaces its lines wider
_WIDEST = 4.0
_WIDE = 0.7  # the share of the text width that a line among columns must have to be one of running text
_FEW_LINES = 4  # fewer do not show where the margins of a page are
_HANGING = "，。、；：！？）》”’,.;:!?)"
_ENDS = "。；：！？;:!?"
_ORDINAL = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、](?!\d))")


@dataclass(slots=True)
class Layout:
    """What pages were made into: blocks in reading order, what stands around them, and warnings."""

    blocks: list[Block] = field(default_factory=list)
    outside: list[Block] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    tables: int = 0


@dataclass(slots=True)
class _Sheet:
    """A page while it is read: tables from top to bottom, and the lines outside of them in the order of the file."""

    page: Page
    tables: list[TablePart]
    lines: list[TextLine]
    watermark: str = ""
    furniture: set[int] = field(default_factory=set)


def lay_out(pages: Sequence[Page]) -> Layout:
    """The blocks of a document; raises UnreadableDocument beyond the limits."""
    layout = Layout()
    sheets = [_sheet(page, layout) for page in pages]
    margins = [Margin(sheet.page.number, sheet.page.height, sheet.lines) for sheet in sheets]
    for sheet, chosen in zip(sheets, furniture(margins), strict=True):
        sheet.furniture = chosen
        _put_outside(sheet, layout)
    writer = _Writer(layout, sheets)
    for sheet in sheets:
        writer.page(sheet)
    writer.end()
    return layout


def _sheet(page: Page, layout: Layout) -> _Sheet:
    layout.warnings.extend(page.warnings)
    page = without_struck(page)
    lattices = find_tables(page.rules)
    if lattices is None:
        layout.warnings.append(f"page {page.number} has more lines than a table; its text is read without them")
        lattices = []
    left = list(page.glyphs)
    tables: list[TablePart] = []
    marks: list[Glyph] = []
    for lattice in lattices:
        lattice = with_overhang(lattice, left)
        inside = [glyph for glyph in left if _holds(lattice, glyph.x0, glyph.y0, glyph.x1, glyph.y1)]
        over = watermark(lattice, inside)
        if over:
            marks += over
            inside = [glyph for glyph in inside if glyph not in over]
        lost = [mark for mark in page.lost if _holds(lattice, mark.x0, mark.y0, mark.x1, mark.y1)]
        filled = fill(lattice, [*inside, *lost], page.number)
        if filled is None or not inside:
            continue
        table, crossed = filled
        if crossed:
            layout.warnings.append(f"page {page.number}: a number runs over the border of its cell and is not read")
        taken = {id(glyph) for glyph in (*inside, *over)}
        left = [glyph for glyph in left if id(glyph) not in taken]
        tables.append(table)
    tables.sort(key=lambda table: (table.top, table.edges[0]))
    if marks:
        least = min(glyph.em for glyph in marks) * 0.95
        marks += [glyph for glyph in left if glyph.em >= least]
        left = [glyph for glyph in left if glyph.em < least]
    return _Sheet(page, tables, lines_in_order(left), "\n".join(line.text for line in lines_in_order(marks)))


def _holds(lattice: Lattice, x0: float, y0: float, x1: float, y1: float) -> bool:
    return lattice.cell_at((x0 + x1) / 2, (y0 + y1) / 2) is not None


def _put_outside(sheet: _Sheet, layout: Layout) -> None:
    """Page numbers, headers and footers, text across or at an angle, and text that is not printed."""
    number = sheet.page.number
    for index in sorted(sheet.furniture):
        layout.outside.append(Paragraph(sheet.lines[index].text, f"page {number}, margin"))
    for glyphs in sheet.page.turned:
        text = "\n".join(line.text for line in lines_in_order(glyphs))
        if text:
            layout.outside.append(Paragraph(text, f"page {number}, turned"))
            if len(text) > 8:
                layout.warnings.append(f"page {number}: {len(text)} characters stand across the others, set apart")
    if sheet.watermark:
        layout.outside.append(Paragraph(sheet.watermark, f"page {number}, over a table"))
        layout.warnings.append(f"page {number}: large letters printed over a table are set apart")
    if sheet.page.skewed:
        layout.outside.append(Paragraph(sheet.page.skewed, f"page {number}, at an angle"))
    if sheet.page.hidden:
        layout.outside.append(Paragraph(sheet.page.hidden, f"page {number}, hidden text"))


class _Writer:
    """Appends the content of page after page, holding back what the next page may go on with."""

    def __init__(self, layout: Layout, sheets: Sequence[_Sheet]) -> None:
        self._layout = layout
        self._pages_margins = _all_margins(sheets)
        self._leading = 0.0
        self._table: TablePart | None = None
        self._table_page = 0
        self._text = ""
        self._last: TextLine | None = None
        self._margins = (0.0, 0.0)
        self._page = self._paragraphs = 0

    def page(self, sheet: _Sheet) -> None:
        """Adds one page; its parts between tables are put in order one by one."""
        lines = [line for index, line in enumerate(sheet.lines) if index not in sheet.furniture]
        margins = self._pages_margins[sheet.page.number]
        slots: list[list[TextLine]] = [[] for _ in range(len(sheet.tables) + 1)]
        for line in lines:
            slots[sum(1 for table in sheet.tables if (table.top + table.bottom) / 2 < line.base)].append(line)
        for number, slot in enumerate(slots):
            self._lines(slot, margins, sheet.page.number)
            if number < len(sheet.tables):
                self._add_table(sheet.tables[number], sheet.page.number, first=number == 0 and not slot)

    def end(self) -> None:
        """Writes what is held back."""
        self._end_paragraph()
        self._end_table()

    def _lines(self, lines: list[TextLine], margins: tuple[float, float], page: int) -> None:
        if not lines:
            return
        self._end_table()
        beside = _stand_beside(lines)
        if not beside:
            lines = sorted(lines, key=lambda line: line.base)
            self._leading = _leading(lines)
        for line in lines:
            new_page = page != self._page
            if not self._goes_on(line, margins, new_page):
                self._end_paragraph()
                if new_page:
                    self._page, self._paragraphs = page, 0
                self._text, self._margins = line.text, margins
            else:
                self._text = join(self._text, line.text)
            narrow = line.x1 - line.x0 < _WIDE * (margins[1] - margins[0])
            self._last = None if line.gapped or (beside and narrow) else line

    def _goes_on(self, line: TextLine, margins: tuple[float, float], new_page: bool) -> bool:
        """Whether a line belongs to the paragraph of the line before it."""
        last = self._last
        if last is None or line.gapped or abs(line.em - last.em) > 0.15 * last.em:
            return False
        if self._margins[1] - last.x1 > _ROOM * last.em or line.x0 - margins[0] > _INDENT * line.em:
            return False
        if not new_page and not 0 < line.base - last.base <= max(_LEADING * last.em, self._leading):
            return False
        return not (last.text[-1:] in _ENDS and _ORDINAL.match(line.text))

    def _end_paragraph(self) -> None:
        if self._text:
            self._paragraphs += 1
            self._layout.blocks.append(Paragraph(self._text, f"page {self._page}, paragraph {self._paragraphs}"))
            check_blocks(len(self._layout.blocks))
        self._text, self._last = "", None

    def _add_table(self, table: TablePart, page: int, *, first: bool) -> None:
        self._end_paragraph()
        before = self._table
        if before is not None and first and page == self._table_page + 1 and continues(before, table):
            self._table, repeated, mended = joined(before, table)
            if repeated:
                self._layout.warnings.append(f"page {page} repeats {repeated} heading rows of the table before it")
            if mended:
                self._layout.warnings.append(f"a table row torn by the page break before page {page} was joined")
        else:
            self._end_table()
            self._table = table
        self._table_page = page

    def _end_table(self) -> None:
        if self._table is not None:
            self._layout.tables += 1
            self._layout.blocks.append(to_grid(self._table, self._layout.tables))
            self._table = None


def _stand_beside(lines: Sequence[TextLine]) -> bool:
    """Whether text stands side by side: lines that share their height, or fall into columns."""
    if sum(line.gapped for line in lines) >= 2:
        return True
    ordered = sorted(lines, key=lambda line: line.base)
    return any(b.base - a.base < 0.5 * min(a.em, b.em) for a, b in pairwise(ordered))


def _leading(lines: Sequence[TextLine]) -> float:
    """The usual distance of base lines in points, and a little more; 0 where lines stand too far apart to tell."""
    steps = sorted(b.base - a.base for a, b in pairwise(lines) if 0 < b.base - a.base <= _WIDEST * a.em)
    return 1.15 * steps[len(steps) // 2] if steps else 0.0


def _all_margins(sheets: Sequence[_Sheet]) -> dict[int, tuple[float, float]]:
    """Where the lines of each page begin and end; pages with few lines are measured by the others of their width."""
    own = {sheet.page.number: _text_lines(sheet) for sheet in sheets}
    found = {}
    for sheet in sheets:
        lines = own[sheet.page.number]
        if len(lines) < _FEW_LINES:
            alike = [other for other in sheets if abs(other.page.width - sheet.page.width) < 1]
            lines = [line for other in alike for line in own[other.page.number]]
        unhung = [line.x1 for line in lines if line.text[-1] not in _HANGING]
        if unhung:
            found[sheet.page.number] = min(line.x0 for line in lines), max(unhung)
        else:
            found[sheet.page.number] = 0.0, sheet.page.width
    return found


def _text_lines(sheet: _Sheet) -> list[TextLine]:
    return [
        line
        for index, line in enumerate(sheet.lines)
        if index not in sheet.furniture and len(line.text) >= 8 and not line.gapped
    ]
