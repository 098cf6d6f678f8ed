"""Headings of the six sections as offices really write them, and what stands below a report on its page."""

from __future__ import annotations

import pytest

from archive.models import Document, Era, Grid, GridCell, NotAReport, Paragraph, ParsedReport, SectionStatus
from archive.report.parser import parse_document
from tests.report.made import HEADINGS, as_lines, make, resolve
from tests.report.test_sections import BODIES, alternate, outline, texts_of

WORDS = [heading[2:] for heading in HEADINGS]


@pytest.mark.parametrize(
    "numbers",
    [
        "Ⅰ、 Ⅱ、 Ⅲ、 Ⅳ、 Ⅴ、 Ⅵ、",
        "I. II. III. IV. V. VI.",
        "① ② ③ ④ ⑤ ⑥",
        "01 02 03 04 05 06",
        "（1） （2） （3） （4） （5） （6）",
        "壹、 贰、 叁、 肆、 伍、 陆、",
        "PART1 PART2 PART3 PART4 PART5 PART6",
        "第1部分： 第2部分： 第3部分： 第4部分： 第5部分： 第6部分：",
        "第一章 第二章 第三章 第四章 第五章 第六章",
        "● ● ● ● ● ●",
        "◆一、 ◆二、 ◆三、 ◆四、 ◆五、 ◆六、",
    ],
)
def test_numbers_and_marks_before_the_words(numbers: str) -> None:
    headings = tuple(number + words for number, words in zip(numbers.split(), WORDS, strict=True))
    assert texts_of(outline(*alternate(headings))) == list(BODIES)


@pytest.mark.parametrize("form", ["【{}】", "“{}”", "**{}**", "# {}", "{}：", "{}（2022年）"])
def test_marks_around_a_heading(form: str) -> None:
    assert texts_of(outline(*alternate(tuple(form.format(heading) for heading in HEADINGS)))) == list(BODIES)


@pytest.mark.parametrize("at", [5, 7, 9])
def test_a_heading_over_two_lines(at: int) -> None:
    pairs = [([heading[:at], heading[at:]], body) for heading, body in zip(HEADINGS, BODIES, strict=True)]
    lines = [line for parts, body in pairs for line in (*(part for part in parts if part), body)]
    assert texts_of(outline(*lines)) == list(BODIES)


def test_a_number_on_a_line_of_its_own() -> None:
    lines = [line for n, words in enumerate(WORDS) for line in (f"0{n + 1}", words, BODIES[n])]
    assert texts_of(outline(*lines)) == list(BODIES)


def test_the_last_value_of_a_table_is_no_number_of_the_heading_below_it() -> None:
    texts = alternate()
    texts[5] = "2022年收到申请3件。\n结转下年度继续办理\n0\n1"
    read = outline(*(line for text in texts for line in text.splitlines()))
    assert [section.heading for section in read.sections] == list(HEADINGS)


def test_a_heading_ends_where_its_words_are_whole() -> None:
    texts = alternate()
    texts[8:10] = ["五、存在的主要问题", "及改进情况", "和培训不够。"]
    assert texts_of(outline(*texts))[4] == "和培训不够。"
    texts[9:10] = ["（一）及时性不够。"]
    assert texts_of(outline(*texts))[4].startswith("（一）及时性不够。")


@pytest.mark.parametrize(
    ("number", "heading"),
    [
        (1, "一、总体情况概述"),
        (1, "一、政府信息公开工作的基本概况"),
        (1, "一、2022年度工作开展总体情况"),
        (2, "二、主动公开政府信息情况表"),
        (2, "二、主动公开信息情况"),
        (3, "三、政府信息公开申请收到和处理情况"),
        (4, "四、行政复议和行政诉讼"),
        (5, "五、存在的短板及改进情况"),
        (5, "五、存在的主要问题及整改落实情况"),
        (6, "六、其他有关事项"),
        (6, "六、其他需要说明的重要事项"),
        (4, "四、救济渠道运行"),  # told by its number between blanks
    ],
)
def test_other_words_with_and_without_line_breaks(number: int, heading: str) -> None:
    headings = (*HEADINGS[: number - 1], heading, *HEADINGS[number:])
    assert texts_of(outline(*alternate(headings))) == list(BODIES)
    flat = [body.replace("\n", " ") for body in BODIES]
    assert texts_of(outline(" ".join(alternate(headings)).replace("\n", " "))) == flat


@pytest.mark.parametrize("headings", [tuple(WORDS), tuple(f"（{heading[0]}）{heading[2:]}" for heading in HEADINGS)])
def test_a_line_whose_headings_have_no_number_or_one_in_brackets(headings: tuple[str, ...]) -> None:
    made = [" ".join(paragraph.text for paragraph in as_lines(table)) for table in make(1).tables]
    texts = alternate(headings)
    for number, table in zip((3, 5, 7), made, strict=True):
        texts[number] = table
    found = texts_of(outline("青石县财政局2022年报告 " + " ".join(texts).replace("\n", " ")))
    assert [found[0], *found[4:]] == [BODIES[0].replace("\n", " "), *BODIES[4:]]


def test_a_notice_that_lists_the_parts_in_one_line_is_no_report() -> None:
    parts = " ".join(f"（{heading[0]}）{heading[2:]}。 按表填写，注意勾稽关系。" for heading in HEADINGS)
    text = f"关于做好2022年政府信息公开工作年度报告编制工作的通知 现将有关事项通知如下。 {parts}"
    assert isinstance(parse_document(Document(None, (Paragraph(text),))), NotAReport)


def test_words_of_headings_between_blanks_are_none_beside_numbered_ones() -> None:
    texts = alternate()
    texts[1] = "概述 2022年公开30条。 基本情况 主动公开政府信息情况 良好。 （二）依申请公开政府信息情况 收到1件。"
    assert texts_of(outline(" ".join(texts).replace("\n", " ")))[0] == texts[1]


def test_a_contents_list_with_page_numbers_in_a_line_is_no_section() -> None:
    contents = " ".join(f"{heading}......{page}" for page, heading in enumerate(HEADINGS, 1))
    text = f"目录 {contents} " + " ".join(alternate()).replace("\n", " ")
    assert texts_of(outline(text)) == [body.replace("\n", " ") for body in BODIES]


@pytest.mark.parametrize(
    "below",
    [
        ("（此件公开发布）",),
        ("附件", "青石县财政局2022年政府信息公开工作年度报告.docx"),
        ("扫描二维码 手机浏览",),
        ("【字体：大 中 小】",),
        ("收藏 打印 关闭",),
        ("初审：某某 复审：某某 终审：某某",),
        ("信息来源：青石县财政局",),
        ("政策解读", "图解"),
        ("是否有用：有用 无用", "浏览次数：12"),
        ("您访问的链接即将离开本网站", "放弃", "继续访问"),
        ("上一条：2021年年报", "下一条：无"),
        ("抄送：县政府办公室", "青石县财政局办公室 2023年1月20日印发"),
        ("-----------------", "END"),
    ],
)
def test_the_lines_of_a_page_below_a_report_are_left_over(below: tuple[str, ...]) -> None:
    result = outline(*alternate(), *below)
    assert texts_of(result) == list(BODIES)
    assert [(left.where, left.text) for left in result.leftovers] == [("after", "\n".join(below))]
    signed = outline(*alternate(), "青石县财政局", "2023年1月20日", *below)
    assert [left.where for left in signed.leftovers] == ["signature", "after"]


def test_the_same_words_within_a_report_are_its_text() -> None:
    texts = alternate()
    texts[11] = "来源：青石县财政局\n主动公开\n本年未收取信息处理费。"
    assert texts_of(outline(*texts))[5] == texts[11]
    older = outline("一、概述", "概述。", "二、主要问题和改进措施", "改进。", "打印 关闭", era=Era.A0)
    assert texts_of(older) == ["概述。", "改进。"]


@pytest.mark.parametrize("again", [HEADINGS[0], WORDS[0], f"{WORDS[0]}："])
def test_a_heading_printed_twice_is_no_text(again: str) -> None:
    texts = alternate()
    texts[1] = f"{again}\n{BODIES[0]}"
    texts[3] = WORDS[1]
    result = outline(*texts)
    assert texts_of(result) == [BODIES[0], "", *BODIES[2:]]
    assert result.sections[1].status is SectionStatus.EMPTY


def test_a_heading_in_the_first_row_of_its_table() -> None:
    rows = [GridCell("规章", 1, 0), GridCell("0", 1, 1)]
    grid = Grid(((GridCell(HEADINGS[1], 0, 0, 1, 2),), tuple(rows)))
    result = outline(*alternate()[:2], grid, *alternate()[4:])
    assert (result.sections[1].heading, result.sections[1].text) == (HEADINGS[1], "")
    assert texts_of(outline(*alternate()[:3], grid, *alternate()[4:]))[1] == ""


def test_sub_headings_with_other_numbers_and_the_words_of_sections() -> None:
    texts = alternate()
    texts[1] = "1、组织领导情况\n有力。\n2、主动公开政府信息情况\n发布30条。\n3、依申请公开政府信息情况\n收到1件。"
    assert texts_of(outline(*texts)) == texts[1::2]


@pytest.mark.parametrize("behind", ["：无", "：无。", "　无。", "。无。"])
def test_what_stands_behind_a_heading_is_text_without_the_mark_between(behind: str) -> None:
    assert texts_of(outline(*alternate()[:10], HEADINGS[5] + behind))[5] == behind[1:]


def test_three_tables_tell_three_sections_where_no_heading_does() -> None:
    grids = [resolve(table) for table in make(1).tables]
    parts = ["（一）主动公开。发布30条，均已公布。", "（二）依申请公开。收到1件。"]
    told = outline("编制说明。", *parts, *grids, "还存在不足，将加强培训。", "本年未收取信息处理费，无其他事项。")
    assert [section.status is SectionStatus.FOUND for section in told.sections] == [True] * 6


def test_pictures_in_a_report_whose_headings_are_pictures() -> None:
    grids = [resolve(table) for table in make(1).tables]
    report = parse_document(Document("青石县财政局2022年政府信息公开工作年度报告", tuple(grids), pictures=(0, 1)))
    assert isinstance(report, ParsedReport)
    assert {section.status for section in report.sections} == {SectionStatus.MISSING}
