"""URLs, links, dates, redirects and files of one page, with the shapes that real lists take and with garbage."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Level, Portal, Role
from crawler.pages import (
    Page,
    article_shape,
    date_in_text,
    embedded_files,
    file_extension,
    links_of,
    refresh_target,
    resolve,
)
from crawler.pages.titles import full_title
from crawler.platforms import Context, read
from tests.shared import SHARED, needs_shared

BASE = "http://www.qingshi.gov.cn/zwgk/xxgknb/index.html"
PORTAL = Portal("p", "青石县", "990102", Level.COUNTY, "http://www.qingshi.gov.cn/")


def page(markup: str, url: str = BASE) -> Page:
    return Page.of(url, 200, {"Content-Type": "text/html; charset=utf-8"}, markup.encode())


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("./202401/t20240123_1.html", "http://www.qingshi.gov.cn/zwgk/xxgknb/202401/t20240123_1.html"),
        ("../../a/../b/", "http://www.qingshi.gov.cn/b/"),
        ("../../../../../x.html", "http://www.qingshi.gov.cn/x.html"),
        ("//zst.qingshi.gov.cn:80/a#top", "http://zst.qingshi.gov.cn/a"),
        ("HTTP://WWW.Qingshi.GOV.CN", "http://www.qingshi.gov.cn/"),
        ("  /a\n/b.html ", "http://www.qingshi.gov.cn/a/b.html"),
        ("\\zwgk\\nb.html", "http://www.qingshi.gov.cn/zwgk/nb.html"),
        ("?page=2", "http://www.qingshi.gov.cn/zwgk/xxgknb/index.html?page=2"),
        ("年报.doc", "http://www.qingshi.gov.cn/zwgk/xxgknb/%E5%B9%B4%E6%8A%A5.doc"),
        ("nb.jsp;jsessionid=0A1B2C.n1?cid=9", "http://www.qingshi.gov.cn/zwgk/xxgknb/nb.jsp?cid=9"),
        ("/nb.php?PHPSESSID=ab12&cid=9", "http://www.qingshi.gov.cn/nb.php?cid=9"),
        ("/(S(lit3py55t21z5v55vlm25s55))/nb.aspx?id=9", "http://www.qingshi.gov.cn/nb.aspx?id=9"),
        ("/gk/(X(1)S(lit3py55t21z5v55vlm25s55))/nb.aspx", "http://www.qingshi.gov.cn/gk/nb.aspx"),
        ("/gk/(试行)/nb(1).html", "http://www.qingshi.gov.cn/gk/(%E8%AF%95%E8%A1%8C)/nb(1).html"),
        ("/nb.asp?cid=9&sid=0123456789abcdef&p=2", "http://www.qingshi.gov.cn/nb.asp?cid=9&p=2"),
        ("/gkmlpt/api/all/0?page=1&sid=760038", "http://www.qingshi.gov.cn/gkmlpt/api/all/0?page=1&sid=760038"),
        ("https://h.gov.cn:8443/x", "https://h.gov.cn:8443/x"),
        ("http://h.gov.cn/a/./b/../c/..", "http://h.gov.cn/a/"),
        ("http://h.gov.cn/../../a.html", "http://h.gov.cn/a.html"),
        ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
        ("http://青石.example/a", "http://xn--y7y328d.example/a"),
        ("ftp://h.gov.cn/a", None),
        ("http://h .gov.cn/", None),
        ("#top", None),
        ("", None),
        ("javascript:void(0)", None),
        ("JavaScript :x", None),
        ("mailto:a@b.example", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("http://user:pw@h.gov.cn/", None),
        ("http://[::1", None),
        ("http://h.gov.cn:99999/", None),
        ("http:///a", "http://www.qingshi.gov.cn/a"),
        ("/" + "a" * 3000, None),
    ],
)
def test_links_resolve_as_in_a_browser(link: str, expected: str | None) -> None:
    found = resolve(BASE, link)
    if link in {"JavaScript :x", "http:///a"}:  # odd enough that only the kind of answer matters
        assert found is None or urlsplit(found).hostname == "www.qingshi.gov.cn"
    else:
        assert found == expected


def test_a_query_is_encoded_as_the_page_is() -> None:
    assert resolve(BASE, "s.jsp?k=年报", "gb18030") == "http://www.qingshi.gov.cn/zwgk/xxgknb/s.jsp?k=%C4%EA%B1%A8"


@settings(deadline=None)
@given(st.text(max_size=80) | st.from_regex(r"[a-z]{0,7}:?/{0,3}[\w@:\[\].%#?\\/-]{0,40}", fullmatch=True))
def test_resolving_yields_http_or_nothing(link: str) -> None:
    found = resolve(BASE, link)
    if found is not None:
        parts = urlsplit(found)
        assert parts.scheme in {"http", "https"}
        assert parts.hostname
        assert "@" not in parts.netloc
        assert not parts.fragment
        assert found.isascii()
        assert resolve(BASE, found) == found, "resolving is idempotent"


PIECES = (
    "<a href=", "'./t20240101_1.html'", ">", "</a>", "<li>", "</li>", "<ul>", "<table><tr><td>", "<base href=//x>",
    "2024-01-02", "<script>", "createPageHTML(", "3, 0, 'index', 'html')", "</script>", "document.write('<a href=x>",
    "');", "&#", "<!--", "<iframe src='", "<meta http-equiv=refresh content='0;url=", "年报", "\x00", "<font>" * 30,
    "<a href='http://[", "\ud7ff", '"',
)  # fmt: skip
MARKUP = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(max_examples=150, deadline=None)
@given(MARKUP.map(str.encode) | st.binary(max_size=400), st.sampled_from([Role.HOME, Role.LISTING, Role.ARTICLE]))
def test_garbage_never_raises_and_reads_the_same_twice(body: bytes, role: Role) -> None:
    def reading() -> object:
        context = Context(PORTAL, role, lambda url: url.startswith("http://www.qingshi.gov.cn/"))
        found = read(Page.of(BASE, 200, {"Content-Type": "text/html"}, body), context)
        urls = [link.url for link in (*found.follow, *found.next, *found.excluded)]
        assert all(urlsplit(url).scheme in {"http", "https"} for url in urls)
        assert not {link.url for link in found.follow} & {link.url for link in found.excluded}
        assert all(context.allows(link.url) for link in (*found.follow, *found.next))
        return found

    assert reading() == reading()


@pytest.mark.parametrize("platform", ["hanweb", "trs", "generic", "lonsun", "epoint", "gkmlpt", "truecms"])
def test_an_attribute_whose_name_is_no_name_is_read_over(platform: str) -> None:
    # A script that lost its opening leaves data where attributes stand; lxml keeps such names and cannot look them up.
    row = "<a {x} href='./202401/t20240101_7.html'>青石县2023年政府信息公开年报</a>"
    markup = f'<ul>\u4e2d<li {{"success": true>{row}</li></ul>'
    for role in (Role.HOME, Role.LISTING, Role.ARTICLE):
        read(page(markup), Context(PORTAL, role, lambda url: True), platform)


def test_links_below_the_depth_that_the_parser_drops_are_found() -> None:
    link = "<a href='/deep/t20240101_7.html'>深处</a>"
    for opening, depth in (("<font>", 400), ("<font>", 5000), ("<div>", 5000), ("<div><span>", 4000)):
        assert [found.title for found in links_of(page(opening * depth + link))] == ["深处"]


def test_a_tag_with_very_many_attributes_costs_little() -> None:
    attributes = " ".join(f"a{number}=1" for number in range(50_000))
    found = links_of(page(f"<div {attributes}>x</div><a href=/y>y</a>"))
    assert [link.url for link in found] == ["http://www.qingshi.gov.cn/y"]


@pytest.mark.parametrize(
    ("row", "date"),
    [
        ("<ul><li>{a}<span>2024-01-23</span></li><li><a href=/o>x</a><span>2020-02-02</span></li></ul>", "2024-01-23"),
        ("<ul><li><em>[2024.1.3]</em>{a}</li><li><a href=/o>x</a></li></ul>", "2024-01-03"),
        (
            "<table><tr><td>1</td><td>{a}</td><td>2024年1月23日</td></tr><tr><td><a href=/o>x</a></td></tr></table>",
            "2024-01-23",
        ),
        ("<dl><dd>{a}</dd><dd>2024-01-23</dd><dd><a href=/o>x</a></dd><dd>2020-02-02</dd></dl>", "2024-01-23"),
        ("<dl><dt>2020-02-02</dt><dd><a href=/o>x</a></dd><dt>2024-01-23</dt><dd>{a}</dd></dl>", "2024-01-23"),
        ("<div>{a} 2024/01/23<br><a href=/o>x</a> 2020-02-02<br></div>", "2024-01-23"),
        ("<div><span>2020-02-02</span><a href=/o>x</a><br><span>2024-01-23</span>{a}<br></div>", "2024-01-23"),
        ("<div class=i><b>23</b><p>2024-01</p>{a}</div><div class=i><a href=/o>x</a></div>", "2024-01-23"),
        ("<div class=i><p>01-23</p><p>2024</p>{a}</div><div class=i><a href=/o>x</a></div>", "2024-01-23"),
        ("<ul><li>{a}</li><li><a href=/o>x</a><span>2020-02-02</span></li></ul>", None),
        (
            "<table><tr><td>{a}</td><td></td><td><a href=/t20200202_1.html>x</a></td><td>2020-02-02</td></tr></table>",
            None,
        ),
        ("<ul><li>{a}<span>2024-02-31</span></li><li><a href=/o>x</a></li></ul>", None),
        ("<ul><li>{a}<span>2024-01-23 至 2024-02-23</span></li><li><a href=/o>x</a></li></ul>", None),
    ],
)
def test_the_date_is_that_of_the_row_and_of_no_other(row: str, date: str | None) -> None:
    markup = row.format(a="<a href='/gk/show?no=5'>青石县2022年1月至12月政府信息公开工作年度报告</a>")
    found = next(link for link in links_of(page(markup)) if link.url.endswith("no=5"))
    assert found.date == date


def test_a_year_and_month_in_the_title_are_no_date() -> None:
    markup = "<ul><li><a href=/x>2023-05-06会议纪要</a></li><li><a href=/y>z</a></li></ul>"
    assert links_of(page(markup))[0].date is None


@pytest.mark.parametrize(
    ("markup", "url", "title"),
    [
        ("<li onclick=\"location.href='/nb.jsp'\">年报</li>", "http://www.qingshi.gov.cn/nb.jsp", "年报"),
        ("<div onclick='window.open(\"./nb/\")'>年报</div>", "http://www.qingshi.gov.cn/zwgk/xxgknb/nb/", "年报"),
        (
            "<a href='javascript:void(0)' onclick=\"window.location='/nb/'\">年报</a>",
            "http://www.qingshi.gov.cn/nb/",
            "年报",
        ),
        (
            "<li onclick=\"location.href='/nb/'\">2024-01-23 <a href='/nb/'>年报</a></li>",
            "http://www.qingshi.gov.cn/nb/",
            "年报",
        ),
        ("<a href=\"javascript:window.open('/nb/')\">年报</a>", "http://www.qingshi.gov.cn/nb/", "年报"),
        (
            "<select onchange='location=this.value'><option>年度<option value='2023/'>2023年</select>",
            "http://www.qingshi.gov.cn/zwgk/xxgknb/2023/",
            "2023年",
        ),
    ],
)
def test_links_that_only_a_click_handler_writes_out(markup: str, url: str, title: str) -> None:
    assert [(link.url, link.title) for link in links_of(page(markup))] == [(url, title)]


@pytest.mark.parametrize(
    "markup",
    [
        "<li onclick=\"location.href='/show.jsp?id=' + id\">年报</li>",  # where to is computed
        "<li onclick=\"tab('/nb/')\">年报</li>",
        "<form><select name=year><option value='2023/'>2023年</select></form>",
        "<select onchange='go()'><option value='2023'>2023年</select>",
    ],
)
def test_what_a_script_would_compute_is_no_link(markup: str) -> None:
    assert links_of(page(markup)) == ()


@pytest.mark.parametrize(
    ("shown", "attribute", "title"),
    [
        ("青石县科学技术局2023…", "青石县科学技术局2023年年报", "青石县科学技术局2023年年报"),
        ("青石县科学技术局2023...", None, "青石县科学技术局2023..."),
        ("", "青石县年报", "青石县年报"),
        ("青石县年报", "点击查看", "青石县年报"),
        ("[查看详情]", "青石县2023年年报", "青石县2023年年报"),
        ("更多>>", "青石县2023年年报", "青石县2023年年报"),
        ("查看", None, "查看"),
        ("· 青石县年报 2024-01-23", None, "青石县年报"),
        ("青石县 年报", "青石县年报（2023）", "青石县年报（2023）"),
    ],
)
def test_the_title_is_the_whole_one(shown: str, attribute: str | None, title: str) -> None:
    assert full_title(shown, attribute) == title


@pytest.mark.parametrize(
    ("url", "dialect", "date"),
    [
        ("http://a.gov.cn/zwgk/xxgknb/202401/t20240123_1830508.html", "trs", "2024-01-23"),
        ("http://a.gov.cn/art/2024/1/3/art_12_345.html", "hanweb", "2024-01-03"),
        ("http://a.gov.cn/col/col1/art/2024/art_0123456789abcdef0123456789abcdef.html", "hanweb-hex", None),
        ("http://a.gov.cn/x/2024-01/23/content_5.shtml", "content", "2024-01-23"),
        ("http://a.gov.cn/2025/03-31/3143202.html", "henan", "2025-03-31"),
        ("http://a.gov.cn/web/zwgk/2025012309000012345/index.shtml", "liaoning", "2025-01-23"),
        ("http://a.gov.cn/hebdlq/c112289c/202602/c01_1108994.shtml", "channel-c", None),
        ("http://a.gov.cn/info/6162/371720.htm", "vsb", None),
        ("http://a.gov.cn/public/2681497/409770954.html", "lonsun", None),
        ("http://a.gov.cn/zwgk/xxgknb/content/post_9469010.html", "nfcms", None),
        ("http://a.gov.cn/openness/OpennessAnnualReport/show/3475.html", "openness", None),
        ("http://a.gov.cn/zwgk/t20241399_1.html", "trs", None),
    ],
)
def test_article_urls_of_every_dialect(url: str, dialect: str, date: str | None) -> None:
    assert article_shape(url) == (dialect, date)


@pytest.mark.parametrize(
    "tail", ["zwgk/xxgknb/", "index_1.html", "col/col93261/index.html", "xxgk/nb.html", "list.aspx?cid=3"]
)
def test_columns_are_no_articles(tail: str) -> None:
    assert article_shape(f"http://a.gov.cn/{tail}") is None


@settings(deadline=None)
@given(st.text(max_size=60))
def test_a_date_found_is_a_real_day(text: str) -> None:
    found = date_in_text(text)
    assert found is None or len(found) == 10


@pytest.mark.parametrize(
    ("markup", "target"),
    [
        ("<meta http-equiv=refresh content='0;url=/a/'>", "http://www.qingshi.gov.cn/a/"),
        ("<META HTTP-EQUIV='Refresh' content='3; URL=\"b.html\"'>", "http://www.qingshi.gov.cn/zwgk/xxgknb/b.html"),
        ("<script>window.location.href='/portal/';</script>", "http://www.qingshi.gov.cn/portal/"),
        ('<script>location.replace("/portal/")</script>', "http://www.qingshi.gov.cn/portal/"),
        ("<script>if(mobile){location='/m/'}else{location='/pc/'}</script>", "http://www.qingshi.gov.cn/pc/"),
        ("<script>if(x){location='/a/'}else{location='/pc/'}</script>", None),
        ("<script>var to = '/web/';\nwindow.location.href=to;</script>", "http://www.qingshi.gov.cn/web/"),
        ("<script>var to = '/web/';to += id;location.href=to;</script>", None),
        ("<script>window.open('/web/', '_self')</script>", "http://www.qingshi.gov.cn/web/"),
        ("<script>setTimeout(\"location.href='/web/'\", 100)</script>", "http://www.qingshi.gov.cn/web/"),
        ("<script>window.navigate('/web/')</script>", "http://www.qingshi.gov.cn/web/"),
        ("<body onload=\"location.href='/web/'\">", "http://www.qingshi.gov.cn/web/"),
        (
            "<script>location.href = location.href.replace('http:', 'https:')</script>",
            "https://www.qingshi.gov.cn/zwgk/xxgknb/index.html",
        ),
        ("<script>location.href = path + '/x';</script>", None),
        ("<script>location.href='/portal/';</script><p>" + "正文" * 60, None),
        ("<meta http-equiv=refresh content='300'>", None),
        ("<meta http-equiv=refresh content='600;url=/a/'>", None),
        ("<meta http-equiv=refresh content='5;url=/a/'><p>" + "正文" * 400, None),
        ("<noscript><meta http-equiv=refresh content='0;url=/nojs'></noscript>", None),
        ("<meta http-equiv=refresh content='0;url=javascript:x()'>", None),
    ],
)
def test_pages_that_only_send_on(markup: str, target: str | None) -> None:
    assert refresh_target(page(markup)) == target


@pytest.mark.parametrize(
    ("url", "text", "extension"),
    [
        ("http://a/x/P020240123318012345678.docx", "", "docx"),
        ("http://a/module/download/downfile.jsp?classid=0&filename=abc.pdf&showname=x", "", "pdf"),
        ("http://a/system/_content/download.jsp?urltype=x&wbfileid=1", "年报.wps", "wps"),
        ("http://a/system/_content/download.jsp?urltype=x&wbfileid=1", "下载", "unknown"),
        ("http://a/W020240123318012345678.png", "", None),
        ("http://a/x.html", "附件.docx", None),
        ("http://a/attach/download?id=33", "附件：年报.docx（1.2M）", "docx"),
        ("http://a/file/down.do?fileId=b1", "点击下载", "unknown"),
        ("http://a/api/file/4f3a2b", "", "unknown"),
        ("http://a/blob/4f3a2b", "2023年度报告.pdf", "pdf"),
        ("http://a/blob/4f3a2b", "www.a.gov.cn", None),
        ("http://a/xwzx/download/", "下载中心", None),
        ("http://a/download/index.html", "下载中心.zip", None),
        ("http://a/filed/list.aspx?cid=3", "更多", None),
    ],
)
def test_what_is_a_file(url: str, text: str, extension: str | None) -> None:
    assert file_extension(url, text) == extension


def test_a_viewer_gives_the_file_it_shows() -> None:
    markup = '<script>showVsbpdfIframe("/__local/A/nb.pdf","100%","600","0")</script><embed src=\'b.pdf\'>'
    assert [url for url, _ in embedded_files(page(markup))] == [
        "http://www.qingshi.gov.cn/zwgk/xxgknb/b.pdf",
        "http://www.qingshi.gov.cn/__local/A/nb.pdf",
    ]


@pytest.mark.parametrize(
    "markup",
    [
        "<iframe src='/pdfjs/web/viewer.html#file=/up/nb.pdf'></iframe>",
        "<iframe src='/pdfjs/web/viewer.html?file=%2Fup%2Fnb.pdf'></iframe>",
        "<iframe src='/pdfjs/web/viewer.html?pdfUrl=%2Fup%2Fnb.pdf'></iframe>",
        "<iframe src='/pdfjs/web/viewer.html?file=L3VwL25iLnBkZg=='></iframe>",
        "<iframe src='about:blank' data-src='/pdfjs/web/viewer.html?file=/up/nb.pdf'></iframe>",
        "<script>PDFObject.embed('/up/nb.pdf', '#pdf')</script>",
        "<script>var pdfUrl = '\\/up\\/nb.pdf';</script>",
        "<script>if (name.endsWith('.pdf')) show({PDFFile: \"/up/nb.pdf\"})</script>",
    ],
)
def test_every_viewer_names_its_file_in_its_own_way(markup: str) -> None:
    assert [url for url, _ in embedded_files(page(markup))] == ["http://www.qingshi.gov.cn/up/nb.pdf"]


def test_the_last_meta_tag_that_says_something_counts() -> None:
    tags = "".join(
        f"<meta name='{name}' content='{value}'>"
        for name, value in (
            ("ArticleTitle", "青石县年报"),
            ("articletitle", ""),
            ("ColumnName", "null"),
            ("SiteName", "网站名称"),
            ("PUBDATE", "2024-01-23 08:47"),
            ("ColumnType", "{{type}}"),
            ("Keywords", "A&amp;amp;B"),
        )
    )
    assert page(tags).meta == {"articletitle": "青石县年报", "pubdate": "2024-01-23 08:47", "keywords": "A&B"}


@needs_shared
@pytest.mark.parametrize("name", ["attrs", "deepdiv", "deeptable", "lt", "misnest", "noclose_comment", "unclosedspan"])
def test_hostile_pages_are_read(name: str) -> None:
    body = (SHARED / "hostile" / f"{name}.html").read_bytes()
    assert isinstance(links_of(Page.of(BASE, 200, {}, body)), tuple)
