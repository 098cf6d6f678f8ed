"""The running text of a document as lines, and cutting a line at a place found in its squeezed form."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.models import Block, Grid
from archive.report.text import MARK, squeeze

_MARKED = re.compile(r"\s*\[(?:image|bookmark):")  # a mark of a converter is no words, but printed
_ORDINAL_ALONE = re.compile(r"第?[一二三四五六七八九十]{1,2}[、.]")

_NUMBERED = re.compile(r"[一二三四五六]、[^。;:\d]{4,40}")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of running text, or (with `table` true and no text) the place of a table; `block` is that it begins in."""

    text: str
    squeezed: str
    table: bool = False
    block: int = 0


def lines_of(document: Sequence[Block]) -> list[Line]:
    """All lines in reading order; a heading number that stands alone is joined to the words after it."""
    joined: list[Line] = []
    for line in _raw_lines(document):
        before = joined[-1] if joined else None
        if before is not None and not line.table and _ORDINAL_ALONE.fullmatch(before.squeezed):
            text = before.text + line.text
            joined[-1] = Line(text, squeeze(text), block=before.block)
        else:
            joined.append(line)
    return joined


def _raw_lines(document: Sequence[Block]) -> Iterator[Line]:
    for number, block in enumerate(document):
        if isinstance(block, Grid):
            if caption := _caption(block):
                yield Line(caption, squeeze(caption), block=number)
            yield Line("", "", table=True, block=number)
            continue
        for text in block.text.splitlines():
            squeezed = squeeze(text)
            if squeezed or _MARKED.match(text):
                yield Line(text.strip(), squeezed, block=number)


def _caption(grid: Grid) -> str | None:
    """The numbered words that fill the first row of a table as its only cell: a heading that slipped into it."""
    first = [cell.text for cell in grid.rows[0] if cell.text.strip()] if grid.rows else []
    return first[0].strip() if len(first) == 1 and _NUMBERED.fullmatch(squeeze(first[0])) else None


def cut(text: str, position: int) -> tuple[str, str]:
    """`text` before and after the character that stands at `position` of its squeezed form."""
    places, passed = _places(text)
    found = bisect_left(passed, position)
    return (text[: places[found]], text[places[found] :]) if found < len(places) else (text, "")


@lru_cache(maxsize=64)
def _places(text: str) -> tuple[list[int], list[int]]:
    """Every place in `text` outside of converter marks, and how many squeezed characters stand before it."""
    marks = {match.start(): match.end() for match in MARK.finditer(text)}
    places: list[int] = []
    passed: list[int] = []
    index = count = 0
    while index < len(text):
        if index in marks:
            index = marks[index]
            continue
        places.append(index)
        passed.append(count)
        count += _width(text[index])
        index += 1
    return places, passed


@lru_cache(maxsize=16384)
def _width(char: str) -> int:
    return len(squeeze(char))
