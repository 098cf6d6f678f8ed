"""Bars: side by side, on top of one another, in a ranking; and the shades of a heat table."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markupsafe import Markup

from archive.site.drawing import Rank, grouped, heat_class, ranked, stacked
from tests.site.drawing.charts import SVG, all_of, beside, chart, number, outside, tree, values_of

VALUES = st.lists(st.none() | st.integers(0, 10**6), min_size=3, max_size=3)


def bars(drawn: Markup, kind: str = "mark") -> list[etree._Element]:
    """The bars that stand for values, the legend apart."""
    return values_of(drawn, "rect", kind)


def test_grouped_bars_stand_on_the_zero_line_in_proportion() -> None:
    drawn = grouped(chart([10, 20], [40, 0]))
    heights = [number(bar, "height") for bar in bars(drawn)]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.3)
    assert heights[2] == pytest.approx(4 * heights[0], abs=0.3)
    (zero,) = all_of(drawn, "line", "zero")
    assert {round(number(bar, "y") + number(bar, "height")) for bar in bars(drawn)} == {round(number(zero, "y1"))}


def test_a_zero_is_written_and_a_gap_is_marked() -> None:
    drawn = grouped(chart([0, None]))
    assert bars(drawn) == []
    assert [text.text for text in all_of(drawn, "text", "value")] == ["0"]
    assert len(bars(drawn, "gap")) == 1


def test_a_stack_adds_up_and_says_so() -> None:
    drawn = stacked(chart([1, 2], [3, 4], [0, 5]))
    assert [text.text for text in all_of(drawn, "text", "value")] == ["4", "11"]
    parts = bars(drawn)
    tops = [number(bar, "y") for bar in parts[2:]]
    assert tops == sorted(tops, reverse=True)
    assert sum(number(bar, "height") for bar in parts[2:]) == pytest.approx(
        11 / 4 * sum(number(bar, "height") for bar in parts[:2]), rel=0.02
    )


def test_a_stack_with_an_unknown_part_is_a_gap_and_no_smaller_stack() -> None:
    drawn = stacked(chart([1, 2], [3, None]))
    assert [text.text for text in all_of(drawn, "text", "value")] == ["4"]
    assert [beside(bar).text for bar in bars(drawn, "gap")] == ["2020: None"]
    assert len(bars(drawn)) == 2


def test_what_is_negative_cannot_be_stacked() -> None:
    with pytest.raises(ValueError, match="甲1 is negative"):
        stacked(chart([1], [-1]))


@settings(max_examples=40)
@given(st.lists(VALUES, min_size=1, max_size=6), st.sampled_from([grouped, stacked]))
def test_any_values_make_a_picture_within_its_edges(rows: list[list[float | None]], draw: object) -> None:
    drawn = draw(chart(*rows))  # type: ignore[operator]
    assert outside(drawn) == []
    assert all(number(bar, "height") >= 0 for bar in bars(drawn))
    assert "style=" not in drawn


def test_a_ranking_keeps_its_order_and_shows_what_has_no_value() -> None:
    ranks = [Rank("甲县", 40, "40 (4/10)", "/a"), Rank("乙县", 10, "10 (1/10)"), Rank("丙县", None, "基数过小")]
    drawn = ranked("r", "排名", "说明", ranks)
    lengths = [number(bar, "width") for bar in all_of(drawn, "rect", "mark")]
    assert lengths[0] == pytest.approx(4 * lengths[1], abs=0.4)
    assert len(lengths) == 2
    assert [text.text for text in all_of(drawn, "text")] == [word for rank in ranks for word in (rank.name, rank.shown)]
    assert [link.get("href") for link in all_of(drawn, "a")] == ["/a"]


def test_long_names_are_cut_and_stay_within_the_picture() -> None:
    ranks = [Rank("非常长的名称" * 9, 5, "5"), Rank("a" * 90, None, "reason " * 20)]
    drawn = ranked("r", "t", "d", ranks)
    assert outside(drawn) == []
    assert [title.text for title in tree(drawn).iter(f"{SVG}title")][1] == f"{ranks[0].name}: 5"


def test_a_long_name_in_a_legend_goes_on_in_a_second_line() -> None:
    long = "Administrative fees that were charged in the year under report "
    drawn = grouped(chart([1, 2], [3, 4], name=long))
    names = [text.text or "" for text in all_of(drawn, "text") if text.get("x") == "18.0"]
    assert " ".join(names) == f"{long}0 {long}1"
    assert len(names) == 4
    assert outside(drawn) == []


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (None, 10, "heat-none"),
        (0, 0, "heat-none"),
        (0, 10, "heat-0"),
        (0.001, 10, "heat-1"),
        (5, 10, "heat-3"),
        (9.999, 10, "heat-4"),
        (10, 10, "heat-5"),
    ],
)
def test_nothing_and_all_have_shades_of_their_own(part: float | None, whole: float, expected: str) -> None:
    assert heat_class(part, whole) == expected
