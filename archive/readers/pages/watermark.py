"""Text printed over a table in letters far larger than its own: a watermark, of which no figure belongs into a cell."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low

from archive.readers.pages.lattice import Lattice
from archive.readers.pages.model import Glyph
from archive.readers.pages.text import rows_of

_LARGE = 2.0  # times the usual size of the letters in a table
_OVER = 1.0  # points that a letter reaches over the border of its cell


def watermark(lattice: Lattice, glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The large glyphs among those inside of a table whose line runs over the borders of cells."""
    sizes = [glyph.em for glyph in glyphs]
    if not sizes or max(sizes) <= _LARGE * min(sizes):
        return []
    usual = median_low(sizes)
    large = [glyph for glyph in glyphs if glyph.em > _LARGE * usual and glyph.text.strip()]
    return [glyph for row in rows_of(large) if _runs_over(lattice, row) for glyph in row]


def _runs_over(lattice: Lattice, row: Sequence[Glyph]) -> bool:
    cells = {lattice.cell_at((glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2) for glyph in row}
    if len(cells) > 1:
        return True
    (number,) = cells
    if number is None:
        return False
    box = lattice.boxes[number]
    left, right = lattice.xs[box.column], lattice.xs[box.column + box.colspan]
    top, bottom = lattice.ys[box.row], lattice.ys[box.row + box.rowspan]
    return any(
        glyph.x0 < left - _OVER or glyph.x1 > right + _OVER or glyph.y0 < top - _OVER or glyph.y1 > bottom + _OVER
        for glyph in row
    )
