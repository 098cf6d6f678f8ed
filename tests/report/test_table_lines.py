"""Tables that lost their grid are taken out of the text of the sections; the sentences around them stay."""

from __future__ import annotations

import pytest

from archive.models import Block, Era, Paragraph
from archive.report.lines import lines_of
from archive.report.sections.parts import Outline, read_outline
from archive.report.sections.table_lines import without_tables
from tests.report.made import HEADINGS, Table, as_cells, as_lines, make

BEFORE = ("本年度主动公开情况如下：", "全年收到申请3件，总计办结3件。", "本年度行政复议1件。")
AFTER = ("2022年起，行政事业性收费含下属单位。", "结转下年度继续办理的申请均未到期。", "说明：总计为全年数。")


def glued(table: Table) -> list[Paragraph]:
    return [Paragraph("".join(cell.text for row in table for cell in row))]


def outline(era: Era, shape: str, before: bool, after: bool) -> Outline:
    made = make(21, era)
    form = {"rows": as_lines, "cells": as_cells, "glued": glued}[shape]
    blocks: list[Block] = []
    for number, heading in enumerate(HEADINGS):
        blocks.append(Paragraph(heading))
        if 1 <= number <= 3:
            blocks += [Paragraph(BEFORE[number - 1])] if before else []
            blocks += form(made.tables[number - 1])
            blocks += [Paragraph(AFTER[number - 1])] if after else []
        else:
            blocks.append(Paragraph("全年公开信息30条。"))
    return without_tables(read_outline(lines_of(blocks), era))


@pytest.mark.parametrize("era", [Era.B, Era.C])
@pytest.mark.parametrize("shape", ["rows", "cells", "glued"])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("after", [True, False])
def test_the_lines_of_a_table_are_no_text_of_its_section(era: Era, shape: str, before: bool, after: bool) -> None:
    result = outline(era, shape, before, after)
    for number in (2, 3, 4):
        expected = ([BEFORE[number - 2]] if before else []) + ([AFTER[number - 2]] if after else [])
        assert result.sections[number - 1].text == "\n".join(expected)
    assert [left.where for left in result.leftovers] == [f"table in section {number}" for number in (2, 3, 4)]
    assert [section.text for section in result.sections if section.number in (1, 5, 6)] == ["全年公开信息30条。"] * 3


def test_sentences_that_use_the_words_of_a_table_are_kept() -> None:
    text = "申请人情况：自然人3件。行政复议结果维持1件，总计1件。结转下年度继续办理0件。信息内容以行政许可为主。"
    blocks = [Paragraph(line) for heading in HEADINGS for line in (heading, text)]
    result = without_tables(read_outline(lines_of(blocks), Era.C))
    assert [section.text for section in result.sections] == [text] * 6
