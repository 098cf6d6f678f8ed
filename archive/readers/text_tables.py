"""Tables of plain text: what stands between bars, tabs or the corners of drawn lines, as rows of cells.

A table in which every row has the same number of cells prints every place of its grid, as markdown, sheets and drawn
tables do: its columns are known, a merged cell is empty after its first place or repeats its text in each of them. Of
any other table only the order of the cells is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.models import Grid
from archive.readers.grids import RawCell, build_grid, build_unspanned

_DRAWN = re.compile(r"\+(?:[-=:]+\+){2,}\Z")
_RULE = re.compile(r":?-{2,}:?\Z")
_BREAK = re.compile(r"<br\s*/?>", re.I)
_WORDS = re.compile(r"[\u4e00-\u9fff].*[\u4e00-\u9fff]", re.DOTALL)
_FEW = 3  # lines with one tab at the beginning of a table: headings that span it
_LEAST = 3  # rows and columns of a table whose every place is printed

Rows = list[list[str]]


def is_drawn(line: str) -> bool:
    """Whether a line is a border drawn as `+----+----+`."""
    return bool(_DRAWN.match(line.strip()))


def with_bars(lines: Sequence[str], at: int) -> tuple[Rows, int]:
    """The rows of a table with bars between its cells that begins at line `at`, and the line after it.

    A bar at an end of every line is a border, not an empty cell. Lines that only draw borders are left out; where they
    part most rows, the lines between two of them are one row.
    """
    groups: list[list[str]] = [[]]
    start = at
    while at < len(lines) and ("|" in lines[at].strip(" ") or is_drawn(lines[at])):
        if is_drawn(lines[at]):
            groups.append([])
        else:
            groups[-1].append(lines[at].strip(" "))
        at += 1
    groups = [group for group in groups if group]
    block = [line for group in groups for line in group]
    first, last = (all(test(line, "|") for line in block) for test in (str.startswith, str.endswith))
    rows = [[_cells(line, first=first, last=last) for line in group] for group in groups]
    whole = len(groups) >= _LEAST and sum(len(group) == 1 for group in groups) * 2 >= len(groups)
    if whole and any(is_drawn(line) for line in lines[start:at]):
        return [_joined(group) for group in rows], at
    return [row for group in rows for row in group if not all(map(_RULE.match, row))], at


def _cells(line: str, *, first: bool, last: bool) -> list[str]:
    line = line.removeprefix("|") if first else line
    line = line.removesuffix("|") if last else line
    return [_BREAK.sub("\n", cell).strip() for cell in line.split("|")]


def _joined(lines: Rows) -> list[str]:
    """The lines of one row as its cells; of lines with different numbers of cells each stays a cell of its own."""
    if len({len(line) for line in lines}) > 1:
        return [cell for line in lines for cell in line]
    return ["\n".join(filter(None, cells)) for cells in zip(*lines, strict=True)]


def tabs_begin(lines: Sequence[str], at: int) -> bool:
    """Whether a table with tabs between its cells begins at line `at`, perhaps with headings that span it."""
    for line in lines[at : at + _FEW + 1]:
        count = line.strip().count("\t")
        if count != 1:
            return count > 1
    return False


def with_tabs(lines: Sequence[str], at: int) -> tuple[Rows, int]:
    """The rows of a table with tabs between its cells that begins at line `at`, and the line after it."""
    rows: Rows = []
    while at < len(lines) and "\t" in lines[at].strip(" "):
        rows.append([cell.strip() for cell in lines[at].strip(" ").split("\t")])
        at += 1
    return rows, at


def grid_of(rows: Sequence[Sequence[str]], table: int) -> Grid:
    """The grid of separated rows; `table` is its running number, from 1."""
    width = len(rows[0]) if rows else 0
    if min(len(rows), width) < _LEAST or any(len(row) != width for row in rows):
        return build_unspanned(rows, table)
    return build_grid(_unrepeated(rows), table)


def _unrepeated(rows: Sequence[Sequence[str]]) -> list[list[RawCell]]:
    """The cells of a full grid; words printed in adjacent places are one merged cell, figures and marks never."""
    taken: set[tuple[int, int]] = set()
    merged: list[list[RawCell]] = []
    for r, row in enumerate(rows):
        cells: list[RawCell] = []
        for c, text in enumerate(row):
            if (r, c) in taken:
                continue
            across = down = 1
            if _WORDS.search(text):
                while c + across < len(row) and row[c + across] == text and (r, c + across) not in taken:
                    across += 1
                while r + down < len(rows) and all(other == text for other in rows[r + down][c : c + across]):
                    down += 1
            taken |= {(r + i, c + j) for i in range(down) for j in range(across)}
            cells.append(RawCell(text, down, across))
        merged.append(cells)
    return merged
