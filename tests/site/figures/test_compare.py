"""Bodies side by side."""

from __future__ import annotations

import re
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.site.pages.compare import MOST_AGENCIES, MOST_YEARS, read_wish
from archive.site.pages.compared import _change
from tests.site.figures.conftest import Look, table_of

TWO = "a=qinghe-szf&a=songlan-szf"


def received(held: sqlite3.Connection, agency: str, year: int) -> str:
    (value,) = held.execute(
        "select value from statistics where agency_id = ? and year = ? and key = 'requests_received'"
        " and applicant = 'total'",
        (agency, year),
    ).fetchone()
    return f"{value:,}"


def test_two_bodies_in_one_year(look: Look, held: sqlite3.Connection) -> None:
    page = look(f"/compare?{TWO}&year=2023")
    row = table_of(page)["Requests received number"]
    assert row == {
        "青禾市人民政府": received(held, "qinghe-szf", 2023),
        "松岚市人民政府": received(held, "songlan-szf", 2023),
    }
    assert page.select('thead th[lang="zh-CN"] a[href="/report/qinghe-szf-2023"]')
    assert page.select("table.matrix thead th[scope=col].stuck")
    shares = table_of(page)["Disclosed in full or part %"]
    assert all(re.fullmatch(r"[\d.]+% \d+ / \d+", cell) for cell in shares.values())


def test_the_years_of_one_body_with_their_changes(look: Look, held: sqlite3.Connection) -> None:
    row = table_of(look("/compare?a=qinghe-szf&years=2021,2022"))["Requests received number"]
    before, after = (int(received(held, "qinghe-szf", year)) for year in (2021, 2022))
    assert row["2021"] == str(before)
    assert row["2022"] == f"{after} {'+' if after > before else '−'}{abs(after - before)}"


def test_several_bodies_over_years_each_number_with_its_report(look: Look) -> None:
    page = look(f"/compare?{TWO}&years=2021,2022")
    bodies = [row.th.get_text() for row in page.select("tbody:first-of-type tr:not(.group)") if row.th]
    assert bodies == ["青禾市人民政府", "松岚市人民政府"]
    assert page.select('td a[href="/report/songlan-szf-2022"]')
    assert len(page.select("figure.picture")) >= 3


def test_a_year_that_is_not_held_is_said_to_be_so(look: Look) -> None:
    row = table_of(look("/compare?a=qinghe-szf&years=2009,2022"))["Requests received number"]
    assert row["2009"] == "not held"


def test_too_many_bodies_and_unknown_ones_are_told_kindly(look: Look, held: sqlite3.Connection) -> None:
    ids = [row[0] for row in held.execute("select agency_id from agencies where reports > 3 limit 8")]
    page = look("/compare?" + "&".join(f"a={one}" for one in ids))
    assert f"these are the first 6, {len(ids) - 6} more were left out" in page.get_text()
    assert len(page.select('input[name="a"]')) == MOST_AGENCIES
    assert "No body has these ids" in look("/compare?a=nothing&a=qinghe-szf").get_text()
    assert "No body has these ids" in look("/compare?a=<script>", status=404).get_text()


def test_bodies_are_found_by_name_added_and_removed_without_script(look: Look) -> None:
    page = look("/compare?a=qinghe-szf&years=2022&find=松岚市人民政府&_lang=en")
    (add,) = [link for link in page.select(".found-names a") if link.get_text() == "松岚市人民政府"]
    added = look(str(add["href"]))
    assert [box["value"] for box in added.select('input[name="a"][checked]')] == ["qinghe-szf", "songlan-szf"]
    assert [box["value"] for box in added.select('input[name="years"][checked]')] == ["2022"]
    assert added.select_one('input[name="_lang"][value="en"]')
    (remove,) = added.select('.chosen a[aria-label="Remove 青禾市人民政府"]')
    assert [box["value"] for box in look(str(remove["href"])).select('input[name="a"]')] == ["songlan-szf"]
    assert "No body of that name" in look("/compare?find=没有的机关").get_text()


def test_nothing_chosen_is_an_invitation(look: Look) -> None:
    page = look("/compare", "zh-CN")
    assert page.select_one("form input#find")
    assert not page.select("table.matrix")


@pytest.mark.parametrize(
    ("before", "after", "percent", "expected"),
    [
        (3, 5, False, "+2"),
        (5, 3, False, "−2"),
        (4, 4, False, "±0"),
        (None, 4, False, ""),
        (4, None, False, ""),
        (53.66, 55.61, True, "+1.9 points"),
    ],
)
def test_a_change_is_that_of_the_numbers_shown(
    before: float | None, after: float | None, percent: bool, expected: str
) -> None:
    assert _change(before, after, percent) == expected


@given(st.lists(st.tuples(st.sampled_from(["a", "year", "years", "find", "x"]), st.text(max_size=40)), max_size=30))
def test_no_address_is_too_absurd(arguments: list[tuple[str, str]]) -> None:
    wish = read_wish(arguments)
    assert len(wish.ids) <= MOST_AGENCIES
    assert len(set(wish.ids)) == len(wish.ids)
    assert len(wish.years) <= MOST_YEARS
    assert "\0" not in "".join((*wish.ids, wish.find))
