"""How far a reader may trust what stands here for a report: one of four statuses, and the counts that decided it.

Said of the reading, not of the body that reports: a report whose sums fail was read surely and is inconsistent at its
source. What each status and each reason means in words stands in the site's texts (`confidence.*`, `reason.*`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from archive.models import Cell, CheckStatus, Era, Finding, ParsedReport, ReadBy, SectionStatus, State
from archive.report.form import load_form


class ConfidenceStatus(StrEnum):
    """The four statuses, the best first."""

    VERIFIED = "verified"
    """Every cell of the form was read in both ways alike, every section was met, and no sum that must hold fails."""
    INCONSISTENT = "inconsistent"
    """Every cell was read surely, and sums that must hold fail: the report contradicts itself at its source."""
    PARTIAL = "partial"
    """Something is missing, in the document or in our reading of it, or nothing confirms the numbers."""
    UNPARSED = "unparsed"
    """The form of 2019 or 2021 was to be expected and none of its cells was read; only the text is held."""


class ReasonCode(StrEnum):
    """What a status rests on; each comes with a count."""

    CELLS_READ = "cells_read"
    SUMS_HOLD = "sums_hold"
    SUMS_FAIL = "sums_fail"
    CELLS_MISSING = "cells_missing"
    CELLS_UNREADABLE = "cells_unreadable"
    CELLS_INFERRED = "cells_inferred"
    CELLS_NOT_NUMBERS = "cells_not_numbers"
    SECTIONS_MISSING = "sections_missing"
    SUMS_UNDECIDED = "sums_undecided"
    NO_SUM = "no_sum"
    RECOGNISED = "recognised"
    ONE_READING = "one_reading"
    TEXT_ONLY = "text_only"


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact that a status rests on: what, and how many of them (cells, sums or sections; 1 where it is one fact)."""

    code: ReasonCode
    count: int


@dataclass(frozen=True, slots=True)
class Confidence:
    """The status of one report and every fact that speaks for or against it, the deciding ones first."""

    status: ConfidenceStatus
    reason: tuple[Reason, ...]


_FAILED = (CheckStatus.FAIL, CheckStatus.FAIL_WITH_BLANKS)
_HELD = (CheckStatus.PASS, CheckStatus.PASS_WITH_BLANKS)
_UNSURE = {
    State.MISSING: ReasonCode.CELLS_MISSING,
    State.UNREADABLE: ReasonCode.CELLS_UNREADABLE,
    State.INFERRED: ReasonCode.CELLS_INFERRED,
}
_READ_IN_TWO_WAYS = (Era.B, Era.C)


def confidence(report: ParsedReport, findings: Iterable[Finding]) -> Confidence:
    """The status of a report by its cells, its sections and all findings of `check_report` on it; a pure function.

    Of eras B and C, in this order: `unparsed` if every cell is missing or unreadable; `partial` if any is, or was
    inferred, or if characters were recognised on pictures, where two ways of reading share the mistakes of one
    recognition; `inconsistent` if a hard sum fails; `partial` if a section is missing, a cell holds no number, a stated
    total or all its addends are blank beside printed numbers, or no sum could be checked at all; else `verified`.
    Blanks and marks are read as printed. Earlier reports follow no form that could be read in two ways, so nothing but
    `partial` is said of them: `text_only` where there is no table of a known form, `one_reading` where there is one.
    """
    states = Counter(cell.state for cell in report.cells)
    hard = {identity.id: identity.kind for identity in load_form().identities if identity.severity == "hard"}
    hard_findings = [finding for finding in findings if finding.rule in hard]
    recognised = [Reason(ReasonCode.RECOGNISED, 1)] if report.read_by is ReadBy.OCR else []
    if report.era not in _READ_IN_TWO_WAYS:
        return Confidence(ConfidenceStatus.PARTIAL, (*recognised, *_early(states, hard_findings)))
    unsure = [Reason(code, states[state]) for state, code in _UNSURE.items() if states[state]] + recognised
    failing = [Reason(ReasonCode.SUMS_FAIL, n)] if (n := _count(hard_findings, _FAILED)) else []
    sums = [finding for finding in hard_findings if hard[finding.rule] == "compare"]
    lacking = [*unsure, *failing, *_lacking(report, states, sums)]
    held = [Reason(ReasonCode.CELLS_READ, _read(states)), Reason(ReasonCode.SUMS_HOLD, _count(sums, _HELD))]
    if _read(states) + states[State.INFERRED] == 0:
        status = ConfidenceStatus.UNPARSED
    elif unsure:
        status = ConfidenceStatus.PARTIAL
    elif failing:
        status = ConfidenceStatus.INCONSISTENT
    else:
        status = ConfidenceStatus.PARTIAL if lacking else ConfidenceStatus.VERIFIED
    return Confidence(status, tuple(reason for reason in (*lacking, *held) if reason.count))


def _early(states: Counter[State], hard: list[Finding]) -> Iterator[Reason]:
    """What is to be said of a report before 2019; rows that a local form does not have are no loss."""
    if not _read(states):
        yield Reason(ReasonCode.TEXT_ONLY, 1)
        return
    yield Reason(ReasonCode.ONE_READING, 1)
    if failed := _count(hard, _FAILED):
        yield Reason(ReasonCode.SUMS_FAIL, failed)
    if unreadable := states[State.UNREADABLE]:
        yield Reason(ReasonCode.CELLS_UNREADABLE, unreadable)
    yield Reason(ReasonCode.CELLS_READ, _read(states))


def _lacking(report: ParsedReport, states: Counter[State], sums: list[Finding]) -> Iterator[Reason]:
    """What else keeps a report from being verified."""
    met = {section.number for section in report.sections if section.status is not SectionStatus.MISSING}
    cells = {(cell.key, cell.applicant): cell for cell in report.cells}
    undecided = sum(finding.status is CheckStatus.UNDETERMINED and _stands_open(finding, cells) for finding in sums)
    for code, count in (
        (ReasonCode.SECTIONS_MISSING, sum(form.number not in met for form in load_form().sections)),
        (ReasonCode.CELLS_NOT_NUMBERS, states[State.MALFORMED] + states[State.TEXT]),
        (ReasonCode.SUMS_UNDECIDED, undecided),
        (ReasonCode.NO_SUM, int(not any(finding.status in (*_FAILED, *_HELD) for finding in sums))),
    ):
        if count:
            yield Reason(code, count)


def _stands_open(finding: Finding, cells: Mapping[tuple[str, str | None], Cell]) -> bool:
    """Whether blanks keep a sum with something in it from being checked; a zero beside blanks leaves nothing open."""
    met = [cells[ref.key, ref.applicant] for ref in finding.cells if (ref.key, ref.applicant) in cells]
    return any(cell.value for cell in met) and all(cell.state not in _UNSURE for cell in met)


def _read(states: Counter[State]) -> int:
    return sum(count for state, count in states.items() if state not in _UNSURE)


def _count(findings: Iterable[Finding], statuses: tuple[CheckStatus, ...]) -> int:
    return sum(finding.status in statuses for finding in findings)
