"""Every rule across years: passing, failing and not assessable; a missing year is never a pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.checks.cells import Reason
from archive.checks.rulebook import load_reasons, load_rules
from archive.checks.years import CrossFinding, check_years, expected_era, load_year_rules
from archive.models import CheckStatus, Era, Number, ParsedReport, ReadBy, State
from archive.report.form import load_form
from tests.checks.reports import Values, report

PASS, FAIL, UNDETERMINED = CheckStatus.PASS, CheckStatus.FAIL, CheckStatus.UNDETERMINED


def zeros(era: Era, *cells: tuple[str, str | None, Number | State | None]) -> ParsedReport:
    """A report with zeros in every cell but these."""
    values: Values = dict.fromkeys(load_form().eras[era].cells, 0)
    values |= {(key, applicant): value for key, applicant, value in cells}
    return report(era, values)


def of(findings: tuple[CrossFinding, ...], rule: str, name: str | None = None) -> CrossFinding:
    """The finding of a rule on one row or column."""
    (found,) = [f for f in findings if f.rule == rule and name in (f.key, f.applicant)]
    return found


# rule, row or column, year, before and after as (era, cells), and what comes out: status, left, right.
CASES = [
    ("Y1", "total", 2024, (Era.C, [("requests_carried_forward", "total", 121)]),
     (Era.C, [("requests_brought_forward", "total", 121)]), (PASS, 121, 121)),
    ("Y1", "other_org", 2024, (Era.C, [("requests_carried_forward", "other_org", 4)]),
     (Era.C, [("requests_brought_forward", "other_org", 3)]), (FAIL, 3, 4)),
    ("Y1", "total", 2021, (Era.B, [("requests_carried_forward", "total", 8)]),
     (Era.C, [("requests_brought_forward", "total", 8)]), (PASS, 8, 8)),
    ("Y1", "natural_person", 2020, (Era.B, [("requests_carried_forward", "natural_person", None)]),
     (Era.B, [("requests_brought_forward", "natural_person", 1)]), (UNDETERMINED, None, None)),
    ("Y2", "rules", 2025, (Era.C, [("rules_in_force", None, 12)]),
     (Era.C, [("rules_in_force", None, 15), ("rules_issued", None, 4), ("rules_repealed", None, 1)]), (PASS, 15, 15)),
    ("Y2", "normative_docs", 2025, (Era.C, [("normative_docs_in_force", None, 597)]),
     (Era.C, [("normative_docs_in_force", None, 420), ("normative_docs_issued", None, 50)]), (FAIL, 420, 647)),
    ("Y2", "rules", 2025, (Era.C, [("rules_in_force", None, State.UNREADABLE)]), (Era.C, []),
     (UNDETERMINED, None, None)),
    ("Y2", "rules", 2025, (Era.C, [("rules_in_force", None, 12)]),
     (Era.C, [("rules_in_force", None, 14), ("rules_issued", None, 2), ("rules_repealed", None, None)]),
     (CheckStatus.PASS_WITH_BLANKS, 14, 14)),
    ("Y3", "rules", 2020, (Era.B, [("rules_disclosed_total", None, 5)]),
     (Era.B, [("rules_disclosed_total", None, 7), ("rules_new_disclosed", None, 2)]), (PASS, 7, 7)),
    ("Y3", "normative_docs", 2020, (Era.B, [("normative_docs_disclosed_total", None, 5)]),
     (Era.B, [("normative_docs_disclosed_total", None, 4)]), (FAIL, 4, 5)),
    ("Y3", "rules", 2020, (Era.B, []), (Era.B, [("rules_disclosed_total", None, State.MISSING)]),
     (UNDETERMINED, None, None)),
    ("Y4", "penalty", 2020, (Era.B, [("penalty_items_prev_year", None, 253), ("penalty_items_change", None, -3)]),
     (Era.B, [("penalty_items_prev_year", None, 250)]), (PASS, 250, 250)),
    ("Y4", "admin_fee", 2020, (Era.B, [("admin_fee_items_prev_year", None, 6), ("admin_fee_items_change", None, 1)]),
     (Era.B, [("admin_fee_items_prev_year", None, 6)]), (FAIL, 6, 7)),
    ("Y4", "licensing", 2020, (Era.B, [("licensing_items_change", None, State.MALFORMED)]), (Era.B, []),
     (UNDETERMINED, None, None)),
    ("Y5", None, 2019, (Era.A2, [("requests_received", None, 30), ("requests_concluded", None, 28)]),
     (Era.B, [("requests_brought_forward", "total", 2)]), (PASS, 2, 2)),
    ("Y5", None, 2019, (Era.A2, [("requests_received", None, 30), ("requests_concluded", None, 28)]),
     (Era.B, [("requests_brought_forward", "total", 1)]), (FAIL, 1, 2)),
    ("Y5", None, 2019, (Era.A2, [("requests_concluded", None, State.MISSING)]), (Era.B, []),
     (UNDETERMINED, None, None)),
    ("Y6", "review", 2023, (Era.C, []), (Era.C, []), (PASS, 0, 0)),
    ("Y6", "litigation_direct", 2023, (Era.C, [("litigation_direct_pending", None, 3)]), (Era.C, []),
     (UNDETERMINED, 3, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "year", "before", "after", "expected"), CASES)
def test_rule(rule: str, name: str | None, year: int, before: tuple, after: tuple, expected: tuple) -> None:
    found = of(check_years(year, zeros(after[0], *after[1]), zeros(before[0], *before[1])), rule, name)
    assert (found.status, found.left, found.right) == expected
    assert found.reason is not None or found.status is not UNDETERMINED
    assert found.cells
    if found.left is not None:
        assert found.delta == found.left - found.right


def test_every_rule_has_a_passing_a_failing_and_an_undetermined_case() -> None:
    seen = {(rule, expected[0]) for rule, *_, expected in CASES}
    for rule in {rule.id for rule in load_year_rules()}:
        statuses = {status for name, status in seen if name == rule}
        # Y6 tells a caution: pending cases make it undetermined, and nothing makes it fail.
        assert statuses >= ({PASS, UNDETERMINED} if rule == "Y6" else {PASS, FAIL, UNDETERMINED}), rule


@pytest.mark.parametrize(
    ("year", "era", "rules"),
    [(2024, Era.C, {"Y1", "Y2", "Y6"}), (2021, Era.C, {"Y1", "Y6"}), (2020, Era.B, {"Y1", "Y3", "Y4", "Y6"}),
     (2019, Era.B, {"Y5", "Y6"}), (2016, Era.A2, set())],
)  # fmt: skip
def test_a_missing_year_is_undetermined_and_never_a_pass(year: int, era: Era, rules: set[str]) -> None:
    findings = check_years(year, zeros(era), None)
    assert {f.rule for f in findings} == rules
    assert {(f.status, f.reason) for f in findings} <= {(UNDETERMINED, Reason.MISSING_YEAR)}


def test_an_agency_that_did_not_exist_is_no_missing_year() -> None:
    findings = check_years(2024, zeros(Era.C), None, founded=2024)
    assert {(f.status, f.reason) for f in findings} == {(CheckStatus.NOT_APPLICABLE, Reason.NEW_AGENCY)}
    assert {f.status for f in check_years(2024, zeros(Era.C), None, founded=2023)} == {UNDETERMINED}


def test_a_year_on_another_form_cannot_be_compared() -> None:
    findings = check_years(2024, zeros(Era.C), report(Era.A2, {}))
    assert {(f.status, f.reason) for f in findings} == {(UNDETERMINED, Reason.OTHER_FORM)}


def test_both_sides_say_of_which_year_their_cells_are() -> None:
    before = zeros(Era.C, ("rules_in_force", None, 12))
    found = of(check_years(2025, zeros(Era.C, ("rules_in_force", None, 12)), before), "Y2", "rules")
    assert [(side.left, side.before, side.cell.key) for side in found.cells] == [
        (True, False, "rules_in_force"),
        (False, True, "rules_in_force"),
        (False, False, "rules_issued"),
        (False, False, "rules_repealed"),
    ]


def test_recognised_characters_are_told() -> None:
    before = replace(zeros(Era.C), read_by=ReadBy.OCR)
    assert all(f.note for f in check_years(2025, zeros(Era.C), before))
    assert not any(f.note for f in check_years(2025, zeros(Era.C), zeros(Era.C)))


def test_forms_by_year() -> None:
    assert [expected_era(year) for year in (2013, 2014, 2018, 2019, 2020, 2021)] == [
        Era.A0, Era.A2, Era.A2, Era.B, Era.B, Era.C,
    ]  # fmt: skip


def test_rules_are_whole() -> None:
    rules = load_rules()
    assert len({rule.id for rule in rules}) == len(rules) == 19
    assert {rule.id for rule in rules if rule.scope == "between_years"} == {rule.id for rule in load_year_rules()}
    for rule in rules:
        assert rule.source
        assert rule.label
        assert rule.label_en.isascii()
        assert rule.severity in {"hard", "hard_with_explanation", "soft", "information"}
        assert rule.breaks or rule.severity != "hard_with_explanation"
    assert set(load_reasons()) == set(Reason)
