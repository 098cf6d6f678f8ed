"""Where pictures stand between the blocks of a fixed-layout file, as far as it can be told: somewhere on their page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.models import Block
from archive.readers.pages.model import Page

_SHARE = 0.04  # of its page that a picture covers at least: a table takes more, a seal or a logo less
_PAGE = re.compile(r"page (\d+)\b")


def picture_places(blocks: Sequence[Block], pages: Sequence[Page]) -> tuple[int, ...]:
    """For each picture on a page with text, how many blocks may stand before it: any number that its page allows."""
    numbers: list[int] = []
    for block in blocks:
        found = _PAGE.match(block.place)
        numbers.append(int(found[1]) if found else (numbers[-1] if numbers else 1))
    places: list[int] = []
    for page in pages:
        if page.picture >= _SHARE and page.glyphs:
            before = sum(number < page.number for number in numbers)
            through = sum(number <= page.number for number in numbers)
            places.extend(range(before, through + 1))
    return tuple(places)
