"""How each CMS shows itself in one fetched page: `fingerprints.yaml`, compiled and applied in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
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
            tuple(re.compile(pattern, re.IGNORECASE) for pattern in entry.get("body", ())),
            tuple(re.compile(pattern) for pattern in entry.get("links", ())),
        )
        for entry in yaml.safe_load(_FILE.read_text("utf-8"))
    )


def matches(page: Page) -> Iterator[tuple[str, str]]:
    """Each CMS that a page looks like with the evidence, in the order of the tests."""
    seen = _Seen(page)
    for sign in fingerprints():
        if found := _evidence(seen, sign):
            yield sign.name, found


class _Seen:
    """What fingerprints are looked for in, made once a page."""

    def __init__(self, page: Page) -> None:
        parts = urlsplit(page.url)
        self.path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.text = page.text[:_BODY_CHARACTERS]
        self._page = page

    @cached_property
    def links(self) -> frozenset[str]:
        """Every URL that the page links to."""
        found = (resolve(self._page.base, element.get("href")) for element in self._page.tree.iter("a"))
        return frozenset(url for url in found if url)


def _evidence(seen: _Seen, sign: Fingerprint) -> str | None:
    for pattern in sign.path:
        if match := pattern.search(seen.path):
            return f"path {match[0]}"
    for pattern in sign.body:
        if match := pattern.search(seen.text):
            return f"markup {match[0][:60]}"
    for pattern in sign.links:
        found = {url for url in seen.links if pattern.search(url)}
        if len(found) >= _LINKS_NEEDED:
            return f"{len(found)} links like {sorted(found)[0]}"
    return None
