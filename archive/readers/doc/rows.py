"""Rows that state the edges of their cells (Word 97–2003, RTF) to one table with grid columns and spans.

Each row of such a table has its own edges, in twips. The grid columns are the edges of all rows together, edges that
differ by less than a hair taken as one. Sources: [MS-DOC] 2.6.3 (sprmTDefTable) and 2.9.317 (TCGRF); Rich Text Format
Specification 1.9.1, "Table Definitions".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from archive.readers.limits import MAX_CELLS, MAX_COLSPAN, MAX_TABLE_DEPTH, refuse
from archive.readers.nodes import CellNode, Node, Tab, texts

_HAIR = 40  # twips (0.7 mm); no column is that narrow, and rows drawn by hand differ by less


class Merge(Enum):
    """What a cell says of a merge in one direction."""

    NONE = 0
    FIRST = 1
    CONTINUED = 2


@dataclass(frozen=True, slots=True)
class CellShape:
    """Left and right edge of a cell in twips, and its merges along the row and down the column."""

    left: int
    right: int
    along: Merge = Merge.NONE
    down: Merge = Merge.NONE


@dataclass(slots=True)
class EdgedRow:
    """The contents of the cells of a row, and their shapes; `shapes` empty where the row has no definition."""

    cells: list[list[Node]]
    shapes: Sequence[CellShape]


class TableStack:
    """Tables that are being read, one inside of the other, from paragraphs that state how deep they stand.

    `body` takes what stands outside of all tables. `unshown` gets the text of cells merged into others.
    """

    def __init__(self) -> None:
        self.body: list[Node] = []
        self.unshown: list[str] = []
        self.warnings: list[str] = []
        self._open: list[_OpenTable] = []
        self._cells = 0

    @property
    def depth(self) -> int:
        """How many tables are open."""
        return len(self._open)

    @property
    def is_inside_row(self) -> bool:
        """Whether a row has begun and not ended."""
        return any(table.row or table.cell for table in self._open)

    def go_to(self, depth: int) -> None:
        """Opens or closes tables until `depth` of them are open; 0 is the body."""
        if depth > MAX_TABLE_DEPTH:
            raise refuse(f"has tables nested deeper than {MAX_TABLE_DEPTH}")
        while len(self._open) > depth:
            self._close()
        while len(self._open) < depth:
            self._open.append(_OpenTable([], [], []))

    def add(self, *nodes: Node) -> None:
        """Adds nodes to the innermost open cell, or to the body."""
        (self._open[-1].cell if self._open else self.body).extend(nodes)

    def end_cell(self) -> None:
        """Ends the cell of the innermost table."""
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise refuse(f"has more than {MAX_CELLS:,} table cells")
        table = self._open[-1]
        table.row.append(table.cell)
        table.cell = []

    def end_row(self, shapes: Sequence[CellShape], *, deleted: bool = False) -> None:
        """Ends the row of the innermost table; a row deleted in a revision is left out."""
        table = self._open[-1]
        if any(texts(table.cell)):  # text after the last cell mark: kept, though no program writes it
            self.end_cell()
        if not deleted:
            table.rows.append(EdgedRow(table.row, shapes))
        table.row, table.cell = [], []

    def _close(self) -> None:
        table = self._open[-1]
        if any(texts(table.cell)):
            self.end_cell()
        if table.row:
            table.rows.append(EdgedRow(table.row, ()))
        self._open.pop()
        if not table.rows:
            return
        tab, lost = build_table(table.rows)
        self.unshown.extend(lost)
        if not tab.spans_known:
            self.warnings.append("a table has rows without the edges of their cells: its merges are not known")
        self.add(tab)


@dataclass(slots=True)
class _OpenTable:
    rows: list[EdgedRow]
    row: list[list[Node]]
    cell: list[Node]


def build_table(rows: Sequence[EdgedRow]) -> tuple[Tab, list[str]]:
    """The table of such rows, and the texts of cells that are not shown because they are merged into others."""
    if not all(_is_whole(row) for row in rows):
        return Tab([[CellNode(at, 1, cell) for at, cell in enumerate(row.cells)] for row in rows], False), []
    columns = _columns([row.shapes for row in rows])
    table = Tab()
    unshown: list[str] = []
    above: dict[int, CellNode] = {}
    for row in rows:
        cells: list[CellNode] = []
        below: dict[int, CellNode] = {}
        for nodes, shape in zip(row.cells, row.shapes, strict=False):
            column = columns[shape.left]
            span = min(columns[shape.right] - column, MAX_COLSPAN)
            if shape.along is Merge.CONTINUED and cells and cells[-1].column + cells[-1].colspan == column:
                cells[-1].colspan = min(cells[-1].colspan + span, MAX_COLSPAN)
                unshown.extend(filter(None, texts(nodes)))
            elif shape.down is Merge.CONTINUED and column in above:
                above[column].rowspan += 1
                below[column] = above[column]
                unshown.extend(filter(None, texts(nodes)))
            else:
                cells.append(CellNode(column, span, nodes))
                if shape.down is not Merge.NONE:
                    below[column] = cells[-1]
        table.rows.append(cells)
        above = below
    return table, unshown


def _is_whole(row: EdgedRow) -> bool:
    """Whether every cell of a row has a shape, the shapes going from left to right.

    Empty cells beyond the last shape are left out, as word processors do; LibreOffice writes some after nested tables.
    """
    if not row.shapes or any(any(texts(cell)) for cell in row.cells[len(row.shapes) :]):
        return False
    return all(shape.left < shape.right for shape in row.shapes)


def _columns(rows: Sequence[Sequence[CellShape]]) -> dict[int, int]:
    """The grid column of every edge. Edges of one row never fall together."""
    owners: dict[int, set[int]] = {}
    for at, row in enumerate(rows):
        for shape in row:
            owners.setdefault(shape.left, set()).add(at)
            owners.setdefault(shape.right, set()).add(at)
    columns: dict[int, int] = {}
    column, first = -1, 0
    seen: set[int] = set()
    for edge in sorted(owners):
        if column < 0 or edge - first > _HAIR or owners[edge] & seen:
            column, first, seen = column + 1, edge, set()
        columns[edge] = column
        seen |= owners[edge]
    return columns


def joined(nodes: Sequence[Node]) -> str:
    """The text of nodes with a newline between paragraphs."""
    return "\n".join(text for text in texts(nodes) if text)
