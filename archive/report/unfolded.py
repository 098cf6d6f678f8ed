"""A report that is one single table, as sheets and some editors have it: its rows of text become paragraphs.

Such a table has the headings of the sections as rows of its own. What stands under those of the parts that hold no
table is text; under the others only sentences are, and the rows between them stay tables. Every cell keeps its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from archive.models import Block, Grid, GridCell, Paragraph
from archive.report.sections.words import numbered_headings
from archive.report.tables.grid_cells import place_of
from archive.report.text import squeeze

_FEWEST = 4  # headings of sections in one table that make it a report
_WITH_TABLES = (2, 3, 4)


def unfolded(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks of a document, each table that holds a whole report taken apart into its text and its tables."""
    return tuple(piece for block in blocks for piece in (_pieces(block) if _is_report(block) else (block,)))


def _is_report(block: Block) -> bool:
    if not isinstance(block, Grid):
        return False
    headings = {number for row in block.rows if (text := _only_text(row)) and (number := _section(text))}
    return len(headings) >= _FEWEST


def _pieces(block: Block) -> Iterator[Block]:
    assert isinstance(block, Grid)
    section = 0
    rows: list[tuple[GridCell, ...]] = []
    for row in block.rows:
        text = _only_text(row)
        section = (text and _section(text)) or section
        if text and (_section(text) or section not in _WITH_TABLES or "。" in text):
            yield from _table(block, rows)
            rows = []
            yield Paragraph(text, next(place_of(block, cell) for cell in row if cell.text.strip()))
        else:
            rows.append(row)
    yield from _table(block, rows)


def _table(grid: Grid, rows: Sequence[Sequence[GridCell]]) -> Iterator[Grid]:
    """Rows of a grid as one of its own; nothing where nothing is printed in them."""
    if any(cell.text.strip() for row in rows for cell in row):
        moved = (
            tuple(replace(cell, row=number, place=place_of(grid, cell)) for cell in row)
            for number, row in enumerate(rows)
        )
        yield Grid(tuple(moved), grid.place, grid.spans_known)


def _only_text(row: Sequence[GridCell]) -> str | None:
    """The text of a row in which only the first cell holds any."""
    filled = [cell for cell in row if cell.text.strip()]
    return filled[0].text if len(filled) == 1 and filled[0] is row[0] and filled[0].rowspan == 1 else None


def _section(text: str) -> int | None:
    """The number of the section whose numbered heading a text is."""
    squeezed = squeeze(text).rstrip(":。")
    return next((number for number, heading in numbered_headings().items() if heading.fullmatch(squeezed)), None)
