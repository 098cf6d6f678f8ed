"""Rows of the statistics tables before 2019 that stand in a grid: label, unit and the values under each heading.

A row counts only where its cells stand under the heading cells of the table; one that does not line up has no values.
Tables may stand side by side in one grid, labels may have several columns, values may be split by kind of body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from archive.models import Grid, GridCell, State
from archive.report.annex.labels import is_footer
from archive.report.form import load_form
from archive.report.numbers import read_value
from archive.report.tables.grid_cells import is_blank, place_of
from archive.report.text import squeeze

_LABEL_HEADS = ("指标名称", "统计指标", "指标", "统计指标名称", "指标项目")
_LOOSE_LABEL_HEADS = ("项目名称", "统计项目", "项目", "名称", "统计内容", "内容", "事项", "类别", "指标内容")
_ANY_LABEL_HEADS = frozenset({*_LABEL_HEADS, *_LOOSE_LABEL_HEADS})
_UNIT_HEADS = ("计量单位", "单位", "统计单位")
_CODE_HEADS = ("代码", "序号", "编号", "行次", "行号", "栏次", "指标代码")
_REMARK_HEADS = ("备注", "说明", "注")
_PLAIN_VALUE_HEAD = re.compile("^统计数|累计|^20\\d\\d年度?(?:数|数量)?$")
_UNIT_IN_LABEL = re.compile(r"\((?P<unit>[^()]{1,4})\)$")
_NO_UNIT = re.compile(r"^[-—–―/\\_]*$")
Cells = Sequence[GridCell]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a statistics table as printed.

    `raws` holds one text for each of `heads`, or is None where the values could not be placed. `cut` is 0 for values
    that were read; 1 for digits run together that have one cut only; 2 for those that were cut by the sums.
    """

    label: str
    unit: str | None
    heads: tuple[str, ...]
    raws: tuple[str, ...] | None
    place: str
    cut: int = 0


@dataclass(frozen=True, slots=True)
class _Layout:
    """The columns of one table: half-open ranges of grid columns (of cell numbers where spans are lost)."""

    label: range
    unit: range | None
    values: tuple[tuple[str, range], ...]
    other: tuple[range, ...]
    blank: tuple[range, ...]
    cells: int
    sound: bool = True

    @property
    def all(self) -> range:
        """From the first to the last column of the table."""
        ends = [self.label, *(span for _, span in self.values), *self.other, *self.blank]
        ends += [self.unit] if self.unit else []
        return range(min(r.start for r in ends), max(r.stop for r in ends))


Layouts = tuple[_Layout, ...]


def plain(text: str) -> str:
    """The text of a cell on one line."""
    return " ".join(text.split())


def _span(cell: GridCell) -> range:
    return range(cell.column, cell.column + cell.colspan)


def _layouts(row: Cells) -> list[_Layout]:
    """The tables that a heading row opens side by side; none if it is not one."""
    heads = [squeeze(cell.text) for cell in row]
    if _ANY_LABEL_HEADS.isdisjoint(heads):
        return []
    has_unit = any(head in _UNIT_HEADS or _PLAIN_VALUE_HEAD.search(head) for head in heads)
    starts = [i for i, head in enumerate(heads) if head in _LABEL_HEADS or (has_unit and head in _LOOSE_LABEL_HEADS)]
    found = []
    for number, start in enumerate(starts):
        stop = starts[number + 1] if number + 1 < len(starts) else len(row)
        before = [row[i] for i in range(start) if number == 0 and heads[i] in _CODE_HEADS]
        label = _span(row[start])
        unit: range | None = None
        values: list[tuple[str, range]] = []
        other, blank = [_span(cell) for cell in before], []
        for cell, head in zip(row[start + 1 : stop], heads[start + 1 : stop], strict=True):
            if head in _UNIT_HEADS and unit is None:
                unit = _span(cell)
            elif head in _CODE_HEADS or head in _REMARK_HEADS:
                other.append(_span(cell))
            elif head:
                values.append((head, _span(cell)))
            elif not values and unit is None:
                label = range(label.start, cell.column + cell.colspan)
            else:
                blank.append(_span(cell))
        if values:
            found.append(_Layout(label, unit, tuple(values), tuple(other), tuple(blank), len(row)))
    return found


def _split(layout: _Layout, row: Cells) -> _Layout | None:
    """The layout with its value columns split by a second heading row (合计, 市直, 县区), or None if `row` is none."""
    if any(cell.column in layout.label and not is_blank(cell) for cell in row):
        return None
    values: list[tuple[str, range]] = []
    for head, span in layout.values:
        under = [cell for cell in row if cell.column in span]
        if not under:
            values.append((head, span))
            continue
        if any(read_value(cell.text).state is not State.TEXT for cell in under):
            return None
        values += [(f"{head}/{squeeze(cell.text)}", _span(cell)) for cell in under]
    return replace(layout, values=tuple(values)) if len(values) > len(layout.values) else None


def _read(
    grid: Grid, layout: _Layout, columns: Mapping[int, GridCell], width: int, above: Mapping[int, GridCell]
) -> Row | None:
    """One row of `width` cells, given by the columns that they cover; None for a heading, a footer or a torn label."""
    mine = [cell for column in layout.all if (cell := columns.get(column)) is not None and cell.column == column]
    labels = [cell for cell in mine if cell.column in layout.label and not is_blank(cell)]
    if not labels or is_footer(labels[-1].text):
        return None
    label = labels[-1]
    if squeeze(label.text) in (*load_form().values.units, *_UNIT_HEADS, "数量", "统计数") or not re.search(
        "[\u4e00-\u9fff]", label.text
    ):
        return None  # the label is lost and the row moved
    text, place = plain(label.text), place_of(grid, label)
    heads = tuple(head for head, _ in layout.values)
    unit = _unit(layout, label, mine, above)
    cells = _values(layout, mine, columns, above) if grid.spans_known or width == layout.cells else None
    if cells is None:
        blank = all(is_blank(cell) or _dashes(cell) for cell in mine if cell.column >= layout.label.stop)
        return None if blank else Row(text, unit, heads, None, place)
    if layout.unit is not None and not unit and all(is_blank(cell) or _dashes(cell) for cell in cells):
        return None  # the heading of a group
    return Row(text, unit, heads, tuple(cell.text for cell in cells), place)


def _unit(layout: _Layout, label: GridCell, mine: Cells, above: Mapping[int, GridCell]) -> str | None:
    """The unit that stands in the row, or in a cell that spans it from above, or in brackets behind the label."""
    if layout.unit is None:
        match = _UNIT_IN_LABEL.search(squeeze(label.text))
        return match["unit"] if match and match["unit"] in load_form().values.units else None
    cells = [cell for cell in mine if cell.column in layout.unit]
    cells = cells or [cell for column, cell in above.items() if column in layout.unit]
    unit = plain(cells[0].text) if cells else ""
    return None if _NO_UNIT.match(squeeze(unit)) else unit


def _dashes(cell: GridCell) -> bool:
    return bool(_NO_UNIT.match(squeeze(cell.text)))


def _values(
    layout: _Layout, mine: Cells, columns: Mapping[int, GridCell], above: Mapping[int, GridCell]
) -> list[GridCell] | None:
    """The value cells, one under each heading, or None if the row does not line up with the heading."""
    if any(column not in columns and column not in above for column in layout.all):
        return None  # the row is short: a cell of it is lost, and which one cannot be told
    known = [
        span
        for span in (layout.label, layout.unit, *layout.other, *layout.blank, *(s for _, s in layout.values))
        if span
    ]
    for cell in dict.fromkeys([*mine, *(columns[column] for column in layout.all if column in columns)]):
        if not any(cell.column in one and cell.column + cell.colspan <= one.stop for one in known):
            return None
    found: list[GridCell] = []
    for _, span in layout.values:
        under = list(dict.fromkeys(columns[column] for column in span if column in columns))
        filled = [cell for cell in under if not is_blank(cell)]
        if not under or len(filled) > 1:
            return None
        cell = (filled or under)[0]
        if cell.rowspan > 1 or squeeze(cell.text) in load_form().values.units:
            return None
        found.append(cell)
    unit = [columns[column] for column in layout.unit or () if column in columns]
    return None if any(read_value(cell.text).value is not None for cell in unit) else found


def read_grid(grid: Grid, inherited: Layouts = ()) -> tuple[list[Row], Layouts]:
    """The rows of every statistics table in a grid, in reading order of each table, and the columns of the last one.

    A grid without column headings goes on with those of the grid before it (`inherited`), if it is as wide and has
    units where they belong: a table that a page break cut in two.
    """
    layouts: list[_Layout] = list(inherited) if _goes_on(grid, inherited) else []
    if not layouts and _ANY_LABEL_HEADS.isdisjoint(squeeze(cell.text) for row in grid.rows for cell in row):
        return [], ()
    done: list[Row] = []
    rows: list[list[Row]] = [[] for _ in layouts]
    fresh = False
    spanning: dict[int, tuple[int, GridCell]] = {}  # column → last row that the cell above covers, and the cell
    for index, row in enumerate(grid.rows):
        above = {column: cell for column, (last, cell) in spanning.items() if last >= index}
        for cell in row:
            if cell.rowspan > 1:
                spanning |= dict.fromkeys(_span(cell), (index + cell.rowspan - 1, cell))
        heading = _layouts(row)
        if heading:
            done += (one for table in rows for one in table)
            layouts, rows, fresh = heading, [[] for _ in heading], True
            continue
        if fresh and grid.spans_known:
            split = [_split(layout, row) for layout in layouts]
            if all(split):
                layouts = [layout for layout in split if layout]
                continue
        fresh = False
        if any(_unheaded(layouts, cell) for cell in row):
            layouts = [replace(layout, sound=False) for layout in layouts]
            rows = [[replace(one, raws=None) for one in table] for table in rows]
        columns = {column: cell for cell in row for column in _span(cell)} if layouts else {}
        for number, layout in enumerate(layouts):
            one = _read(grid, layout, columns, len(row), above)
            if one is not None:
                rows[number].append(one if layout.sound else replace(one, raws=None))
    return [*done, *(one for table in rows for one in table)], tuple(layouts)


def _goes_on(grid: Grid, layouts: Layouts) -> bool:
    if len(layouts) != 1 or layouts[0].unit is None or not grid.rows or any(map(_layouts, grid.rows)):
        return False
    layout, unit = layouts[0], layouts[0].unit
    widths = {max(cell.column + cell.colspan for cell in row) for row in grid.rows if row}
    if not layout.sound or max(widths) != layout.all.stop or (not grid.spans_known and widths != {layout.cells}):
        return False
    units = [squeeze(cell.text) for row in grid.rows for cell in row if cell.column in unit]
    return bool(units) and all(text in load_form().values.units or _NO_UNIT.match(text) for text in units)


def _unheaded(layouts: Sequence[_Layout], cell: GridCell) -> bool:
    """Whether a number stands where no heading does: a heading is lost, and nobody can tell which columns moved."""
    if not layouts or read_value(cell.text).value is None:
        return False
    return cell.column >= layouts[-1].all.stop or any(
        cell.column in span for layout in layouts for span in layout.blank
    )
