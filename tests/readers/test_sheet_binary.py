"""Binary workbooks: values, merged cells, and what is refused before the library makes room for it."""

from __future__ import annotations

import pytest

from archive.models import Grid, UnreadableDocument
from archive.readers import read, sniff
from tests.readers.xlsb_builder import Value, record, sheet, xlsb

ROWS: dict[int, dict[int, Value]] = {
    0: {0: "标题"},
    2: {0: "甲", 1: "乙", 2: 96171.6},
    3: {1: "丙", 2: 0.0},
}


def test_values_and_merged_cells() -> None:
    data = xlsb({"表一": sheet(ROWS, [(2, 3, 0, 0)]), "表二": sheet({0: {0: "x", 1: 3.0}}, [])})
    assert sniff(data) == "xlsb"
    title, first, second = read(data, name="年报.xlsb").blocks
    assert not isinstance(title, Grid)
    assert (title.text, title.place) == ("标题", "sheet 表一, row 1")
    assert isinstance(first, Grid)
    assert first.spans_known
    assert [[(cell.text, cell.column, cell.rowspan) for cell in row] for row in first.rows] == [
        [("甲", 0, 2), ("乙", 1, 1), ("96171.6", 2, 1)],
        [("丙", 1, 1), ("0", 2, 1)],
    ]
    assert isinstance(second, Grid)
    assert [[cell.text for cell in row] for row in second.rows] == [["x", "3"]]


def test_long_records_are_stepped_over() -> None:
    long = sheet({0: {0: "长" * 9000, 1: "b"}, 1: {0: "c", 1: 1.0}}, [(0, 0, 0, 1)])
    (grid,) = read(xlsb({"x": long})).blocks
    assert isinstance(grid, Grid)
    assert [[cell.text[:2] for cell in row] for row in grid.rows] == [["长长"], ["c", "1"]]


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (sheet({25_000: {0: 1.0}}), "25,001 rows"),
        (sheet({0: {300: 1.0}}), "301 columns"),
        (sheet({0: {0: 1.0}}).replace(record(145), record(145) + record(0, b"\xff\xff\xff\x7f" + bytes(21))), "rows"),
        (sheet(ROWS, [(3, 2, 0, 0)]), "ends before it begins"),
        (sheet(ROWS)[:-1] + b"\x85", "cut short"),
        (sheet(ROWS)[:60], "cut short"),
    ],
    ids=["row", "column", "row header", "merge", "type", "body"],
)
def test_hostile_and_damaged_sheets_are_refused_by_name(part: bytes, why: str) -> None:
    with pytest.raises(UnreadableDocument, match=why):
        read(xlsb({"x": part}))
