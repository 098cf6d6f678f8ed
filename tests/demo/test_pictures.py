"""The report that a demo portal publishes as pictures: fetched with its page, and read as far as it can be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.holdings import CoverageStatus, Holdings, UnplacedKind
from archive.ledger import Ledger
from archive.models import Capture, Outcome, Role
from archive.readers import scan
from bench.demo_crawl import QUICK
from bench.nights import age, run_night
from demo.farm import Farm, build_farm
from demo.server import free_port

REPORT = "huaiyu-slj-2024"
ALL_DUE = (*QUICK, "-s", "GONGKAI_RECHECK_DAYS=0")


def status_of(holdings: Holdings) -> CoverageStatus:
    (row,) = [one for one in holdings.coverage if (one.agency_id, one.year) == ("huaiyu-slj", 2024)]
    return row.status


def pictures_of(data: Path) -> list[Capture]:
    with Ledger(data / "ledger.db", create=False) as ledger:
        return list(ledger.captures(roles=(Role.PICTURE,), repeats=True, outcomes=(Outcome.OK, Outcome.NOT_MODIFIED)))


@pytest.mark.skipif(scan.available(), reason="is about what happens without the extra `ocr`")
def test_without_the_extra_it_is_found_and_unreadable_and_says_why(tmp_path: Path) -> None:
    farm = build_farm(free_port(30))
    (drawn,) = farm.drawn
    assert drawn.report.id == REPORT
    first = run_night(1, farm, tmp_path, ("huaiyu",))
    pictures = pictures_of(tmp_path / "data")
    assert [picture.url.rpartition("_")[2] for picture in pictures] == ["1.png", "2.png", "3.png"]
    assert {picture.referrer for picture in pictures} == {drawn.urls[0]}
    assert {picture.title_hint for picture in pictures} == {drawn.report.title}
    _check(first.holdings, farm, "3 of 3 held")

    age(tmp_path / "data", 1.0)
    second = run_night(2, _with_another_page(farm), tmp_path, ("huaiyu",), ALL_DUE)
    seen = pictures_of(tmp_path / "data")
    assert len({picture.sha256 for picture in seen}) == 4, "the page that changed is held beside the one before"
    assert len(seen) == 6
    _check(second.holdings, farm, "3 of 3 held")
    with Ledger(tmp_path / "data" / "ledger.db", create=False) as ledger:
        parsed = [one for one in ledger.parses(second.holdings.parser_version) if one.capture.url == drawn.urls[0]]
    assert [one.status for one in parsed] == ["unreadable", "unreadable"], "each state of the page is read"


def test_a_picture_that_is_gone_is_counted_and_the_night_is_told(tmp_path: Path) -> None:
    farm = build_farm(free_port(30))
    site = farm.site("huaiyu")
    del site.pages[next(path for path in site.pages if path.endswith("_2.png"))]
    night = run_night(1, farm, tmp_path, ("huaiyu",))
    if not scan.available():
        _check(night.holdings, farm, "2 of 3 held")
    with Ledger(tmp_path / "data" / "ledger.db", create=False) as ledger:
        (lost,) = [
            url for url in ledger.urls(portal="huaiyu") if url.role is Role.PICTURE and url.outcome is not Outcome.OK
        ]
        assert (lost.outcome, lost.reason) == (Outcome.NOT_FOUND, "http_404")
    assert night.exit_code == 3


def _with_another_page(farm: Farm) -> Farm:
    """The farm with one picture replaced by another one."""
    pages = farm.site("huaiyu").pages
    first, second = (next(path for path in pages if path.endswith(f"_{number}.png")) for number in (1, 2))
    pages[second] = replace(pages[second], body=pages[first].body + b"\0")
    return farm


def _check(holdings: Holdings, farm: Farm, held: str) -> None:
    assert status_of(holdings) is CoverageStatus.UNREADABLE
    assert {report.id for report in holdings.reports} == {r.id for r in farm.reports if r.agency.portal == "huaiyu"}
    (unread,) = holdings.unplaced
    assert (unread.kind, unread.capture.url) == (UnplacedKind.UNREADABLE, farm.drawn[0].urls[0])
    assert held in unread.reason
    assert "make ocr" in unread.reason
    assert not [capture for capture in holdings.captures if capture.role is Role.PICTURE]
