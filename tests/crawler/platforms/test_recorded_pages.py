"""Recorded pages of each platform (made-up places), each with the whole expected reading beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from archive.models import Level, Portal, Role
from crawler.platforms import PLATFORMS, Context, FollowLink, Page, PageReading, detect, read

HERE = Path(__file__).parent
HOST = "http://www.qingshi.gov.cn"
CASES = sorted(HERE.glob("*/*.json"))
PORTAL = Portal("qingshi", "青石县人民政府", "990102", Level.COUNTY, f"{HOST}/")


def recorded(path: Path) -> tuple[dict[str, Any], Page]:
    case = json.loads(path.read_text("utf-8"))
    headers = {"Content-Type": case.get("content_type", "text/html")}
    (answer,) = (file for file in path.parent.glob(path.stem + ".*") if file != path)
    return case, Page.of(case["url"], 200, headers, answer.read_bytes())


def asked(link: FollowLink) -> str | list[str]:
    """A request as the cases write it: its URL, and the body where it is a POST."""
    return link.url if link.method == "GET" else [link.url, link.body.decode()]


def told(request: str | list[str]) -> str | list[str]:
    """The same with the URL made absolute."""
    return urljoin(HOST, request) if isinstance(request, str) else [urljoin(HOST, request[0]), *request[1:]]


def reading_of(case: dict[str, Any], page: Page) -> PageReading:
    years = tuple(case["years"]) if "years" in case else None
    trail = tuple(case.get("trail", ()))
    context = Context(
        PORTAL,
        Role(case["role"]),
        lambda url: url.startswith(f"{HOST}/"),
        depth=case.get("depth", 0),
        years=years,
        trail=trail,
        method="POST" if "body" in case else "GET",
        body=case.get("body", "").encode(),
        referrer=urljoin(HOST, case["referrer"]) if "referrer" in case else "",
        headers=(("Referer", urljoin(HOST, case["referer"])),) if "referer" in case else (),
    )
    return read(page, context, case.get("named"))


@pytest.mark.parametrize("path", CASES, ids=[f"{path.parent.name}-{path.stem}" for path in CASES])
def test_the_reading_is_the_expected_one(path: Path) -> None:
    case, page = recorded(path)
    assert case.get("reviewed", True), f'{path.name} was not reviewed: read it against its page, then set "reviewed"'
    reading = reading_of(case, page)
    assert [[e.url, e.title, e.date, e.agency_hint] for e in reading.entries] == [
        [urljoin(HOST, url), *rest] for url, *rest in case["entries"]
    ]
    listing = urljoin(HOST, case["referer"]) if "referer" in case else page.url  # markup of a service is of its column
    assert all(entry.listing_url in {listing, page.url} for entry in reading.entries)
    assert {link.url for link in reading.follow if link.entry} >= {entry.url for entry in reading.entries}
    rows = {entry.url for entry in reading.entries}
    assert [[link.role.value, asked(link)] for link in reading.follow if link.url not in rows] == [
        [role, told(request)] for role, request in case["steps"]
    ]
    assert {link.url: link.reason for link in reading.excluded} == {
        urljoin(HOST, url): reason for url, reason in case["excluded"].items()
    }
    assert [asked(link) for link in reading.next] == [told(request) for request in case["next"]]
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
