"""The spreadsheet reader on workbooks made for each rule."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.models import Document, Grid, UnreadableDocument
from archive.readers import read
from archive.readers.sheets.grid import NO_RESULT, printed
from tests.readers.xlsx_builder import sheet, xlsx

FIXTURES = Path(__file__).parent / "fixtures" / "office"

ROWS = (
    ("青禾市2023年年度报告",),
    (),
    ("项目", "", "自然人", "总计"),
    ("收到", "新收", "3", "96171.6"),
    ("", "结转", "", "0.30000000000000004"),
)
MERGES = ("A3:B3", "A4:A5")


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def cells(grid: Grid) -> list[list[tuple[str, int, int, int]]]:
    return [[(c.text, c.column, c.rowspan, c.colspan) for c in row] for row in grid.rows]


EXPECTED = [
    [("项目", 0, 1, 2), ("自然人", 2, 1, 1), ("总计", 3, 1, 1)],
    [("收到", 0, 2, 1), ("新收", 1, 1, 1), ("3", 2, 1, 1), ("96171.6", 3, 1, 1)],
    [("结转", 1, 1, 1), ("", 2, 1, 1), ("0.3", 3, 1, 1)],
]


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_merged_cells_numbers_and_blanks(suffix: str) -> None:
    made = xlsx({"统计表": sheet(ROWS, MERGES)})
    document = read(made if suffix == "xlsx" else (FIXTURES / f"table.{suffix}").read_bytes())
    title, grid = document.blocks
    assert not isinstance(title, Grid)
    assert (title.text, title.place) == ("青禾市2023年年度报告", "sheet 统计表, row 1")
    assert isinstance(grid, Grid)
    assert grid.spans_known
    assert cells(grid) == EXPECTED
    assert [cell.text for row in grid.rows for cell in row if cell.text] == [
        text for row in EXPECTED for text, *_ in row if text
    ]
    assert grid.rows[1][-1].place == "sheet 统计表, row 4, column 4"


def test_sheets_follow_each_other_and_hidden_ones_stand_apart() -> None:
    table = sheet((("a", "1"), ("b", "2")))
    document = read(xlsx({"一": table, "二": table, "旧": sheet((("c", "3"),))}, hidden=["旧"]))
    assert [grid.place for grid in grids(document)] == ["sheet 一, table 1", "sheet 二, table 2"]
    assert [block.place for block in document.outside] == ["sheet 旧, table 3"]
    assert "sheet 旧 is hidden and stands apart" in document.warnings


def test_a_formula_that_was_never_calculated_is_not_blank() -> None:
    rows = (("甲", "1"), ("合计", "<f>SUM(B1:B1)</f>"), ("总计", "<f>B1</f><v>1</v>"))
    document = read(xlsx({"表": sheet(rows)}))
    assert [[cell.text for cell in row] for row in grids(document)[0].rows] == [
        ["甲", "1"], ["合计", NO_RESULT], ["总计", "1"],
    ]  # fmt: skip
    assert document.warnings == ("sheet 表 has 1 formulas without a result",)


def test_blank_columns_at_the_edges_are_cut() -> None:
    document = read(xlsx({"表": sheet((("", "甲", "", "1", ""), ("", "乙", "", "2", "")))}))
    assert [len(row) for row in grids(document)[0].rows] == [3, 3]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"), (0.0, "0"), (-0.0, "0"), (0.1 + 0.2, "0.3"), (96171.6, "96171.6"), (1e20, "100000000000000000000"),
        (12345678.0, "12345678"), (1e-7, "0.0000001"), (True, "TRUE"), (7, "7"), ("  甲 \n 乙", "甲\n乙"),
    ],
)  # fmt: skip
def test_values_are_printed_as_a_sheet_prints_them(value: float | str, text: str) -> None:
    assert printed(value) == text


def test_refusals() -> None:
    whole = xlsx({"表": sheet((("a", "1"),))})
    with pytest.raises(UnreadableDocument):
        read(whole[: len(whole) // 2])
    with pytest.raises(UnreadableDocument, match=r"more than 20,000 rows or 256 columns"):
        read(xlsx({"表": sheet(()).replace("<sheetData>", '<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row>')}))
    for reference in ("A1048576", "IW1", "A20001"):
        far = f'<row r="1"><c r="{reference}"><v>1</v></c></row>'
        with pytest.raises(UnreadableDocument, match=r"rows or 256 columns|rows and"):
            read(xlsx({"表": sheet(()).replace("<sheetData>", f"<sheetData>{far}")}))
    with pytest.raises(UnreadableDocument, match="document type declaration"):
        read(xlsx({"表": "<!DOCTYPE x>" + sheet((("<f>1</f>",),))}))


def test_formulas_without_a_result_beyond_the_last_value_are_not_lost() -> None:
    document = read(xlsx({"表": sheet([["新收", "1", "<f>B1</f>"], ["", "<f>B1</f>", ""]])}))
    (grid,) = document.blocks
    assert isinstance(grid, Grid)
    assert [[cell.text for cell in row] for row in grid.rows] == [["新收", "1", NO_RESULT], ["", NO_RESULT, ""]]
    assert document.warnings == ("sheet 表 has 2 formulas without a result",)


def test_a_crash_of_the_library_is_a_reason_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray((FIXTURES / "table.xls").read_bytes())
    record = data.index(b"\xe5\x00")  # of the merged cells
    data[record + 4 : record + 6] = b"\xff\x20"  # it says that it holds more of them than it does
    with pytest.raises(UnreadableDocument, match="a damaged spreadsheet: range end index"):
        read(bytes(data))
    os.write(2, b"what others print")
    assert capfd.readouterr().err == "what others print"
