"""A page as a fixture: its portal made a made-up one, and what is expected to be read from it, to be reviewed. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from archive.models import Level, Portal, Role
from crawler.discovery import agency_in_title
from crawler.pages import Page
from crawler.platforms.contract import Context, FollowLink, Platform

MADE_UP_HOST = "http://www.qingshi.gov.cn"
"""The portal that all recorded pages are of; it does not exist."""
PORTAL = Portal("qingshi", "青石县人民政府", "990102", Level.COUNTY, f"{MADE_UP_HOST}/")


@dataclass(frozen=True, slots=True)
class Recording:
    """One page that was recorded: the name of its files without suffix, the page on the made-up host, its case."""

    stem: str
    page: Page
    case: dict[str, Any]

    @property
    def bodies(self) -> tuple[str, ...]:
        """The public bodies that the titles of the list name."""
        names = (agency_in_title(entry[1]) for entry in self.case["entries"])
        return tuple(dict.fromkeys(name for name in names if name))


def moved(page: Page) -> Page:
    """The page as the made-up portal would serve it: its own host replaced, in its address and in its markup."""
    parts = urlsplit(page.url)
    own, new = parts.netloc.encode(), MADE_UP_HOST.encode()
    body = page.body
    for scheme in (b"https:", b"http:", b""):
        body = body.replace(scheme + b"//" + own, new)
    target = MADE_UP_HOST + (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return replace(page, url=target, body=body)


def context_of(page: Page) -> Context:
    """What a test knows of a recorded list besides the page."""
    return Context(PORTAL, Role.LISTING, lambda url: url.startswith(f"{MADE_UP_HOST}/"))


def record(stem: str, page: Page, platform: Platform, *, named: bool) -> Recording:
    """The recording of one page of a list; `named` says that the platform cannot be detected, only named."""
    reading = platform.read_listing(page, context_of(page))
    rows = {entry.url for entry in reading.entries}
    case: dict[str, Any] = {
        "reviewed": False,
        "url": page.url,
        "role": "listing",
        "platform": platform.name,
    }
    if named:
        case["named"] = platform.name
    if page.charset:
        case["content_type"] = f"{page.media_type}; charset={page.charset}"
    case |= {
        "entries": [[_short(entry.url), entry.title, entry.date, entry.agency_hint] for entry in reading.entries],
        "steps": [[link.role.value, _request(link)] for link in reading.follow if link.url not in rows],
        "excluded": {_short(link.url): link.reason for link in reading.excluded},
        "next": [_request(link) for link in reading.next],
    }
    if reading.pages_owed is not None:
        case["pages_owed"] = reading.pages_owed
    if (owes := reading.partial) is not None:
        case["partial"] = {"owed": owes.owed, "reached": owes.reached, "unit": owes.unit}
    if reading.refresh:
        case["refresh"] = _short(reading.refresh)
    return Recording(stem, page, case)


def render(case: dict[str, Any]) -> str:
    """The text of an expectation: one line for each row, so that it is reviewed line by line."""
    return "{\n" + ",\n".join(f"  {json.dumps(name)}: {_lines(value)}" for name, value in case.items()) + "\n}\n"


def _lines(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(f"    {_json(item)}" for item in value) + "\n  ]"
    if isinstance(value, dict) and value and not isinstance(next(iter(value.values())), int):
        return "{\n" + ",\n".join(f"    {_json(key)}: {_json(item)}" for key, item in value.items()) + "\n  }"
    return _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _short(url: str) -> str:
    return url.removeprefix(MADE_UP_HOST) if url.startswith(f"{MADE_UP_HOST}/") else url


def _request(link: FollowLink) -> str | Sequence[str]:
    return _short(link.url) if link.method == "GET" else [_short(link.url), link.body.decode()]
