"""Table 4 in shapes that the official file does not have: a row or a table for each procedure, turned, with two years.

Rule. Every value must stand under, or behind, exactly one procedure and one outcome; all fifteen must be met once, and
the outcomes of each procedure must add up to its total. In the printed order of one row of fifteen the order itself is
the second witness: there a cell with words leaves only the sum of its own procedure open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from archive.models import Block, Grid, GridCell
from archive.report.numbers import read_value
from archive.report.tables.grid_cells import is_blank, place_of
from archive.report.tables.headings import AFTER_REVIEW, OUTCOME_ORDER, OUTCOMES, WITHOUT_REVIEW
from archive.report.tables.matrix import Matrix, matrix_of
from archive.report.tables.readings import NOTHING, CellKey, Found
from archive.report.tables.shapes import Unsure
from archive.report.tables.side_words import is_added_column, is_own_year, years_named
from archive.report.tables.stream_outcomes import stands_in_place
from archive.report.text import squeeze

PROCEDURES = ("review", "litigation_direct", "litigation_after_review")
KEYS = tuple(f"{procedure}_{outcome}" for procedure in PROCEDURES for outcome in OUTCOME_ORDER)
_BESIDE = re.compile(
    r"行政诉讼(?:情况)?|类别|类型|项目|年度?|数量?|件数?|情况|结果|(?:计量)?\(?单位:?件?\)?|审理结果|\(件\)"
)
_SUM = re.compile(r"(?:总|(?:行政)?复议|(?:行政)?诉讼|[、和及])+(?:合计|总计|共计)|共计")
_CAPTION = 40  # characters, at most, of a line that says which procedure the table below it holds


def read_outcome_shapes(document: Sequence[Block], year: int | None) -> dict[CellKey, Found]:
    """The fifteen cells of table 4, if the grids of the document surely hold them in such a shape, else nothing.

    Raises `Unsure` if outcomes are met and cannot be placed or proven.
    """
    found: dict[str, Found] = {}
    printed = False
    for number, block in enumerate(document):
        if not isinstance(block, Grid) or not _has_outcomes(block):
            continue
        matrix = matrix_of(block)
        if matrix is None:
            raise Unsure("the cells of table 4 do not line up")
        caption = "" if number == 0 else _caption(document[number - 1])
        for key, cell in _placed(matrix, _procedure(caption), year):
            if key in found and squeeze(found[key].raw) != squeeze(cell.text):
                raise Unsure("outcomes stand in the document twice with different values")
            found.setdefault(key, Found(cell.text, place_of(block, cell)))
        printed = printed or _in_printed_order(matrix, found)
    if not found:
        return {}
    if set(found) != set(KEYS):
        raise Unsure(f"{15 - len(found)} of the fifteen outcomes have no place of their own")
    in_place = printed and stands_in_place([found[key] for key in KEYS], proven=True)
    if not in_place and not all(_adds_up(found, procedure) for procedure in PROCEDURES):
        raise Unsure("the outcomes do not add up to their totals")
    return {(key, None): found[key] for key in KEYS}


def _has_outcomes(grid: Grid) -> bool:
    words = {OUTCOMES.get(squeeze(cell.text)) for row in grid.rows for cell in row}
    return {"upheld", "corrected", "pending"} <= words


def _caption(block: Block) -> str:
    return "" if isinstance(block, Grid) or len(squeeze(block.text)) > _CAPTION else block.text


def _procedure(text: str) -> str | None:
    """The procedure that a heading or a caption names; None if it names none or two."""
    label = squeeze(text)
    named = [
        procedure
        for procedure, word in (("litigation_direct", WITHOUT_REVIEW), ("litigation_after_review", AFTER_REVIEW))
        if word in label or word.replace("直接", "") in label
    ]
    if not named and "行政复议" in label and "诉讼" not in label:
        named = ["review"]
    return named[0] if len(named) == 1 else None


def _placed(matrix: Matrix, caption: str | None, year: int | None) -> Iterator[tuple[str, GridCell]]:
    """Every value of the grid with its key, those of other years and of added columns left out."""
    labels = {id(cell) for row in matrix.rows for cell in row if _is_label(cell, year)}
    for number, row in enumerate(matrix.rows):
        for column, cell in enumerate(row):
            left = [c for c in dict.fromkeys(row[:column]) if id(c) in labels]
            above = list(dict.fromkeys(_above(matrix, number, column, labels)))
            if id(cell) in labels or not (_is_lone(cell) or (above and _has_edges(cell, above[0]))):
                if id(cell) not in labels and not is_blank(cell) and not _is_title(cell, matrix, year):
                    raise Unsure(f"table 4 has a cell with {' '.join(cell.text.split())[:20]} over several places")
                continue
            heads = [*left, *above]
            if any(is_added_column(c.text) or _SUM.fullmatch(squeeze(c.text)) for c in heads):
                continue
            own = {tag for c in heads if (tag := is_own_year(c.text, year)) is not None}
            if False in own:
                continue
            procedures = {p for c in heads if (p := _procedure(c.text)) is not None}
            procedures = procedures or ({caption} if caption else set())
            outcomes = {o for c in heads if (o := OUTCOMES.get(squeeze(c.text))) is not None}
            if outcomes == {"total"} and not procedures:
                continue  # a column for the sum of all procedures
            if len(procedures) == 1 and len(outcomes) == 1:
                yield f"{next(iter(procedures))}_{next(iter(outcomes))}", cell
            elif not is_blank(cell):
                raise Unsure(f"table 4 has {' '.join(cell.text.split())[:20]} under no heading of its own")


def _above(matrix: Matrix, number: int, column: int, labels: Set[int]) -> Iterator[GridCell]:
    """The labels above a place, from the nearest on; those above further values head another part of the table."""
    met = False
    for row in reversed(matrix.rows[:number]):
        cell = row[column]
        if id(cell) in labels:
            met = True
            yield cell
        elif met and not is_blank(cell):
            return


def _is_lone(cell: GridCell) -> bool:
    return (cell.rowspan, cell.colspan) == (1, 1)


def _has_edges(cell: GridCell, head: GridCell) -> bool:
    """Whether a cell is as wide as its heading and one row high."""
    return cell.rowspan == 1 and (cell.column, cell.colspan) == (head.column, head.colspan)


def _is_title(cell: GridCell, matrix: Matrix, year: int | None) -> bool:
    """Whether a cell spans the table as its title does; one that names another year is none."""
    return cell.colspan == matrix.width and not years_named(cell.text) - {year}


def _is_label(cell: GridCell, year: int | None) -> bool:
    text = squeeze(cell.text)
    return bool(
        text
        and (
            text in OUTCOMES
            or _BESIDE.fullmatch(text)
            or (_procedure(text) is not None and len(text) <= _CAPTION)
            or is_own_year(text, year) is not None
            or is_added_column(text)
            or _SUM.fullmatch(text)
        )
    )


def _in_printed_order(matrix: Matrix, found: Mapping[str, Found]) -> bool:
    """Whether one row holds the fifteen outcomes in the order of the form, a label before them or a sum behind."""
    placed = {(found.place): key for key, found in found.items()}
    rows = [[placed.get(place_of(matrix.grid, cell)) for cell in row] for row in matrix.rows]
    full = [[key for key in row if key is not None] for row in rows]
    return any(tuple(keys) == KEYS for keys in full) and sum(map(bool, full)) == 1


def _adds_up(found: Mapping[str, Found], procedure: str) -> bool:
    numbers: list[int] = []
    for outcome in OUTCOME_ORDER:
        reading = read_value(found[f"{procedure}_{outcome}"].raw)
        if reading.state in NOTHING:
            numbers.append(0)
        elif isinstance(reading.value, int):
            numbers.append(reading.value)
        else:
            return False
    return sum(numbers[:-1]) == numbers[-1]
