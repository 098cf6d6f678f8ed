"""However the work is cut, every capture is in one stretch, in order, and no stretch is larger than it may be."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from archive.models import Capture
from archive.workers.stretches import DOCUMENTS, cut, documents_each

PLACES = st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 30)), max_size=40)


def captures(places: list[tuple[str, int]]) -> list[Capture]:
    return [
        Capture("", f"http://www.shixi.example/{number}", "", 200, "text/html", warc, number, length)
        for number, (warc, length) in enumerate(places)
    ]


@given(PLACES, st.integers(1, 5), st.integers(1, 60))
def test_every_capture_is_in_one_stretch(places: list[tuple[str, int]], documents: int, size: int) -> None:
    held = captures(places)
    stretches = [stretch.captures for stretch in cut(held, documents=documents, size=size)]
    assert [capture for stretch in stretches for capture in stretch] == held
    for stretch in stretches:
        assert 1 <= len(stretch) <= documents
        assert len({capture.warc for capture in stretch}) == 1
        assert len(stretch) == 1 or sum(capture.length for capture in stretch) <= size
    for before, after in pairwise(stretches):
        fits = sum(capture.length for capture in (*before, after[0])) <= size
        assert len(before) == documents or before[0].warc != after[0].warc or not fits


def test_a_stretch_apart_is_its_captures() -> None:
    (stretch,) = cut(captures([("a", 1)] * 3))
    assert [each.captures for each in stretch.apart()] == [(capture,) for capture in stretch.captures]


def test_stretches_are_short_where_there_is_little_to_do() -> None:
    assert documents_each(0, 2) == 1
    assert documents_each(160, 2) == 10
    assert documents_each(10**6, 2) == DOCUMENTS
    assert documents_each(10**6, 0) == DOCUMENTS
