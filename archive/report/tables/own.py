"""The tables of a document that are the report's own, without what editors set beside them, before they are read.

Taken out: a table whose caption names another year or body, beside one of the same kind that is the report's; the
columns of other years, where every column names its year; numbers of rows; columns of the form of 2019 that stand
before the decisions of the year in the form of 2021. A table 4 that is cut between its headings and its values is
joined. Nothing is moved: every cell keeps its words and its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from archive.models import Block, Era, Grid, GridCell
from archive.report.form import Column, load_form
from archive.report.tables.captions import Owner, is_captioned_for_another, is_plainly_own
from archive.report.tables.grid_cells import is_blank, is_value, place_of
from archive.report.tables.headings import (
    AFTER_REVIEW,
    OUTCOMES,
    column_name,
    fits_column,
    is_bare,
    is_table_2_line,
    names_column,
    row_key,
)
from archive.report.tables.matrix import Matrix, matrix_of, without
from archive.report.tables.readings import CANONICAL
from archive.report.tables.side_words import is_added_column, is_own_year
from archive.report.text import squeeze

_BESIDE = re.compile(r"备注|说明|(?:计量)?单位")
_MONEY = ("元", "亿元", "千元", "百元")  # in a column of units they would change what the number beside them says
KINDS = (2, 3, 4)
"""The tables of the form of eras B and C, by their sections."""
_HEAD_OF_3 = re.compile(r"申请人|\(?本列数据|项目|单位:")
_TWICE = 3  # labels that stand in two grids make two tables of them; a comparison of years repeats fewer
_HALF = 10  # rows with a label of table 3 that make it one, at least


class Own(NamedTuple):
    """The blocks of a document with only the report's own tables, as far as headings and captions say so surely.

    `foreign` are the kinds of which one is of another year or body, and no other plainly the report's own: that is
    lost, or the caption was left from last year, which nobody can tell. `beside` are those of which one of another was
    left out and one that seems to be the report's own is there.
    """

    blocks: list[Block]
    foreign: frozenset[int]
    beside: frozenset[int]


def own_tables(document: Sequence[Block], era: Era, owner: Owner) -> Own:
    """The document with only its own tables, and of which kinds there are others."""
    blocks = _joined(document)
    kinds = [kinds_of(block) if isinstance(block, Grid) else set() for block in blocks]
    parts = [
        holds | _parts_of(block) if isinstance(block, Grid) else holds
        for block, holds in zip(blocks, kinds, strict=True)
    ]
    others = {n for n, holds in enumerate(parts) if holds and is_captioned_for_another(blocks, n, owner)}
    beside = {kind: _beside_the_own(blocks, parts, kind, others, owner) for kind in KINDS}
    gone = {number for numbers in beside.values() for number in numbers}
    foreign = frozenset(kind for number in others for kind in parts[number] if not beside[kind])
    left = [
        (_emptied(block) if isinstance(block, Grid) and parts[number] & foreign else block, kinds[number])
        for number, block in enumerate(blocks)
        if number not in gone
    ]
    own = [_peeled(block, holds, era, owner.year) if isinstance(block, Grid) else block for block, holds in left]
    return Own(own, foreign, frozenset(kind for kind, numbers in beside.items() if numbers))


def kinds_of(grid: Grid) -> set[int]:
    """Which of the tables 2, 3 and 4 a grid holds, as far as the labels of its cells tell."""
    texts = {squeeze(text) for text in _texts(grid)}
    kinds = {2} if "信息内容" in texts else set()
    keys = table_3_keys(grid)
    if len(keys) >= _HALF and "requests_received" in keys:
        kinds.add(3)
    if AFTER_REVIEW in texts:
        kinds.add(4)
    return kinds


def _parts_of(grid: Grid) -> set[int]:
    """The table 3 if a grid holds some of its rows, as one that goes over pages."""
    return {3} if len(table_3_keys(grid)) > 1 else set()


def table_3_keys(grid: Grid) -> set[str]:
    """The rows of table 3 whose labels stand in a grid, those left out that are headings of columns too."""
    return {key for text in _texts(grid) if not is_bare(text) and (key := row_key(text)) is not None}


def _texts(grid: Grid) -> set[str]:
    """The different texts of the cells, of which most stand in many."""
    return {cell.text for row in grid.rows for cell in row}


def doubled(document: Sequence[Block]) -> set[int]:
    """The tables 2 and 3 whose row labels stand in more than one grid, as of two tables."""
    grids = [block for block in document if isinstance(block, Grid)]
    twice: set[int] = set()
    for kind, labels in ((2, _table_2_keys), (3, table_3_keys)):
        met = Counter(key for grid in grids for key in labels(grid))
        if sum(count > 1 for count in met.values()) >= _TWICE:
            twice.add(kind)
    return twice


def _table_2_keys(grid: Grid) -> set[str]:
    """The row labels of table 2 in a grid that has a heading of one of its columns."""
    texts = {squeeze(text) for text in _texts(grid)}
    if not any(names_column(text, Era.B, Era.C) for text in texts):
        return set()
    return {text.split("(", 1)[0] for text in texts if text != "信息内容" and is_table_2_line(text)}


def stands_alone(document: Sequence[Block], clash: int) -> bool:
    """Whether all but one kind of table stand once, and none of them between two tables of that kind.

    Then a table met twice says nothing of the others: a second whole report would bring them all.
    """
    placed = [(number, kinds_of(block)) for number, block in enumerate(document) if isinstance(block, Grid)]
    twice = [number for number, kinds in placed if clash in kinds]
    others = [(number, kind) for number, kinds in placed for kind in kinds - {clash}]
    return (
        len(twice) > 1
        and sorted(kind for _, kind in others) == sorted({2, 3, 4} - {clash})
        and not any(twice[0] <= number <= twice[-1] for number, _ in others)
    )


# --------------------------------------------------------------------------- whole tables


def _joined(document: Sequence[Block]) -> list[Block]:
    """The blocks, with the rows of tables 3 and 4 set under headings that end a grid of their own."""
    blocks: list[Block] = []
    for block in document:
        before = blocks[-1] if blocks else None
        if isinstance(block, Grid) and isinstance(before, Grid) and _goes_on(before, block):
            height = len(before.rows)
            below = (
                tuple(replace(cell, row=cell.row + height, place=place_of(block, cell)) for cell in row)
                for row in block.rows
            )
            blocks[-1] = Grid((*before.rows, *below), before.place, before.spans_known)
        else:
            blocks.append(block)
    return blocks


def _goes_on(before: Grid, grid: Grid) -> bool:
    """Whether a grid holds what belongs under the one before it, which is headings only."""
    if _heads(before):
        return _is_values(grid, before)
    return _heads_applicants(before) and _is_rows(grid, before)


def _heads_applicants(grid: Grid) -> bool:
    """Whether a grid is the head of table 3 and nothing else."""
    texts = [text for text in _texts(grid) if squeeze(text)]
    named = {name for text in texts if (name := column_name(text)) is not None}
    return set(CANONICAL) <= named and all(column_name(text) or _HEAD_OF_3.match(squeeze(text)) for text in texts)


def _is_rows(grid: Grid, before: Grid) -> bool:
    """Whether a grid begins with a row of table 3, is as wide as its head and repeats no word of that."""
    head, body = matrix_of(before), matrix_of(grid)
    return (
        head is not None
        and body is not None
        and head.width == body.width
        and any(row_key(cell.text) for cell in grid.rows[0])
        and not any(column_name(text) for text in _texts(grid) if not is_bare(text))
    )


def _heads(grid: Grid) -> bool:
    """Whether a grid ends with the outcome headings of table 4."""
    last = grid.rows[-1] if grid.rows else ()
    return bool(last) and all(squeeze(cell.text) in OUTCOMES for cell in last) and kinds_of(grid) == {4}


def _is_values(grid: Grid, before: Grid) -> bool:
    matrix = matrix_of(before)
    return (
        len(grid.rows) == 1
        and len(grid.rows[0]) == 15
        and grid.spans_known
        and matrix is not None
        and matrix.width == 15
        and all(is_value(cell) and (cell.rowspan, cell.colspan) == (1, 1) for cell in grid.rows[0])
    )


def _beside_the_own(
    blocks: Sequence[Block], kinds: Sequence[set[int]], kind: int, others: set[int], owner: Owner
) -> set[int]:
    """The grids of one kind that are of others, where one is left, in pieces or whole, that plainly is the report's."""
    tables = {number for number, holds in enumerate(kinds) if holds == {kind}}
    left = tables - others
    if (
        not left
        or left == tables
        or left != set(range(min(left), max(left) + 1))
        or not is_plainly_own(blocks, min(left), owner)
    ):
        return set()
    return tables & others


# --------------------------------------------------------------------------- columns beside those of table 2


def _peeled(grid: Grid, kinds: set[int], era: Era, year: int | None) -> Grid:
    """A table 2 without row numbers, columns of other years and of the older form; a table 4 without rows of them."""
    if kinds == {4}:
        old = list(_rows_of_other_years(grid, year))
        own = any(row and is_own_year(row[0].text, year) for row in grid.rows)
        return without(grid, old) if own or not old else _emptied(grid)
    if kinds != {2}:
        return grid
    matrix = matrix_of(grid)
    if matrix is None:
        return _emptied(grid) if _has_other_years(grid, year) else grid
    gone = list(_row_numbers(matrix)) or list(_captions(matrix))
    start = 1 if gone else 0
    gone += _beside(matrix, start)
    others = _other_years(matrix, start, year) if _has_other_years(grid, year) else []
    if others is None:
        return _emptied(grid)
    gone += others
    if era is Era.C:
        gone += _older_columns(matrix, start)
    return without(grid, gone) if gone else grid


def _rows_of_other_years(grid: Grid, year: int | None) -> Iterator[GridCell]:
    """The rows of table 4 that open with another year than the report's."""
    for row in grid.rows:
        if row and row[0].column == 0 and is_own_year(row[0].text, year) is False:
            yield from row


def _row_numbers(matrix: Matrix) -> Iterator[GridCell]:
    """The cells of a first column that holds nothing but numbers in order, its heading and blanks."""
    cells = matrix.column(0, range(len(matrix.rows)))
    cells = [cell for cell in cells if cell.colspan < matrix.width]
    texts = [squeeze(cell.text) for cell in cells if not is_blank(cell) and not is_added_column(cell.text)]
    if len(texts) < 3 or not all(re.fullmatch(r"[1-9]\d?", text) for text in texts):
        return
    numbers = [int(text) for text in texts]
    labels = sum(is_table_2_line(cell.text) for cell in matrix.column(1, range(len(matrix.rows))))
    if numbers == list(range(numbers[0], numbers[0] + len(numbers))) and all(c.colspan == 1 for c in cells) and labels:
        yield from cells


def _captions(matrix: Matrix) -> Iterator[GridCell]:
    """The cells of a first column that holds nothing but the captions of the blocks, each beside its rows."""
    cells = matrix.column(0, range(len(matrix.rows)))
    if all(cell.colspan == 1 and squeeze(cell.text).startswith("第二十条") for cell in cells):
        yield from cells


def _beside(matrix: Matrix, start: int) -> list[GridCell]:
    """The cells of columns for remarks and units; nothing where one covers more, or prints a unit not of the form."""
    gone: dict[GridCell, None] = {}
    places: set[int] = set()
    for row in matrix.rows:
        cells = list(dict.fromkeys(row[start:]))
        if squeeze(cells[0].text) == "信息内容":
            places = {c for cell in cells if _BESIDE.fullmatch(squeeze(cell.text)) for c in _span(cell)}
            gone |= {cell: None for cell in cells if places & set(_span(cell))}
        elif is_table_2_line(cells[0].text) and len(cells) > 1:
            for cell in cells:
                if not places & set(_span(cell)):
                    continue
                text = squeeze(cell.text)
                if set(_span(cell)) - places or text in _MONEY or (is_value(cell) and re.search(r"\d", text)):
                    return []
                gone[cell] = None
    return list(gone)


def _span(cell: GridCell) -> range:
    return range(cell.column, cell.column + cell.colspan)


def _has_other_years(grid: Grid, year: int | None) -> bool:
    return any(is_own_year(cell.text, year) is False for row in grid.rows for cell in row)


def _emptied(grid: Grid) -> Grid:
    """The grid without its values: headings and labels say what stands there, and that it could not be told apart."""
    return without(grid, (cell for row in grid.rows for cell in row if is_value(cell)))


def _other_years(matrix: Matrix, start: int, year: int | None) -> list[GridCell] | None:
    """The values of other years and the words that name the years; None unless every value has its year."""
    tags = {id(c): t for row in matrix.rows for c in row if (t := is_own_year(c.text, year)) is not None}
    gone: list[GridCell] = []
    years: dict[int, bool] = {}
    for row in matrix.rows:
        if any(id(cell) in tags for cell in row[start:]):
            years = {}
        for column, cell in enumerate(row[start:], start):
            if id(cell) in tags:
                years[column] = tags[id(cell)]
                gone.append(cell)
            elif column > start and is_table_2_line(row[start].text) and is_value(cell) and row[start] is not cell:
                own = {years.get(place) for place in range(cell.column, cell.column + cell.colspan)}
                if len(own) != 1 or None in own:
                    return None
                if own == {False} and cell not in gone:
                    gone.append(cell)
    return gone if True in years.values() and False in years.values() else None


def _older_columns(matrix: Matrix, start: int) -> Iterator[GridCell]:
    """上一年项目数量 and 本年增/减 before 处理决定数量: the form of 2021 asks for the decisions in the same words."""
    columns = _older_block()
    within = False
    for row in matrix.rows:
        cells = list(dict.fromkeys(row[start:]))
        if squeeze(cells[0].text) == "信息内容":
            within = len(cells) == 4 and all(
                fits_column(cell.text, column.label, column.pattern)
                for cell, column in zip(cells[1:], columns, strict=True)
            )
        elif not is_table_2_line(cells[0].text) or len(cells) != 4:
            within = False
        if within:
            yield from cells[1:3]


def _older_block() -> tuple[Column, ...]:
    return next(block.columns for block in load_form().eras[Era.B].blocks if block.id == "art20_5")
