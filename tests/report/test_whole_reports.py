"""Several whole reports on one page: the one that the page is named after is read, of others nothing is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.models import Block, Document, Grid, Heading, NotAReport, Paragraph, ParsedReport, ParseResult
from archive.report.form import load_form
from archive.report.parser import parse_document
from tests.report.made import make, resolve

LABELS = [section.label for section in load_form().sections]
OWN = "青石县水利局2022年政府信息公开工作年度报告"
OTHERS = ("青石县教育局2022年政府信息公开工作年度报告", "青石县水利局2021年政府信息公开工作年度报告")
OLDER = ["一、概述", "二、主动公开政府信息情况", "三、依申请公开情况", "四、存在的问题和改进措施"]
COLUMN = "政府信息公开年报"


def report(title: str, seed: int) -> list[Block]:
    """A report with its three tables; the words of each are its own."""
    body = Paragraph(f"{title[6:10]}年，各项工作有序开展，第{seed}号方案提出的措施都已落实，公开的渠道不断拓宽。" * 4)
    tables: list[list[Block]] = [[resolve(table)] for table in make(seed).tables]
    parts: list[list[Block]] = [[body], *tables, [body], [body]]
    return [
        Heading(title, 2),
        *(b for label, part in zip(LABELS, parts, strict=True) for b in (Paragraph(label), *part)),
    ]


def older(title: str) -> list[Block]:
    """A report before 2019, which has no tables."""
    body = Paragraph("我局认真贯彻落实条例，加强领导，健全制度，完善机制，政府信息公开取得了新的成效。" * 2)
    return [Heading(title, 2), *(block for label in OLDER for block in (Paragraph(label), body))]


def read(*blocks: Block, named: str = COLUMN, hint: str | None = None) -> ParseResult:
    return parse_document(Document(named, blocks), title_hint=hint)


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("first", [True, False])
def test_the_report_that_the_page_is_named_after_is_read_and_the_other_is_not(other: str, first: bool) -> None:
    pair = (report(OWN, 1), report(other, 2))
    blocks = [block for part in (pair if first else reversed(pair)) for block in part]
    for result in (read(*blocks, named=f"{OWN}_青石县人民政府"), read(*blocks, hint=OWN)):
        assert isinstance(result, ParsedReport)
        assert (result.title, result.agency, result.year) == (
            OWN if result.title == OWN else None,
            "青石县水利局",
            2022,
        )
        assert {(c.key, c.applicant): c.value for c in result.cells} == make(1).truth
        assert ["第1号" in section.text for section in result.sections] == [True, False, False, False, True, True]
        assert any(f"{other[:6]}, {other[6:10]}" in warning for warning in result.warnings)


@pytest.mark.parametrize("other", OTHERS)
def test_where_nothing_names_one_of_them_none_is_taken(other: str) -> None:
    result = read(*report(OWN, 1), *report(other, 2))
    assert isinstance(result, NotAReport)
    assert "several different reports" in result.why
    assert f"青石县水利局, 2022; {other[:6]}, {other[6:10]}" in result.why


def test_reports_that_share_a_line_of_text_are_not_told_apart() -> None:
    blocks = [block for n, title in enumerate((OWN, OTHERS[0])) for block in report(title, n)]
    text = " ".join(block.text for block in blocks if not isinstance(block, Grid))
    assert isinstance(read(Paragraph(text), named=OWN), NotAReport)


@pytest.mark.parametrize("other", OTHERS)
def test_older_reports_are_told_by_their_titles(other: str) -> None:
    own, other = OWN.replace("2022", "2017"), other.replace("2022", "2017").replace("2021", "2016")
    assert isinstance(read(*older(own), *older(other)), NotAReport)
    result = read(*older(own), *older(other), named=own)
    assert isinstance(result, ParsedReport)
    assert (result.year, len(result.sections)) == (2017, 4)


def test_one_report_is_one() -> None:
    own = report(OWN, 1)
    contents = [Paragraph("目录"), *map(Paragraph, LABELS)]
    within = [Paragraph(f"{n}.{label[2:]}") for n, label in enumerate(LABELS[:4], 1)]
    links = [Paragraph(title) for title in OTHERS]
    for blocks in (
        own,
        [own[0], *contents, *own[1:]],
        [*own[:2], *within, *own[2:]],
        [*links, *own],
        [*own, *links],
        [*own, *own],
        [
            *own,
            *(replace(block, text=f"（打印）{block.text}") if isinstance(block, Heading) else block for block in own),
        ],
    ):
        result = read(*blocks, named=OWN)
        assert isinstance(result, ParsedReport)
        assert {(c.key, c.applicant): c.value for c in result.cells} == make(1).truth
        assert not any("several reports" in warning for warning in result.warnings)


def test_extracts_of_many_reports_are_none() -> None:
    lines = [
        Paragraph(f"{name}镇 {LABELS[0]} " + f"2022年，{name}镇认真开展政府信息公开工作，公开的信息不断增加。" * 15)
        for name in "东西南北中上下左右"
    ]
    assert isinstance(read(*lines), NotAReport)
    table = resolve(make(1).tables[0])
    result = read(*(block for line in lines for block in (line, Paragraph(LABELS[1]), table)))
    assert isinstance(result, NotAReport)
    assert "and 4 more" in result.why
