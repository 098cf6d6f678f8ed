"""Ruling lines to tables: lines that touch make a lattice, fields without a line between them make one cell.

Shared by every fixed-layout format. Lines of one border that are drawn in pieces, dots or twice count as one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from archive.readers.pages.model import Rule

MAX_LINES = 4_000
"""Lines of a page, after merging, beyond which it is a drawing and no table is looked for."""

_SAME_LINE = 1.0  # points between strokes of one line
_SAME_BORDER = 3.0  # points between the lines of a double border
_GAP = 2.6  # points between dots or pieces of one line
_SHORTEST = 5.0
_COVERED = 0.6  # the share of a field's side that a line must cover to part it from the next field
_MAX_COLUMNS, _MAX_ROWS = 80, 500


class Box(NamedTuple):
    """A cell at zero-based lattice `row` and `column`."""

    row: int
    column: int
    rowspan: int
    colspan: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """A ruled table: borders `xs` and `ys`, its cells, and for each field (row, column) the number of its cell."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    boxes: tuple[Box, ...]
    owner: tuple[tuple[int, ...], ...]
    open_beside: frozenset[int] = frozenset()
    """Cells that the left or the right end of the table leaves open."""
    open_above: frozenset[int] = frozenset()
    open_below: frozenset[int] = frozenset()
    """Cells that the upper or the lower end of the table leaves open: the pieces of one that a page break cuts."""

    @property
    def open_boxes(self) -> frozenset[int]:
        """Cells that lie at the rim of the table and have no line there: mostly none if nothing is printed in them."""
        return self.open_beside | self.open_above | self.open_below

    def cell_at(self, x: float, y: float) -> int | None:
        """The number of the cell that holds a point, or None outside of the table."""
        if not (self.xs[0] < x < self.xs[-1] and self.ys[0] < y < self.ys[-1]):
            return None
        return self.owner[bisect_right(self.ys, y) - 1][bisect_right(self.xs, x) - 1]

    def area(self) -> float:
        """The size of the table in square points."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])


def find_tables(rules: Iterable[Rule]) -> list[Lattice] | None:
    """The ruled tables of a page from the smallest to the largest; None where there are too many lines for a table."""
    rules = list(rules)
    across = _merged([rule for rule in rules if rule.horizontal])
    down = _merged([rule for rule in rules if not rule.horizontal])
    if len(across) + len(down) > MAX_LINES:
        return None
    tables = [table for group in _groups(across, down) if (table := _lattice(*group)) is not None]
    return sorted(tables, key=Lattice.area)


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Pieces of one line joined; what stays shorter than any table border is left out."""
    lines: list[Rule] = []
    for group in _clusters(sorted(rules, key=lambda rule: rule.at), _SAME_LINE):
        at = sum(rule.at for rule in group) / len(group)
        pieces = sorted((rule.start, rule.end) for rule in group)
        start, end = pieces[0]
        for a, b in pieces[1:]:
            if a > end + _GAP:
                lines.append(Rule(group[0].horizontal, at, start, end))
                start, end = a, b
            else:
                end = max(end, b)
        lines.append(Rule(group[0].horizontal, at, start, end))
    return [line for line in lines if line.end - line.start >= _SHORTEST]


def _clusters(rules: Sequence[Rule], width: float) -> list[list[Rule]]:
    """Sorted lines in groups whose places differ by no more than `width`."""
    groups: list[list[Rule]] = []
    for rule in rules:
        if groups and rule.at - groups[-1][0].at <= width:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    return groups


def _groups(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that touch each other, directly or by way of others."""
    parent = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    heights = [line.at for line in across]
    for number, line in enumerate(down, len(across)):
        first = bisect_left(heights, line.start - _SAME_BORDER)
        last = bisect_right(heights, line.end + _SAME_BORDER)
        for index in range(first, last):
            if across[index].start - _SAME_BORDER <= line.at <= across[index].end + _SAME_BORDER:
                parent[root(index)] = root(number)
    found: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for index, line in enumerate([*across, *down]):
        found.setdefault(root(index), ([], []))[0 if line.horizontal else 1].append(line)
    return [group for group in found.values() if _may_rule(*group)]


def _may_rule(across: Sequence[Rule], down: Sequence[Rule]) -> bool:
    """Whether lines can make a table; the piece of a row that a page break cuts has a line at one end only."""
    return (len(across) >= 2 and len(down) >= 1) or (len(across) == 1 and len(down) >= 3)


def _lattice(across: Sequence[Rule], down: Sequence[Rule]) -> Lattice | None:
    xs, ys = _borders(down, across), _borders(across, down)
    if not (2 <= len(xs) <= _MAX_COLUMNS and 2 <= len(ys) <= _MAX_ROWS):
        return None
    below = _coverage(across, ys, xs)  # [border][column]
    beside = _coverage(down, xs, ys)  # [border][row]
    rows, columns = len(ys) - 1, len(xs) - 1
    owner = [[-1] * columns for _ in range(rows)]
    boxes: list[Box] = []
    unruled: tuple[set[int], ...] = (set(), set(), set())
    for r in range(rows):
        for c in range(columns):
            if owner[r][c] >= 0:
                continue
            wide = 1
            while c + wide < columns and not beside[c + wide][r] and owner[r][c + wide] < 0:
                wide += 1
            tall = 1
            while (
                r + tall < rows
                and not any(below[r + tall][k] for k in range(c, c + wide))
                and not any(beside[k][r + tall] for k in range(c + 1, c + wide))
                and all(owner[r + tall][k] < 0 for k in range(c, c + wide))
            ):
                tall += 1
            for i in range(r, r + tall):
                owner[i][c : c + wide] = [len(boxes)] * wide
            for sides, is_open in zip(unruled, _open_sides(Box(r, c, tall, wide), below, beside), strict=True):
                if is_open:
                    sides.add(len(boxes))
            boxes.append(Box(r, c, tall, wide))
    return _without_idle_borders(xs, ys, boxes, unruled)


def _without_idle_borders(xs: list[float], ys: list[float], boxes: list[Box], unruled: tuple[set[int], ...]) -> Lattice:
    """The table without borders at which no cell begins: pieces of lines too short to part anything."""
    rows = sorted({box.row for box in boxes})
    columns = sorted({box.column for box in boxes})
    kept = []
    for row, column, tall, wide in boxes:
        r, c = bisect_left(rows, row), bisect_left(columns, column)
        kept.append(Box(r, c, bisect_left(rows, row + tall) - r, bisect_left(columns, column + wide) - c))
    owner = [[0] * len(columns) for _ in rows]
    for number, (r, c, tall, wide) in enumerate(kept):
        for i in range(r, r + tall):
            owner[i][c : c + wide] = [number] * wide
    return Lattice(
        (*(xs[column] for column in columns), xs[-1]),
        (*(ys[row] for row in rows), ys[-1]),
        tuple(kept),
        tuple(map(tuple, owner)),
        *map(frozenset, unruled),
    )


def _borders(lines: Sequence[Rule], crossing: Sequence[Rule]) -> list[float]:
    """The places of the lines; where a table has none at an end, the place where two lines or more that cross end."""
    groups = _clusters(sorted(lines, key=lambda line: line.at), _SAME_BORDER)
    places = [sum(line.at for line in group) / len(group) for group in groups]
    if len(crossing) >= 2:
        starts, ends = sorted(line.start for line in crossing), sorted(line.end for line in crossing)
        if starts[1] - starts[0] <= _SAME_BORDER and starts[0] < places[0] - 2 * _SAME_BORDER:
            places.insert(0, starts[0])
        if ends[-1] - ends[-2] <= _SAME_BORDER and ends[-1] > places[-1] + 2 * _SAME_BORDER:
            places.append(ends[-1])
    return places


def _coverage(lines: Sequence[Rule], borders: Sequence[float], steps: Sequence[float]) -> list[list[bool]]:
    """For each border and each step along it, whether a line is drawn there."""
    drawn = [[0.0] * (len(steps) - 1) for _ in borders]
    for line in lines:
        near = min(range(len(borders)), key=lambda index: abs(borders[index] - line.at))
        first = max(bisect_right(steps, line.start) - 1, 0)
        for step in range(first, len(steps) - 1):
            if steps[step] >= line.end:
                break
            drawn[near][step] += max(0.0, min(line.end, steps[step + 1]) - max(line.start, steps[step]))
    return [
        [length >= _COVERED * (steps[step + 1] - steps[step]) for step, length in enumerate(border)] for border in drawn
    ]


def _open_sides(box: Box, below: Sequence[Sequence[bool]], beside: Sequence[Sequence[bool]]) -> tuple[bool, bool, bool]:
    """Whether a cell at a side, the upper end and the lower end of the table has no line there."""
    rows, columns = len(below) - 1, len(beside) - 1
    fields_across = range(box.column, box.column + box.colspan)
    fields_down = range(box.row, box.row + box.rowspan)
    return (
        (box.column == 0 and not any(beside[0][r] for r in fields_down))
        or (box.column + box.colspan == columns and not any(beside[columns][r] for r in fields_down)),
        box.row == 0 and not any(below[0][c] for c in fields_across),
        box.row + box.rowspan == rows and not any(below[rows][c] for c in fields_across),
    )
