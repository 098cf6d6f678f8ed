"""Places of reports: in order, without overlap, and full where they are full."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.database.places import APART, ROOM, Laid, NoRoom, Places, places_for, spread

names = st.sets(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=20)


@given(st.data())
def test_whatever_comes_night_after_night_stands_in_order_and_nothing_overlaps(data: st.DataObject) -> None:
    laid, held, taken = Laid(), {}, {}
    for report in sorted(data.draw(names)):
        taken[report] = data.draw(st.integers(1, 3 * APART))
        held[report] = laid.place(report, taken[report])
    for _ in range(4):
        new = sorted(data.draw(names) - held.keys())
        before = dict(held)
        try:
            places = Places(held, new, partial(first_free, before, taken))
            for report in new:
                size = data.draw(st.integers(1, 5))
                held[report], taken[report] = places.place(report, size), size
        except NoRoom:
            return
        held = dict(sorted(held.items()))
        assert {report: held[report] for report in before} == before
        ends = [place + taken[report] for report, place in held.items()]
        assert all(end <= place for end, place in zip(ends, [*held.values()][1:], strict=False))


def first_free(held: dict[str, int], taken: dict[str, int], end: int | None) -> int:
    """The first place behind what stands before another."""
    return max((place + taken[report] for report, place in held.items() if end is None or place < end), default=1)


def test_the_years_of_a_body_come_one_by_one_before_the_next_body() -> None:
    """A body that was never held is found with all its years, night after night: they take the same gap."""
    held = {"a-2020": APART, "b-2020": 2 * APART}
    for night in range(40):
        new = [f"a-{3000 + 20 * night + number}" for number in range(20)]
        places = Places(held, new, partial(first_free, held, dict.fromkeys(held, 1)))
        held = dict(sorted((held | {report: places[report] for report in new}).items()))
    assert list(held.values()) == sorted(set(held.values()))


def test_a_report_that_outgrows_its_gap_is_told() -> None:
    places = Places({"a": 10, "b": 13}, [], lambda _: 1)
    assert places.place("a", 3) == 10
    with pytest.raises(NoRoom, match="report a has more rows"):
        places.place("a", 4)
    assert places.place("b", 10**6) == 13


def test_where_there_is_no_number_left_it_is_said() -> None:
    assert spread(3, 9, 2) == [5, 7]
    assert spread(3, 5, 1) == [4]
    with pytest.raises(NoRoom):
        spread(3, 5, 2)
    with pytest.raises(NoRoom, match="no room left before report ab"):
        Places({"a": 10, "b": 11}, ["ab"], lambda _: 11)


@pytest.mark.parametrize(("rows", "places"), [(0, 1), (1, 1), (ROOM, 1), (ROOM + 1, 2), (10 * ROOM, 10)])
def test_rows_take_up_places(rows: int, places: int) -> None:
    assert places_for(rows) == places
