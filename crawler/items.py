"""What the spider yields: one exchange and everything that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from archive.ledger import Found, FrontierUrl
from archive.models import CapturedPage, Outcome


@dataclass(frozen=True, slots=True)
class Decision:
    """What one attempt came to. Pure: no clock, no place on disk.

    `transient` means that trying again may help; the policy says how often. `pause` are the seconds that the server
    asks to be left alone. `again` asks for the same URL once more without waiting (for a cookie), `detour` for it at
    that address (`crawler.detours`). `entries` counts the rows taken for annual reports, `is_report` says that a page
    asked for as a list or on the way is one itself.
    """

    outcome: Outcome
    reason: str | None = None
    evidence: str | None = None
    transient: bool = False
    pause: float | None = None
    again: bool = False
    detour: str | None = None
    redirect_to: str | None = None
    found: tuple[Found, ...] = ()
    entries: int = 0
    is_report: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt at a URL: the decision, and the answer as received, where there was one.

    `payload` is the document after content decoding, `problem` what was wrong with the coding. `seconds` from the
    request to the end of the answer, `started_at` in seconds since 1970.
    """

    url: FrontierUrl
    decision: Decision
    started_at: float
    seconds: float
    page: CapturedPage | None = None
    payload: bytes = b""
    problem: str | None = None
    etag: str | None = None
    last_modified: str | None = None
