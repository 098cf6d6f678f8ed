"""Title, agency, year and period, in the order of trust, conflicts kept."""

from __future__ import annotations

import pytest

from archive.models import Document, Grid, GridCell, Heading, Link, Paragraph
from archive.report.identity.dates import iso_date
from archive.report.identity.stated import Identity, identify
from archive.report.identity.titles import read_title, rejected
from archive.report.lines import lines_of


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("2019年青石市人民政府办公厅政府信息公开工作年度报告", "青石市人民政府办公厅", 2019),
        ("青石市2017年政府信息公开年度报告", "青石市", 2017),
        ("青石县武安镇人民政府2020年度政府信息公开工作年度报告", "青石县武安镇人民政府", 2020),
        ("2015年政府信息公开工作年度报告", None, 2015),
        ("青石市市场监督管理局2016年政务信息公开年度报告", "青石市市场监督管理局", 2016),
        ("青石市人民政府2016年\n政府信息公开工作年度报告", "青石市人民政府", 2016),
        ("河东镇政府信息公开工作年度报告", "河东镇", None),
        ("青石市 2025 年政府信息公开工作年度报告", "青石市", 2025),
        ("青石县人民政府信息公开年度报告", "青石县人民政府", None),
        ("２０２３年青石县财政局政府信息公开年报", "青石县财政局", 2023),
        ("青石县财政局关于2015年度政府信息公开工作年度报告", "青石县财政局", 2015),
        ("青石县财政局关于2021年政府信息公开工作情况的报告", "青石县财政局", 2021),
        ("青石县财政局二〇二一年政府信息公开工作年度报告", "青石县财政局", 2021),
        ("青石县财政局政府信息公开2021年度报告", "青石县财政局", 2021),
        ("1.青石县财政局2021年政府信息公开工作年度报告", "青石县财政局", 2021),
        ("[2022-01-20]青石县财政局2021年政府信息公开工作年度报告", "青石县财政局", 2021),
        ("青石县财政局关于公布2021年政府信息公开工作年度报告的公告", "青石县财政局", 2021),
        ("青石大学2021—2022学年信息公开工作年度报告", "青石大学", 2022),
        ("青石县发展和改革局（青石县粮食局）2021年政府信息公开年度报告", "青石县发展和改革局（青石县粮食局）", 2021),
        ("我镇2020年政府信息公开工作年度报告", None, 2020),
        ("青石县财政局202020年政府信息公开工作年度报告", "青石县财政局", 2020),
        ("青石县教育局2022年政府信息公开工作年度报告（修订版）", "青石县教育局", 2022),
        ("青石县教育局政府信息公开工作年度报告（2022年度）", "青石县教育局", 2022),
        ("青石县教育局2022年政府信息公开工作年度报告.docx", "青石县教育局", 2022),
        ("【年度报告】青石县教育局2022年政府信息公开年度报告", "青石县教育局", 2022),
        ("（2022年度）青石县教育局政府信息公开工作年度报告", "青石县教育局", 2022),
        ("01青石县教育局2022年政府信息公开工作年度报告.docx", "青石县教育局", 2022),
        ("附件1：青石县教育局2022年政府信息公开工作年度报告", "青石县教育局", 2022),
        ("青石县教育局：2022年政府信息公开工作年度报告[图文]", "青石县教育局", 2022),
        ("青石县教育局2022年年度政府信息公开工作报告", "青石县教育局", 2022),
        ("青石县教育局2016年政府信息公开工作总结及2017年工作安排", "青石县教育局", 2016),
        ("青石县教育局2018年推进政府信息公开工作情况报告", "青石县教育局", 2018),
        ("青石县教育局2018年政务公开暨政府信息公开工作年度报告", "青石县教育局", 2018),
        ("关于公布《青石县教育局2022年政府信息公开工作年度报告》的公告", "青石县教育局", 2022),
        ("青石县教育局《2022年政府信息公开工作年度报告》", "青石县教育局", 2022),
        ("青石县教育局2018年政府信息公开工作年度报告（青教〔2019〕3号）", "青石县教育局", 2018),
        ("青石县教育局政府信息公开年度报告2022", "青石县教育局", 2022),
        ("2022年政府信息公开年度报告（青石县教育局）", "青石县教育局", 2022),
        ("2022年政府信息公开年度报告（全文）", None, 2022),
        ("青石县政府办公室关于印发青石县2022年政府信息公开工作年度报告的通知", "青石县", 2022),
        ("青石县教育局关于印发2022年政府信息公开工作年度报告的通知", "青石县教育局", 2022),
        ("青石县教育局关于2012年度政府信息公开工作的报告。", "青石县教育局", 2012),
        ("青石县政府办公室关于公布2022年政府信息公开工作年度报告的通知", None, 2022),
        ("2021年青石县教育局2022年政府信息公开工作年度报告", "青石县教育局", None),
        ("2022年政府信息公开工作年度报告（报青石县人民政府）", None, 2022),
        ("青石县教育局2012年政府信息公开年终总结", "青石县教育局", 2012),
    ],
)
def test_titles_of_reports(title: str, agency: str | None, year: int | None) -> None:
    read = read_title(title)
    assert read is not None
    assert (read.agency, read.year) == (agency, year)


@pytest.mark.parametrize(
    "title",
    [
        "《青石县2022年政府信息公开工作年度报告》解读",
        "一图读懂：青石县政府信息公开工作年度报告",
        "关于做好2022年政府信息公开工作年度报告编制工作的通知",
        "青石县2022年政府网站工作年度报表",
        "青石县2022年法治政府建设年度报告",
        "青石县2022年第三季度政府信息公开情况",
        "关于报送《青石县公安局2017年政府信息公开工作情况》的函",
    ],
)
def test_titles_that_look_like_one(title: str) -> None:
    assert rejected(title)


@pytest.mark.parametrize(
    "text",
    [
        "一、2022年政府信息公开工作总结",
        "关于开展2022年政府信息公开工作年度报告的通知",
        "青石县教育局关于转发《青石县人民政府2022年政府信息公开工作年度报告》的通知",
        "青石县2022年12月政务公开工作总结",
        "青石县2022年度预算信息公开报告",
        "青石县2022年党务公开和政务公开工作总结",
        "青石县2022年一季度政府信息公开总结",
        "2022年青石县企业信息公示年度报告",
        "青石县教育局2021-2022年政府信息公开工作年度报告",
        "青石县教育局2016—2020年政务公开工作总结",
        "省政府办公厅2023年检查青石县2022年政府信息公开工作报告",
        "2022年工作情况及2021年政府信息公开工作年度报告",
    ],
)
def test_headings_and_calls_for_reports_are_no_titles(text: str) -> None:
    assert read_title(text) is None


def read(*texts: str, title: str | None = None, **hints: str) -> Identity:
    document = Document(title, tuple(Paragraph(text) for text in texts))
    return identify(document, lines_of(document.blocks), **hints)


def test_the_period_is_trusted_before_the_title_and_a_conflict_is_kept() -> None:
    found = read(
        "青石县财政局2023年政府信息公开工作年度报告",
        "本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。",
        date_hint="2023-01-20",
    )
    assert found.year == 2022
    assert found.period == ("2022-01-01", "2022-12-31")
    assert found.warnings == ("year: statistics period says 2022, title says 2023",)
    assert found.published == "2023-01-20"


def test_a_period_copied_from_last_year_is_outvoted() -> None:
    title = "青石县财政局2023年政府信息公开工作年度报告"
    period = "本报告所列数据的统计期限自2022年1月1日起至2022年12月31日止。"
    copied = read(title, period, "2023年，我局收到申请3件。", date_hint="2024-01-20")
    assert copied.year == 2023
    assert copied.period == ("2022-01-01", "2022-12-31")
    assert copied.warnings[1] == "year: 2023, as title and publication date agree against the statistics period"
    late = read(title, period, "2022年，我局收到申请3件。2022年底结转1件。", date_hint="2024-01-20")
    assert late.year == 2022
    listed = read(title, period, title_hint=title.replace("2023", "2022"), date_hint="2024-01-20")
    assert listed.year == 2022


def test_the_body_of_a_zone_is_its_committee_as_printed() -> None:
    title = "青石综合实验区2021年政府信息公开工作年度报告"
    assert read(title, "可在“青石综合实验区管委会网站”下载。").agency == "青石综合实验区管委会"
    assert read(title, "由青石综合实验区管理委员会编制。").agency == "青石综合实验区管理委员会"
    assert read(title, "由区管委会办公室编制。").agency == "青石综合实验区"
    assert read("青石市2021年政府信息公开工作年度报告", "青石市管委会").agency == "青石市"
    outside = Document(None, (Paragraph(title),), outside=(Paragraph("主办：青石综合实验区管委会"),))
    assert identify(outside, lines_of(outside.blocks)).agency == "青石综合实验区管委会"


@pytest.mark.parametrize(
    ("texts", "agency"),
    [
        (("根据条例，现公布青石县财政局2022年度政府信息公开工作年度报告。",), "青石县财政局"),
        (("现向社会公布2022年青石县教育局政府信息公开工作年度报告。",), "青石县教育局"),
        (("本年度报告由青石县财政局根据条例编制。",), "青石县财政局"),
        (("2022年收到申请3件。", "青石县财政局", "2023年1月5日"), "青石县财政局"),
        (("2022年收到申请3件。", "青石县财政局  二〇二三年一月五日"), "青石县财政局"),
        (("青石县财政局", "2023年1月"), "青石县财政局"),
        (("填报单位：青石县财政局",), "青石县财政局"),
        (("总体情况", "青石县财政局"), None),
        (("根据条例要求，由青石县财政局编制本报告。",), "青石县财政局"),
        (("青石县财政局根据《中华人民共和国政府信息公开条例》编制本报告。",), "青石县财政局"),
        (("青石县财政局（以下简称“我局”）编制了本报告。",), "青石县财政局"),
        (("本报告由青石县人民政府办公室编制。",), None),
        (("本通知由青石县人民政府根据《条例》制定，我单位编制本报告。",), None),
        (("按照由青石县人民政府组织编制的格式，现公布年报。",), None),
        (("青石县人民政府根据国务院要求部署了公开工作。",), None),
        (("2022年，青石县人民政府（以下简称“本级政府”）领导公开工作。",), None),
        (("我局公开3条。", "青石县人民政府", "2023年1月5日"), None),  # another kind of body than the text speaks of
        (("本报告由我局根据条例编制。",), None),
        (("本报告由青石县财政局编制。", "青石县教育局", "2023年1月5日"), None),
    ],
)
def test_a_title_without_a_body(texts: tuple[str, ...], agency: str | None) -> None:
    assert read("2022年政府信息公开工作年度报告", *texts).agency == agency


def test_a_line_before_the_title_is_no_part_of_it() -> None:
    title = "水务局2020年政府信息公开工作年度报告"
    assert read("{{ message }}", title).agency == "水务局"
    assert read("青石县", title).agency == "青石县水务局"
    assert read("青石县人民政府", f"青石县{title}").agency == "青石县水务局"
    assert read("青石县人民政府", title).agency == "水务局"


def test_what_is_left_of_a_page_is_no_title() -> None:
    found = read(": 63%", "- 1 -", "2024 年报告", "2024年，我市坚持公开为常态。")
    assert (found.title, found.is_title) == ("2024 年报告", False)


def test_a_title_over_three_lines() -> None:
    found = read("青石县河东镇人民政府", "2022年政府信息公开", "工作年度报告", "根据条例。")
    assert (found.agency, found.year) == ("青石县河东镇人民政府", 2022)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("统计期限自2021年1月1日起至2021年12月31日止", 2021),
        ("统计时限为2019年1月1日至12月31日", 2019),
        ("统计期限：2020年1月1日—202020年12月31日", 2020),
        ("数据统计期限从2008年5月1日到2008年12月31日", 2008),
        ("统计时间段：2019年1月1日起至2019年12月31日止", 2019),
        ("统计期为2022.1.1-2022.12.31", 2022),
        ("统计期限为二〇一〇年一月一日至二〇一〇年十二月三十一日", 2010),
    ],
)
def test_forms_of_the_period(text: str, year: int) -> None:
    assert read(text).year == year


@pytest.mark.parametrize("text", ["统计期限自2013月1日起至12月31日止。", "统计期限自2013年12月31日至2012年1月1日。"])
def test_a_damaged_period_falls_back_to_the_title(text: str) -> None:
    found = read("青石县财政局2013年政府信息公开工作年度报告", text)
    assert (found.year, found.period, found.warnings) == (2013, None, ())


def test_without_anything_else_the_year_before_publication() -> None:
    found = read("政府信息公开工作年度报告", date_hint="2021年2月3日")
    assert found.year == 2020
    assert "publication date" in found.warnings[0]


def test_a_title_over_two_lines_and_a_title_with_the_name_of_the_site() -> None:
    two = read("青石县科学技术局", "2023年政府信息公开工作年度报告", "根据条例。")
    assert (two.agency, two.year) == ("青石县科学技术局", 2023)
    site = read("根据条例。", title="青石县财政局2022年政府信息公开工作年度报告_青石县人民政府门户网站")
    assert site.title == "青石县财政局2022年政府信息公开工作年度报告"


def test_the_list_fills_what_the_title_leaves_out() -> None:
    found = read(
        "2022年政府信息公开工作年度报告",
        title_hint="青石县财政局2022年政府信息公开工作年度报告",
        agency_hint="青石县财政局",
    )
    assert found.agency == "青石县财政局"
    other = read("青石县财政局2022年政府信息公开工作年度报告", agency_hint="青石县教育局")
    assert other.agency == "青石县财政局"
    assert "青石县教育局" in other.warnings[0]


def test_headings_and_metadata_name_the_report() -> None:
    document = Document(
        "首页", (Heading("青石县财政局2022年政府信息公开工作年度报告", 1),), {"pubdate": "2023-01-06 08:30"}
    )
    found = identify(document, lines_of(document.blocks))
    assert (found.agency, found.year, found.published) == ("青石县财政局", 2022, "2023-01-06")


@pytest.mark.parametrize(
    ("above", "published"),
    [
        (("来源：青石县财政局　发布时间：2023-01-06 09:30",), "2023-01-06"),
        (("发布日期: 2023年1月6日 【字体：大 中 小】", "发布时间：2023/01/06"), "2023-01-06"),
        (("发布时间：2023-01-06", "发布时间：2024-01-06"), None),  # one of them is another page's
        (("成文日期：2023-01-03",), None),  # written, not published
        (("【发布日期】2023年01月06日 【字体：大 中 小】",), "2023-01-06"),
        (("来源：青石县财政局 时间：2023.1.6",), "2023-01-06"),
        (("青石县财政局 发布于 2023-01-06 10:11",), "2023-01-06"),
        (("统计时间：2022年1月1日至2022年12月31日", "时间：2022年1月1日至2022年12月31日"), None),  # a period
        (("发布时间：",), None),
    ],
)
def test_the_date_above_the_text_is_that_of_publication(above: tuple[str, ...], published: str | None) -> None:
    assert around(*map(Paragraph, above)).published == published


def test_a_date_in_a_table_or_in_the_flattened_head_of_a_page() -> None:
    cells = ("成文日期", "2023年01月03日", "发布日期", "2023年01月06日")
    table = Grid((tuple(GridCell(text, 0, column) for column, text in enumerate(cells)),))
    text = "青石县财政局2022年政府信息公开工作年度报告 时间：2023-01-06 根据条例编制。 发布日期：2024-02-02"
    for blocks in ((table, Paragraph("根据条例编制。")), (Paragraph(text),)):
        assert identify(Document(None, blocks), ()).published == "2023-01-06"


def test_a_title_behind_the_menu_of_a_page_or_before_its_preamble_in_one_line() -> None:
    title = "青石县财政局2022年政府信息公开工作年度报告"
    period = "根据条例编制，统计期限自2022年1月1日起至2022年12月31日止，特此向社会公布，欢迎监督。" * 2
    menu = "首页 > 政务公开 > 政府信息公开 > 政府信息公开年报 索引号：00001 发布机构：财政局 文号： 字号：[大 中 小]"
    for text in (f"{menu} {title} {period}", f"{title}{period}"):
        assert (found := read(text)).title == title
        assert (found.agency, found.year) == ("青石县财政局", 2022)


def test_what_the_list_and_the_tags_say_goes_before_a_printed_date() -> None:
    document = Document(
        None, (), {"pubdate": "2023-01-05 09:30"}, outside=(Paragraph("发布时间：2023-01-06"),), before=1
    )
    assert identify(document, ()).published == "2023-01-05"
    assert identify(document, (), date_hint="2023-01-04").published == "2023-01-04"


def around(*before: Heading | Paragraph, title: str | None = None, links: tuple[str, ...] = ()) -> Identity:
    text = tuple(Paragraph(text) for text in ("一、总体情况", "我局主动公开政府信息12条。"))
    document = Document(
        title,
        text,
        outside=(*before, Paragraph("青石县林业局2020年政府信息公开工作年度报告")),
        before=len(before),
        links=tuple(Link("a.html", name) for name in links),
    )
    return identify(document, lines_of(text))


def test_a_title_that_stands_before_the_main_text() -> None:
    report = "青石县水利局2023年政府信息公开工作年度报告"
    found = around(
        Heading("政府信息公开年报", 2), Heading(report, 1), Paragraph("来源：青石县水利局"), title="青石县水利局"
    )
    assert (found.title, found.agency, found.year, found.is_title) == (report, "青石县水利局", 2023, True)
    two = around(
        Paragraph("青石县水利局"), Paragraph("2023年政府信息公开工作年度报告"), title="水利局_政府信息公开年报"
    )
    assert (two.agency, two.year) == ("青石县水利局", 2023)


def test_what_only_looks_like_a_title_before_the_main_text() -> None:
    other = "青石县林业局2021年政府信息公开工作年度报告"
    assert around(Paragraph(other), links=(other,)).agency is None  # a menu of reports
    assert around(Heading("青石县政府信息公开年报", 2)).is_title is False  # a column, no report of a year
    trail = around(Paragraph("当前位置：首页 > 青石县水利局"), Heading("2023年政府信息公开工作年度报告", 1))
    assert (trail.agency, trail.year) == (None, 2023)
    own = around(Heading("2023年政府信息公开工作年度报告", 1), title="青石县水利局2022年政府信息公开工作年度报告")
    assert own.year == 2022


def test_the_name_of_a_site_or_column_is_no_part_of_the_agency() -> None:
    report = "青石县水利局2023年政府信息公开工作年度报告"
    for title in (
        f"青石县水利局 政府信息公开年报 {report}",
        f"青石县人民政府门户网站 {report}",
        f"首页>{report}_年报",
        f"青石县人民政府-{report}",
        f"{report}--青石县政府网",
    ):
        found = read("一、总体情况", title=title)
        assert (found.agency, found.year) == ("青石县水利局", 2023)


def test_a_text_without_line_breaks_begins_with_its_title() -> None:
    rest = " 根据《中华人民共和国政府信息公开条例》的要求，编制本报告。" * 4
    found = read(f"青石县水利局2023年政府信息公开工作年度报告{rest}")
    assert (found.agency, found.year) == ("青石县水利局", 2023)
    assert read(f"根据《条例》和《政府信息公开工作年度报告格式》的要求，编制本报告。{rest}").is_title is False


def test_dates() -> None:
    assert iso_date("2023年1月6日") == "2023-01-06"
    assert iso_date("2023/13/40") is None
    assert iso_date(None) is None


@pytest.mark.parametrize(
    ("texts", "year"),
    [
        (("现公布青石县统计局2023年政府信息公开工作年度报告。本报告由六部分组成。", "一、总体情况"), 2023),
        (("现发布《青石县河东镇2022年度政府信息公开工作年度报告》。",), 2022),
        (("根据《关于做好2022年政府信息公开工作年度报告编制公布工作的通知》，编制本报告。",), None),
        (("一、总体情况", "2021年，我局认真做好工作。2021年公开3条，2020年结转1条。"), 2021),
        (("一、总体情况2021年，我局认真做好工作。",), 2021),
        (("一、总体情况", "2019年，我局成立专班。2020年公开3条，2020年培训2次。"), None),
        (("一、总体情况", "2019年修订的条例施行以来，我局公开3条。"), None),
    ],
)
def test_the_year_that_only_the_text_names(texts: tuple[str, ...], year: int | None) -> None:
    identity = read(*texts)
    assert identity.year == year
    assert bool(identity.warnings) is (year is not None)


def test_a_title_or_a_period_goes_before_what_the_text_names() -> None:
    text = "现公布青石县统计局2023年政府信息公开工作年度报告。"
    period = "本报告所列数据的统计期限自2022年1月1日起，至2022年12月31日止。"
    assert read(text, period).period == ("2022-01-01", "2022-12-31")
    assert read(text, period).year == 2022
    assert read(text, title="青石县统计局2021年政府信息公开工作年度报告").year == 2021
    assert read(text, date_hint="2026-01-20").year == 2023
