"""The registry that the farm writes is one that the archive loads."""

from __future__ import annotations

from pathlib import Path

from archive.registry import load_registry
from crawler.platforms import PLATFORMS
from demo.farm import PORTALS, build_farm, read_places

DEMO = Path(__file__).parents[2] / "demo"


def test_the_registry_of_the_farm_loads_with_names_for_its_codes() -> None:
    registry = load_registry(DEMO / "portals.csv", DEMO / "agencies.csv")
    farm = build_farm()
    assert [*registry.agencies] == [agency.id for agency in farm.agencies]
    for agency in farm.agencies:
        found = registry.find_agency(agency.division, agency.name)
        assert found is not None
        assert found.id == agency.id
        assert registry.division_name(agency.division) == agency.place
    assert registry.portal("linxi").annual_report_url is None
    assert registry.divisions.path("990121") == "青禾市临溪县"


def test_what_is_true_of_a_portal_is_what_the_registry_says_where_it_says_something() -> None:
    places, farm = read_places(), build_farm()
    for played in PORTALS:
        true, site = places[played.id], farm.site(played.id)
        assert true["system"] in PLATFORMS
        assert played.column in ("", true["column"])
        assert true["column"] in site.pages or site.elsewhere is not None
