"""The parts of a report, found by words and order."""

from __future__ import annotations

import pytest

from archive.models import Block, Era, Grid, GridCell, Heading, Paragraph, SectionStatus
from archive.report.lines import lines_of
from archive.report.sections.parts import Outline, read_outline
from tests.report.made import HEADINGS, document, make

BODIES = (
    "2022年，本局公开信息30条。\n（一）主动公开。全年发布信息30条。",
    "见下表。",
    "本年收到申请1件。",
    "本年无复议和诉讼。",
    "公开的深度还不够。",
    "本年未收取信息处理费。",
)


def outline(*texts: str | Block, era: Era = Era.C) -> Outline:
    blocks = [Paragraph(text) if isinstance(text, str) else text for text in texts]
    return read_outline(lines_of(blocks), era)


def texts_of(result: Outline) -> list[str]:
    return [section.text for section in result.sections]


def statuses(result: Outline) -> str:
    return "".join(section.status.value[1] for section in result.sections)  # f-o-und, e-m-pty, m-e-rged, m-i-ssing


def alternate(headings: tuple[str, ...] = HEADINGS) -> list[str]:
    return [text for pair in zip(headings, BODIES, strict=True) for text in pair]


def test_headings_on_their_own_lines() -> None:
    result = outline("青石县财政局2022年政府信息公开工作年度报告", "编制说明。", *alternate())
    assert texts_of(result) == list(BODIES)
    assert result.leftovers[0].where == "before"
    assert result.leftovers[0].text.endswith("编制说明。")
    assert not result.warnings


def test_headings_that_run_on_into_their_text() -> None:
    assert texts_of(outline(*(h + b for h, b in zip(HEADINGS, BODIES, strict=True)))) == list(BODIES)


def test_a_report_in_one_line() -> None:
    line = "首页 年报 青石县财政局2022年报告 本报告包括总体情况、主动公开政府信息情况等六个部分。" + "".join(
        alternate()
    )
    assert texts_of(outline(line.replace("\n", ""))) == [body.replace("\n", "") for body in BODIES]


def test_the_wording_of_published_reports() -> None:
    variants = (
        "一、2019年政府信息公开工作的总体情况",
        "行政机关主动公开政府信息情况",
        "三、行政机关收到和处理政府信息公开申请情况",
        "四、因政府信息公开工作被申请行政复议和提起行政诉讼情况",
        "五、存在的主要问题及明年工作计划",
        "六、其它需要报告事项",
    )
    short = (
        "一、基本情况",
        "二、行政机关主动公开政府信息",
        "三、收到和处理政府信息公开申请",
        "四、行政复议、行政诉讼",
        "五、问题及改进措施",
        "六、其他事项",
    )
    for headings in (variants, short):
        assert texts_of(outline(*alternate(headings))) == list(BODIES)


def test_other_numbering_and_numbers_that_were_lost() -> None:
    numbered = tuple(f"{i}、{h[2:]}" for i, h in enumerate(HEADINGS, 1))
    bare = tuple(h[2:] for h in HEADINGS)
    assert texts_of(outline(*alternate(numbered))) == list(BODIES)
    assert texts_of(outline(*alternate(bare))) == list(BODIES)


def test_a_number_in_a_paragraph_of_its_own() -> None:
    result = outline("一、", "总体情况", BODIES[0], *alternate()[2:])
    assert texts_of(result) == list(BODIES)


def test_a_contents_page_and_a_contents_sentence_are_no_sections() -> None:
    sentence = "全文包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、其他需要报告的事项。"
    assert texts_of(outline("目录", *HEADINGS, sentence, *alternate())) == list(BODIES)


def test_statuses() -> None:
    grid = Grid(((GridCell("规章", 0, 0), GridCell("0", 0, 1)),))
    merged = outline(*alternate()[:8], "五、存在的主要问题及改进情况和其他需要报告的事项", BODIES[4])
    assert merged.sections[5].status is SectionStatus.MERGED
    result = outline(HEADINGS[0], BODIES[0], HEADINGS[1], grid, HEADINGS[2], HEADINGS[4], BODIES[4])
    assert [s.status for s in result.sections] == [
        SectionStatus.FOUND,
        SectionStatus.FOUND,
        SectionStatus.EMPTY,
        SectionStatus.MISSING,
        SectionStatus.FOUND,
        SectionStatus.MISSING,
    ]
    assert result.warnings == ("no heading found for section 4, 6",)


def test_table_cells_are_left_out_of_the_text() -> None:
    result = read_outline(lines_of(document(make(1)).blocks), Era.C)
    assert texts_of(result)[1] == ""
    assert statuses(result) == "oooooo"


def test_what_follows_a_report_is_left_over() -> None:
    result = outline(*alternate(), "青石县财政局", "2023年1月6日", "附件下载", "上一篇：通知公告")
    assert texts_of(result) == list(BODIES)
    assert [(left.where, left.text) for left in result.leftovers] == [
        ("signature", "青石县财政局\n2023年1月6日"),
        ("after", "附件下载\n上一篇：通知公告"),
    ]


def test_a_seventh_part_is_no_part_of_the_sixth() -> None:
    result = outline(*alternate(), "七、附件", "政府信息公开情况统计表")
    assert texts_of(result) == list(BODIES)
    assert [(left.where, left.text) for left in result.leftovers] == [("after", "七、附件\n政府信息公开情况统计表")]


def test_two_sets_of_headings_are_noticed() -> None:
    title = "青石县教育局2022年政府信息公开工作年度报告"
    result = outline(*alternate(), title, *alternate())
    assert any("two reports" in warning for warning in result.warnings)
    assert texts_of(result) == list(BODIES)
    second = next(left for left in result.leftovers if left.where == "second report")
    assert second.text.startswith(title)
    assert second.text.endswith(BODIES[5])


def test_a_contents_page_with_page_numbers_is_no_second_report() -> None:
    contents = [f"{heading}……{page}" for page, heading in enumerate(HEADINGS, 3)]
    result = outline("目录", *contents, *alternate())
    assert texts_of(result) == list(BODIES)
    assert not result.warnings


def test_headings_numbered_in_brackets() -> None:
    bracketed = tuple(f"（{heading[0]}）{heading[2:]}" for heading in HEADINGS)
    assert texts_of(outline(*alternate(bracketed))) == list(BODIES)


def test_sub_headings_in_the_words_of_a_section_stay_in_their_section() -> None:
    texts = alternate()
    texts[9] = "（一）存在的主要问题\n深度还不够。\n（二）改进情况\n加强培训。"
    texts[1] = "（一）主动公开政府信息情况\n发布30条。"
    result = outline(*texts)
    assert texts_of(result) == [texts[i] for i in range(1, 12, 2)]
    assert not result.warnings


def test_numbers_that_jump_and_sections_that_share_a_heading() -> None:
    jump = (*HEADINGS[:4], "七、存在的主要问题及改进情况", "八、其他需要报告的事项")
    assert texts_of(outline(*alternate(jump))) == list(BODIES)
    shared = [*alternate()[:5], "三、收到和处理政府信息公开申请情况及行政复议、行政诉讼情况", *alternate()[8:]]
    shared.pop(4)
    result = outline(*shared[:4], shared[4], BODIES[2], *alternate()[8:])
    assert result.sections[3].status is SectionStatus.MERGED


def test_marks_of_converters_stay_in_the_text_and_out_of_the_headings() -> None:
    result = outline("[bookmark: _Hlk1]一、总体情况", "文字[image: 图片2]继续。", *alternate()[2:])
    assert texts_of(result)[0] == "文字[image: 图片2]继续。"


def test_an_older_report_has_its_own_outline() -> None:
    result = outline(
        Heading("青石县财政局2013年度政府信息公开工作年度报告", 1),
        "一、 概述",
        "概述的内容。",
        "二、主动公开政府信息情况",
        "公开32条。",
        "四、政府信息公开工作存在的主要问题及改进情况",
        "问题。",
        "七、附表",
        "指标名称 计量单位 年末统计",
        era=Era.A0,
    )
    assert [section.number for section in result.sections] == [1, 2, 4, 7]
    assert texts_of(result)[:3] == ["概述的内容。", "公开32条。", "问题。"]


OLDER = ["一、概述", "本局公开6条。", "二、主动公开政府信息情况", "公开6条。", "三、存在的主要问题和改进措施"]
SIGNED = "将加强工作。 青石县财政局 二○一○年四月十日 "
ROWS = "指标名称 计量单位 年末统计 主动公开信息数 条 6"


def test_a_table_that_its_own_word_heads_is_a_part_and_the_one_before_keeps_its_signature() -> None:
    result = outline(*OLDER, f"{SIGNED}附表： {ROWS} 附件下载", era=Era.A0)
    assert texts_of(result)[2] == SIGNED.strip()
    annex = result.sections[3]
    assert (annex.number, annex.heading, annex.text) == (4, "附表：指标名称", ROWS.removeprefix("指标名称 "))
    assert [left.where for left in result.leftovers] == ["after"]
    titled = outline(*OLDER, "将加强工作。", "附表：", "青石县财政局2009年统计表", ROWS, era=Era.A0).sections[3]
    assert (titled.heading, titled.text) == ("附表：青石县财政局2009年统计表", ROWS)


def test_a_table_in_cells_that_its_own_word_heads_is_a_part_without_text() -> None:
    grid = Grid(((GridCell("指标名称", 0, 0), GridCell("计量单位", 0, 1)),))
    result = outline(*OLDER, "将加强工作。", "附表：", grid, "附件下载", era=Era.A0)
    assert [(s.heading, s.text) for s in result.sections[2:]] == [(OLDER[4], "将加强工作。"), ("附表：", "")]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (f"附件1：青石县政府信息公开情况统计表 {ROWS}", ["annex", "signature"]),
        ("附表：见下载的文件。", ["annex", "signature"]),  # no table
    ],
)
def test_what_is_only_annexed_is_left_over(words: str, where: list[str]) -> None:
    result = outline(*OLDER, SIGNED + words, era=Era.A0)
    assert texts_of(result) == ["本局公开6条。", "公开6条。", "将加强工作。"]
    assert [left.where for left in result.leftovers] == where


def test_the_form_of_2019_has_no_annex_among_its_parts() -> None:
    result = outline(*alternate(), f"附表： {ROWS}")
    assert [section.number for section in result.sections] == [1, 2, 3, 4, 5, 6]
