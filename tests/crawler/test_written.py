"""The string literals of a script: found in one pass, and the same as a search from every quote on would find."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from crawler.pages import Page, links_of
from crawler.pages.written import Literals

EVERY = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
"""What a literal is; as a search it goes back to each quote of a line in which none is closed."""


@given(st.text(st.sampled_from("\"'\\\na+")))
def test_literals_are_those_that_a_search_finds(script: str) -> None:
    assert [(first, end) for first, end, _ in Literals(script)] == [found.span() for found in EVERY.finditer(script)]


@given(st.text(st.sampled_from("\"'\\\na")), st.data())
def test_what_was_looked_at_before_changes_nothing(script: str, data: st.DataObject) -> None:
    literals = Literals(script)
    quotes = [place for place, letter in enumerate(script) if letter in "\"'"]
    for place in data.draw(st.permutations(quotes)):
        found = literals.at(place)
        alone = EVERY.match(script, place)
        assert (found and found.end()) == (alone and alone.end())


def test_a_line_of_quotes_that_are_never_closed_is_gone_through_once() -> None:
    assert list(Literals("'\\" * 60_000 + "\n'a'")) == [(120_001, 120_004, "a")]


def test_rows_stand_in_data_that_a_script_parses_out_of_a_literal() -> None:
    script = """var rows = JSON.parse('[{"title": "某局2023年政府信息公开年报", "url": "/nb/1.html"}]');"""
    body = f"<html><body><ul></ul><script>{script}</script></body></html>".encode()
    links = links_of(Page.of("http://www.qingshan.gov.cn/nb/", 200, {}, body))
    assert [(link.url, link.title) for link in links] == [
        ("http://www.qingshan.gov.cn/nb/1.html", "某局2023年政府信息公开年报")
    ]
