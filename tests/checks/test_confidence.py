"""What a reader may trust: each status with its deciding facts, on reports made for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.checks.confidence import Confidence, ConfidenceStatus, Reason, ReasonCode, confidence
from archive.checks.within import check_report
from archive.models import Cell, Era, ParsedReport, ReadBy, Section, SectionStatus, State
from archive.report.form import load_form
from archive.report.parser import parse_document
from tests.checks.reports import Values, consistent, report
from tests.report.made import document, make

SECTIONS = tuple(
    Section(form.number, form.label, SectionStatus.FOUND, "本年度情况如下。") for form in load_form().sections
)


def stated(values: Values, era: Era = Era.C, sections: tuple[Section, ...] = SECTIONS) -> Confidence:
    made = replace(report(era, values), sections=sections)
    return confidence(made, check_report(made))


def counts(found: Confidence) -> dict[str, int]:
    return {str(reason.code): reason.count for reason in found.reason}


@pytest.mark.parametrize(("era", "cells", "sums"), [(Era.B, 198, 40), (Era.C, 200, 42)])
def test_a_whole_report_that_adds_up_is_verified(era: Era, cells: int, sums: int) -> None:
    found = stated(consistent(era), era)
    assert found == Confidence(
        ConfidenceStatus.VERIFIED, (Reason(ReasonCode.CELLS_READ, cells), Reason(ReasonCode.SUMS_HOLD, sums))
    )


def test_a_document_as_the_parser_reads_it_is_verified() -> None:
    parsed = parse_document(document(make(8, blank=0.4)))
    assert isinstance(parsed, ParsedReport)
    assert any(cell.state is State.BLANK for cell in parsed.cells)
    assert confidence(parsed, check_report(parsed)).status is ConfidenceStatus.VERIFIED


def test_marks_and_zeros_left_blank_are_read_as_printed() -> None:
    values = consistent(Era.C)
    for key, value in list(values.items()):
        if value == 0 and key[1] not in (None, "total"):
            values[key] = State.BLANK
    values["rules_issued", None] = State.PLACEHOLDER
    assert stated(values).status is ConfidenceStatus.VERIFIED


def test_a_sum_that_fails_is_the_fault_of_the_source() -> None:
    values = consistent(Era.C)
    values["review_total", None] = 999_999
    found = stated(values)
    assert found.status is ConfidenceStatus.INCONSISTENT
    assert found.reason[0] == Reason(ReasonCode.SUMS_FAIL, 1)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.MISSING, "cells_missing"),
        (State.UNREADABLE, "cells_unreadable"),
        (State.MALFORMED, "cells_not_numbers"),
        (State.TEXT, "cells_not_numbers"),
    ],
)
def test_a_cell_without_what_it_should_hold_makes_it_partial(state: State, code: str) -> None:
    values = consistent(Era.C)
    values["licensing_decisions", None] = state
    found = stated(values)
    assert found.status is ConfidenceStatus.PARTIAL
    assert counts(found)[code] == 1


def test_what_was_inferred_is_not_read() -> None:
    made = replace(report(Era.C, consistent(Era.C)), sections=SECTIONS)
    cells = tuple(replace(cell, state=State.INFERRED) if cell.key == "review_upheld" else cell for cell in made.cells)
    made = replace(made, cells=cells)
    found = confidence(made, check_report(made))
    assert found.status is ConfidenceStatus.PARTIAL
    assert found.reason[0] == Reason(ReasonCode.CELLS_INFERRED, 1)


def test_what_was_recognised_on_pictures_is_neither_verified_nor_held_against_its_source() -> None:
    values = consistent(Era.C)
    for total in (values["review_total", None], 999_999):
        values["review_total", None] = total
        made = replace(report(Era.C, values), sections=SECTIONS, read_by=ReadBy.OCR)
        found = confidence(made, check_report(made))
        assert found.status is ConfidenceStatus.PARTIAL
        assert found.reason[0] == Reason(ReasonCode.RECOGNISED, 1)
    early = replace(report(Era.A0, {}), read_by=ReadBy.OCR)
    assert counts(confidence(early, ())) == {"recognised": 1, "text_only": 1}


def test_a_failing_sum_beside_unread_cells_may_be_our_mistake() -> None:
    values = consistent(Era.C)
    values["review_total", None] = 999_999
    values["licensing_decisions", None] = State.UNREADABLE
    found = stated(values)
    assert found.status is ConfidenceStatus.PARTIAL
    assert counts(found)["sums_fail"] == 1


def test_a_missing_section_makes_it_partial_and_an_empty_or_merged_one_does_not() -> None:
    changed = {2: SectionStatus.EMPTY, 6: SectionStatus.MERGED}
    sections = tuple(replace(s, status=changed.get(s.number, s.status)) for s in SECTIONS)
    assert stated(consistent(Era.C), sections=sections).status is ConfidenceStatus.VERIFIED
    for lost in (SECTIONS[:5], (*SECTIONS[:5], replace(SECTIONS[5], status=SectionStatus.MISSING))):
        found = stated(consistent(Era.C), sections=lost)
        assert found.status is ConfidenceStatus.PARTIAL
        assert counts(found)["sections_missing"] == 1


def test_a_blank_total_beside_printed_numbers_leaves_its_sum_open() -> None:
    values = consistent(Era.C)
    for outcome in ("upheld", "corrected", "other", "pending"):
        values[f"review_{outcome}", None] = 2
    values["review_total", None] = None
    found = stated(values)
    assert found.status is ConfidenceStatus.PARTIAL
    assert counts(found)["sums_undecided"] == 1


def test_a_blank_form_is_read_and_confirmed_by_nothing() -> None:
    found = stated(dict.fromkeys(load_form().eras[Era.C].cells))
    assert found.status is ConfidenceStatus.PARTIAL
    assert counts(found) == {"no_sum": 1, "cells_read": 200}


@pytest.mark.parametrize("state", [State.MISSING, State.UNREADABLE])
def test_a_form_of_which_nothing_was_read_is_unparsed(state: State) -> None:
    found = stated(dict.fromkeys(load_form().eras[Era.B].cells, state), Era.B)
    assert found.status is ConfidenceStatus.UNPARSED
    assert found.reason[0] == Reason(ReasonCode(f"cells_{state}"), 198)


def test_an_early_report_is_text_or_a_table_read_in_one_way() -> None:
    assert stated({}, Era.A0, ()) == Confidence(ConfidenceStatus.PARTIAL, (Reason(ReasonCode.TEXT_ONLY, 1),))
    values = consistent(Era.A2)
    found = stated(values, Era.A2, ())
    assert found.status is ConfidenceStatus.PARTIAL
    assert found.reason[0].code is ReasonCode.ONE_READING
    values["replies_total", None] = 3
    assert counts(stated(values, Era.A2, ()))["sums_fail"] == 1


VALUES = st.dictionaries(
    st.sampled_from(load_form().eras[Era.C].cells),
    st.one_of(st.integers(0, 3), st.none(), st.sampled_from([s for s in State if s not in (State.NUMBER, State.ZERO)])),
    max_size=8,
)


@given(VALUES)
def test_nothing_is_verified_that_is_not_whole_and_sound(changes: Values) -> None:
    values = consistent(Era.C) | {key: value for key, value in changes.items() if value is not State.INFERRED}
    made = replace(report(Era.C, values), sections=SECTIONS)
    findings = check_report(made)
    found = confidence(made, findings)
    hard = {identity.id for identity in load_form().identities if identity.severity == "hard"}
    sure = all(cell.state not in (State.MISSING, State.UNREADABLE) for cell in made.cells)
    failing = any(finding.rule in hard and finding.status.startswith("fail") for finding in findings)
    if found.status is ConfidenceStatus.VERIFIED:
        assert sure
        assert not failing
        assert _numbers(made.cells)
    if found.status is ConfidenceStatus.INCONSISTENT:
        assert sure
        assert failing
    assert all(reason.count > 0 for reason in found.reason)


def _numbers(cells: tuple[Cell, ...]) -> bool:
    return all(cell.state in (State.NUMBER, State.ZERO, State.BLANK, State.PLACEHOLDER) for cell in cells)
