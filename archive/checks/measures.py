"""Rates, shares and sums worked out from the cells of a report, each as numerator and denominator (`measures.yaml`).

A value is given only above the least denominator, and never from a cell that a failed or undetermined check takes in:
a rate of numbers that do not add up would be read as a fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from archive.checks.cells import Cells, Reason, Total, cells_of, get, total
from archive.checks.rulebook import cells_named, load
from archive.models import Cell, CellRef, CheckStatus, Era, Finding, Number, ParsedReport
from archive.report.form import load_form


@dataclass(frozen=True, slots=True)
class Operand:
    """One cell of a formula, of this year or the year before, taken off where `minus`."""

    ref: CellRef
    minus: bool = False
    before: bool = False


@dataclass(frozen=True, slots=True)
class MeasureForm:
    """One measure: formula by era (eras whose form lacks a cell are left out), least denominator, labels."""

    name: str
    kind: str
    label: str
    label_en: str
    of: str
    by: str | None
    minimum: int
    formulas: Mapping[Era, tuple[tuple[Operand, ...], tuple[Operand, ...]]]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of one report. Without `reason` its value is given; `denominator` None for counts and changes."""

    form: MeasureForm
    numerator: Number | None
    denominator: Number | None
    reason: Reason | None = None
    inferred: int = 0

    @property
    def value(self) -> Fraction | None:
        """The exact value: numerator by denominator, or the numerator alone; None where it is not given."""
        if self.reason is not None or self.numerator is None:
            return None
        return Fraction(self.numerator) / Fraction(1 if self.denominator is None else self.denominator)


@cache
def load_measures() -> tuple[MeasureForm, ...]:
    """Every measure in the order of the file; raises ValueError naming one whose cells no form has."""
    source = load("measures.yaml")
    return tuple(_form(entry, source["minimum"]) for entry in source["measures"])


def _form(entry: Mapping[str, Sequence[str]], minimum: int) -> MeasureForm:
    name, of, by = str(entry["measure"]), entry["of"], entry.get("by", ())
    formulas = {}
    for era in (Era.B, Era.C):
        numerator, denominator = _operands(of, era), _operands(by, era)
        if numerator is not None and denominator is not None:
            formulas[era] = (numerator, denominator)
    if not formulas:
        raise ValueError(f"measures.yaml: no form has the cells of {name}")
    return MeasureForm(
        name=name,
        kind=str(entry["kind"]),
        label=entry["label"][0],
        label_en=entry["label"][1],
        of=_formula(of),
        by=_formula(by) if by else None,
        minimum=minimum if by else 0,
        formulas=formulas,
    )


def _formula(texts: Iterable[str]) -> str:
    return " + ".join(texts).replace("+ -", "- ")


def _operands(texts: Iterable[str], era: Era) -> tuple[Operand, ...] | None:
    found: list[Operand] = []
    for text in texts:
        refs = cells_named(text.removeprefix("-").removeprefix("before."), era)
        if not refs:
            return None
        found += [Operand(ref, text.startswith("-"), "before." in text) for ref in refs]
    return tuple(found)


_UNSURE = {
    CheckStatus.FAIL: Reason.CHECK_FAILS,
    CheckStatus.FAIL_WITH_BLANKS: Reason.CHECK_FAILS,
    CheckStatus.UNDETERMINED: Reason.CHECK_UNDECIDED,
}


def doubtful(findings: Iterable[Finding]) -> Mapping[tuple[str, str | None], Reason]:
    """The cells that a hard sum takes in which fails or cannot be decided; a failure counts before doubt."""
    hard = {identity.id for identity in load_form().identities if identity.severity == "hard"}
    cells: dict[tuple[str, str | None], Reason] = {}
    for finding in findings:
        reason = _UNSURE.get(finding.status)
        if reason is not None and finding.rule in hard:
            for ref in finding.cells:
                if cells.get((ref.key, ref.applicant)) is not Reason.CHECK_FAILS:
                    cells[ref.key, ref.applicant] = reason
    return cells


@dataclass(frozen=True, slots=True)
class Measured:
    """A report with what its checks came to, as measures need it: of this year, and of the year before."""

    report: ParsedReport
    doubtful: Mapping[tuple[str, str | None], Reason]


def measures(now: Measured, before: Measured | None = None) -> Iterator[Measure]:
    """Every measure of the report's form, given or not, in the order of the file."""
    cells = cells_of(now.report)
    earlier = cells_of(before.report) if before is not None else None
    for form in load_measures():
        if now.report.era in form.formulas:
            yield _measure(form, now, before, cells, earlier)


def _measure(form: MeasureForm, now: Measured, before: Measured | None, cells: Cells, earlier: Cells | None) -> Measure:
    of, by = form.formulas[now.report.era]
    if any(operand.before for operand in of):
        if before is None or earlier is None:
            return Measure(form, None, None, Reason.MISSING_YEAR)
        if before.report.era is not now.report.era:
            return Measure(form, None, None, Reason.OTHER_FORM)
    numerator = _total(of, cells, earlier)
    denominator = _total(by, cells, earlier) if by else None
    inferred = numerator.inferred + (denominator.inferred if denominator else 0)
    reason = numerator.reason or (denominator.reason if denominator else None) or _doubt((*of, *by), now, before)
    if reason is None and denominator is not None and (denominator.value or 0) < form.minimum:
        reason = Reason.BELOW_MINIMUM
    return Measure(form, numerator.value, denominator.value if denominator else None, reason, inferred)


def _total(operands: Sequence[Operand], cells: Cells, earlier: Cells | None) -> Total:
    plus: list[Cell] = []
    minus: list[Cell] = []
    for operand in operands:
        source = earlier if operand.before and earlier is not None else cells
        (minus if operand.minus else plus).append(get(source, operand.ref))
    return total(plus, minus)


def _doubt(operands: Iterable[Operand], now: Measured, before: Measured | None) -> Reason | None:
    reasons = set()
    for operand in operands:
        source = before if operand.before and before is not None else now
        reasons.add(source.doubtful.get((operand.ref.key, operand.ref.applicant)))
    return Reason.CHECK_FAILS if Reason.CHECK_FAILS in reasons else next(filter(None, reasons), None)
