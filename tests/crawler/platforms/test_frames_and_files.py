"""What stands behind a frame, a viewer or a script that hands out files: a list, an article, or the report itself."""

from __future__ import annotations

import pytest

from archive.models import Portal, Role
from crawler.blocks import judge_page
from crawler.guard import AllowList
from crawler.pages import Page
from crawler.platforms import Context, PageReading, read

HOST = "http://www.qingshan.gov.cn"
PORTAL = Portal("q", "青山县", "990100", "county", f"{HOST}/")


def reading(markup: str, path: str, role: Role) -> PageReading:
    page = Page.of(HOST + path, 200, {"Content-Type": "text/html; charset=utf-8"}, markup.encode())
    return read(page, Context(PORTAL, role, AllowList.of(PORTAL).allows))


@pytest.mark.parametrize(
    ("source", "followed"),
    [
        ("/street/list.html", True),
        ("/county/nb.html", True),
        ("/research/nb.html", True),
        ("/xxgk/menutree.html", False),
        ("/getcount.jsp?id=3", False),
        ("/search/box.html", False),
    ],
)
def test_a_frame_is_followed_unless_it_is_one_of_the_sites_tools(source: str, followed: bool) -> None:
    found = reading(f"<iframe src='{source}'></iframe>", "/zwgk/nb/", Role.LISTING)
    assert [link.url for link in found.follow] == [HOST + source] * followed


COVER = "<title>青山县财政局2023年政府信息公开工作年度报告</title><h1>青山县财政局2023年政府信息公开工作年度报告</h1>"


@pytest.mark.parametrize(
    ("markup", "leads_to"),
    [
        (f"{COVER}<iframe src='/pdfjs/web/viewer.html?file=/up/nb.pdf'></iframe>", "/up/nb.pdf"),
        (f"{COVER}<embed src='nb.pdf'>", "/sys/nb.pdf"),
        (f"{COVER}<a href='/up/3.docx'>附件：报告全文</a>", "/up/3.docx"),
        (f"{COVER}<iframe src='body.aspx?id=9'></iframe>", "/sys/body.aspx?id=9"),
    ],
)
def test_a_page_behind_a_script_for_files_is_read_for_the_file_that_it_shows(markup: str, leads_to: str) -> None:
    page = f"<html><body>{markup}</body></html>"
    address = "/sys/getfile.aspx?id=9"
    seen = Page.of(HOST + address, 200, {"Content-Type": "text/html; charset=utf-8"}, page.encode())
    assert judge_page(seen, role=Role.ATTACHMENT) is None
    assert [link.url for link in reading(page, address, Role.ATTACHMENT).follow] == [HOST + leads_to]


@pytest.mark.parametrize("body", ["%PDF-1.4 <a href='/up/x.pdf'>x</a>", "<p>此文件已删除</p>"])
def test_a_file_or_a_message_behind_such_a_script_leads_nowhere(body: str) -> None:
    assert reading(body, "/sys/getfile.aspx?id=9", Role.ATTACHMENT).follow == ()


ITEM = (
    "<item><title><![CDATA[青山县{0}2023年政府信息公开工作年度报告]]></title><link>/zwgk/nb/202401/t1_{1}.html</link>"
    "<pubDate>Mon, 22 Jan 2024 17:00:00 GMT</pubDate></item>"
)
ROWS = ITEM.format("财政局", 1) + "<item><title>教育局2023年度报告</title><link>/jy/t2.html</link></item>"
RSS = f'<?xml version="1.0" encoding="GBK"?>\n<rss version="2.0"><channel><title>年报</title>{ROWS}</channel></rss>'
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>青山县财政局2023年政府信息公开工作年度报告</title>'
    '<link rel="self" href="/x.xml"/><link href="/zwgk/nb/202401/t1_1.html"/>'
    "<updated>2024-01-22T17:00:00Z</updated>"
    "</entry></feed>"
)
REPORT = (f"{HOST}/zwgk/nb/202401/t1_1.html", "2024-01-23")


@pytest.mark.parametrize(
    ("feed", "path", "urls"),
    [
        (RSS, "/zwgk/nb/rss.xml", [REPORT, (f"{HOST}/jy/t2.html", None)]),
        (RSS, "/rss.xml", [REPORT]),
        (ATOM, "/zwgk/nb/atom.xml", [REPORT]),
    ],
)
def test_a_feed_is_a_list_and_that_of_a_whole_site_one_of_titles_alone(
    feed: str, path: str, urls: list[tuple[str, str | None]]
) -> None:
    column = f"{HOST}/zwgk/nb/"
    page = Page.of(HOST + path, 200, {"Content-Type": "text/xml"}, feed.encode("gbk"))
    context = Context(PORTAL, Role.LISTING, AllowList.of(PORTAL).allows, headers=(("Referer", column),))
    assert [(entry.url, entry.date) for entry in read(page, context).entries] == urls


def test_a_list_without_rows_of_its_own_is_asked_for_by_its_feed() -> None:
    head = "<head><link rel='alternate' type='application/rss+xml' href='rss.xml'></head>"
    empty = reading(f"<html>{head}<body><div id='list'></div></body></html>", "/zwgk/nb/", Role.LISTING)
    assert [link.url for link in empty.follow] == [f"{HOST}/zwgk/nb/rss.xml"]
    row = "<li><a href='./202401/t20240123_7.html'>青山县财政局2023年政府信息公开工作年度报告</a></li>"
    full = reading(f"<html>{head}<body><ul>{row}</ul></body></html>", "/zwgk/nb/", Role.LISTING)
    assert [link.role for link in full.follow] == [Role.ARTICLE]


@pytest.mark.parametrize("role", [Role.HOME, Role.LISTING])
@pytest.mark.parametrize(
    ("shown", "leads_to"),
    [
        ("<iframe src='/pdfjs/web/viewer.html?file=/up/3.pdf'></iframe>", "/up/3.pdf"),
        ("<div class='content'>见附件<a href='/up/3.docx'>下载</a></div>", "/up/3.docx"),
        ("<div class='wp_pdf_player' pdfSrc='/up/3.pdf'></div>", "/up/3.pdf"),
    ],
)
def test_a_cover_that_was_taken_for_a_list_is_one_of_the_report_in_its_file(
    role: Role, shown: str, leads_to: str
) -> None:
    found = reading(COVER + shown, "/nb/11.html", role)
    assert [(link.role, link.url) for link in found.follow] == [(Role.ATTACHMENT, HOST + leads_to)]
    assert found.facts["body"] == "report"


def test_a_page_of_another_title_is_no_cover_whatever_files_it_has() -> None:
    found = reading("<h1>青山县财政局</h1><div class='content'><a href='/up/3.docx'>下载</a></div>", "/c/", Role.HOME)
    assert (found.follow, found.facts.get("body")) == ((), None)


def test_files_of_bodies_stand_in_a_column_wherever_the_site_keeps_them() -> None:
    files = "<li><a href='/up/1.pdf'>财政局</a></li><li><a href='/up/2.pdf'>2023年度报告</a></li>"
    other = "<li><a href='/up/3.doc'>申请表</a></li><li><a href='/up/4.pdf'>办事流程</a></li>"
    foot = "<div id='footer'><a href='/up/5.pdf'>教育局</a></div>"
    found = reading(f"<ul>{files}{other}</ul>{foot}", "/zwgk/zfxxgknb/", Role.LISTING)
    assert [(entry.url, entry.agency_hint) for entry in found.entries] == [
        (f"{HOST}/up/1.pdf", "财政局"),
        (f"{HOST}/up/2.pdf", None),
    ]


def test_a_dated_row_of_a_column_may_be_named_after_its_year_alone() -> None:
    row = "<li><a href='202401/t20240123_7.html'>2023年度</a>{}</li>"
    dated = reading(row.format("<span>2024-01-23</span>"), "/zwgk/zfxxgknb/", Role.LISTING)
    assert [(entry.title, entry.date) for entry in dated.entries] == [("2023年度", "2024-01-23")]
    assert reading(row.replace("202401/t20240123_7", "c7").format(""), "/zwgk/zfxxgknb/", Role.LISTING).entries == ()
