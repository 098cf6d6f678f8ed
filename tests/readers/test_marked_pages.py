"""PDF and OFD pages on which a small, shifted or struck digit stands beside a number: it is no digit of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archive.models import Document, Grid
from archive.readers import read
from archive.report.numbers import read_value
from tests.readers import ofd_writer, pdf_writer

Sheet = ofd_writer.Sheet | pdf_writer.Sheet
UNKNOWN = "\ufffd"
X, SIZE, HIGH = 150.0, 12.0, 24.0


# What is printed in a cell: text, how far right of and above its base line, size; lines over that, from and to; and
# the text that it must be read as. A mark far up is a line of its own, which is unreadable just as well.
Printed = tuple[list[tuple[str, float, float, float]], list[tuple[float, float, float]], str]
PRINTED: dict[str, Printed] = {
    "甲": ([("12", 0, 0, SIZE)], [], "12"),
    "乙": ([("12", 0, 0, SIZE), ("1", 12, 4, 7)], [], "12¹"),
    "丙": ([("12", 0, 0, SIZE), ("1", 12, 7, 7)], [], "1\n12"),
    "丁": ([("12", 0, 0, SIZE), ("1", 12, -3, 7)], [], "12₁"),
    "戊": ([("12", 0, 0, SIZE), ("1", 12, 0, 7)], [], f"12{UNKNOWN}"),
    "己": ([("12", 0, 0, SIZE), ("1", 12, 4, SIZE)], [], "12¹"),
    "庚": ([("1", 0, 4, 7), ("12", 3.5, 0, SIZE)], [], "¹12"),
    "辛": ([("1", 0, 4, 7)], [], f"1{UNKNOWN}"),
    "壬": ([("912", 0, 0, SIZE)], [(4, 0, 6)], "9\u033612"),
    "癸": ([("12", 0, 0, SIZE)], [(4, -1, 13)], "1\u03362\u0336"),
    "子": ([("12", 0, 0, SIZE)], [(-1.5, 0, 12)], "12"),
    "丑": ([("96171.6", 0, 0, SIZE)], [], "96171.6"),
}


def ruled(sheet: Sheet) -> None:
    """Prints a table with a row for each way."""
    bottom = 800.0 - HIGH * len(PRINTED)
    for x in (60.0, 140.0, 240.0):
        sheet.line(x, bottom, x, 800.0)
    sheet.line(60.0, 800.0, 240.0, 800.0)
    for number, (name, (letters, lines, _)) in enumerate(PRINTED.items(), 1):
        y = 800.0 - HIGH * number
        sheet.line(60.0, y, 240.0, y)
        sheet.text(70.0, y + 8, name)
        for text, right, up, size in letters:
            sheet.text(X + right, y + 8 + up, text, size)
        for up, start, end in lines:
            sheet.bar(X + start, y + 8 + up, end - start, 0.6)


def of_pdf(draw: Callable[[Sheet], None]) -> Document:
    sheet = pdf_writer.Sheet()
    draw(sheet)
    return read(pdf_writer.pdf([sheet]))


def of_ofd(draw: Callable[[Sheet], None]) -> Document:
    sheet = ofd_writer.Sheet()
    draw(sheet)
    return read(ofd_writer.ofd([sheet]))


@pytest.mark.parametrize("printed", [of_pdf, of_ofd])
def test_every_way_of_marking_a_digit(printed: Callable[[Callable[[Sheet], None]], Document]) -> None:
    (grid,) = printed(ruled).blocks
    assert isinstance(grid, Grid)
    assert {row[0].text: row[1].text for row in grid.rows} == {
        name: printed_as[-1] for name, printed_as in PRINTED.items()
    }
    values = {row[0].text: read_value(row[1].text).value for row in grid.rows}
    assert {name for name, value in values.items() if value is not None} == {"甲", "子", "丑"}


@pytest.mark.parametrize("printed", [of_pdf, of_ofd])
@pytest.mark.parametrize("rise", [4, 7])
def test_in_running_text(printed: Callable[[Callable[[Sheet], None]], Document], rise: float) -> None:
    def draw(sheet: Sheet) -> None:
        sheet.text(70.0, 700.0, "全年共收到申请12")
        sheet.text(70.0 + 7 * SIZE + SIZE, 700.0 + rise, "1", 7)
        sheet.text(70.0 + 7 * SIZE + SIZE + 3.5, 700.0, "件")

    assert [block.text for block in printed(draw).blocks if not isinstance(block, Grid)] == ["全年共收到申请12¹件"]


def test_ofd_objects_that_are_not_seen_are_hidden_text() -> None:
    sheet = ofd_writer.Sheet()
    sheet.text(70.0, 700.0, "甲12")
    sheet.text(70.0, 680.0, "乙9")
    sheet.objects[-1] = sheet.objects[-1].replace("<ofd:TextObject ", '<ofd:TextObject Alpha="0" ')
    assert [block.text for block in read(ofd_writer.ofd([sheet])).blocks if not isinstance(block, Grid)] == ["甲12"]
