"""Links that call a function of their page: where it goes, as far as that is written out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages import Page, links_of

HOST = "http://www.qingshan.gov.cn"


def addresses(script: str, markup: str) -> list[str]:
    body = f"<html><body><ul><li>{markup}</li></ul><script>{script}</script></body></html>"
    page = Page.of(f"{HOST}/gk/list.jsp", 200, {"Content-Type": "text/html"}, body.encode())
    return [link.url.removeprefix(HOST) for link in links_of(page)]


LINK = "<a href=\"javascript:show('8a-01', 3)\">年报</a>"


@pytest.mark.parametrize(
    ("script", "address"),
    [
        ("function show(id, n) { location.href = 'detail.jsp?id=' + id; }", "/gk/detail.jsp?id=8a-01"),
        ("function show(id, n) { window.open('/d?n=' + n + '&id=' + id + '&x=1', '_blank') }", "/d?n=3&id=8a-01&x=1"),
        ("var show = function (id) { if (id) { location.replace(\"/nb/\" + id + '.html'); } }", "/nb/8a-01.html"),
        ("function show(id) { document.getElementById('f').src = '/f.jsp?id=' + id }", "/f.jsp?id=8a-01"),
        ("function show(id) { location.href = '/d?id=' + encode(id) }", None),
        ("function show(id) { location.href = '/d?id=' + (id - 1) }", None),
        ("function show(id) { location.href = base + id }", None),
        ("function show(id) { location.href = '/home' }", None),
        ("function show(id) { if (id > 3) { location.href = '/a?' + id } else { location.href = '/b?' + id } }", None),
        ("function other(id) { location.href = '/d?id=' + id }", None),
        ("function show(a, b, c) { location.href = '/d?id=' + c }", None),
    ],
)
def test_a_link_leads_where_its_function_goes(script: str, address: str | None) -> None:
    assert addresses(script, LINK) == ([address] if address else [])


@pytest.mark.parametrize("argument", ["this", "item.id", "'a b'", "'<x>'", "get(3)"])
def test_what_is_not_written_out_is_not_put_into_an_address(argument: str) -> None:
    script = "function show(id) { location.href = '/d?id=' + id }"
    assert addresses(script, f'<a href="#" onclick="show({argument})">年报</a>') == []


def test_rows_that_are_no_links_may_call_a_function_too() -> None:
    script = "function show(id) { location.href = '/d?id=' + id }"
    assert addresses(script, "<span onclick='return show(5);'>年报</span>") == ["/d?id=5"]


@given(st.text(alphabet="function(){}'\"+=;, \nshowidlocation.href/", max_size=200), st.text(max_size=40))
def test_no_script_breaks_it(script: str, handler: str) -> None:
    assert all(address.startswith("/") for address in addresses(script, f'<a href="javascript:{handler}">x</a>'))
