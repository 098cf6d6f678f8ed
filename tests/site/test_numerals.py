"""Numbers as text: nothing is lost of what a source prints, and nothing is added by working with binary numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.site.numerals import plain, signed

PRINTED = st.decimals(-(10**8), 10**8, places=6)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (24252.311082, "24252.311082"),
        (12345678901.0, "12345678901"),
        (0.00001, "0.00001"),
        (36, "36"),
        ("/", "/"),
        (None, None),
    ],
)
def test_a_number_keeps_all_of_its_digits(value: object, expected: str | None) -> None:
    assert plain(value) == expected


@given(PRINTED)
def test_what_a_source_can_print_is_shown_as_it_is(number: Decimal) -> None:
    assert Decimal(plain(float(number)) or "") == number


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, "+3"), (-2, "−2"), (0, "0"), (9791.79 - 9791.3, "+0.49"), (-1e-9, "0"), (10.0, "+10"), ("3", None)],
)
def test_a_difference_has_its_sign_and_no_noise(value: object, expected: str | None) -> None:
    assert signed(value) == expected


@given(PRINTED, PRINTED)
def test_a_difference_of_amounts_is_that_of_what_was_printed(one: Decimal, other: Decimal) -> None:
    told = (signed(float(one) - float(other)) or "").replace("−", "-")
    assert Decimal(told) == one - other
