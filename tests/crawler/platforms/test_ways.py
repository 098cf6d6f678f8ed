"""Pages on the way that name no step by its words, and articles whose report stands elsewhere."""

from __future__ import annotations

import pytest

from archive.models import ListingEntry, Portal, Role
from crawler.guard import AllowList
from crawler.pages import Page
from crawler.platforms import Context, PageReading, read

HOST = "http://www.qingshan.gov.cn"
PORTAL = Portal("q", "青山县", "990100", "county", f"{HOST}/")
TITLE = "青山县财政局2023年政府信息公开工作年度报告"
BODIES = (("czj", "财政局"), ("jyj", "教育局"), ("mzj", "民政局"))
MENU = (
    "<a href='/xwzx/'>新闻中心</a><a href='/bsdt/'>办事大厅</a><a href='/sjzx/'>数据中心</a><a href='/hdjl/'>互动</a>"
)
MENU += "<a href='/ly/'>旅游</a><a href='/zjqs/'>走进青山</a><a href='/fw/'>服务</a>"


def reading(
    markup: str, url: str = "/", role: Role = Role.HOME, trail: tuple[str, ...] = (), depth: int = 0
) -> PageReading:
    row = ListingEntry(HOST + url, TITLE, "2024-01-23", "青山县财政局", f"{HOST}/nb/")
    page = Page.of(HOST + url, 200, {"Content-Type": "text/html"}, f"<html><body>{markup}</body></html>".encode())
    entry = row if role is Role.ARTICLE else None
    return read(page, Context(PORTAL, role, AllowList.of(PORTAL).allows, depth, trail=trail, entry=entry), "generic")


def steps(found: PageReading) -> list[tuple[str, str]]:
    return [(link.role.value, link.url.removeprefix(HOST)) for link in found.follow]


def test_a_cover_of_few_links_is_entered_and_a_page_of_many_is_not() -> None:
    assert steps(reading("<a href='/main.html'>进入首页</a>")) == [("home", "/main.html")]
    assert steps(reading("".join(f"<a href='/c{number}/'>栏目</a>" for number in range(9)))) == []
    assert steps(reading("<a href='/main.html'>进入首页</a>", depth=1)) == []
    desk = "<a href='/cms/'>后台登录</a><a href='/sso/login.jsp'>OA</a>"
    assert steps(reading(f"{desk}<a href='/main.html'>进入首页</a>")) == [("home", "/main.html")]


def test_bodies_of_a_tree_are_visited_where_a_link_of_disclosure_led_to_them() -> None:
    tree = "".join(f"<a href='/zfxxgk/jg/{slug}/'>{name}</a>" for slug, name in BODIES)
    expected = [("home", f"/zfxxgk/jg/{slug}/") for slug, _ in BODIES]
    assert steps(reading(tree + MENU, "/bm/", trail=("政务公开", "部门信息公开"), depth=2)) == expected
    assert steps(reading(tree + MENU, "/bm/", trail=("政务公开", "财政局"), depth=3)) == []
    assert steps(reading(tree + MENU, "/bm/", trail=("部门信息公开",), depth=4)) == []
    assert steps(reading(tree, "/zwgk/nb2/", Role.LISTING)) == expected
    assert steps(reading(f"<div class='footer'>{tree}</div>", "/bm/", trail=("部门信息公开",), depth=2)) == []


@pytest.mark.parametrize(("own", "other"), [("/nb.aspx", "/nb.aspx?dept={}"), ("/col/col9/", "/col/col{}/index.html")])
def test_lists_of_single_bodies_stand_beside_the_list_that_names_them(own: str, other: str) -> None:
    markup = "".join(f"<a href='{other.format(n)}'>{name}</a>" for n, (_, name) in enumerate(BODIES))
    found = reading(markup, own, Role.LISTING)
    assert steps(found) == [("listing", other.format(n)) for n in range(3)]


@pytest.mark.parametrize(
    "tab", ["<li onclick='tab(4)'>政府信息公开年报</li>", "<a href='#/annual'>政府信息公开年报</a>"]
)
def test_a_tab_that_only_a_script_opens_is_owed(tab: str) -> None:
    tabs = "<li>政府信息公开指南</li><li>政府信息公开制度</li>"
    owed = reading(tabs + tab, "/zfxxgk/", depth=1).partial
    assert owed is not None
    assert owed.why.startswith("needs_js")
    assert reading(f"{tabs}{tab}<a href='/nb/'>政府信息公开年报</a>", "/zfxxgk/", depth=1).partial is None


def test_a_tab_may_keep_its_address_in_an_attribute() -> None:
    found = reading("<li data-url='/zfxxgk/nb.html'>政府信息公开年报</li>", "/zfxxgk/", depth=1)
    assert steps(found) == [("listing", "/zfxxgk/nb.html")]


def test_routes_of_a_single_page_are_no_addresses() -> None:
    found = reading(f"<ul><li><a href='/#/detail?id=1'>{TITLE}</a><i>2024-01-23</i></li></ul>", "/nb/", Role.LISTING)
    assert found.entries == ()
    assert found.partial is not None


@pytest.mark.parametrize(("frame", "followed"), [("http://zw.qingshan.gov.cn/m.html", True), ("http://b.com/m", False)])
def test_a_frame_may_stand_on_another_host_of_the_portal(frame: str, followed: bool) -> None:
    found = reading(f"<iframe src='{frame}'></iframe>")
    assert [link.url for link in found.follow] == ([frame] if followed else [])


def test_the_frame_of_an_article_without_a_text_may_hold_it() -> None:
    found = reading("<h1>年报</h1><iframe src='/up/nb.htm'></iframe>", "/a/9.html", Role.ARTICLE)
    assert steps(found) == [("article", "/up/nb.htm")]
    text = "青山县财政局认真贯彻落实条例。" * 60
    assert (
        steps(reading(f"<div id='zoom'>{text}</div><iframe src='/up/a.htm'></iframe>", "/a/9.html", Role.ARTICLE)) == []
    )


def test_a_file_that_names_another_body_is_that_bodys() -> None:
    files = f"<a href='1.pdf'>{TITLE}.pdf</a><a href='2.pdf'>青山县教育局2023年政府信息公开工作年度报告.pdf</a>"
    found = reading(f"<div id='zoom'>{files}<a href='3.doc'>附件</a></div>", "/a/9.html", Role.ARTICLE)
    hints = [link.entry.agency_hint for link in found.follow if link.entry is not None]
    assert hints == ["青山县财政局", "青山县教育局", "青山县财政局"]


def test_a_file_that_names_another_year_is_of_that_year_and_of_the_body_of_its_row() -> None:
    files = (
        "<a href='1.pdf'>2022年政府信息公开工作年度报告.pdf</a><a href='2.pdf'>2023年政府信息公开工作年度报告.pdf</a>"
    )
    found = reading(f"<div id='zoom'>{files}</div>", "/a/9.html", Role.ARTICLE)
    hints = [(link.entry.title, link.entry.agency_hint) for link in found.follow if link.entry is not None]
    assert hints == [("2022年政府信息公开工作年度报告", "青山县财政局"), (TITLE, "青山县财政局")]


def test_a_file_that_a_script_of_the_site_names_does_not_stand_for_the_report() -> None:
    pages = "<div id='zoom'><img src='1.jpg'><img src='2.jpg'></div>"
    for script, roles in (("var help = '/up/a.pdf'", {"attachment", "picture"}), ("pdf('/up/a.pdf')", {"attachment"})):
        found = reading(f"<h1>{TITLE}</h1>{pages}<script>{script}</script>", "/a/9.html", Role.ARTICLE)
        assert {link.role.value for link in found.follow} == roles


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("成文日期：2024年1月20日 发布日期：2024年1月23日", "2024-01-23"),
        ("当前时间：2026年11月23日 发布于 2024-01-23", "2024-01-23"),
        ("当前时间：2026年11月23日", None),
        ("【编辑日期】2024-01-23", "2024-01-23"),
    ],
)
def test_the_day_of_publication_goes_before_others(line: str, day: str | None) -> None:
    assert reading(f"<h1>{TITLE}</h1><p>{line}</p>", "/show.aspx?x=9", Role.ARTICLE).facts.get("published") == day


SHORT = f"<h1>{TITLE}</h1><div class='content'>{{}}</div>"


@pytest.mark.parametrize(
    ("markup", "follows"),
    [
        (f"请点击：<a href='/nb2023/'>{TITLE}</a>", [("article", "/nb2023/")]),
        ("</div><div><a href='/up/3.doc'>点击下载</a>", [("attachment", "/up/3.doc")]),
        ("</div><div id='footer'><a href='/up/help.doc'>点击下载</a>", []),
        (f"见图</div><div>上一篇：<a href='/a/2.html'>{TITLE}</a>", []),
        ("<embed type='application/pdf' src='/file/view?id=3'>", [("attachment", "/file/view?id=3")]),
        ("<a href='/servlet/AttachServlet?id=88'>年度报告全文</a>", [("attachment", "/servlet/AttachServlet?id=88")]),
    ],
)
def test_an_article_without_a_text_is_followed_to_what_it_points_to(
    markup: str, follows: list[tuple[str, str]]
) -> None:
    assert steps(reading(SHORT.format(markup), "/a/1.html", Role.ARTICLE)) == follows


def test_a_report_that_an_article_cannot_be_followed_to_is_said_to_be_missing() -> None:
    away = reading(SHORT.format(f"<a href='https://mp.weixin.qq.com/s/x'>{TITLE}</a>"), "/a/1.html", Role.ARTICLE)
    assert [(link.url, link.reason) for link in away.excluded] == [("https://mp.weixin.qq.com/s/x", "foreign_host")]
    scripted = "<a href='javascript:void(0)' onclick='get(8)'>年度报告.docx</a>"
    owing = reading(SHORT.format(scripted), "/a/1.html", Role.ARTICLE).partial
    assert owing is not None
    assert (owing.owed, owing.unit) == (1, "files")


@pytest.mark.parametrize(
    "name", ["政府信息公开年报(12)", "【政府信息公开年报】", "政府信息公开年报 >>", "政府信息公开年报更多"]
)
def test_a_column_is_known_by_its_name_whatever_stands_around_it(name: str) -> None:
    assert ("listing", "/nb/") in steps(reading(f"{MENU}<a href='/nb/'>{name}</a>"))


def test_a_frame_of_a_page_whose_menu_leads_nowhere_is_followed() -> None:
    assert steps(reading(f"{MENU}<iframe src='/xxgk/nav.html'></iframe>")) == [("home", "/xxgk/nav.html")]


def test_a_tree_that_a_script_builds_is_read_although_it_writes_it() -> None:
    script = "d.add(0, -1, '信息公开'); d.add(1, 0, '政府信息公开年报', 'list.jsp?id=12'); document.write(d);"
    assert steps(reading(f"{MENU}<script>{script}</script>", "/xxgk/")) == [("listing", "/xxgk/list.jsp?id=12")]


def test_an_article_that_goes_on_elsewhere_owes_its_rest() -> None:
    found = reading("<div id='zoom'>正文</div><a href='9_1.html'>下一页</a>", "/a/9.html", Role.ARTICLE)
    assert found.partial is not None
    assert reading("<div id='zoom'>正文</div><a href='10.html'>下一页</a>", "/a/9.html", Role.ARTICLE).partial is None
