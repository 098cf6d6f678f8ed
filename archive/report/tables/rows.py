"""Reader A: the rows of grids. A label cell, its values to the right, columns from the heading cells above.

A row is read in one of two ways. *Aligned*: every heading stands in its own grid column and the row has one unspanned
cell in each of them and ends where the heading ends. *Counted*: the columns do not line up (spans lost or wrong), the
row has as many cells after its label as the heading names columns; then a blank cell is accepted only where no row of
the table has more cells, because a blank may be a torn label. A row that fits neither way is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from archive.models import Era, ExtraRow, Grid, GridCell
from archive.report.form import Block, Column, load_form
from archive.report.numbers import read_value
from archive.report.tables.grid_cells import Cells, end_of, is_blank, is_value, place_of, stand_under
from archive.report.tables.headings import (
    blocks,
    column_name,
    fits_column,
    is_bare,
    is_cut,
    is_table_2_line,
    names_column,
    row_key,
    unit_of,
)
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
from archive.report.tables.rows_outcomes import read_outcomes
from archive.report.text import squeeze

_NEVER_ALIKE = 6  # digits of two figures side by side that are the same one, of cells that were merged
_FEW = 8  # rows of table 3, at most, that a table of the narrative repeats


# --------------------------------------------------------------------------- table 3


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
            _extra_row(grid, row, readings)
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


def _extra_row(grid: Grid, row: Cells, readings: Readings) -> None:
    """Keeps a row of a table of the form whose label is none of the form's."""
    split = next((i for i, cell in enumerate(row) if is_value(cell) and not is_blank(cell)), None)
    if split is None or split == 0:
        return
    labels = [cell for cell in row[:split] if not is_blank(cell)]
    if not labels or not all(is_value(cell) for cell in row[split:]):
        return
    label = labels[-1]
    if column_name(label.text) or squeeze(label.text) == "信息内容" or label.text.count("\n") > 6:
        return
    first = row.index(label) + 1
    values = tuple(read_value(cell.text, "signed_count").value for cell in row[first:])
    readings.extra.append(ExtraRow(" ".join(label.text.split()), None, values, place_of(grid, label)))


# --------------------------------------------------------------------------- table 2


def _columns_of(block: Block, cells: Cells) -> list[tuple[Column, GridCell]] | None:
    """The heading cells of a block matched to its columns, all of them or None; a cut heading counts by its place."""
    if len(cells) != len(block.columns):
        return None
    matched: list[tuple[Column, GridCell]] = []
    for index, cell in enumerate(cells):
        fits = [c for c in block.columns if fits_column(cell.text, c.label, c.pattern)]
        if not fits and is_cut(cell.text, block.columns[index].label):
            fits = [block.columns[index]]
        if len(fits) != 1:
            return None
        matched.append((fits[0], cell))
    return matched if len({column.key for column, _ in matched}) == len(matched) else None


def _block_values(
    heading: Sequence[tuple[Column, GridCell]], row: Cells, end: int
) -> list[tuple[Column, GridCell]] | None:
    """The values of a row under the heading cells; a row of another width only if it is full and has as many cells."""
    tail = row[1:]
    placed: list[tuple[Column, GridCell]] = []
    used: set[int] = set()
    for column, head in heading:
        under = [c for c in tail if head.column <= c.column < head.column + head.colspan]
        filled = [c for c in under if not is_blank(c)]
        if not under or len(filled) > 1:
            break
        placed.append((column, (filled or under)[0]))
        used |= {c.column for c in under}
    else:
        if end_of(row) == end and all(cell.column in used or is_blank(cell) for cell in tail):
            return placed
    if len(tail) == len(heading) and not any(is_blank(cell) for cell in tail):
        return [(column, cell) for (column, _), cell in zip(heading, tail, strict=True)]
    return None


@dataclass(slots=True)
class _Heads:
    """The headings of table 2 that hold where a grid is being read.

    `cells` are those of the values, `end` the place where their row ends; `met` and `named` say whether any heading was
    met so far, and one in the words of the form. `written_out` is true where merged cells are repeated in each place.
    """

    cells: Cells = ()
    end: int = 0
    met: bool = False
    named: bool = False
    written_out: bool = False

    def take(self, row: Cells, filled: Cells, era: Era) -> bool:
        """Takes a row of headings; false if it is none."""
        start = squeeze(filled[0].text)
        self.written_out = self.written_out or (len(row) > 2 and start.startswith("第二十条") and _repeats(row))
        named = any(names_column(cell.text, era) for cell in filled)
        if not named and start != "信息内容":
            return False
        self.cells = filled if names_column(filled[0].text, era) else filled[1:]  # 信息内容, or another word for it
        self.end, self.met = end_of(row), True
        self.named = self.named or named
        return True


def _table_2(grid: Grid, era: Era, readings: Readings) -> None:
    heads = _Heads()
    seen: set[str] = set()
    for row in grid.rows:
        filled = tuple(cell for cell in row if not is_blank(cell))
        if not filled:
            continue
        if row_key(filled[0].text) is not None:
            return  # table 3
        if heads.take(row, filled, era) or not heads.met:
            continue
        labelled = _row_of_block(filled[0], era)
        if labelled is not None:
            key, block = labelled
            if _add_to_block(grid, row[row.index(filled[0]) :], key, block, heads, era, readings):
                readings.clashes |= {2} if key in seen else set()
                seen.add(key)
        elif len(filled) > 1:
            _extra_row(grid, row, readings)


def _row_of_block(cell: GridCell, era: Era) -> tuple[str, Block] | None:
    """The row of table 2 whose label stands in a cell, and its block."""
    label = squeeze(cell.text)
    rows = ((row, block) for block in blocks(era) for row in block.rows)
    return next(((row.key, block) for row, block in rows if _is_row_label(row.pattern, label)), None)


def _add_to_block(grid: Grid, row: Cells, key: str, block: Block, heads: _Heads, era: Era, readings: Readings) -> bool:
    """Adds the values behind the label of a row of table 2; false if they were not told apart, and are refused."""
    heading = _columns_of(block, heads.cells)
    values = _block_values(heading, row, heads.end) if heading else None
    if values is None or _repeats([cell for _, cell in values], 1 if heads.written_out else _NEVER_ALIKE):
        refused = {(f"{key}_{column.key}", None) for column in block.columns}
        if heads.named:
            readings.refused |= refused
        else:
            readings.doubt(2, refused)
        _row_of_the_other_form(grid, row, era, heads, readings)
        return False
    units = {column.key: unit_of(head.text) for column, head in heading or ()}
    found = ((column, Found(cell.text, place_of(grid, cell), units[column.key])) for column, cell in values)
    readings.add(2, (((f"{key}_{column.key}", None), cell) for column, cell in found))
    return True


def _repeats(cells: Cells, least: int = 1) -> bool:
    """Whether neighbours have the same words or the same figure but 0, as where merged cells are written out.

    Only those of `least` characters or more count.
    """
    texts = [squeeze(cell.text) for cell in cells if not is_blank(cell)]
    return any(one == other != "0" and len(one) >= least for one, other in pairwise(texts))


def _row_of_the_other_form(grid: Grid, row: Cells, era: Era, heads: _Heads, readings: Readings) -> None:
    """Keeps a row of table 2 under headings of the other form (本年新制作数量 in a form of 2021), headings included."""
    for block in blocks(Era.B if era is Era.C else Era.C):
        heading = _columns_of(block, heads.cells)
        values = _block_values(heading, row, heads.end) if heading else None
        if values is not None:
            label = f"{squeeze(row[0].text)}（{'、'.join(squeeze(head.text) for head in heads.cells)}）"
            numbers = tuple(read_value(cell.text, column.kind).value for column, cell in values)
            readings.extra.append(ExtraRow(label, None, numbers, place_of(grid, row[0])))
            return


def _is_row_label(pattern: re.Pattern[str], label: str) -> bool:
    bare = label.split("(", 1)[0]
    return bool(bare and pattern.fullmatch(bare))


def _refuse_merged(readings: Readings, era: Era) -> None:
    """Refuses a row of table 2 whose neighbour's label is nowhere, if its figures may be those of both run together.

    A digit that stands alone is no two figures; where cells are left empty it may still be the neighbour's.
    """
    for block in blocks(era):
        keys = [[(f"{row.key}_{column.key}", None) for column in block.columns] for row in block.rows]
        met = [row for row in keys if any(key in readings.cells or key in readings.refused for key in row)]
        if len(met) == 1 < len(keys):
            texts = [squeeze(found.raw) for key in met[0] if (found := readings.cells.get(key)) is not None]
            if "" in texts or not any(len(text) == 1 for text in texts):
                readings.refused.update(met[0])


def read_rows(grids: Sequence[Grid], era: Era) -> Readings:
    """Everything that reader A can place in the tables of an era B or C report."""
    readings = Readings()
    heading: _Heading | None = None
    for grid in grids:
        _table_2(grid, era, readings)
        heading = _table_3(grid, heading, readings)
        read_outcomes(grid, readings)
    _refuse_merged(readings, era)
    form = load_form().eras[era]
    readings.settle(2, ((f"{r.key}_{c.key}", None) for b in form.blocks for r in b.rows for c in b.columns))
    readings.settle(3, ((row.key, applicant) for row in form.rows for applicant in CANONICAL))
    return readings
