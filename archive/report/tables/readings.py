"""What one way of reading the tables found: the shared result of the row reader and the stream reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from archive.models import ExtraRow, Number, State
from archive.report.numbers import read_value

CellKey = tuple[str, str | None]
"""(key, applicant) of one cell of the form."""


class Found(NamedTuple):
    """One placed cell: its text as printed, where it stands, the unit its column heading prints.

    `from_text` says that the source had no cells here, only running text; `column` is the grid column, where known.
    """

    raw: str
    place: str
    unit: str | None = None
    from_text: bool = False
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Inferred:
    """A value cut out of digits run together (`raw`), where exactly one cut was possible."""

    value: int
    raw: str
    place: str


@dataclass(slots=True)
class Readings:
    """Cells that could be placed, cells whose label was met without a value that could, and tables met twice.

    `clashes` names tables (2, 3, 4) that stand in the document more than once with different values. `inferred` holds
    values cut out of running text; they count only where nothing was read. `doubtful` holds, by table, cells that are
    refused unless the whole table was read elsewhere.
    """

    cells: dict[CellKey, Found] = field(default_factory=dict)
    refused: set[CellKey] = field(default_factory=set)
    clashes: set[int] = field(default_factory=set)
    extra: list[ExtraRow] = field(default_factory=list)
    inferred: dict[CellKey, Inferred] = field(default_factory=dict)
    doubtful: dict[int, set[CellKey]] = field(default_factory=dict)

    def met(self) -> set[CellKey]:
        """The cells whose label was met, with or without a value that could be placed."""
        return {*self.cells, *self.refused, *self.inferred}

    def doubt(self, table: int, keys: Iterable[CellKey]) -> None:
        """Notes cells whose label was met in a table that may be none of the form (a comparison of years, say)."""
        self.doubtful.setdefault(table, set()).update(keys)

    def settle(self, table: int, whole: Iterable[CellKey]) -> None:
        """Refuses the doubtful cells of a table, unless the `whole` table was read, without them, elsewhere."""
        doubtful = self.doubtful.pop(table, set())
        if doubtful and not set(whole) <= self.cells.keys():
            self.refused |= doubtful

    def infer(self, table: int, found: Iterable[tuple[CellKey, int]], raw: str, place: str) -> None:
        """Adds values cut out of `raw`; another value for the same cell makes a clash of its table."""
        for key, value in found:
            if key in self.inferred and self.inferred[key].value != value:
                self.clashes.add(table)
            self.inferred[key] = Inferred(value, raw, place)

    def add(self, table: int, found: Iterable[tuple[CellKey, Found]]) -> None:
        """Adds the cells of one row; a cell met before with another text makes a clash of its table."""
        for key, cell in found:
            before = self.cells.setdefault(key, cell)
            if before is not cell and before.raw.strip() != cell.raw.strip():
                self.clashes.add(table)


TOTAL, GROUP, SUBTOTAL, REMARK = "total", "group", "subtotal", "remark"
CANONICAL = (
    "natural_person",
    "business_enterprise",
    "research_institution",
    "social_welfare_org",
    "legal_service_org",
    "other_org",
    TOTAL,
)
NOTHING = (State.BLANK, State.PLACEHOLDER)
"""What a cell is in which no number is printed."""
_TIMES = 4  # as many rows add up as do not
_ORGANISATIONS = frozenset(CANONICAL[1:6])


def leaf_order(names: Sequence[str]) -> tuple[str, ...] | None:
    """The order of the value columns of table 3, from its column headings in reading order; None if not certain.

    Headings of two rows come as 自然人, 法人或其他组织, 总计, then the kinds of organisation: these stand under their
    group. Every applicant must be named exactly once. Without the group heading only the printed order of a single
    heading row says where the total stands; callers that see rows check that (`flat` headings).
    """
    if any(names.count(name) != 1 for name in CANONICAL) or names.count(SUBTOTAL) > 1 or names.count(REMARK) > 1:
        return None
    names = [name for name, _ in groupby(names)]  # a group heading written out over its columns is one heading
    groups = names.count(GROUP)
    if groups == 0:
        return tuple(names)
    kinds = [name for name in names if name in _ORGANISATIONS or name == SUBTOTAL]
    if groups > 1:
        return tuple(name for name in names if name != GROUP)
    order: list[str] = []
    for name in names:
        if name == GROUP:
            order += kinds
        elif name not in kinds and (name != REMARK or order):
            order.append(name)
    # A remark column that is named before all others spans all heading rows: it stands behind them.
    return (*order, REMARK) if REMARK in names and REMARK not in order else tuple(order)


def is_printed_order(order: Sequence[str]) -> bool:
    """Whether `order` is that of the form, a subtotal and a remark column aside."""
    return tuple(name for name in order if name not in (SUBTOTAL, REMARK)) == CANONICAL


def adds_up(order: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether the values of a row are numbers, and its applicants add up to its total."""
    values = {name: read_value(text).value for name, text in zip(order, texts, strict=True)}
    return None not in map(values.get, CANONICAL) and _holds(values)


def bears_out(order: Sequence[str], rows: Iterable[Sequence[str]]) -> bool:
    """Whether the rows of a table add up under headings in this order, nothing printed being zero.

    A row with words in it can say nothing; then another one with more than zeros must add up. A row with an empty cell
    may have moved; it need not add up if several times as many do.
    """
    held = moved = 0
    silent = False
    for texts in rows:
        read = {name: read_value(text) for name, text in zip(order, texts, strict=True)}
        values = {name: 0 if each.state in NOTHING else each.value for name, each in read.items()}
        if None in map(values.get, CANONICAL):
            silent = True
        elif _holds(values):
            held += any(values.values())
        elif any(each.state in NOTHING for each in read.values()):
            moved += 1
        else:
            return False
    return held >= moved * _TIMES and bool(held or not silent)


def _holds(values: Mapping[str, Number | None]) -> bool:
    return sum(values[name] or 0 for name in CANONICAL[:-1]) == values[TOTAL]


def has_another_column(counts: Sequence[int], wanted: int, *, places_known: bool = False) -> bool:
    """Whether rows of running text, with so many values each, have a column beside the `wanted` that headings name.

    Then a row that has lost an empty cell has as many values as there are headings by chance. A single row with more
    may have gained one, unless cells are lost in others, whose places are not known.
    """
    longer = sum(count > wanted for count in counts)
    return longer > 1 or (longer == 1 and not places_known and any(count < wanted for count in counts))


def is_blank_cell(cell: Found) -> bool:
    """Whether nothing is printed in the cell."""
    return read_value(cell.raw).state is State.BLANK


def trim(run: list[Found] | None, wanted: int, last: int | None = None) -> list[Found] | None:
    """Exactly `wanted` values; more only as blanks on one side: a torn label before or an unnamed column behind.

    `last` is the grid column of the last heading: where the row ends in it, all blanks in excess stand before.
    """
    if run is None or len(run) < wanted:
        return None
    spare = len(run) - wanted
    if spare == 0:
        return run
    blank = [is_blank_cell(found) for found in run]
    if last is not None and run[-1].column == last:
        return run[spare:] if all(blank[:spare]) else None
    if not blank[0] and all(blank[wanted:]):
        return run[:wanted]
    return run[spare:] if all(blank[:spare]) and not blank[spare] and not blank[-1] else None
