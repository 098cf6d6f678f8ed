"""Plain text as converters leave it, to a document: no cell border is ever guessed.

Three shapes of tables are known. Apache Tika writes a line with one leading tab for each cell, an empty line after each
row, and a lone tab for a cell merged into the one above. antiword and markdown draw `|` between cells. catdoc and
spreadsheets put tabs between cells. Where rows differ in length, nothing tells how cells were merged, so the grids have
`spans_known` False. All other lines are paragraphs as they stand, with the marks that converters leave among them
(`[image: …]`): these are dropped from cells only. Lines that set columns apart by blanks keep their indentation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.charset import decode_bytes
from archive.models import Block, Document, Paragraph
from archive.readers.grids import build_unspanned
from archive.readers.limits import MAX_BYTES, MAX_CELLS, check_blocks, refuse
from archive.readers.text_tables import grid_of, is_drawn, tabs_begin, with_bars, with_tabs

NAME = "text"

_CONVERTER_MARKS = re.compile(r"\[(?:bookmark|image):[^\]\n]{0,200}\]")
_LINE_ENDS = re.compile(r"\r\n?|\f|\v|\x85|\u2028|\u2029")
_CELL_LINE = re.compile(r"\t[^\t]*\Z")
_LABEL_LINE = re.compile(r"([^\W\d_]{2,8})\s?[:：]\s*(.{0,400})\Z")
_RULE_LINE = re.compile(r"[=\-—_*]{4,}.{0,80}\Z")
# A soft hyphen before a digit stands for nothing, or for the minus sign of a font; a mark that turns the direction
# there may turn the digits. Whoever reads the number has to see both.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b\u2060\ufeff]|[\u200e\u200f\xad](?![0-9])")
_CELL_LENGTH = 60  # characters; more than half of the cell lines of a table are shorter
_COLUMNS = re.compile(r"\S {2,}\S")
_NEAR = 3  # lines between a line of headings and one with several columns
_HEAD_LINES = 2  # lines between the labelled ones and the rule below them


@dataclass(slots=True)
class _Reading:
    """Blocks put together so far and the running number of the table."""

    blocks: list[Block] = field(default_factory=list)
    tables: int = 0
    cells: int = 0

    def paragraph(self, line: str, number: int, *, indented: bool = False) -> None:
        if text := line.strip():
            self.blocks.append(Paragraph(line.rstrip() if indented else text, f"line {number + 1}"))
            check_blocks(len(self.blocks))

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Adds a table whose merged cells are lost."""
        self._count(rows)
        self.blocks.append(build_unspanned(_unmarked(rows), self.tables))

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Adds a table with separators between its cells."""
        self._count(rows)
        self.blocks.append(grid_of(_unmarked(rows), self.tables))

    def _count(self, rows: Sequence[Sequence[str]]) -> None:
        self.tables += 1
        self.cells += sum(map(len, rows))
        if self.cells > MAX_CELLS:
            raise refuse(f"has more than {MAX_CELLS:,} table cells")


def _unmarked(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[_CONVERTER_MARKS.sub("", cell) for cell in row] for row in rows]


def read_text(data: bytes, *, charset: str | None = None) -> Document:
    """Reads plain text; raises UnreadableDocument for a text beyond the limits."""
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    decoded = decode_bytes(data, charset)
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", decoded.text))
    lines = text.replace("\xa0", " ").split("\n")
    start, metadata = _head(lines)
    reading = _Reading()
    at = start
    while at < len(lines):
        at = _next(lines, at, reading)
    return Document(
        title=metadata.get("标题"),
        blocks=tuple(reading.blocks),
        metadata=metadata,
        format=NAME,
        encoding=decoded.encoding,
        declared_encoding=decoded.declared,
        warnings=(decoded.problem,) if decoded.problem else (),
        outside=tuple(Paragraph(line.strip(), f"line {n + 1}") for n, line in enumerate(lines[:start]) if line.strip()),
    )


def _head(lines: Sequence[str]) -> tuple[int, dict[str, str]]:
    """Lines of the form `label: value` at the top, at least two, with the rule below them: their end and content."""
    at = next((n for n, line in enumerate(lines) if line.strip()), 0)
    metadata: dict[str, str] = {}
    while at < len(lines) and (found := _LABEL_LINE.match(lines[at].strip())):
        metadata[found[1]] = found[2].strip()
        at += 1
    if len(metadata) < 2:
        return 0, {}
    for ahead in range(at, min(at + _HEAD_LINES + 1, len(lines))):
        if _RULE_LINE.match(lines[ahead].strip()):
            return ahead + 1, metadata
    return at, metadata


def _next(lines: Sequence[str], at: int, reading: _Reading) -> int:
    """Reads the block that begins at line `at` and returns the line after it."""
    line = lines[at]
    if _CELL_LINE.match(line):
        rows, end = _cell_lines(lines, at)
        if _is_table(rows):
            reading.table(rows)
            return end
        for number in range(at, end):
            reading.paragraph(lines[number], number)
        return end
    if line.count("|") >= 2 or (is_drawn(line) and "|" in "".join(lines[at + 1 : at + 2])):
        rows, end = with_bars(lines, at)
        reading.add(rows)
        return end
    if tabs_begin(lines, at):
        rows, end = with_tabs(lines, at)
        reading.add(rows)
        return end
    reading.paragraph(line, at, indented=_in_columns(lines, at))
    return at + 1


def _in_columns(lines: Sequence[str], at: int) -> bool:
    """Whether a line stands among lines that set columns apart by blanks: its indentation tells where its words are."""
    return any(_COLUMNS.search(line) for line in lines[max(0, at - _NEAR) : at + _NEAR + 1])


def _cell_lines(lines: Sequence[str], at: int) -> tuple[list[list[str]], int]:
    """Rows of one-cell lines: a line without a tab goes on with the cell before it, an empty one ends the row."""
    rows: list[list[str]] = []
    row: list[str] = []
    while at < len(lines):
        line = lines[at]
        if line.startswith("\t"):
            row.append(line.strip())
        elif line.strip():
            if not row:
                break
            row[-1] = f"{row[-1]}\n{line.strip()}".strip()
        else:
            if row:
                rows.append(row)
                row = []
            if at + 1 >= len(lines) or not lines[at + 1].startswith("\t"):
                at += 1
                break
        at += 1
    if row:
        rows.append(row)
    return rows, at


def _is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows of one-cell lines are a table, not paragraphs that happen to be indented by a tab."""
    cells = sorted(len(cell) for row in rows for cell in row)
    return sum(1 for row in rows if len(row) >= 2) >= 2 and cells[len(cells) // 2] <= _CELL_LENGTH
