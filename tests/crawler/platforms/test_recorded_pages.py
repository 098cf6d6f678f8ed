"""Recorded pages of each platform (made-up places), each with the whole expected reading beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from archive.models import Level, Portal, Role
from crawler.platforms import PLATFORMS, Context, Page, PageReading, detect, read

HERE = Path(__file__).parent
HOST = "http://www.qingshi.gov.cn"
CASES = sorted(HERE.glob("*/*.json"))
PORTAL = Portal("qingshi", "青石县人民政府", "990102", Level.COUNTY, f"{HOST}/")


def recorded(path: Path) -> tuple[dict[str, Any], Page]:
    case = json.loads(path.read_text("utf-8"))
    headers = {"Content-Type": case.get("content_type", "text/html")}
    return case, Page.of(case["url"], 200, headers, path.with_suffix(".html").read_bytes())


def reading_of(case: dict[str, Any], page: Page) -> PageReading:
    years = tuple(case["years"]) if "years" in case else None
    trail = tuple(case.get("trail", ()))
    context = Context(PORTAL, Role(case["role"]), lambda url: url.startswith(f"{HOST}/"), years=years, trail=trail)
    return read(page, context, case.get("named"))


@pytest.mark.parametrize("path", CASES, ids=[f"{path.parent.name}-{path.stem}" for path in CASES])
def test_the_reading_is_the_expected_one(path: Path) -> None:
    case, page = recorded(path)
    reading = reading_of(case, page)
    assert [[e.url, e.title, e.date, e.agency_hint] for e in reading.entries] == [
        [urljoin(HOST, url), *rest] for url, *rest in case["entries"]
    ]
    assert all(entry.listing_url == page.url for entry in reading.entries)
    assert {link.url for link in reading.follow if link.entry} >= {entry.url for entry in reading.entries}
    rows = {entry.url for entry in reading.entries}
    assert [[link.role.value, link.url] for link in reading.follow if link.url not in rows] == [
        [role, urljoin(HOST, url)] for role, url in case["steps"]
    ]
    assert {link.url: link.reason for link in reading.excluded} == {
        urljoin(HOST, url): reason for url, reason in case["excluded"].items()
    }
    assert [link.url for link in reading.next] == [urljoin(HOST, url) for url in case["next"]]
    assert reading.pages_owed == case.get("pages_owed")
    partial = reading.partial and {
        "owed": reading.partial.owed,
        "reached": reading.partial.reached,
        "unit": reading.partial.unit,
    }
    assert partial == case.get("partial")
    assert reading.refresh == (urljoin(HOST, case["refresh"]) if "refresh" in case else None)
    assert reading.facts["platform"] == case["platform"]
    for name, value in case.get("facts", {}).items():
        assert reading.facts[name] == value


@pytest.mark.parametrize("path", CASES, ids=[f"{path.parent.name}-{path.stem}" for path in CASES])
def test_the_platform_is_detected_and_reading_twice_gives_the_same(path: Path) -> None:
    case, page = recorded(path)
    if "named" not in case:
        assert detect(page).name == case["platform"]
    assert reading_of(case, page) == reading_of(case, recorded(path)[1])


def test_every_link_followed_says_why() -> None:
    for path in CASES:
        reading = reading_of(*recorded(path))
        assert all(link.why for link in (*reading.follow, *reading.next))


def test_the_registry_knows_its_platforms_by_name() -> None:
    assert {"trs", "generic"} <= set(PLATFORMS)
    assert all(platform.name == name for name, platform in PLATFORMS.items())
