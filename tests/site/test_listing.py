"""Long lists by kinds: the same lines and counts as looking at every line."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.site.listing import NONE, Shelf, sift

NAMES = ("year", "province", "level")


class Line(NamedTuple):
    """A line with three filters; `n` tells lines apart."""

    year: int
    province: str | None
    level: str | None
    n: int


LINES = st.lists(
    st.tuples(
        st.sampled_from([2019, 2020, 2021]), st.sampled_from(["甲", "乙", None]), st.sampled_from(["county", None])
    )
)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "year": st.sampled_from(["2019", "2021", "1999"]),
        "province": st.sampled_from(["甲", NONE, "丙"]),
        "level": st.sampled_from(["county", NONE]),
        "unknown": st.just("x"),
    },
)


def fits(line: Line, filters: dict[str, str]) -> bool:
    """Whether a line fits, said plainly."""
    return all(
        (NONE if getattr(line, name) is None else str(getattr(line, name))) == filters[name]
        for name in NAMES
        if name in filters
    )


@settings(max_examples=200)
@given(LINES, FILTERS)
def test_lines_and_counts_are_those_of_every_line_looked_at(
    values: list[tuple[int, str | None, str | None]], filters: dict[str, str]
) -> None:
    lines = [Line(*value, n) for n, value in enumerate(values)]
    found = sift(Shelf(NAMES, lines), filters)
    assert list(found.lines) == [line for line in lines if fits(line, filters)]
    assert found.count == len(list(found.lines))
    assert list(found.lines[1:3]) == list(found.lines)[1:3]
    for facet in found.facets:
        others = {name: value for name, value in filters.items() if name != facet.name}
        counted = Counter(
            NONE if getattr(line, facet.name) is None else str(getattr(line, facet.name))
            for line in lines
            if fits(line, others)
        )
        told = {choice.value: choice.n for choice in facet.choices}
        assert {value: n for value, n in told.items() if n} == dict(counted)
        assert [choice.value for choice in facet.choices if choice.chosen] == (
            [filters[facet.name]] if facet.name in filters else []
        )
