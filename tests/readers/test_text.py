"""The text reader on the shapes that converters leave."""

from __future__ import annotations

import pytest

from archive.models import Document, Grid, Paragraph, UnreadableDocument
from archive.readers import read

TIKA = (
    "云岭县水务局\n2023年政府信息公开工作年度报告\n\n 一、总体情况\n[image: 图1]\n全年情况良好。\n"
    "\t（勾稽关系，\n等于之和）\n\t申请人情况\n\n\t\n\t自然人\n\t总计\n\n"
    "\t[bookmark: _Hlk1]一、本年新收\n\t1\n\t0\n\n\t\n\t0\n\t\n\n\n\n二、后文\n"
)


def grids(document: Document) -> list[list[list[str]]]:
    return [[[cell.text for cell in row] for row in b.rows] for b in document.blocks if isinstance(b, Grid)]


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if not isinstance(block, Grid)]


def test_one_tab_before_each_cell_and_an_empty_line_after_each_row() -> None:
    document = read(TIKA.encode())
    assert texts(document) == [
        "云岭县水务局", "2023年政府信息公开工作年度报告", "一、总体情况", "[image: 图1]", "全年情况良好。", "二、后文",
    ]  # fmt: skip
    assert grids(document) == [
        [["（勾稽关系，\n等于之和）", "申请人情况"], ["", "自然人", "总计"], ["一、本年新收", "1", "0"], ["", "0", ""]]
    ]
    table = document.blocks[5]
    assert isinstance(table, Grid)
    assert not table.spans_known
    assert table.rows[2][1].place == "table 1, row 3, column 2"


def test_text_right_after_a_table_ends_it() -> None:
    document = read("\t甲\n\t1\n\n\t乙\n\t2\n\n后文一\n后文二\n".encode())
    assert grids(document) == [[["甲", "1"], ["乙", "2"]]]
    assert texts(document) == ["后文一", "后文二"]


def test_paragraphs_indented_by_a_tab_are_no_table() -> None:
    line = "本局认真贯彻条例，" * 10
    document = read(f"\t{line}一\n\t{line}二\n\n\t{line}三\n\t{line}四\n".encode())
    assert grids(document) == []
    assert [text[-1] for text in texts(document)] == ["一", "二", "三", "四"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("前\n|规章|0|1|\n|文件||3|\n后", [[["规章", "0", "1"], ["文件", "", "3"]]]),
        ("前\n规章 | 0 | 1\n文件 | | 3\n后", [[["规章", "0", "1"], ["文件", "", "3"]]]),
        ("结果 | 公开 | 1 |\n| 不公开 | 2 |\n后", [[["结果", "公开", "1"], ["", "不公开", "2"]]]),
        ("前\n规章\t0\t1\n文件\t\t3\n\n后", [[["规章", "0", "1"], ["文件", "", "3"]]]),
        ("前\n规章\t0\t1\n类别\t数\n文件\t2\t3\n", [[["规章", "0", "1"], ["类别", "数"], ["文件", "2", "3"]]]),
        (
            "前\n复议\t诉讼\n维持\t纠正\t总计\n0\t1\t1\n",
            [[["复议", "诉讼"], ["维持", "纠正", "总计"], ["0", "1", "1"]]],
        ),
        ("| 规章 | 0 |\n| --- | ---: |\n| 文件<br>总数 | 3 |\n", [[["规章", "0"], ["文件\n总数", "3"]]]),
        ("前 a|b\n后", []),
        ("规章    0    1\n后", []),
    ],
)
def test_separators_between_cells(source: str, expected: list[list[list[str]]]) -> None:
    assert grids(read(source.encode())) == expected


def test_a_table_that_prints_every_place_has_known_columns() -> None:
    (table,) = read("| 申请人 | | |\n| --- | --- | --- |\n| 公民 | 企业 | 总计 |\n| 3 | | 3 |".encode()).blocks
    assert isinstance(table, Grid)
    assert table.spans_known
    assert [(cell.text, cell.column) for cell in table.rows[2]] == [("3", 0), ("", 1), ("3", 2)]


def test_words_repeated_in_adjacent_places_are_one_cell_and_figures_never() -> None:
    source = "|办理结果|办理结果|无|无|\n|办理结果|不予公开|2|2|\n|办理结果|无法提供|2|2|"
    (table,) = read(source.encode()).blocks
    assert isinstance(table, Grid)
    assert [[(c.text, c.column, c.rowspan, c.colspan) for c in row] for row in table.rows] == [
        [("办理结果", 0, 1, 2), ("无", 2, 1, 1), ("无", 3, 1, 1)],
        [("办理结果", 0, 2, 1), ("不予公开", 1, 1, 1), ("2", 2, 1, 1), ("2", 3, 1, 1)],
        [("无法提供", 1, 1, 1), ("2", 2, 1, 1), ("2", 3, 1, 1)],
    ]


def test_lines_between_drawn_borders_are_one_row() -> None:
    rule = "+----+----+"
    source = "\n".join([rule, "| 补正后 | 1 |", "| 不明确 |   |", rule, "| 重复 | 2 |", rule, "| 其他 | 3 |", rule])
    assert grids(read(source.encode())) == [[["补正后\n不明确", "1"], ["重复", "2"], ["其他", "3"]]]
    head = "\n".join([rule, "| 指标 | 数 |", rule, "| 甲类 | 1 |", "| 乙类 | 2 |", rule])
    assert grids(read(head.encode())) == [[["指标", "数"], ["甲类", "1"], ["乙类", "2"]]]


def test_lines_in_columns_keep_their_indentation() -> None:
    assert texts(read("   自然人    总计\n      商业\n\n\n\n   正文\n".encode())) == [
        "   自然人    总计",
        "      商业",
        "正文",
    ]


def test_labelled_lines_at_the_top_are_metadata() -> None:
    source = (
        "标题: 云岭县水务局2023年年报\n发布时间: 2024-01-02 08:00\n文号: \n"
        "详见目录(同目录)\n======== 正文 ========\n一、总体情况：良好。\n联系人：略\n"
    )
    document = read(source.encode())
    assert document.title == "云岭县水务局2023年年报"
    assert document.metadata == {"标题": document.title, "发布时间": "2024-01-02 08:00", "文号": ""}
    assert texts(document) == ["一、总体情况：良好。", "联系人：略"]
    assert [b.text for b in document.outside if isinstance(b, Paragraph)][3:] == [
        "详见目录(同目录)",
        "======== 正文 ========",
    ]


def test_one_labelled_line_is_text() -> None:
    document = read("联系人：略\n一、总体情况\n".encode())
    assert document.metadata == {}
    assert texts(document) == ["联系人：略", "一、总体情况"]


def test_line_ends_pages_and_unseen_characters() -> None:
    document = read("甲\r\n乙\f丙\u2028丁\u200b\ufeff\xa0戊".encode())
    assert texts(document) == ["甲", "乙", "丙", "丁 戊"]
    assert [b.place for b in document.blocks] == ["line 1", "line 2", "line 3", "line 4"]


def test_too_many_cells_and_lines_are_refused_by_name() -> None:
    with pytest.raises(UnreadableDocument, match="more than 50,000 table cells"):
        read(b"1\t2\t3\n" * 20_000)
    with pytest.raises(UnreadableDocument, match="more than 100,000 paragraphs"):
        read(b"1\n" * 100_002)
