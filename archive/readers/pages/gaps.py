"""Borders that a table has in most of its rows and lacks in some, told by the blank paper where they would be."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from archive.readers.pages.lattice import Box, Lattice
from archive.readers.pages.model import Glyph
from archive.readers.pages.text import COLUMN_GAP, rows_of

_MOST = 0.6  # of the height of a table, along which a border is drawn that goes through all of it
_LEVEL = 0.2  # em between the base lines of text in one cell
_TOUCH = 0.5  # points that a letter may reach over a border


def with_missing_borders(lattice: Lattice, held: Sequence[Sequence[Glyph]]) -> Lattice:
    """The table with those cells cut in which text stands left and right of a border that most rows have.

    `held` are the glyphs of each cell. Where both share a line of text they must stand apart, and a figure must begin
    right of the border: words in a cell that spans columns are often set wide.
    """
    drawn = _drawn_through(lattice)
    cuts = {
        number: places
        for number, box in enumerate(lattice.boxes)
        if (
            places := [
                k for k in drawn if box.column < k < box.column + box.colspan and _parts(lattice.xs[k], held[number])
            ]
        )
    }
    if not cuts:
        return lattice
    boxes = list(lattice.boxes)
    owner = [list(row) for row in lattice.owner]
    open_sides = [set(lattice.open_beside), set(lattice.open_above), set(lattice.open_below)]
    for number, places in cuts.items():
        row, _, tall, _ = whole = boxes[number]
        for first, end in zip(places, [*places[1:], whole.column + whole.colspan], strict=True):
            for i in range(row, row + tall):
                owner[i][first:end] = [len(boxes)] * (end - first)
            for numbers in open_sides:
                numbers |= {len(boxes)} if number in numbers else set()
            boxes.append(Box(row, first, tall, end - first))
        boxes[number] = whole._replace(colspan=places[0] - whole.column)
    beside, above, below = map(frozenset, open_sides)
    return replace(
        lattice,
        boxes=tuple(boxes),
        owner=tuple(map(tuple, owner)),
        open_beside=beside,
        open_above=above,
        open_below=below,
    )


def _drawn_through(lattice: Lattice) -> list[int]:
    """The numbers of the inner borders that most of the table's height has."""
    high = lattice.ys[-1] - lattice.ys[0]
    lengths = [0.0] * len(lattice.xs)
    for row, owners in enumerate(lattice.owner):
        for k in range(1, len(owners)):
            if owners[k - 1] != owners[k]:
                lengths[k] += lattice.ys[row + 1] - lattice.ys[row]
    return [k for k, length in enumerate(lengths) if length >= _MOST * high]


def _parts(border: float, glyphs: Sequence[Glyph]) -> bool:
    """Whether a border would part the text of a cell."""
    inked = [glyph for glyph in glyphs if glyph.text.strip()]
    if any(glyph.x0 < border - _TOUCH and glyph.x1 > border + _TOUCH for glyph in inked):
        return False
    sides = [_sides(border, row) for row in rows_of(inked, _LEVEL)]
    return (
        any(left for left, _ in sides)
        and any(right for _, right in sides)
        and all(_is_gap(left[-1], right[0]) for left, right in sides if left and right)
    )


def _sides(border: float, row: Sequence[Glyph]) -> tuple[list[Glyph], list[Glyph]]:
    ordered = sorted(row, key=lambda glyph: glyph.x0)
    middle = bisect_right(ordered, border, key=lambda glyph: (glyph.x0 + glyph.x1) / 2)
    return ordered[:middle], ordered[middle:]


def _is_gap(left: Glyph, right: Glyph) -> bool:
    return right.x0 - left.x1 > COLUMN_GAP * max(left.em, right.em) and right.text.isdecimal()
