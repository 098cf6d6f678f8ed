"""Rows and tables of which the source lets two readings stand: they are left unread, their neighbours are not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from archive.models import Block, Cell, Era, Grid, Paragraph, State
from archive.report.tables.cells import read_tables
from archive.report.tables.stream import read_stream
from archive.report.years import of_the_year
from tests.report.made import Made, Source, as_lines, make, resolve

Cells = dict[tuple[str, str | None], Cell]
HEADS = ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"]


def cells_of(blocks: Sequence[Block], era: Era = Era.C) -> Cells:
    return {(cell.key, cell.applicant): cell for cell in read_tables(blocks, era, 2022).cells}


def grids(made: Made) -> list[Block]:
    return [resolve(table) for table in made.tables]


def row_of(made: Made, table: int, label: str) -> list[Source]:
    return next(row for row in made.tables[table] if any(label in cell.text for cell in row))


def read_in(cells: Cells, row: str) -> set[bool]:
    """Whether the cells of a row have values: one answer if it is the same for all."""
    return {cell.value is not None for (key, _), cell in cells.items() if key == row}


def printed_zeros() -> Made:
    made = make(1, Era.C)
    for cell in (cell for table in made.tables for row in table for cell in row if cell.text.isdigit()):
        cell.text = "0"
    return made


def test_a_lone_empty_cell_in_a_row_of_zeros_is_doubted_where_the_columns_fail() -> None:
    made = printed_zeros()
    row_of(made, 1, "4.保护")[-7].text = ""
    assert cells_of(grids(made))["refused_third_party", "total"].value == 0
    for label in ("本年新收", "（七）总计"):
        row_of(made, 1, label)[-7].text = row_of(made, 1, label)[-1].text = "1"
    assert read_in(cells_of(grids(made)), "refused_third_party") == {False}


@pytest.mark.parametrize(("text", "sure"), [("3件左右", True), ("约10", False), ("见附件", True)])
def test_a_word_with_another_figure_than_the_row_lacks_leaves_the_row_unread(text: str, sure: bool) -> None:
    made = printed_zeros()
    row = row_of(made, 1, "4.保护")
    row[-2].text, row[-1].text = text, "3"
    assert cells_of(grids(made))["refused_third_party", "natural_person"].value == (0 if sure else None)
    outcomes = made.tables[2][-1]
    outcomes[3].text, outcomes[4].text = text, "3"
    assert (cells_of(grids(made))["review_upheld", None].value == 0) is sure


@pytest.mark.parametrize(("total", "sure"), [("0", True), ("/", False)])
def test_a_row_with_words_and_no_total_may_have_lost_it(total: str, sure: bool) -> None:
    made = printed_zeros()
    row = row_of(made, 1, "4.保护")
    row[-2].text, row[-1].text = "见附件", total
    assert (cells_of(grids(made))["refused_third_party", "natural_person"].value == 0) is sure


@pytest.mark.parametrize(("figures", "value"), [(["", "18", ""], 18), (["18", "18", ""], None)])
def test_where_most_totals_are_empty_a_row_that_ends_in_its_sum_may_have_moved(
    figures: list[str], value: int | None
) -> None:
    made = printed_zeros()
    for cell in (cell for row in made.tables[1] for cell in row if cell.text == "0"):
        cell.text = ""
    for label, texts in (("本年新收", ["", "18", "18"]), ("6.属于", figures), ("（七）总计", figures)):
        for cell, text in zip(row_of(made, 1, label)[-3:], texts, strict=True):
            cell.text = text
    assert cells_of(grids(made))["refused_process_information", "other_org"].value == value


@pytest.mark.parametrize(("last", "sure"), [("", False), ("0", True)])
def test_an_empty_cell_beside_words_in_another_procedure_leaves_table_4_unread(last: str, sure: bool) -> None:
    made = printed_zeros()
    made.tables[2][-1][2].text, made.tables[2][-1][-1].text = "0*", last
    assert (cells_of(grids(made))["review_pending", None].value == 0) is sure


@pytest.mark.parametrize("total", ["0", "/"])
def test_a_total_of_nothing_beside_a_figure_may_have_been_pushed_out_by_it(total: str) -> None:
    made = printed_zeros()
    row = row_of(made, 1, "4.保护")
    row[-3].text, row[-1].text = "3", total
    assert read_in(cells_of(grids(made)), "refused_third_party") == {False}


def test_where_most_rows_have_lost_a_cell_none_is_taken() -> None:
    made = make(3)
    rows = [row for row in made.tables[1][3:] if row[-1].text.isdigit()]
    for row in rows[3:]:
        row.pop(-3)
    cells = cells_of(grids(made))
    assert not [key for key, who in cells if who and cells[key, who].value is not None]


def test_a_second_half_without_heading_keeps_no_order_but_that_of_the_form() -> None:
    made = make(
        8,
        Era.C,
        (
            "natural_person",
            "legal_service_org",
            *("business_enterprise", "research_institution"),
            "social_welfare_org",
            "other_org",
            "total",
        ),
    )
    first, second = made.tables[1][:12], made.tables[1][12:]
    cells = cells_of([resolve(made.tables[0]), resolve(first), resolve(second), resolve(made.tables[2])])
    assert read_in(cells, "requests_received") == {True}
    assert read_in(cells, "requests_carried_forward") == {False}


def test_a_table_4_that_lost_its_heading_leaves_another_one_beside_it_unread() -> None:
    made, other = make(1), make(2)
    torn = made.tables[2][:1] + made.tables[2][2:]
    cells = cells_of([*grids(made)[:2], resolve(other.tables[2]), resolve(torn)])
    assert {cell.value for (key, _), cell in cells.items() if key.startswith(("review_", "litigation_"))} == {None}
    assert read_in(cells, "requests_received") == {True}


def test_a_row_that_only_the_table_of_another_body_gives_is_not_the_reports() -> None:
    made, other = make(1), make(2)
    lines = [" ".join(cell.text.replace("\n", "") for cell in row) for row in made.tables[1]]
    lines = [line for line in lines if "1.属于国家秘密" not in line]
    lines += [" ".join(cell.text.replace("\n", "") for cell in row) for row in other.tables[1]]
    cells = cells_of([Paragraph(line) for line in lines])
    assert read_in(cells, "refused_state_secret") == {False}


@pytest.mark.parametrize(
    ("rows", "sure"),
    [
        (["规章000", "行政规范性文件005", "第二十条第（五）项信息内容本年处理决定数量", "行政许可523"], True),
        (["规章3350", "行政规范性文件3131", "第二十条第（五）项信息内容本年处理决定数量", "行政许可523"], False),
        (["规章3350", "行政规范性文件3131", "第二十条第（五）项信息内容本年处理决定数量", "行政许可5"], True),
    ],
)
def test_a_figure_glued_to_its_label_counts_where_rows_show_how_many_stand_behind_one(
    rows: list[str], sure: bool
) -> None:
    lines = ["".join(HEADS), *rows, "第二十条第（六）项信息内容本年处理决定数量", "行政处罚7行政强制8"]
    found = read_stream([Paragraph("".join(lines))], Era.C)
    assert (("licensing_decisions", None) in found.cells) is sure


@pytest.mark.parametrize("beside", ["合计", "序号", "其中：上级", "3"])
def test_a_column_that_the_form_does_not_have_leaves_the_text_of_table_2_unread(beside: str) -> None:
    rows = ["规章 1 2 3", "行政规范性文件 4 5 6", "信息内容 本年处理决定数量", "行政许可 9"]
    rows += ["信息内容 本年处理决定数量", "行政处罚 7", "行政强制 8"]
    lines = [Paragraph(line) for line in [" ".join(HEADS), *rows]]
    assert cells_of(lines)["licensing_decisions", None].value == 9
    lines[0] = Paragraph(" ".join([*HEADS, beside]))
    assert cells_of(lines)["licensing_decisions", None].value is None


def test_a_value_on_the_broken_line_of_its_label_leaves_the_row_unread() -> None:
    rows = ["规章 1 2", "3", "行政规范性文件", "4 5 6", "信息内容 本年处理决定数量", "行政许可 9"]
    lines = [Paragraph(line, f"line {n}") for n, line in enumerate([" ".join(HEADS), *rows])]
    cells = cells_of(lines)
    assert read_in(cells, "rules_issued") == {False}
    assert cells["normative_docs_in_force", None].value == 6


def test_figures_behind_a_label_without_any_may_be_those_of_two_rows() -> None:
    made = make(1)
    lines = [" ".join(cell.text.replace("\n", "") for cell in row) for row in made.tables[1]]
    at = next(i for i, line in enumerate(lines) if "7.属于行政执法案卷" in line)
    for figures, sure in (("12 20 11 10 10 10 73", False), ("1 2 1 1 1 1 7", True)):
        lines[at : at + 2] = ["7.属于行政执法案卷", f"8.属于行政查询事项 {figures}"]
        found = read_stream([Paragraph(" ".join(lines))], Era.C)
        assert (("refused_administrative_query", "total") in found.refused) is not sure


@pytest.mark.parametrize(("texts", "sure"), [(["21", "30", "44"], False), (["2", "30", "44"], True)])
def test_a_row_whose_neighbour_is_nowhere_may_hold_the_figures_of_both(texts: list[str], sure: bool) -> None:
    made = make(1)
    made.tables[0] = [row for row in made.tables[0] if row[0].text != "行政规范性文件"]
    for cell, text in zip(row_of(made, 0, "规章")[1:], texts, strict=True):
        cell.text = text
    assert read_in(cells_of(grids(made)), "rules_issued") == {sure}


def test_equal_neighbours_are_doubted_where_merged_cells_are_written_out() -> None:
    made = make(1)
    row = row_of(made, 0, "规章")
    row[1].text = row[2].text = "34"
    assert cells_of(grids(made))["rules_issued", None].value == 34
    for caption in [row for row in made.tables[0] if row[0].text.startswith("第二十条")]:
        caption[:] = [Source(caption[0].text) for _ in range(4)]
    cells = cells_of(grids(made))
    assert read_in(cells, "rules_issued") == {False}
    assert read_in(cells, "normative_docs_issued") == {True}


@pytest.mark.parametrize("text", ["3人次（含上年2）", "12件（注）"])
def test_a_figure_with_a_note_behind_its_unit_is_none_of_running_text(text: str) -> None:
    rows = [" ".join(HEADS), f"规章 1 2 {text}", "行政规范性文件 4 5 6"]
    found = read_stream([Paragraph(line) for line in rows], Era.C)
    assert ("rules_in_force", None) not in found.cells.keys() | found.inferred.keys()


@pytest.mark.parametrize(("text", "state"), [("40371304", State.UNREADABLE), ("1304", State.NUMBER)])
def test_long_figures_side_by_side_are_never_the_same_one(text: str, state: State) -> None:
    made = make(1)
    for cell in row_of(made, 0, "规章")[1:3]:
        cell.text = text
    cells = cells_of(grids(made))
    assert {cells[key, None].state for key in ("rules_issued", "rules_repealed")} == {state}


@pytest.mark.parametrize(("caption", "kept"), [("情况2021年情况", False), ("情况2022年情况", True)])
def test_a_caption_of_another_year_that_is_glued_to_the_heading_counts(caption: str, kept: bool) -> None:
    text = "前言。" * 80 + f"四、复议{caption}行政复议行政诉讼结果维持 9 五、存在的主要问题及改进情况"
    (block,) = of_the_year([Paragraph(text)], 2022)
    assert isinstance(block, Paragraph)
    assert ("9" in block.text) is kept


def test_the_row_of_a_small_table_is_not_taken_for_one_that_the_report_has_unread() -> None:
    made, other = make(1), make(2)
    made.tables[1][2].pop(2)  # a heading is lost: no row can be placed
    part = [*other.tables[1][:3], *other.tables[1][4:6]]
    cells = cells_of([*grids(made), resolve(part)])
    assert not [key for key, who in cells if who and cells[key, who].value is not None]
    assert isinstance(resolve(part), Grid)
    assert cells["requests_brought_forward", "total"].state is State.UNREADABLE


def test_a_row_that_is_lost_is_not_taken_from_the_sentences_of_the_next_part() -> None:
    head = "信息内容本年处理决定数量"
    table = f"{''.join(HEADS)}规章114行政规范性文件173{head}行政许可3867{head}4776行政强制1258"
    fee = "信息内容本年收费金额（单位：万元）行政事业性收费3366"
    said = "上年行政许可处理决定数量12，行政处罚7，行政强制3，行政事业性收费 0.5 万元。"
    text = f"{table}{fee}三、收到和处理政府信息公开申请情况{said}（本列数据）申请人情况"
    assert cells_of([Paragraph(text)])["admin_fee_amount_wan_yuan", None].value in (None, 3366)


def test_a_row_that_is_met_again_behind_its_table_is_that_of_another_one() -> None:
    rows = printed_zeros().tables[1]
    rows.insert(-2, rows.pop(next(i for i, row in enumerate(rows) if row[0].text.startswith("6."))))
    lines = [" ".join(cell.text.replace("\n", "") for cell in row) for row in rows]
    lines += [
        *lines[:3],
        "4.无正当理由大量反复申请 0 0 0 0 0 2 2",
        "5.要求行政机关确认或重新出具已获取信息 0 0 0 0 0 0 0",
    ]
    cells = cells_of([Paragraph(line) for line in lines])
    assert read_in(cells, "not_processed_excessive") == {False}


@pytest.mark.parametrize(("gained", "lost", "sure"), [(0, 0, True), (1, 0, True), (0, 1, True), (1, 1, False)])
def test_where_one_row_gained_a_figure_and_another_lost_one_a_full_row_fits_by_chance(
    gained: int, lost: int, sure: bool
) -> None:
    rows = printed_zeros().tables[1]
    for label, figures in (("3.危及", "0" * (7 + gained)), ("4.保护", "0" * (7 - lost)), ("2.重复", "0000011")):
        row = next(row for row in rows if any(cell.text.startswith(label) for cell in row))
        row[-7:] = [Source(text) for text in figures]
    assert read_in(cells_of(list(as_lines(rows))), "not_processed_repeat") == {sure}


@pytest.mark.parametrize("heading", ["行政复议", "开政复议"])
def test_beside_a_table_4_that_has_lost_its_first_heading_none_is_taken(heading: str) -> None:
    own, other = make(1).tables[2], make(2).tables[2]
    own[0][0].text = heading
    cells = cells_of([*as_lines(other), *as_lines(own)])
    assert {cells["review_total", None].state, cells["litigation_direct_total", None].state} == {State.UNREADABLE}
