"""Digits run together: cut only where one cut is possible, and marked as inferred."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Era, Paragraph, State
from archive.report.form import load_form
from archive.report.glued import cuts, solve_digits, solve_outcomes, solve_table_3, sums
from archive.report.tables.cells import read_tables
from tests.report.made import APPLICANTS, Made, as_cells, make


def sparse(era: Era = Era.C) -> Made:
    """A report such as most bodies have: few requests, nearly every cell zero."""
    made = make(1, era)
    rows = {row.key: [0] * 7 for row in load_form().eras[era].rows}
    rows["requests_received"] = [29, 1, 0, 0, 0, 0, 30]
    rows["requests_carried_forward"] = [1, 0, 0, 0, 0, 0, 1]
    rows["result_granted_full"] = [2, 0, 0, 0, 0, 0, 2]
    rows["unable_not_held"] = [26, 1, 0, 0, 0, 0, 27]
    rows["results_total"] = [28, 1, 0, 0, 0, 0, 29]
    made.truth = dict.fromkeys(made.truth, 0)
    made.truth |= {(key, name): v for key, row in rows.items() for name, v in zip(APPLICANTS, row, strict=True)}
    made.truth |= {("review_upheld", None): 1, ("review_total", None): 1, ("normative_docs_in_force", None): 5}
    values = iter(str(made.truth[cell]) for cell in load_form().eras[era].cells)
    for table in made.tables:
        for row_ in table:
            for cell in row_:
                if cell.text.isdigit():
                    cell.text = next(values)
    return made


def glued(made: Made) -> list[Paragraph]:
    return [Paragraph("".join(p.text for table in made.tables for p in as_cells(table)))]


def test_a_table_with_one_solution_is_inferred_whole() -> None:
    made = sparse()
    cells = read_tables(glued(made), Era.C).cells
    inferred = {(c.key, c.applicant): c.value for c in cells if c.state is State.INFERRED}
    assert len(inferred) >= 175 + 15
    assert all(made.truth[key] == value for key, value in inferred.items())
    assert next(c.raw for c in cells if c.key == "requests_received") == "291000030"


def with_text(row: str, place: int, text: str) -> dict[str | None, int | None]:
    """The values that table 3 gives for a row of the sparse report in which one cell prints another text."""
    made = sparse()
    next(r for r in made.tables[1] if any(row in cell.text for cell in r))[place].text = text
    cells = read_tables(glued(made), Era.C).cells
    assert {c.state for c in cells if c.applicant} in ({State.INFERRED}, {State.UNREADABLE})
    false = "requests_received" if "新收" in row else "unable_not_held"
    others = {(c.key, c.applicant): c.value for c in cells if c.applicant and c.key != false}
    assert all(value in (None, made.truth[key]) for key, value in others.items())
    return {c.applicant: c.value for c in cells if c.key == false}


def test_one_false_digit_is_taken_as_printed_where_all_other_rows_tell_its_place() -> None:
    assert list(with_text("新收", -1, "31").values()) == [29, 1, 0, 0, 0, 0, 31]
    assert list(with_text("1.本机关不掌握", -7, "16").values()) == [16, 1, 0, 0, 0, 0, 27]
    assert list(with_text("1.本机关不掌握", -2, "4").values()) == [26, 1, 0, 0, 0, 4, 27]


@pytest.mark.parametrize("text", ["41", "300", "3", ""])
def test_a_row_that_is_wrong_in_more_than_a_digit_leaves_the_table_uncut(text: str) -> None:
    assert set(with_text("新收", -1, text).values()) == {None}


def test_two_rows_with_a_false_digit_leave_the_table_uncut() -> None:
    made = sparse()
    made.tables[1][3][-1].text, made.tables[1][5][-1].text = "31", "3"
    assert {c.state for c in read_tables(glued(made), Era.C).cells if c.applicant} == {State.UNREADABLE}


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(0, 4))
def test_lost_cells_never_make_a_wrong_value(seed: int, times: int) -> None:
    rng, made = random.Random(seed), sparse()
    for _ in range(times):
        row = rng.choice(rng.choice(made.tables))
        if row:
            row.pop(rng.randrange(len(row)))
    for cell in read_tables(glued(made), Era.C).cells:
        assert cell.value is None or cell.value == made.truth[cell.key, cell.applicant]


def test_cuts() -> None:
    assert list(cuts(("120",), 2)) == [(1, 20), (12, 0)]
    assert list(cuts(("10", "0"), 2)) == [(10, 0)]
    assert list(sums(("500000", "5"), 7)) == [(5, 0, 0, 0, 0, 0, 5)]
    assert solve_digits(("005",), 3) == (0, 0, 5)
    assert solve_digits(("300",), 3) is None  # 3, 0, 0 or 300 and two blanks
    assert solve_digits(("693665",), 3) is None
    assert solve_outcomes(("0" * 15,)) == (0,) * 15
    assert solve_outcomes(("5538194" + "0" * 10,)) is None
    assert solve_table_3({}, Era.C) is None
    assert solve_outcomes(("0" * 14,)) is None


def test_a_procedure_is_known_where_every_cut_agrees_in_it() -> None:
    # either 12, 0, 0, 0, 12 and five zeros, or 120, 120 and zeros with cells left blank
    assert solve_outcomes(("10203120001200000",)) == (1, 0, 2, 0, 3, *[None] * 10)
