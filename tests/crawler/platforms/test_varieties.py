"""Lists of systems that nobody has a module for: how rows, dates, buttons, years and pagers are written there."""

from __future__ import annotations

import pytest

from archive.models import Portal, Role
from crawler.guard import AllowList
from crawler.pages import Page
from crawler.platforms import Context, PageReading, read

HOST = "http://www.qingshan.gov.cn"
FOLDER = f"{HOST}/zwgk/zfxxgknb/"
BODIES = ("财政局", "教育局", "民政局")
DATES = ("2024-01-20", "2024-01-21", "2024-01-22")
NO_DATES = (None, None, None)
ROW = (
    '<li><a href="./202401/t20240123_77.html">青山县财政局2023年政府信息公开工作年度报告</a>'
    "<span>2024-01-23</span></li>"
)


def title(body: str) -> str:
    return f"青山县{body}2023年政府信息公开工作年度报告"


def reading(markup: str, url: str = f"{FOLDER}index.html", platform: str | None = "generic") -> PageReading:
    portal = Portal("q", "青山县", "990100", "county", f"{HOST}/", url)
    body = (markup if markup.startswith("{") else f"<html><body>{markup}</body></html>").encode()
    page = Page.of(url, 200, {"Content-Type": "text/html; charset=utf-8"}, body)
    return read(page, Context(portal, Role.LISTING, AllowList.of(portal).allows), platform)


def rows(template: str, *around: str) -> str:
    """The template for each body, `{n}` its number, `{t}` its report's title, `{d}` a day; inside these elements."""
    markup = "".join(template.format(n=n, t=title(body), d=20 + n) for n, body in enumerate(BODIES))
    for tag in reversed(around):
        markup = f"<{tag}>{markup}</{tag}>"
    return markup


@pytest.mark.parametrize(
    ("markup", "dates"),
    [
        (rows("<tr><td>{n}</td><td><a href='a{n}.html'>{t}</a></td><td>2024-01-{d}</td></tr>", "table"), DATES),
        (rows("<td><a href='/info/1/500{n}.htm'>{t}</a></td><td>2024/01/{d}</td>", "table", "tr"), DATES),
        (rows("<p><a href='show.asp?id={n}'>{t}</a> (2024年1月{d}日)</p>"), DATES),
        (rows("<a href='Info.aspx?InfoID={n}'>{t}</a>&nbsp;[2024.1.{d}]<br>"), DATES),
        (rows("<li><a href='nr/a{n}.html' title='{t}'>青山…</a><b>[01-{d}]</b></li>", "ul"), NO_DATES),
        ("<h3>2024年</h3>" + rows("<li>01/{d} <a href='7000{n}.html'>{t}</a></li>", "ul"), NO_DATES),
        (rows("<li onclick=\"window.open('/info/1/500{n}.htm')\"><b>{t}</b><i>2024-01-{d}</i></li>", "ul"), DATES),
        (rows("<li><b>{t}</b><i>2024-01-{d}</i><a href='/upload/{n}.pdf'>下载</a></li>", "ul"), DATES),
        (rows("<li><a href='a{n}.html'>{t}</a><time datetime='2024-01-{d}T08:00'>3天前</time></li>", "ul"), DATES),
        (rows("<li><a href='/nb/2024/01{d}/50{n}.html'>{t}</a></li>", "ul"), DATES),
        (
            rows("<li><a href='5{n}.htm' title='标题：{t}&#10;作  者：某处&#10;时间：2024-1-{d}'>青…</a></li>", "ul"),
            NO_DATES,
        ),
        (rows("<tr><td>{t}</td><td>2024-01-{d}</td><td><a href='500{n}.htm'>查看详情</a></td></tr>", "table"), DATES),
        (rows("<li><a href='5{n}.htm' title='&lt;font color=red&gt;{t}&lt;/font&gt;'>青山…</a></li>", "ul"), NO_DATES),
        (rows("<li><a href='5{n}.htm' title='{t}&#10;发布时间：2024-01-{d}'>青山…</a></li>", "ul"), NO_DATES),
        (rows("<li><a href='5{n}.htm'>{d}. {t}</a></li>", "ul"), NO_DATES),
        (rows("<li>{t} <a href='{n}.docx'>[Word版]</a></li>", "ul"), NO_DATES),
        (rows("<li><p>{t}</p><a href='500{n}.htm'>2024-01-{d}</a></li>", "ul"), DATES),
        (rows("<li><b>{t}</b><i>2024-01-{d}</i><a href='500{n}.htm'><img src='v.png'></a></li>", "ul"), DATES),
    ],
    ids=[
        "table",
        "rows side by side",
        "Chinese date",
        "no rows",
        "cut title",
        "year above",
        "click",
        "file",
        "time",
        "path",
        "labelled",
        "button",
        "attribute with markup",
        "attribute with a day",
        "number",
        "button of a format",
        "link on the date",
        "link on an icon",
    ],
)
def test_rows_as_they_are_written_elsewhere(markup: str, dates: tuple[str | None, ...]) -> None:
    found = reading(markup)
    assert [entry.title for entry in found.entries] == [title(body) for body in BODIES]
    assert tuple(entry.date for entry in found.entries) == dates
    assert found.partial is None


def test_two_buttons_of_one_row_stand_for_one_title() -> None:
    found = reading(
        f"<table><tr><td>{title('财政局')}</td><td><a href='1.pdf'>下载</a> <a href='1.html'>查看</a></td></tr></table>"
    )
    assert {(entry.url, entry.title) for entry in found.entries} == {
        (f"{FOLDER}1.pdf", title("财政局")),
        (f"{FOLDER}1.html", title("财政局")),
    }


def test_a_button_beside_another_link_is_not_named_after_it() -> None:
    found = reading(
        f"<ul><li><a href='/info/1/5000.htm'>{title('财政局')}</a><a href='/vote/5000.htm'>查看</a></li></ul>"
    )
    assert [entry.url for entry in found.entries] == [f"{HOST}/info/1/5000.htm"]


def test_rows_that_only_a_script_opens_are_owed() -> None:
    found = reading(
        ROW + "<ul>" + rows("<li><a href='#' onclick=\"show('500{n}')\">{t}</a></li>").replace("财政", "水利") + "</ul>"
    )
    assert found.partial is not None
    assert (found.partial.owed, found.partial.reached, found.partial.unit) == (4, 1, "rows")


@pytest.mark.parametrize(
    "script",
    [
        'var rows=[{"title":"{t}","url":"a{n}.html","date":"2024-01-2{n}"}];for(i in rows)add(rows[i].url)',
        "rows.push({source: '某局', logo: '/i/a.png', title: '{t}', url: '/nb/a{n}.html', day: '2024/1/2{n}'});",
        'var a=new Array();a[{n}]=new Array("/nb/show.asp?nid={n}","{t}","2024-01-2{n}");',
        'fill({"docTitle":"{u}","img":"/x.jpg","docUrl":"http:\\/\\/www.qingshan.gov.cn\\/nb\\/a{n}.html","time":"2024-01-2{n}"})',
    ],
)
def test_rows_that_stand_in_a_script_as_data(script: str) -> None:
    scripts = ""
    for n, body in enumerate(BODIES):
        escaped = title(body).encode("ascii", "backslashreplace").decode()
        filled = script.replace("{t}", title(body)).replace("{u}", escaped).replace("{n}", str(n))
        scripts += f"<script>{filled}</script>"
    found = reading(scripts)
    assert [entry.title for entry in found.entries] == [title(body) for body in BODIES]
    assert tuple(entry.date for entry in found.entries) == DATES
    assert len({entry.url for entry in found.entries}) == len(BODIES)


def test_data_of_another_subject_gives_no_rows() -> None:
    entries = f'{{"name":"{title("财政局")}","icon":"/i/a.png"}},{{"name":"政务公开","day":"2024/01/20"}}'
    data = f"<script>var menu=[{entries}]</script>"
    assert reading(f"<ul>{ROW}</ul>{data}").follow == reading(f"<ul>{ROW}</ul>").follow


def test_titles_that_a_list_cuts_are_taken_unless_they_show_another_subject() -> None:
    shown = (
        "青山县财政局2023年政府信息公开…",
        "青山县教育局2023年政府信...",
        "青山县2023年政府网站工…",
        "青山县民政局",
    )
    found = reading(
        "".join(f"<li><a href='5000{n}.html'>{text}</a><i>2024-01-20</i></li>" for n, text in enumerate(shown))
    )
    assert [(entry.title, entry.agency_hint) for entry in found.entries] == [
        (shown[0], "青山县财政局"),
        (shown[1], None),
        (shown[3], "青山县民政局"),
    ]


def test_a_mark_before_a_title_is_no_part_of_it() -> None:
    found = reading(f"<li><a href='50000.html'>【置顶】{title('财政局')}</a></li>")
    assert [entry.title for entry in found.entries] == [title("财政局")]


def test_a_tab_that_only_a_script_opens_owes_nothing() -> None:
    assert reading(f"{ROW}<a href='#'>政府信息公开年报</a><a href='javascript:;'>2023年</a>").partial is None


@pytest.mark.parametrize(
    "markup",
    [
        "".join(f"<a href='/lm/{year}7/'>{year}年</a>" for year in (2008, 2016, 2025)),
        "".join(f"<a href='/channels/1{year}.html'>{year}年度</a>" for year in (2008, 2016, 2025)),
        "<select onchange='location=this.value'>"
        + "".join(f"<option value='/zwgk/nb{year}/'>{year}</option>" for year in (2008, 2016, 2025))
        + "</select>",
    ],
)
def test_years_may_stand_anywhere_on_the_host_where_their_addresses_are_alike(markup: str) -> None:
    found = reading(markup)
    assert [link.role for link in found.follow] == [Role.LISTING] * 3
    assert {link.text[:4] for link in found.follow} == {"2008", "2016", "2025"}


def test_a_lone_year_elsewhere_on_the_host_is_no_column() -> None:
    assert not reading(f"{ROW}<a href='/gongbao/2023/'>2023年</a><a href='/tjnj/'>2022年</a>").follow[1:]


def test_years_may_be_the_values_of_a_form() -> None:
    years = "<option value=2023>2023年</option><option value=2022>2022年</option>"
    chooser = f"<input type=hidden name=cid value=3><select name=nd onchange='this.form.submit()'>{years}</select>"
    url = f"{HOST}/nb.aspx"
    found = reading(f"<form action='nb.aspx'>{chooser}</form>", url)
    assert [link.url for link in found.follow] == [f"{url}?cid=3&nd=2023", f"{url}?cid=3&nd=2022"]
    for form in (f"<form method=post>{chooser}</form>", f"<form><input name=q>{chooser}</form>", chooser):
        without = reading(form, url)
        assert without.follow == ()
        assert without.partial is not None


def test_years_that_only_a_script_opens_are_owed_where_there_is_nothing_else() -> None:
    years = "".join(f"<li><a href=\"javascript:open('{year}')\">{year}年</a></li>" for year in (2022, 2023))
    alone = reading(f"<ul>{years}</ul>").partial
    assert alone is not None
    assert alone.why.startswith("needs_js")
    assert reading(f"<ul>{ROW}{years}</ul>").partial is None


def test_a_card_has_its_heading_for_a_title_and_no_date_of_its_summary() -> None:
    card = (
        "<div><b>{d}</b><i>2024.01</i><a href='a{n}.html'><h4>{t}</h4><p>摘要：截至2023年12月31日，{t}…</p></a></div>"
    )
    found = reading(rows(card))
    assert [(entry.title, entry.date) for entry in found.entries] == [
        (title(body), day) for body, day in zip(BODIES, DATES, strict=True)
    ]


def test_more_leads_to_what_its_heading_names() -> None:
    found = reading(
        f"<h2>县政府部门年报 <a href='/zwgk/bmnb/'>更多&gt;&gt;</a></h2><ul>{ROW}</ul>"
        "<div><span>新闻</span><a href='/xw/'>更多</a></div>"
    )
    assert [(link.url, link.text) for link in found.follow if link.entry is None] == [
        (f"{HOST}/zwgk/bmnb/", "县政府部门年报")
    ]


@pytest.mark.parametrize(
    ("markup", "name", "following"),
    [
        ("<a href='?page=2'>下一页</a> 共2页", "list.php", ["list.php?page=2"]),
        ("<a href='?page=2'>【下一页】</a> 共2页", "list.php", ["list.php?page=2"]),
        ("<a href='?page=2'>下页&gt;&gt;</a> 共2页", "list.php", ["list.php?page=2"]),
        ("<a href='index_2.html' title='下一页'><i class=next></i></a>", "index.html", ["index_2.html"]),
        ("<a href='index_2.html'><img src=n.gif alt='下一页'></a>", "index.html", ["index_2.html"]),
        ("<a href='b2.html'>第2页</a><a href='b3.html'>第3页</a>", "b.html", ["b2.html", "b3.html"]),
        (
            "<a href='javascript:goPage(2)'>下一页</a><script>var pageCount=3;"
            "function goPage(n){location.href='index_'+n+'.html'}</script>",
            "index.html",
            ["index_2.html", "index_3.html"],
        ),
        (
            "<script>$('.p').pagination({pageCount: 3, current: 1, url:'list_{page}.html'})</script>",
            "list.html",
            ["list_2.html", "list_3.html"],
        ),
        (
            "<script>laypage.render({elem:'p',count:41,limit:20,jump:function(o){location.href='?page='+o.curr}})</script>",
            "index.html",
            ["index.html?page=2", "index.html?page=3"],
        ),
        (
            "<script>var pageCount=2; function goPage(n){location.href='?pn='+n}</script>",
            "index.html",
            ["index.html?pn=2"],
        ),
        ("<script>var countPage = 2</script>", "index.html", ["index_1.html"]),
    ],
    ids=["query", "brackets", "arrows", "icon", "picture", "words", "function", "template", "laypage", "pn", "a count"],
)
def test_further_pages_however_the_pager_is_written(markup: str, name: str, following: list[str]) -> None:
    found = reading(f"<ul>{ROW}</ul>{markup}", FOLDER + name)
    assert [link.url for link in found.next] == [FOLDER + path for path in following]
    assert found.partial is None


@pytest.mark.parametrize(
    "markup",
    [
        "<a href=\"javascript:__doPostBack('p','2')\">下一页</a> 共3页",
        "<script>new Pager({total: 41, pageSize: 20, load: fetchRows})</script>",
        "<script>$('.p').pagination({pageCount: 3, url:'//elsewhere.example/list_{page}.html'})</script>",
    ],
)
def test_pages_whose_address_is_not_written_out_are_owed(markup: str) -> None:
    found = reading(f"<ul>{ROW}</ul>{markup}")
    assert not found.next
    assert found.partial is not None
    assert (found.partial.owed, found.partial.unit) == (3, "pages")


def test_the_pages_that_a_script_names_are_not_named_again_by_each_of_them() -> None:
    markup = f"<ul>{ROW}</ul><script>$('.p').pagination({{pageCount: 3, url:'list_{{page}}.html'}})</script>"
    assert len(reading(markup, f"{FOLDER}list.html").next) == 2
    again = reading(markup, f"{FOLDER}list_2.html")
    assert (again.next, again.partial) == ((), None)


def test_an_empty_list_that_a_script_may_fill_is_owed() -> None:
    asks = "<ul id='list'></ul><script>$.getJSON('/api/list', show)</script>"
    found = reading(asks)
    assert found.partial is not None
    assert found.partial.why.startswith("needs_js")
    assert reading(ROW + asks).partial is None
    assert reading("<ul id='list'></ul><script>var visits = 1</script>").partial is None


def test_channels_of_zibo_may_hold_a_dot() -> None:
    column = f"{HOST}/gongkai/site_qsxzfbgs/channel_c_5f9fa491ab327f36e4c13060_n_1605682658.4163/"
    other = "channel_c_5f9fa491ab327f36e4c13064_n_1605682652.8863"
    row = f"{HOST}/gongkai/site_qsxczj/{other}/doc_65af3e2be4b0a1c2d3e4f506.html"
    found = reading(f"<ul><li><a href='{row}'>2023年度报告</a><span>2024-01-22</span></li></ul>", column, "zibo")
    assert [entry.url for entry in found.entries] == [row]


def test_truecms_is_asked_in_the_name_of_its_column_page_by_page() -> None:
    column = f"{HOST}/nb/list.html"
    script = "<script>$.getJSON('/cms/messageController/getMessage.do?columnId=77&callback=?', show)</script>"
    (asked,) = reading(script, column, "truecms").follow
    assert asked.headers == (("Referer", column),)
    portal = Portal("q", "青山县", "990100", "county", f"{HOST}/", column)
    context = Context(portal, Role.LISTING, AllowList.of(portal).allows, referrer=column, headers=asked.headers)
    row = f'{{"url": "2024/1.html", "title": "{title("财政局")}", "publishDate": "2024-01-20"}}'
    body = f'callback({{"total": 3, "rows": [{row}]}})'
    answered = read(Page.of(asked.url, 200, {"Content-Type": "text/javascript"}, body.encode()), context, "truecms")
    assert [entry.url for entry in answered.entries] == [f"{HOST}/nb/2024/1.html"]
    assert [link.headers for link in answered.next] == [asked.headers] * 2
    wrong = read(
        Page.of(asked.url, 200, {"Content-Type": "text/javascript"}, b'callback({"code": 500})'), context, "truecms"
    )
    assert wrong.partial is not None


@pytest.mark.parametrize("named", ["window._CONFIG", "window['_CONFIG']", 'window["_CONFIG"]'])
def test_the_catalogue_of_guangdong_is_read_however_its_script_names_it(named: str) -> None:
    tree = '[{"id": "26", "name": "政府信息公开年报", "children": []}]'
    found = reading(f"<script>{named} = {{SID: 7, TREE: {tree}}}</script>", f"{HOST}/gkmlpt/index", "gkmlpt")
    assert f"{HOST}/gkmlpt/api/all/26?page=1&sid=7" in [link.url for link in found.follow]


@pytest.mark.parametrize(
    ("answer", "owed"),
    [('{"articles": [], "total": 0}', None), ('{"articles": [], "total": 7}', 7), ('{"code": 500}', 1), ("", 1)],
)
def test_an_answer_of_the_catalogue_without_rows_owes_them_unless_there_are_none(answer: str, owed: int | None) -> None:
    found = reading(answer, f"{HOST}/gkmlpt/api/all/26?page=1&sid=7", "gkmlpt").partial
    assert (found and found.owed) == owed


def test_the_method_of_a_request_is_no_kind_of_list() -> None:
    script = (
        "$.ajax({type: 'get', url: '/site/label/8888', data: {labelName: 'publicInfoList', organId: 12, type: '3'}})"
    )
    (asked,) = reading(f"<script>{script}</script>", f"{HOST}/public/column/12", "lonsun").follow
    assert "&type=3&" in asked.url


def test_vsb_shows_in_the_addresses_of_its_scripts() -> None:
    row = f"<a href='content.jsp?urltype=news.NewsContentUrl&wbtreeid=2&wbnewsid=1'>{title('财政局')}</a>2024-01-23"
    found = reading(row, f"{HOST}/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=2", None)
    assert found.facts["platform"] == "vsb"
    assert [entry.date for entry in found.entries] == ["2024-01-23"]
