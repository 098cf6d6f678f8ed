"""The statistics tables that older reports annex: national, of the Shanghai family, or local.

Every row goes to `extra_rows` with its label, unit and values; a cell of the era's form is filled only where the label
is that of exactly one item and the value column is certain. A row that does not line up with the heading keeps no
values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from archive.models import Block, Cell, Era, ExtraRow, Grid, GridCell, Number, State
from archive.report.form import Item, load_form
from archive.report.numbers import read_value
from archive.report.readings import Found
from archive.report.rows import is_blank, place_of
from archive.report.tables import Tables, make_cell
from archive.report.text import squeeze

_LABEL_HEADS = ("指标名称", "统计指标", "指标", "项目名称", "统计项目")
_UNIT_HEADS = ("计量单位", "单位")
_CODE_HEADS = ("代码", "序号", "编号")
_NUMBERING = re.compile(
    r"^(?:其中:?)?(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十\d]+\)|\d+[.、,])?(?:其中:?)?"
)
_PUNCTUATION = re.compile(r'["\'《》、,.;:()]|\(.*\)')


def core(label: str) -> str:
    """A label without numbering, 其中, notes in brackets and punctuation."""
    squeezed = _NUMBERING.sub("", squeeze(label), count=1)
    return _PUNCTUATION.sub("", re.sub(r"\(.*?\)", "", squeezed))


@lru_cache(maxsize=8)
def _keys(era: Era) -> dict[str, str]:
    """Core labels of an era's items that name one item only; for A0 those of A1 and A2 that agree."""
    eras = (era,) if era is not Era.A0 else (Era.A1, Era.A2)
    found: dict[str, set[str]] = {}
    for one in eras:
        for item in load_form().eras[one].items:
            found.setdefault(core(item.label), set()).add(item.key)
    counts: dict[str, int] = {}
    for one in eras:
        for item in load_form().eras[one].items:
            counts[core(item.label)] = counts.get(core(item.label), 0) + 1
    return {label: min(keys) for label, keys in found.items() if len(keys) == 1 and counts[label] <= len(eras)}


def _columns(row: Sequence[GridCell]) -> tuple[int, int | None, list[int], list[str]] | None:
    heads = [squeeze(cell.text) for cell in row]
    label = next((i for i, head in enumerate(heads) if head in _LABEL_HEADS), None)
    if label is None or len(heads) < 2:
        return None
    unit = next((i for i, head in enumerate(heads) if head in _UNIT_HEADS), None)
    values = [i for i, head in enumerate(heads) if i > label and i != unit and head not in _CODE_HEADS]
    return (label, unit, values, heads) if values else None


def _year_column(values: Sequence[int], heads: Sequence[str]) -> int | None:
    """The value column that holds the year's figures: the only one, or the only one that is not cumulative."""
    if len(values) == 1:
        return values[0]
    yearly = [
        i for i in values if "累计" not in heads[i] and re.search("年度|本年|本期|年末|统计数|20\\d\\d", heads[i])
    ]
    return yearly[0] if len(yearly) == 1 and len(values) == 2 else None


def read_annex(document: Sequence[Block], era: Era) -> Tables:
    """Every row of the statistics tables of a report before 2019, and the cells of the era's form that are certain."""
    items = {item.key: item for item in load_form().eras[era].items}
    found: dict[str, Cell] = {}
    twice: set[str] = set()
    extra: list[ExtraRow] = []
    keys = _keys(era)
    for grid in document:
        if not isinstance(grid, Grid):
            continue
        for row, cell in _rows(grid, keys):
            extra.append(row)
            if row.key in items and cell is not None:
                if row.key in found:
                    twice.add(row.key)
                found[row.key] = make_cell(items[row.key], None, cell)
    cells = tuple(_cell(item, found, twice) for item in load_form().eras[era].items)
    warnings = (f"labels met twice in the statistics table: {', '.join(sorted(twice))}",) if twice else ()
    return Tables(cells, tuple(extra), warnings)


def _cell(item: Item, found: dict[str, Cell], twice: set[str]) -> Cell:
    if item.key in twice:
        return Cell(item.key, None, None, State.UNREADABLE, None, item.unit)
    return found.get(item.key) or Cell(item.key, None, None, State.MISSING)


def _rows(grid: Grid, keys: dict[str, str]) -> Iterator[tuple[ExtraRow, Found | None]]:
    layout: tuple[int, int | None, list[int], list[str]] | None = None
    for row in grid.rows:
        heading = _columns(row)
        if heading is not None:
            layout = heading
            continue
        if layout is None or not row:
            continue
        label_at, unit_at, value_at, heads = layout
        if len(row) != len(heads) or is_blank(row[label_at]):
            label = next((cell for cell in row if not is_blank(cell)), None)
            if label is not None and len(row) > 1:
                yield ExtraRow(_plain(label), None, (), place_of(grid, label)), None
            continue
        label = row[label_at]
        unit = _plain(row[unit_at]) if unit_at is not None else None
        values: list[Number | str | None] = []
        for index in value_at:
            reading = read_value(row[index].text, "money")
            values.append(_plain(row[index]) if reading.state is State.TEXT else reading.value)
        year = _year_column(value_at, heads)
        key = keys.get(core(label.text))
        cell = Found(row[year].text, place_of(grid, row[year])) if year is not None else None
        yield ExtraRow(_plain(label), unit or None, tuple(values), place_of(grid, label), key), cell


def _plain(cell: GridCell) -> str:
    return " ".join(cell.text.split())
