"""Statistics tables of reports before 2019, in grids and in text that lost them."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Block, Era, ExtraRow, Grid, Paragraph, State
from archive.report.annex.labels import core, is_footer
from archive.report.annex.tables import annexed_form, read_annex
from archive.report.form import load_form
from archive.report.tables.cells import detect_era
from archive.report.text import squeeze
from tests.report import damage
from tests.report.made import Source, Table, resolve
from tests.report.made_annex import keyed, make_annex, text_of


def grid(*rows: str) -> Grid:
    return resolve([[Source(text) for text in row.split("|")] for row in rows])


def shown(blocks: list[Block], era: Era = Era.A0, year: int | None = None) -> list[tuple[object, ...]]:
    return [(row.label, row.unit, row.values, row.key) for row in read_annex(blocks, era, year).extra_rows]


def values(blocks: list[Block], era: Era, year: int | None = None) -> dict[str, object]:
    return {cell.key: cell.value for cell in read_annex(blocks, era, year).cells if cell.value is not None}


# --------------------------------------------------------------------------- grids


def test_a_local_table_goes_to_extra_rows_with_keys_where_labels_match() -> None:
    blocks: list[Block] = [
        grid(
            "指标名称|计量单位|2018年度|历年累计",
            "主动公开信息数|条|69|106",
            "其中：1.网站公开|条|60|90",
            "受理依申请公开信息总数|条|0|7",
            "行政复议数|件||/",
        )
    ]
    assert detect_era(blocks) is None
    assert read_annex(blocks, Era.A0).cells == ()
    assert shown(blocks) == [
        ("主动公开信息数", "条", (69, 106), "proactive_total"),
        ("其中：1.网站公开", "条", (60, 90), None),
        ("受理依申请公开信息总数", "条", (0, 7), None),
        ("行政复议数", "件", (None, None), "review_total"),
    ]


@pytest.mark.parametrize("era", [Era.A1, Era.A2])
def test_every_cell_of_the_official_tables(era: Era) -> None:
    annex = make_annex(7, era)
    blocks: list[Block] = [resolve(annex.table)]
    assert values(blocks, era) == {key: row[0] for key, row in keyed(annex).items()}
    assert all(row.key is not None for row in read_annex(blocks, era).extra_rows)


def test_labels_that_two_groups_share_go_by_the_head_of_their_group() -> None:
    rows = ["统计指标|单位|统计数", "四、行政复议数量|件|3", "（二）被依法纠错数|件|1", "（三）其他情形数|件|2"]
    rows += ["五、行政诉讼数量|件|9", "（二）被依法纠错数|件|4", "（三）其他情形数|件|5"]
    found = values([grid(*rows)], Era.A2)
    assert (found["review_corrected"], found["review_other"]) == (1, 2)
    assert (found["litigation_corrected"], found["litigation_other"]) == (4, 5)
    headless = values([grid(rows[0], *rows[2:4], "六、举报投诉数量|件|1", rows[5])], Era.A2)
    assert headless == {"complaints_received": 1}


def test_rows_that_a_province_adds_never_shift_others() -> None:
    blocks: list[Block] = [
        grid(
            "统计指标|单位|统计数",
            "制发规范性文件总数|件|5",
            "重点领域公开政府信息数|条|77",
            "其中：财政预算决算信息数|条|70",
            "1.政府公报公开政府信息数|条|8",
        )
    ]
    assert values(blocks, Era.A2) == {"normative_docs_issued": 5, "proactive_via_gazette": 8}
    assert ("重点领域公开政府信息数", "条", (77,), None) in shown(blocks, Era.A2)


def test_codes_and_the_column_of_the_year() -> None:
    rows = ["主动公开信息数|条|01|5|50", "申请总数|条|10|2|2"]
    period = [grid("指标名称|计量单位|代码|本期实际|本年累计", *rows)]
    assert detect_era(period) is Era.A1
    assert values(list(period), Era.A1) == {"requests_received": 2}  # 本期实际 may be a part of the year
    assert read_annex(period, Era.A1).cells[0].state is State.UNREADABLE
    ever = [grid("指标名称|计量单位|代码|2013年度|历年累计", *rows)]
    assert values(list(ever), Era.A1) == {"proactive_total": 5, "requests_received": 2}
    years: list[Block] = [grid("指标名称|计量单位|代码|2012年|2013年", *rows)]
    assert values(years, Era.A1, 2013) == {"proactive_total": 50, "requests_received": 2}
    assert values(years, Era.A1) == {}
    assert values([grid("指标名称|计量单位|历年累计", "申请总数|条|9")], Era.A1) == {}


@pytest.mark.parametrize("caption", ["2012年统计表", "上年度统计表", "附：青石县教育局"])
def test_of_a_table_under_the_name_of_another_year_or_body_nothing_is_taken(caption: str) -> None:
    table = grid("指标名称|计量单位|代码|本年度", "主动公开信息数|条|01|5", "申请总数|条|10|2")
    own = read_annex([Paragraph("2013年统计表"), table], Era.A1, 2013, "青石县水利局")
    assert [row.values for row in own.extra_rows] == [(5,), (2,)]
    read = read_annex([Paragraph(caption), table], Era.A1, 2013, "青石县水利局")
    assert read.extra_rows == ()
    assert {cell.value for cell in read.cells} == {None}
    assert read.cells[0].state is State.UNREADABLE
    assert "another year or body" in read.warnings[0]


@pytest.mark.parametrize(
    ("caption", "taken"), [("2015年统计表", False), ("2016年统计表", True), ("上年度统计表", False)]
)
def test_a_caption_counts_for_a_table_in_running_text(caption: str, taken: bool) -> None:
    blocks = [Paragraph(caption), *text_of(make_annex(7, Era.A2).table, "lines")]
    assert bool(read_annex(blocks, Era.A2, 2016).extra_rows) is taken


def test_money_is_read_in_the_printed_unit() -> None:
    head = "统计指标|单位|统计数"
    row = "七、依申请公开信息收取的费用"
    assert values([grid(head, f"{row}|万元|1.5")], Era.A2) == {"request_fees_wan_yuan": load(1.5)}
    assert values([grid(head, f"{row}|元|15000")], Era.A2) == {"request_fees_wan_yuan": load(1.5)}
    assert values([grid(head, f"{row}|件|3")], Era.A2) == {}
    assert values([grid("统计指标|统计数", f"{row}|3")], Era.A2) == {}


def load(value: float) -> Decimal:
    return Decimal(str(value))


def test_a_row_that_does_not_line_up_keeps_no_values() -> None:
    torn: list[Block] = [
        grid("指标名称|计量单位|年末统计|备注", "主动公开信息数|条|3|", "申请总数|4|", "行政复议数||5|")
    ]
    assert [row[2] for row in shown(torn, Era.A1)] == [(3,), (), (5,)]
    wider: list[Block] = [grid("指标名称|计量单位|年末统计", "主动公开信息数|条|3", "申请总数|条|3|4")]
    assert [row[2] for row in shown(wider, Era.A1)] == [(), ()]  # a heading is lost: which one, nobody can tell


def test_a_label_met_twice_with_two_values_is_not_taken() -> None:
    blocks = [grid("统计指标|单位|统计数", "（一）收到申请数|件|3", "（一）收到申请数|件|4")]
    tables = read_annex(blocks, Era.A2)
    assert {cell.key: cell for cell in tables.cells}["requests_received"].state is State.UNREADABLE
    assert "requests_received" in tables.warnings[0]


def test_tables_side_by_side_and_units_that_span_rows() -> None:
    table: Table = [
        [Source(t) for t in ("指标名称", "单位", "数量", "指标名称", "单位", "数量")],
        [Source(t) for t in ("主动公开信息数", "条", "3", "行政复议数", "件", "1")],
        [Source(t) for t in ("申请总数", "条", "4", "行政诉讼数", "件", "2")],
    ]
    table[1][1] = Source("条", 2)
    table[2].pop(1)
    assert [row[:3] for row in shown([resolve(table)])] == [
        ("主动公开信息数", "条", (3,)),
        ("申请总数", "条", (4,)),
        ("行政复议数", "件", (1,)),
        ("行政诉讼数", "件", (2,)),
    ]


def test_a_value_column_split_by_kind_of_body() -> None:
    table: Table = [
        [Source("统计指标", 2), Source("单位", 2), Source("统计数", 1, 3)],
        [Source("合计"), Source("市直"), Source("县区")],
        [Source("（一）收到申请数"), Source("件"), Source("9"), Source("4"), Source("5")],
    ]
    blocks: list[Block] = [resolve(table)]
    assert shown(blocks, Era.A2)[0][2] == (9, 4, 5)
    assert values(blocks, Era.A2) == {"requests_received": 9}
    table[1][0] = Source("省直")
    assert values([resolve(table)], Era.A2) == {}


@pytest.mark.parametrize("spans_known", [True, False])
def test_a_table_cut_by_a_page_goes_on_with_its_headings_and_groups(spans_known: bool) -> None:
    annex = make_annex(11, Era.A2)
    at = next(i for i, row in enumerate(annex.table) if row[0].text.startswith("五、行政诉讼")) + 2
    halves: list[Block] = [
        resolve(annex.table[:at], spans_known=spans_known),
        Paragraph("— 7 —"),
        resolve(annex.table[at:], spans_known=spans_known),
    ]
    assert values(halves, Era.A2) == {key: row[0] for key, row in keyed(annex).items()}
    other: list[Block] = [halves[0], grid("某局|3|4", "某委|5|6")]
    assert len(shown(other, Era.A2)) == len(shown([halves[0]], Era.A2))


def test_names_below_the_table_are_left_out() -> None:
    blocks: list[Block] = [
        grid("统计指标|单位|统计数", "（一）收到申请数|件|9", "单位负责人：某甲|审核人：某乙|填报人：某丙")
    ]
    assert len(shown(blocks, Era.A2)) == 1
    assert is_footer("填报日期：2015年1月8日")
    assert not is_footer("单位信息数")


def test_the_form_is_told_by_its_rows_where_the_headings_are_others() -> None:
    table = make_annex(3, Era.A2).table
    table[0] = [Source("项目"), Source("单位"), Source("数量")]
    blocks: list[Block] = [resolve(table)]
    assert detect_era(blocks) is None
    assert annexed_form(blocks) is Era.A2
    assert annexed_form([resolve(make_annex(3).table)]) is None


def test_labels_of_a_form_count_only_beside_each_other() -> None:
    assert detect_era([Paragraph("指标名称计量单位代码本期实际")]) is Era.A1
    assert detect_era([Paragraph("统一社会信用代码"), Paragraph("指标名称单位数量")]) is None
    assert detect_era([grid("指标名称|单位|数量"), grid("统一代码|1")]) is None


# --------------------------------------------------------------------------- text


def test_one_number_a_row_in_text_without_any_space() -> None:
    text = (
        "附表指 标 名 称单位数量主动公开信息数条32正式受理申请数件0其中：1．在办件02．办结件17政府信息咨询数件5附件下载"
    )
    assert shown([Paragraph(text)]) == [
        ("主动公开信息数", "条", (32,), "proactive_total"),
        ("正式受理申请数", "件", (0,), None),
        ("其中：1．在办", "件", (0,), None),
        ("2．办结", "件", (17,), None),
        ("政府信息咨询数", "件", (5,), None),
    ]


def test_two_numbers_a_row_run_together() -> None:
    head = "指标名称计量单位2011年度历年累计"
    text = "主动公开信息数条3201305其中：1.网站公开条3081290 2.政府公报公开条1215"
    text += "受理申请总数条00行政复议数件10行政诉讼数件05"
    tables = read_annex([Paragraph(head + text)], Era.A0)
    assert [(row.values, row.inferred) for row in tables.extra_rows] == [
        ((320, 1305), True),
        ((308, 1290), True),
        ((12, 15), True),
        ((0, 0), False),
        ((), False),
        ((0, 5), False),
    ]
    assert "主动公开信息数" in tables.warnings[0]


def test_two_numbers_that_could_be_cut_in_two_ways_stay_uncut() -> None:
    text = "指标名称计量单位2011年度历年累计主动公开信息数条206912106其中：1.网站公开条2069121062.政府公报公开条00"
    assert [row[2] for row in shown([Paragraph(text)])] == [(), (), (0, 0)]


@pytest.mark.parametrize(
    "text",
    [
        "指标名称单位数量备注主动公开信息数条3",  # a heading that is not known
        "指标名称单位数量主动公开信息数条00",  # more columns than headings
        "指标名称单位数量主动公开信息数条3 4",
        "指标名称单位数量主动公开信息数条2013年1月",
        "指标名称单位数量主动公开信息数条3.5",
    ],
)
def test_text_that_leaves_a_doubt(text: str) -> None:
    assert all(row[2] == () for row in shown([Paragraph(text)]))


def test_a_space_in_a_table_that_lost_its_spaces_may_stand_inside_of_a_number() -> None:
    text = "指标名称计量单位2011年度历年累计主动公开信息数条4251\n516申请总数条00行政复议数件12"
    assert [row[2] for row in shown([Paragraph(text)])] == [(), (0, 0), ()]


def test_a_date_behind_the_table_is_no_number_of_it() -> None:
    text = "指标名称 计量单位 2015年度 历年累计 主动公开信息数 条 6 9 申请总数 条 0 2016年1月18日"
    assert [row[2] for row in shown([Paragraph(text)])] == [(6, 9), ()]


def test_text_without_a_table() -> None:
    assert read_annex([Paragraph("2013年未收到申请。")], Era.A0).extra_rows == ()


# --------------------------------------------------------------------------- damage

_DAMAGES = (
    damage.drop_cells,
    damage.drop_rows,
    damage.lose_spans,
    damage.write_spans_out,
    damage.empty_cells,
    damage.break_labels,
)
_TEXTS = ("lines", "cells", "spaces", "glued")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([Era.A0, Era.A1, Era.A2]), st.integers(1, 2), st.integers(0, 3))
def test_a_damaged_grid_never_gives_a_wrong_value(seed: int, era: Era, columns: int, damages: int) -> None:
    rng = random.Random(seed)
    annex = make_annex(seed, era, columns)
    for _ in range(damages):
        rng.choice(_DAMAGES)([annex.table], rng, rng.randint(1, 4))
    tables = read_annex([resolve(annex.table, spans_known=rng.random() < 0.5)], era, 2013)
    for row in tables.extra_rows:
        assert _is_true(row, annex.rows), row
    if era is not Era.A0:
        truth = keyed(annex)
        assert all(cell.value in (None, truth[cell.key][0]) for cell in tables.cells)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([Era.A0, Era.A1, Era.A2]), st.integers(1, 2), st.sampled_from(_TEXTS))
def test_text_of_a_whole_table_never_gives_a_wrong_value(seed: int, era: Era, columns: int, mode: str) -> None:
    annex = make_annex(seed, era, columns)
    tables = read_annex(text_of(annex.table, mode), era, 2013)
    for row in tables.extra_rows:
        assert _is_true(row, annex.rows), row
    if mode != "glued":
        assert sum(bool(row.values) for row in tables.extra_rows) >= (0 if _has_codes(annex.table) else 17)
    if era is not Era.A0:
        truth = keyed(annex)
        assert all(cell.value in (None, truth[cell.key][0]) for cell in tables.cells)


def _has_codes(table: Table) -> bool:
    return table[0][2].text == "代码"


def _is_true(row: ExtraRow, rows: list[tuple[str, str, tuple[int, ...]]]) -> bool:
    """Whether the values of a row are those of a row with its label; a row without values is."""
    same = [truth for label, _, truth in rows if squeeze(label) == squeeze(row.label)]
    filled = [value for value in row.values if value is not None]
    return not filled or any(
        len(truth) == len(row.values) and all(a is None or a == b for a, b in zip(row.values, truth, strict=True))
        for truth in same
    )


def test_core() -> None:
    assert core("其中：1．当面申请数") == core("（1）当面申请数") == "当面申请数"
    assert core("（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）") == "主动公开政府信息数"
    assert core("3.主动公开复制费（纸张）") != core("4.主动公开复制费（光盘）")
    assert all(
        len({core(item.label) for item in form.items if item.under is None})
        == sum(item.under is None for item in form.items)
        for form in (load_form().eras[Era.A1], load_form().eras[Era.A2])
    )
