"""Reports that met with accidents: what is read of them is what they print, and rows that moved are left unread."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.checks.confidence import ReasonCode, confidence
from archive.checks.within import check_report
from archive.models import Cell, Document, Era, Paragraph, ParsedReport, State
from archive.report.parser import parse_document
from archive.report.tables.cells import read_tables
from archive.report.tables.readings import CANONICAL, TOTAL, bears_out
from archive.report.tables.stream import read_stream
from archive.report.years import of_the_year
from tests.report.accidents import DENSITIES, ZEROS, Accident, Report, report_of
from tests.report.accidents_of_words import ACCIDENTS, TITLE, blocks_of
from tests.report.made import APPLICANTS, Made, Source, make, resolve

FULL_WIDTH = {ord(wide): str(digit) for digit, wide in enumerate("０１２３４５６７８９")}
NO_TRACE = {"emptied", "total_row_lost"}
"""Accidents that leave cells empty: beside them an empty cell that a row gains says nothing."""
APART = [accident for accident in ACCIDENTS if accident.__name__ not in NO_TRACE]


def false_numbers(report: Report, spans_known: bool) -> list[str]:
    """A line for each number that is read and that its cell does not print."""
    result = parse_document(Document(TITLE, tuple(blocks_of(report, spans_known=spans_known))))
    cells = result.cells if isinstance(result, ParsedReport) and result.era is report.era else ()
    return [line for cell in cells if (line := _false(cell, report.texts[cell.key, cell.applicant]))]


def _false(cell: Cell, text: str) -> str | None:
    plain = text.translate(FULL_WIDTH).replace("－", "-").replace("−", "-")
    signed = cell.key.endswith("_change") and plain[:1] in ("+", "-")
    digits = plain[1:] if signed else plain
    if cell.value is None or (cell.value == 0 and text in ZEROS):
        return None
    right = digits.isascii() and digits.isdigit() and cell.value == int(digits) * (-1 if plain[0] == "-" else 1)
    return None if right else f"{cell.key}/{cell.applicant}: {cell.value} for {text!r}"


@pytest.mark.parametrize("accident", APART, ids=lambda accident: accident.__name__)
def test_no_accident_yields_a_false_number(accident: Accident) -> None:
    @settings(deadline=None, max_examples=10)
    @given(
        seed=st.integers(0, 10**6),
        era=st.sampled_from([Era.B, Era.C]),
        density=st.sampled_from(list(DENSITIES)),
        spans_known=st.booleans(),
    )
    def never_false(seed: int, era: Era, density: str, spans_known: bool) -> None:
        report = report_of(seed, era, density)
        accident(report, random.Random(seed))
        assert false_numbers(report, spans_known) == []

    never_false()


def row_of(made: Made, table: int, label: str) -> list[Source]:
    return next(row for row in made.tables[table] if any(label in cell.text for cell in row))


def cells_of(made: Made) -> dict[tuple[str, str | None], Cell]:
    grids = [resolve(table) for table in made.tables]
    return {(cell.key, cell.applicant): cell for cell in read_tables(grids, made.era, 2022).cells}


def zeros(era: Era = Era.C) -> Made:
    """A report of zeros only."""
    made = make(1, era)
    for cell in (cell for table in made.tables for row in table for cell in row if cell.text.isdigit()):
        cell.text = "0"
    return made


def test_a_label_before_the_outcomes_that_pushes_out_the_last_one_leaves_all_unread() -> None:
    made = make(3)
    made.tables[2][3] = [Source("本年数"), *made.tables[2][3][:14]]
    cells = read_tables([resolve(made.tables[2])], Era.C).cells
    assert {cell.value for cell in cells} == {None}


def test_a_group_heading_written_out_over_its_columns_is_one_heading() -> None:
    report = report_of(4139, Era.C, "sparse")
    for row in report.tables[1]:
        row[:] = [Source(cell.text, cell.rowspan) for cell in row for _ in range(cell.colspan)]
    cells = read_tables(blocks_of(report), Era.C).cells
    assert all(cell.raw == report.texts[cell.key, cell.applicant] for cell in cells if cell.raw is not None)
    assert sum(cell.state is not State.UNREADABLE for cell in cells) > len(cells) / 2


@pytest.mark.parametrize(
    ("rows", "sure"),
    [
        (["/////11"], False),
        (["1////1/"], True),
        (["1////1/", "/////11"], False),
        (["///////"], True),
        (["x////1/"], False),
        (["x////1/", "2/1//1/"], True),
        (["1////1/", "2000020", "3////3/", "4///4//", "/////11"], True),
        (["1////1/", "2000020", "3////3/", "4///4//", "0000011"], False),
    ],
)
def test_rows_bear_out_a_heading_with_the_total_first_or_do_not(rows: list[str], sure: bool) -> None:
    assert bears_out((TOTAL, *CANONICAL[:-1]), rows) is sure


def test_a_row_that_moved_is_left_unread_and_one_false_figure_is_not() -> None:
    made = zeros()
    for label in ("本年新收", "（一）予以公开", "（七）总计"):
        row = row_of(made, 1, label)
        row[-7].text = row[-1].text = "3"
    assert cells_of(made)["result_granted_full", "natural_person"].value == 3
    row = row_of(made, 1, "（一）予以公开")
    row.insert(-7, Source("0"))
    row.pop()  # 0 3 0 0 0 0 0, the total pushed out
    cells = cells_of(made)
    assert {cells["result_granted_full", who].state for who in APPLICANTS} == {State.UNREADABLE}
    assert cells["result_granted_part", "total"].value == 0
    row[-7:] = [Source(text) for text in ("4", "0", "0", "0", "0", "0", "3")]  # 4 for 3: no moved cell makes it hold
    cells = cells_of(made)
    assert [cells["result_granted_full", who].value for who in APPLICANTS] == [4, 0, 0, 0, 0, 0, 3]


@pytest.mark.parametrize(("procedure", "sure"), [(0, True), (2, False)])
def test_a_sum_that_fails_where_a_number_may_stand_in_two_cells_leaves_table_4_unread(
    procedure: int, sure: bool
) -> None:
    made = zeros()
    for cell, text in zip(made.tables[2][-1][procedure * 5 :], ("14", "20", "2", "4", "43"), strict=False):
        cell.text = text  # 14, 20, 24, 43 and their sum that was pushed out; before another procedure it could not be
    assert (cells_of(made)["review_upheld", None].value is not None) is sure


def test_a_row_that_adds_up_in_the_wrong_columns_is_left_unread() -> None:
    made = zeros()
    for label in ("本年新收", "（一）予以公开", "（七）总计"):
        row_of(made, 1, label)[-2].text = row_of(made, 1, label)[-1].text = "1"
    row = row_of(made, 1, "（一）予以公开")
    assert cells_of(made)["result_granted_full", "other_org"].value == 1
    row[-7:] = [Source(text) for text in ("0", "0", "0", "0", "1", "0", "1")]
    cells = cells_of(made)
    assert {cells["result_granted_full", who].state for who in APPLICANTS} == {State.UNREADABLE}


def test_the_only_empty_cell_beside_figures_of_table_2_leaves_its_row_unread() -> None:
    made = make(5)
    row = row_of(made, 0, "行政规范性文件")
    row.pop(1)
    row.append(Source(""))
    cells = cells_of(made)
    assert {cells[f"normative_docs_{name}", None].state for name in ("issued", "repealed", "in_force")} == {
        State.UNREADABLE
    }
    for label in ("行政许可", "行政处罚", "行政强制"):
        row_of(made, 0, label)[1].text = ""  # a body that leaves cells empty
    assert cells_of(made)["normative_docs_in_force", None].state is State.BLANK


@pytest.mark.parametrize("last", ["3①", "3²", "3年", "3（注）", "3（注1）", "3万", "3 年底", "3%"])
def test_what_stands_behind_a_figure_of_running_text_is_told_from_it(last: str) -> None:
    rows = ["信息内容 本年制发件数 本年废止件数 现行有效件数", f"规章 1 2 {last}", "行政规范性文件 4 5 6"]
    found = read_stream([Paragraph(line) for line in rows], Era.C).cells
    assert ("rules_in_force", None) not in found


def test_two_rows_that_became_one_are_not_joined_to_long_numbers() -> None:
    made = make(1)
    for number, (one, other) in enumerate(zip("1234509", "0203106", strict=True)):
        row_of(made, 1, "本年新收")[number - 7].text = f"{int(one) + 1}\n{other}"
    cells = cells_of(made)
    assert all(cells["requests_received", who].value is None for who in APPLICANTS)


def test_the_text_of_a_table_of_another_year_ends_with_its_section() -> None:
    lines = [
        "二、主动公开政府信息情况",
        "2021年情况",
        "信息内容 本年制发件数",
        "三、收到和处理政府信息公开申请情况",
        "申请",
    ]
    kept = [
        block.text for block in of_the_year([Paragraph(line) for line in lines], 2022) if isinstance(block, Paragraph)
    ]
    assert kept == [lines[0], *lines[3:]]
    assert len(of_the_year([Paragraph(line) for line in lines], 2021)) == len(lines)
    one_line = Paragraph("前言。" * 80 + " 2021年情况 行政复议 9 四、政府信息公开行政复议、行政诉讼情况 行政复议 1")
    (cut,) = of_the_year([one_line], 2022)
    assert isinstance(cut, Paragraph)
    assert "9" not in cut.text
    assert cut.text.endswith("四、政府信息公开行政复议、行政诉讼情况 行政复议 1")


def test_totals_that_are_no_sums_are_read_where_the_columns_hold() -> None:
    made = make(7)
    rows = [row for row in made.tables[1][3:] if row[-1].text.isdigit()]
    for row in rows[2:12]:
        row[-1].text = str(int(row[-1].text) + 7)
    cells = cells_of(made)
    assert all(cell.value == int(cell.raw or "") for cell in cells.values() if cell.applicant)
    report = ParsedReport("title", None, 2022, made.era, (), tuple(cells.values()))
    reasons = confidence(report, check_report(report)).reason
    assert not {each.code for each in reasons} & {ReasonCode.CELLS_UNREADABLE, ReasonCode.CELLS_MISSING}


def test_a_cell_that_stands_twice_and_pushes_out_the_total_is_no_total() -> None:
    made = make(7)
    row = row_of(made, 1, "1.属于国家秘密")
    row[-1].text = row[-2].text
    cells = cells_of(made)
    assert {cells["refused_state_secret", who].value for who in APPLICANTS} == {None}


def test_a_table_in_which_most_rows_fail_is_left_unread_and_one_in_which_few_do_is_not() -> None:
    few, most = make(7), make(7)
    for made, stop in ((few, 9), (most, 25)):
        for row in made.tables[1][3 : 3 + stop]:
            if row[-4].text.isdigit():
                row[-4].text = str(int(row[-4].text) + 11)
    states = [{c.state for c in cells_of(made).values() if c.key == "other_misc"} for made in (few, most)]
    assert states[0] & {State.NUMBER, State.ZERO}
    assert states[1] == {State.UNREADABLE}


@pytest.mark.parametrize(
    "heading", ["5.存在的主要问题及改进情况", "5、存在的主要问题", "5．存在的主要问题", "5 存在的主要问题"]
)
def test_the_number_of_the_heading_below_a_table_is_no_value_of_it(heading: str) -> None:
    heads = ["行政复议", "行政诉讼", *["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]]
    heads += ["未经复议直接起诉", "复议后起诉", *["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 2]
    values = ["4", "1", "0", "2", "7", "1", "0", "0", "0", "1", "3", "2", "1", "6"]  # nothing is printed for 尚未审结
    for lines in ([*heads, *values, heading], [" ".join([*heads, *values, heading])]):
        found = read_stream([Paragraph(line) for line in lines], Era.C).cells
        assert not [key for key, _ in found if key.startswith(("review_", "litigation_"))]
