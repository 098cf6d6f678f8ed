"""What is held, as frozen records: agencies, reports, versions, sightings, coverage, changes, and what has no place."""

from __future__ import annotations

import hashlib
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from sys import intern
from typing import Any

from archive import wire
from archive.concerns import Concern
from archive.ledger import LedgerError
from archive.models import Capture, Level, ParsedReport


class ChangeKind(StrEnum):
    """What happened to a report."""

    NEW = "new"
    CORRECTED = "corrected"
    VANISHED = "vanished"
    RETURNED = "returned"


class CoverageStatus(StrEnum):
    """Whether the report of an agency for a year is held, and if not, why."""

    HELD = "held"
    VANISHED = "vanished"  # held, and gone from the portal
    UNREADABLE = "unreadable"  # found and captured, but could not be read
    FAILED = "failed"  # found, but its page could not be fetched
    EXCLUDED = "excluded"  # found, but left out by robots.txt, the host guard or the budget
    OPEN = "open"  # found, not yet fetched
    BLOCKED = "blocked"  # the portal answers with challenges
    UNREACHABLE = "unreachable"  # the portal does not answer
    NOT_DUE = "not_due"  # none was found, and none is owed yet
    NOT_FOUND = "not_found"  # the portal was searched, and has none although it is due: not published there
    NOT_LOOKED = "not_looked"  # the portal has not been crawled, or there is none


class Timeliness(StrEnum):
    """Whether a report that is held came by its deadline, as far as the evidence tells."""

    ON_TIME = "on_time"
    LATE = "late"
    UNKNOWN = "unknown"


class UnplacedKind(StrEnum):
    """Why a document that is held belongs to no report."""

    NO_AGENCY = "no_agency"
    NO_YEAR = "no_year"
    NOT_A_REPORT = "not_a_report"
    UNREADABLE = "unreadable"
    UNSOUND = "unsound"  # its parse breaks the contract of a report, so that no archive can hold it


@dataclass(frozen=True, slots=True)
class HeldAgency:
    """An agency of the registry (`registered`), or one known from its reports only, with an id of its name."""

    id: str
    name: str
    division: str
    province: str | None
    level: Level | None
    registered: bool
    parent: str | None = None
    portal: str | None = None
    aliases: tuple[str, ...] = ()
    credit_code: str | None = None
    valid_from: int | None = None
    valid_to: int | None = None
    successor: str | None = None


class Packed(ABC):
    """A parsed report that is unpacked where it is looked at: two hundred cells are 100 kB as objects.

    Two are equal if their JSON text is, wherever it is kept.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def content(self) -> str:
        """The digest of the JSON text."""

    @abstractmethod
    def text(self) -> bytes:
        """The JSON text."""

    def json(self) -> dict[str, Any]:
        """The JSON object, amounts with decimals as `Decimal`."""
        value: dict[str, Any] = wire.loads(self.text())
        return value

    def report(self) -> ParsedReport:
        """The report."""
        return wire.report_of(self.text())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Packed) and self.content == other.content

    def __hash__(self) -> int:
        return hash(self.content)


class PackedReport(Packed):
    """A parsed report held in memory as compressed JSON, 4 kB."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    @classmethod
    def pack(cls, body: str) -> PackedReport:
        """Packs the JSON text of one result."""
        return cls(zlib.compress(body.encode(), 1))

    @property
    def content(self) -> str:
        """The digest of the JSON text."""
        return digest_of(self.text())

    def text(self) -> bytes:
        """The JSON text."""
        return zlib.decompress(self.data)


class StoredReport(Packed):
    """A parsed report that stays where it is kept; `read` gives its JSON text by its number there."""

    __slots__ = ("_content", "number", "read")

    def __init__(self, content: str, number: int, read: Callable[[int], bytes]) -> None:
        self._content = content
        self.number = number
        self.read = read

    @property
    def content(self) -> str:
        """The digest of the JSON text, as it was when the holdings were put together."""
        return self._content

    def text(self) -> bytes:
        """The JSON text; raises ReadAnew where it has become another since."""
        text = self.read(self.number)
        if digest_of(text) != self._content:
            raise ReadAnew(f"what was read of capture {self.number} is another than before; build again")
        return text


class ReadAnew(LedgerError):
    """Raised where what a parser made of a capture was replaced while an archive was being built of it."""


def digest_of(text: bytes) -> str:
    """The digest of a JSON text, of 128 bits."""
    return hashlib.sha256(text).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a report's content; `capture` is the first that showed it in the reading that counts.

    `first_seen` and `last_seen` are ISO 8601 in UTC. `title` to `published` are those of the parsed report.
    """

    report_id: str
    number: int
    capture: Capture
    first_seen: str
    last_seen: str
    fingerprint: str
    title: str | None
    era: str
    published: str | None
    packed: Packed

    @property
    def id(self) -> str:
        """`{report_id}-v{number}`, one text for all who name it."""
        return intern(f"{self.report_id}-v{self.number}")

    def parsed(self) -> ParsedReport:
        """The report of this version, unpacked anew at each call."""
        return self.packed.report()


@dataclass(frozen=True, slots=True)
class Sighting:
    """One capture of a report: where, when, and which version it showed."""

    version_id: str
    capture: Capture

    @property
    def url(self) -> str:
        """The address at which it was seen."""
        return self.capture.url

    @property
    def seen_at(self) -> str:
        """The time at which it was seen (UTC)."""
        return self.capture.fetched_at


@dataclass(frozen=True, slots=True)
class Copy:
    """What was read at an address that shows a version of a report: another address, or other content than its."""

    version_id: str
    capture: Capture
    packed: Packed


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to a report; a correction has one for each cell and each section that changed.

    `key` and `applicant` name a cell, `section` a section (1–6); `before` and `after` are as printed, None = was not
    there.
    """

    id: str
    report_id: str
    changed_at: str
    kind: ChangeKind
    version_id: str | None
    key: str | None = None
    applicant: str | None = None
    section: int | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What one agency reported for one year. `versions` and `sightings` are in the order of time.

    `warnings` are those of placing it (names that disagree, an attachment that differs from its page); those of the
    parser are with the parsed report. `vanished_on` is a day in China, None while any of its addresses is there.
    `changes` are all that ever happened to it, in the order of time.
    """

    id: str
    agency_id: str
    year: int
    portal: str | None
    versions: tuple[Version, ...]
    sightings: tuple[Sighting, ...]
    vanished_on: str | None = None
    warnings: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def current(self) -> Version:
        """The version that was first seen last."""
        return self.versions[-1]

    @property
    def url(self) -> str:
        """The address of the current version."""
        return self.current.capture.url

    @property
    def urls(self) -> tuple[str, ...]:
        """Every address at which it was seen, in the order of first sight."""
        return tuple(dict.fromkeys(sighting.url for sighting in self.sightings))

    @property
    def first_seen(self) -> str:
        """The time at which it was first seen (UTC)."""
        return self.versions[0].first_seen

    @property
    def last_seen(self) -> str:
        """The time at which it was last seen (UTC)."""
        return max(version.last_seen for version in self.versions)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether the report of one agency for one year is held; `reason` explains a status other than `held`.

    `due_on` is the deadline and `due_by` the id of its rule (`deadlines.yaml`). `timeliness` and the four dates, kept
    apart, are those of a report that is held; `http_date` is the last change that the server stated.
    """

    agency_id: str
    year: int
    status: CoverageStatus
    reason: Concern | None = None
    report_id: str | None = None
    portal: str | None = None
    due_on: str | None = None
    due_by: str | None = None
    timeliness: Timeliness | None = None
    stated_date: str | None = None
    url_date: str | None = None
    http_date: str | None = None
    first_seen: str | None = None


@dataclass(frozen=True, slots=True)
class PortalNight:
    """What one run of the crawler met at one portal: its requests by outcome, what is held, and what looked wrong.

    `outcomes` counts finished requests for pages and files (those to robots.txt left out); `held` are the report pages
    and files held at the end of the run, None if it did not end; `warnings` are those of the run's monitors.
    """

    portal: str
    run: int
    started_at: str
    state: str
    held: int | None
    outcomes: Mapping[str, int]
    warnings: tuple[Concern, ...] = ()

    @property
    def requests(self) -> int:
        """All finished requests."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A document that is held but belongs to no report, and why."""

    capture: Capture
    kind: UnplacedKind
    reason: str
    title: str | None = None
    agency_printed: str | None = None
    year: int | None = None
