"""The report's own title among those that a page without markup lists beside it."""

from __future__ import annotations

import pytest

from archive.models import Block, Document, Heading, Paragraph
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
