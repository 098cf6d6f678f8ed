"""Reader A: the rows of grids. A label cell, its values to the right, columns from the heading cells above.

A row is read in one of two ways. *Aligned*: every heading stands in its own grid column and the row has one unspanned
cell in each of them and ends where the heading ends. *Counted*: the columns do not line up (spans lost or wrong), the
row has as many cells after its label as the heading names columns; then a blank cell is accepted only where no row of
the table has more cells, because a blank may be a torn label. A row that fits neither way is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.models import Era, Grid, GridCell
from archive.report.form import load_form
from archive.report.tables.extra_rows import keep_extra_row
from archive.report.tables.grid_cells import Cells, end_of, is_blank, is_value, place_of, stand_under
from archive.report.tables.headings import column_name, is_bare, is_table_2_line, row_key
from archive.report.tables.readings import (
    CANONICAL,
    GROUP,
    REMARK,
    SUBTOTAL,
    Found,
    Readings,
    bears_out,
    is_printed_order,
    leaf_order,
)
from archive.report.tables.rows_disclosure import read_disclosure, refuse_merged
from archive.report.tables.rows_outcomes import read_outcomes
from archive.report.text import squeeze

_FEW = 8  # rows of table 3, at most, that a table of the narrative repeats


@dataclass(frozen=True, slots=True)
class _Heading:
    """The heading of table 3: value columns in printed order and, where they line up, their heading cells."""

    order: tuple[str, ...]
    leaves: tuple[GridCell, ...] | None
    end: int


def _heading(rows: Sequence[Cells], spans_known: bool) -> _Heading | None:
    named: list[tuple[str, GridCell]] = []
    for row in rows:
        for cell in row:
            name = column_name(cell.text)
            if name is None or (squeeze(cell.text) == "企业" and any(seen == name for seen, _ in named)):
                continue
            named.append((name, cell))
    order = leaf_order([name for name, _ in named])
    if order is None:
        return None
    leaves = [(name, cell) for name, cell in named if name != GROUP]
    if len(leaves) == len(named) and len({cell.row for _, cell in leaves}) > 1:
        return None  # the group heading is lost: where the total stands cannot be known
    by_name = dict(leaves)
    columns = [by_name[name].column for name in order]
    lined_up = spans_known and columns == sorted(set(columns))
    end = max(end_of(row) for row in rows if row)
    return _Heading(order, tuple(by_name[name] for name in order) if lined_up else None, end)


def _aligned(row: Cells, label: int, heading: _Heading, plain: bool) -> list[GridCell] | None:
    """The cells under the headings; blanks before them only where the table is `plain`: no row has a value there."""
    if heading.leaves is None or end_of(row) != heading.end:
        return None
    columns = [leaf.column for leaf in heading.leaves]
    tail = {cell.column: cell for cell in row[label + 1 :]}
    first, last = columns[0], columns[-1]
    if not set(columns) <= set(tail) or any(
        (column < first and not (plain and is_blank(tail[column]))) or first < column < last
        for column in set(tail) - set(columns)
    ):
        cells = list(row[label + 1 :])
        return cells if plain and stand_under(cells, heading.leaves) else None
    cells = [tail[column] for column in columns]
    if all(cell.colspan == 1 and cell.rowspan == 1 for cell in cells):
        return cells
    return cells if len(cells) == len(tail) and stand_under(cells, heading.leaves) else None


def _counted(row: Cells, label: int, order: tuple[str, ...], longest: int) -> list[GridCell] | None:
    if SUBTOTAL in order or REMARK in order:
        return None  # where these columns stand, only lined-up columns tell
    tail = list(row[label + 1 :])
    cells = tail[-len(order) :]
    if len(cells) < len(order) or not all(is_value(cell) for cell in cells):
        return None
    if any(cell.colspan > 1 or cell.rowspan > 1 for cell in cells):
        return None
    if not all(is_blank(cell) for cell in tail[: -len(order)]):
        return None
    if longest > len(order) and any(is_blank(cell) for cell in cells):
        return None
    return cells


def _placed(row: Cells, label: int, heading: _Heading, longest: int, plain: bool) -> list[GridCell] | None:
    cells = _aligned(row, label, heading, plain)
    return cells or (_counted(row, label, heading.order, longest) if plain else None)


def _has_more(row: Cells, label: int, order: tuple[str, ...]) -> bool:
    """Whether a row has more values than the heading has columns: then a blank among them is no torn label."""
    more = row[label + 1 : len(row) - len(order)]
    return any(is_value(cell) and not is_blank(cell) for cell in more)


def _label_of(row: Cells, before: str | None) -> tuple[int, str] | None:
    met = [(index, key) for index, cell in enumerate(row) if (key := row_key(cell.text)) is not None]
    if len(met) == 2 and met[0][1] == "other_total":
        met = met[1:]  # 其他处理 heads the rows beside it in era C
    if len(met) != 1:
        return None
    index, key = met[0]
    if is_bare(row[index].text) and (before is None or (key == "other_misc" and not before.startswith("other_"))):
        return None
    return (index, key) if index + 1 < len(row) else None


def _table_3(grid: Grid, inherited: _Heading | None, readings: Readings) -> _Heading | None:
    first, labelled = _labelled_rows(grid, readings)
    if len(labelled) < 2:
        return inherited
    heading = _heading_above(grid, first, inherited)
    longest = max(len(row) - label - 1 for row, label, _ in labelled)
    if heading is not None and any(end_of(row) > heading.end for row, _, _ in labelled):
        heading = replace(heading, leaves=None)  # a heading cell is lost: its columns do not line up
    plain = heading is not None and not any(_has_more(row, label, heading.order) for row, label, _ in labelled)
    read = [(key, _placed(row, label, heading, longest, plain) if heading else None) for row, label, key in labelled]
    if sum(cells is not None for _, cells in read) * 2 < len(read):
        heading = None  # most rows have lost a cell or gained one: those that seem to fit may have done both
    texts = [[cell.text for cell in cells] for _, cells in read if cells]
    if heading is not None and not is_printed_order(heading.order) and not bears_out(heading.order, texts):
        heading = None  # a heading in another order must be borne out by the sums
    if heading is not None:
        _add(grid, heading.order, read, readings)
    elif len(labelled) <= _FEW:
        readings.doubt(3, {(key, applicant) for key, _ in read for applicant in CANONICAL})
    else:
        _refuse(readings, [key for key, _ in read])
    return heading


def _labelled_rows(grid: Grid, readings: Readings) -> tuple[int, list[tuple[Cells, int, str]]]:
    """The number of the first row of table 3 in a grid, and its rows, each with the place of its label and its key.

    Rows between them that the form does not know are kept apart.
    """
    labelled: list[tuple[Cells, int, str]] = []
    first = 0
    before: str | None = None
    for number, row in enumerate(grid.rows):
        if labelled and any(squeeze(cell.text) in ("行政复议", "结果维持") for cell in row):
            break  # tables 3 and 4 in one grid
        label = _label_of(row, before)
        if label is not None:
            first = first if labelled else number
            before = label[1]
            labelled.append((row, *label))
        elif labelled:
            keep_extra_row(grid, row, readings)
    return first, labelled


def _heading_above(grid: Grid, first: int, inherited: _Heading | None) -> _Heading | None:
    """The heading of the rows that begin at `first`; that of the table before where none stands here."""
    ends = (number + 1 for number, row in enumerate(grid.rows[:first]) if any(map(_opens_line, row[:1])))
    heads = grid.rows[max(ends, default=0) : first]  # behind a table 2 in the same grid
    heading = _heading(heads, grid.spans_known)
    if heading is None and not any(column_name(cell.text) for row in heads for cell in row):
        # A table cut in two: its second half carries no heading, and keeps the form's order only.
        return inherited if inherited is not None and is_printed_order(inherited.order) else None
    return heading


def _opens_line(cell: GridCell) -> bool:
    return is_table_2_line(cell.text)


def _add(grid: Grid, order: Sequence[str], read: Sequence[tuple[str, Cells | None]], readings: Readings) -> None:
    """Adds the rows of a table 3, and refuses those whose values were not told apart."""
    seen: set[str] = set()
    for key, cells in read:
        if cells is None:
            _refuse(readings, [key])
            continue
        if key in seen:
            readings.clashes.add(3)
        seen.add(key)
        named = ((name, cell) for name, cell in zip(order, cells, strict=True) if name not in (SUBTOTAL, REMARK))
        readings.add(3, (((key, name), Found(cell.text, place_of(grid, cell))) for name, cell in named))


def _refuse(readings: Readings, keys: Sequence[str]) -> None:
    readings.refused |= {(key, applicant) for key in keys if key != "other_total" for applicant in CANONICAL}


def read_rows(grids: Sequence[Grid], era: Era) -> Readings:
    """Everything that reader A can place in the tables of an era B or C report."""
    readings = Readings()
    heading: _Heading | None = None
    for grid in grids:
        read_disclosure(grid, era, readings)
        heading = _table_3(grid, heading, readings)
        read_outcomes(grid, readings)
    refuse_merged(readings, era)
    form = load_form().eras[era]
    readings.settle(2, ((f"{r.key}_{c.key}", None) for b in form.blocks for r in b.rows for c in b.columns))
    readings.settle(3, ((row.key, applicant) for row in form.rows for applicant in CANONICAL))
    return readings
