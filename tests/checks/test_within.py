"""Every identity within a report: passing, failing and undetermined, and the null policy."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
import yaml

from archive.checks.within import check_report
from archive.models import CheckStatus, Era, Finding, State
from archive.report.form import load_form
from tests.checks.reports import Values, consistent, report
from tests.shared import SHARED, needs_shared

PASS, FAIL, UNDETERMINED = CheckStatus.PASS, CheckStatus.FAIL, CheckStatus.UNDETERMINED
ERAS = [Era.A1, Era.A2, Era.B, Era.C]

# For each rule: the era, a cell, a value that breaks it.
BREAKS: list[tuple[str, Era, tuple[str, str | None], int]] = [
    ("A1.H1", Era.A1, ("requests_by_fax", None), 1),
    ("A1.H2", Era.A1, ("reply_granted_full", None), 1),
    ("A1.H3", Era.A1, ("reply_unclear", None), 1),
    ("A1.H4", Era.A1, ("fees_request_yuan", None), 1),
    ("A1.H5", Era.A1, ("fees_proactive_postage_yuan", None), 1),
    ("A1.H6", Era.A1, ("fees_request_other_yuan", None), 1),
    ("A1.H7", Era.A1, ("ogi_staff_part_time", None), 1),
    ("A1.S1", Era.A1, ("proactive_fulltext_electronic", None), 1),
    ("A1.S2", Era.A1, ("normative_docs_new", None), 1),
    ("A1.S3", Era.A1, ("administrative_appeals_first_handling", None), 1),
    ("A2.H1", Era.A2, ("requests_by_letter", None), 1),
    ("A2.H2", Era.A2, ("concluded_on_time", None), 1),
    ("A2.H3", Era.A2, ("reply_redirected", None), 1),
    ("A2.H4", Era.A2, ("refused_trade_secret", None), 1),
    ("A2.H5", Era.A2, ("review_other", None), 1),
    ("A2.H6", Era.A2, ("litigation_corrected", None), 1),
    ("A2.H7", Era.A2, ("ogi_staff_full_time", None), 1),
    ("A2.S1", Era.A2, ("proactive_total", None), 1),
    ("A2.S2", Era.A2, ("proactive_normative_docs", None), 1),
    ("A2.S3", Era.A2, ("proactive_normative_docs", None), 1),
    ("A2.S4", Era.A2, ("press_conferences_by_principal", None), 1),
    ("A2.S5", Era.A2, ("online_interviews_by_principal", None), 1),
    ("A2.S6", Era.A2, ("replies_total", None), 1),
    ("T3.ROW", Era.C, ("refused_third_party", "total"), 99_999),
    ("T3.BAL", Era.B, ("requests_brought_forward", "other_org"), 99_999),
    ("T3.SUM", Era.C, ("other_misc", "research_institution"), 99_999),
    ("T4.REVIEW", Era.C, ("review_total", None), 99_999),
    ("T4.DIRECT", Era.B, ("litigation_direct_pending", None), 99_999),
    ("T4.AFTER", Era.C, ("litigation_after_review_upheld", None), 99_999),
    ("B.T2.S1", Era.B, ("normative_docs_new_disclosed", None), 99_999),
    ("B.T2.S2", Era.B, ("penalty_items_change", None), -99_999),
    ("B.T2.S3", Era.B, ("central_procurement_amount", None), 0),
    ("C.T2.S1", Era.C, ("normative_docs_issued", None), 99_999),
    ("T2.S2", Era.C, ("rules_issued", None), 2),
    ("ALL.TYPE", Era.C, ("unable_not_held", "natural_person"), -1),
]


def of(findings: tuple[Finding, ...], rule: str) -> list[Finding]:
    return [finding for finding in findings if finding.rule == rule]


def test_every_rule_is_broken_in_this_test() -> None:
    assert {rule for rule, *_ in BREAKS} == {identity.id for identity in load_form().identities}


@pytest.mark.parametrize("era", ERAS)
def test_every_identity_is_applied_as_often_as_the_form_says(era: Era) -> None:
    counted = Counter(finding.rule for finding in check_report(report(era, consistent(era))))
    assert counted == {i.id: i.instances[era] for i in load_form().identities if era in i.eras}


@pytest.mark.parametrize("era", ERAS)
def test_a_consistent_report_passes_every_check(era: Era) -> None:
    assert {finding.status for finding in check_report(report(era, consistent(era)))} == {PASS}


@pytest.mark.parametrize(("rule", "era", "cell", "value"), BREAKS, ids=[rule for rule, *_ in BREAKS])
def test_a_rule_fails_and_explains_itself(rule: str, era: Era, cell: tuple[str, str | None], value: int) -> None:
    values = consistent(era)
    values[cell] = value
    failed = [finding for finding in of(check_report(report(era, values)), rule) if finding.status is FAIL]
    assert len(failed) == 1
    assert failed[0].left is not None
    assert cell in {(ref.key, ref.applicant) for ref in failed[0].cells}
    if failed[0].right is not None and failed[0].delta is not None:
        assert failed[0].delta == failed[0].left - failed[0].right


@pytest.mark.parametrize(("rule", "era", "cell"), [b[:3] for b in BREAKS], ids=[rule for rule, *_ in BREAKS])
def test_a_cell_that_could_not_be_placed_leaves_the_rule_undetermined(
    rule: str, era: Era, cell: tuple[str, str | None]
) -> None:
    values = consistent(era)
    values[cell] = State.UNREADABLE
    findings = of(check_report(report(era, values)), rule)
    assert UNDETERMINED in {finding.status for finding in findings}
    assert all(finding.status in (PASS, UNDETERMINED) for finding in findings)


def review(*outcomes: int | State | None) -> Finding:
    keys = ("review_upheld", "review_corrected", "review_other", "review_pending", "review_total")
    values: Values = {(key, None): value for key, value in zip(keys, outcomes, strict=True)}
    return of(check_report(report(Era.C, values)), "T4.REVIEW")[0]


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ((1, 2, 3, 4, 10), PASS),
        ((1, 2, 3, 4, 11), FAIL),
        ((1, None, None, 4, 5), CheckStatus.PASS_WITH_BLANKS),
        ((1, State.PLACEHOLDER, None, 4, 6), CheckStatus.FAIL_WITH_BLANKS),
        ((None, None, None, None, 0), UNDETERMINED),
        ((1, 2, 3, 4, None), UNDETERMINED),
        ((1, 2, State.TEXT, 4, 7), UNDETERMINED),
        ((1, 2, State.MALFORMED, 4, 7), UNDETERMINED),
        ((1, 2, State.MISSING, 4, 7), UNDETERMINED),
    ],
)
def test_the_null_policy(outcomes: tuple[int | State | None, ...], status: CheckStatus) -> None:
    assert review(*outcomes).status is status


def test_rules_of_a_table_that_a_report_does_not_have_do_not_apply() -> None:
    statuses = {f.status for f in check_report(report(Era.A2, {})) if f.rule != "ALL.TYPE"}
    assert statuses == {CheckStatus.NOT_APPLICABLE}


def test_amounts_may_differ_by_half_a_place_for_each_addend() -> None:
    values = consistent(Era.A1)
    values |= {("fees_proactive_yuan", None): Decimal("1.25"), ("fees_request_yuan", None): Decimal("2.25")}
    values |= {
        ("fees_proactive_postage_yuan", None): Decimal("1.25"),
        ("fees_request_other_yuan", None): Decimal("2.25"),
    }
    values["fees_total_yuan", None] = Decimal("3.51")
    assert of(check_report(report(Era.A1, values)), "A1.H4")[0].status is PASS
    values["fees_total_yuan", None] = Decimal("3.52")
    assert of(check_report(report(Era.A1, values)), "A1.H4")[0].status is FAIL
    for sum_of_five, status in (("1.27", PASS), ("1.28", FAIL)):
        values["fees_proactive_yuan", None] = Decimal(sum_of_five)
        assert of(check_report(report(Era.A1, values)), "A1.H5")[0].status is status


def test_a_count_with_decimals_is_given_no_room() -> None:
    values = consistent(Era.C)
    outcomes = dict.fromkeys(("review_upheld", "review_corrected", "review_other"), 1)
    values |= {(key, None): value for key, value in outcomes.items()}
    values |= {("review_pending", None): Decimal("0.9"), ("review_total", None): 4}
    assert {of(check_report(report(Era.C, values)), rule)[0].status for rule in ("T4.REVIEW", "ALL.TYPE")} == {FAIL}


def test_a_wrong_cell_is_named_where_its_row_and_column_cross() -> None:
    values = consistent(Era.C)
    before = values["refused_third_party", "natural_person"]
    assert isinstance(before, int)
    values["refused_third_party", "natural_person"] = before + 7
    noted = {f.rule: f.note for f in check_report(report(Era.C, values)) if f.status is FAIL}
    assert set(noted) == {"T3.ROW", "T3.SUM"}
    assert all(note and "refused_third_party" in note and "natural_person" in note for note in noted.values())


def test_whether_a_body_may_make_rules_is_read_from_its_name() -> None:
    def status(agency: str) -> CheckStatus:
        values = consistent(Era.C)
        values["rules_issued", None] = 2
        return of(check_report(report(Era.C, values, agency)), "T2.S2")[0].status

    assert status("青石省人民政府") is PASS
    assert status("青石县河东镇人民政府") is FAIL
    assert status("青石市财政局") is UNDETERMINED


@needs_shared
@pytest.mark.parametrize("number", range(5))
def test_the_vectors_of_the_description(number: int) -> None:
    text = (SHARED / "domain" / "report-format.yaml").read_text("utf-8")
    vectors = yaml.load(text, Loader=yaml.CSafeLoader)["test_vectors"]
    vector = vectors["vectors"][number]
    values: Values = {}
    for key, row in vector.get("T3", {}).items():
        values |= {(key, applicant): v for applicant, v in zip(vectors["applicant_order"], row, strict=True)}
    values |= {(key, None): v for key, v in zip(vectors["T4_order"], vector["T4"], strict=True)}
    findings = check_report(report(Era(vector["era"]), values))
    expected = vector["expect"]
    if "T4" in expected:
        assert sum(f.status is PASS for f in findings if f.rule.startswith("T4.")) == 3
    if expected.get("T3") == "39 pass":
        assert sum(f.status is PASS for f in findings if f.rule.startswith("T3.")) == 39
    if "T3.ROW" in expected:
        assert Counter(str(f.status) for f in of(findings, "T3.ROW")) == expected["T3.ROW"]
    for rule in ("T3.BAL", "T3.SUM"):
        if rule in expected:
            assert {f.applicant: str(f.status) for f in of(findings, rule)} == expected[rule]
