"""The two readings of the tables: right on whole tables in any shape, never wrong on damaged ones."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Block, Era, Grid, Paragraph, State
from archive.report.tables.cells import Tables, detect_era, read_tables
from tests.report.damage import DAMAGES, MODES, blocks_of
from tests.report.made import APPLICANTS, Made, Source, make, resolve, table_2, table_3

ORDERS = (
    APPLICANTS,
    ("total", *APPLICANTS[:-1]),
    ("natural_person", *reversed(APPLICANTS[1:6]), "total"),
    ("natural_person", "total", *APPLICANTS[1:6]),
)


def wrong_cells(tables: Tables, made: Made) -> list[str]:
    """A line for each cell whose value is not the true one."""
    return [
        f"{cell.key}/{cell.applicant}: {cell.value} instead of {made.truth[cell.key, cell.applicant]}"
        for cell in tables.cells
        if cell.value is not None and cell.value != made.truth[cell.key, cell.applicant]
    ]


def read_count(tables: Tables) -> int:
    return sum(cell.value is not None for cell in tables.cells)


def grids(made: Made) -> list[Block]:
    return [resolve(table) for table in made.tables]


@pytest.mark.parametrize("era", [Era.B, Era.C])
@pytest.mark.parametrize("mode", MODES[:4])
def test_a_whole_table_is_read_whole_in_every_shape(era: Era, mode: str) -> None:
    made = make(7, era)
    tables = read_tables(blocks_of(made.tables, mode, random.Random(1)), era)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == len(made.truth)
    assert not tables.warnings


@pytest.mark.parametrize("order", ORDERS)
def test_columns_in_another_order_are_read_by_their_headings(order: Sequence[str]) -> None:
    made = make(8, Era.C, order)
    tables = read_tables(grids(made), Era.C)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == 200


@settings(deadline=None, max_examples=250)
@given(
    seed=st.integers(0, 2**32),
    era=st.sampled_from([Era.B, Era.C]),
    order=st.sampled_from([APPLICANTS, *ORDERS]),
    blank=st.sampled_from([0.0, 0.3, 1.0]),
    damages=st.lists(st.sampled_from(DAMAGES), max_size=3),
    times=st.integers(1, 6),
    mode=st.sampled_from(["grids", *MODES]),
)
def test_no_damage_yields_a_wrong_value(seed, era, order, blank, damages, times, mode) -> None:  # type: ignore[no-untyped-def]
    rng = random.Random(seed)
    made = make(seed, era, order, blank)
    tables = copy.deepcopy(made.tables)
    for damage in damages:
        damage(tables, rng, times)
    blocks = [b for b in blocks_of(tables, mode, rng) if not isinstance(b, Grid) or b.rows]
    assert wrong_cells(read_tables(blocks, era), made) == []


def test_blank_cells_are_blank_and_not_zero() -> None:
    made = make(3, Era.C, blank=1.0)
    cells = {(c.key, c.applicant): c for c in read_tables(grids(made), Era.C).cells}
    for key, value in made.truth.items():
        assert cells[key].state is (State.BLANK if value == 0 else State.NUMBER)


def test_a_subtotal_column_is_aligned_by_its_heading_not_counted() -> None:
    made = make(9)
    table = made.tables[1]
    table[0][1].colspan = 8
    table[1][1].colspan = 6
    table[2].append(Source("小计"))
    for row in table[3:]:
        row.insert(len(row) - 1, Source(str(sum(int(cell.text) for cell in row[-6:-1]))))
    tables = read_tables(grids(made), Era.C)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == 200


@pytest.mark.parametrize("era", [Era.B, Era.C])
@pytest.mark.parametrize("front", [True, False])
def test_an_empty_column_beside_the_tables_takes_nothing_away(era: Era, front: bool) -> None:
    made = make(10, era)
    for row in (row for table in made.tables for row in table):
        row.insert(0 if front else len(row), Source(""))
    tables = read_tables(grids(made), era)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == len(made.truth)


def test_a_label_before_the_outcomes_is_no_value() -> None:
    made = make(13)
    table = made.tables[2]
    table[0].insert(0, Source("类别", 3))
    table[3].insert(0, Source("数量"))
    tables = read_tables(grids(made), Era.C)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == 200


def test_headings_in_another_order_or_wording() -> None:
    made = make(14)
    for row in made.tables[0][1:4]:
        row.insert(1, row.pop())
    for row in made.tables[2][1:3]:
        for cell in row[:5]:
            cell.text = {"结果\n维持": "维持结果", "结果\n纠正": "纠正结果"}.get(cell.text, cell.text)
    made.tables[1][:3] = [[Source("", 1, 3), *made.tables[1][1][:1], *made.tables[1][2], *made.tables[1][1][2:]]]
    for cell in made.tables[1][0]:
        cell.rowspan = 1
    tables = read_tables(grids(made), Era.C)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == 200


NARRATIVE = (
    (("信息内容", "上年", "本年"), ("规章", "3", "4"), ("行政许可", "30", "44"), ("行政处罚", "31", "47")),
    (("收费项目", "2021年", "2022年"), ("行政事业性收费", "7", "9"), ("总计", "7", "9")),
    (
        ("2021年", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"),
        ("本年新收政府信息公开申请数量", "1", "2", "3", "0", "0", "0", "6"),
    ),
    (("年度", "自然人", "法人或其他组织", "总计"), ("予以公开", "1", "2", "3"), ("重复申请", "4", "5", "9")),
)


@pytest.mark.parametrize("era", [Era.B, Era.C])
@pytest.mark.parametrize("rows", NARRATIVE)
@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_table_of_the_narrative_is_not_taken_for_the_form(era: Era, rows: Sequence[Sequence[str]], at: int) -> None:
    made = make(11, era)
    blocks = grids(made)
    blocks.insert(at, resolve([[Source(text) for text in row] for row in rows]))
    tables = read_tables(blocks, era)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == len(made.truth)


def test_without_the_whole_form_rows_under_unknown_headings_stay_unreadable() -> None:
    made = make(12)
    del made.tables[0][1:3]
    rows = [[Source(text) for text in row] for row in NARRATIVE[0]]
    cells = {c.key: c.state for c in read_tables([resolve(rows), *grids(made)], Era.C).cells if c.applicant is None}
    assert cells["licensing_decisions"] is State.UNREADABLE


def test_two_reports_on_one_page_are_ambiguous() -> None:
    first, second = make(1), make(2)
    tables = read_tables([*grids(first), *grids(second)], Era.C)
    assert read_count(tables) == 0
    assert {cell.state for cell in tables.cells} == {State.UNREADABLE}
    assert "more than one report" in tables.warnings[0]


def test_the_same_tables_printed_twice_are_one_report() -> None:
    made = make(1)
    tables = read_tables([*grids(made), *grids(made)], Era.C)
    assert read_count(tables) == 200


def test_seven_zeros_in_one_cell_are_not_taken_apart() -> None:
    made = make(4)
    row = made.tables[1][10]
    row[-7:] = [Source("0 0 0 0 0 0 0", 1, 7)]
    tables = read_tables(grids(made), Era.C)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == 193


def test_rows_collapsed_into_one_cell_are_unreadable() -> None:
    made = make(4)
    rows = made.tables[1]
    for index in range(8, 11):
        for source, into in zip(rows[index][-8:], rows[7][-8:], strict=True):
            into.text += "\n" + source.text
    del rows[8:11]
    tables = read_tables(grids(made), Era.C)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == 200 - 28


def test_digits_run_together_are_not_read() -> None:
    made = make(5)
    text = "".join("".join(cell.text for cell in row) for table in made.tables for row in table)
    tables = read_tables([Paragraph(text)], Era.C)
    assert not wrong_cells(tables, made)
    read = {cell.key for cell in tables.cells if cell.value is not None and cell.state is not State.INFERRED}
    assert read <= {
        "licensing_decisions",
        "penalty_decisions",
        "coercion_decisions",
        "admin_fee_amount_wan_yuan",
    }


def test_a_cut_heading_counts_by_its_place() -> None:
    made = make(6, Era.B)
    made.tables[0][1][1].text = made.tables[0][1][2].text = "本年新"
    tables = read_tables(grids(made), Era.B)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == 198


def test_a_missing_caption_and_notes_in_brackets_do_not_matter() -> None:
    made = make(6, Era.B)
    del made.tables[0][0]
    made.tables[0][1][0].text = "规章（指省级政府规章）"
    made.tables[0][0][1].text = "本年新制作数量（件）"
    made.tables[0][-2][-1].text = "采购总金额（万元，保留四位小数）"
    made.tables[0][-1][-1].text = "103.3879"
    tables = read_tables(grids(made), Era.B)
    amount = next(cell for cell in tables.cells if cell.key == "central_procurement_amount")
    assert (str(amount.value), amount.unit) == ("103.3879", "万元")
    assert read_count(tables) == 198


def test_a_sign_in_an_unsigned_column_is_a_value_in_the_wrong_place() -> None:
    made = make(6, Era.B)
    row = next(row for row in made.tables[0] if row[0].text.startswith("其他对外"))
    row[1].text = "+22"
    row[2].text = "减4"
    cells = {cell.key: cell for cell in read_tables(grids(made), Era.B).cells}
    assert cells["other_services_items_prev_year"].state is State.MALFORMED
    assert cells["other_services_items_prev_year"].value is None
    assert cells["other_services_items_change"].value == -4


def test_a_row_added_by_a_province_is_kept_apart() -> None:
    made = make(6, Era.B)
    made.tables[0].insert(4, [Source("其他主动公开文件"), Source("12"), Source("3"), Source("40")])
    tables = read_tables(grids(made), Era.B)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == 198
    assert [(row.label, row.values) for row in tables.extra_rows] == [("其他主动公开文件", (12, 3, 40))]


def test_a_hybrid_keeps_rows_of_the_other_form() -> None:
    """Table 2 of one form with table 3 of the other: the labels of table 2 tell the era."""
    texts = {key: "0" for era in (Era.B, Era.C) for key in make(1, era).truth}
    tables = read_tables([resolve(table_2(Era.C, texts)), resolve(table_3(Era.B, texts))], Era.C)
    states = {(cell.key, cell.applicant): cell.state for cell in tables.cells}
    assert states["other_misc", "total"] is State.MISSING
    assert states["results_total", "total"] is State.ZERO
    assert [(row.key, row.values) for row in tables.extra_rows] == [("other_total", (0,) * 7)]


def test_figures_in_the_narrative_are_no_cells() -> None:
    made = make(10)
    sentence = (
        "2022年，本年新收政府信息公开申请99件，上年结转申请98件，予以公开97件，部分公开96件，结转下年度继续办理95件。"
    )
    tables = read_tables([Paragraph(sentence), *grids(made)], Era.C)
    assert not wrong_cells(tables, made)
    assert read_count(tables) == 200


def test_era_is_told_by_labels() -> None:
    assert detect_era(grids(make(1, Era.B))) is Era.B
    assert detect_era(grids(make(1, Era.C))) is Era.C
    assert detect_era(grids(make(1, Era.C))[1:]) is Era.C
    assert detect_era([Paragraph("全年采购总金额3万元。")]) is None
