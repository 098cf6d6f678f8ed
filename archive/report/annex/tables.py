"""The statistics tables that older reports annex: national, of the Shanghai family, or local.

Every row goes to `extra_rows` with its label, unit and values; a cell of the era's form is filled only where the label
is that of exactly one item and the column of the year is certain. Grids come first; text is read only where no grid
holds a table. Two tables in one document that disagree leave their cells unread.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from archive.models import Block, Cell, Era, ExtraRow, Grid, Number, State
from archive.report.annex.grids import Layouts, Row, plain, read_grid
from archive.report.annex.labels import Keys, form_of
from archive.report.annex.text import read_text
from archive.report.form import Item, load_form
from archive.report.numbers import read_value
from archive.report.tables.captions import Owner, is_captioned_for_another, is_of_another
from archive.report.tables.cells import Tables, make_cell
from archive.report.tables.readings import Found
from archive.report.tables.side_words import years_named

_YEARLY = re.compile(r"20\d\d|本年|当年|年度|年末|本期|统计数|全年")


def read_annex(document: Sequence[Block], era: Era, year: int | None = None, agency: str | None = None) -> Tables:
    """Every row of the statistics tables of a report before 2019, and the cells of the era's form that are certain.

    Those of tables under the name of another year or body are left out.
    """
    items = {item.key: item for item in load_form().eras[era].items}
    cells: dict[str, Cell] = {}
    differing: set[str] = set()
    foreign: set[str | None] = set()
    extra: list[ExtraRow] = []
    cut: list[str] = []
    for number, rows in _tables(document):
        keys = Keys(era)
        is_foreign = _is_of_another(document, number, Owner(year, agency))
        for row in rows:
            key = keys.key(row.label, row.unit)
            if is_foreign:
                foreign.add(key)
                continue
            extra.append(_extra(row, key))
            if row.cut == 2:
                cut.append(row.label)
            if key not in items:
                continue
            cell = _cell(items[key], row, year)
            before = cells.setdefault(key, cell)
            if before is not cell and (before.value, before.state) != (cell.value, cell.state):
                differing.add(key)
    unread = differing | (foreign - cells.keys())
    return Tables(
        tuple(_final(item, cells.get(item.key), item.key in unread) for item in items.values()),
        tuple(extra),
        tuple(_noted(differing, cut, foreign=bool(foreign))),
    )


def _noted(differing: Collection[str], cut: Sequence[str], *, foreign: bool) -> Iterator[str]:
    if foreign:
        yield "what stands under the name of another year or body was not read as tables"
    if differing:
        yield f"labels met twice with different values in the statistics table: {', '.join(sorted(differing))}"
    if cut:
        yield f"digits run together in the source were cut by their sums in the rows {', '.join(cut)}"


def _is_of_another(document: Sequence[Block], number: int | None, owner: Owner) -> bool:
    """Whether the table in the block `number` is under the name of another year or body; of one in running text,
    whether all lines are that name a statistics table.
    """
    if number is not None:
        return is_captioned_for_another(document, number, owner)
    lines = (line for block in document if not isinstance(block, Grid) for line in block.text.splitlines())
    verdicts = {is_of_another(line, owner) for line in lines if "统计" in line}
    return True in verdicts and False not in verdicts


def annexed_form(document: Sequence[Block]) -> Era | None:
    """The era that the row labels of a statistics table tell where its column headings do not; None if not plain."""
    return form_of(row.label for _, rows in _tables(document) for row in rows)


def annexed_rows(document: Sequence[Block]) -> tuple[ExtraRow, ...]:
    """The rows of older statistics tables in grids, without keys: what a report of the later form annexes beside it."""
    grids = [block for block in document if isinstance(block, Grid)]
    return tuple(_extra(row, None) for _, rows in _tables(grids) for row in rows)


def _tables(document: Sequence[Block]) -> list[tuple[int | None, list[Row]]]:
    """The rows of each table, and the number of the block with which it begins; None for the one in running text."""
    tables: list[tuple[int | None, list[Row]]] = []
    layouts: Layouts = ()
    for number, block in enumerate(document):
        if not isinstance(block, Grid):
            continue
        before = layouts
        rows, layouts = read_grid(block, before)
        if layouts and layouts == before and tables:
            tables[-1][1].extend(rows)  # the groups of the table go on too
        elif rows:
            tables.append((number, list(rows)))
    if not tables and (rows := list(read_text(document))):
        tables.append((None, rows))
    return tables


def _final(item: Item, cell: Cell | None, differing: bool) -> Cell:
    if differing:
        return Cell(item.key, None, None, State.UNREADABLE, None, item.unit)
    return cell or Cell(item.key, None, None, State.MISSING)


def _cell(item: Item, row: Row, year: int | None) -> Cell:
    """The cell that a row gives: that of the year's column; digits run together give what was inferred."""
    raws = {row.raws[i] for i in _year_columns(row.heads, year)} if row.raws is not None else set()
    if len(raws) != 1:
        return Cell(item.key, None, None, State.UNREADABLE, None, item.unit, row.place)
    cell = make_cell(item, None, Found(min(raws), row.place, row.unit))
    if row.cut and cell.value is not None:
        return Cell(cell.key, None, cell.value, State.INFERRED, cell.raw, cell.unit, cell.place)
    return cell


def _year_columns(heads: Sequence[str], year: int | None) -> list[int]:
    """The value columns that say what the year's figure is; if they differ, none is believed.

    The only column; else the one that names the year, or the year in words. 本期实际 beside 本年累计 may be a part of
    the year, so both must say the same. A column split by kinds of body has its figure under 合计.
    """
    if len(heads) == 1:
        years = years_named(heads[0])
        return [] if re.search("历年|上年|去年", heads[0]) or (years and year not in years) else [0]
    totals = [i for i, head in enumerate(heads) if re.search("/(?:合计|总计|总数|小计)$", head)]
    if any("/" in head for head in heads):
        return totals if len(totals) == 1 else []
    named = [i for i, head in enumerate(heads) if year is not None and str(year) in head and "累计" not in head]
    if len(named) == 1:
        return named
    yearly = [i for i, head in enumerate(heads) if _YEARLY.search(head) and not re.search("历年|累计数?$|上年", head)]
    this_year = [i for i, head in enumerate(heads) if re.search("本年度?累计", head)]
    others = [i for i, head in enumerate(heads) if "累计" in head and i not in this_year]
    if this_year:
        return this_year + [i for i in yearly if "本期" in heads[i]]
    return yearly if len(yearly) == 1 and len(heads) == 1 + len(others) else []


def _extra(row: Row, key: str | None) -> ExtraRow:
    values: list[Number | str | None] = []
    for raw in row.raws or ():
        reading = read_value(raw, "money")
        values.append(plain(raw) if reading.state is State.TEXT else reading.value)
    return ExtraRow(row.label, row.unit, tuple(values), row.place, key, inferred=row.cut == 2)
