"""What a check says of a report: status, both sides, their difference, and the cells they came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from archive.models.report import Number


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
