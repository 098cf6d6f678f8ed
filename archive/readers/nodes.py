"""Paragraphs and tables of a word processor as a small tree, and the tree as numbered blocks.

The readers of Word, RTF and OpenDocument files all build this tree; only here is a table judged layout or data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archive.models import Block, Grid, GridCell, Heading, Paragraph
from archive.readers.grids import place_of
from archive.readers.limits import MAX_GRID_AREA, check_blocks, refuse

IMAGE = "\ufffc"

_BROKEN = re.compile(f"[\n{IMAGE}]")
_LONGEST_HEADING = 200
_LONG_CELL = 600


@dataclass(frozen=True, slots=True)
class Par:
    """A paragraph with the number that is shown before it; `level` None is text, 0 a title, 1–6 a heading."""

    text: str
    level: int | None = None


@dataclass(slots=True)
class CellNode:
    """A cell at its grid column; `rowspan` grows while the cells below it are merged into it."""

    column: int
    colspan: int
    nodes: list[Par | Tab]
    rowspan: int = 1


@dataclass(slots=True)
class Tab:
    """A table of origin cells, row by row; `spans_known` False where `column` only counts the cells of a row."""

    rows: list[list[CellNode]] = field(default_factory=list)
    spans_known: bool = True


Node = Par | Tab


def texts(nodes: Sequence[Node]) -> Iterator[str]:
    """The text of nodes, paragraph by paragraph and cell by cell, blanks at the ends removed."""
    for node in nodes:
        if isinstance(node, Par):
            yield node.text.strip()
        else:
            for row in node.rows:
                for cell in row:
                    yield from texts(cell.nodes)


class Writer:
    """Turns nodes into numbered blocks; tables that only frame text or other tables are dissolved."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.warnings: list[str] = []
        self.pictures: list[int] = []
        self.paragraphs = self.tables = self.area = 0

    def add(self, nodes: Sequence[Node]) -> None:
        """Appends nodes in order; raises UnreadableDocument beyond the limits."""
        for node in nodes:
            if isinstance(node, Par):
                self._paragraph(node)
            elif _is_layout(node):
                for row in node.rows:
                    for cell in row:
                        self.add(cell.nodes)
            else:
                self.tables += 1
                self.blocks.append(self._grid(node))
            check_blocks(len(self.blocks))

    def _paragraph(self, node: Par) -> None:
        self.pictures += [len(self.blocks)] * node.text.count(IMAGE)
        text = _tidy(node.text)
        if not text:
            return
        self.paragraphs += 1
        place = f"paragraph {self.paragraphs}"
        if node.level is not None and len(text) <= _LONGEST_HEADING:
            self.blocks.append(Heading(text, node.level, place))
        else:
            self.blocks.append(Paragraph(text, place))

    def _grid(self, table: Tab) -> Grid:
        rows: list[tuple[GridCell, ...]] = []
        for r, row in enumerate(table.rows):
            cells: list[GridCell] = []
            for cell in row:
                self.area += cell.rowspan * cell.colspan
                if self.area > MAX_GRID_AREA:
                    raise refuse(f"has tables whose cells span more than {MAX_GRID_AREA:,} places")
                place = place_of(self.tables, r, cell.column)
                text = self._cell_text(cell.nodes, place)
                cells.append(GridCell(text, r, cell.column, cell.rowspan, cell.colspan, place))
            rows.append(tuple(cells))
        return Grid(tuple(rows), f"table {self.tables}", table.spans_known)

    def _cell_text(self, nodes: list[Node], place: str) -> str:
        if len(nodes) == 1 and isinstance(nodes[0], Par) and not _BROKEN.search(nodes[0].text):
            return nodes[0].text.strip()
        raw = "\n".join(texts(nodes))
        text = _tidy(raw)
        if not text and IMAGE in raw:
            self.warnings.append(f"{place} holds an image and no text")
            return IMAGE
        return text


def _tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace(IMAGE, "").split("\n") if line.strip())


def _is_layout(table: Tab) -> bool:
    """Whether a table only frames text or other tables; the rule of the HTML reader, on the cells of Word."""
    if max((len(row) for row in table.rows), default=0) <= 1:
        return True
    cells = [cell for row in table.rows for cell in row]
    if any(isinstance(node, Tab) for cell in cells for node in cell.nodes):
        own = [[c for c in row if _is_filled(c) and not any(isinstance(n, Tab) for n in c.nodes)] for row in table.rows]
        return sum(1 for row in own if len(row) >= 2) < 3 or sum(map(len, own)) <= sum(map(_inner_cells, cells))
    if len(table.rows) > 6 or max(map(len, table.rows)) > 4:
        return False
    sizes = [sum(map(len, texts(cell.nodes))) for cell in cells]
    return max(sizes) > _LONG_CELL and 2 * max(sizes) > sum(sizes)


def _is_filled(cell: CellNode) -> bool:
    return any(texts(cell.nodes))


def _inner_cells(cell: CellNode) -> int:
    """How many filled cells the tables inside of a cell have, at any depth."""
    inner = [c for node in cell.nodes if isinstance(node, Tab) for row in node.rows for c in row]
    return sum(_is_filled(c) + _inner_cells(c) for c in inner)
