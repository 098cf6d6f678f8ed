"""Workbooks (.xlsx) in which a mark stands beside a number, or in which something is hidden."""

from __future__ import annotations

from archive.models import Document, Grid
from archive.readers import read
from tests.readers.marked import SHEET_STYLES, check_cells, rich, workbook
from tests.readers.xlsx_builder import sheet, xlsx


def words(document: Document) -> list[list[str]]:
    (grid,) = [block for block in document.blocks if isinstance(block, Grid)]
    return [[cell.text for cell in row] for row in grid.rows]


def hidden(document: Document) -> list[str]:
    return [block.text for block in document.outside if not isinstance(block, Grid)]


def test_every_way_of_marking_a_digit() -> None:
    check_cells(read(workbook()))


def test_text_within_the_cell() -> None:
    inside = f"<is>{rich(('', '12'), ('<strike/>', '9'))}</is>"
    made = sheet((("甲", "1"), ("乙", "2"))).replace("<v>2</v>", inside).replace('r="B2"', 'r="B2" t="inlineStr"')
    assert words(read(xlsx({"表": made}))) == [["甲", "1"], ["乙", "129\u0336"]]


def test_rows_without_a_height_are_hidden_if_the_sheet_says_so() -> None:
    made = sheet((("甲", "1"), ("乙", "2"), ("丙", "3")))
    made = made.replace("<sheetData>", '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/><sheetData>')
    document = read(xlsx({"表": made.replace('<row r="2">', '<row r="2" hidden="true">')}))
    assert words(document) == [["甲", "1"], ["丙", "3"]]
    assert hidden(document) == ["乙", "2"]


def test_what_a_merged_cell_covers_is_not_seen() -> None:
    document = read(xlsx({"表": sheet((("甲", "1", "9"), ("乙", "2", "3")), merges=["B1:C1"])}))
    assert words(document) == [["甲", "1"], ["乙", "2", "3"]]
    assert hidden(document) == ["9"]


def test_without_a_style_of_that_number_the_cell_is_plain() -> None:
    made = sheet((("甲", "1"), ("乙", "2"))).replace('<c r="B2"', '<c r="B2" s="99"')
    assert words(read(xlsx({"表": made}, styles=SHEET_STYLES))) == [["甲", "1"], ["乙", "2"]]
