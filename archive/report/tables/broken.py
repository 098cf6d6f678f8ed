"""Numbers broken over lines inside of their cell (`12`, line break, `3`): joined where the sums of the form prove it.

Two lines of digits may be one number or two. The joined number counts only if every sum that covers the cell and can be
worked out holds with it, and at least one can; it is `inferred`, as the source does not print it in one piece. A sum of
which every printed cell has as many lines, and which holds line by line, proves nothing: two rows may have become one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from archive.models import Cell, CellRef, Era, Number, State
from archive.report.sums import equations
from archive.report.tables.readings import NOTHING

_BROKEN = re.compile(r"\s*[1-9]\d*(?:\s*\n\s*\d+)+\s*\Z")


def mend(cells: Sequence[Cell], era: Era) -> tuple[Cell, ...]:
    """The cells, with broken numbers joined where a sum proves them."""
    joined = {
        CellRef(cell.key, cell.applicant): int("".join((cell.raw or "").split()))
        for cell in cells
        if cell.state is State.UNREADABLE and _BROKEN.match(cell.raw or "")
    }
    if not joined:
        return tuple(cells)
    known: dict[CellRef, Number | None] = {
        CellRef(cell.key, cell.applicant): cell.value if cell.value is not None else 0
        for cell in cells
        if cell.value is not None or cell.state in NOTHING
    }
    lines = {
        CellRef(cell.key, cell.applicant): tuple(map(int, (cell.raw or "").split()))
        if CellRef(cell.key, cell.applicant) in joined
        else (cell.value or 0,) * (cell.value is not None)
        for cell in cells
    }
    proven = _proven(joined, {**known, **joined}, era, lines)
    return tuple(
        replace(cell, value=joined[ref], state=State.INFERRED)
        if (ref := CellRef(cell.key, cell.applicant)) in proven
        else cell
        for cell in cells
    )


def _proven(
    joined: Mapping[CellRef, int],
    values: Mapping[CellRef, Number | None],
    era: Era,
    lines: Mapping[CellRef, tuple[Number, ...]],
) -> set[CellRef]:
    """The joined numbers that every sum confirms, taken together; one that fails leaves all of its sum unproven."""
    confirmed: set[CellRef] = set()
    refuted: set[CellRef] = set()
    for left, right in equations(era):
        concerned = {ref for ref in (*left, *right) if ref in joined}
        if not concerned or any(ref not in values for ref in (*left, *right)):
            continue
        if _holds_by_lines([lines[ref] for ref in left], [lines[ref] for ref in right]):
            continue
        holds = sum(values[ref] or 0 for ref in left) == sum(values[ref] or 0 for ref in right)
        (confirmed if holds else refuted).update(concerned)
    return confirmed - refuted


def _holds_by_lines(left: Sequence[tuple[Number, ...]], right: Sequence[tuple[Number, ...]]) -> bool:
    """Whether the printed cells of a sum all have the same number of lines, and it holds in each of them."""
    count = {len(lines) for lines in (*left, *right) if lines}
    if len(count) != 1 or count == {1}:
        return False
    return all(
        sum(lines[at] for lines in left if lines) == sum(lines[at] for lines in right if lines)
        for at in range(count.pop())
    )
