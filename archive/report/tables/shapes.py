"""Table 3 in shapes that the official file does not have: turned, with two years side by side, with columns added.

Rule. The table must be a full rectangle, every column of it under words that are known, every row taken by its own
label. That places the values once; the sums place them a second time. Where only columns were added, each row must add
up. Where the table is turned, holds two years, has another order, lacks its totals or prints each digit in a cell of
its own, every row, every column and every balance must hold. What fails is left unread, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from archive.models import Era, Grid, GridCell, State
from archive.report.form import load_form
from archive.report.numbers import read_value
from archive.report.tables.grid_cells import is_blank, is_value, place_of
from archive.report.tables.headings import column_name, is_bare, row_key, table_3_rows
from archive.report.tables.matrix import Matrix, matrix_of
from archive.report.tables.readings import CANONICAL, GROUP, NOTHING, REMARK, SUBTOTAL, TOTAL, CellKey, Found
from archive.report.tables.side_words import is_added_column, is_own_year, years_named
from archive.report.text import squeeze

_TOP = re.compile(r"申请人(?:情况|类型|类别)?|(?:计量)?单位:?件?|\(?单位:件\)?|数量|件数?|合计情况")
_NUMBERED_TOTAL = re.compile(r"\(七\)")
_LIKENESS = 0.7  # of a mistyped label to that of the form, at least
_FEWEST_DIGITS = 3  # grid columns of one heading: two may as well be two years whose headings are lost


class Unsure(Exception):
    """Raised where a table of the form is met and its cells cannot be placed surely; the message says why."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """The grid columns of each applicant, those of the labels, and whether more than added columns sets them apart."""

    values: Mapping[str, tuple[int, ...]]
    labels: tuple[int, ...]
    special: bool


def read_shape(grid: Grid, era: Era, year: int | None) -> dict[CellKey, Found]:
    """The cells of table 3 that the grid surely holds; empty if it holds no table 3 of this kind.

    Raises `Unsure` if it holds one and its values cannot be placed or proven.
    """
    matrix = matrix_of(grid)
    if matrix is None:
        return {}
    narrow = matrix.narrow()
    for view, turned in ((narrow, False), (narrow.turned(), True)):
        first = _first_row(view)
        if first is not None:
            columns = _columns(view, first, year)
            rows, special = _rows(view, first, columns, year)
            return _proven(rows, era, strict=turned or special or columns.special)
    return {}


def _first_row(view: Matrix) -> int | None:
    for number, row in enumerate(view.rows):
        cells = list(dict.fromkeys(row))
        keys = [key for cell in cells if (key := row_key(cell.text)) is not None and not is_bare(cell.text)]
        if len(keys) == 1 and sum(map(is_value, cells)) >= len(CANONICAL) - 1:
            return number
    return None


# --------------------------------------------------------------------------- columns


def _columns(view: Matrix, first: int, year: int | None) -> _Columns:
    stacks = [view.column(number, range(first)) for number in range(view.width)]
    names = [_applicant(stack) for stack in stacks]
    named = [number for number, name in enumerate(names) if name is not None]
    if not named:
        raise Unsure("no column is headed by a kind of applicant")
    labels = tuple(n for n in range(named[0]) if not any(is_added_column(cell.text) for cell in stacks[n]))
    tags: dict[int, bool | None] = {}
    for number in range(named[0], view.width):
        stack = stacks[number]
        met = {column_name(cell.text) for cell in stack}
        if met & {REMARK, SUBTOTAL} or {GROUP, TOTAL} <= met or any(is_added_column(cell.text) for cell in stack):
            continue  # a total under the organisations is their subtotal
        if names[number] is None:
            if any(not is_blank(cell) for cell in view.column(number, range(len(view.rows)))):
                raise Unsure(f"column {number + 1} has no heading of the form")
            continue
        unknown = [c.text for c in stack if not _is_known(c, named, year)]
        if unknown:
            raise Unsure(f"column {number + 1} stands under {' '.join(unknown[0].split())[:20]}")
        own = {tag for cell in stack if (tag := is_own_year(cell.text, year)) is not None}
        if len(own) > 1:
            raise Unsure(f"column {number + 1} stands under two years")
        tags[number] = next(iter(own), None)
    own_columns = list(tags)
    if any(tag is not None for tag in tags.values()):
        if None in tags.values():
            raise Unsure("only some of the columns name their year")
        own_columns = [number for number, tag in tags.items() if tag]
    grouped: dict[str, list[list[int]]] = {}
    for number in own_columns:
        groups = grouped.setdefault(names[number] or "", [])
        if groups and groups[-1][-1] == number - 1 and stacks[number][-1] is stacks[number - 1][-1]:
            groups[-1].append(number)
        else:
            groups.append([number])
    values = {name: tuple(_one(view, first, name, groups)) for name, groups in grouped.items()}
    if set(values) | {TOTAL} != set(CANONICAL):
        raise Unsure("not every kind of applicant has a column of the report's own year")
    printed = [name for name in CANONICAL if name in values]
    order = sorted(values, key=lambda name: values[name])
    special = len(tags) != len(own_columns) or order != printed or TOTAL not in values
    return _Columns(values, labels, special or any(len(columns) > 1 for columns in values.values()))


def _applicant(stack: Sequence[GridCell]) -> str | None:
    found = {name for cell in stack if (name := column_name(cell.text)) is not None}
    found -= {GROUP, SUBTOTAL, REMARK}
    return next(iter(found)) if len(found) == 1 else None


def _is_known(cell: GridCell, named: Sequence[int], year: int | None) -> bool:
    text = squeeze(cell.text)
    spans_all = len(set(named)) > 1 and max(cell.colspan, cell.rowspan) >= named[-1] - named[0] + 1
    return bool(
        not text
        or column_name(text) is not None
        or is_own_year(text, year) is not None
        or _TOP.fullmatch(text)
        or (spans_all and not years_named(text) - {year})
    )


def _one(view: Matrix, first: int, name: str, groups: Sequence[Sequence[int]]) -> Sequence[int]:
    """The columns of one applicant; a total that is printed twice counts once if both say the same in every row."""
    if len(groups) == 1:
        if 1 < len(groups[0]) < _FEWEST_DIGITS:
            raise Unsure("two columns stand under one heading")
        return groups[0]
    if name == TOTAL and all(len(columns) == 1 for columns in groups):
        for row in view.rows[first:]:
            if len({squeeze(row[columns[0]].text) for columns in groups}) > 1:
                raise Unsure("two columns of totals differ")
        return groups[0]
    raise Unsure("two columns stand under the name of one kind of applicant")


# --------------------------------------------------------------------------- rows


Values = Mapping[str, Found]


def _rows(view: Matrix, first: int, columns: _Columns, year: int | None) -> tuple[dict[str, Values], bool]:
    """The values of every row of the form, and whether rows stood in another way than in the official file."""
    met: list[tuple[str, str, Values]] = []
    unknown: list[tuple[int, str, Values]] = []  # how many rows stand before, label, values
    tagged = False
    torn: tuple[str, Values] | None = None  # a label without a row of the form, with its values
    for number in range(first, len(view.rows)):
        labels, tag = _labels(view, number, columns, year)
        tagged = tagged or tag is not None
        if tag is False:
            continue
        label = labels[-1] if labels else ""
        if _is_heading(view, number, columns):
            continue
        key = _key(labels, met[-1][0] if met else None)
        if key is None and torn is not None and (joined := row_key(torn[0] + label)) is not None:
            both = (torn[1], _values(view, number, columns))
            values = [v for v in both if v is not None and not _all_blank(v)]
            if len(values) != 1 or None in both:
                raise Unsure("a label is torn over two rows, and both have values or none has")
            unknown.pop()
            met.append((joined, label, values[0]))
            tagged, torn = True, None
            continue
        torn = None
        values_here = _values(view, number, columns) if key is not None or label else None
        if key is None:
            torn = (label, values_here) if label and values_here is not None else None
            unknown += [(len(met), *torn)] if torn is not None else []
        elif values_here is not None:
            met.append((key, label, values_here))
    named = _mistyped(unknown, [key for key, _, _ in met])
    for (before, label, values_here), key in reversed(named):
        met.insert(before, (key, label, values_here))
    rows: dict[str, Values] = {}
    for key in dict.fromkeys(key for key, _, _ in met):
        rows[key] = _only(key, [(label, values) for other, label, values in met if other == key])
    printed = [row.key for row in table_3_rows() if row.key in rows]
    return rows, tagged or bool(named) or list(rows) != printed


def _mistyped(
    unknown: Sequence[tuple[int, str, Values]], keys: Sequence[str]
) -> list[tuple[tuple[int, str, Values], str]]:
    """The rows whose labels nearly name rows of the form: as many as are missing between their neighbours."""
    named: list[tuple[tuple[int, str, Values], str]] = []
    for before in dict.fromkeys(before for before, _, _ in unknown):
        rows = [row for row in unknown if row[0] == before]
        for era in (Era.C, Era.B):
            form = load_form().eras[era].rows
            names = [row.key for row in form]
            if (before and keys[before - 1] not in names) or (before < len(keys) and keys[before] not in names):
                continue
            start = names.index(keys[before - 1]) + 1 if before else 0
            stop = names.index(keys[before]) if before < len(keys) else len(names)
            missing = form[start:stop]
            if len(missing) == len(rows) and all(map(_alike, (row[1] for row in rows), (row.label for row in missing))):
                named += zip(rows, (row.key for row in missing), strict=True)
                break
    return named


def _alike(label: str, of_form: str) -> bool:
    return SequenceMatcher(None, _bare(label), _bare(of_form), autojunk=False).ratio() >= _LIKENESS


def _bare(label: str) -> str:
    """A label without its number and without notes in brackets."""
    return re.sub(r"^\(?[一二三四五六七八九十\d]{1,2}\)?[.、,]?|\(.*?\)|[^\u4e00-\u9fff]", "", squeeze(label))


def _labels(view: Matrix, number: int, columns: _Columns, year: int | None) -> tuple[list[str], bool | None]:
    """The words before the values of a row, from the left, and whether they name the own year or another one."""
    cells = [cell for cell in view.row(number, columns.labels) if not is_value(cell) and not _TOP.fullmatch(_t(cell))]
    tags = {tag for cell in cells if (tag := is_own_year(cell.text, year)) is not None}
    if len(tags) > 1:
        raise Unsure("a row stands under two years")
    return [cell.text for cell in cells if is_own_year(cell.text, year) is None], next(iter(tags), None)


def _t(cell: GridCell) -> str:
    return squeeze(cell.text)


def _key(labels: Sequence[str], before: str | None) -> str | None:
    if not labels:
        return None
    key = row_key(labels[-1])
    if key == "other_misc" and is_bare(labels[-1]):
        within = any(row_key(label) == "other_total" for label in labels[:-1])
        return key if within or (before or "").startswith("other_") else None
    return key


def _is_heading(view: Matrix, number: int, columns: _Columns) -> bool:
    """Whether a row repeats the heading, as behind a page break; raises `Unsure` if it heads the columns otherwise."""
    heading = False
    for name, places in columns.values.items():
        for cell in view.row(number, places):
            headed = column_name(cell.text)
            if headed not in (None, GROUP, name):
                raise Unsure("the headings within the table differ from those above it")
            heading = heading or headed is not None or bool(_TOP.fullmatch(_t(cell)))
    return heading


def _values(view: Matrix, number: int, columns: _Columns) -> Values | None:
    """The values of a row, or None where a cell covers more than its own place."""
    found: dict[str, Found] = {}
    for name, places in columns.values.items():
        cells = view.row(number, places)
        if any(view.size(cell) > (len(places) if len(cells) == 1 else 1) for cell in cells):
            return None
        filled = [cell for cell in cells if not is_blank(cell)]
        if len(cells) > 1 and (filled != cells[len(cells) - len(filled) :] or not _digits(filled)):
            return None
        cell = (filled or cells)[0]
        raw = "\n".join(squeeze(c.text) for c in filled) if len(filled) > 1 else cell.text
        found[name] = Found(raw, place_of(view.grid, cell))
    return found


def _digits(cells: Sequence[GridCell]) -> bool:
    """Whether every cell holds one digit and the first of several is no zero."""
    texts = [_t(cell) for cell in cells]
    return all(re.fullmatch("[0-9]", text) for text in texts) and not (len(texts) > 1 and texts[0] == "0")


def _all_blank(values: Values) -> bool:
    return all(read_value(found.raw).state is State.BLANK for found in values.values())


def _only(key: str, rows: Sequence[tuple[str, Values]]) -> Values:
    """The one row of several with the same key: of totals the one that has its number, else none may be chosen."""
    if key == "results_total" and len(rows) > 1:
        rows = [row for row in rows if _NUMBERED_TOTAL.search(squeeze(row[0]))]
    if len(rows) != 1:
        raise Unsure(f"two rows are labelled {rows[0][0] if rows else '总计'}")
    return rows[0][1]


# --------------------------------------------------------------------------- proof


def _proven(rows: Mapping[str, Values], era: Era, *, strict: bool) -> dict[CellKey, Found]:
    if len(rows) < 2:
        return {}
    numbers = {key: n for key, values in rows.items() if (n := _numbers(values)) is not None}
    form = {row.key for row in load_form().eras[era].rows}
    if strict:
        if not any(_holds(numbers, variant) for variant in (Era.B, Era.C)):
            raise Unsure("not every row, column and balance of the table adds up")
        taken: Iterable[str] = rows
    else:
        taken = [key for key, values in numbers.items() if _adds_up(values)]
    return {(key, name): found for key in taken if key in form for name, found in rows[key].items()}


def _numbers(values: Values) -> dict[str, int] | None:
    """The row as sums read it, blanks and marks as zero; None if a cell of it is no whole number."""
    numbers: dict[str, int] = {}
    for name, found in values.items():
        reading = read_value(found.raw.replace("\n", ""))
        if reading.state in NOTHING:
            numbers[name] = 0
        elif isinstance(reading.value, int):
            numbers[name] = reading.value
        else:
            return None
    return numbers


def _adds_up(row: Mapping[str, int]) -> bool:
    return TOTAL not in row or sum(row[name] for name in CANONICAL[:-1]) == row[TOTAL]


def _holds(rows: Mapping[str, Mapping[str, int]], era: Era) -> bool:
    """Whether every row of the form is there and every sum of the table holds."""
    form = load_form().eras[era].rows
    if any(row.key not in rows for row in form) or not all(map(_adds_up, rows.values())):
        return False
    for name in rows["results_total"]:
        results = rows["results_total"][name]
        come = rows["requests_received"][name] + rows["requests_brought_forward"][name]
        if sum(rows[row.key][name] for row in form if row.leaf_result) != results:
            return False
        if come != results + rows["requests_carried_forward"][name]:
            return False
    return True
