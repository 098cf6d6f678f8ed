"""Web archives (.mht, and .doc files that are one) to a document: the page they were saved from.

Source: RFC 2557 (MIME encapsulation of aggregate documents).
"""

from __future__ import annotations

import email
import re
from dataclasses import replace
from email.message import Message

from archive.models import Document, UnreadableDocument
from archive.readers.html import read_html
from archive.readers.limits import MAX_BYTES, refuse

NAME = "mhtml"

_MAX_PARTS = 2_000
_MAX_BOUNDARIES = 20_000
_BOUNDARY = re.compile(rb"^content-type:\s*multipart/", re.I | re.M)
_MAX_NESTING = 20
_PAGES = ("text/html", "application/xhtml+xml")


def read_mhtml(data: bytes, *, charset: str | None = None) -> Document:
    """Reads the root page of a web archive; its own part says the character set, `charset` serves where it does not.

    Raises UnreadableDocument where there is no page, or beyond the limits.
    """
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    if len(_BOUNDARY.findall(data)) > _MAX_NESTING:
        raise refuse(f"has more than {_MAX_NESTING} multipart bodies")
    if data.count(b"\n--") > _MAX_BOUNDARIES:
        raise refuse(f"has more than {_MAX_BOUNDARIES:,} lines that look like a boundary")
    try:
        message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n\t "))
        root = _root(message)
        payload = root.get_payload(decode=True) if root is not None else None
        stated = root.get_content_charset() if root is not None else None
    except (ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError) as fault:
        raise UnreadableDocument(f"a damaged web archive: {fault}") from fault
    if not isinstance(payload, bytes) or not payload.strip():
        raise UnreadableDocument("a web archive without a page")
    return replace(read_html(payload, charset=stated or charset), format=NAME)


def _root(message: Message) -> Message | None:
    """The part that is the page: the one that the archive names as its start, else the first one."""
    start = message.get_param("start")
    pages: list[Message] = []
    for count, part in enumerate(message.walk()):
        if count >= _MAX_PARTS:
            raise refuse(f"has more than {_MAX_PARTS:,} parts")
        if part.get_content_type() in _PAGES and not part.is_multipart():
            if isinstance(start, str) and str(part.get("Content-ID", "")).strip() == start.strip():
                return part
            pages.append(part)
    return pages[0] if pages else None
