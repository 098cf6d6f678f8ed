"""The report's own title among those that a page without markup lists beside it."""

from __future__ import annotations

import pytest

from archive.models import Block, Document, Heading, Link, Paragraph
from archive.report.identity.stated import Identity, identify
from archive.report.lines import lines_of

MENU = (
    "首页",
    "政务公开",
    "政府信息公开年报",
    "青石县水利局2022年政府信息公开工作年度报告",
    "中共青石县委机构编制委员会办公室2021年政府信息公开工作年度报告",
    "青石县教育局2020年政府信息公开工作年度报告",
)
TEXT = ("一、总体情况", "2022年，我局认真做好工作。2022年公开信息3条。")


def read(*texts: str, broken: bool = True) -> Identity:
    blocks = [Paragraph(text) for text in (texts if broken else [" ".join(texts)])]
    return identify(Document(None, tuple(blocks)), lines_of(blocks))


@pytest.mark.parametrize("broken", [True, False])
def test_the_title_of_the_year_of_which_the_text_speaks(broken: bool) -> None:
    own = "青石县财政局2022年政府信息公开工作年度报告"
    found = read(*MENU[:3], *MENU[4:], own, *TEXT, broken=broken)
    assert (found.agency, found.year) == ("青石县财政局", 2022)
    assert found.title == own


@pytest.mark.parametrize("broken", [True, False])
def test_titles_of_other_years_only_are_none_of_the_report(broken: bool) -> None:
    found = read(*MENU[:3], *MENU[4:], *TEXT, broken=broken)
    assert (found.agency, found.year, found.is_title) == (None, 2022, False)


@pytest.mark.parametrize("broken", [True, False])
def test_two_bodies_of_one_year_are_told_apart_by_what_names_one_again(broken: bool) -> None:
    own = "青石县财政局2022年政府信息公开工作年度报告"
    assert read(*MENU, own, *TEXT, broken=broken).agency is None
    assert read(*MENU, own, "来源：青石县财政局", *TEXT, broken=broken).agency == "青石县财政局"


def test_the_words_of_a_menu_are_no_body() -> None:
    assert read("政务公开", "政府信息公开年报", *TEXT).agency is None


def test_the_heading_of_another_report_below_the_text_is_not_its_title() -> None:
    own, other = "青石县财政局2022年政府信息公开工作年度报告", "青石县财政局2021年政府信息公开工作年度报告"
    blocks: list[Block] = [
        Paragraph("根据条例编制本报告。"),
        *map(Paragraph, TEXT),
        Heading(other, 2),
        *map(Paragraph, TEXT),
    ]
    assert identify(Document(own, tuple(blocks)), lines_of(blocks)).title == own
    assert identify(Document(own, (Heading(other, 1), *blocks)), lines_of(blocks)).title == other


def test_a_title_without_a_body_right_above_the_text_is_its_own() -> None:
    own, others = "2022年政府信息公开工作年度报告", [f"{line} 2023-01-05" for line in MENU[3:]]
    text = (TEXT[0], TEXT[1].replace("我局", "我单位"))
    for above in (others, others[1:2]):
        found = read(*above, own, *text)
        assert (found.title, found.agency, found.year) == (own, None, 2022)
    signed = ("青石县林业局", "2022年3月3日")
    assert read(own, *text, *signed).agency is None  # before the year was over


def test_the_name_of_a_portal_before_a_title_is_no_body_unless_the_text_speaks_as_it() -> None:
    site = "青石县人民政府 2022年政府信息公开工作年度报告"
    for self, agency in (("我单位", None), ("我局", None), ("我县", "青石县人民政府")):
        text = Paragraph(TEXT[1].replace("我局", self))
        assert identify(Document(site, (text,)), lines_of([text])).agency == agency
    text = Paragraph(TEXT[1])
    assert identify(Document(site.replace(" ", ""), (text,)), lines_of([text])).agency is None


RELATED = "青石县教育局2022年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    "above",
    [
        ["相关阅读", RELATED],
        ["相关链接：", RELATED, "青石县财政局2022年政府信息公开工作年度报告"],
        [f"上一篇：{RELATED}", "下一篇：无"],
        ["上一条", RELATED],
    ],
)
def test_a_title_below_words_for_other_pages_is_not_the_reports(above: list[str]) -> None:
    found = read(*above, *TEXT)
    assert (found.agency, found.is_title) == (None, False)
    assert RELATED not in (found.title or "")
    assert read(RELATED, *TEXT).agency == "青石县教育局"


@pytest.mark.parametrize(
    ("url", "agency"), [("../t1.html", None), ("../t1.PDF?id=3", "青石县教育局"), ("#", "青石县教育局")]
)
def test_a_title_that_is_a_link_to_another_page_is_not_the_reports(url: str, agency: str | None) -> None:
    for line in (RELATED, f"{RELATED} 2023-01-12"):
        for block in (Heading(line, 3), Paragraph(line)):
            blocks = (block, *map(Paragraph, TEXT))
            document = Document(None, blocks, links=(Link(url, RELATED),))
            assert identify(document, lines_of(blocks)).agency == agency
    titled = (Paragraph(RELATED), *map(Paragraph, TEXT))
    document = Document(None, titled, links=(Link(url, RELATED),), outside=(Paragraph(RELATED),))
    assert identify(document, lines_of(titled)).agency == "青石县教育局"


def test_a_title_of_two_years_is_none_of_the_second() -> None:
    found = read("青石县水利局2020-2021年政府信息公开工作年度报告", "一、总体情况", "我局认真做好工作。")
    assert (found.year, found.is_title) == (None, False)
