"""Text made to be looked through for ever: each would take hours, or longer than there is time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crawler.discovery import names_year
from crawler.pages import Page, file_extension, links_of
from crawler.platforms.feeds import is_feed
from crawler.platforms.pagers import script_pager

MANY = 300_000


def page(markup: str) -> Page:
    return Page.of("http://www.qingshi.gov.cn/nb/", 200, {"Content-Type": "text/html"}, markup.encode())


CASES: dict[str, Callable[[], object]] = {
    "instructions before a feed": lambda: is_feed(page("<?xml-stylesheet ?>" * MANY)),
    "comments before a feed": lambda: is_feed(page("<!-- -->" * MANY)),
    "arrows within a label": lambda: names_year("2023" + ">" * MANY + "年"),
    "figures behind an extension": lambda: file_extension("http://a/b", ".11" * MANY + "x"),
    "blanks before a call": lambda: links_of(
        page(f"<script>function f(a) {{ location.href = '/' + a }}</script><a onclick='{' ' * MANY}!'>年报</a>")
    ),
    "comments that are left open": lambda: script_pager(page(f"<script>Page{'/* ' * MANY}</script>")),
}


@pytest.mark.parametrize("name", CASES)
def test_hostile_text_is_looked_through_once(name: str) -> None:
    assert not CASES[name]()
