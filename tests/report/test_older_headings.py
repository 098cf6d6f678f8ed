"""Outlines of reports before 2019: numbered in any way, or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archive.models import Era
from tests.report.test_sections import outline, texts_of

PARTS = {
    "概述": "2012年，本局认真做好信息公开工作。",
    "主动公开政府信息情况": "全年公开信息45条，均已上网。",
    "依申请公开政府信息情况": "全年未收到申请。",
    "存在的主要问题及改进措施": "内容不够丰富，将加强培训。",
}
TITLE = "青石县水利局2012年政府信息公开工作年度报告"
NUMERALS = "一二三四"
NUMBERINGS: dict[str, Callable[[int, str], str]] = {
    "一、": lambda n, words: f"{NUMERALS[n]}、{words}",
    "一，": lambda n, words: f"{NUMERALS[n]}，{words}",
    "一": lambda n, words: f"{NUMERALS[n]} {words}",
    "（一）": lambda n, words: f"（{NUMERALS[n]}）{words}",
    "1、": lambda n, words: f"{n + 1}、{words}",
    "第一部分": lambda n, words: f"第{NUMERALS[n]}部分 {words}",
    "none": lambda n, words: words,
}


@pytest.mark.parametrize("numbering", NUMBERINGS)
def test_numbers_of_parts(numbering: str) -> None:
    headings = [NUMBERINGS[numbering](n, words) for n, words in enumerate(PARTS)]
    lines = [line for pair in zip(headings, PARTS.values(), strict=True) for line in pair]
    result = outline(TITLE, *lines, era=Era.A0)
    assert [(section.number, section.heading) for section in result.sections] == list(enumerate(headings, 1))
    assert texts_of(result) == list(PARTS.values())
    if numbering != "none":
        flat = f"{TITLE} 现将有关情况报告如下。 {' '.join(lines)} 欢迎监督，电话号码见政府网站。"
        assert texts_of(outline(flat, era=Era.A0))[:3] == list(PARTS.values())[:3]


def test_a_part_in_other_words_among_known_ones() -> None:
    words = [*list(PARTS)[:3], "加强领导，健全机构"]
    lines = [line for n, heading in enumerate(words) for line in (f"（{NUMERALS[n]}）{heading}", "正文。")]
    assert [section.number for section in outline(*lines, era=Era.A0).sections] == [1, 2, 3, 4]


def test_a_heading_that_runs_on_into_a_short_sentence() -> None:
    lines = [f"{NUMERALS[n]}、{words}{text}" for n, (words, text) in enumerate(PARTS.items())]
    assert texts_of(outline(*lines, era=Era.A0)) == list(PARTS.values())


def test_a_first_sentence_without_a_figure_is_the_heading_of_a_numbered_part() -> None:
    openings = ("一、加强领导，健全机构。", "二、主动公开政府信息情况。", "三、完善平台，规范运作。")
    lines = [heading + body for heading, body in zip(openings, PARTS.values(), strict=False)]
    result = outline(TITLE, *lines, "四、全年公开信息45条。均已上网。", era=Era.A0)
    assert [section.heading for section in result.sections] == [*(heading[:-1] for heading in openings)]


def test_ten_parts_numbered_in_digits_of_which_one_begins_with_the_year() -> None:
    words = [f"{word}情况" for word in ("2012年政府信息公开工作开展", "主动公开", "依申请公开", "回应解读", "收费")]
    words += ["平台建设", "人员和收支", "复议、诉讼", "咨询处理", "其他需要说明的"]
    lines = [line for n, heading in enumerate(words, 1) for line in (f"{n}、{heading}", f"第{n}部分的正文。")]
    assert texts_of(outline(*lines, era=Era.A0)) == lines[1::2]


def test_slogans_between_blanks_in_one_line() -> None:
    headings = ("一、加强领导，健全机构", "二、完善制度，规范运作", "三、下一步工作打算")
    text = " ".join(f"{heading} {body}" for heading, body in zip(headings, PARTS.values(), strict=False))
    result = outline(f"{TITLE} 现将有关情况报告如下。 {text} 欢迎监督。", era=Era.A0)
    assert tuple(section.heading for section in result.sections) == headings


def test_sub_headings_stay_in_numbered_parts() -> None:
    lines = [
        "一、概述",
        "（一）主动公开情况",
        "甲。",
        "二、主动公开情况",
        "1、主动公开的情况",
        "乙。",
        "三、主要问题和打算",
    ]
    result = outline(*lines, "三、主要问题和打算", "丙。", era=Era.A0)
    assert texts_of(result) == ["（一）主动公开情况\n甲。", "1、主动公开的情况\n乙。", "丙。"]


@pytest.mark.parametrize(
    "below",
    [
        ("青石县水利局", "2013-1-15"),
        ("青石县水利局", "2013.1.15", "政府信息公开情况统计表（2012年度）"),
        ("青石县水利局", "二○一三年一月十五日", "政府信息公开工作情况统计表", "填报单位：青石县水利局"),
    ],
)
def test_a_signature_and_the_title_of_a_table_are_no_text(below: tuple[str, ...]) -> None:
    lines = [line for n, (words, text) in enumerate(PARTS.items()) for line in (f"{NUMERALS[n]}、{words}", text)]
    result = outline(*lines, *below, era=Era.A0)
    assert texts_of(result) == list(PARTS.values())
    assert next(left.text for left in result.leftovers if left.where == "signature") == "\n".join(below[:2])
