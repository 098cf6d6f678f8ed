"""Real reports, where they stand beside the project: carry-over, stock in force, and what the text is asked."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from archive.checks.narrative import TextStatus, check_text
from archive.checks.years import check_years
from archive.models import Cell, CheckStatus, Era, ParsedReport, Section, SectionStatus, State
from archive.reading import read_report
from tests.shared import SHARED, needs_shared

REPORTS = SHARED / "reports"


def truth(name: str) -> tuple[Cell, ...]:
    """The cells as a person read them."""
    cells = []
    for key, applicant, value in json.loads((REPORTS / f"{name}.expected.json").read_text("utf-8"))["statistics"]:
        state = State.BLANK if value is None else State.NUMBER if value else State.ZERO
        exact = Decimal(str(value)) if isinstance(value, float) else value
        cells.append(Cell(key, applicant, exact, state, "" if value is None else str(value)))
    return tuple(cells)


def suqian(year: int) -> ParsedReport:
    """The city's report: cells from the reading by hand, text of section one as it stands in the file."""
    text = (REPORTS / f"suqian_{year}_from_compare_pdf.txt").read_text("utf-8")
    first = text[text.index(f"{year}年，我市坚持" if year == 2024 else f"{year}年，我市以") :][:6000]
    section = Section(1, None, SectionStatus.FOUND, first)
    return ParsedReport(None, "宿迁市", year, Era.C, (section,), truth(f"suqian_{year}"))


@needs_shared
def test_suqian_opens_where_it_closed_and_its_stock_follows() -> None:
    findings = check_years(2024, suqian(2024), suqian(2023))
    assert [f.status for f in findings if f.rule == "Y1"] == [CheckStatus.PASS] * 7
    assert [(f.key, f.left, f.status) for f in findings if f.rule == "Y2"] == [
        ("rules", 12, CheckStatus.PASS),
        ("normative_docs", 420, CheckStatus.PASS),
    ]


@needs_shared
def test_suqian_2024_is_asked_about_its_growth_and_its_cases() -> None:
    checks = check_text(2024, suqian(2024), suqian(2023))
    asked = {(check.claim, check.value, check.computed) for check in checks if check.status is TextStatus.QUESTION}
    assert asked == {("growth", Decimal("1.05"), Decimal("1.0812")), ("reviews", 134, 170), ("suits", 57, 77)}
    handled = next(check for check in checks if check.claim == "handled")
    assert (handled.value, handled.reading) == (3646, "received_and_brought")


@needs_shared
def test_suqian_2023_agrees_in_every_statement() -> None:
    checks = check_text(2023, suqian(2023))
    assert {check.status for check in checks if check.claim != "growth"} == {TextStatus.PASS}
    assert {check.claim for check in checks} >= {
        "handled", "growth", "breakdown", "natural_persons", "organisations", "granted_full", "granted_part", "refused",
        "unable", "not_processed", "other_results", "carried_forward",
    }  # fmt: skip


@needs_shared
@pytest.mark.parametrize(
    ("name", "file", "year"),
    [("pingtan_zone_2024", "pingtan_zone_2024.html", 2024), ("pingtan_zone_2021", "pingtan_zone_2021.page.txt", 2021),
     ("pingtan_gaj_2024", "pingtan_gaj_2024.page.txt", 2024), ("pingtan_zrz_2022", "pingtan_zrz_2022.page.txt", 2022),
     ("tengzhou_kjj_2023", "tengzhou_kjj_2023_seed.txt", 2023)],
)  # fmt: skip
def test_reports_that_agree_are_asked_nothing(name: str, file: str, year: int) -> None:
    parsed = read_report((REPORTS / file).read_bytes(), name=file)
    assert isinstance(parsed, ParsedReport)
    checks = check_text(year, replace(parsed, cells=truth(name)))
    assert checks
    assert {check.status for check in checks} == {TextStatus.PASS}
