"""The generator's truth: forms are whole, sums hold except for planted faults, a seed always gives the same bytes."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
import stdnum

from archive.models import Era, State
from demo.farm import Farm, build_farm
from demo.form import APPLICANTS, COLUMNS, TOTAL, era_of, items, leaf_results, places
from demo.render import docx, html, text
from demo.reports import FIRST_CHARACTERS, SECOND_CHARACTERS, many
from demo.truth import Failure, Quirk, TrueReport

SIX = tuple(APPLICANTS)


@pytest.fixture(scope="module")
def farm() -> Farm:
    return build_farm()


@pytest.fixture(scope="module")
def reports(farm: Farm) -> list[TrueReport]:
    return [*(publication.report for publication in farm.publications), *many(700)]


def number(report: TrueReport, key: str, applicant: str | None = None) -> int:
    """What a reader would add up: blanks of table 3 stand for nothing."""
    value = report.value(key, applicant)
    return int(value) if value is not None else 0


def broken(report: TrueReport) -> set[Failure]:
    """The identities of the form that do not hold, worked out from the cells (rows, balances and sums, remedies)."""
    found = set()
    table3 = [item.key for item in items(report.era) if item.table == 3]
    for key in table3:
        if sum(number(report, key, who) for who in SIX) != number(report, key, TOTAL):
            found.add(Failure("T3.ROW", key=key))
    for who in COLUMNS:
        done = number(report, "results_total", who)
        taken = number(report, "requests_received", who) + number(report, "requests_brought_forward", who)
        if taken != done + number(report, "requests_carried_forward", who):
            found.add(Failure("T3.BAL", applicant=who))
        if sum(number(report, leaf, who) for leaf in leaf_results(report.era)) != done:
            found.add(Failure("T3.SUM", applicant=who))
    for rule, block in (("REVIEW", "review"), ("DIRECT", "litigation_direct"), ("AFTER", "litigation_after_review")):
        parts = sum(number(report, f"{block}_{name}") for name in ("upheld", "corrected", "other", "pending"))
        if parts != number(report, f"{block}_total"):
            found.add(Failure(f"T4.{rule}"))
    return found


def test_every_form_is_whole(reports: list[TrueReport]) -> None:
    assert (len(places(Era.B)), len(places(Era.C))) == (198, 200)
    for report in reports:
        assert tuple((cell.key, cell.applicant) for cell in report.cells) == places(report.era)
        assert [section.number for section in report.sections] == [1, 2, 3, 4, 5, 6]


def test_exactly_the_planted_sums_fail(reports: list[TrueReport]) -> None:
    assert any(report.failures for report in reports)
    for report in reports:
        assert broken(report) == set(report.failures), report.id


def test_soft_rules_hold(reports: list[TrueReport]) -> None:
    for report in reports:
        for row in ("rules", "normative_docs"):
            if report.era is Era.C:
                left = number(report, f"{row}_in_force") + number(report, f"{row}_repealed")
                assert number(report, f"{row}_issued") <= left
            else:
                assert number(report, f"{row}_new_disclosed") <= number(report, f"{row}_disclosed_total")
        if report.era is Era.B:
            for row in ("licensing", "other_services", "penalty", "coercion", "admin_fee"):
                assert number(report, f"{row}_items_prev_year") + number(report, f"{row}_items_change") >= 0
            projects, amount = report.value("central_procurement_projects"), report.value("central_procurement_amount")
            assert bool(projects) == bool(amount)


def test_years_are_chained_unless_broken_on_purpose(farm: Farm) -> None:
    every = {publication.report.id: publication.report for publication in farm.publications}
    pairs = 0
    for agency in farm.agencies:
        for before, after in pairwise(range(agency.first_year, agency.last_year + 1)):
            first, second = every.get(f"{agency.id}-{before}"), every.get(f"{agency.id}-{after}")
            if not first or not second:
                continue
            pairs += 1
            for who in COLUMNS:
                left = number(first, "requests_carried_forward", who)
                brought = number(second, "requests_brought_forward", who)
                by = 3 if Quirk.BROKEN_CHAIN in second.quirks and who in ("natural_person", TOTAL) else 0
                assert brought == left + by, (second.id, who)
            if first.era is second.era is Era.C:
                for row in ("rules", "normative_docs"):
                    moved = number(second, f"{row}_issued") - number(second, f"{row}_repealed")
                    planted = 4 * (row == "normative_docs")
                    by = planted * sum(
                        sign * (Quirk.BROKEN_STOCK in each.quirks) for sign, each in ((1, second), (-1, first))
                    )
                    assert number(second, f"{row}_in_force") == number(first, f"{row}_in_force") + moved + by
    assert pairs > 80


def test_states_agree_with_what_is_printed(reports: list[TrueReport]) -> None:
    seen: Counter[State] = Counter()
    for report in reports:
        for cell in report.cells:
            seen[cell.state] += 1
            match cell.state:
                case State.NUMBER:
                    assert cell.raw is not None
                    assert Decimal(cell.raw.removesuffix("万元")) == cell.value != 0
                case State.ZERO:
                    assert (cell.raw, cell.value) == ("0", 0)
                case State.BLANK:
                    assert (cell.raw, cell.value) == ("", None)
                case State.PLACEHOLDER:
                    assert (cell.raw, cell.value) == ("/", None)
                case other:
                    raise AssertionError(other)
    assert set(seen) == {State.NUMBER, State.ZERO, State.BLANK, State.PLACEHOLDER}


def test_the_text_gives_the_figures_of_the_table_unless_it_differs_on_purpose(reports: list[TrueReport]) -> None:
    differing = 0
    for report in reports:
        if Quirk.BLANKS in report.quirks:
            continue
        found = re.search(r"(?:收到政府信息公开申请|新收政府信息公开申请|新收)(\d+)件", report.sections[0].text)
        if not found:
            assert "没有收到政府信息公开申请" in report.sections[0].text
            continue
        differs = int(found[1]) != report.value("requests_received", TOTAL)
        assert differs == (Quirk.TEXT_DIFFERS in report.quirks), report.id
        differing += differs
    assert differing >= 2


def test_every_quirk_is_planted_on_the_farm(farm: Farm) -> None:
    planted = {quirk for publication in farm.publications for quirk in publication.report.quirks}
    assert planted == set(Quirk)
    late = [each.report for each in farm.publications if Quirk.LATE in each.report.quirks]
    assert late
    for report in late:
        assert f"{report.year + 1}-05" < report.published < f"{report.year + 1}-12"


def test_the_same_seed_gives_the_same_reports_and_another_seed_others() -> None:
    once, twice, other = list(many(60)), list(many(60)), list(many(60, seed=5))
    assert once == twice
    assert [html.page(report, "word") for report in once] == [html.page(report, "word") for report in twice]
    assert [docx.render(report, tracked=True) for report in once] == [
        docx.render(report, tracked=True) for report in twice
    ]
    assert [report.cells for report in once] != [report.cells for report in other]


def test_one_agency_does_not_depend_on_how_many_are_asked_for() -> None:
    assert list(many(50)) == list(many(150))[:50]


def test_ids_are_unique_and_names_are_not_those_of_real_places() -> None:
    reports = list(many(2000))
    assert len({report.id for report in reports}) == 2000
    assert len({report.title for report in reports}) == 2000
    real = (Path(stdnum.__file__).parent / "cn" / "loc.dat").read_text("utf-8")
    stems = {name[:2] for name in re.findall(r"\"\[[^\]]*\]([^\"]+)\"", real)}
    assert len(stems) > 2000
    made_up = {first + second for first in FIRST_CHARACTERS for second in SECOND_CHARACTERS}
    made_up |= {agency.place[:2] for agency in build_farm().agencies}
    assert not made_up & stems


def test_more_reports_than_names_are_refused_by_name() -> None:
    from demo import reports

    whole = reports.FIRST_CHARACTERS, reports.SECOND_CHARACTERS
    try:
        reports.FIRST_CHARACTERS, reports.SECOND_CHARACTERS = "青", "禾"
        assert sum(1 for _ in many(77)) == 77
        with pytest.raises(ValueError, match="78 reports asked for"):
            list(many(78))
    finally:
        reports.FIRST_CHARACTERS, reports.SECOND_CHARACTERS = whole


def test_years_without_a_national_form_are_refused() -> None:
    with pytest.raises(ValueError, match="2018"):
        era_of(2018)


def test_plain_text_keeps_every_figure_in_order(reports: list[TrueReport]) -> None:
    report = next(each for each in reports if not each.quirks and each.era is Era.C)
    figures = [cell.raw for cell in report.cells]
    cells = [line.strip() for line in text.render(report).splitlines()]
    assert [each for each in cells if re.fullmatch(r"-?\d+(\.\d+)?", each)] == figures
    tabs = [part for line in text.render(report, text.tab_lines).splitlines() for part in line.split("\t")]
    assert [each for each in tabs if re.fullmatch(r"-?\d+(\.\d+)?", each)] == figures
