"""One year of an agency beside the year before: the rules of `years.yaml`, each with both sides and their cells.

A year that is not held makes a rule undetermined, never a pass. No check changes a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from archive.checks.cells import BLANK, Cells, Reason, Total, cells_of, difference, get, total
from archive.checks.rulebook import load
from archive.models import Cell, CellRef, CheckStatus, Era, Number, ParsedReport, ReadBy
from archive.report.form import load_form

_TERM = re.compile(r"(?P<sign>-?)(?P<year>before|after)\.(?P<key>[a-z_]+)(?:@(?P<applicant>[a-z_]+))?")


@dataclass(frozen=True, slots=True)
class Term:
    """One cell of a rule: of the year `before` or `after`, taken off where `minus`."""

    before: bool
    ref: CellRef
    minus: bool = False


@dataclass(frozen=True, slots=True)
class YearRule:
    """A rule as applied to one row or one column."""

    id: str
    pairs: frozenset[tuple[Era, Era]]
    op: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    key: str | None = None
    applicant: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One cell that took part: on which side, of which year, as printed."""

    left: bool
    before: bool
    cell: Cell


@dataclass(frozen=True, slots=True)
class CrossFinding:
    """The result of a check that looks beyond one report; `reason` says why it could not be decided."""

    rule: str
    status: CheckStatus
    left: Number | None = None
    right: Number | None = None
    delta: Number | None = None
    reason: Reason | None = None
    key: str | None = None
    applicant: str | None = None
    cells: tuple[Side, ...] = ()
    note: str | None = None


@cache
def load_year_rules() -> tuple[YearRule, ...]:
    """Every application of every rule; raises ValueError naming a rule with a cell that no form has."""
    return tuple(applied for entry in load("years.yaml")["rules"] for applied in _apply(entry))


def _apply(entry: dict[str, object]) -> Iterator[YearRule]:
    pairs = frozenset(_pair(pair) for pair in _texts(entry, "pairs"))
    applicants = [applicant.key for applicant in load_form().applicants]
    names = {"applicant": applicants, "rows": _texts(entry, "rows")}.get(str(entry.get("each")), [None])
    for name in names:
        yield YearRule(
            str(entry["id"]),
            pairs,
            str(entry["op"]),
            tuple(_term(text, name, entry) for text in _texts(entry, "left")),
            tuple(_term(text, name, entry) for text in _texts(entry, "right")),
            key=name if entry.get("each") == "rows" else None,
            applicant=name if entry.get("each") == "applicant" else None,
        )


def _pair(text: str) -> tuple[Era, Era]:
    before, after = text.split("-")
    return Era(before), Era(after)


def _texts(entry: dict[str, object], name: str) -> list[str]:
    value = entry.get(name, [])
    assert isinstance(value, list)
    return value


def _term(text: str, name: str | None, entry: dict[str, object]) -> Term:
    match = _TERM.fullmatch(text.format(row=name, applicant=name))
    keys = {key for form in load_form().eras.values() for key, _ in form.cells}
    if match is None or match["key"] not in keys:
        raise ValueError(f"years.yaml: rule {entry['id']}: {text!r} names no cell of any form")
    return Term(match["year"] == "before", CellRef(match["key"], match["applicant"]), match["sign"] == "-")


def check_years(
    year: int, after: ParsedReport, before: ParsedReport | None, *, founded: int | None = None
) -> tuple[CrossFinding, ...]:
    """Every rule that applies to the report of `year`, beside that of the year before where it is held.

    `founded` is the first year of the agency, if known. A rule for a pair of forms that cannot come together in these
    years gives no finding.
    """
    return tuple(_findings(year, after, before, founded))


def _findings(
    year: int, after: ParsedReport, before: ParsedReport | None, founded: int | None
) -> Iterator[CrossFinding]:
    expected = expected_era(year - 1)
    now = cells_of(after)
    then = cells_of(before) if before is not None else {}
    for rule in load_year_rules():
        finding = CrossFinding(rule.id, CheckStatus.UNDETERMINED, key=rule.key, applicant=rule.applicant)
        if before is not None and (before.era, after.era) in rule.pairs:
            note = _note(after, before)
            yield replace(_compare(rule, finding, now, then), note=note)
        elif (expected, after.era) not in rule.pairs:
            continue
        elif founded is not None and founded >= year:
            yield replace(finding, status=CheckStatus.NOT_APPLICABLE, reason=Reason.NEW_AGENCY)
        else:
            yield replace(finding, reason=Reason.MISSING_YEAR if before is None else Reason.OTHER_FORM)


def expected_era(year: int) -> Era:
    """The national form of a report year: of 2014, of 2019 or of 2021; A0 before them."""
    if year >= 2021:
        return Era.C
    if year >= 2019:
        return Era.B
    return Era.A2 if year >= 2014 else Era.A0


def _note(after: ParsedReport, before: ParsedReport) -> str | None:
    if ReadBy.OCR in (after.read_by, before.read_by):
        return "characters of one of the two reports were recognised on pictures"
    return None


def _compare(rule: YearRule, finding: CrossFinding, now: Cells, then: Cells) -> CrossFinding:
    left = [(term, get(then if term.before else now, term.ref)) for term in rule.left]
    right = [(term, get(then if term.before else now, term.ref)) for term in rule.right]
    sides = tuple(Side(side is left, term.before, cell) for side in (left, right) for term, cell in side)
    finding = replace(finding, cells=sides)
    totals = [_total(side) for side in (left, right) if side]
    for cell_total in totals:
        if cell_total.reason is not None:
            return replace(finding, reason=cell_total.reason)
    values = [cell_total.value for cell_total in totals if cell_total.value is not None]
    if rule.op == "none_pending":
        (pending,) = values
        if pending:
            return replace(finding, left=pending, right=0, delta=pending, reason=Reason.PENDING)
        return replace(finding, left=0, right=0, delta=0, status=CheckStatus.PASS)
    first, second = values
    delta = difference(first, second)
    holds = delta == 0 if rule.op == "==" else delta >= 0
    blanks = any(side.cell.state in BLANK for side in sides)
    return replace(finding, left=first, right=second, delta=delta, status=status_of(holds, blanks=blanks))


def _total(side: Sequence[tuple[Term, Cell]]) -> Total:
    return total([cell for term, cell in side if not term.minus], [cell for term, cell in side if term.minus])


def status_of(holds: bool, *, blanks: bool) -> CheckStatus:
    """The result of a comparison, by whether a blank counted as zero in it."""
    if holds:
        return CheckStatus.PASS_WITH_BLANKS if blanks else CheckStatus.PASS
    return CheckStatus.FAIL_WITH_BLANKS if blanks else CheckStatus.FAIL
