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
        "云岭县水务局", "2023年政府信息公开工作年度报告", "一、总体情况", "全年情况良好。", "二、后文",
    ]  # fmt: skip
    assert grids(document) == [
        [["（勾稽关系，\n等于之和）", "申请人情况"], ["", "自然人", "总计"], ["一、本年新收", "1", "0"], ["", "0", ""]]
    ]
    table = document.blocks[4]
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
        ("前 a|b\n后", []),
        ("规章    0    1\n后", []),
    ],
)
def test_separators_between_cells(source: str, expected: list[list[list[str]]]) -> None:
    assert grids(read(source.encode())) == expected


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
