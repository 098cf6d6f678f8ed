"""Statistics tables of reports before 2019."""

from __future__ import annotations

from archive.models import Block, Era, Grid, Paragraph, State
from archive.report.annex import core, read_annex
from archive.report.form import load_form
from archive.report.tables import detect_era
from tests.report.made import Source, resolve


def grid(*rows: str) -> Grid:
    return resolve([[Source(text) for text in row.split("|")] for row in rows])


def national(first: str = "12") -> list[Block]:
    rows = ["统计指标|单位|统计数", "一、主动公开情况|——|"]
    for number, item in enumerate(load_form().eras[Era.A2].items):
        rows.append(f"{item.label}|{item.unit}|{first if number == 0 else number}")
    return [grid(*rows)]


def test_a_local_table_goes_to_extra_rows_with_keys_where_labels_match() -> None:
    blocks = [
        grid(
            "指标名称|计量单位|2018年度|历年累计",
            "主动公开信息数|条|69|106",
            "其中：1.网站公开|条|60|90",
            "受理依申请公开信息总数|条|0|7",
            "行政复议数|件||/",
        )
    ]
    assert detect_era(blocks) is None
    tables = read_annex(blocks, Era.A0)
    assert tables.cells == ()
    assert [(row.label, row.unit, row.values, row.key) for row in tables.extra_rows] == [
        ("主动公开信息数", "条", (69, 106), "proactive_total"),
        ("其中：1.网站公开", "条", (60, 90), None),
        ("受理依申请公开信息总数", "条", (0, 7), None),
        ("行政复议数", "件", (None, None), "review_total"),
    ]


def test_the_national_table_of_2014() -> None:
    blocks = national()
    assert detect_era(blocks) is Era.A2
    cells = {cell.key: cell for cell in read_annex(blocks, Era.A2).cells}
    assert len(cells) == 58
    assert cells["proactive_total"].value == 12
    assert cells["requests_received"].value is not None
    same_words = {"review_corrected", "litigation_corrected", "review_other", "litigation_other"}
    assert {key for key, cell in cells.items() if cell.value is None} == same_words


def test_a_table_with_codes_and_a_cumulative_column() -> None:
    blocks = [grid("指标名称|计量单位|代码|本期实际|本年累计", "主动公开信息数|条|01|5|50", "申请总数|条|10|1|2")]
    assert detect_era(blocks) is Era.A1
    cells = {cell.key: cell for cell in read_annex(blocks, Era.A1).cells}
    assert cells["proactive_total"].value == 5
    assert cells["requests_received"].value == 1
    assert cells["replies_total"].state is State.MISSING


def test_a_row_that_does_not_line_up_keeps_no_values() -> None:
    tables = read_annex([grid("指标名称|计量单位|年末统计", "主动公开信息数|条", "申请总数|条|3|4")], Era.A1)
    assert [row.values for row in tables.extra_rows] == [(), ()]
    assert all(cell.value is None for cell in tables.cells)


def test_a_label_met_twice_is_not_taken() -> None:
    blocks = [grid("统计指标|单位|统计数", "（一）收到申请数|件|3", "（一）收到申请数|件|4")]
    cells = {cell.key: cell for cell in read_annex(blocks, Era.A2).cells}
    assert cells["requests_received"].state is State.UNREADABLE


def test_text_without_a_table() -> None:
    assert read_annex([Paragraph("2013年未收到申请。")], Era.A0).extra_rows == ()


def test_core() -> None:
    assert core("其中：1．当面申请数") == core("（1）当面申请数") == "当面申请数"
    assert core("（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）") == "主动公开政府信息数"
