"""Lines: broken at gaps, never from or to a zero that nobody printed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.site.drawing import Chart, Point, Series, lines
from tests.site.drawing.charts import SVG, WORDS, all_of, beside, chart, number, outside, tree, values_of

ROW = st.lists(st.none() | st.integers(0, 10**7) | st.floats(0, 100), min_size=1, max_size=16)


def test_a_gap_breaks_the_line_and_is_marked() -> None:
    drawn = lines(chart([1, 2, None, 4, 5]))
    assert len(all_of(drawn, "path", "line")) == 2
    assert len(values_of(drawn, "circle", "mark")) == 4
    (band,) = values_of(drawn, "rect", "gap")
    assert beside(band).text == "2021: None"
    assert "×" in "".join(map(str, tree(drawn).itertext()))


def test_a_value_between_gaps_is_a_mark_and_no_line() -> None:
    drawn = lines(chart([None, 7, None]))
    assert all_of(drawn, "path") == []
    assert len(values_of(drawn, "circle", "mark")) == 1


def test_zero_stands_on_the_zero_line_and_is_no_gap() -> None:
    drawn = lines(chart([0, 4]))
    (zero,) = all_of(drawn, "line", "zero")
    marks = values_of(drawn, "circle", "mark")
    assert number(marks[0], "cy") == pytest.approx(number(zero, "y1"), abs=0.2)
    assert number(marks[1], "cy") < number(marks[0], "cy") - 100
    assert all_of(drawn, "rect", "gap") == []


def test_a_year_that_only_one_series_lacks_has_no_band() -> None:
    assert all_of(lines(chart([1, None, 3], [1, 2, 3])), "rect", "gap") == []


def test_heights_follow_the_values() -> None:
    marks = values_of(lines(chart([0, 25, 50, 100])), "circle", "mark")
    bottom, *rest = (number(mark, "cy") for mark in marks)
    rises = [bottom - y for y in rest]
    assert rises[1] == pytest.approx(2 * rises[0], abs=0.3)
    assert rises[2] == pytest.approx(4 * rises[0], abs=0.5)


def test_the_last_value_is_named_only_if_it_is_the_last_year() -> None:
    values = [element.text for element in all_of(lines(chart([3, 41], [5, None])), "text", "value")]
    assert values == ["41"]


def test_steps_hold_until_they_change() -> None:
    (path,) = all_of(lines(chart([1, 5]), step=True), "path", "line")
    assert re.fullmatch(r"M[\d.]+,[\d.]+H[\d.]+V[\d.]+", path.get("d") or "")


def test_each_mark_leads_to_its_report_and_needs_no_tab_stop() -> None:
    links = all_of(lines(chart([1, 2])), "a")
    assert [link.get("href") for link in links] == ["/report/0-2019", "/report/0-2020"]
    assert {link.get("tabindex") for link in links} == {"-1"}


def test_inferred_values_are_hollow() -> None:
    odd = Chart("c", "t", "d", WORDS, ("2019",), (Series("s", (Point(3, unsure=True),)),))
    assert len(all_of(lines(odd), "circle", "hollow")) == 1


def test_readers_who_do_not_see_it_are_told_what_it_is() -> None:
    root = tree(lines(chart([1])))
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root.get("aria-labelledby") == "c-t c-d"


def test_hostile_words_stay_words() -> None:
    hostile = '"><script>alert(1)</script>'
    point = Point(1, hostile, 'javascript:"x"')
    drawn = lines(Chart("c", hostile, hostile, WORDS, (hostile,), (Series(hostile, (point,)), Series("b", (point,)))))
    assert "<script" not in drawn
    assert tree(drawn)[0].text == hostile


@settings(max_examples=60)
@given(st.lists(ROW, min_size=1, max_size=6))
def test_any_values_make_a_picture_within_its_edges(rows: list[list[float | None]]) -> None:
    length = min(map(len, rows))
    made = chart(*(row[:length] for row in rows), name="行政规范性文件")
    drawn = lines(made)
    assert outside(drawn) == []
    assert "style=" not in drawn
    known = sum(value is not None for row in rows for value in row[:length])
    assert len([link for link in all_of(drawn, "a") if link.get("href")]) == known
    assert "nan" not in str(drawn).lower()


def test_a_series_without_a_value_for_each_year_is_refused() -> None:
    with pytest.raises(ValueError, match="甲 has 1 values for 2 categories"):
        Chart("c", "t", "d", WORDS, ("2019", "2020"), (Series("甲", (Point(1),)),))
    with pytest.raises(ValueError, match="7 series, at most 6"):
        chart(*([1] for _ in range(7)))
