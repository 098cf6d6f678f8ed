"""Numbers broken over lines inside of their cell."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Block, Cell, Era, State
from archive.report.tables.broken import mend
from archive.report.tables.cells import read_tables
from tests.report.made import APPLICANTS, Made, make, resolve


def blocks(made: Made) -> list[Block]:
    return [resolve(table) for table in made.tables]


def break_number(made: Made, rng: random.Random) -> None:
    """Breaks one number of table 3 or 4 of two digits or more over two lines."""
    cells = [
        cell for table in made.tables[1:] for row in table for cell in row if cell.text.isdigit() and len(cell.text) > 1
    ]
    if cells:
        cell = rng.choice(cells)
        at = rng.randrange(1, len(cell.text))
        cell.text = f"{cell.text[:at]}\n{cell.text[at:]}"


def test_a_broken_number_is_joined_where_the_sums_hold() -> None:
    made = make(4)
    cell = next(c for row in made.tables[1][5:] for c in row[-7:] if c.text.isdigit() and len(c.text) > 1)
    whole, cell.text = int(cell.text), f"{cell.text[0]}\n{cell.text[1:]}"
    read = read_tables(blocks(made), Era.C)
    joined = [c for c in read.cells if c.state is State.INFERRED]
    assert [(c.value, c.raw) for c in joined] == [(whole, cell.text)]
    assert {(c.key, c.applicant): c.value for c in read.cells} == made.truth


def test_a_broken_number_that_no_sum_proves_stays_unread() -> None:
    made = make(4)
    made.tables[0][2][1].text = "1\n2"  # table 2 has no sums
    cells = {c.key: c for c in read_tables(blocks(made), Era.C).cells if c.applicant is None}
    assert cells["rules_issued"].state is State.UNREADABLE


def test_a_sum_that_fails_leaves_the_number_unread() -> None:
    cells = [Cell("requests_received", name, 0, State.ZERO, "0") for name in APPLICANTS[1:]]
    cells.append(Cell("requests_received", APPLICANTS[0], None, State.UNREADABLE, "1\n2"))
    assert mend(cells, Era.C) == tuple(cells)
    cells[5] = Cell("requests_received", "total", 12, State.NUMBER, "12")
    assert mend(cells, Era.C)[-1].value == 12
    cells[-1] = Cell("requests_received", APPLICANTS[0], None, State.UNREADABLE, "0\n12")
    assert mend(cells, Era.C)[-1].value is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([Era.B, Era.C]), st.integers(1, 6), st.floats(0, 0.5))
def test_broken_numbers_never_give_a_wrong_value(seed: int, era: Era, times: int, blank: float) -> None:
    rng = random.Random(seed)
    made = make(seed, era, blank=blank)
    for _ in range(times):
        break_number(made, rng)
    for cell in read_tables(blocks(made), era).cells:
        assert cell.value in (None, made.truth[cell.key, cell.applicant])
