"""createPageHTML in every order of arguments seen, its traps, and pagers made of links."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages import Page, links_of
from crawler.platforms import detect
from crawler.platforms.pagers import MAX_PAGES, Pager, link_pager, pager_of, script_pager
from tests.shared import SHARED, needs_shared

FOLDER = "http://www.qingshi.gov.cn/zwgk/xxgknb/"


def pager(script: str, name: str = "", markup: str = "") -> Pager | None:
    body = f"<html><body>{markup}<script>{script}</script></body></html>".encode()
    return script_pager(Page.of(FOLDER + name, 200, {"Content-Type": "text/html"}, body))


@pytest.mark.parametrize(
    ("script", "name", "pages", "following"),
    [
        ('createPageHTML(3, 0, "index", "htm")', "", 3, ["index_1.htm", "index_2.htm"]),
        ('createPageHTML(45, 3, 0, "index", "html")', "index.html", 3, ["index_1.html", "index_2.html"]),
        ("createPageHTML(3, 1, 'index', 'shtml')", "index_1.shtml", 3, ["index_2.shtml"]),
        ("var countPage = 3 //共多少页\nvar currentPage = 1;", "index_1.html", 3, ["index_2.html"]),
        ("var countPage = 3;\ncreatePageHTML(countPage, 0, 'index', 'html')", "", 3, ["index_1.html", "index_2.html"]),
        ("createPageHTML('3', '0', 'index', 'html')", "", 3, ["index_1.html", "index_2.html"]),
        ("createPageHTML('page_div', 3, 1, 'list', 'shtml', 41)", "list.shtml", 3, ["list_2.shtml", "list_3.shtml"]),
        ("createPageHTML('page_div', 3, 2, 'list', 'shtml', 41)", "list_2.shtml", 3, ["list_3.shtml"]),
        ('createPageHTML(3, 1, "index", "html")', "index.html", 3, ["index_2.html", "index_3.html"]),
        ('createPageHTML(3, 1, "index_pc", "html")', "index_pc_1.html", 3, ["index_pc_2.html", "index_pc_3.html"]),
        (
            'createPageHTML(3, 0, "index_7047", "shtml")',
            "index_7047.shtml",
            3,
            ["index_7047_1.shtml", "index_7047_2.shtml"],
        ),
        ('createPageHTML(3, 0, "index", "html")', "index_2.html", 3, []),
        ('createPageHTML(4, 0, "index", "html")', "index_1.html", 4, ["index_2.html", "index_3.html"]),
        ("CreatePageHtml(45, 3, 0, 'index', 'html', 'black')", "", 3, ["index_1.html", "index_2.html"]),
        ("createPage(3, 0, 'index', 'html')", "", 3, ["index_1.html", "index_2.html"]),
        (
            "$(function(){createPageHTML(parseInt('3'), Number(0), 'index', 'html');})",
            "",
            3,
            ["index_1.html", "index_2.html"],
        ),
        (
            "let a=3, b = 0;\nconst c = `index`;\ncreatePageHTML(a, b, c, 'html')",
            "",
            3,
            ["index_1.html", "index_2.html"],
        ),
        ("window.n = '3';\ncreatePageHTML(window.n, 0, 'index', 'html')", "", 3, ["index_1.html", "index_2.html"]),
        ("createPageHTML('#page', 3, 0, 'index', 'html')", "", 3, ["index_1.html", "index_2.html"]),
        ('createPageHTML(1, 0, "index", "html")', "", 1, []),
        ('createPageHTML(0, 0, "index", "html")', "", 0, []),
        ('/* createPageHTML(9,0,"index","html") */ createPageHTML(2,0,"index","html")', "", 2, ["index_1.html"]),
        ('function createPageHTML(a, b, c, d){}\ncreatePageHTML(2,0,"index","html")', "", 2, ["index_1.html"]),
    ],
)
def test_every_order_of_arguments(script: str, name: str, pages: int, following: list[str]) -> None:
    found = pager(script, name)
    assert found is not None
    assert (found.pages, list(found.urls)) == (pages, [FOLDER + url for url in following])


@pytest.mark.parametrize(
    "script",
    [
        'createPageHTML(getCount(), 0, "index", "html")',
        'createPageHTML(total - 1, 0, "index", "html")',
        "createPageHTML(3)",
        'createPageHTML(3, 0, "../../etc/x", "html")',
        'createPageHTML(3, 0, "index", "php?x=")',
        "function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt) { return; }",
    ],
)
def test_what_cannot_be_read_is_not_guessed(script: str) -> None:
    assert pager(script) is None


@pytest.mark.parametrize(
    ("script", "owes"),
    [
        ('createPageHTML(getCount(), 0, "index", "html")', True),
        ('createPageHTML(total - 1, 0, "index", "html")', True),
        ("function\tcreatePageHTML(_nPageCount, _nCurrIndex) { return; }", False),
        ("// createPageHTML(total, 0)", False),
    ],
)
def test_pages_that_a_script_counts_by_itself_are_owed(script: str, owes: bool) -> None:
    page = Page.of(FOLDER, 200, {}, f"<html><body>x<script>{script}</script></body></html>".encode())
    found = pager_of(page, links_of(page))
    assert (found is not None and found.unreachable is not None) == owes


def test_a_list_without_end_is_cut() -> None:
    found = pager('createPageHTML(100000, 0, "index", "html")')
    assert found is not None
    assert found.pages == 100000
    assert len(found.urls) == MAX_PAGES - 1


@settings(deadline=None)
@given(st.lists(st.integers(0, 400) | st.sampled_from(["'index'", '"html"', "'div'", "x", ""]), max_size=7))
def test_any_arguments_name_pages_of_this_folder_only(arguments: list[int | str]) -> None:
    found = pager(f"createPageHTML({', '.join(map(str, arguments))})")
    if found is not None:
        assert all(url.startswith(FOLDER) for url in found.urls)
        assert len(found.urls) < max(found.pages or 0, 1)


@pytest.mark.parametrize(
    ("markup", "following", "pages"),
    [
        ("<a href='nb_2.htm'>下一页</a>", ["nb_2.htm"], None),
        ("<a href='nb_2.htm'>&gt;</a>", ["nb_2.htm"], None),
        ("<a href='nb/230.htm'>下页</a> 1/231页", ["nb/230.htm"], 231),
        ("<a href='nb_2.htm'>2</a><a href='nb_3.htm'>[3]</a>", ["nb_2.htm", "nb_3.htm"], 3),
        ("<a href='?page=2'>Next</a>", ["nb.htm?page=2"], None),
        ("<A HREF='#' ONCLICK=\"return toPage('nb_2.htm')\">下一页</A>", ["nb_2.htm"], None),
        ("<a href=\"JavaScript:go('?page=2', this)\">2</a>", ["nb.htm?page=2"], 2),
        ("<a href=\"javascript:go('http://other.gov.cn/nb_2.htm')\">下一页</a>", [], None),
        ("<a href=\"javascript:share('nb_2.htm')\">分享</a>", [], None),
        ("<a href='http://other.gov.cn/nb_2.htm'>下一页</a>", [], None),
        ("<a href='./202401/t20240101_5.html'>5</a>", [], None),
        ("<a class='page-next' href='nb_2.htm'><i></i></a>", ["nb_2.htm"], None),
        ("<a rel='next' href='nb_2.htm'>»»</a>", ["nb_2.htm"], None),
        ("<li class='next'><a href='nb_2.htm'>关于下一年的工作</a></li>", [], None),
    ],
)
def test_pagers_made_of_links(markup: str, following: list[str], pages: int | None) -> None:
    page = Page.of(f"{FOLDER}nb.htm", 200, {}, f"<html><body>{markup}</body></html>".encode())
    found = link_pager(page, links_of(page))
    assert list(found.urls if found else ()) == [FOLDER + url for url in following]
    assert (found.pages if found else None) == pages


def test_another_script_of_the_folder_is_no_page_of_the_list() -> None:
    markup = "<a href='/nb.asp?cid=12&amp;page=2'>下一页</a><a href='/calendar.asp?y=2024&amp;m=2'>下一页</a>"
    page = Page.of("http://a.gov.cn/nb.asp?cid=12", 200, {}, markup.encode())
    found = link_pager(page, links_of(page))
    assert found is not None
    assert found.urls == ("http://a.gov.cn/nb.asp?cid=12&page=2",)


def test_the_last_page_is_known_by_the_number_that_was_asked_for() -> None:
    markup = "<ul></ul> 共3页 <a href='/calendar.asp?m=2'>下一页</a>".encode()
    for number, reason in ((2, "the pager needs a script"), (3, None)):
        page = Page.of(f"http://a.gov.cn/nb.asp?cid=12&page={number}", 200, {}, markup)
        found = link_pager(page, links_of(page))
        assert found is not None
        assert found.unreachable == reason


@pytest.mark.parametrize(
    ("url", "following"),
    [("/nb/page/2/", "/nb/page/3/"), ("/nb/12/2.html", "/nb/12/3.html"), ("/list.jsp?id=3", "/pages.jsp?id=3&n=2")],
)
def test_a_page_of_the_list_may_stand_in_a_folder_or_script_of_its_own(url: str, following: str) -> None:
    page = Page.of(f"http://a.gov.cn{url}", 200, {}, f"<a href='{following}'>下一页</a>".encode())
    found = link_pager(page, links_of(page))
    assert found is not None
    assert found.urls == (f"http://a.gov.cn{following}",)


@pytest.mark.parametrize(
    ("markup", "owed"),
    [
        ("<a href='/'>首页</a> 共3页", 3),
        ("<a href='index.html'>首页</a> 共3页", 3),
        ("<a href='/'>首页</a> <div>点击加载更多</div>", 2),
        ("<a href='javascript:go(2)'>2</a><a href='javascript:go(4)'>4</a><a href='javascript:go(2)'>下一页</a>", 4),
        ("<td>1</td><td><a href=\"javascript:__doPostBack('Grid','Page$2')\">2</a></td>", 2),
        ('<a href="javascript:show(2)">2</a>', None),
        ("<a href='/'>首页</a> 共1页", None),
    ],
)
def test_pages_without_an_address_are_owed_whatever_the_menu_of_the_site(markup: str, owed: int | None) -> None:
    page = Page.of(FOLDER, 200, {}, f"<html><body>{markup}</body></html>".encode())
    found = link_pager(page, links_of(page))
    assert (found is not None and found.unreachable is not None) == (owed is not None)
    assert found is None or (found.pages or 2) == owed


def test_numbers_that_a_function_turns_into_addresses_are_pages() -> None:
    script = "function toPage(n){window.location.href='nb_'+n+'.html';}"
    markup = f"<a href='#' onclick='toPage(2)'>2</a><a href='#' onclick='toPage(2)'>下一页</a><script>{script}</script>"
    page = Page.of(FOLDER, 200, {}, f"<html><body>{markup}</body></html>".encode())
    found = pager_of(page, links_of(page))
    assert found is not None
    assert (found.pages, found.urls, found.unreachable) == (2, (f"{FOLDER}nb_2.html",), None)


@pytest.mark.parametrize(
    ("url", "markup", "name", "seen"),
    [
        (f"{FOLDER}202401/t20240123_1830508.html", "", "trs", "path"),
        (FOLDER, "<div class='TRS_Editor'>x</div>", "trs", "markup"),
        (
            FOLDER,
            "<a href='./202401/t20240101_1.html'>a</a><a href='./202401/t20240101_2.html'>b</a>",
            "trs",
            "2 links",
        ),
        (FOLDER, "<a href='http://other.gov.cn/t20240101_1.html'>a</a>", "generic", "no platform"),
        (FOLDER, "<script>createPageHTML('page_div', 3, 1, 'list', 'shtml', 41);</script>", "shtml_channel", "markup"),
        ("http://a.gov.cn/gkmlpt/index", "<div class='TRS_Editor'></div>", "gkmlpt", "path"),
        ("http://a.gov.cn/x/", "<div id='vsb_content'></div>", "vsb", "markup"),
        ("http://a.gov.cn/public/column/12?type=3", "", "lonsun", "path"),
        ("http://a.gov.cn/openness/public/12/34.html", "", "anhui_openness", "path"),
        ("http://a.gov.cn/nw12344/20240123/0123456789abcdef0123456789abcdef.html", "", "shanghai", "path"),
        ("http://a.gov.cn/web/zwgkx/zfxxgk1/2025/index.shtml", "", "liaoning", "path"),
        ("http://a.gov.cn/EWB-FRONT/rest/lightfrontaction/getgovinfolist", "{}", "epoint", "path"),
        (
            "http://a.gov.cn/col/col1/index.html",
            "<script type='text/xml'><datastore></datastore></script>",
            "hanweb",
            "markup",
        ),
        ("http://a.gov.cn/x/", "", "generic", "no platform"),
    ],
)
def test_detection_in_the_order_of_the_tests(url: str, markup: str, name: str, seen: str) -> None:
    found = detect(Page.of(url, 200, {}, f"<html><body>{markup}</body></html>".encode()))
    assert found.name == name
    assert seen in found.evidence


@needs_shared
def test_platforms_that_show_in_the_url_are_seen_there() -> None:
    with (SHARED / "domain" / "portals.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if (
            row["platform"] in {"gkmlpt", "vsb", "lonsun", "zibo-gongkai", "hebei-uuid", "liaoning-tsid"}
            and "://" in row["annual_report_url"]
        ):
            if "/site/tpl/" in row["annual_report_url"]:
                continue  # 安徽's newer skin says nothing in its URL
            found = detect(Page.of(row["annual_report_url"], 200, {}, b"<html></html>"))
            assert found.name == row["platform"].partition("-")[0], row["annual_report_url"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("第3页/共3页 <span>下一页</span>", None),
        ("页次：2/2页 <span>下一页</span>", None),
        ("第 2 页 共 3 页 <span>下一页</span>", "the pager needs a script"),
        ("1/3页 <a href='javascript:go(2)'>下一页</a>", "the pager needs a script"),
    ],
)
def test_the_last_page_owes_nothing(words: str, reason: str | None) -> None:
    html = f"<html><body><ul><li><a href='/a/1.htm'>某局2023年年报</a></li></ul><div>{words}</div></body></html>"
    page = Page.of("http://www.example.gov.cn/xxgk/nb_3.htm", 200, (("Content-Type", "text/html"),), html.encode())
    pager = link_pager(page, links_of(page))
    assert pager is not None
    assert pager.unreachable == reason
