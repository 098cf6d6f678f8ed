"""What goes into the ledger and what comes out of it: frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.models import Capture, Outcome, Role

FAILURES = frozenset(
    {
        Outcome.NOT_FOUND,
        Outcome.ROBOTS_DISALLOWED,
        Outcome.BLOCKED,
        Outcome.UNREACHABLE,
        Outcome.TLS_ERROR,
        Outcome.HTTP_ERROR,
        Outcome.SOFT_404,
        Outcome.TOO_LARGE,
        Outcome.UNREADABLE,
    }
)
"""The outcomes that count as failed in the balance of a crawl."""


TAKEN_FROM = "taken_from"
"""The setting that names the files of a run that took in the captures of other tools."""


class LedgerError(Exception):
    """Raised when a ledger cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """A URL that was found, to be entered into the frontier, or into the record of what was left out.

    `excluded` names why it will not be asked for (`off_site`, `look_alike`, …), None means "follow it". `referrer` is
    the page it stood on, `why` the reason of the decision to follow, `detail` that of an exclusion. Higher `priority`
    goes first. A list that comes from a service is one more URL for each request body: `method`, `body`, `headers`.
    """

    url: str
    host: str
    portal: str
    role: Role
    depth: int = 0
    priority: int = 0
    referrer: str | None = None
    title_hint: str | None = None
    date_hint: str | None = None
    agency_hint: str | None = None
    why: str | None = None
    link_text: str | None = None
    excluded: str | None = None
    detail: str | None = None
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FrontierUrl:
    """One URL as the ledger holds it. `outcome` is None while it is open; `next_try_at` is in seconds since 1970."""

    id: int
    url: str
    host: str
    portal: str
    role: Role
    state: str
    outcome: Outcome | None
    reason: str | None
    detail: str | None
    depth: int
    priority: int
    referrer: str | None
    redirect_to: str | None
    title_hint: str | None
    date_hint: str | None
    agency_hint: str | None
    why: str | None
    link_text: str | None
    found_at: str
    done_at: str | None
    attempts: int
    next_try_at: float
    etag: str | None
    last_modified: str | None
    capture: int | None
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at one URL and everything that it leaves behind, recorded in one transaction.

    `final` False keeps the URL open until `next_try_at` (seconds since 1970). `capture` is the WARC record already on
    disk; `refers_to` the earlier capture whose payload it repeats. `bytes` and `seconds` are charged to the budget of
    the host. `blocked` counts towards the streak that stops a host; any other answer (`status` given) ends the streak.
    """

    url: FrontierUrl
    started_at: str
    seconds: float
    outcome: Outcome
    status: int | None = None
    reason: str | None = None
    evidence: str | None = None
    bytes: int = 0
    final: bool = True
    next_try_at: float = 0.0
    redirect_to: str | None = None
    capture: Capture | None = None
    refers_to: Capture | None = None
    etag: str | None = None
    last_modified: str | None = None
    found: tuple[Found, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether this attempt met a block signal."""
        return self.outcome is Outcome.BLOCKED


@dataclass(frozen=True, slots=True)
class Fetch:
    """One attempt as recorded: its outcome, and the payload's digest where bytes were captured.

    `named` says whether a page named the URL in the same run; None where its list was not read in full in that run.
    """

    run: int
    url: str
    portal: str
    role: Role
    attempt: int
    started_at: str
    seconds: float
    status: int | None
    outcome: Outcome
    reason: str | None
    evidence: str | None
    bytes: int
    final: bool
    sha256: str | None
    named: bool | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a URL that was asked for before stands when a new round begins: what decides whether it is due again.

    `failed_rounds` counts the rounds in a row that ended in a failure, the last one included (0 after an answer).
    `held` says whether bytes of it were ever captured. `dropped` says that the list on which it was found was read in
    full after any page named the URL for the last time, `asked_since_dropped` that the URL itself was asked for since.
    `referrer` is the page that led to it.
    """

    url: str
    role: Role
    outcome: Outcome
    reason: str | None
    title: str | None
    date: str | None
    found_at: str
    done_at: str
    failed_rounds: int
    held: bool
    dropped: bool
    asked_since_dropped: bool
    referrer: str | None = None


@dataclass(frozen=True, slots=True)
class HostState:
    """What a host has used of its budget in this round, and until when it is left alone (seconds since 1970)."""

    host: str
    paused_until: float = 0.0
    pause_reason: str | None = None
    pages: int = 0
    bytes: int = 0
    seconds: float = 0.0
    block_streak: int = 0


@dataclass(frozen=True, slots=True)
class Parse:
    """The result of one parser version on one capture: `result` is its JSON (status `ok`), else `why` says why not.

    `number` is that of the capture in the ledger; `parsed_at` tells a result from one that was made in its place.
    """

    capture: Capture
    parser_version: str
    parsed_at: str
    status: str
    why: str | None
    result: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Showing:
    """One time that a page which shows pictures was there, in that `run`; whether it was `parsed`, and with what."""

    capture: Capture
    run: int
    parsed: bool
    made_of: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the crawler. `state` is `running`, `complete`, `interrupted`, `failed` or `killed`."""

    id: int
    started_at: str
    ended_at: str | None
    state: str
    user_agent: str
    settings: Mapping[str, object]
    portals: tuple[str, ...]
    summary: Mapping[str, object] | None

    @property
    def crawled(self) -> bool:
        """Whether it asked portals for anything; a run that took in the captures of other tools did not."""
        return TAKEN_FROM not in self.settings


@dataclass(frozen=True, slots=True)
class Completeness:
    """The balance of a crawl, by URL. `discovered` is counted apart from the others, so that the sum can be checked.

    `fetched` counts only URLs whose capture is in the index, so a lost capture shows as a sum that does not come out.
    """

    discovered: int
    fetched: int
    redirected: int
    not_modified: int
    failed: Mapping[str, int] = field(default_factory=dict)
    excluded: Mapping[str, int] = field(default_factory=dict)
    open: int = 0

    @property
    def accounted(self) -> int:
        """The sum of all ends that a URL can come to, and of those still open."""
        ends = self.fetched + self.redirected + self.not_modified + self.open
        return ends + sum(self.failed.values()) + sum(self.excluded.values())

    @property
    def balanced(self) -> bool:
        """Whether every URL that was found is accounted for."""
        return self.discovered == self.accounted
