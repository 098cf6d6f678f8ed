"""Which agency and year a document belongs to, and what becomes of one that says neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.holdings import Holdings, UnplacedKind, assemble
from archive.holdings.agencies import AgencyFinder, clean_name, minted_id
from archive.holdings.build import Parsed
from archive.holdings.facts import facts_of
from archive.models import Level
from archive.registry import Registry
from tests.holdings.evidence import body, evidence, parsed, registry

AT = "2022-02-01T01:00:00Z"


@pytest.fixture
def small(tmp_path: Path) -> Registry:
    return registry(tmp_path)


@pytest.mark.parametrize(
    ("printed", "hint", "portal", "expected"),
    [
        ("滕州市科学技术局", None, "tz", "tz-kjj"),
        ("滕州市 科技局", None, "tz", "tz-kjj"),
        (None, "滕州市科技局", "tz", "tz-kjj"),
        ("科学技术局", "滕州市科学技术局", "zz", "tz-kjj"),
        ("滕州市科学技术局", None, "zz", "tz-kjj"),
        ("枣庄市滕州市科学技术局", None, "zz", "tz-kjj"),
        ("山东省枣庄市滕州市科学技术局", None, "zz", "tz-kjj"),
        ("山东省滕州市科学技术局", None, "tz", "tz-kjj"),
        ("滕州市水务局", None, "tz", minted_id("370481", "滕州市水务局")),
        ("滕州市水务局", None, "zz", minted_id("370481", "滕州市水务局")),
        ("枣庄市水务局", None, "zz", minted_id("370400", "枣庄市水务局")),
        ("水务局", None, "tz", minted_id("370481", "水务局")),
        ("滕州市林业局", None, "tz", "tz-lyj"),
        (None, None, "solo", "solo"),
        ("某局", None, None, minted_id("", "某局")),
    ],
)
def test_who_is_meant(
    small: Registry, printed: str | None, hint: str | None, portal: str | None, expected: str
) -> None:
    found = AgencyFinder(small).find(printed, hint, portal, 2021)
    assert found is not None
    assert found.agency.id == expected


@pytest.mark.parametrize(
    ("name", "year", "division"),
    [
        ("沾化县水务局", 2013, "371624"),
        ("沾化县水务局", 2014, "371624"),  # the year of the change
        ("沾化县水务局", 2016, "371600"),  # no such county any more: the city's, as far as anybody can tell
        ("沾化县水务局", None, "371600"),
        ("沾化区水务局", 2013, "371603"),  # reprinted later under the new name
        ("沾化区水务局", 2016, "371603"),
    ],
)
def test_a_division_is_that_of_the_year(tmp_path: Path, name: str, year: int | None, division: str) -> None:
    base = registry(tmp_path)
    portal = replace(base.portals["tz"], id="bz", name="滨州市人民政府", division="371600", level=Level.PREFECTURE)
    found = AgencyFinder(replace(base, portals={**base.portals, "bz": portal})).find(name, None, "bz", year)
    assert found is not None
    assert (found.agency.division, found.agency.id) == (division, minted_id(division, name))


def test_an_id_is_the_same_on_any_machine() -> None:
    assert minted_id("370481", "滕州市水务局") == "u-147e07ab83"


@pytest.mark.parametrize(("name", "level"), [("滕州市大坞镇人民政府", Level.TOWNSHIP), ("滕州市水务局", Level.COUNTY)])
def test_the_tier_of_an_agency_that_is_not_registered(small: Registry, name: str, level: Level) -> None:
    found = AgencyFinder(small).find(name, None, "zz", 2021)
    assert found is not None
    assert (found.agency.level, found.agency.province, found.agency.registered) == (level, "山东省", False)


def test_names_are_compared_without_blanks_and_widths() -> None:
    assert clean_name(" 滕州市\u3000科技局(筹)\u200b") == "滕州市科技局（筹）"
    assert clean_name(None) == ""


def test_a_name_that_contradicts_the_listing_is_believed_with_a_warning(small: Registry) -> None:
    found = AgencyFinder(small).find("滕州市科技局", "滕州市教育局", "tz", 2021)
    assert found is not None
    assert found.agency.id == "tz-kjj"
    assert found.warnings == ("agency: the report names '滕州市科技局', the listing '滕州市教育局'",)


def place(small: Registry, *parses: Parsed) -> Holdings:
    return assemble(evidence(parses), small)


def test_no_year_and_no_agency_are_kept_and_shown(small: Registry) -> None:
    held = place(
        small,
        parsed("http://tz.example/1", AT, body(year=None)),
        parsed("http://tz.example/2", AT, body(agency=None)),
        parsed("http://tz.example/3", AT, "a picture only", title_hint="滕州市林业局2021年政府信息公开年度报告"),
    )
    assert held.reports == ()
    assert [(item.capture.url[-1], item.kind, item.year) for item in held.unplaced] == [
        ("1", UnplacedKind.NO_YEAR, None),
        ("2", UnplacedKind.NO_AGENCY, 2021),
        ("3", UnplacedKind.UNREADABLE, None),
    ]
    assert held.unplaced[0].agency_printed == "滕州市科学技术局"
    assert len(held.captures) == 3


def damaged(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The JSON of a report with something done to it."""
    content = body()
    change(content)
    return content


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (damaged(lambda c: c["statistics"].pop()), "1 cells of the form of era C are left out, such as"),
        (damaged(lambda c: c["statistics"].append(c["statistics"][0])), "the cell rules_issued occurs twice"),
        (damaged(lambda c: c["statistics"][5].update(value=7)), "is missing and has the value 7"),
        (damaged(lambda c: c.update(era="Z")), "what the parser made of it cannot be read: "),
        (damaged(lambda c: c.pop("sections")), "what the parser made of it cannot be read: "),
        (damaged(lambda c: c.update(statistics=None)), "what the parser made of it cannot be read: "),
        (damaged(lambda c: c["statistics"][0].update(state="guessed")), "what the parser made of it cannot be read: "),
    ],
)
def test_an_unsound_report_is_left_out_by_name_and_stops_no_other(
    small: Registry, content: dict[str, Any], why: str
) -> None:
    hint = "滕州市人民政府2021年政府信息公开年度报告"
    held = place(
        small,
        parsed("http://tz.example/1", AT, content, title_hint=hint),
        parsed("http://tz.example/2", AT, body()),
    )
    assert [report.url for report in held.reports] == ["http://tz.example/2"]
    (left_out,) = held.unsound
    assert (left_out.kind, left_out.capture.url) == (UnplacedKind.UNSOUND, "http://tz.example/1")
    assert why in left_out.reason
    (row,) = [row for row in held.coverage if row.agency_id == "tz-gov" and row.year == 2021]
    assert row.status == "unreadable"
    assert row.reason is not None
    assert why in row.reason.text()


def test_a_result_cut_short_is_left_out_by_name(small: Registry) -> None:
    whole = parsed("http://tz.example/1", AT, body())
    assert whole.packed is not None
    held = place(small, replace(whole, facts=facts_of(whole.packed.text()[:-40])))
    assert held.reports == ()
    assert "what the parser made of it cannot be read: " in held.unsound[0].reason


def test_a_nameless_report_is_the_portals_own_only_where_nothing_speaks_against_it(small: Registry) -> None:
    nameless = parsed("http://solo.example/1", AT, body(agency=None), portal="solo")
    held = place(small, nameless)
    assert [report.id for report in held.reports] == ["solo-2021"]
    assert held.reports[0].warnings == (
        "agency: not named in the report; taken to be 山亭区档案馆, the only one of portal solo",
    )
    named = parsed("http://solo.example/2", AT, body(agency="山亭区档案馆", received="9"), portal="solo")
    held = place(small, nameless, named)
    assert [report.url for report in held.reports] == ["http://solo.example/2"]
    assert [item.kind for item in held.unplaced] == ["no_agency"]
    second = parsed("http://solo.example/3", AT, body(agency=None, received="9"), portal="solo")
    held = place(small, nameless, second)
    assert held.reports == ()
    assert len(held.unplaced) == 2


def test_agencies_are_those_of_the_registry_and_those_met(small: Registry) -> None:
    held = place(small, parsed("http://zz.example/1", AT, body(agency="滕州市水务局"), portal="zz"))
    assert [agency.id for agency in held.agencies if agency.registered] == ["solo", "tz-gov", "tz-kjj", "tz-lyj"]
    (met,) = [agency for agency in held.agencies if not agency.registered]
    assert (met.name, met.division, met.portal) == ("滕州市水务局", "370481", "zz")
    assert held.agencies_by_id()[met.id] is met


def test_a_document_met_twice_at_one_address_is_told_once(small: Registry) -> None:
    held = place(
        small,
        parsed("http://tz.example/1", AT, "nothing in it"),
        parsed("http://tz.example/1", "2022-03-01T01:00:00Z", "nothing in it"),
    )
    assert [item.capture.fetched_at for item in held.unplaced] == ["2022-03-01T01:00:00Z"], "as it was met last"
    assert [capture.fetched_at for capture in held.captures] == [AT], "the first capture of its bytes"
