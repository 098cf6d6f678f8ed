"""The contracts between the stages of the route: frozen dataclasses and enums, importing nothing of ours.

Names follow `docs/architecture.md`. Values are coerced where they are read (`report/numbers.py`, the registry loader),
never here: a dataclass that arrives is a dataclass that was meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

Number = int | Decimal
"""A printed number: whole counts are `int`, amounts with decimals are `Decimal`, never a binary float."""


# --------------------------------------------------------------------------- registry


class Level(StrEnum):
    """The tier of government that a portal or an agency belongs to."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"


@dataclass(frozen=True, slots=True)
class Portal:
    """One disclosure site, as the registry names it (`portals.csv`).

    `division` is a six-digit GB/T 2260 code. `platform` None means "detect it", `annual_report_url` None means
    "discover it from the home page". `hosts` are further host names (no scheme) that the crawler may follow from this
    portal.
    """

    id: str
    name: str
    division: str
    level: Level | None
    home_url: str
    annual_report_url: str | None = None
    platform: str | None = None
    notes: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agency:
    """One public body (行政机关) that owes a report, as the registry names it (`agencies.csv`)."""

    id: str
    name: str
    division: str
    level: Level | None = None
    parent: str | None = None
    portal: str | None = None
    aliases: tuple[str, ...] = ()
    credit_code: str | None = None
    valid_from: int | None = None
    valid_to: int | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Division:
    """One administrative division with the years in which its code was valid (`valid_to` None = still valid)."""

    code: str
    name: str
    valid_from: int | None = None
    valid_to: int | None = None


# --------------------------------------------------------------------------- crawl


class Outcome(StrEnum):
    """What became of one URL. Every URL of the ledger ends in one of these, or is still open."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    REDIRECTED = "redirected"
    EXCLUDED = "excluded"
    NOT_FOUND = "not_found"
    ROBOTS_DISALLOWED = "robots_disallowed"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    TLS_ERROR = "tls_error"
    HTTP_ERROR = "http_error"
    SOFT_404 = "soft_404"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


class Role(StrEnum):
    """Why a URL is asked for."""

    ROBOTS = "robots"
    HOME = "home"
    LISTING = "listing"
    ARTICLE = "article"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class ListingEntry:
    """One row of a listing page: a link that may be an annual report. `url` is absolute, `date` ISO or None."""

    url: str
    title: str
    date: str | None = None
    agency_hint: str | None = None
    listing_url: str = ""


@dataclass(frozen=True, slots=True)
class CapturedPage:
    """One exchange as received: bytes untouched, headers in order with every value, before any decoding.

    `fetched_at` is ISO 8601 in UTC. `truncated` names what cut the body short (`length`, `time`, `disconnect`) or is
    None. `request_headers` are those sent.
    """

    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: str
    request_headers: tuple[tuple[str, str], ...] = ()
    method: str = "GET"
    request_body: bytes = b""
    http_version: str = "HTTP/1.1"
    ip_address: str | None = None
    truncated: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """Where the bytes of one answer stand: a WARC record. `sha256` is that of the decoded payload (the document).

    `charset` is the one that the Content-Type header declares. `truncated` names what cut the body short, `problem`
    says what else was wrong with it (a false Content-Encoding, say); both are None for a whole and honest answer.
    """

    sha256: str
    url: str
    fetched_at: str
    status: int
    media_type: str
    warc: str
    offset: int
    length: int
    role: Role | None = None
    portal: str | None = None
    referrer: str | None = None
    title_hint: str | None = None
    date_hint: str | None = None
    agency_hint: str | None = None
    charset: str | None = None
    truncated: str | None = None
    problem: str | None = None


# --------------------------------------------------------------------------- documents


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


class UnreadableDocument(Exception):
    """Raised by a reader for bytes that it cannot read; the message says why, for a person."""


class NeedsOcr(UnreadableDocument):
    """Raised for a scan, wholly or in part, where character recognition was not asked for (`Ocr`)."""


# --------------------------------------------------------------------------- report


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
    """One of the six sections: paragraphs as lines, table cells left out."""

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


# --------------------------------------------------------------------------- checks


class CheckStatus(StrEnum):
    """The six results of a check (`identities.null_policy.results` of the form)."""

    PASS = "pass"
    PASS_WITH_BLANKS = "pass_with_blanks"
    FAIL = "fail"
    FAIL_WITH_BLANKS = "fail_with_blanks"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class CellRef:
    """Names one cell of the form."""

    key: str
    applicant: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check on one report: both sides, their difference and the cells they came from.

    `key` is the row a per-row rule was applied to, `applicant` the column of a per-column rule; either may be None.
    """

    rule: str
    status: CheckStatus
    left: Number | None
    right: Number | None
    delta: Number | None
    cells: tuple[CellRef, ...] = ()
    key: str | None = None
    applicant: str | None = None
    note: str | None = None
