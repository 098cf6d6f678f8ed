"""The index of a WACZ: one line a capture, sorted by the key under which replay tools look an address up.

Format: https://specs.webrecorder.net/cdxj/0.1.0/. The key is a "sort-friendly URI", host reversed: `cn,gov,yunxi)/a`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_WWW = re.compile(r"^www\d*\.")
_SAFE = "".join(map(chr, range(0x21, 0x7F))).translate({ord("%"): None, ord("#"): None})


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One line of the index: `at` is 14 digits (UTC), `digest` as in the WARC record, `filename` within `archive/`."""

    url: str
    at: str
    mime: str
    status: int
    digest: str
    length: int
    offset: int
    filename: str

    def line(self) -> str:
        """The line of the index, without its end."""
        fields = {
            "url": self.url,
            "mime": self.mime,
            "status": str(self.status),
            "digest": self.digest,
            "length": str(self.length),
            "offset": str(self.offset),
            "filename": self.filename,
        }
        return f"{url_key(self.url)} {self.at} {json.dumps(fields, ensure_ascii=True)}"


def index_lines(entries: Iterable[IndexEntry]) -> list[str]:
    """The lines of an index in the order in which tools search it: that of their bytes."""
    return sorted(entry.line() for entry in entries)


def url_key(url: str) -> str:
    """The key of an address: scheme, `www.`, default port and fragment dropped, case folded, arguments sorted.

    Raises ValueError for an address without a host.
    """
    parts = urlsplit(url)
    host = _WWW.sub("", (parts.hostname or "").rstrip("."))
    if not host:
        raise ValueError(f"{url!r} names no host")
    key = ",".join(reversed(host.split(".")))
    if parts.port and parts.port != _DEFAULT_PORTS.get(parts.scheme):
        key += f":{parts.port}"
    path = _path(parts.path)
    arguments = "&".join(sorted(part for part in _folded(parts.query).split("&"))) if parts.query else ""
    return f"{key}){path}" + (f"?{arguments}" if arguments else "")


def _path(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + _folded("/".join(kept))


def _folded(text: str) -> str:
    """Percent-encoding undone and done again in one way, all in lower case."""
    return quote(unquote_to_bytes(text), safe=_SAFE).lower()
