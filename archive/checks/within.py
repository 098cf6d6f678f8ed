"""The sums that must hold within one report: every identity of the form, with its null policy and six results.

Null policy (`identities.null_policy` of the form's description): a blank or a mark counts as zero in a sum only beside
a printed number; if every addend or a stated total is blank the result is undetermined; so is a sum with a text or with
a cell that could not be placed. No check ever changes a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from archive.checks.cells import BLANK, Cells, cells_of, difference, get, printed_sum
from archive.models import Cell, CellRef, CheckStatus, Era, Finding, ParsedReport, State
from archive.report.form import EraForm, Identity, load_form
from archive.report.sums import Side, applications


def check_report(report: ParsedReport) -> tuple[Finding, ...]:
    """Applies every identity of the report's era; one finding for each application, passed ones included."""
    form = load_form().eras[report.era]
    cells = cells_of(report)
    findings = [
        finding
        for identity in load_form().identities
        if report.era in identity.eras
        for finding in _apply(identity, form, cells, report)
    ]
    return tuple(_with_suspects(findings))


def _apply(identity: Identity, form: EraForm, cells: Cells, report: ParsedReport) -> Iterator[Finding]:
    if identity.kind == "counts":
        yield _counts(identity, form, cells)
    elif identity.kind == "maker_of_rules":
        yield _maker_of_rules(identity, form, cells, report.agency)
    elif identity.kind == "zero_together":
        yield _zero_together(identity, cells)
    else:
        for key, applicant, left, right in applications(identity.id, form.era):
            yield _compare(identity, form, cells, left, right, key, applicant)


def _compare(
    identity: Identity,
    form: EraForm,
    cells: Cells,
    left: Side,
    right: Side,
    key: str | None,
    applicant: str | None,
) -> Finding:
    sides = [get(cells, ref) for ref in left], [get(cells, ref) for ref in right]
    everything = [*sides[0], *sides[1]]
    where = left + right, key, applicant
    blank = [cell for cell in everything if cell.value is None]
    if blank:
        status, note = _undecided(form, sides, everything, blank)
        if status is not None:
            return Finding(identity.id, status, None, None, None, *where, note)
    totals = [printed_sum(side, ()) for side in sides]
    delta = difference(*totals)
    tolerance, exact = _tolerance(form, everything), Decimal(delta)
    holds = {"==": abs(exact) <= tolerance, "<=": exact <= tolerance, ">=": exact >= -tolerance}[identity.op]
    return Finding(identity.id, _STATUSES[holds, bool(blank)], totals[0], totals[1], delta, *where)


_EXACTLY = Decimal(0)
_STATUSES = {
    (True, False): CheckStatus.PASS,
    (True, True): CheckStatus.PASS_WITH_BLANKS,
    (False, False): CheckStatus.FAIL,
    (False, True): CheckStatus.FAIL_WITH_BLANKS,
}


def _undecided(
    form: EraForm, sides: Iterable[Sequence[Cell]], everything: Sequence[Cell], blank: Sequence[Cell]
) -> tuple[CheckStatus | None, str | None]:
    """Why a sum some of whose cells have no value cannot be worked out; None where it can."""
    if form.era in (Era.A1, Era.A2) and all(cell.state is State.MISSING for cell in everything):
        return CheckStatus.NOT_APPLICABLE, "the report has no such rows"
    lost = sum(cell.state not in BLANK for cell in blank)
    if lost:
        return CheckStatus.UNDETERMINED, f"{lost} of {len(everything)} cells could not be read"
    if any(side and all(cell.value is None for cell in side) for side in sides):
        return CheckStatus.UNDETERMINED, "one side is blank"
    return None, None


def _tolerance(form: EraForm, cells: Sequence[Cell]) -> Decimal:
    """Zero for counts; for amounts half of the last printed decimal place, times the number of addends."""
    places = [-int(cell.value.as_tuple().exponent) for cell in cells if isinstance(cell.value, Decimal)]
    if not places or max(places) <= 0 or any(form.item(cell.key).kind != "money" for cell in cells):
        return _EXACTLY
    return Decimal("0.5").scaleb(-max(places)) * (len(cells) - 1)


def _counts(identity: Identity, form: EraForm, cells: Cells) -> Finding:
    """Every count is a whole number and not negative; a change in items may be negative."""
    checked = [cells[key] for key in form.cells if key in cells and form.item(key[0]).kind == "count"]
    wrong = [c for c in checked if c.value is not None and (c.value < 0 or c.value != int(c.value))]
    unread = sum(cell.value is None and cell.state not in BLANK for cell in checked)
    refs = tuple(CellRef(cell.key, cell.applicant) for cell in wrong)
    if wrong:
        return Finding(identity.id, CheckStatus.FAIL, len(wrong), 0, len(wrong), refs)
    if all(cell.value is None for cell in checked):
        return Finding(identity.id, CheckStatus.UNDETERMINED, None, None, None, note="no count could be read")
    if unread:
        note = f"{unread} of {len(checked)} cells could not be read"
        return Finding(identity.id, CheckStatus.UNDETERMINED, 0, 0, 0, note=note)
    blanks = any(cell.value is None for cell in checked)
    status = CheckStatus.PASS_WITH_BLANKS if blanks else CheckStatus.PASS
    return Finding(identity.id, status, 0, 0, 0)


def _zero_together(identity: Identity, cells: Cells) -> Finding:
    """There are no procurement projects exactly when there is no amount."""
    refs = CellRef("central_procurement_projects"), CellRef("central_procurement_amount")
    projects, amount = (get(cells, ref).value for ref in refs)
    if projects is None or amount is None:
        return Finding(
            identity.id, CheckStatus.UNDETERMINED, projects, amount, None, refs, note="a side is not a number"
        )
    status = CheckStatus.PASS if (projects == 0) == (amount == 0) else CheckStatus.FAIL
    return Finding(identity.id, status, projects, amount, None, refs)


_MAY = re.compile(
    r"(?:省|自治区|北京市|上海市|天津市|重庆市)(?:人民政府)?(?:办公厅)?$|^国家|^国务院|部$|自治州(?:人民政府)?$"
)
_MAY_NOT = re.compile(r"(?:镇|乡|街道|办事处|村|县|旗)(?:人民政府)?$|(?:镇|乡|街道|县)人民政府")


def _maker_of_rules(identity: Identity, form: EraForm, cells: Cells, agency: str | None) -> Finding:
    """Rules (规章) are made by State Council departments, provinces, larger cities and autonomous prefectures only."""
    refs = tuple(CellRef(key) for key, _ in form.cells if key.startswith("rules_"))
    concerned = [get(cells, ref) for ref in refs]
    values = [cell.value for cell in concerned if cell.value is not None]
    if all(cell.state in BLANK for cell in concerned):
        return Finding(identity.id, CheckStatus.NOT_APPLICABLE, None, None, None, refs, note="the row is blank")
    if not any(value > 0 for value in values):
        unread = len(values) < len(concerned) and any(c.value is None and c.state not in BLANK for c in concerned)
        status = CheckStatus.UNDETERMINED if unread else CheckStatus.PASS
        return Finding(identity.id, status, 0 if values else None, None, None, refs)
    most = max(values)
    if agency and _MAY.search(agency):
        return Finding(identity.id, CheckStatus.PASS, most, None, None, refs)
    if agency and _MAY_NOT.search(agency):
        note = f"{agency} may not make rules by its name; perhaps counted from another level"
        return Finding(identity.id, CheckStatus.FAIL, most, 0, most, refs, note=note)
    note = "whether the body may make rules cannot be told from its name"
    return Finding(identity.id, CheckStatus.UNDETERMINED, most, None, None, refs, note=note)


_FAILED = (CheckStatus.FAIL, CheckStatus.FAIL_WITH_BLANKS)


def _with_suspects(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Notes where a row and a column of table 3 fail by the same difference: the cell where they cross is suspect."""
    rows = [f for f in findings if f.rule == "T3.ROW" and f.status in _FAILED]
    columns = [f for f in findings if f.rule in ("T3.SUM", "T3.BAL") and f.status in _FAILED]
    notes: dict[int, str] = {}
    for row in rows:
        crossing = [
            column
            for column in columns
            if row.delta and column.delta and abs(row.delta) == abs(column.delta) and _crosses(row, column)
        ]
        for column in crossing:
            note = f"row {row.key} and column {column.applicant} differ by the same amount: their cell is the suspect"
            notes.setdefault(id(row), note)
            notes.setdefault(id(column), note)
        if not crossing:
            notes[id(row)] = "only the row differs: its total is the suspect"
    for finding in findings:
        yield replace(finding, note=notes[id(finding)]) if id(finding) in notes else finding


def _crosses(row: Finding, column: Finding) -> bool:
    return any(ref.key == row.key and ref.applicant == column.applicant for ref in column.cells)
