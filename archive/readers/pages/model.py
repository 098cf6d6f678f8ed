"""A page of a fixed-layout file as every such reader sees it: letters and ruling lines with their places, nothing else.

Coordinates are points (1/72 inch) from the upper left corner, y downwards, turned so that most letters stand upright.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Glyph(NamedTuple):
    """A printed character with its box (advance width by line height of its font), base line and size.

    `em` is the size of the letter in points as its box tells it.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    em: float


def glyph(text: str, x0: float, y0: float, x1: float, y1: float, base: float) -> Glyph:
    """A glyph with the size that its box tells: Latin letters are narrower than high, others as wide as their size."""
    high, wide = y1 - y0, x1 - x0
    em = (high or 2 * wide) if text.isascii() else (wide or high)
    return Glyph(text, x0, y0, x1, y1, base, em or 1.0)


class Rule(NamedTuple):
    """A straight ruling line at `at` (y if horizontal, else x) from `start` to `end`."""

    horizontal: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page: glyphs in the order of the file, ruling lines, and text that is not part of the reading.

    `turned` are letters that stand across the others, `skewed` is text at an angle (watermarks), `hidden` is text that
    is not printed. `lost` are marks for what is printed and could not be read, blanks perhaps: a cell with one is not
    blank. `picture` is the share of the page that its largest picture covers, from 0 to 1.
    """

    number: int
    width: float
    height: float
    glyphs: Sequence[Glyph]
    rules: Sequence[Rule] = ()
    turned: Sequence[Sequence[Glyph]] = ()
    skewed: str = ""
    hidden: str = ""
    lost: Sequence[Glyph] = ()
    picture: float = 0.0
    warnings: Sequence[str] = field(default=())
