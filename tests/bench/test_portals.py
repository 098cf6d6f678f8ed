"""The judge of what was found: a portal known by its home page scores in full, and each kind of fault is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.holdings import Holdings
from bench.demo_crawl import Crawled, crawl
from bench.portals import Score, home_only, judge, table
from demo.farm import Farm, build_farm
from demo.server import free_port

PORTAL = "qingfan"


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Farm, Crawled, Holdings]:
    farm = home_only(build_farm(free_port(30)))
    crawled = crawl(farm, tmp_path_factory.mktemp("portals"), (PORTAL,))
    return farm, crawled, crawled.read()


def score(farm: Farm, crawled: Crawled, holdings: Holdings) -> Score:
    return next(one for one in judge(farm, holdings, crawled.records) if one.portal == PORTAL)


def test_a_portal_is_found_in_full_from_its_home_page(looked: tuple[Farm, Crawled, Holdings]) -> None:
    one = score(*looked)
    assert one.existing == one.found == 4
    assert (one.wrong, one.faults) == (0, ())
    assert [*table([one])][2].startswith("| hebei | 1 | 4 / 4 | 0 | 4 | 4 | 4 | 4 | ")


def test_what_is_not_as_it_truly_is_is_told(looked: tuple[Farm, Crawled, Holdings]) -> None:
    farm, crawled, holdings = looked
    first, second, *rest = [each for each in farm.publications if each.portal == PORTAL]
    dated = replace(first, report=replace(first.report, published="2001-01-01", year=2001))
    lied = replace(farm, publications=(dated, replace(second, urls=("http://127.0.0.46/none.html",)), *rest))
    one = score(lied, crawled, holdings)
    assert (one.existing, one.found, one.wrong) == (4, 3, 1)
    assert (one.right["agency"], one.right["date"], one.right["year"]) == (3, 2, 2)
    assert [fault.split(" ")[0] for fault in one.faults] == [
        "not",
        f"{dated.report.id}:",
        f"{dated.report.id}:",
        "wrongly",
    ]
