"""Which part of a page is its main text, told from menus, breadcrumbs and footers.

The outermost known article container that holds at least half of the text outside of links is taken; else the deepest
element that holds four fifths of it and is not a mere table. Editors often close a container too early, so the range
then grows over following (and, without a known container, preceding) sentences and tables, but never past a line of
page furniture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from archive.models import Block, Grid
from archive.readers.html.blocks import Container
from archive.readers.html.vocabulary import FURNITURE

_KNOWN_SHARE = 0.5
_SHARE = 0.8
_SENTENCE = 15  # Chinese characters; with a full stop, the least that counts as a sentence of the text
_GAP = 6  # blocks of neither sentences nor tables (headings, `无`) that growing passes over
_FURNITURE = re.compile("|".join(map(re.escape, FURNITURE)), re.I)


def main_range(blocks: Sequence[Block], weights: Sequence[int], containers: Sequence[Container]) -> tuple[int, int]:
    """The range of blocks (first, one past the last) that is the main text; all of them where nothing stands out."""
    sums = [0, *accumulate(weights)]
    total = sums[-1]
    if total == 0:
        return 0, len(blocks)

    def share(container: Container) -> float:
        return (sums[container.last] - sums[container.first]) / total

    known = [c for c in containers if c.article and share(c) >= _KNOWN_SHARE]
    if known:
        chosen = min(known, key=lambda c: (c.first - c.last, c.depth))
        first, last = chosen.first, chosen.last
    else:
        deep = [c for c in containers if share(c) >= _SHARE and not _is_table(blocks, c)]
        if not deep:
            return 0, len(blocks)
        chosen = max(deep, key=lambda c: (c.depth, c.first - c.last))
        first = _grown(blocks, weights, chosen.first - 1, -1) + 1
        last = chosen.last
    return first, _grown(blocks, weights, last, 1)


def _grown(blocks: Sequence[Block], weights: Sequence[int], start: int, step: int) -> int:
    """Where the main text ends when it grows from `start` in the direction of `step`: the first index not in it."""
    end = at = start
    while 0 <= at < len(blocks) and abs(at - end) <= _GAP:
        block = blocks[at]
        if isinstance(block, Grid):
            if _is_filled(block):
                end = at + step
        elif _FURNITURE.search(block.text):
            break
        elif weights[at] >= _SENTENCE and "。" in block.text:
            end = at + step
        at += step
    return end


def _is_table(blocks: Sequence[Block], container: Container) -> bool:
    """Whether a container is a single table: of a short report it may hold most words, and is never all of it."""
    return container.last - container.first == 1 and isinstance(blocks[container.first], Grid)


def _is_filled(grid: Grid) -> bool:
    return sum(1 for row in grid.rows if sum(1 for cell in row if cell.text) >= 2) >= 2
