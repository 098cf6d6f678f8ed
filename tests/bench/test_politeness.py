"""The judge of manners: a crawl that keeps all of them passes, a log in which one is not kept does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.demo_crawl import Crawled, crawl
from bench.politeness import BAIT, CLOSED, LATENCY, LOCAL, Manners, by_site, manners, report, with_bait
from demo.farm import OUTSIDE, Farm, build_farm
from demo.server import Record, free_port

DELAY = 0.1


@pytest.fixture(scope="module")
def farm() -> Farm:
    return with_bait(build_farm(free_port(30)))


@pytest.fixture(scope="module")
def crawled(farm: Farm, tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    settings = ("-s", f"DOWNLOAD_DELAY={DELAY}", "-s", "GONGKAI_RETRY_DELAY=0.05", "-s", "GONGKAI_HOST_PAGES=14")
    return crawl(farm, tmp_path_factory.mktemp("manners"), (BAIT, "xingwu", "weitang"), settings, delay=LATENCY)


def test_a_crawl_among_bait_keeps_its_manners(crawled: Crawled, farm: Farm, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(crawled, farm, DELAY) == []
    said = capsys.readouterr().out
    assert "private_address" in said
    assert "answers with Retry-After: 0" not in said


@pytest.mark.parametrize(
    ("site", "changes", "fault"),
    [
        (BAIT, {"in_flight": 2}, "bait: 2 requests at once"),
        (BAIT, {"path": CLOSED + "t.html"}, "closed by robots.txt"),
        ("xingwu", {"path": "/"}, "closed by robots.txt"),
        (OUTSIDE, {}, "a request to 127.0.0.19"),
        (LOCAL, {}, "a request to 127.0.0.1"),
        (BAIT, {"user_agent": "Mozilla/5.0"}, "user agents"),
    ],
)
def test_one_request_that_breaks_a_rule_is_found(
    crawled: Crawled, farm: Farm, site: str, changes: dict[str, object], fault: str
) -> None:
    last = max(record.time for record in crawled.records)
    host = farm.site(site).host
    bad = Record(last + 60, site, host, "GET", "/zwgk/", 200, 0.1, 1, "Gongkai/0.1")
    records = (*crawled.records, replace(bad, **changes))  # type: ignore[arg-type]
    faults = report(replace(crawled, records=records), farm, DELAY)
    assert len(faults) == 1
    assert fault in faults[0]


def test_a_request_that_comes_too_soon_is_found(crawled: Crawled, farm: Farm) -> None:
    log = by_site(crawled.records)["weitang"]
    waited = next(number for number, record in enumerate(log) if record.retry_after)
    hasty = [
        replace(record, time=record.time - 0.95) if number > waited else record for number, record in enumerate(log)
    ]
    others = [record for record in crawled.records if record.site != "weitang"]
    faults = report(replace(crawled, records=(*others, *hasty)), farm, DELAY)
    assert any("s were asked for" in fault for fault in faults)
    assert manners(farm, {"weitang": [replace(log[0], time=0.0), replace(log[1], time=0.05)]}, DELAY) == [
        Manners("weitang", 2, 1, 0.05, DELAY)
    ]
