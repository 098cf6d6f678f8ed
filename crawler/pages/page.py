"""Pure helpers on one fetched page: text, tree, links, meta tags, refresh. Nothing here knows what a report is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.message import Message
from functools import cached_property

from archive.charset import Decoded, decode_bytes

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_HEAD_BYTES = 4096


@dataclass(frozen=True)
class Page:
    """One answer as a platform sees it.

    `url` is the final URL, `headers` every header in order with names as sent, `body` the bytes after content-decoding,
    `media_type` in lower case without parameters, `charset` the one of the HTTP header or None. Text and tree are made
    once, when first asked for.
    """

    url: str
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = ""
    charset: str | None = None

    @classmethod
    def of(cls, url: str, status: int, headers: Mapping[str, str] | Iterable[tuple[str, str]], body: bytes) -> Page:
        """Builds a page from raw headers: media type and charset are read from Content-Type."""
        pairs = tuple(headers.items()) if isinstance(headers, Mapping) else tuple(headers)
        kind = next((value for name, value in pairs if name.lower() == "content-type"), "")
        message = Message()
        message["Content-Type"] = re.sub(r"[\r\n]+", " ", kind)
        media_type = message.get_content_type() if kind.strip() else ""
        charset = message.get_param("charset")
        return cls(url, status, body, pairs, media_type, charset if isinstance(charset, str) else None)

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @cached_property
    def declared_charset(self) -> str | None:
        """The charset of the HTTP header, or that of the page's own meta tag."""
        if self.charset:
            return self.charset
        match = _META_CHARSET.search(self.body[:_HEAD_BYTES])
        return match.group(1).decode("ascii") if match else None

    @cached_property
    def decoded(self) -> Decoded:
        """The text with the character set used and what was wrong with it."""
        return decode_bytes(self.body, self.declared_charset)

    @property
    def text(self) -> str:
        """The text of the body."""
        return self.decoded.text
