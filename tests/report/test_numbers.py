"""Printed text → value and state, as listed under `values` of the form's description."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.models import State
from archive.report.numbers import Reading, in_form_unit, read_value

N, Z, B, P, M, T, U = (
    State.NUMBER,
    State.ZERO,
    State.BLANK,
    State.PLACEHOLDER,
    State.MALFORMED,
    State.TEXT,
    State.UNREADABLE,
)


@pytest.mark.parametrize(
    ("raw", "state", "value", "unit"),
    [
        ("0", Z, 0, None),
        ("０", Z, 0, None),
        ("12", N, 12, None),
        (" 12\xa0\n", N, 12, None),
        ("\xa0\n0", Z, 0, None),
        ("１２３", N, 123, None),
        ("1,234", N, 1234, None),
        ("1，234，567", N, 1234567, None),
        ("59237.2449", N, Decimal("59237.2449"), None),
        ("3.50", N, Decimal("3.50"), None),
        ("0.00", Z, Decimal("0.00"), None),
        ("5件", N, 5, "件"),
        ("2笔", N, 2, "笔"),
        ("251000元", M, None, None),
        ("12 人次", N, 12, "人次"),
        ("-5", M, None, None),
        ("−0", M, None, None),
        ("\u00ad3", T, None, None),
        ("12\u00ad3", T, None, None),
        ("1\u200f2", T, None, None),
        ("\u200f12", N, 12, None),
        ("1\u200b2", N, 12, None),
        ("\u202e12", T, None, None),
        ("3\u0336", T, None, None),
        ("3\u20e3", T, None, None),
        ("1٣", T, None, None),
        ("٣", T, None, None),
        ("3০", T, None, None),
        ("3.٣", T, None, None),
        ("1,٢٣٤", T, None, None),
        ("٣ 3", T, None, None),
        ("𝟓", N, 5, None),
        ("㏠", T, None, None),
        ("⒈", T, None, None),
        ("1O", T, None, None),
        ("l2", T, None, None),
        ("〇", T, None, None),
        ("3-5", T, None, None),
        ("2022-01-05", T, None, None),
        ("0571-8000", T, None, None),
        ("1/2", T, None, None),
        ("第3页", T, None, None),
        ("12.", M, None, None),
        (".5", M, None, None),
        ("1e3", T, None, None),
        ("1_000", T, None, None),
        ("1'234", T, None, None),
        ("5万", T, None, None),
        ("5万件", T, None, None),
        ("- 3", T, None, None),
        ("", B, None, None),
        ("&nbsp;".replace("&nbsp;", "\xa0"), B, None, None),
        ("\u3000\u200b", B, None, None),
        ("/", P, None, None),
        ("-", P, None, None),
        ("——", P, None, None),
        ("－", P, None, None),
        ("无", P, None, None),
        ("不适用", P, None, None),
        ("***", P, None, None),
        ("--253", M, None, None),
        ("+3", M, None, None),
        ("减4", M, None, None),
        ("00", M, None, None),
        ("007", M, None, None),
        ("12,34", M, None, None),
        ("1.2.3", M, None, None),
        ("12345678901234", N, 12345678901234, None),
        ("123456789012345", M, None, None),
        ("1234567890123.45", M, None, None),
        ("12①", T, None, None),
        ("3²", T, None, None),
        ("12[1]", T, None, None),
        ("十二", T, None, None),
        ("见附件", T, None, None),
        ("约30", T, None, None),
        ("50%", T, None, None),
        ("0 0 0 0 0 0 0", U, None, None),
        ("12\n3", U, None, None),
        (None, State.MISSING, None, None),
    ],
)
def test_a_count(raw: str | None, state: State, value: object, unit: str | None) -> None:
    reading = read_value(raw)
    assert (reading.state, reading.value, reading.unit) == (state, value, unit)
    assert type(reading.value) is type(value)


@pytest.mark.parametrize(
    ("raw", "value"), [("+3", 3), ("减4", -4), ("减少4", -4), ("增2", 2), ("净减 10", -10), ("-2", -2), ("新增5项", 5)]
)
def test_a_change(raw: str, value: int) -> None:
    assert read_value(raw, "signed_count").value == value


def test_an_amount_has_the_unit_of_money_or_none() -> None:
    assert read_value("160.5964万元", "money") == Reading(Decimal("160.5964"), N, "万元")
    assert read_value("251000元", "money") == Reading(251000, N, "元")
    assert read_value("5件", "money").state is M
    assert read_value("-5", "money").state is M


@given(st.characters(categories=["Nd", "Nl", "No"]).filter(lambda c: not "0" <= c <= "9"), st.integers(0, 99))
def test_what_only_looks_like_a_digit_is_none(digit: str, value: int) -> None:
    full_width_or_styled = unicodedata.normalize("NFKC", digit).isascii() and unicodedata.category(digit) == "Nd"
    for raw in (digit, f"{value}{digit}", f"{digit}{value}", f"{value}.{digit}", f"{value} {digit}"):
        assert full_width_or_styled or read_value(raw).value is None


def test_money_is_converted_only_between_printed_units() -> None:
    assert in_form_unit(read_value("251000元", "money"), "万元") == (Decimal("25.1"), "万元")
    assert in_form_unit(read_value("1.5亿元", "money"), "万元") == (15000, "万元")
    assert in_form_unit(read_value("251000元", "money"), None) == (251000, "元")
    assert in_form_unit(read_value("8040", "money"), None) == (8040, None)
    assert in_form_unit(read_value("8040", "money"), None, "万元") == (8040, "万元")
    assert in_form_unit(read_value("5", "count"), "件") == (5, "件")
    assert in_form_unit(read_value("2笔", "count"), "项") == (2, "笔")


@given(st.integers(0, 10**9))
def test_every_way_of_printing_a_count_gives_it_back(value: int) -> None:
    full_width = str(value).translate({ord("0") + i: "０１２３４５６７８９"[i] for i in range(10)})
    for raw in (str(value), f"{value:,}", full_width, f" {value} 件"):
        assert read_value(raw).value == value


@given(st.text(max_size=12))
def test_a_value_comes_with_a_state_that_allows_one(raw: str) -> None:
    reading = read_value(raw)
    assert (reading.value is not None) == (reading.state in (N, Z))
    assert (reading.value == 0) == (reading.state is Z)
