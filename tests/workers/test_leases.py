"""However late, lost or out of order messages are: no two places ever have leave for one shard at the same moment."""

from __future__ import annotations

import heapq
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.workers.leases import Leases, Terms

TERMS = Terms(lease=60, ask=5, margin=15)
DELAYS = st.floats(0, 300, allow_nan=False)
ASKED = st.lists(
    st.tuples(st.sampled_from("abc"), st.floats(0, 2000, allow_nan=False), DELAYS, DELAYS), min_size=1, max_size=60
)
"""Who asks, when, and how long the question and the answer are on their way."""


def granted(asked: list[tuple[str, float, float, float]], leases: Leases) -> dict[str, list[tuple[float, float]]]:
    """When each place had leave: from the moment an answer came until so long after it had asked."""
    heard = [(when + there, when, place, back) for place, when, there, back in asked]
    heapq.heapify(heard)
    leave: dict[str, list[tuple[float, float]]] = {}
    while heard:
        now, when, place, back = heapq.heappop(heard)
        if leases.give("1/3", place, now) and now + back < when + TERMS.lease:
            leave.setdefault(place, []).append((now + back, when + TERMS.lease))
    return leave


@given(ASKED)
def test_two_places_never_have_leave_at_once(asked: list[tuple[str, float, float, float]]) -> None:
    leave = granted(asked, Leases(TERMS, after=0.0))
    spans = sorted((start, end, place) for place, found in leave.items() for start, end in found)
    for one, other in pairwise(spans):
        assert one[2] == other[2] or other[0] >= one[1] + TERMS.margin
    for number, (start, _, place) in enumerate(spans):
        assert all(place == before[2] or start >= before[1] for before in spans[:number])


def test_a_place_that_asks_on_time_keeps_its_shard() -> None:
    leave = granted(
        [("a", 5.0 * n, 0.5, 0.5) for n in range(50)] + [("b", 7.0, 0, 0), ("b", 200.0, 0, 0)], Leases(TERMS, 0)
    )
    assert set(leave) == {"a"}
    assert len(leave["a"]) == 50


def test_another_gets_it_when_the_first_is_silent_for_long_enough_and_then_the_first_does_not() -> None:
    leases = Leases(TERMS, after=0.0)
    assert leases.give("1/3", "a", 100.0)
    assert not leases.give("1/3", "b", 100.0 + TERMS.lease)
    assert leases.give("2/3", "b", 100.0), "another shard is another matter"
    assert leases.give("1/3", "b", 100.0 + TERMS.lease + TERMS.margin)
    assert not leases.give("1/3", "a", 176.0)
    assert leases.holder("1/3") == "b"


def test_a_lease_given_back_is_free_at_once_but_only_by_its_holder() -> None:
    leases = Leases(TERMS, after=0.0)
    assert leases.give("1/3", "a", 100.0)
    leases.give_back("1/3", "b")
    assert not leases.is_free("1/3", 101.0)
    leases.give_back("1/3", "a")
    assert leases.is_free("1/3", 101.0)


@pytest.mark.parametrize(("now", "given"), [(99.0, False), (100.0, True)])
def test_none_is_given_while_one_of_an_earlier_crawl_may_hold(now: float, given: bool) -> None:
    assert Leases(TERMS, after=100.0).give("1/3", "a", now) is given
