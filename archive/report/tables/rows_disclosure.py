"""Reader A, table 2: what was disclosed, block by block, each with headings of its own above its rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive.models import Era, ExtraRow, Grid, GridCell
from archive.report.form import Block, Column
from archive.report.numbers import read_value
from archive.report.tables.extra_rows import keep_extra_row
from archive.report.tables.grid_cells import Cells, end_of, is_blank, place_of
from archive.report.tables.headings import blocks, fits_column, is_cut, names_column, row_key, unit_of
from archive.report.tables.readings import Found, Readings
from archive.report.text import squeeze

_NEVER_ALIKE = 6  # digits of two figures side by side that are the same one, of cells that were merged


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


def read_disclosure(grid: Grid, era: Era, readings: Readings) -> None:
    """Adds the values of the rows of table 2 in a grid, if it holds any; what cannot be placed surely is refused."""
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
            keep_extra_row(grid, row, readings)


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


def refuse_merged(readings: Readings, era: Era) -> None:
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
