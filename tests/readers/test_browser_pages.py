"""Pages as browsers print them: tables cut anywhere by the page, borders that are missing, pages inside of forms."""

from __future__ import annotations

import pytest

from archive.models import Document, Grid
from archive.readers.pdf.reader import read_pdf
from tests.readers.pdf_writer import Sheet, pdf, stream

LEFT, WIDTHS = 50.0, (80.0, 60.0, 60.0)
EDGES = [LEFT + sum(WIDTHS[:number]) for number in range(len(WIDTHS) + 1)]
Row = list[tuple[str, int, int]]
"""The cells that begin in a row: text, column and how many rows they are high."""


def tables(document: Document) -> list[list[Row]]:
    return [
        [[(cell.text, cell.column, cell.rowspan) for cell in row] for row in block.rows]
        for block in document.blocks
        if isinstance(block, Grid)
    ]


def across(sheet: Sheet, y: float, first: int = 0, last: int = 3) -> None:
    sheet.line(EDGES[first], y, EDGES[last], y)


def down(sheet: Sheet, top: float, bottom: float, *columns: int) -> None:
    for column in columns or range(4):
        sheet.line(EDGES[column], top, EDGES[column], bottom)


def write(sheet: Sheet, y: float, *texts: str) -> None:
    for column, text in enumerate(texts):
        sheet.text(EDGES[column] + 2, y, text, 8)


def ruled(sheet: Sheet, top: float, *rows: tuple[str, ...]) -> float:
    """Rows of 20 points with all their borders; gives the place of the lower one."""
    for number, row in enumerate(rows):
        across(sheet, top - 20 * number)
        write(sheet, top - 20 * number - 9, *row)
    bottom = top - 20 * len(rows)
    across(sheet, bottom)
    down(sheet, top, bottom)
    return bottom


def cut_off(*texts: str) -> Sheet:
    """A page that ends in a row without a lower line."""
    sheet = Sheet()
    bottom = ruled(sheet, 120, ("项目", "一", "二"))
    write(sheet, bottom - 9, *texts)
    down(sheet, bottom, bottom - 14)
    return sheet


def going_on(*texts: str) -> Sheet:
    """A page that begins with a row without an upper line."""
    sheet = Sheet()
    down(sheet, 780, 760)
    across(sheet, 760)
    write(sheet, 771, *texts)
    return sheet


def test_a_row_that_is_open_at_the_page_break_on_both_sides_is_one_row() -> None:
    (table,) = tables(read_pdf(pdf([cut_off("行政事业性", "26", "-1"), going_on("收费")])))
    assert table[1] == [("行政事业性收费", 0, 1), ("26", 1, 1), ("-1", 2, 1)]


@pytest.mark.parametrize(("lower", "text"), [("", "12"), ("34", "12\n34")])
def test_figures_on_both_sides_of_a_break_are_never_one_figure(lower: str, text: str) -> None:
    (table,) = tables(read_pdf(pdf([cut_off("收费", "12", "0"), going_on("", lower)])))
    assert table[1] == [("收费", 0, 1), (text, 1, 1), ("0", 2, 1)]


@pytest.mark.parametrize("figures", [("", "5"), ("4", "")])
def test_an_empty_cell_below_a_break_is_one_of_its_row_though_no_line_is_above_it(figures: tuple[str, str]) -> None:
    above, below = Sheet(), going_on("处罚", *figures)
    ruled(above, 120, ("项目", "一", "二"), ("许可", "12", "0"))
    ruled(below, 760, ("强制", "1", "2"))
    (table,) = tables(read_pdf(pdf([above, below])))
    assert table[2] == [("处罚", 0, 1), (figures[0], 1, 1), (figures[1], 2, 1)]


@pytest.mark.parametrize(("upper", "is_one"), [("部分（只计", True), ("部分", False)])
def test_a_bracket_that_a_break_leaves_open_shows_one_row_though_lines_are_drawn(upper: str, is_one: bool) -> None:
    above, below = Sheet(), Sheet()
    ruled(above, 120, ("项目", "一", "二"), (upper, "12", ""))
    ruled(below, 780, ("这一情形）", "", ""), ("强制", "1", "2"))
    (table,) = tables(read_pdf(pdf([above, below])))
    assert (table[1] == [("部分（只计这一情形）", 0, 1), ("12", 1, 1), ("", 2, 1)]) is is_one
    assert len(table) == (3 if is_one else 4)


def test_a_table_over_a_break_keeps_no_row_in_which_nothing_begins() -> None:
    """The cells of the torn row end lower than a line below the first of them, as if the row were two rows."""
    above, below = cut_off("许可", "12", "0"), Sheet()
    down(below, 780, 740)
    across(below, 770, 0, 1)
    across(below, 740, 0, 3)
    ruled(below, 740, ("强制", "1", "2"))
    (table,) = tables(read_pdf(pdf([above, below])))
    assert table[1:] == [[("许可", 0, 1), ("12", 1, 1), ("0", 2, 1)], [("强制", 0, 1), ("1", 1, 1), ("2", 2, 1)]]


def test_two_rows_without_a_line_at_the_break_stay_two() -> None:
    (table,) = tables(read_pdf(pdf([cut_off("许可", "12", "0"), going_on("处罚", "34", "5")])))
    assert table[1:] == [[("许可", 0, 1), ("12", 1, 1), ("0", 2, 1)], [("处罚", 0, 1), ("34", 1, 1), ("5", 2, 1)]]


def test_the_end_of_a_tall_cell_may_stand_below_the_part_of_its_table() -> None:
    """The heading in the first column is two rows high: its second line and its second row are on either side."""
    above, below = Sheet(), Sheet()
    across(above, 120)
    across(above, 104, 1)
    down(above, 120, 104)
    write(above, 111, "自然", "甲方", "乙方")
    write(above, 97, "人")
    down(below, 780, 740)
    across(below, 780, 1)
    across(below, 760)
    across(below, 740)
    write(below, 771, "", "丙", "丁")
    write(below, 751, "1", "2", "3")
    (table,) = tables(read_pdf(pdf([above, below])))
    assert table[0] == [("自然\n人", 0, 2), ("甲方", 1, 1), ("乙方", 2, 1)]
    assert table[1:] == [[("丙", 1, 1), ("丁", 2, 1)], [("1", 0, 1), ("2", 1, 1), ("3", 2, 1)]]


def test_text_below_a_table_that_is_closed_is_no_part_of_it() -> None:
    sheet = Sheet()
    write(sheet, ruled(sheet, 600, ("项目", "一", "二"), ("甲", "1", "2")) - 7, "注释")
    document = read_pdf(pdf([sheet]))
    assert tables(document) == [
        [[("项目", 0, 1), ("一", 1, 1), ("二", 2, 1)], [("甲", 0, 1), ("1", 1, 1), ("2", 2, 1)]]
    ]
    assert [block.text for block in document.blocks if not isinstance(block, Grid)] == ["注释"]


def test_a_border_drawn_too_high_under_an_empty_cell_makes_no_row() -> None:
    sheet = Sheet()
    bottom = ruled(sheet, 600, ("项目", "一", "二"))
    across(sheet, bottom - 10, 0, 1)
    across(sheet, bottom - 30)
    down(sheet, bottom, bottom - 30)
    write(sheet, bottom - 16, "", "1", "2")
    (table,) = tables(read_pdf(pdf([sheet])))
    assert table[1:] == [[("", 0, 1), ("1", 1, 1), ("2", 2, 1)]]


MISSING = {
    "figures far apart": (("项目", "12", "34"), [("项目", 0, 1), ("12", 1, 1), ("34", 2, 1)]),
    "words far apart, as in a wide heading": (("项目", "申请", "情况"), [("项目", 0, 1), ("申请 情况", 1, 1)]),
    "text on one side": (("项目", "12", ""), [("项目", 0, 1), ("12", 1, 1)]),
    "a number over the place": (("项目", "1234567890123456789", ""), [("项目", 0, 1), ("1234567890123456789", 1, 1)]),
}


@pytest.mark.parametrize("name", MISSING)
def test_a_border_that_one_row_lacks_is_told_by_figures_apart(name: str) -> None:
    texts, row = MISSING[name]
    sheet = Sheet()
    bottom = ruled(sheet, 600, ("甲", "1", "2"), ("乙", "3", "4"), ("丙", "5", "6"))
    across(sheet, bottom - 20)
    down(sheet, bottom, bottom - 20, 0, 1, 3)
    write(sheet, bottom - 9, *texts)
    (table,) = tables(read_pdf(pdf([sheet])))
    assert table[3] == row


@pytest.mark.parametrize("turn", ["0.5 0 0 0.5 50 400", "0.5 0 0 -0.5 50 600", "1 0 0 1 300 -40"])
def test_what_a_form_says_of_its_shapes_stands_where_they_are_printed(turn: str) -> None:
    """Two pages on one sheet and pages made smaller are forms; a figure of another page must not fall into a cell."""
    mirrored = "-1" if "-0.5" in turn else "1"
    inside = []
    for x, text, said in ((20, "ab", "行政"), (32, "许可", ""), (300, "c", "7")):
        show = f"BT /F1 12 Tf 1 0 0 {mirrored} {x} 100 Tm <{text.encode('utf-16-be').hex()}> Tj ET"
        actual = f"/Span<</ActualText<FEFF{said.encode('utf-16-be').hex()}>>>BDC {show} EMC"
        inside.append(actual if said else show)
    form = stream(
        "\n".join(inside).encode(), "/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>"
    )
    sheet = Sheet(width=1000, resources="/XObject<</X1 11 0 R>>")
    sheet.operators.append(f"q {turn} cm /X1 Do Q")
    document = read_pdf(pdf([sheet], objects=[form]))
    assert [block.text for block in document.blocks if not isinstance(block, Grid)] == ["行政许可 7"]


def test_large_letters_over_a_table_are_no_part_of_its_cells() -> None:
    """A watermark of figures must neither fill a blank cell nor have its border taken for a line through it."""
    sheet = Sheet()
    ruled(sheet, 600, ("项目", "一", "二"), ("甲", "1", ""), ("乙", "", "4"))
    sheet.text(55, 546, "内部2024", 40)
    sheet.text(50, 300, "下文", 12)
    document = read_pdf(pdf([sheet]))
    (table,) = tables(document)
    assert [[text for text, _, _ in row] for row in table] == [["项目", "一", "二"], ["甲", "1", ""], ["乙", "", "4"]]
    assert [block.text for block in document.blocks if not isinstance(block, Grid)] == ["下文"]
    assert [block.text for block in document.outside if not isinstance(block, Grid)] == ["内部2024"]
    assert any("printed over a table" in warning for warning in document.warnings)
