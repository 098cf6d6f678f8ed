"""A page of a fixed-layout file as every such reader sees it: letters and ruling lines with their places, nothing else.

Coordinates are points (1/72 inch) from the upper left corner, y downwards, turned so that most letters stand upright.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Glyph(NamedTuple):
    """A printed character with its box (advance width by line height of its font) and the `base` line it stands on."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float


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
    is not printed. `picture` is the share of the page that its largest picture covers, from 0 to 1.
    """

    number: int
    width: float
    height: float
    glyphs: Sequence[Glyph]
    rules: Sequence[Rule] = ()
    turned: Sequence[Sequence[Glyph]] = ()
    skewed: str = ""
    hidden: str = ""
    picture: float = 0.0
    warnings: Sequence[str] = field(default=())
