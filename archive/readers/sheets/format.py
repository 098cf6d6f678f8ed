"""What a sheet says of its cells beside their values: how they look, which rows and columns are hidden."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from archive.readers.raised import LOWERED, PLAIN, RAISED, Look

Place = tuple[int, int]
"""Zero-based row and column of a cell."""

Range = tuple[Place, Place]
"""The upper left and the lower right cell of a range."""

Piece = tuple[str, Look | None]
"""A part of the text of a cell, and its look: None is that of the cell."""

MAX_ROWS, MAX_COLUMNS = 20_000, 256

PRINTS_NOTHING = re.compile(r"\s*;\s*;\s*(?:;\s*)?\Z")
"""A number format under which a cell is blank on the page."""

_STRUCK = 0x08


@dataclass(slots=True)
class SheetFormat:
    """The format of one sheet, plain cells left out.

    `pieces` are the texts that look different in parts, `no_results` the cells with a formula that was never
    calculated. `merges` is None where the library that reads the values also knows the merged cells.
    """

    looks: dict[Place, Look] = field(default_factory=dict)
    pieces: dict[Place, Sequence[Piece]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    no_results: set[Place] = field(default_factory=set)
    merges: list[Range] | None = None

    def hide_rows_but(self, heights: Mapping[int, bool]) -> None:
        """Hides all rows that do not state a height; `heights` says of the others whether they are seen."""
        self.hidden_rows |= set(range(MAX_ROWS)) - {row for row, seen in heights.items() if seen}

    def hide_columns(self, first: int, last: int) -> None:
        """Hides the columns from `first` to `last`, as far as any sheet is read."""
        self.hidden_columns.update(range(max(first, 0), min(last + 1, MAX_COLUMNS)))


def is_rich(pieces: Sequence[Piece]) -> bool:
    """Whether a part of a text does not look like plain text."""
    return any(look is not None and any(look) for _, look in pieces)


def font_look(flags: int, shift: int) -> Look:
    """The look of a font of a binary workbook ([MS-XLS] 2.4.122 and [MS-XLSB] 2.4.149 have the same two fields)."""
    return {1: RAISED, 2: LOWERED}.get(shift, PLAIN)._replace(struck=bool(flags & _STRUCK))


def pieces_of(text: bytes, runs: Sequence[tuple[int, Look]]) -> list[Piece]:
    """A text in UTF-16 in its parts, by where each run begins and its look; before them it looks like the cell."""
    limits: list[tuple[int, Look | None]] = [(0, None), *runs]
    ends = [start for start, _ in runs] + [len(text) // 2]
    return [
        (text[2 * start : 2 * end].decode("utf-16-le", "replace"), look)
        for (start, look), end in zip(limits, ends, strict=True)
    ]
