"""The page of an agency: its figures over the years, drawn and as a table."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from archive.checks.cells import Reason
from archive.database.dictionaries import item_ids
from archive.models import Era
from archive.site.indicators import read_figures
from archive.site.pages import series
from archive.site.pages.agency import place_of
from tests.database.test_questions import GONE, LATE
from tests.site.conftest import Get
from tests.site.figures.conftest import Look, table_of

ODD = "/agency/u-0000000000"
"""The body of the small archive that has every oddity: reports of 2020, 2022 and 2023, none of 2021."""


def soup(get: Get, path: str, language: str = "en") -> BeautifulSoup:
    answer = get(path, language)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def text(within: Tag, selector: str) -> str:
    (found,) = within.select(selector)
    return found.get_text(" ", strip=True)


def group(page: BeautifulSoup, name: str) -> Tag:
    (figure,) = page.select(f"figure#{name}")
    return figure


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("990121", ("云海省", "云溪市", "鹤汀县")),
        ("990100", ("云海省", "云溪市")),
        ("990000", ("云海省",)),
        ("990199", ("云海省", "云溪市")),
        ("000000", ()),
    ],
)
def test_a_body_is_placed_by_the_divisions_around_it(code: str, place: tuple[str, ...]) -> None:
    assert place_of({"990000": "云海省", "990100": "云溪市", "990121": "鹤汀县"}, code) == place


def test_every_number_in_the_table_is_that_of_the_report(look: Look, held: sqlite3.Connection) -> None:
    numbers = {
        (line["agency_id"], line["year"], line["key"]): line["value"]
        for line in held.execute(
            "select agency_id, year, key, value from statistics where applicant = 'total' or applicant is null"
        )
    }
    rows = {"Requests received number": "requests_received", "Normative documents number": "normative_docs_in_force"}
    seen = 0
    for (agency,) in held.execute("select agency_id from agencies where reports > 3 limit 6"):
        table = table_of(look(f"/agency/{agency}"))
        for name, key in rows.items():
            for year, cell in table[name].items():
                value = numbers.get((agency, int(year), key))
                if value is not None and cell.split()[0].replace(",", "").isdigit():
                    assert cell.split()[0].replace(",", "") == str(value)
                    seen += 1
                else:
                    assert value is None, (agency, year, key, cell)
        for year, cell in table["Disclosed in full or part %"].items():
            full, part, results = (
                int(numbers.get((agency, int(year), key)) or 0)
                for key in ("result_granted_full", "result_granted_part", "results_total")
            )
            if "%" in cell:
                assert cell == f"{100 * (full + part) / results:.1f}% {full + part} / {results}"
                assert results >= 20
                seen += 1
    assert seen > 60


def test_a_year_without_a_report_breaks_the_lines_and_says_why(get: Get) -> None:
    figure = group(soup(get, ODD), "requests")
    assert [label.get_text() for label in figure.select(".axis text")][-4:] == ["2020", "2021", "2022", "2023"]
    assert [title.get_text() for title in figure.select("g:has(> rect.gap) > title")] == [
        " · ".join(
            f"2021 {name}: looked for, not on the portal"
            for name in ("Requests received", "Requests handled", "Carried forward")
        )
    ]
    assert "2021: looked for, not on the portal" in text(figure, ".gaps")
    assert table_of(soup(get, ODD))["Requests received number"]["2021"] == "looked for, not on the portal"


def test_points_lead_to_the_report_and_say_what_they_are(get: Get) -> None:
    figure = group(soup(get, ODD), "requests")
    links = figure.select("svg a")
    assert {link["href"] for link in links} == {f"/report/u-0000000000-{year}" for year in (2020, 2022, 2023)}
    assert all(text(link, "title").startswith(("2020 ", "2022 ", "2023 ")) for link in links)


def test_a_number_whose_sum_fails_stands_in_the_table_and_is_not_drawn(get: Get) -> None:
    page = soup(get, ODD)
    cell = table_of(page)["Reviews number"]["2023"]
    assert cell.endswith("A sum behind it fails")
    assert cell.split()[0].isdigit()
    drawn = [text(link, "title") for link in group(page, "disputes").select("svg a")]
    assert not any(note.startswith("2023 Reviews") for note in drawn)
    assert any(note.startswith("2022 Reviews") for note in drawn)


def test_what_is_unreadable_or_not_in_the_form_is_no_zero(get: Get) -> None:
    assert ("rules_in_force", None) not in item_ids()[Era.B]
    rules = table_of(soup(get, ODD))["Rules number"]
    assert rules["2023"] == "unreadable"
    assert rules["2020"] == "not in the form of this report"
    assert rules["2022"].isdigit()


def test_each_picture_has_a_source_a_unit_and_words_for_those_who_do_not_see_it(look: Look) -> None:
    page = look("/agency/qinghe-szf", "zh-CN")
    figures = page.select("figure.picture")
    assert [figure["id"] for figure in figures] == [
        "requests", "results", "shares", "disputes", "corrections", "documents",
    ]  # fmt: skip
    for figure in figures:
        assert text(figure, "figcaption") == text(figure, "svg > title")
        assert "青禾市人民政府" in text(figure, "svg > desc")
        assert "年度报告" in text(figure, ".source")
        assert text(figure, ".unit") in ("件", "%")
    ids = [element["id"] for element in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_a_late_report_is_told_with_its_dates_apart(look: Look) -> None:
    page = look(f"/agency/{LATE}")
    (row,) = page.select("#publication ~ .scroll tbody tr")
    cells = [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
    assert cells[0] == "2023"
    assert cells[2:] == ["2024-01-31", "late 30 days", "2024-03-01", "—", "—", "2024-03-02"]
    assert "late once" in text(page, "dl.facts")


def test_a_report_that_is_owed_and_not_held_is_counted(look: Look) -> None:
    assert "one owed and not held" in text(look(f"/agency/{GONE}"), "dl.facts")


def test_parent_and_children_lead_to_each_other(look: Look, held: sqlite3.Connection) -> None:
    child, parent = held.execute("select agency_id, parent_id from agencies where parent_id is not null").fetchone()
    assert look(f"/agency/{child}").select(f'dl.facts a[href="/agency/{parent}"]')
    assert look(f"/agency/{parent}").select(f'#children ~ ul a[href="/agency/{child}"]')


def test_rules_that_fail_lead_to_their_reports(get: Get) -> None:
    lines = soup(get, ODD).select("#failing + ul li")
    assert [text(line, "code") for line in lines] == ["T3.BAL", "T3.ROW", "T4.REVIEW"]
    assert {link["href"] for line in lines for link in line.select("a")} == {"/report/u-0000000000-2023"}


def test_the_same_numbers_are_there_for_machines(get: Get) -> None:
    links = [link["href"] for link in soup(get, ODD).select('a[href*="agency_id=u-0000000000"]')]
    for path in ("reports.csv", "reports.json", "statistics.json", "measures.csv", "measures.json"):
        (link,) = [link for link in links if path in link]
        assert get(link).status_code == 200


def test_a_body_without_a_report_in_the_national_form_has_no_pictures() -> None:
    assert series.parts([series.Column("2012", "", {})]) == ()
    assert series.pictures((), [], "甲") == ()


def test_only_a_sum_that_must_hold_takes_a_number_out_of_the_drawing(farm: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        with closing(sqlite3.connect(f"file:{farm}?mode=ro", uri=True)) as source:
            source.backup(connection)
        connection.row_factory = sqlite3.Row
        (version,) = connection.execute("select version_no from reports where report_id = 'qinghe-szf-2023'").fetchone()
        fails = (
            "update checks set status = (select code from statuses where status = 'fail') where version_no = ? and"
            " check_no in (select check_no from check_items where rule in ('C.T2.S1', 'T4.REVIEW'))"
        )
        assert connection.execute(fails, (version,)).rowcount == 3
        figures = read_figures(connection, [version])[version]
    question, failure = figures["normative_docs_in_force"], figures["review_total"]
    assert (question.reason, question.value) == (None, question.printed)
    assert (failure.reason, failure.value) == (Reason.CHECK_FAILS, None)
    assert failure.printed is not None
