"""What a reader makes of bytes: blocks in reading order, and the errors of those that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the document; `level` 1–6 where the source states one, 0 where only its style says so."""

    text: str
    level: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph (or list item, or line of converter text). Line breaks inside it are kept as newlines."""

    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One origin cell of a table, at zero-based grid `row` and `column`, spanning as the source says (clamped)."""

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    place: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with spans resolved: origin cells only, row by row, left to right.

    `spans_known` is False where the source lost its merges (converter text): then `column` counts cells, not columns.
    """

    rows: tuple[tuple[GridCell, ...], ...]
    place: str = ""
    spans_known: bool = True


Block = Heading | Paragraph | Grid

Picture = tuple[str, bytes | None]
"""A picture beside a page: its absolute address, and its bytes or None where they are not held."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a document, `url` as written and not yet resolved."""

    url: str
    text: str


class ReadBy(StrEnum):
    """How the characters came to be known: they stand in the file, or were recognised on a picture of the page."""

    TEXT = "text"
    OCR = "ocr"


class Ocr(StrEnum):
    """What is to become of pages that are pictures: left out and said so, raised as `NeedsOcr`, or recognised."""

    OFF = "off"
    DEFER = "defer"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of bytes: blocks in reading order, nothing dropped.

    `metadata` holds what the file states of itself (meta tags in lower case, core properties). `format` is the reader's
    name (`html`, `docx`, `text`). `encoding` is the character set used, `declared_encoding` the one claimed. `outside`
    holds what stands around the main text of a page (menus, breadcrumb, footer, hidden elements), in order; the first
    `before` of them are known to stand before it. `embedded`
    holds the bytes of whole files that a page carries inside of it. `read_by` is `ocr` if any page was recognised.
    `pictures` tells for each picture between the blocks how many of them stand before it.
    """

    title: str | None
    blocks: tuple[Block, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    format: str = ""
    encoding: str | None = None
    declared_encoding: str | None = None
    warnings: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    outside: tuple[Block, ...] = ()
    before: int = 0
    embedded: tuple[bytes, ...] = ()
    read_by: ReadBy = ReadBy.TEXT
    pictures: tuple[int, ...] = ()


class UnreadableDocument(Exception):
    """Raised by a reader for bytes that it cannot read; the message says why, for a person."""


class NeedsOcr(UnreadableDocument):
    """Raised for a scan, wholly or in part, where character recognition was not asked for (`Ocr`)."""
