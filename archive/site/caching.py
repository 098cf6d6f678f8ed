"""Caching by generation: within one, an address and a language always give the same answer.

Every good answer carries one ETag made of the generation, the version of the site and the language. A reader who sends
it back gets 304 before anything is worked out (RFC 9110 §13.1.2); after a swap the tag is another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import MutableMapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

MAX_AGE = 60
"""Seconds that a browser or a proxy may answer without asking: how long an old generation may be seen after a swap."""


@cache
def site_version() -> str:
    """Changes with any template, text, style or module of the site."""
    digest = hashlib.sha256()
    for name, content in sorted(_files(resources.files("archive.site"))):
        digest.update(name.encode() + b"\0" + content)
    return digest.hexdigest()[:10]


def _files(directory: Traversable) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in directory.iterdir():
        if entry.is_dir():
            found += [(f"{entry.name}/{name}", content) for name, content in _files(entry)]
        elif entry.name.endswith((".py", ".html", ".yaml", ".css")):
            found.append((entry.name, entry.read_bytes()))
    return found


class Validators:
    """The ETags of one generation as served with certain settings; none before `generation` is known."""

    def __init__(self, settings: str) -> None:
        self.settings = hashlib.sha256(settings.encode()).hexdigest()[:6]
        self.generation: str | None = None

    def tag(self, language: str) -> bytes | None:
        """The ETag of every answer in this language."""
        if self.generation is None:
            return None
        return f'W/"{self.generation}-{site_version()}-{self.settings}-{language}"'.encode()

    def headers(self, language: str) -> tuple[tuple[bytes, bytes], ...]:
        """The caching headers of a good answer."""
        tag = self.tag(language)
        return () if tag is None else ((b"etag", tag), (b"cache-control", f"public, max-age={MAX_AGE}".encode()))

    def known_to(self, scope: MutableMapping[str, Any], language: str) -> bool:
        """Whether the reader says it has the answer of this generation (a bare `*` is no such word)."""
        tag = self.tag(language)
        if tag is None or scope["method"] not in ("GET", "HEAD"):
            return False
        asked = b",".join(value for name, value in scope.get("headers", ()) if name == b"if-none-match")
        return tag.removeprefix(b"W/") in {one.strip().removeprefix(b"W/") for one in asked.split(b",")}
