"""Sections whose headings stand in other words or without their marks, and reports that print no headings."""

from __future__ import annotations

import pytest

from archive.models import Era, Paragraph, SectionStatus
from tests.report.made import HEADINGS, make, resolve
from tests.report.test_sections import BODIES, alternate, outline, texts_of


@pytest.mark.parametrize(
    ("number", "heading"),
    [
        (1, "一 总体情况"),
        (2, "二、主动公开情况"),
        (2, "二、政府信息主动公开情况"),
        (3, "三、依申请公开政府信息办理情况"),
        (4, "四、救济渠道运行情况"),
        (5, "五、下一步打算"),
        (6, "六、需要报告的其他事项"),
        (6, "六、其他事项"),
        (6, "六 其他需要报告的事项"),
        (1, "一、2022年我局工作回顾"),
    ],
)
def test_a_heading_counts_by_its_number_where_its_words_are_others(number: int, heading: str) -> None:
    headings = (*HEADINGS[: number - 1], heading, *HEADINGS[number:])
    assert texts_of(outline(*alternate(headings))) == list(BODIES)


@pytest.mark.parametrize("heading", ["二、主动公开情况", "三、依申请公开情况", "六、其他事项"])
def test_other_words_count_inside_a_line_too(heading: str) -> None:
    texts = [*alternate()]
    number = "一二三四五六".index(heading[0])
    texts[2 * number] = heading
    result = outline(" ".join(text.replace("\n", " ") for text in texts))
    assert texts_of(result) == [body.replace("\n", " ") for body in BODIES]


def test_sub_headings_in_the_words_of_a_section_are_none_without_its_number() -> None:
    texts = alternate()
    texts[1] = "主动公开情况\n发布30条。\n1、依申请公开情况\n收到1件。\n其他事项\n无。"
    assert texts_of(outline(*texts))[0] == texts[1]


def test_two_lines_with_the_missing_number_tell_nothing() -> None:
    texts = alternate()
    texts[6:8] = ["四、有关救济的内容", "甲。", "四、其他内容", "乙。"]
    result = outline(*texts)
    assert result.sections[3].status is SectionStatus.MISSING
    assert any("section 4" in warning for warning in result.warnings)


def test_a_heading_in_other_words_is_named_in_a_warning() -> None:
    texts = alternate()
    texts[8] = "五、下一步打算"
    assert [w for w in outline(*texts).warnings if w.startswith("section 5:")]


FIRST = ["2022年，本局公开信息30条，成效明显。", "（一）主动公开。发布信息30条。", "（二）依申请公开。收到1件。"]
PROBLEMS = "2022年工作取得成绩，但还存在不足，将加强培训。"
OTHER = "本年未收取信息处理费。"


def test_a_report_without_headings_is_told_by_what_its_parts_say() -> None:
    grids = [resolve(table) for table in make(1).tables]
    preamble = "本报告按照条例要求编制，统计期限为2022年1月1日至2022年12月31日。"
    result = outline("青石县财政局2022年政府信息公开工作年度报告", preamble, *FIRST, *grids, PROBLEMS, OTHER)
    told = {section.number: section.text for section in result.sections if section.status is SectionStatus.FOUND}
    assert told[1].split("\n") == FIRST
    assert (told[5], told[6]) == (PROBLEMS, OTHER)
    assert {section.heading for section in result.sections} == {None}
    assert result.leftovers[0].text.endswith(preamble)


@pytest.mark.parametrize(
    "texts",
    [
        [*FIRST[:1], "{tables}", PROBLEMS, OTHER],  # nothing says that this is the first part
        [*FIRST, "{tables}", "2022年工作取得成绩，将加强培训。", OTHER],  # no problems
        [*FIRST, "{tables}", PROBLEMS, "本年未召开会议。"],  # no other matters
        [*FIRST, PROBLEMS, OTHER],  # no tables
    ],
)
def test_parts_that_do_not_say_what_they_are_stay_without_a_section(texts: list[str]) -> None:
    grids = [resolve(table) for table in make(1).tables]
    blocks = [block for text in texts for block in (grids if text == "{tables}" else [Paragraph(text)])]
    assert {section.status for section in outline(*blocks).sections} == {SectionStatus.MISSING}


@pytest.mark.parametrize(
    "signature",
    [
        ("青石县财政局", "2023年1月20日"),
        ("云台市第一中学", "2023年1月"),
        ("2023年1月",),
        ("青石县卫生健康局（青石县疾病预防控制局）", "2023年1月20日"),
        ("青石县档案馆 二〇二三年一月",),
    ],
)
def test_a_signature_is_no_text_of_the_last_section(signature: tuple[str, ...]) -> None:
    result = outline(*alternate(), *signature)
    assert texts_of(result) == list(BODIES)
    assert next(left.text for left in result.leftovers if left.where == "signature") == "\n".join(signature)


@pytest.mark.parametrize(
    "words", ["【打印本页】【关闭窗口】", "[打印] [关闭]", "（打印）", "【关闭】", "扫一扫在手机打开当前页"]
)
def test_the_words_of_the_page_in_brackets_end_the_report(words: str) -> None:
    result = outline(*alternate(), words)
    assert texts_of(result) == list(BODIES)
    assert result.leftovers[-1].text == words


@pytest.mark.parametrize("mark", ["、", ".", "．"])
def test_an_older_report_without_line_breaks_is_cut_at_numbered_words_between_blanks(mark: str) -> None:
    headings = ("组织领导情况", "目录编制情况", "下一步工作打算")
    bodies = ("成立小组。", "编制目录3条，其中：一、机构类；二、规划类。", "加强培训。")
    parts = [f"{n}{mark}{heading} {body}" for n, heading, body in zip("一二三", headings, bodies, strict=True)]
    text = "青石县财政局2012年政府信息公开工作年度报告 现将有关情况报告如下，请予监督。 " + " ".join(parts)
    assert texts_of(outline(text + "欢迎监督。" * 10, era=Era.A0)) == [*bodies[:2], bodies[2] + "欢迎监督。" * 10]
