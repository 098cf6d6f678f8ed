"""Letters and strokes as a file has them to an upright page, whatever way the file or its page is turned.

Files count y upwards here; a format that counts downwards negates it. The way most letters stand is up.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from archive.readers.pages.model import Glyph, Page, Rule
from archive.readers.pages.model import glyph as make_glyph
from archive.readers.radicals import restore

UNKNOWN = "\ufffd"
_THIN = 3.0
_LOST_SIZE = 6.0
_PRIVATE = ((0xE000, 0xF900), (0xF0000, 0x10FFFE))


class RawGlyph(NamedTuple):
    """A character: code point, box, origin, quarter turns anticlockwise (None: at an angle), and whether it is printed.

    `known` is False where the font does not tell which character the shape stands for.
    """

    code: int
    left: float
    bottom: float
    right: float
    top: float
    x: float
    y: float
    quarter: int | None
    known: bool
    printed: bool


class Stroke(NamedTuple):
    """A straight line or thin bar, by its ends or its box."""

    x0: float
    y0: float
    x1: float
    y1: float


Turn = Callable[[float, float], tuple[float, float]]
_TURNS: tuple[Turn, ...] = (
    lambda x, y: (x, -y),
    lambda x, y: (y, x),
    lambda x, y: (-x, y),
    lambda x, y: (-y, -x),
)


def make_page(
    number: int,
    box: Stroke,
    raw: Sequence[RawGlyph],
    strokes: Iterable[Stroke],
    *,
    picture: float = 0.0,
    lost: Sequence[tuple[float, float]] = (),
    warnings: Sequence[str] = (),
) -> Page:
    """The upright page of what a file draws inside of `box`; `number` counts from 1."""
    printed = [glyph for glyph in raw if glyph.printed]
    quarters = Counter(glyph.quarter for glyph in printed if glyph.quarter is not None)
    main = quarters.most_common(1)[0][0] if quarters else 0
    place = _Placer(_TURNS[main or 0], box)
    turned = [
        [_Placer(_TURNS[quarter], box).glyph(glyph) for glyph in printed if glyph.quarter == quarter]
        for quarter in sorted(quarter for quarter in quarters if quarter is not None)
        if quarter != main
    ]
    return Page(
        number=number,
        width=place.width,
        height=place.height,
        glyphs=[place.glyph(glyph) for glyph in printed if glyph.quarter == main],
        rules=[rule for stroke in strokes for rule in place.rules(stroke)],
        turned=turned,
        lost=[place.unknown(x, y) for x, y in lost],
        skewed="".join(_text(glyph.code, glyph.known) for glyph in printed if glyph.quarter is None).strip(),
        hidden="".join(_text(glyph.code, glyph.known) for glyph in raw if not glyph.printed).strip(),
        picture=picture,
        warnings=warnings,
    )


class _Placer:
    """Turns places of the file into places of the upright page."""

    def __init__(self, turn: Turn, box: Stroke) -> None:
        corners = (turn(box.x0, box.y0), turn(box.x1, box.y1))
        self._turn = turn
        self._left = min(x for x, _ in corners)
        self._top = min(y for _, y in corners)
        self.width = abs(corners[0][0] - corners[1][0])
        self.height = abs(corners[0][1] - corners[1][1])

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        ax, ay = self._turn(x0, y0)
        bx, by = self._turn(x1, y1)
        left, top = self._left, self._top
        if ax > bx:
            ax, bx = bx, ax
        if ay > by:
            ay, by = by, ay
        return ax - left, ay - top, bx - left, by - top

    def glyph(self, raw: RawGlyph) -> Glyph:
        box = self._box(raw.left, raw.bottom, raw.right, raw.top)
        return make_glyph(_text(raw.code, raw.known), *box, self._turn(raw.x, raw.y)[1] - self._top)

    def unknown(self, x: float, y: float) -> Glyph:
        """The mark for a letter at (x, y) that could not be read."""
        return make_glyph(UNKNOWN, *self._box(x, y, x + _LOST_SIZE, y + _LOST_SIZE), self._turn(x, y)[1] - self._top)

    def rules(self, stroke: Stroke) -> list[Rule]:
        """A thin box as a line; a dot, of which dotted borders are made, as both; nothing outside of the page."""
        if not all(map(math.isfinite, stroke)):
            return []
        x0, y0, x1, y1 = self._box(*stroke)
        x0, x1 = max(x0, -1.0), min(x1, self.width + 1.0)
        y0, y1 = max(y0, -1.0), min(y1, self.height + 1.0)
        if x1 < x0 or y1 < y0:
            return []
        found = []
        if y1 - y0 <= _THIN:
            found.append(Rule(True, (y0 + y1) / 2, x0, x1))
        if x1 - x0 <= _THIN:
            found.append(Rule(False, (x0 + x1) / 2, y0, y1))
        return found


@lru_cache(maxsize=8192)
def _text(code: int, known: bool) -> str:
    """The character; U+FFFD where the font does not say which it is, or says one that only the font knows."""
    if not known or any(low <= code < high for low, high in _PRIVATE) or code > 0x10FFFF:
        return UNKNOWN
    char = chr(code)
    if char.isspace() or char in "\u200b\ufeff\xad":
        return " " if char.isspace() else ""
    return restore(char)
