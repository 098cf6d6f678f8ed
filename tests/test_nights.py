"""Four nights on a farm that changes: what is new, corrected, gone and merely restless is each told for what it is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bench.nights import Night, age, four_nights, run_night
from demo.bulk import COLUMN, build_bulk
from demo.farm import build_farm
from demo.portals.qinghe import LATECOMER
from demo.portals.songlan import VANISHED
from demo.server import free_port

PORTALS = ("qinghe", "linxi", "songlan")
CORRECTED = {"qinghe-szf-2024", "linxi-zrj-2024"}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[Night]:
    folder, port = tmp_path_factory.mktemp("nights"), free_port(30)
    nights = four_nights(folder, PORTALS, port=port)
    age(folder / "data", 1.0)
    return [*nights, run_night(5, build_farm(port), folder, ("songlan",))]


def test_each_change_is_told_once_and_for_what_it_is(nights: list[Night]) -> None:
    first, second, third, fourth, _ = nights
    assert second.changes(first.holdings) == {
        "new": {"-".join(map(str, LATECOMER))},
        "corrected": set(),
        "vanished": set(),
        "returned": set(),
    }
    told = third.changes(second.holdings)
    assert told == {"new": set(), "corrected": CORRECTED, "vanished": set(), "returned": set()}
    told = fourth.changes(third.holdings)
    assert told == {"new": set(), "corrected": set(), "vanished": {VANISHED}, "returned": set()}


def test_a_counter_that_moved_makes_no_version(nights: list[Night]) -> None:
    third = nights[2]
    assert third.rewritten > 2 * len(CORRECTED), "most pages came with other bytes"
    assert {report.id for report in third.holdings.reports if len(report.versions) > 1} == CORRECTED


def test_a_night_asks_for_lists_and_only_for_changes_of_what_it_knows(nights: list[Night]) -> None:
    first, second, third, fourth, _ = nights
    assert second.requests <= second.lists + 2
    assert second.conditional == 0
    assert third.conditional > 0.9 * (third.requests - third.lists), "all but redirects"
    assert third.repeats == third.not_modified
    assert fourth.requests < first.requests / 2


def test_the_vanished_report_is_kept_with_its_dates(nights: list[Night]) -> None:
    (gone,) = [report for report in nights[3].holdings.reports if report.vanished_on]
    assert gone.id == VANISHED
    assert gone.vanished_on is not None
    assert gone.last_seen[:10] < gone.vanished_on


def test_it_may_return(nights: list[Night]) -> None:
    assert nights[4].changes(nights[3].holdings)["returned"] == {VANISHED}
    assert not [report for report in nights[4].holdings.reports if report.vanished_on]


def test_a_row_put_in_with_an_old_date_is_found_on_the_last_page_of_a_list(tmp_path: Path) -> None:
    farm = build_bulk(1, 45, free_port())
    pages = farm.sites[0].pages
    whole = pages[f"{COLUMN}index_2.html"]
    last = farm.publications[-1].urls[0].rpartition("/")[2]
    (row,) = re.findall(rf"<li>(?:(?!<li>).)*{re.escape(last)}(?:(?!<li>).)*</li>", whole.body.decode(), re.DOTALL)
    pages[f"{COLUMN}index_2.html"] = replace(whole, body=whole.body.replace(row.encode(), b""))
    first = run_night(1, farm, tmp_path)
    assert len(first.holdings.reports) == 44
    age(tmp_path / "data", 1.0)
    pages[f"{COLUMN}index_2.html"] = whole
    second = run_night(2, farm, tmp_path)
    assert len(second.changes(first.holdings)["new"]) == 1
    assert second.requests == 3 + 1
