"""How each CMS shows itself in one fetched page: `fingerprints.yaml`, compiled and applied in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from crawler.pages import Page, resolve

_FILE = Path(__file__).with_name("fingerprints.yaml")
_LINKS_NEEDED = 2  # one stray link to another system's article is no evidence
_BODY_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The signs of one CMS: patterns in the page's path, in its markup, and in the URLs of at least two links."""

    name: str
    path: tuple[re.Pattern[str], ...]
    body: tuple[re.Pattern[str], ...]
    links: tuple[re.Pattern[str], ...]


@cache
def fingerprints() -> tuple[Fingerprint, ...]:
    """Every known CMS in the order of the tests; KeyError, re.error or yaml.YAMLError where the file is broken."""
    return tuple(
        Fingerprint(
            entry["name"],
            tuple(re.compile(pattern) for pattern in entry.get("path", ())),
            tuple(re.compile(pattern) for pattern in entry.get("body", ())),
            tuple(re.compile(pattern) for pattern in entry.get("links", ())),
        )
        for entry in yaml.safe_load(_FILE.read_text("utf-8"))
    )


def evidence_of(page: Page, name: str) -> str | None:
    """The evidence that a page was made by one CMS, whatever others it looks like, or None."""
    return next((_evidence(page, sign) for sign in fingerprints() if sign.name == name), None)


def matches(page: Page) -> Iterator[tuple[str, str]]:
    """Each CMS that a page looks like with the evidence, in the order of the tests."""
    for sign in fingerprints():
        if found := _evidence(page, sign):
            yield sign.name, found


def _evidence(page: Page, sign: Fingerprint) -> str | None:
    parts = urlsplit(page.url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    for pattern in sign.path:
        if match := pattern.search(path):
            return f"path {match[0]}"
    text = page.text[:_BODY_CHARACTERS]
    for pattern in sign.body:
        if match := pattern.search(text):
            return f"markup {match[0][:60]}"
    for pattern in sign.links:
        found = {
            url
            for element in page.tree.iter("a")
            if (url := resolve(page.base, element.get("href"))) and pattern.search(url)
        }
        if len(found) >= _LINKS_NEEDED:
            return f"{len(found)} links like {sorted(found)[0]}"
    return None
