"""Lists whose pages a form asks for, and lists that a script turns although they say little else."""

from __future__ import annotations

import pytest

from archive.models import Portal, Role
from crawler.blocks import judge_page
from crawler.guard import AllowList
from crawler.pages import Page
from crawler.platforms import Context, PageReading, read

HOST = "http://www.qingshan.gov.cn"
PORTAL = Portal("q", "青山县", "990100", "county", f"{HOST}/")
ROW = "<li><a href='/nb/202401/t20240123_7.html'>青山县财政局2023年政府信息公开工作年度报告</a></li>"
TURN = "<a href='javascript:turn(2)'>下一页</a> 第1/3页"
FORM = "<form method='{}' action='{}'><input type='hidden' name='cid' value='9'>{}</form>"
PAGE = "<input type='hidden' name='pageNo' value='1'>"


def reading(markup: str, address: str = "/list.do?cid=9", body: str = "", charset: str = "utf-8") -> PageReading:
    content = f"<ul>{ROW}</ul>{markup}".encode(charset)
    page = Page.of(HOST + address, 200, {"Content-Type": f"text/html; charset={charset}"}, content)
    assert judge_page(page, role=Role.LISTING) is None
    method = "POST" if body else "GET"
    return read(page, Context(PORTAL, Role.LISTING, AllowList.of(PORTAL).allows, method=method, body=body.encode()))


@pytest.mark.parametrize(
    ("form", "asked"),
    [
        (FORM.format("post", "/list.do", PAGE), [("/list.do", b"cid=9&pageNo=2"), ("/list.do", b"cid=9&pageNo=3")]),
        (FORM.format("get", "", PAGE), [("/list.do?cid=9&pageNo=2", b""), ("/list.do?cid=9&pageNo=3", b"")]),
        (
            FORM.format("get", "list.do", "<input name='page' value='0'><input type='submit' name='go'>"),
            [("/list.do?cid=9&page=1", b""), ("/list.do?cid=9&page=2", b"")],
        ),
    ],
)
def test_a_form_that_holds_the_number_of_the_page_asks_for_the_others(
    form: str, asked: list[tuple[str, bytes]]
) -> None:
    found = reading(TURN + form)
    assert [(link.url.removeprefix(HOST), link.body) for link in found.next] == asked
    assert found.partial is None
    assert found.pages_owed == 3


@pytest.mark.parametrize(
    "form",
    [
        FORM.format("post", "/search.do", PAGE),
        FORM.format("post", "/list.do", f"{PAGE}<input type='hidden' name='__VIEWSTATE' value='/wEP'>"),
        FORM.format("post", "/list.do", f"{PAGE}<select name='year'><option>2023</option></select>"),
        FORM.format("post", "/list.do", f"{PAGE}<input type='hidden' name='_csrf' value='a81f'>"),
        FORM.format("post", "/list.do", f"{PAGE}<input type='hidden' name='action' value='delete'>"),
        FORM.format("post", "http://other.qingshan.gov.cn/list.do", PAGE),
        FORM.format("post", "/list.do", ""),
    ],
)
def test_what_no_form_of_the_list_says_is_owed(form: str) -> None:
    found = reading(TURN + form)
    assert found.next == ()
    assert found.partial is not None
    assert (found.partial.owed, found.partial.reached) == (3, 1)


def test_a_page_that_was_asked_for_by_the_form_asks_for_no_more() -> None:
    found = reading(TURN + FORM.format("post", "/list.do", PAGE.replace("1", "2")), "/list.do", "cid=9&pageNo=2")
    assert (found.next, found.partial) == ((), None)


def test_the_first_page_asks_for_the_others_also_where_its_address_names_it() -> None:
    found = reading(TURN + FORM.format("get", "", PAGE), "/list.do?cid=9&pageNo=1")
    assert [link.url.rpartition("=")[2] for link in found.next] == ["2", "3"]


@pytest.mark.parametrize(("said", "pages", "owed"), [("第1/300页", 199, (300, 200)), ("", 0, (2, 1))])
def test_pages_that_are_too_many_or_not_counted_are_owed(said: str, pages: int, owed: tuple[int, int]) -> None:
    found = reading(TURN.replace("第1/3页", said) + FORM.format("post", "/list.do", PAGE))
    assert found.partial is not None
    assert (len(found.next), (found.partial.owed, found.partial.reached)) == (pages, owed)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_form_is_sent_in_the_encoding_of_its_page(method: str) -> None:
    form = FORM.format(method, "", f"<input type='hidden' name='bt' value='年报'>{PAGE}")
    asked = reading(TURN + form, charset="gbk").next[0]
    assert "bt=%C4%EA%B1%A8&" in f"{asked.url} {asked.body.decode()}"


@pytest.mark.parametrize(
    ("turned_by", "numbers"),
    [
        ("location.href = 'index_' + n + '.html'", (2, 3)),
        ("if(n==1){location.href='index.html'}else{location.href='index_'+(n-1)+'.html'}", (1, 2)),
    ],
)
def test_a_short_list_is_no_page_that_sends_its_reader_on(turned_by: str, numbers: tuple[int, int]) -> None:
    script = f"<script>function jumpPage(n){{{turned_by}}}</script>"
    found = reading(TURN.replace("turn(", "jumpPage(") + script, "/nb/index.html")
    assert (found.refresh, found.partial) == (None, None)
    assert [link.url.removeprefix(HOST) for link in found.next] == [f"/nb/index_{n}.html" for n in numbers]
