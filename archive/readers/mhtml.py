"""Web archives (.mht, and .doc files that are one) and mails (.eml) to a document: the page, and the files beside it.

Sources: RFC 2557 (MIME encapsulation of aggregate documents), RFC 5322 and RFC 2183 (mails and their attachments).
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterable
from dataclasses import replace
from email.message import Message

from archive.models import Document, UnreadableDocument
from archive.readers.html.reader import read_html
from archive.readers.limits import MAX_BYTES, refuse
from archive.readers.sniff import sniff
from archive.readers.text import read_text

NAME = "mhtml"

_MAX_PARTS = 2_000
_MAX_BOUNDARIES = 20_000
_MAX_FILES = 10
_BOUNDARY = re.compile(rb"^content-type:\s*multipart/", re.I | re.M)
_MAX_NESTING = 20
_PAGES = ("text/html", "application/xhtml+xml")
# What a report comes in; pictures and style sheets belong to the page.
_FILES = frozenset({"doc", "docx", "ofd", "odt", "ods", "pdf", "rtf", "xls", "xlsb", "xlsx"})


def read_mhtml(data: bytes, *, charset: str | None = None) -> Document:
    """Reads the page of a web archive or a mail; its own part says the character set, else `charset` serves.

    Documents attached to it are the document's `embedded` files. Raises UnreadableDocument where there is neither page
    nor attached document, or beyond the limits.
    """
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    if len(_BOUNDARY.findall(data)) > _MAX_NESTING:
        raise refuse(f"has more than {_MAX_NESTING} multipart bodies")
    if data.count(b"\n--") > _MAX_BOUNDARIES:
        raise refuse(f"has more than {_MAX_BOUNDARIES:,} lines that look like a boundary")
    try:
        message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n\t "))
        parts = _parts(message)
        root = _root(message, parts)
        payload = root.get_payload(decode=True) if root is not None else None
        stated = root.get_content_charset() if root is not None else None
        files = tuple(_files(part for part in parts if part is not root))
    except (ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError) as fault:
        raise UnreadableDocument(f"a damaged web archive: {fault}") from fault
    warnings = (f"more than {_MAX_FILES} documents attached: not all were read",) if len(files) > _MAX_FILES else ()
    if not isinstance(payload, bytes) or not payload.strip():
        if not files:
            raise UnreadableDocument("a web archive without a page")
        return Document(None, (), format=NAME, warnings=warnings, embedded=files[:_MAX_FILES])
    is_page = root is not None and root.get_content_type() in _PAGES
    page = read_html(payload, charset=stated or charset) if is_page else read_text(payload, charset=stated or charset)
    embedded = (*page.embedded, *files[:_MAX_FILES])
    return replace(page, format=NAME, warnings=(*page.warnings, *warnings), embedded=embedded)


def _parts(message: Message) -> list[Message]:
    """The parts that are not made of parts."""
    parts: list[Message] = []
    for count, part in enumerate(message.walk()):
        if count >= _MAX_PARTS:
            raise refuse(f"has more than {_MAX_PARTS:,} parts")
        if not part.is_multipart():
            parts.append(part)
    return parts


def _root(message: Message, parts: Iterable[Message]) -> Message | None:
    """The part that is the page: the one that the archive names as its start, else the first page, else plain text."""
    start = message.get_param("start")
    pages = [part for part in parts if part.get_content_type() in _PAGES]
    for part in pages:
        if isinstance(start, str) and str(part.get("Content-ID", "")).strip() == start.strip():
            return part
    plain = (p for p in parts if p.get_content_type() == "text/plain" and p.get_content_disposition() != "attachment")
    return pages[0] if pages else next(plain, None)


def _files(parts: Iterable[Message]) -> Iterable[bytes]:
    """The documents among the parts of a mail, known by their bytes."""
    for part in parts:
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and sniff(content) in _FILES:
            yield content
