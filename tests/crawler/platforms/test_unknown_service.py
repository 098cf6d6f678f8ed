"""Lists of unknown systems behind a service: what is asked stands in the script, what comes is JSON of any shape."""

from __future__ import annotations

import json

import pytest

from archive.models import Portal, Role
from crawler.guard import AllowList
from crawler.pages import Page
from crawler.platforms import Context, PageReading, read

HOST = "http://www.qingshan.gov.cn"
COLUMN = f"{HOST}/zwgk/nb/"
PORTAL = Portal("q", "青山县", "990100", "county", f"{HOST}/")


def reading(body: str, url: str = COLUMN, form: str = "") -> PageReading:
    context = Context(
        PORTAL,
        Role.LISTING,
        AllowList.of(PORTAL).allows,
        method="POST" if form else "GET",
        body=form.encode(),
        referrer=COLUMN,
    )
    return read(Page.of(url, 200, {"Content-Type": "text/html"}, body.encode()), context)


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        ("$.getJSON('/data/nb.json', function(d){})", "/data/nb.json"),
        ("$.get('/api/list?cid=3&page=1', show)", "/api/list?cid=3&page=1"),
        ('fetch("/api/list.json").then(show)', "/api/list.json"),
        (
            "var cid='a1'; $.ajax({url: '/api/list', data: {cid: cid, pageNo: 1}, success: f})",
            "/api/list?cid=a1&pageNo=1",
        ),
        ("$.ajax({type:'post',url:'/api/list',data:{cid:3,'pageNo':\"1\"},success:f})", "/api/list cid=3&pageNo=1"),
        ("$.get('/api/list', {cid: 3, pageCount: 9}, show)", "/api/list?cid=3&pageCount=9"),
        ("this.$http.get('/api/list?cid=3').then(show)", "/api/list?cid=3"),
        ("$('#list').load('inner.html')", "/zwgk/nb/inner.html"),
        ("$('#list').load('/list.jsp', {cid: 3})", "/list.jsp cid=3"),
        ("$.get('/api/list', params, show)", None),
        ("fetch('/api/list', {method: 'POST', body: x}).then(show)", None),
        ("axios.get('/api/list', {params: {cid: 3}})", None),
        ("$.ajax({url:'/api/list' + id, success: f})", None),
        ("$.ajax({url:'/api/list', data: params, success: f})", None),
        ("$.ajax({url:'/api/list', data: {cid: id()}, success: f})", None),
        ("$.get('/api/list?cid=' + cid, show)", None),
        ("fetch('/api/visit/count').then(show)", None),
        ("$.post('/api/vote', {id: 3})", None),
        ("$.post('/api/list', {cid: 3, _csrf: 'a81f'})", None),
        ("var params = {cid: id()}; $.post('/api/list', params)", None),
        ("var o = {method: 'POST'}; fetch('/api/list', o)", None),
        ("$.ajax({url:'/api/list', success: function(d){ show(d) }, data: {cid: id()}})", None),
        ("$.ajax({url:'/api/list', success: function(d){}, type: 'POST'})", None),
        ("$.ajax({url:'/api/list/3', type: 'DELETE', success: f})", None),
        ("$.post('/api/news/addInfo', {id: 3})", None),
        ("$.get('/api/list.do?action=addClick&id=3', show)", None),
        ("$.get('/zfxxgk/catalog?cid=3', show)", "/zfxxgk/catalog?cid=3"),
        ("axios.get('http://www.elsewhere.example/api/list')", None),
    ],
)
def test_only_calls_that_are_written_out_are_made(script: str, asked: str | None) -> None:
    found = reading(f"<html><body><ul id='l'></ul><script>{script}</script></body></html>")
    made = [f"{link.url.removeprefix(HOST)} {link.body.decode()}".strip() for link in found.follow]
    assert made == ([asked] if asked else [])
    assert found.partial is not None
    assert all(("Referer", COLUMN) in link.headers for link in found.follow)


def rows(number: int, first: int = 0) -> list[dict[str, object]]:
    return [
        {
            "docId": n,
            "docTitle": f"青山县第{n}局2023年政府信息公开年报",
            "linkUrl": f"/nb/{n}.html",
            "pubDate": "2024-01-23 08:00",
        }
        for n in range(first, first + number)
    ]


def test_further_pages_are_asked_for_as_the_first_one_was() -> None:
    answer = json.dumps({"code": 200, "data": {"totalCount": "5", "list": rows(2)}})
    found = reading(answer, f"{HOST}/api/list?cid=3&pageNo=1&size=2")
    assert [(entry.url, entry.date) for entry in found.entries] == [
        (f"{HOST}/nb/0.html", "2024-01-23"),
        (f"{HOST}/nb/1.html", "2024-01-23"),
    ]
    assert [link.url for link in found.next] == [f"{HOST}/api/list?cid=3&pageNo={n}&size=2" for n in (2, 3)]
    posted = reading(answer, f"{HOST}/api/list", "cid=3&pageIndex=0")
    assert [link.body for link in posted.next] == [b"cid=3&pageIndex=1", b"cid=3&pageIndex=2"]
    assert reading(answer, f"{HOST}/api/list?pageNo=2").next == ()
    by_rows = reading(answer, f"{HOST}/api/list?offset=0&limit=2")
    assert [link.url for link in by_rows.next] == [f"{HOST}/api/list?offset={n}&limit=2" for n in (2, 4)]
    assert reading(answer, f"{HOST}/api/list?offset=2&limit=2").partial is None
    assert reading(answer, f"{HOST}/api/list?start=2020-01-01").partial is not None


def test_every_list_of_one_name_is_read_and_no_other() -> None:
    years = [{"year": 2023, "list": rows(1)}, {"year": 2022, "list": rows(1, 1)}]
    found = reading(
        json.dumps({"data": years, "menu": [{"links": [{"name": "年报", "url": "/nb/"}]}]}), f"{HOST}/nb.json"
    )
    assert [entry.url for entry in found.entries] == [f"{HOST}/nb/0.html", f"{HOST}/nb/1.html"]
    assert found.excluded == ()
    most_read = json.dumps({"total": 4, "data": {"list": rows(2)}, "hot": {"list": rows(3, 7)}})
    found = reading(most_read, f"{HOST}/api/list?offset=0")
    assert [link.url for link in found.next] == [f"{HOST}/api/list?offset=2"]
    assert reading(most_read, f"{HOST}/nb.json").partial is not None


def test_rows_may_come_as_markup_inside_an_answer() -> None:
    row = '<li><a href="/zwgk/nb/202401/t20240123_7.html">青山县财政局2023年政府信息公开年报</a></li>'
    found = reading(json.dumps({"data": {"pages": 3, "html": row}}), f"{HOST}/api/list?cid=3")
    assert [entry.url for entry in found.entries] == [f"{COLUMN}202401/t20240123_7.html"]
    assert found.partial is not None
    assert (found.partial.owed, found.partial.reached) == (3, 1)


@pytest.mark.parametrize(
    ("answer", "owed"),
    [
        (f"show({json.dumps({'total': 2, 'rows': rows(2)})})", None),
        (json.dumps(rows(2)), None),
        (json.dumps({"total": 9, "rows": rows(2)}), (9, 2)),
        (json.dumps({"code": 401, "msg": "请重新登录"}), (1, 0)),
        (json.dumps({"rows": [{"id": 3, "title": "年报"}]}), (1, 0)),
    ],
)
def test_what_an_answer_does_not_hold_is_owed(answer: str, owed: tuple[int, int] | None) -> None:
    found = reading(answer, f"{HOST}/api/list.json")
    assert (found.partial and (found.partial.owed, found.partial.reached)) == owed
