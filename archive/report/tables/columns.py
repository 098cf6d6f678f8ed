"""Lines of text that set the columns of a table apart by blanks, as `pdftotext -layout` prints a page.

Such lines tell where a word stands, so that headings broken over lines can be put together again; they tear labels,
whose lines stand above and below their figures, and print nothing for an empty cell. A place is counted in characters
or in widths, whichever the printer used: both are tried.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.models import Block, Grid, State
from archive.report.numbers import read_value
from archive.report.text import squeeze

Metric = int
CHARACTERS: Metric = 0
WIDTHS: Metric = 1
_MOST_BLANKS = 500  # in a line; a longer one is no line of a page
_MOST_WORDS = 60
_NEAR = 2  # places between the beginnings of two words that stand below each other


@dataclass(frozen=True, slots=True)
class Word:
    """A word as printed, as compared, and where it begins and ends, counted in characters and in widths."""

    raw: str
    text: str
    starts: tuple[int, int]
    ends: tuple[int, int]

    @property
    def is_figure(self) -> bool:
        """Whether it is a number or a mark that stands for none."""
        return _is_figure(self.raw)

    def centre(self, metric: Metric) -> float:
        """The place of its middle."""
        return (self.starts[metric] + self.ends[metric]) / 2


@dataclass(frozen=True, slots=True)
class TextLine:
    """The words of a line: those of the label, and the figures that end it."""

    label: tuple[Word, ...]
    figures: tuple[Word, ...]
    place: str


@lru_cache(maxsize=4096)
def _is_figure(raw: str) -> bool:
    return read_value(raw, "signed_count").state in (State.NUMBER, State.ZERO, State.PLACEHOLDER)


@lru_cache(maxsize=16384)
def _width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def lines_in_columns(document: Sequence[Block]) -> list[TextLine]:
    """The lines of the running text of a document; a table in cells stands as a line without words."""
    return list(_lines(document))


def _lines(document: Sequence[Block]) -> Iterator[TextLine]:
    for block in document:
        if isinstance(block, Grid):
            yield TextLine((), (), "table")
            continue
        for line in block.text.split("\n"):
            words = list(_words(line)) if line.count(" ") <= _MOST_BLANKS else []
            words = words if len(words) <= _MOST_WORDS else []
            first = len(words)
            while first > 0 and words[first - 1].is_figure:
                first -= 1
            yield TextLine(tuple(words[:first]), tuple(words[first:]), block.place or "text")


def _words(line: str) -> Iterator[Word]:
    at = wide = 0
    for piece in line.split(" "):
        end, wide_end = at + len(piece), wide + sum(map(_width, piece))
        for raw in piece.split():
            yield Word(raw, squeeze(raw), (at, wide), (end, wide_end))
        at, wide = end + 1, wide_end + 1


def stacks(lines: Sequence[TextLine], metric: Metric) -> list[tuple[str, Word]]:
    """The words of heading lines put together with what stands right below them, left to right, each with its first."""
    rows = [[*line.label, *line.figures] for line in lines]
    used: set[tuple[int, int]] = set()
    found: list[tuple[str, Word]] = []
    for r, row in enumerate(rows):
        for i, word in enumerate(row):
            if (r, i) in used:
                continue
            text, left = word.text, word.starts[metric]
            for below in range(r + 1, len(rows)):
                near = [
                    j
                    for j, other in enumerate(rows[below])
                    if (below, j) not in used and abs(other.starts[metric] - left) <= _NEAR
                ]
                if len(near) == 1:
                    used.add((below, near[0]))
                    text += rows[below][near[0]].text
            found.append((text, word))
    return sorted(found, key=lambda item: item[1].centre(metric))
