"""What a page says of its report before the text: title, date and publisher that carry no tag or none of their own."""

from __future__ import annotations

import pytest

from archive.models import Block, Document, Grid, GridCell, Heading, Link, Paragraph
from archive.report.identity.stated import Identity, identify
from archive.report.lines import lines_of

TITLE = "青石县财政局2022年政府信息公开工作年度报告"
TEXT = (Paragraph("一、总体情况"), Paragraph("2022年，我局公开信息3条。"))


def table(*rows: tuple[str, ...]) -> Grid:
    return Grid(tuple(tuple(GridCell(text, r, c) for c, text in enumerate(row)) for r, row in enumerate(rows)))


def read(
    *above: Block, title: str = TITLE, tags: dict[str, str] | None = None, links: tuple[str, ...] = ()
) -> Identity:
    document = Document(
        title, TEXT, tags or {}, outside=above, before=len(above), links=tuple(Link("a.html", text) for text in links)
    )
    return identify(document, lines_of(TEXT))


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("2023-01-12 10:22", "2023-01-12"),
        ("[2023-01-12]", "2023-01-12"),
        ("来源：青石县财政局 2023年1月12日 浏览次数：12", "2023-01-12"),
        ("字号：[大 中 小] 2023-01-12", "2023-01-12"),
        ("2022-12-28", None),  # before the year was over: the date of something else
        ("2024-03-05", None),  # of a year in which the next report is due
        ("时间：2022-05-01", None),
        ("2023-02-30", None),
        ("2023年1月12日 星期四", None),  # today
        ("来源：青石县财政局 成文日期：2023-01-10", None),
        ("来源：青石县财政局 2023-01-12 至 2023-02-12", None),
        ("2023-01-12\n2023-01-13", None),
    ],
)
def test_a_date_that_stands_before_the_text_without_a_name(line: str, published: str | None) -> None:
    assert read(Paragraph(line)).published == published


def test_a_date_far_above_the_text_is_that_of_something_else() -> None:
    news = [Paragraph("2023-03-05"), *(Paragraph(f"栏目{n}") for n in range(20))]
    assert read(*news).published is None
    assert read(*news, Paragraph("2023-01-12")).published == "2023-01-12"


def test_the_tags_of_a_page_name_the_date() -> None:
    assert read(tags={"article:published_time": "2023-01-12T10:22:00+08:00"}).published == "2023-01-12"


def test_a_page_states_its_title_in_a_table() -> None:
    site = "青石县人民政府 政府信息公开年报"
    stated = table(("索引号", "00012"), ("名　称", TITLE), ("发布日期", "2023-01-12"))
    found = read(stated, title=site)
    assert (found.title, found.agency, found.published) == (TITLE, "青石县财政局", "2023-01-12")
    above = Document(site, (stated, Paragraph(TITLE), *TEXT))
    assert identify(above, lines_of(above.blocks)).agency == "青石县财政局"
    listed = read(stated, title=site, links=(TITLE,))  # a menu that is laid out as a table
    assert listed.agency is None


def test_a_title_without_a_year_may_be_a_site_and_its_column() -> None:
    signed = (*TEXT, Paragraph("青石县财政局"), Paragraph("2023年1月5日"))
    site = Document("青石县人民政府 政府信息公开年报", signed)
    assert identify(site, lines_of(signed)).agency == "青石县财政局"
    assert identify(site, lines_of(TEXT), title_hint=TITLE).agency == "青石县财政局"
    assert identify(site, lines_of(TEXT)).agency is None  # which speaks of a bureau
    county = (TEXT[0], Paragraph("2022年，我县公开信息3条。"))
    assert identify(site, lines_of(county)).agency == "青石县人民政府"


def test_the_publisher_is_the_body_where_nothing_else_names_one() -> None:
    title = "2022年政府信息公开工作年度报告"
    stated = table(("索引号", "00012", "发布机构", "青石县财政局"))
    assert read(stated, title=title).agency == "青石县财政局"
    assert read(title=title, tags={"contentsource": "青石县财政局"}).agency == "青石县财政局"
    assert read(title=title, tags={"contentsource": "本站"}).agency is None
    assert read(stated, title=title, tags={"contentsource": "青石县人民政府"}).agency is None
    assert read(Heading("青石县教育局2022年政府信息公开工作年度报告", 1), stated, title="").agency == "青石县教育局"


def test_a_span_of_the_year_is_the_period_though_nothing_calls_it_one() -> None:
    texts = (Paragraph(TITLE), Paragraph("（2022年1月1日至2022年12月31日）"), *TEXT)
    assert identify(Document(None, texts), lines_of(texts)).period == ("2022-01-01", "2022-12-31")
    first = (Paragraph(TITLE.replace("2022", "2008")), Paragraph("（2008年5月1日至2008年12月31日）"))
    assert identify(Document(None, first), lines_of(first)).period == ("2008-05-01", "2008-12-31"), "the first of all"
    part = (Paragraph(TITLE), Paragraph("2022年5月1日至12月31日，我县开展整治。"), *TEXT)
    assert identify(Document(None, part), lines_of(part)).period is None
    older = (Paragraph(TITLE), Paragraph("与2021年1月1日至2021年12月31日相比有所增长。"), *TEXT)
    found = identify(Document(None, older), lines_of(older))
    assert (found.year, found.period) == (2022, None)


@pytest.mark.parametrize(
    ("publisher", "text", "agency"),
    [
        ("青石县人民政府", "2022年，我单位公开信息3条。", None),  # as all pages of a portal state it
        ("青石县人民政府", "2022年，我县公开信息3条。", "青石县人民政府"),
        ("青石县财政局", "2022年，我镇公开信息3条。", None),
        ("青石县财政局", "2022年，我单位公开信息3条。", "青石县财政局"),
        ("青石县融媒体中心", "2022年，我单位公开信息3条。", None),
        ("青石县政务公开科", "2022年，我单位公开信息3条。", None),
    ],
)
def test_a_publisher_that_only_put_the_page_there(publisher: str, text: str, agency: str | None) -> None:
    blocks = (Paragraph("2022年政府信息公开工作年度报告"), Paragraph(text))
    assert identify(Document(None, blocks, {"contentsource": publisher}), lines_of(blocks)).agency == agency


@pytest.mark.parametrize(
    "text",
    [
        "公示时间：2023年1月5日至1月11日",
        "意见征集日期：2021-12-05至2021-12-20",
        "文件有效期限自2022年3月1日至2027年2月28日。",
        "统计分析报告报送。专项整治时间为2022年3月1日至2022年12月31日。",
    ],
)
def test_times_of_other_things_are_no_period_and_no_year(text: str) -> None:
    blocks = (Paragraph(TITLE), Paragraph(text), *TEXT)
    found = identify(Document(None, blocks), lines_of(blocks))
    assert (found.year, found.period) == (2022, None)


def test_a_tag_with_a_date_before_the_end_of_the_year_dates_something_else() -> None:
    found = read(tags={"pubdate": "2020-01-01"})
    assert found.published is None
    assert found.warnings == ("published: 2020-01-01 was left out, as it is before the end of 2022",)
