"""Measures: exact ratios with both terms, and every reason for which none is given."""

from __future__ import annotations

from fractions import Fraction

import pytest

from archive.checks.cells import Reason
from archive.checks.measures import Measure, Measured, doubtful, load_measures, measures
from archive.checks.within import check_report
from archive.models import Cell, Era, Number, ParsedReport, State
from archive.report.form import load_form
from tests.checks.reports import Values, report


def made(era: Era = Era.C, **rows: int) -> Values:
    """Values that add up: requests all by natural persons, results as given by key, and totals to match."""
    values: Values = dict.fromkeys(load_form().eras[era].cells, 0)

    def put(key: str, number: int) -> None:
        values[key, "natural_person"] = values[key, "total"] = number

    leaves = {row.key for row in load_form().eras[era].rows if row.leaf_result}
    for key, number in rows.items():
        if (key, "total") in values:
            put(key, number)
        else:
            values[key, None] = number
    results = sum(number for key, number in rows.items() if key in leaves)
    put("results_total", results)
    put(
        "requests_received", results + rows.get("requests_carried_forward", 0) - rows.get("requests_brought_forward", 0)
    )
    return values


def measured(values: Values, era: Era = Era.C) -> Measured:
    """A report and what its sums came to."""
    parsed = report(era, values)
    return Measured(parsed, doubtful(check_report(parsed)))


def of(name: str, now: Measured, before: Measured | None = None) -> Measure:
    """One measure."""
    (found,) = [measure for measure in measures(now, before) if measure.form.name == name]
    return found


FULL = {
    "result_granted_full": 40,
    "result_granted_part": 10,
    "refused_third_party": 7,
    "refused_internal_affairs": 23,
    "unable_not_held": 15,
    "not_processed_repeat": 5,
    "requests_brought_forward": 4,
    "requests_carried_forward": 6,
}


@pytest.mark.parametrize(
    ("name", "numerator", "denominator"),
    [("disclosure_rate", 50, 100), ("full_rate", 40, 100), ("refusal_rate", 30, 100), ("not_held_share", 15, 100),
     ("not_processed_share", 5, 100), ("clearance_rate", 100, 106), ("carry_over_share", 6, 106),
     ("ground_internal_affairs", 23, 30), ("repeat_share", 5, 100), ("asked_by_natural_person", 102, 102),
     ("refused_total", 30, None), ("unable_total", 15, None), ("legal_person", 0, None)],
)  # fmt: skip
def test_value(name: str, numerator: int, denominator: int | None) -> None:
    found = of(name, measured(made(**FULL)))
    assert (found.numerator, found.denominator, found.reason) == (numerator, denominator, None)
    assert found.value == Fraction(numerator, denominator or 1)


def test_decided_cases_are_those_not_pending() -> None:
    values = made(review_total=30, review_upheld=20, review_corrected=4, review_pending=6)
    found = of("review_correction_rate", measured(values))
    assert (found.numerator, found.denominator, found.value) == (4, 24, Fraction(1, 6))


def test_below_the_least_denominator_both_terms_stand_and_no_value() -> None:
    enough = of("full_rate", measured(made(result_granted_full=5, unable_not_held=15)))
    few = of("full_rate", measured(made(result_granted_full=5, unable_not_held=14)))
    assert (enough.value, enough.reason) == (Fraction(1, 4), None)
    assert (few.numerator, few.denominator, few.value, few.reason) == (5, 19, None, Reason.BELOW_MINIMUM)


def test_no_value_from_cells_whose_checks_fail() -> None:
    values = made(**FULL)
    values["refused_third_party", "total"] = 9
    now = measured(values)
    assert of("refusal_rate", now).reason is Reason.CHECK_FAILS
    assert of("ground_third_party", now).value is None
    # The sum over the column total takes every result in; who asked is another row, whose sum holds.
    assert of("asked_by_natural_person", now).reason is None


def test_a_question_about_cells_takes_no_value_away() -> None:
    more_than_there_are = measured(made(normative_docs_issued=9, normative_docs_in_force=5))
    found = of("in_force_change", more_than_there_are, measured(made(normative_docs_in_force=3)))
    assert (found.value, found.reason) == (2, None)


def test_no_value_from_cells_whose_checks_are_undetermined() -> None:
    values = made(**FULL)
    values["unable_not_held", "natural_person"] = State.UNREADABLE
    found = of("not_held_share", measured(values))
    assert (found.value, found.reason) == (None, Reason.CHECK_UNDECIDED)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [(State.MISSING, Reason.CELLS_UNREAD), (State.TEXT, Reason.CELLS_UNREAD), (None, Reason.CELLS_BLANK)],
)
def test_a_cell_without_a_number_gives_none(cell: State | None, reason: Reason) -> None:
    values = made(**FULL)
    values["result_granted_full", "total"] = cell
    found = of("full_rate", measured(values))
    assert (found.numerator, found.value, found.reason) == (None, None, reason)


def test_inferred_cells_are_counted() -> None:
    parsed = report(Era.C, made(**FULL))
    cells = tuple(
        Cell(cell.key, cell.applicant, cell.value, State.INFERRED, "40")
        if (cell.key, cell.applicant) == ("result_granted_full", "total")
        else cell
        for cell in parsed.cells
    )
    now = Measured(ParsedReport(None, None, 2023, Era.C, (), cells), {})
    assert (of("full_rate", now).inferred, of("refusal_rate", now).inferred) == (1, 0)


def change(before: Number | State | None, after: Number) -> Measure:
    """The change of normative documents in force between two years."""
    values, earlier = made(), made()
    values["normative_docs_in_force", None] = after
    earlier["normative_docs_in_force", None] = before
    return of("in_force_change", measured(values), measured(earlier))


def test_change_against_the_year_before() -> None:
    assert change(597, 420).value == -177
    assert change(State.UNREADABLE, 420).reason is Reason.CELLS_UNREAD
    assert of("in_force_change", measured(made())).reason is Reason.MISSING_YEAR
    assert of("in_force_change", measured(made()), measured(made(Era.B), Era.B)).reason is Reason.OTHER_FORM


def test_rows_of_an_era_are_those_of_its_form() -> None:
    names = {form.name: set(form.formulas) for form in load_measures()}
    assert names["other_total"] == {Era.B, Era.C}
    assert names["in_force_change"] == {Era.C}
    found = of("other_total", measured(made(Era.B, other_total=9), Era.B))
    assert found.value == 9
    assert of("other_total", measured(made(other_misc=4, other_fee_unpaid=3))).value == 7


def test_every_measure_has_both_labels() -> None:
    forms = load_measures()
    assert len({form.name for form in forms}) == len(forms)
    for form in forms:
        assert form.label_en.isascii()
        assert not form.label.isascii()
        assert (form.by is None) == (form.minimum == 0) == (form.kind in {"count", "change"})
