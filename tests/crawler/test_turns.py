"""Hosts get their turns in time, each once, and none before it was given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.turns import Turns
from tests.crawler.test_answers import frontier

GIVEN = st.lists(st.tuples(st.sampled_from("abcde"), st.floats(0, 100)), max_size=40)


@given(GIVEN)
def test_each_host_comes_once_at_its_earliest_moment_and_in_order(given: list[tuple[str, float]]) -> None:
    turns = Turns()
    for host, when in given:
        turns.give(turns.slot(host, not_before=0), when)
    earliest: dict[str, float] = {}
    for host, when in given:
        earliest[host] = min(when, earliest.get(host, when))
    assert turns.first() == min(earliest.values(), default=None)
    assert turns.take(-1) is None
    taken = []
    while (slot := turns.take(100)) is not None:
        assert slot.due is None
        taken.append(slot.host)
    assert sorted(taken) == sorted(earliest)
    assert [earliest[host] for host in taken] == sorted(earliest.values())
    assert turns.first() is None


def test_a_host_with_a_request_under_way_is_passed_over() -> None:
    turns = Turns()
    for host in ("a", "b"):
        turns.give(turns.slot(host, not_before=0), 0)
    turns["a"].in_flight = frontier("/nb/")
    assert turns.take(1) is turns["b"]
    assert turns.take(1) is None


def test_a_turn_that_has_not_come_is_not_taken() -> None:
    turns = Turns()
    turns.give(turns.slot("a", not_before=5), 5)
    assert turns.take(4.9) is None
    assert turns.take(5) is turns["a"]
    assert turns.take(9) is None
    turns.give(turns["a"], 7)
    turns.forget()
    assert (turns.first(), turns["a"].due) == (None, None)
