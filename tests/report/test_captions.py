"""Tables under lines that say whose they are: of another year or body nothing is taken, and it is said why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.models import Block, Era, Paragraph, State
from archive.report.tables.captions import Owner, is_of_another
from archive.report.tables.cells import Tables, read_tables
from archive.report.years import of_the_year
from tests.report.made import Source, as_lines, make, resolve

OWNER = Owner(2022, "青石县水利局")
OTHERS = [
    "2021年情况",
    "（2021年度）",
    "二〇二一年度统计表",
    "2021年度青石县水利局政府信息公开统计表",
    "上年度情况",
    "去年数据如下：",
    "附：上一年度统计表",
    "下属单位情况",
    "附件1：青石县教育局",
    "青石县教育局2022年情况",
    "其中：",
    "年度数据对比表",
]
OWN = ["2022年情况", "青石县水利局2022年统计表", "2021年、2022年情况"]
SILENT = [
    "单位：件",
    "",
    "本局",
    "县水利局",
    "填报日期：2023年1月15日",
    "2023年1月15日",
    "上一年项目数量",
    "与上年相比",
]


@pytest.mark.parametrize(
    ("caption", "another"),
    [*((text, True) for text in OTHERS), *((text, False) for text in OWN), *((text, None) for text in SILENT)],
)
def test_a_caption_says_whose_a_table_is_or_nothing(caption: str, another: bool | None) -> None:
    assert is_of_another(caption, OWNER) is another


def read(*blocks: Block) -> Tables:
    return read_tables(blocks, Era.C, *OWNER)


def states(tables: Tables, key: str) -> set[State]:
    return {cell.state for cell in tables.cells if cell.key == key}


@pytest.mark.parametrize("caption", OTHERS)
@pytest.mark.parametrize("number", [1, 2])
def test_of_a_table_of_others_nothing_is_taken_and_it_is_said(caption: str, number: int) -> None:
    grid = resolve(make(4).tables[number])
    for above in ([Paragraph(caption)], [Paragraph(caption), Paragraph("单位：件")]):
        tables = read(Paragraph("青石县水利局2022年政府信息公开工作年度报告"), *above, grid)
        assert states(tables, ("requests_received", "review_total")[number - 1]) == {State.UNREADABLE}
        assert f"table {number + 2} stands under the name of another year or body" in tables.warnings[0]


def test_a_caption_may_be_the_first_row_of_its_table() -> None:
    made = make(4)
    for beside in ([], [Source("单位：件", 1, 8)]):
        rows = [[Source("上年度情况", 1, 2), *beside], *made.tables[1]]
        assert states(read(resolve(rows)), "requests_received") == {State.UNREADABLE}


def test_beside_the_reports_own_table_that_of_others_is_left_out() -> None:
    own, other = make(4), make(5)
    heading = Paragraph("三、收到和处理政府信息公开申请情况")
    tables = read(heading, resolve(own.tables[1]), Paragraph("附：青石县教育局"), resolve(other.tables[1]))
    values = {cell.applicant: cell.value for cell in tables.cells if cell.key == "requests_received"}
    assert values == {who: own.truth["requests_received", who] for who in values}
    assert tables.warnings == ()


@pytest.mark.parametrize(
    ("caption", "kept"), [("附：青石县教育局", False), ("上年度情况", False), ("2022年情况", True)]
)
def test_a_table_of_others_in_running_text_is_left_out(caption: str, kept: bool) -> None:
    lines = [Paragraph(caption), Paragraph("单位：件"), *as_lines(make(4).tables[0])]
    below = Paragraph("三、收到和处理政府信息公开申请情况")
    assert of_the_year([*lines, below], *OWNER) == ((*lines, below) if kept else (below,))


def test_the_name_of_its_sheet_counts_as_a_caption() -> None:
    for name, state in (("2021年", State.UNREADABLE), ("2022年", State.NUMBER), ("Sheet1", State.NUMBER)):
        grid = replace(resolve(make(4).tables[1]), place=f"sheet {name}")
        assert state in states(read(grid), "requests_received")


def test_a_caption_counts_for_all_pieces_of_a_table_and_between_its_rows() -> None:
    rows = make(4).tables[1]
    for pieces in ([rows[:8], rows[8:]], [rows[:12], [*rows[:3], *rows[12:]]], [rows[:3], rows[3:9], rows[9:]]):
        tables = read(Paragraph("2021年情况"), *(resolve(piece) for piece in pieces))
        assert {cell.state for cell in tables.cells if cell.applicant} == {State.UNREADABLE}
    whole = resolve([*make(4).tables[0], [Source("2021年情况", 1, 10)], *rows])
    assert states(read(whole), "requests_received") == {State.UNREADABLE}


def test_beside_a_table_that_may_be_the_reports_own_none_is_taken() -> None:
    other, own = make(4).tables[2], make(5).tables[2]
    for rows in (own, own[:3]):
        tables = read(Paragraph("2021年情况"), resolve(other), resolve(rows))
        assert states(tables, "review_total") == {State.UNREADABLE}


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("in_text", [False, True])
def test_a_piece_beside_a_table_of_another_year_may_be_of_that_one_too(number: int, in_text: bool) -> None:
    key = ("rules_issued", "requests_received")[number]
    heading = ("二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况")[number]
    own, other = make(4).tables[number], make(5).tables[number]
    for rows, taken in ((own, True), (own[:6], False)):
        tables = [as_lines(rows), as_lines(other)] if in_text else [[resolve(rows)], [resolve(other)]]
        document = [Paragraph("2022年报告"), Paragraph(heading), *tables[0], Paragraph("2021年情况"), *tables[1]]
        left = of_the_year(document, *OWNER)
        read = read_tables(left, Era.C, *OWNER, cut=left != tuple(document))
        assert (State.UNREADABLE in states(read, key)) is not taken
        assert any("only a piece" in line for line in read.warnings) is not taken
