"""Copies of a report cell by cell, and a consolidated report against those it covers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.checks.cells import Cells, Reason, cells_of
from archive.checks.documents import DifferenceKind, Scope, compare_copies, compare_parts, scope_of
from archive.models import CellRef, CheckStatus, Era, Number, ParsedReport, Section, SectionStatus, State
from archive.report.form import load_form
from tests.checks.reports import Values, report

PASS, FAIL, UNDETERMINED = CheckStatus.PASS, CheckStatus.FAIL, CheckStatus.UNDETERMINED


def made(text: str = "", **cells: Number | State | None) -> ParsedReport:
    """A report of 2023 with zeros but for these cells (`key` or `key__applicant`)."""
    values: Values = dict.fromkeys(load_form().eras[Era.C].cells, 0)
    for name, value in cells.items():
        key, _, applicant = name.partition("__")
        values[key, applicant or None] = value
    return replace(report(Era.C, values), sections=(Section(1, None, SectionStatus.FOUND, text),))


def test_copies_that_agree() -> None:
    finding, differences = compare_copies(made("全文。", rules_issued=3), made("全 文。", rules_issued=3))
    assert (finding.rule, finding.status, finding.left, finding.right) == ("D1", PASS, 200, 200)
    assert differences == ()


def test_a_copy_with_another_number_fails_and_names_the_cell() -> None:
    finding, (difference,) = compare_copies(made(rules_issued=3), made(rules_issued=4))
    assert (finding.status, finding.left, finding.right, finding.delta) == (FAIL, 200, 199, 1)
    assert difference.ref == CellRef("rules_issued")
    assert (difference.kind, difference.held, difference.copy) == (DifferenceKind.DIFFERS, "3", "4")


def test_zero_and_blank_differ() -> None:
    finding, _ = compare_copies(made(), made(rules_issued=None))
    assert finding.status is FAIL


def test_a_copy_that_was_read_in_part_is_undetermined() -> None:
    finding, differences = compare_copies(made(), made(rules_issued=State.UNREADABLE))
    assert (finding.status, finding.reason, finding.left) == (UNDETERMINED, Reason.CELLS_UNREAD, 199)
    assert [item.kind for item in differences] == [DifferenceKind.UNSURE]
    nothing = replace(made(), cells=())
    finding, _ = compare_copies(made(), nothing)
    assert (finding.status, finding.reason) == (UNDETERMINED, Reason.NOTHING_TO_COMPARE)


def test_text_that_differs_is_told_and_fails_nothing() -> None:
    finding, (difference,) = compare_copies(made("甲。"), made("乙。"))
    assert finding.status is PASS
    assert finding.note == "the text differs in section 1"
    assert (difference.kind, difference.section) == (DifferenceKind.TEXT, 1)


@pytest.mark.parametrize(
    ("text", "scope"),
    [("全市全年共收办申请5件。", Scope.WHOLE), ("2023年，全县各级行政机关主动公开信息30条。", Scope.WHOLE),
     ("我局收到申请5件。", Scope.OWN), ("全市各部门与我局共同办理。", Scope.UNKNOWN), ("收到申请5件。", Scope.UNKNOWN)],
)  # fmt: skip
def test_scope_by_the_words_of_the_report(text: str, scope: Scope) -> None:
    assert scope_of(made(text)) is scope


WHOLE = "全市全年共收到政府信息公开申请。"


def parts(*numbers: int, office: bool = True) -> list[tuple[str, Cells]]:
    """The reports of bodies with so many requests each; the last is the office of the government."""
    names = ["青石市教育局", "青石市财政局", "青石市人民政府办公室" if office else "青石市水利局"]
    return [
        (name, cells_of(made(requests_received__total=number))) for name, number in zip(names, numbers, strict=False)
    ]


def received(findings: tuple) -> object:
    """The finding on requests received."""
    return next(finding for finding in findings if finding.key == "requests_received")


def test_a_consolidated_report_equals_its_parts() -> None:
    found = received(compare_parts(made(WHOLE, requests_received__total=12), parts(3, 4, 5), []))
    assert (found.status, found.left, found.right) == (PASS, 12, 12)


def test_a_consolidated_report_that_does_not() -> None:
    assert received(compare_parts(made(WHOLE, requests_received__total=13), parts(3, 4, 5), [])).status is FAIL
    assert (
        received(compare_parts(made(WHOLE, requests_received__total=11), parts(3, 4, 5, office=False), [])).status
        is FAIL
    )


def test_more_than_the_parts_says_nothing_where_the_office_is_not_among_them() -> None:
    found = received(compare_parts(made(WHOLE, requests_received__total=13), parts(3, 4, 5, office=False), []))
    assert (found.status, found.reason) == (UNDETERMINED, Reason.SCOPE_UNKNOWN)


def test_it_cannot_be_told_without_all_parts_or_without_a_scope() -> None:
    (missing,) = compare_parts(made(WHOLE), parts(1), ["青石市水利局"])
    assert (missing.status, missing.reason, missing.note) == (
        UNDETERMINED,
        Reason.PARTS_MISSING,
        "not held: 青石市水利局",
    )
    (unknown,) = compare_parts(made("收到申请。"), parts(1, 2, 3), [])
    assert (unknown.status, unknown.reason) == (UNDETERMINED, Reason.SCOPE_UNKNOWN)
    assert compare_parts(made("我局收到申请。"), parts(1, 2, 3), []) == ()
    lost = [("青石市人民政府办公室", cells_of(made(requests_received__total=State.UNREADABLE)))]
    found = received(compare_parts(made(WHOLE), lost, []))
    assert (found.status, found.reason) == (UNDETERMINED, Reason.CELLS_UNREAD)
