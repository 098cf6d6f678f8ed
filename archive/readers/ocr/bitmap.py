"""A page image made straight, its dark pixels, and the ruling lines in them. Arrays are numpy, pages rows of bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from archive.readers.pages.model import Rule

Gray = Any
Mask = Any

_STEEPEST = 3.0  # degrees; a page at a larger angle was not laid on a scanner
_STEPS = (0.5, 0.1, 0.02)
_LEAST_ANGLE = 0.03
_DARKER = 60  # levels below the paper from which a pixel is ink
_SHORTEST_ACROSS, _SHORTEST_DOWN = 16.0, 11.0  # points; longer than any stroke of the letters in a table
_GAP = 1.2  # points of paper within a line that is drawn in pieces
_THICKEST = 4.0  # points; a thicker bar is a filled area


def straightened(page: Gray) -> tuple[Gray, float]:
    """The page turned so that its lines are level, and by how many degrees; beyond 3 degrees it is left as it is."""
    angle = _angle(page)
    if abs(angle) < _LEAST_ANGLE:
        return page, 0.0
    paper = int(np.median(page))
    turned = Image.fromarray(page).rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=paper)
    return np.asarray(turned), angle


def _angle(page: Gray) -> float:
    """The turn that makes the rows of pixels differ most: level rules and lines of text are dark, gaps light."""
    dark = dark_pixels(page)
    best = 0.0
    for number, step in enumerate(_STEPS):
        small = Image.fromarray(_shrunk(dark, 4 if number == 0 else 2))
        reach = _STEEPEST if number == 0 else _STEPS[number - 1]
        turns = best + np.arange(-reach, reach + step / 2, step)
        best = max((float(turn) for turn in turns), key=lambda turn: _contrast(small, turn))
    return best if abs(best) <= _STEEPEST else 0.0


def _shrunk(dark: Mask, by: int) -> Gray:
    """The mask in blocks of `by` pixels, each as dark as its share of ink."""
    high, wide = dark.shape[0] // by * by, dark.shape[1] // by * by
    blocks = dark[:high, :wide].reshape(high // by, by, wide // by, by)
    return (blocks.mean(axis=(1, 3)) * 255).astype(np.uint8)


def _contrast(small: Image.Image, turn: float) -> float:
    turned = np.asarray(small.rotate(turn, resample=Image.Resampling.BILINEAR, fillcolor=0), dtype=np.float32)
    rows = turned.sum(axis=1)
    return float(((rows[1:] - rows[:-1]) ** 2).sum())


def dark_pixels(page: Gray) -> Mask:
    """Where there is ink: clearly darker than the paper, which most of a page is."""
    return page < max(int(np.median(page)) - _DARKER, 30)


def find_rules(dark: Mask, scale: float) -> list[Rule]:
    """The straight level and upright lines of a straight page in points, `scale` being the pixels of a point."""
    found = [Rule(True, y / scale, a / scale, b / scale) for y, a, b in _lines(dark, _SHORTEST_ACROSS, scale)]
    found += [Rule(False, x / scale, a / scale, b / scale) for x, a, b in _lines(dark.T, _SHORTEST_DOWN, scale)]
    return found


def _lines(dark: Mask, shortest: float, scale: float) -> Iterator[tuple[float, float, float]]:
    """Runs of ink along the rows (row, start, end): thin ones only, each with light on both sides of it."""
    near = dark.copy()  # a line that is a little off level goes on in the next row of pixels
    near[1:] |= dark[:-1]
    near[:-1] |= dark[1:]
    least, gap = shortest * scale, max(1.0, _GAP * scale)
    beside = round(_THICKEST * scale / 2) + 1
    high = dark.shape[0]
    for row in np.flatnonzero(near.sum(axis=1) >= 0.8 * least):
        columns = np.flatnonzero(near[row])
        breaks = np.flatnonzero(np.diff(columns) > gap)
        starts, ends = columns[np.r_[0, breaks + 1]], columns[np.r_[breaks, len(columns) - 1]]
        long = ends - starts >= least
        for start, end in zip(starts[long], ends[long], strict=True):
            above, below = max(0, row - beside), min(high - 1, row + beside)
            if dark[above, start : end + 1].mean() < 0.5 or dark[below, start : end + 1].mean() < 0.5:
                yield float(row), float(start), float(end + 1)


def strips(dark: Mask, scale: float) -> list[tuple[int, int]]:
    """The lines of text in a cell as rows of pixels (first, after the last), by the blank rows between them."""
    inked = np.flatnonzero(dark.any(axis=1))
    if not len(inked):
        return []
    breaks = np.flatnonzero(np.diff(inked) > max(2.0, 1.2 * scale))
    starts, ends = inked[np.r_[0, breaks + 1]], inked[np.r_[breaks, len(inked) - 1]] + 1
    found: list[tuple[int, int]] = []
    thin, tallest = 4.5 * scale, 13.0 * scale
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        # The strokes of a letter such as 二 stand apart: a thin strip goes with the one it completes to a letter.
        if found and min(end - start, found[-1][1] - found[-1][0]) < thin and end - found[-1][0] <= tallest:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found
