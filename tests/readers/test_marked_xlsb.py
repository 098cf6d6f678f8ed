"""Binary workbooks in which a mark stands beside a number, or in which something is hidden."""

from __future__ import annotations

import struct

from archive.models import Grid
from archive.readers import read
from tests.readers.xlsb_builder import record, sheet, wide, xlsb


def font(flags: int = 0, shift: int = 0) -> bytes:
    return record(43, struct.pack("<HHHH", 220, flags, 400, shift) + bytes(20))


def form(font_number: int, number_format: int = 0) -> bytes:
    return record(47, struct.pack("<HHH", 0, number_format, font_number) + bytes(10))


def rich(text: str, *runs: tuple[int, int]) -> bytes:
    """A text and its runs: where each begins, and the number of its font."""
    return b"\x01" + wide(text) + struct.pack("<I", len(runs)) + b"".join(struct.pack("<HH", *run) for run in runs)


def cell(kind: int, column: int, style: int, value: bytes) -> bytes:
    return record(kind, struct.pack("<II", column, style) + value)


def row(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    return record(0, struct.pack("<I", number) + bytes(7) + (b"\x10" if hidden else b"\0") + bytes(13)) + b"".join(
        cells
    )


def count(number: int) -> bytes:
    return struct.pack("<I", number)


STYLES = (
    record(615, count(1)) + record(44, struct.pack("<H", 164) + wide(";;;")) + record(616)
    + font() + font(flags=8) + font(shift=1)
    + record(626, count(1)) + form(1) + record(627)
    + record(617, count(4)) + form(0) + form(1) + form(2) + form(0, 164) + record(618)
)  # fmt: skip
STRINGS = record(159, struct.pack("<II", 1, 1)) + record(19, rich("912", (0, 1), (1, 0))) + record(160)
NAMES = ("甲", "乙", "丙", "丁", "戊", "己", "庚")


def test_every_way_of_marking_a_digit() -> None:
    def value(number: float) -> bytes:
        return struct.pack("<d", number)

    rows = (
        cell(5, 1, 0, value(12)), cell(5, 1, 1, value(12)), cell(5, 1, 2, value(1)), cell(5, 1, 3, value(7)),
        cell(7, 1, 0, struct.pack("<I", 0)), cell(62, 1, 0, rich("121", (2, 2))), cell(5, 1, 0, value(99)),
    )  # fmt: skip
    last = cell(5, 2, 0, value(98)), cell(5, 3, 0, value(3))
    body = b"".join(
        row(number, cell(6, 0, 0, wide(name)), content, *last, hidden=name == "庚")
        for number, (name, content) in enumerate(zip(NAMES, rows, strict=True))
    )
    columns = record(60, struct.pack("<IIIIH", 2, 2, 2304, 0, 1))
    whole = sheet({0: {0: "甲", 3: 1.0}, 6: {0: "x"}})
    start, end = whole.index(record(145)), whole.index(record(146))
    made = whole[:start] + columns + record(145) + body + whole[end:]
    document = read(xlsb({"表": made}, styles=STYLES, sharedStrings=STRINGS))
    (grid,) = document.blocks
    assert isinstance(grid, Grid)
    assert [[found.text for found in cells] for cells in grid.rows] == [
        ["甲", "12", "3"], ["乙", "1\u03362\u0336", "3"], ["丙", "¹", "3"], ["丁", "", "3"], ["戊", "9\u033612", "3"],
        ["己", "12¹", "3"],
    ]  # fmt: skip
    assert document.warnings == ("sheet 表: 1 hidden rows and 1 hidden columns stand apart",)
