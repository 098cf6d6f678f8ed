"""Page numbers, running headers and footers: what a page repeats above and below its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.readers.pages.text import TextLine

_RIM = 0.12  # the share of the page's height, above and below, in which headers and footers stand
_SAME_HEIGHT = 4.0  # points
_MARKED_NUMBER = re.compile(
    r"(?:[-—–－―·~]\s*(\d{1,3})\s*[-—–－―·~]|第\s*(\d{1,3})\s*页.{0,12}|(\d{1,3})\s*/\s*\d{1,3})"
)
_BARE_NUMBER = re.compile(r"\d{1,3}")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Margin:
    """The lines of one page, some of which may be furniture: `number` of the page from 1, its height in points."""

    number: int
    height: float
    lines: Sequence[TextLine]


def furniture(pages: Sequence[Margin]) -> list[set[int]]:
    """For each page the indexes of its lines that are page numbers, running headers or footers.

    They are looked for from the edge of the page inwards, row by row, up to the first row that is none of these.
    """
    rims = [_rim_rows(page) for page in pages]
    candidates = [[index for rows in rim for row in rows for index in row] for rim in rims]
    found: list[set[int]] = [set() for _ in pages]
    for page, rim, chosen in zip(pages, rims, found, strict=True):
        for rows in rim:
            for row in rows:
                if not all(_is_furniture(pages, candidates, page, page.lines[index]) for index in row):
                    break
                chosen.update(row)
    return found


def _is_furniture(pages: Sequence[Margin], candidates: Sequence[Sequence[int]], page: Margin, line: TextLine) -> bool:
    return (
        _MARKED_NUMBER.fullmatch(line.text) is not None
        or _is_counted(pages, candidates, page, line)
        or _is_repeated(pages, candidates, line)
    )


def _rim_rows(page: Margin) -> tuple[list[list[int]], list[list[int]]]:
    """Lines near the upper and near the lower end of a page, those at one height together, from the edge inwards."""
    rows: list[list[int]] = []
    for index in sorted(range(len(page.lines)), key=lambda index: page.lines[index].base):
        if rows and page.lines[index].base - page.lines[rows[-1][0]].base < _SAME_HEIGHT:
            rows[-1].append(index)
        else:
            rows.append([index])
    upper = [row for row in rows if page.lines[row[0]].bottom < _RIM * page.height]
    lower = [row for row in rows if page.lines[row[0]].top > (1 - _RIM) * page.height]
    return upper, lower[::-1]


def _is_repeated(pages: Sequence[Margin], candidates: Sequence[Sequence[int]], line: TextLine) -> bool:
    """Whether at least half of the pages, and two, print the same words, digits aside, at the same height."""
    words = _DIGITS.sub("", line.text)
    if len(words) < 2:
        return False
    times = sum(
        any(
            abs(page.lines[index].base - line.base) < _SAME_HEIGHT and _DIGITS.sub("", page.lines[index].text) == words
            for index in rim
        )
        for page, rim in zip(pages, candidates, strict=True)
    )
    return times >= 2 and 2 * times >= len(pages)


def _is_counted(pages: Sequence[Margin], candidates: Sequence[Sequence[int]], page: Margin, line: TextLine) -> bool:
    """Whether a bare number counts the pages, rising by one at one height; a single page needs it far from the text."""
    if not _BARE_NUMBER.fullmatch(line.text):
        return False
    offset = int(line.text) - page.number
    beside = [other for other in pages if abs(other.number - page.number) == 1]
    if not beside:
        nearest = min((abs(other.base - line.base) for other in page.lines if other is not line), default=page.height)
        return offset == 0 and line.top > (1 - _RIM) * page.height and nearest > 3 * line.em
    for other, rim in zip(pages, candidates, strict=True):
        if other not in beside:
            continue
        for index in rim:
            text = other.lines[index].text
            if (
                abs(other.lines[index].base - line.base) < _SAME_HEIGHT
                and _BARE_NUMBER.fullmatch(text)
                and int(text) - other.number == offset
            ):
                return True
    return False
