"""An annual report as read: sections, cells of the official form with their states, and what was left over."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from archive.models.documents import ReadBy

Number = int | Decimal
"""A printed number: whole counts are `int`, amounts with decimals are `Decimal`, never a binary float."""


class Era(StrEnum):
    """The generations of the official form, as in `report-format.yaml`: found by labels, never by year."""

    A0 = "A0"
    A1 = "A1"
    A2 = "A2"
    B = "B"
    C = "C"


class State(StrEnum):
    """What stands in a cell of the form."""

    NUMBER = "number"
    ZERO = "zero"
    BLANK = "blank"
    PLACEHOLDER = "placeholder"
    MALFORMED = "malformed"
    TEXT = "text"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    INFERRED = "inferred"


class SectionStatus(StrEnum):
    """How one of the six sections was met in the document."""

    FOUND = "found"
    EMPTY = "empty"
    MERGED = "merged"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the official form. `value` only if the state allows one; `raw` is the text as printed.

    `applicant` is a column key of table 3 or None. `place` points into the document (`table 2, row 5, column 8`).
    """

    key: str
    applicant: str | None
    value: Number | None
    state: State
    raw: str | None = None
    unit: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One of the six sections, or a part of a report before 2019 under its own number: paragraphs as lines, table cells
    left out.
    """

    number: int
    heading: str | None
    status: SectionStatus
    text: str


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """A row of a table that is not of the official form, with its label and every printed value.

    `inferred` says that the values were cut out of digits run together, by the sums of the table: not read.
    """

    label: str
    unit: str | None
    values: tuple[Number | str | None, ...]
    place: str | None = None
    key: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Leftover:
    """Text of the document that belongs to none of the six sections (preamble, contact, footer)."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class ParsedReport:
    """An annual report as read: every cell of the era's form present, each with a state.

    `read_by` is `ocr` if any page of it was a picture whose characters were recognised.
    """

    title: str | None
    agency: str | None
    year: int | None
    era: Era
    sections: tuple[Section, ...]
    cells: tuple[Cell, ...]
    extra_rows: tuple[ExtraRow, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    warnings: tuple[str, ...] = ()
    published: str | None = None
    period: tuple[str, str] | None = None
    parser_version: str = ""
    read_by: ReadBy = ReadBy.TEXT


@dataclass(frozen=True, slots=True)
class NotAReport:
    """A document that was read and is not an annual report, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document that could not be read, and why; `needs_ocr` says that recognising its pictures may help."""

    why: str
    needs_ocr: bool = False


ParseResult = ParsedReport | NotAReport | Unreadable
