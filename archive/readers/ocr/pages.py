"""A page image to the letters and ruling lines that the readers of fixed-layout files go on from.

Cells of ruled tables are read one by one. Whatever has no letters or digits beyond doubt there is marked U+FFFD, so
that it is neither blank nor a number; text outside of tables is looked for and read line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
from PIL import Image

from archive.readers.ocr.bitmap import dark_pixels, find_rules, straightened, strips
from archive.readers.ocr.engine import Engine, Reading
from archive.readers.pages.lattice import Lattice, find_tables
from archive.readers.pages.model import Glyph, Page, Rule
from archive.readers.pages.turn import UNKNOWN

Gray = Any

_SURE = 0.8  # of each character of a number, in both readings of it
_TEXT_SURE = 0.6  # on average, of words
_LEAST_INK = 0.35  # square points; a decimal point in small print has 0.5
_SPECK = 3  # pixels of ink on a line of their own
_INSET = 1.1  # points between a border and what is taken for the content of its cell
_DETECTION_DPI = 100
_LOW = "-.,"
_LEAST_HIGH = 11  # pixels of a digit
_FAINT = 26  # levels below the paper, on average over a quarter of the height of a digit
_LIKE_DIGITS = str.maketrans("OoIl|", "00111")  # what a lone digit may look like, for the second reading only
_ADVANCE = 0.76  # of the height of a digit: how far it is from one digit to the next
_LETTER = re.compile(r"[㐀-鿿]")
_DIGIT = re.compile(r"\d")
_WRONG_WAY = 0.7  # readings less sure than this on average: the page may lie on its side or head


@dataclass(slots=True)
class _Line:
    """A line of text to be read: its box in pixels of the page.

    If it stands in a cell, `cell` names that (table, cell), `room` are the edges of it, left and right, and `parts`
    the heights of the pieces of ink that blank columns part.
    """

    left: int
    top: int
    right: int
    bottom: int
    cell: tuple[int, int] | None = None
    room: tuple[int, int] = (0, 0)
    parts: tuple[int, ...] = ()
    reading: Reading = field(default_factory=lambda: Reading("", ()))
    doubtful: bool = False


@dataclass(slots=True)
class _Sheet:
    """A straight page while it is read; `scale` is the pixels of a point."""

    gray: Gray
    dark: Any
    scale: float
    lines: list[_Line] = field(default_factory=list)


def read_image(number: int, gray: Gray, dpi: float, engine: Engine) -> Page:
    """The page of an image with `dpi` pixels an inch, however it lies; `number` counts from 1."""
    best, score = _read(number, gray, dpi, engine)
    if score >= _WRONG_WAY:
        return best
    for quarters in (2, 1, 3):
        page, other = _read(number, np.ascontiguousarray(np.rot90(gray, quarters)), dpi, engine)
        if other > score:
            best, score = page, other
        if score >= _WRONG_WAY:
            break
    return best


def _read(number: int, gray: Gray, dpi: float, engine: Engine) -> tuple[Page, float]:
    """The page as it lies, and how sure the readings of all its words are on average (1 for an empty page)."""
    straight, _ = straightened(gray)
    scale = dpi / 72
    sheet = _Sheet(straight, dark_pixels(straight), scale)
    rules = find_rules(sheet.dark, scale)
    lattices = find_tables(rules)
    warnings = []
    if lattices is None:
        warnings.append(f"page {number} has more lines than a table; its text is read without them")
        lattices, rules = [], []
    tables = [lattice for lattice in lattices if _is_table(lattice)]
    rest = np.array(straight)
    for index, lattice in enumerate(tables):
        sheet.lines += _cell_lines(sheet, lattice, index)
        _erase(rest, sheet, lattice)
    cells = len(sheet.lines)
    sheet.lines += _text_lines(rest, dpi, engine)
    for line, reading in zip(sheet.lines, engine.read([_crop(sheet, line) for line in sheet.lines]), strict=True):
        line.reading = reading
    _read_again(sheet, engine)
    lost = _decide(sheet.lines[:cells], sheet.lines[cells:])
    if lost:
        warnings.append(f"page {number}: {lost} pieces of text could not be read and are marked {UNKNOWN}")
    words = [line.reading for line in sheet.lines if line.reading.text]
    letters = sum(len(reading.text) for reading in words)
    score = sum(reading.mean * len(reading.text) for reading in words) / letters if letters else 1.0
    page = Page(
        number=number,
        width=straight.shape[1] / scale,
        height=straight.shape[0] / scale,
        glyphs=list(_glyphs(sheet)),
        rules=[rule for rule in rules if _is_near(rule, tables)],
        warnings=warnings,
    )
    return page, score


def _is_table(lattice: Lattice) -> bool:
    rows = [box.row for box in lattice.boxes]
    return max(map(rows.count, set(rows))) >= 2


def _is_near(rule: Rule, tables: Sequence[Lattice]) -> bool:
    """Whether a line belongs to a table; others (underlines, frames) would only be looked at again."""
    for table in tables:
        low, high = (table.ys, table.xs) if rule.horizontal else (table.xs, table.ys)
        if low[0] - 4 <= rule.at <= low[-1] + 4 and rule.start <= high[-1] + 4 and rule.end >= high[0] - 4:
            return True
    return False


def _cell_lines(sheet: _Sheet, lattice: Lattice, table: int) -> Iterator[_Line]:
    """The lines of text in the cells of a table."""
    inset = _INSET * sheet.scale
    for number, box in enumerate(lattice.boxes):
        left = round(lattice.xs[box.column] * sheet.scale + inset)
        right = round(lattice.xs[box.column + box.colspan] * sheet.scale - inset)
        top = round(lattice.ys[box.row] * sheet.scale + inset)
        bottom = round(lattice.ys[box.row + box.rowspan] * sheet.scale - inset)
        if right - left < 3 or bottom - top < 3:
            continue
        left, top, right, bottom = _without_borders(sheet.dark, left, top, right, bottom, sheet.scale)
        dark = sheet.dark[top:bottom, left:right]
        inks = {place: int(dark[slice(*place)].sum()) for place in strips(dark, sheet.scale)}
        # Beside a line of text a speck is dirt, as JPEG leaves it. Alone it may be what is left of a faint figure.
        least = _SPECK if max(inks.values(), default=0) > _SPECK else 0
        for (first, after), ink in inks.items():
            if ink < _LEAST_INK * sheet.scale**2 or ink <= least:
                continue
            strip = dark[first:after]
            inked = np.flatnonzero(strip.any(axis=0))
            yield _Line(
                left + int(inked[0]),
                top + first,
                left + int(inked[-1]) + 1,
                top + after,
                (table, number),
                (left, right),
                tuple(_heights(strip, inked)),
            )


def _heights(strip: Any, inked: Any) -> Iterator[int]:
    """The heights of the pieces of ink in a strip that blank columns part; specks are none."""
    for columns in np.split(inked, np.flatnonzero(np.diff(inked) > 1) + 1):
        piece = strip[:, columns]
        if int(piece.sum()) >= 3:
            rows = np.flatnonzero(piece.any(axis=1))
            yield int(rows[-1] - rows[0]) + 1


def _without_borders(
    dark: Any, left: int, top: int, right: int, bottom: int, scale: float
) -> tuple[int, int, int, int]:
    """The box without rows and columns at its edges that are still part of a thick border."""
    for _ in range(round(2 * scale)):
        if bottom - top < 4 or right - left < 4:
            break
        before = left, top, right, bottom
        top += bool(dark[top, left:right].mean() > 0.6)
        bottom -= bool(dark[bottom - 1, left:right].mean() > 0.6)
        left += bool(dark[top:bottom, left].mean() > 0.6)
        right -= bool(dark[top:bottom, right - 1].mean() > 0.6)
        if (left, top, right, bottom) == before:
            break
    return left, top, right, bottom


def _erase(rest: Gray, sheet: _Sheet, lattice: Lattice) -> None:
    """Takes a table off the page and off the ink, so that nothing in it is read twice."""
    edge = 2.0
    rows = slice(max(0, round((lattice.ys[0] - edge) * sheet.scale)), round((lattice.ys[-1] + edge) * sheet.scale) + 1)
    columns = slice(
        max(0, round((lattice.xs[0] - edge) * sheet.scale)), round((lattice.xs[-1] + edge) * sheet.scale) + 1
    )
    rest[rows, columns] = int(np.median(rest))
    sheet.dark[rows, columns] = False


def _text_lines(rest: Gray, dpi: float, engine: Engine) -> list[_Line]:
    """The lines of text outside of tables, from top to bottom; pieces of one line get one height."""
    dark = dark_pixels(rest)
    if int(dark.sum()) < 2 * _LEAST_INK * (dpi / 72) ** 2:
        return []
    factor = min(1.0, _DETECTION_DPI / dpi)
    size = max(1, round(rest.shape[1] * factor)), max(1, round(rest.shape[0] * factor))
    small = np.asarray(Image.fromarray(rest).resize(size, Image.Resampling.BOX))
    found = []
    for box in engine.detect(small):
        left, top, right, bottom = (round(edge / factor) for edge in box)
        left, top = max(0, left), max(0, top)
        inside = dark[top:bottom, left:right]
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        if len(rows) and len(columns):
            found.append(
                _Line(left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1)
            )
    return _levelled(found)


def _levelled(lines: list[_Line]) -> list[_Line]:
    rows: list[list[_Line]] = []
    for line in sorted(lines, key=lambda line: line.top + line.bottom):
        middle = (line.top + line.bottom) / 2
        if rows and rows[-1][0].top < middle < rows[-1][0].bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    ordered = []
    for row in rows:
        top, bottom = min(line.top for line in row), max(line.bottom for line in row)
        for line in sorted(row, key=lambda line: line.left):
            line.top, line.bottom = top, bottom
            ordered.append(line)
    return ordered


def _crop(sheet: _Sheet, line: _Line, margin: float = 1.5) -> Gray:
    """The image of a line with `margin` points of paper around it, without what stands in the neighbourhood."""
    around = round(margin * sheet.scale)
    piece = sheet.gray[line.top : line.bottom, line.left : line.right]
    return np.pad(piece, around, constant_values=int(np.median(sheet.gray)))


def _read_again(sheet: _Sheet, engine: Engine) -> None:
    """Reads numbers in cells a second time with more of their cell: a faint minus sign is seen by that alone.

    A figure is in doubt unless it is read alike both times, surely, and fits its ink.
    """
    numbers = [line for line in sheet.lines if line.cell is not None and _is_figure(line.reading.text)]
    again = engine.read([_wide_crop(sheet, line) for line in numbers])
    for line, second in zip(numbers, again, strict=True):
        first = line.reading
        alike = first.text == second.text.translate(_LIKE_DIGITS) and min(first.least, second.least) >= _SURE
        line.doubtful = not alike or not _fits(line) or _has_faint_sign(sheet, line)


def _wide_crop(sheet: _Sheet, line: _Line) -> Gray:
    above, high = round(1.0 * sheet.scale), line.bottom - line.top
    left, right = max(line.room[0], line.left - 2 * high), min(line.room[1], line.right + high)
    piece = sheet.gray[max(0, line.top - above) : line.bottom + above, left:right]
    return np.pad(piece, round(1.5 * sheet.scale), constant_values=int(np.median(sheet.gray)))


def _has_faint_sign(sheet: _Sheet, line: _Line) -> bool:
    """Whether something too faint for ink stands before a number: a minus sign of one pixel, blurred, say."""
    high = line.bottom - line.top
    if high < _LEAST_HIGH:
        return True  # too small to tell a sign, or a 3 from an 8
    right = line.left - max(2, round(0.14 * high))
    left = max(line.room[0], right - round(0.9 * high))
    if right - left < 3:
        return False
    area = sheet.gray[line.top + high // 4 : line.bottom - high // 6, left:right].astype(np.float32)
    width = min(area.shape[1], max(3, high // 4))
    sums = np.cumsum(np.pad(area, ((0, 0), (1, 0))), axis=1)
    means = (sums[:, width:] - sums[:, :-width]) / width
    return bool(np.median(sheet.gray) - means.min() > _FAINT)


def _fits(line: _Line) -> bool:
    """Whether the ink of a number is as wide as its digits, and has no low part that is no sign in it."""
    text = line.reading.text
    if not text or not all(char.isdigit() or char in _LOW for char in text):
        return True  # no number: the parser takes no value from it
    high, wide = line.bottom - line.top, line.right - line.left
    if not text[-1].isdigit():
        return len(text) == 1 and high <= 0.6 * wide
    expected = (sum(1.0 if char.isdigit() else 0.55 for char in text) * _ADVANCE - 0.2) * high
    if abs(wide - expected) > 0.45 * high + 0.12 * expected:
        return False
    low = [part <= 0.4 * high for part in line.parts]
    # A minus sign stands apart and is told by the first part; a point may touch the digits beside it.
    return low[:1] == [text[0] == "-"] and sum(low) <= sum(char in _LOW for char in text)


def _is_figure(text: str) -> bool:
    """Whether a text is, or may be, a number or a mark in the place of one."""
    return not _LETTER.search(text) or (len(text) <= 6 and _DIGIT.search(text) is not None)


def _decide(cells: Sequence[_Line], others: Sequence[_Line]) -> int:
    """Marks what was not read surely, cell by cell; returns how many cells and lines that are."""
    lost = 0
    for _, group in groupby(cells, key=lambda line: line.cell):
        lines = list(group)
        figures = all(_is_figure(line.reading.text) for line in lines)
        unsure = [
            line for line in lines if line.doubtful or not line.reading.text.strip() or line.reading.mean < _TEXT_SURE
        ]
        if unsure:
            lost += 1
            for line in lines if figures else unsure:  # half a number would be a number
                line.reading = Reading(UNKNOWN, (0.0,))
    for line in others:
        if not line.reading.text.strip() or line.reading.mean < _TEXT_SURE:
            line.reading = Reading(UNKNOWN, (0.0,))
            lost += 1
    return lost


def _glyphs(sheet: _Sheet) -> Iterator[Glyph]:
    """The characters, spread over the width of their line as their kinds are wide."""
    for line in sheet.lines:
        left, top, right, bottom = (edge / sheet.scale for edge in (line.left, line.top, line.right, line.bottom))
        text = line.reading.text
        weights = [0.5 if char.isascii() else 1.0 for char in text]
        step = (right - left) / sum(weights)
        letters = len(_LETTER.findall(text))
        em = min(step, 1.3 * (bottom - top)) if letters >= 2 else (1.1 if letters else 1.35) * (bottom - top)
        x = left
        for char, weight in zip(text, weights, strict=True):
            yield Glyph(char, x, top, x + weight * step, bottom, bottom, em)
            x += weight * step
