"""Tables in shapes that the official file does not have: filled where sure, never wrong, refused with a reason."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Block, Era, Grid, Paragraph, State
from archive.report.tables.cells import Tables, read_tables
from archive.report.tables.matrix import matrix_of
from tests.report.damage import (
    Damage,
    break_labels,
    drop_cells,
    drop_heading_cells,
    drop_rows,
    empty_cells,
    lose_spans,
    write_spans_out,
)
from tests.report.made import Made, Source, Table, make, resolve
from tests.report.made_rows import SHAPES, three_tables, word_in_table_4
from tests.report.made_shapes import (
    Shape,
    another_table_3,
    another_table_3_of_a_subordinate,
    growth_behind,
    no_total,
    share_behind,
    split_digits,
    total_again,
    transposed_table_3,
    years_as_rows_of_table_4,
    years_as_two_halves,
    years_in_table_2,
    years_under_each_column,
)

YEAR = 2022
# A lost heading beside a lost value of the same row leaves a whole table of other numbers, which no reader can tell.
DAMAGES: tuple[Sequence[Damage], ...] = (
    (),
    (drop_cells,),
    (drop_heading_cells,),
    (drop_rows,),
    (lose_spans,),
    (write_spans_out,),
    (empty_cells,),
    (break_labels,),
    (drop_rows, lose_spans),
    (empty_cells, write_spans_out),
)
UNFILLED = {no_total: {"B": 23, "C": 25}, another_table_3_of_a_subordinate: {"B": 161, "C": 175}}
"""Cells that a shape leaves open in a report without blanks: totals that are not printed, a table that is not told."""


def shaped(shape: Shape, seed: int, era: Era, blank: float = 0.0) -> tuple[Made, list[Block]]:
    rng = random.Random(f"{shape.__name__} {seed}")
    made = make(seed, era, blank=blank)
    return made, shape(made, rng)


def wrong(tables: Tables, made: Made) -> list[str]:
    return [
        f"{cell.key}/{cell.applicant}: {cell.value} instead of {made.truth[cell.key, cell.applicant]}"
        for cell in tables.cells
        if cell.value is not None and cell.value != made.truth[cell.key, cell.applicant]
    ]


def sources(grid: Grid) -> Table:
    return [[Source(cell.text, cell.rowspan, cell.colspan) for cell in row] for row in grid.rows]


def damaged(blocks: Sequence[Block], damages: Sequence[Damage], rng: random.Random, times: int) -> list[Block]:
    """The blocks with damage done to the cells of their tables, spans resolved again as a browser would."""
    tables = {number: sources(block) for number, block in enumerate(blocks) if isinstance(block, Grid)}
    for damage in damages:
        damage([table for table in tables.values() if table], rng, times)
    made = [resolve(tables[n]) if n in tables else block for n, block in enumerate(blocks)]
    return [block for block in made if not isinstance(block, Grid) or block.rows]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("era", [Era.B, Era.C])
def test_what_is_sure_is_filled(shape: Shape, era: Era) -> None:
    made, blocks = shaped(shape, 3, era)
    tables = read_tables(blocks, era, YEAR)
    assert not wrong(tables, made)
    open_cells = sum(cell.value is None for cell in tables.cells)
    assert open_cells == (1 if shape is word_in_table_4 else UNFILLED.get(shape, {}).get(str(era), 0))


@pytest.mark.parametrize("shape", SHAPES)
def test_no_values_in_a_shape_are_read_wrong(shape: Shape) -> None:
    @settings(deadline=None, max_examples=12)
    @given(
        seed=st.integers(0, 2**32),
        era=st.sampled_from([Era.B, Era.C]),
        blank=st.sampled_from([0.0, 0.4, 1.0]),
        damages=st.sampled_from(DAMAGES),
        times=st.integers(1, 3),
        year=st.sampled_from([YEAR, None]),
    )
    def never_wrong(seed: int, era: Era, blank: float, damages: Sequence[Damage], times: int, year: int | None) -> None:
        made, blocks = shaped(shape, seed, era, blank)
        tables = read_tables(damaged(blocks, damages, random.Random(seed), times), era, year)
        assert wrong(tables, made) == []
        false_blanks = [c for c in tables.cells if c.state is State.BLANK and made.truth[c.key, c.applicant]]
        assert empty_cells in damages or not false_blanks

    never_wrong()


@pytest.mark.parametrize("shape", [years_under_each_column, years_as_two_halves, years_as_rows_of_table_4])
def test_without_the_year_of_the_report_no_column_of_a_numbered_year_is_taken(shape: Shape) -> None:
    for seed in range(6):
        made, blocks = shaped(shape, seed, Era.C)
        words = {cell.text for block in blocks if isinstance(block, Grid) for row in block.rows for cell in row}
        tables = read_tables(blocks, Era.C)
        assert not wrong(tables, made)
        table = "T4" if shape is years_as_rows_of_table_4 else "T3"
        assert read_of(tables, table) == (read_of(read_tables(blocks, Era.C, YEAR), table) if "本年" in words else 0)


def read_of(tables: Tables, table: str) -> int:
    outcomes = ("review_", "litigation_")
    return sum(
        cell.value is not None
        for cell in tables.cells
        if (cell.applicant is not None if table == "T3" else cell.key.startswith(outcomes))
    )


def test_a_year_that_is_not_the_reports_is_not_taken() -> None:
    made, blocks = shaped(years_in_table_2, 1, Era.C)
    cells = {cell.key: cell for cell in read_tables(blocks, Era.C, 2020).cells}
    assert cells["rules_issued"].value is None
    assert cells["rules_issued"].state is State.UNREADABLE
    assert made.truth["rules_issued", None] is not None


def break_a_sum(blocks: list[Block]) -> list[Block]:
    """Changes one value of table 3: the first one in the first row of the form."""
    for number, block in enumerate(blocks):
        if not isinstance(block, Grid):
            continue
        table = sources(block)
        for row in table:
            at = next((i for i, cell in enumerate(row) if "本年新收" in cell.text), None)
            if at is not None and len(row) > at + 2:
                row[at + 1].text = str(int(row[at + 1].text) + 1)
                return [*blocks[:number], resolve(table), *blocks[number + 1 :]]
    raise AssertionError("no table 3")


@pytest.mark.parametrize("shape", [years_as_two_halves, total_again, share_behind, growth_behind])
def test_a_sum_that_fails_takes_no_value_from_a_shape(shape: Shape) -> None:
    _, blocks = shaped(shape, 5, Era.C)
    cells = {(c.key, c.applicant): c for c in read_tables(break_a_sum(blocks), Era.C, YEAR).cells}
    met = cells["requests_received", "natural_person"]
    assert shape is years_as_two_halves or (met.value, met.state) == (None, State.UNREADABLE)


REASONS: tuple[tuple[Callable[[Made], list[Block]], str], ...] = (
    (lambda made: another_table_3_of_a_subordinate(made, random.Random(1)), "its rows stand in more than one table"),
    (lambda made: _headed(made, "其中女性"), "column 11 has no heading of the form"),
    (lambda made: _headed(made, ""), "column 11 has no heading of the form"),
    (lambda made: _untagged(made), "only some of the columns name their year"),
)


def _headed(made: Made, head: str) -> list[Block]:
    table = made.tables[1]
    table[0].append(Source(head, 3))
    for row in table[3:]:
        row.append(Source("7"))
    for row in table[4:6]:
        row[-4].colspan = 1
    table[3:] = table[4:] + table[3:4]  # another order, so that the plain readers do not fill it
    return [resolve(each) for each in made.tables]


def _untagged(made: Made) -> list[Block]:
    blocks = years_as_two_halves(made, random.Random(4))
    made.tables[1][0][1].text = "申请人情况"
    return [resolve(each) for each in made.tables] if blocks else []


@pytest.mark.parametrize(("build", "reason"), REASONS)
def test_what_is_refused_says_why(build: Callable[[Made], list[Block]], reason: str) -> None:
    made = make(2, Era.C)
    tables = read_tables(build(made), Era.C, YEAR)
    assert not wrong(tables, made)
    assert [warning for warning in tables.warnings if reason in warning]


def test_a_second_table_3_leaves_the_other_tables_filled() -> None:
    made, blocks = shaped(another_table_3_of_a_subordinate, 2, Era.C)
    tables = read_tables(blocks, Era.C, YEAR)
    assert {cell.state for cell in tables.cells if cell.applicant} == {State.UNREADABLE}
    assert all(cell.value == made.truth[cell.key, None] for cell in tables.cells if cell.applicant is None)


def test_captions_that_both_name_the_year_tell_nothing() -> None:
    made, blocks = shaped(another_table_3, 2, Era.C)
    same = [Paragraph(b.text.replace("2021", "2022")) if isinstance(b, Paragraph) else b for b in blocks]
    tables = read_tables(same, Era.C, YEAR)
    assert {cell.state for cell in tables.cells if cell.applicant} == {State.UNREADABLE}
    assert not wrong(tables, made)


def test_digits_in_cells_of_their_own_are_inferred() -> None:
    made, blocks = shaped(split_digits, 2, Era.C)
    cells = read_tables(blocks, Era.C, YEAR).cells
    states = {cell.state for cell in cells if cell.applicant and made.truth[cell.key, cell.applicant] > 9}
    assert states == {State.INFERRED}


def test_a_total_that_is_not_printed_is_missing_and_never_worked_out() -> None:
    _, blocks = shaped(no_total, 2, Era.C)
    states = {cell.state for cell in read_tables(blocks, Era.C, YEAR).cells if cell.applicant == "total"}
    assert states <= {State.MISSING, State.UNREADABLE}


def test_places_lead_back_to_the_source() -> None:
    _, blocks = shaped(transposed_table_3, 2, Era.C)
    cell = next(c for c in read_tables(blocks, Era.C, YEAR).cells if c.key == "requests_received")
    grid = next(b for b in blocks if isinstance(b, Grid) and len(b.rows) == 10)
    at = next(c for row in grid.rows for c in row if f"row {c.row + 1}, column {c.column + 1}" in (cell.place or ""))
    assert at.text == cell.raw


def test_three_tables_without_their_captions_are_not_told_apart() -> None:
    for seed in range(4):
        made, blocks = shaped(three_tables, seed, Era.C)
        bare = [block for block in blocks if not isinstance(block, Paragraph)]
        if len(bare) < len(blocks):
            tables = read_tables(bare, Era.C, YEAR)
            assert not wrong(tables, made)
            assert read_of(tables, "T4") == 0


def test_a_grid_with_a_hole_is_no_matrix() -> None:
    table = [[Source("a", 2), Source("b")], [Source("c")]]
    whole = matrix_of(resolve(table))
    assert whole is not None
    assert [[cell.text for cell in row] for row in whole.turned().rows] == [["a", "a"], ["b", "c"]]
    table[0][0].rowspan = 1
    assert matrix_of(resolve(table)) is None
    assert matrix_of(resolve([[Source("a")]], spans_known=False)) is None
