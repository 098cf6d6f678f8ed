"""Rows whose values seem to have moved by a cell: nothing of them is taken, however surely they were placed.

A cell that a converter loses, doubles or adds leaves a row of the right length with its values under other headings.
The sums tell such a row from one that its body has added up wrongly. A row of table 3 that does not add up counts if a
single figure can be to blame: no cell of it is empty, the sums of at most one column fail, and no cell set in or left
out makes all of them hold. Likewise one procedure of table 4 may fail its sum. Rows of table 2 have no sum; there an
empty cell beside printed ones is believed only in a report that leaves other cells empty, and so it is in a row of
zeros of table 3, unless the sums down its columns hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, permutations

from archive.models import Cell, Era, State
from archive.report.form import load_form
from archive.report.numbers import read_value
from archive.report.tables.readings import CANONICAL, NOTHING, TOTAL, CellKey

_NONE = (*NOTHING, State.ZERO)
_WORDS = (State.TEXT, State.MALFORMED)
_SEVERAL = 3  # rows that do not add up
_MANY = 5  # rows of table 3 that seem to have moved
_SHARE = 0.5  # of the rows with more than zeros: where a column is lost, few of them still add up
_HABIT = 3  # empty cells elsewhere, at least, in a report that leaves cells empty
_PROCEDURE = 5  # outcomes, the last of which is the total
_FIGURE = re.compile(r"(?<![A-Za-z〇])\d+(?![A-Za-z〇])")  # digits beside letters may be more of them, badly read

Values = Mapping[CellKey, "int | None"]


def without_displaced(cells: Sequence[Cell], era: Era) -> tuple[tuple[Cell, ...], int]:
    """The cells of a report of era B or C, those of rows that seem to have moved unreadable, and how many rows."""
    by_key = {(cell.key, cell.applicant): cell for cell in cells}
    empty = _empty(by_key)
    table_3: list[Sequence[CellKey]] = list(_table_3(by_key, empty, era))
    if len(table_3) >= max(_MANY, _filled(by_key, era) * _SHARE):  # a column, not a cell, is lost or added
        table_3 = [[(row.key, name) for name in CANONICAL] for row in load_form().eras[era].rows]
    rows = [*_table_2(by_key, empty, era), *table_3, *_table_4(by_key, era)]
    moved = {key for row in rows for key in row}
    kept = (
        replace(cell, value=None, state=State.UNREADABLE)
        if (cell.key, cell.applicant) in moved and cell.state not in (State.MISSING, State.UNREADABLE)
        else cell
        for cell in cells
    )
    return tuple(kept), len(rows)


def _filled(cells: Mapping[CellKey, Cell], era: Era) -> int:
    """How many rows of table 3 print more than zeros."""
    rows = ([cells[row.key, name] for name in CANONICAL] for row in load_form().eras[era].rows)
    return sum(any(cell.state not in (*_NONE, State.MISSING) for cell in row) for row in rows)


def _number(cell: Cell) -> int | None:
    """The number of a cell as sums read it, nothing printed being zero; None if it is none or no whole one."""
    if cell.state in NOTHING:
        return 0
    return cell.value if isinstance(cell.value, int) else None


def _refused_number(cell: Cell) -> int | None:
    """The number that is printed in a cell which was refused: no value, but it may show that another row has moved."""
    if cell.raw is None:
        return None
    reading = read_value(cell.raw)
    return _number(replace(cell, value=reading.value, state=reading.state))


def _table_2(cells: Mapping[CellKey, Cell], empty: Set[CellKey], era: Era) -> Iterator[Sequence[CellKey]]:
    """The rows of table 2 with the only empty cells of the report, others of the row being printed, or with an empty
    cell beside one that holds more than a number.
    """
    for block in load_form().eras[era].blocks:
        for row in block.rows:
            keys = [(f"{row.key}_{column.key}", None) for column in block.columns]
            unread = any(_is_unread(cells[key]) for key in keys)
            if _has_lone_empty(keys, empty) or (unread and empty & set(keys)):
                yield keys


def _empty(cells: Mapping[CellKey, Cell]) -> set[CellKey]:
    """The empty cells of a report, but for the totals of table 3: who prints none of them may print all else."""
    blank = (key for key, cell in cells.items() if cell.state is State.BLANK)
    return {(key, who) for key, who in blank if who != TOTAL and key != "results_total"}


def _has_lone_empty(keys: Sequence[CellKey], empty: Set[CellKey]) -> bool:
    """Whether some but not all cells of a row are `empty`, in a report that leaves hardly any others so."""
    if not empty:
        return False
    here = empty & set(keys)
    own = [(key, who) for key, who in keys if who != TOTAL]
    return 0 < len(here) < len(own) and len(empty - here) < _HABIT


# --------------------------------------------------------------------------- table 3


def _table_3(cells: Mapping[CellKey, Cell], empty: Set[CellKey], era: Era) -> Iterator[Sequence[CellKey]]:
    values = {key: _number(cell) for key, cell in cells.items() if key[1] is not None}
    columns = _Columns.of(values, era)
    unread = [key for key in values if cells[key].state is State.UNREADABLE]
    refused = {key: number for key in unread if (number := _refused_number(cells[key])) is not None}
    doubted = _Columns.of({**values, **refused}, era) if refused else columns
    rows = [row.key for row in load_form().eras[era].rows]
    unsummed = _without_totals(cells, rows)
    failing: list[list[CellKey]] = []
    for row in rows:
        keys: list[CellKey] = [(row, name) for name in CANONICAL]
        printed = [cells[key] for key in keys]
        numbers = [values[key] for key in keys]
        if unsummed and printed[-1].state in NOTHING:
            named = [name for name, value in zip(CANONICAL, numbers, strict=True) if value != 0]
            if named and (columns.failing(row, names=named) != 0 or _ends_in_its_sum(numbers[:-1])):
                yield keys
        elif _fails(numbers):
            failing.append(keys)
        elif any(map(_is_unread, printed)):
            if _is_doubtful(numbers, printed):
                yield keys
        elif any(numbers):
            if _is_mended_by_moving(doubted, keys, printed):
                yield keys
        elif _has_lone_empty(keys, empty) and columns.failing(row) != 0:
            yield keys
    for keys in failing:
        if _has_another_total(columns, keys, [cells[key] for key in keys]):
            continue
        if not _is_one_figure(columns, keys, [cells[key] for key in keys], alone=len(failing) < _SEVERAL):
            yield keys


def _without_totals(cells: Mapping[CellKey, Cell], rows: Iterable[str]) -> bool:
    """Whether most rows that print a number leave their total empty: then an empty one tells nothing."""
    printed = [row for row in rows if any(cells[row, name].state is State.NUMBER for name in CANONICAL[:-1])]
    return sum(cells[row, TOTAL].state in NOTHING for row in printed) * 2 > len(printed)


def _ends_in_its_sum(row: Sequence[int | None]) -> bool:
    """Whether the last number is the sum of those before it: the total of a row that has moved."""
    known = [value for value in row if value is not None]
    return len(known) == len(row) and known[-1] == sum(known[:-1])


def _fails(row: Sequence[int | None]) -> bool:
    """Whether the numbers of a row do not add up to its last, so far as all are known."""
    known = [value for value in row if value is not None]
    return len(known) == len(row) and sum(known[:-1]) != known[-1]


def _is_unread(cell: Cell) -> bool:
    """Whether something is printed in a cell that is no number."""
    return cell.state in _WORDS or (cell.state is State.UNREADABLE and bool(cell.raw))


def _is_mended_by_moving(columns: _Columns, keys: Sequence[CellKey], printed: Sequence[Cell]) -> bool:
    """Whether sums down the columns, so far as they are known, fail, and hold with one cell set in or left out."""
    row = [value for key in keys if (value := columns.values[key]) is not None]
    if len(row) < len(keys) or not columns.failing(keys[0][0], partly=True):
        return False
    others = _unmoved(row, [cell.state in _NONE for cell in printed])
    return any(columns.failing(keys[0][0], other, partly=True) == 0 for other in others)


def _is_doubtful(row: Sequence[int | None], printed: Sequence[Cell]) -> bool:
    """Whether a row with words in it has an empty cell or no total too, its numbers are more than its total, or the
    only words of it hold figures of which none is what the row lacks.
    """
    known = [value for value in row[:-1] if value is not None]
    over = row[-1] is not None and sum(known) > row[-1]
    if over or printed[-1].state in NOTHING or any(cell.state is State.BLANK for cell in printed):
        return True
    unread = [place for place, value in enumerate(row) if value is None]
    if len(unread) != 1:
        return False
    lacking = sum(known) if row[-1] is None else row[-1] - sum(known)
    figures = [int(figure) for figure in _FIGURE.findall(printed[unread[0]].raw or "")]
    return bool(figures) and lacking not in figures


def _is_one_figure(columns: _Columns, keys: Sequence[CellKey], printed: Sequence[Cell], *, alone: bool) -> bool:
    """Whether a row that does not add up can have one false figure, its cells standing where they should.

    Where it is not `alone`, that figure must also be what makes the sums down the columns fail.
    """
    failing = columns.failing(keys[0][0])
    if failing is None or failing > 1 or any(cell.state is State.BLANK for cell in printed):
        return False
    if printed[-1].state in _NONE:
        return False  # a total of nothing beside figures: more likely the figure before it, and the total pushed out
    row = [value for key in keys if (value := columns.values[key]) is not None]
    mending = [
        (row[at], row[at] + by)
        for at, by in enumerate(_differences(row))
        if columns.failing(keys[0][0], [*row[:at], row[at] + by, *row[at + 1 :]]) == 0
    ]
    if failing and not alone and not mending:
        return False
    if failing and any(_is_cut(figure, whole) for figure, whole in mending):
        return False
    return not _is_mended_by_moving(columns, keys, printed)


def _has_another_total(columns: _Columns, keys: Sequence[CellKey], printed: Sequence[Cell]) -> bool:
    """Whether only the total of a row is not its sum: down the columns of all applicants every sum holds.

    No row of the table can have moved then, so the total stands in its place too, unless digits of it are lost or the
    cell before it stands twice and has pushed it out.
    """
    row = [value for key in keys if (value := columns.values[key]) is not None]
    return (
        columns.failing(keys[0][0], names=CANONICAL[:-1]) == 0
        and not any(cell.state is State.BLANK for cell in printed)
        and row[-1] != row[-2]
        and not _is_cut(row[-1], sum(row[:-1]))
    )


def _is_cut(figure: int, whole: int) -> bool:
    """Whether a number is the beginning or the end of another one: its other digits may stand in a lost cell."""
    return 0 < figure < whole and (str(whole).startswith(str(figure)) or str(whole).endswith(str(figure)))


def _differences(row: Sequence[int]) -> list[int]:
    """What must be added to each number alone to make the row add up."""
    missing = row[-1] - sum(row[:-1])
    return [*[missing] * (len(row) - 1), -missing]


def _unmoved(row: Sequence[int], empty: Sequence[bool]) -> Iterator[list[int]]:
    """The rows that a cell lost, added or moved to an empty place could have turned into this one."""
    *before, last = row
    *parts, total = before
    if empty[-1] and total >= sum(parts):
        for at in range(len(parts) + 1):
            yield [*parts[:at], total - sum(parts), *parts[at:], total]
    for at, value in enumerate(before):
        if empty[at] or value == row[at + 1]:
            left = [*before[:at], *before[at + 1 :], last]
            yield [*left, sum(left)]
    for gap, to in permutations(range(len(before)), 2):
        if empty[gap]:  # what stands between has moved by one
            rest = [*before[:gap], *before[gap + 1 :]]
            yield [*rest[:to], 0, *rest[to:], last]
    for one, other in combinations(range(len(before)), 2):
        if empty[one] != empty[other]:
            swapped = list(row)
            swapped[one], swapped[other] = row[other], row[one]
            yield swapped


@dataclass(frozen=True, slots=True)
class _Columns:
    """The sums down the columns of table 3: for each sum and applicant how far its sides differ, None if not known."""

    era: Era
    values: Values
    differences: tuple[Mapping[str, int | None], ...]
    all_hold: bool

    @classmethod
    def of(cls, values: Values, era: Era) -> _Columns:
        """The sums as the report prints them."""
        sides = _sides(era)
        differences = tuple({name: _difference(values, side, name) for name in CANONICAL} for side in sides)
        return cls(era, values, differences, all(each == 0 for by_name in differences for each in by_name.values()))

    def failing(
        self, row: str, other: Sequence[int] | None = None, names: Iterable[str] = CANONICAL, *, partly: bool = False
    ) -> int | None:
        """In how many columns a sum fails that the row takes part in, if it held `other` numbers.

        A sum that is not known counts for nothing with `partly`; without, the answer then is None.
        """
        if other is None and self.all_hold:
            return 0
        signs = [
            (each, side[row]) for each, side in zip(self.differences, _sides(self.era), strict=True) if row in side
        ]
        count = 0
        for name in names:
            here = [(each[name], sign) for each, sign in signs if not (partly and each[name] is None)]
            if any(difference is None for difference, _ in here):
                return None
            moved = 0 if other is None else other[_PLACE[name]] - (self.values[row, name] or 0)
            count += any((difference or 0) + sign * moved for difference, sign in here)
        return count


def _difference(values: Values, side: Mapping[str, int], name: str) -> int | None:
    total = 0
    for row, sign in side.items():
        value = values.get((row, name))
        if value is None:
            return None
        total += sign * value
    return total


_PLACE = {name: place for place, name in enumerate(CANONICAL)}


@lru_cache(maxsize=2)
def _sides(era: Era) -> tuple[Mapping[str, int], ...]:
    """The rows of each sum down the columns, with 1 on the left of it and -1 on its right."""
    leaves = {row.key: 1 for row in load_form().eras[era].rows if row.leaf_result}
    balance = {
        "requests_received": 1,
        "requests_brought_forward": 1,
        "results_total": -1,
        "requests_carried_forward": -1,
    }
    return {**leaves, "results_total": -1}, balance


# --------------------------------------------------------------------------- table 4


def _table_4(cells: Mapping[CellKey, Cell], era: Era) -> Iterator[Sequence[CellKey]]:
    keys = [(column.key, None) for column in load_form().eras[era].outcomes]
    printed = [cells[key] for key in keys]
    row = [_number(cell) for cell in printed]
    starts = range(0, len(row), _PROCEDURE)
    failing = [at for at in starts if _fails(row[at : at + _PROCEDURE])]
    unread = [at for at in starts if any(map(_is_unread, printed[at : at + _PROCEDURE]))]
    lacks = any(cell.state is State.BLANK for cell in printed)  # in another procedure or not: it is one row
    if any(lacks or _is_doubtful(row[at : at + _PROCEDURE], printed[at : at + _PROCEDURE]) for at in unread):
        yield keys
        return
    if not failing:
        return
    known = [value for value in row if value is not None]
    unsummed = all(cell.state in NOTHING for cell in printed[_PROCEDURE - 1 :: _PROCEDURE])
    if unsummed and len(failing) > 1 and len(known) == len(row):
        if _may_have_moved(known, [cell.state in _NONE for cell in printed]):
            yield keys
        return
    blank = any(cell.state is State.BLANK for at in failing for cell in printed[at : at + _PROCEDURE])
    if (
        len(failing) > 1
        or len(known) < len(row)
        or blank
        or _may_have_moved(known, [c.state in _NONE for c in printed])
    ):
        yield keys


def _may_have_moved(row: Sequence[int], empty: Sequence[bool]) -> bool:
    """Whether one cell set in or left out, two made one, or a lost digit set in, makes every procedure add up.

    Where the row is as wide as ever, a cell too many has pushed out the last total, which then is the sum it should be.
    """
    size = len(row)
    if empty[-1]:
        for at in range(size):
            start = at - at % _PROCEDURE
            wide = [*row[:at], 0, *row[at:-1]]
            group = wide[start : start + _PROCEDURE]
            missing = group[-1] - sum(group[:-1])
            wide[at] = -missing if at - start == _PROCEDURE - 1 else missing
            if wide[at] >= 0 and _all_hold(wide):
                return True
    for at in range(size):
        narrow = []
        if empty[at] or (at + 1 < size and row[at] == row[at + 1]):
            narrow.append([*row[:at], *row[at + 1 :]])
        if row[at] and at + 1 < size:
            narrow.append([*row[:at], int(f"{row[at]}{row[at + 1]}"), *row[at + 2 :]])
        if any(_all_hold([*left, sum(left[1 - _PROCEDURE :])]) for left in narrow):
            return True
    groups = [row[at : at + _PROCEDURE] for at in range(0, size, _PROCEDURE)]
    return any(
        _is_cut(figure, figure + by)
        for group in groups
        if _fails(group)
        for figure, by in zip(group, _differences(group), strict=True)
    )


def _all_hold(row: Sequence[int]) -> bool:
    return not any(_fails(row[at : at + _PROCEDURE]) for at in range(0, len(row), _PROCEDURE))
