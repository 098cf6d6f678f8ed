"""Tables of a page: rows and cells of the tree, and whether a table holds data or only lays out the page.

The choice is made by content, not by nesting: a table with one cell in each row, or one that is little more than a
frame around long text or around other tables, is layout and falls apart into the blocks in it; any other is data, and
a table inside one of its cells becomes text of that cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from archive.readers.grids import RawCell
from archive.readers.html.tokens import IMAGE, LINE, PARAGRAPH

_EDGES = re.compile(f"[{LINE}{PARAGRAPH}]+")
_MANY_BLANKS = re.compile(" {2,}")
_LONG_CELL = 600  # characters; the longest label of the official form has fewer than 60


@dataclass(slots=True)
class TableParts:
    """A table taken apart: rows of cell elements, what stands outside of any cell, and what is hidden."""

    rows: list[list[Tag]] = field(default_factory=list)
    loose: list[PageElement] = field(default_factory=list)
    hidden: list[Tag] = field(default_factory=list)


def take_apart(table: Tag, shown: frozenset[int] = frozenset()) -> TableParts:
    """The parts of one table; elements within nested tables stay inside their cell."""
    parts = TableParts()
    _collect(table, parts, shown)
    return parts


def _collect(element: Tag, parts: TableParts, shown: frozenset[int]) -> None:
    for child in element.contents:
        if not isinstance(child, Tag):
            if str(child).strip():
                parts.loose.append(child)
        elif "hidden" in child.attrs and id(child) not in shown:
            parts.hidden.append(child)
        elif child.name == "tr":
            parts.rows.append([])
            _collect(child, parts, shown)
        elif child.name == "td":
            parts.rows[-1].append(child)
        else:
            parts.loose.append(child)


def is_layout(parts: TableParts, nested: bool) -> bool:
    """Whether a table only lays out the page; `nested` where it holds other tables."""
    widest = max(map(len, parts.rows), default=0)
    if widest <= 1:
        return True
    if nested:
        return not _outweighs(parts.rows)
    if len(parts.rows) > 6 or widest > 4:
        return False
    sizes = [len(_visible(cell)) for row in parts.rows for cell in row]
    return max(sizes) > _LONG_CELL and 2 * max(sizes) > sum(sizes)


def _outweighs(rows: Sequence[Sequence[Tag]]) -> bool:
    """Whether a table has more filled cells of its own than the tables inside its cells, in rows like those of data."""
    own = [[cell for cell in row if cell.find("table") is None and _visible(cell)] for row in rows]
    count = sum(map(len, own))
    if sum(1 for row in own if len(row) >= 2) < 3:
        return False
    inner = (deep for row in rows for cell in row for deep in cell.find_all("td") if _visible(deep))
    return sum(1 for _ in islice(inner, count)) < count


def _visible(cell: Tag) -> str:
    return "".join(cell.get_text().replace(IMAGE, "").split())


def raw_cell(cell: Tag, shown: frozenset[int] = frozenset()) -> RawCell:
    """A cell with its text and spans as the page states them."""
    attrs = cell.attrs
    if not attrs:
        return RawCell(cell_text(cell, shown))
    return RawCell(cell_text(cell, shown), int(str(attrs.get("row", 1))), int(str(attrs.get("col", 1))) or 1)


def cell_text(cell: Tag, shown: frozenset[int] = frozenset()) -> str:
    """The text of a cell, lines apart; U+FFFC where it holds only an image, so that it is not taken for blank."""
    contents = cell.contents
    if len(contents) == 1 and type(contents[0]) is NavigableString:
        text = str(contents[0])
    else:
        text = "".join(_strings(cell, shown))
    if IMAGE in text:
        text = text.replace(IMAGE, "")
        if not bare_line(text):
            return IMAGE
    return lines_of(text)


def lines_of(text: str) -> str:
    """Text with its marks turned into newlines, blank lines left out."""
    if LINE not in text and PARAGRAPH not in text:
        return bare_line(text)
    return "\n".join(line for line in map(bare_line, _EDGES.split(text)) if line)


def bare_line(text: str) -> str:
    """One line without outer blanks and with single inner ones."""
    text = text.strip()
    return _MANY_BLANKS.sub(" ", text) if "  " in text else text


def _strings(element: Tag, shown: frozenset[int]) -> Iterator[str]:
    for child in element.contents:
        if not isinstance(child, Tag):
            yield str(child)
        elif "hidden" in child.attrs and id(child) not in shown:
            continue
        elif child.name in ("a", "span"):
            yield from _strings(child, shown)
        else:
            yield PARAGRAPH
            yield from _strings(child, shown)
            yield PARAGRAPH
