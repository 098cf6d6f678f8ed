"""Between documents: copies of one report cell by cell, and a consolidated report against those that it covers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from archive.checks.cells import BLANK, Cells, Reason, cells_of, difference, get, total
from archive.checks.rulebook import load
from archive.checks.years import CrossFinding, Side, status_of
from archive.models import Cell, CellRef, CheckStatus, ParsedReport, State
from archive.report.form import load_form
from archive.report.text import squeeze


class DifferenceKind(StrEnum):
    """In what way a copy differs."""

    DIFFERS = "differs"
    UNSURE = "unsure"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class CopyDifference:
    """One cell or one section in which a copy differs from the version that is held; both as printed."""

    kind: DifferenceKind
    held: str | None
    copy: str | None
    ref: CellRef | None = None
    section: int | None = None


_READ = (State.NUMBER, State.ZERO, *BLANK)


def compare_copies(held: ParsedReport, copy: ParsedReport) -> tuple[CrossFinding, tuple[CopyDifference, ...]]:
    """Rule D1 on one copy: fails only for cells that were read on both sides and are unlike.

    `left` counts the cells that were compared, `right` those that agree. A cell that could not be read on one side is
    told as unsure, and makes the result undetermined unless another cell differs.
    """
    found = tuple(_differences(held, copy))
    mine, theirs = cells_of(held), cells_of(copy)
    compared = sum(cell.state in _READ and get(theirs, _ref(cell)).state in _READ for cell in mine.values())
    differing = sum(item.kind is DifferenceKind.DIFFERS for item in found)
    unsure = sum(item.kind is DifferenceKind.UNSURE for item in found)
    if differing:
        status, reason = CheckStatus.FAIL, None
    elif unsure or not compared:
        status, reason = CheckStatus.UNDETERMINED, Reason.CELLS_UNREAD if compared else Reason.NOTHING_TO_COMPARE
    else:
        status, reason = CheckStatus.PASS, None
    sections = [str(item.section) for item in found if item.kind is DifferenceKind.TEXT]
    note = f"the text differs in section {', '.join(sections)}" if sections else None
    return CrossFinding("D1", status, compared, compared - differing, differing, reason, note=note), found


def _ref(cell: Cell) -> CellRef:
    return CellRef(cell.key, cell.applicant)


def _differences(held: ParsedReport, copy: ParsedReport) -> Iterator[CopyDifference]:
    mine, theirs = cells_of(held), cells_of(copy)
    for key in dict.fromkeys((*mine, *theirs)):
        one, other = get(mine, CellRef(*key)), get(theirs, CellRef(*key))
        if one.state in _READ and other.state in _READ:
            if one.value != other.value or (one.state in BLANK) != (other.state in BLANK):
                yield CopyDifference(DifferenceKind.DIFFERS, one.raw, other.raw, CellRef(*key))
        elif (one.state, squeeze(one.raw or "")) != (other.state, squeeze(other.raw or "")):
            yield CopyDifference(DifferenceKind.UNSURE, one.raw, other.raw, CellRef(*key))
    texts = [{section.number: section.text for section in report.sections} for report in (held, copy)]
    for number in sorted({*texts[0], *texts[1]}):
        before, after = (text.get(number) for text in texts)
        if squeeze(before or "") != squeeze(after or ""):
            yield CopyDifference(DifferenceKind.TEXT, before, after, section=number)


class Scope(StrEnum):
    """What a report covers, by its own words."""

    WHOLE = "whole"
    OWN = "own"
    UNKNOWN = "unknown"


@cache
def _scope_words() -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in load("documents.yaml")["scope"].items()}


def scope_of(report: ParsedReport) -> Scope:
    """Whether a report speaks of a whole place or level, of the body alone, or of neither surely (section one)."""
    text = squeeze("".join(section.text for section in report.sections if section.number == 1))
    whole, own = _scope_words()["whole"].search(text), _scope_words()["own"].search(text)
    if whole and not own:
        return Scope.WHOLE
    return Scope.OWN if own and not whole else Scope.UNKNOWN


def compare_parts(
    report: ParsedReport, parts: Sequence[tuple[str, Cells]], missing: Sequence[str]
) -> tuple[CrossFinding, ...]:
    """Rule D2 on a consolidated report: `parts` are the names and cells of the reports that it covers.

    `missing` names registered bodies whose report of the year is not held. Where the office of the government itself is
    not among the parts, a total above their sum says nothing: its own requests are counted there.
    """
    scope = scope_of(report)
    if scope is Scope.OWN:
        return ()
    if scope is Scope.UNKNOWN or missing or not parts:
        reason = Reason.SCOPE_UNKNOWN if scope is Scope.UNKNOWN or not parts else Reason.PARTS_MISSING
        note = f"not held: {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}" if missing else None
        return (CrossFinding("D2", CheckStatus.UNDETERMINED, reason=reason, note=note),)
    complete = any(_scope_words()["office"].search(name) for name, _ in parts)
    return tuple(_compare_parts(report, parts, complete=complete))


def _compare_parts(
    report: ParsedReport, parts: Sequence[tuple[str, Cells]], *, complete: bool
) -> Iterator[CrossFinding]:
    cells = cells_of(report)
    for item in load_form().eras[report.era].items:
        if item.table not in (3, 4):
            continue
        ref = CellRef(item.key, "total" if item.by_applicant else None)
        whole = get(cells, ref)
        covered = [get(part, ref) for _, part in parts]
        stated, summed = total((whole,)), total(covered)
        finding = CrossFinding(
            "D2",
            CheckStatus.UNDETERMINED,
            stated.value,
            summed.value,
            reason=stated.reason or summed.reason,
            key=ref.key,
            applicant=ref.applicant,
            cells=(Side(True, False, whole),),
        )
        if stated.value is None or summed.value is None:
            yield finding
            continue
        delta = difference(stated.value, summed.value)
        if delta > 0 and not complete:
            yield replace(finding, delta=delta, reason=Reason.SCOPE_UNKNOWN)
        else:
            yield replace(finding, delta=delta, status=status_of(delta == 0, blanks=summed.blanks))
