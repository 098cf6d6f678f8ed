"""HTML to a document: decode, reduce to structure, build the tree, walk it, find the main text."""

from __future__ import annotations

import re

from bs4 import Tag

from archive.charset import REPLACEMENT, Decoded, decode_bytes
from archive.models import Document
from archive.readers.html.blocks import chinese, walk
from archive.readers.html.clean import clean
from archive.readers.html.embedded import embedded_files
from archive.readers.html.main import main_range
from archive.readers.html.scripted import with_scripted_body
from archive.readers.html.tree import build_tree
from archive.readers.limits import MAX_BYTES, refuse

NAME = "html"

_HEAD = 4096
_META_CHARSET = re.compile(rb"<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.I)
_DAMAGED_SHARE = 0.001
_HIDDEN_SHARE = 0.5


def read_html(data: bytes, *, charset: str | None = None) -> Document:
    """Reads an HTML page; `charset` is the character set that the server claimed.

    Raises UnreadableDocument for a page beyond the limits.
    """
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    decoded = decode_bytes(data, charset or _stated_charset(data))
    cleaned = clean(decoded.text)
    tree, warnings = build_tree(cleaned.markup, cleaned.text)
    shown = _wrongly_hidden(tree) if cleaned.hidden else frozenset()
    if shown:
        warnings.append("the main text stands in an element that is not shown before a script runs")
    walked = walk(tree, shown)
    embedded, not_taken = embedded_files(decoded.text)
    first, last = main_range(walked.blocks, walked.weights, walked.containers)
    page = Document(
        title=cleaned.title,
        blocks=tuple(walked.blocks[first:last]),
        metadata=cleaned.metadata,
        format=NAME,
        encoding=decoded.encoding,
        declared_encoding=decoded.declared,
        warnings=(*_decoding_warnings(decoded), *cleaned.warnings, *warnings, *walked.warnings, *not_taken),
        links=cleaned.links,
        outside=(*walked.blocks[:first], *walked.blocks[last:], *walked.hidden),
        before=first,
        embedded=embedded,
        pictures=tuple(at - first for at in walked.pictures if first <= at <= last),
    )
    return with_scripted_body(page, decoded.text, read_html)


def _stated_charset(data: bytes) -> str | None:
    found = _META_CHARSET.search(data[:_HEAD])
    return found[1].decode("ascii") if found else None


def _decoding_warnings(decoded: Decoded) -> list[str]:
    warnings = [decoded.problem] if decoded.problem else []
    lost = decoded.text.count(REPLACEMENT)
    if lost > _DAMAGED_SHARE * len(decoded.text):
        warnings.append(f"{lost / len(decoded.text):.1%} of the characters are damaged")
    return warnings


def _wrongly_hidden(tree: Tag) -> frozenset[int]:
    """Hidden elements that hold most of the page's text: tabs that a script shows, not templates."""
    hidden = tree.find_all(lambda element: "hidden" in element.attrs)
    if not hidden:
        return frozenset()
    total = chinese(tree.get_text())
    return frozenset(id(element) for element in hidden if chinese(element.get_text()) > _HIDDEN_SHARE * total)
