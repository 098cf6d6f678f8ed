"""Word files in which a mark stands beside a number: what is raised, struck or hidden is no digit of it."""

from __future__ import annotations

import pytest

from archive.models import Grid
from archive.readers import read
from tests.readers.docx_builder import cell, docx, par, row, run, table
from tests.readers.marked import check_words, word_file


def test_every_way_of_marking_a_digit() -> None:
    check_words(read(word_file()))


def test_a_hidden_row_stands_apart() -> None:
    rows = row("甲", "1"), row("甲", "9", properties="<w:hidden/>"), row("乙", "2")
    document = read(docx(table(*rows)))
    (grid,) = [block for block in document.blocks if isinstance(block, Grid)]
    assert [[found.text for found in cells] for cells in grid.rows] == [["甲", "1"], ["乙", "2"]]
    assert [block.text for block in document.outside if not isinstance(block, Grid)] == ["甲", "9"]


@pytest.mark.parametrize(
    ("properties", "text"),
    [
        ('<w:strike/><w:vertAlign w:val="superscript"/>', "¹\u0336²\u0336"),
        ('<w:strike/><w:dstrike w:val="0"/>', "1\u03362\u0336"),
        ('<w:position w:val="-6"/>', "₁₂"),
        ('<w:position w:val="2"/>', "12"),
        ('<w:position w:val="x"/><w:vertAlign w:val="baseline"/>', "12"),
    ],
)
def test_properties_of_a_run(properties: str, text: str) -> None:
    (block,) = read(docx(par(run("12", properties)))).blocks
    assert not isinstance(block, Grid)
    assert block.text == text


def test_a_line_break_in_a_struck_run_is_kept() -> None:
    inside = "<w:r><w:rPr><w:strike/></w:rPr><w:t>1</w:t><w:br/><w:t>2</w:t></w:r>"
    (grid,) = read(docx(table(row("甲", cell(par(inside, "3"))), row("乙", "4")))).blocks
    assert isinstance(grid, Grid)
    assert grid.rows[0][1].text == "1\u0336\n2\u03363"
