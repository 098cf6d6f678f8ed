"""What passes between the network and the store: outcomes, roles, listing entries, pages and captures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
    PICTURE = "picture"
    """A picture in an article, on which its report or a table of it may stand: a part of that page, no document."""


DOCUMENTS = (Role.ARTICLE, Role.ATTACHMENT)
"""What may be a report: pages and files."""


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
class ShownPicture:
    """A picture that a page shows: its address and, where it is held, the digest and the place of its bytes."""

    url: str
    sha256: str | None = None
    warc: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Capture:
    """Where the bytes of one answer stand: a WARC record. `sha256` is that of the decoded payload (the document).

    `charset` is the one that the Content-Type header declares. `truncated` names what cut the body short, `problem`
    says what else was wrong with it (a false Content-Encoding, say); both are None for a whole and honest answer.
    `pictures` are those that a page showed then, if it is to be read with them; `original` is WARC file and offset of
    the bytes where this record only says that they had not changed.
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
    pictures: tuple[ShownPicture, ...] = ()
    original: tuple[str, int] | None = None
