"""Workbooks of Excel 97–2003 in which a mark stands beside a number, or in which something is hidden."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive.models import Grid, UnreadableDocument
from archive.readers import read
from tests.readers.marked import LOST, check_cells

MARKED = (Path(__file__).parent / "fixtures" / "office" / "marked.xls").read_bytes()
_STRUCK_FONT = re.compile(rb"(\x31\x00..)(..)\x08\x00(....)\x00\x00", re.S)


def test_every_way_of_marking_a_digit() -> None:
    check_cells(read(MARKED), LOST)


def test_a_raised_cell() -> None:
    """The struck fonts made raised ones: flags and position of their records."""
    made, count = _STRUCK_FONT.subn(lambda font: font[1] + font[2] + b"\x00\x00" + font[3] + b"\x01\x00", MARKED)
    assert count == 2
    grid = read(made).blocks[0]
    assert isinstance(grid, Grid)
    rows = {row[0].text: row[1].text for row in grid.rows}
    assert (rows["删除的数"], rows["删除线"], rows["不变"]) == ("¹²", "⁹12", "12")


def test_a_sheet_that_hides_all_rows_without_a_height() -> None:
    """DEFAULTROWHEIGHT: flags, then the height."""
    made, count = re.subn(rb"\x25\x02\x04\x00.\x00", b"\x25\x02\x04\x00\x02\x00", MARKED, flags=re.S)
    assert count == 2
    check_cells(read(made), LOST)  # all rows have a height of their own
    for row in range(4, 9):  # now they are rows that nobody knows: far below
        made = made.replace(b"\x08\x02\x10\x00" + bytes((row, 0)), b"\x08\x02\x10\x00" + bytes((row, 9)))
    grid = read(made).blocks[0]
    assert isinstance(grid, Grid)
    assert [row[0].text for row in grid.rows] == ["上标", "下标", "删除线", "删除的数"]


def test_torn_strings_are_no_reason_to_guess() -> None:
    at = MARKED.index("甲乙甲乙".encode("utf-16-le"))
    with pytest.raises(UnreadableDocument):
        read(MARKED[: at - 3] + b"\xff\xff\x0d" + MARKED[at:])
