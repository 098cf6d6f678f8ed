"""One stream of paragraphs of an RTF file: its body, a footnote or a text box, with tables put together on the way.

Source: Rich Text Format (RTF) Specification 1.9.1, "Table Definitions" and "Nested Tables".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from archive.readers.doc.rows import CellShape, Merge, TableStack, joined
from archive.readers.limits import MAX_COLSPAN
from archive.readers.nodes import Node, Par

_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSEEN = {code: None for code in range(0x20) if chr(code) not in "\t\n"} | {0xA0: " "}
_MERGES = {
    "clmgf": ("along", Merge.FIRST), "clmrg": ("along", Merge.CONTINUED), "clvmgf": ("down", Merge.FIRST),
    "clvmrg": ("down", Merge.CONTINUED),
}  # fmt: skip


@dataclass(slots=True)
class _Row:
    """A row definition as far as it has been read: left edge, finished cells, merges of the cell to come."""

    left: int = 0
    shapes: list[CellShape] = field(default_factory=list)
    along: Merge = Merge.NONE
    down: Merge = Merge.NONE


class Flow:
    """Takes text and the words of paragraphs and tables in order."""

    def __init__(self) -> None:
        self.tables = TableStack()
        self.text: list[str] = []
        self.label = ""
        self.level: int | None = None
        self.boxes: list[Node] = []
        self._depth = 0
        self._states_depth = False  # whether paragraphs in tables say so
        self._in_row = False
        self._rows: dict[int, _Row] = {}

    def word(self, word: str, number: int | None, *, nested: bool) -> None:
        """Takes a control word on the place of a paragraph or the shape of a row; others are of no meaning here."""
        if word == "pard":
            self._depth, self.level = 0, None
        elif word == "intbl":
            self._depth, self._states_depth = max(self._depth, 1), True
        elif word == "itap":
            self._depth, self._states_depth = max(number or 0, 0), True
        elif word == "trowd":
            self._rows[self._row_depth(nested=nested)] = _Row()
            self._in_row = self._in_row or not nested
        elif word in _MERGES or word in ("trleft", "cellx"):
            row = self._rows.setdefault(self._row_depth(nested=nested), _Row())
            if word == "trleft":
                row.left = number or 0
            elif word == "cellx":
                left = row.shapes[-1].right if row.shapes else row.left
                if len(row.shapes) < MAX_COLSPAN:  # a row of more cells stays without a whole definition
                    row.shapes.append(CellShape(left, number or 0, row.along, row.down))
                row.along = row.down = Merge.NONE
            else:
                setattr(row, *_MERGES[word])

    def end_paragraph(self, cell: int = 0) -> None:
        """Ends the paragraph; `cell` 1 also ends a cell of the outer table, 2 one of a nested table."""
        depth = self._depth
        if cell == 1:
            depth = 1
        elif cell == 2:
            depth = max(depth, 2)
        elif not self._states_depth and self._in_row:
            depth = max(depth, 1)
        self.tables.go_to(depth)
        text = "".join(self.text).translate(_UNSEEN)
        if _SURROGATE.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        self.tables.add(Par(self.label + text if text.strip() else text, self.level), *self.boxes)
        self.text, self.boxes, self.label = [], [], ""
        if cell:
            self.tables.end_cell()

    def end_row(self, *, nested: bool, deleted: bool = False) -> None:
        """Ends a row of the outer or of a nested table; a row deleted in a revision is left out."""
        depth = max(self._depth, 2) if nested else 1
        if any(part.strip() for part in self.text):
            self.end_paragraph(2 if nested else 1)  # the last cell without its mark
        self.tables.go_to(depth)
        row = self._rows.get(depth)
        self.tables.end_row(tuple(row.shapes) if row else (), deleted=deleted)
        self._in_row = self._in_row and nested

    @property
    def is_inside_row(self) -> bool:
        """Whether a row has begun and not ended."""
        return self._in_row or self.tables.is_inside_row

    def nodes(self) -> list[Node]:
        """Everything read so far, the last paragraph and all tables ended."""
        if self.text or self.boxes:
            self.end_paragraph()
        self.tables.go_to(0)
        return self.tables.body

    def joined(self) -> str:
        """The text read so far, with a newline between paragraphs."""
        return joined(self.nodes())

    def _row_depth(self, *, nested: bool) -> int:
        return max(self._depth, 2) if nested else 1
