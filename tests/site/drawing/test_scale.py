"""Round numbers for axes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.site.drawing.scale import are_whole, place, printed, rounded, ticks

VALUES = st.floats(min_value=-1e9, max_value=1e9).filter(lambda value: value == 0 or abs(value) > 1e-4)


@pytest.mark.parametrize(
    ("low", "high", "whole", "expected"),
    [
        (0, 0, False, (0, 0.5, 1)),
        (0, 0, True, (0, 1)),
        (0, 3, True, (0, 1, 2, 3)),
        (0, 7, True, (0, 2, 4, 6, 8)),
        (0, 460, True, (0, 200, 400, 600)),
        (0, 0.34, False, (0, 0.1, 0.2, 0.3, 0.4)),
        (-3, 9, True, (-5, 0, 5, 10)),
        (12, 20, True, (0, 5, 10, 15, 20)),
    ],
)
def test_ticks_a_reader_would_choose(low: float, high: float, whole: bool, expected: tuple[float, ...]) -> None:
    assert ticks(low, high, whole=whole) == pytest.approx(expected)


@given(VALUES, VALUES)
def test_ticks_cover_the_values_with_few_round_steps_and_zero(one: float, other: float) -> None:
    low, high = sorted((one, other))
    marks = ticks(low, high)
    steps = {f"{after - before:.6g}" for before, after in pairwise(marks)}
    assert len(steps) == 1
    step = float(steps.pop())
    assert f"{step:.1e}"[:3] in ("1.0", "2.0", "5.0")
    assert 0 in marks
    assert marks[0] <= low + 1e-6 * step
    assert marks[-1] >= high - 1e-6 * step
    assert 2 <= len(marks) <= 7


@given(st.integers(0, 10**9))
def test_counts_have_no_broken_ticks(high: int) -> None:
    assert all(mark == int(mark) for mark in ticks(0, high, whole=True))


@pytest.mark.parametrize(
    ("value", "expected"), [(0, "0"), (1234567, "1,234,567"), (12.5, "12.5"), (12.0, "12"), (-3, "-3"), (100, "100")]
)
def test_numbers_as_they_print(value: float, expected: str) -> None:
    assert printed(value) == expected


@given(st.integers(0, 4000), st.integers(1, 4000))
def test_shares_are_rounded_as_sql_rounds_them(part: int, whole: int) -> None:
    exact = (Fraction(1000 * part, whole) + Fraction(1, 2)).__floor__()
    assert rounded(100 * part / whole, 1) == Decimal(exact) / 10


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(6.25, 1, "6.3"), (-6.25, 1, "-6.3"), (1e30, 2, f"{10**30}.00"), (12.5, 0, "13")],
)
def test_halves_go_away_from_zero(value: float, decimals: int, expected: str) -> None:
    assert str(rounded(value, decimals)) == expected


def test_place_runs_both_ways() -> None:
    assert (place(0, 0, 10, 100, 0), place(10, 0, 10, 100, 0), place(5, 0, 10, 100, 0)) == (100, 0, 50)


def test_unknown_values_do_not_make_an_axis_broken() -> None:
    assert are_whole([1, None, 3.0])
    assert not are_whole([1, 2.5])
