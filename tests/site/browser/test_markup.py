"""The HTML of every page in both languages is without error."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from tests.site.browser.markup import errors
from tests.site.browser.pages import compared_pages_of, pages_of

PAGES = {"evidence": pages_of, "analysed": compared_pages_of}
PAGE = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title></head><body>{}</body></html>'
BROKEN = {
    "<p><div></div></p>": "unexpected-end-tag",
    "<b>x": "body is closed inside of html > body > b",
    '<i id="a"></i><i id="a"></i>': "stands 2 times",
    '<label for="b">x</label>': "for names 'b'",
    '<a href="#c">x</a>': "leads to #c",
    "<input>": "has no label",
    "<button><a href='/'>x</a></button>": "button holds a",
    "<span><div></div></span>": "span holds div",
    "<ul><p>x</p></ul>": "ul holds p",
    "<p style='color: red'>x</p>": "a style or a script",
    "<h1>x</h1><h3>y</h3>": "h3 follows h1",
    "<table><tbody><tr><td>x</td></tr></tbody></table>": "without a caption",
    "<table><caption>x</caption><tbody><tr><th>x</th></tr></tbody></table>": "without scope",
    "<table><caption>x</caption><tbody><tr><td></td></tr><tr><td></td><td></td></tr></tbody></table>": "rows of [1, 2]",
    "<table><caption>x</caption><tbody><tr><td rowspan=2>x</td></tr></tbody></table>": "hangs out",
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_broken_is_told(broken: str) -> None:
    assert BROKEN[broken] in "\n".join(errors(PAGE.format(broken)))


def test_what_is_right_is_not_told() -> None:
    table = "<table><caption>x</caption><thead><tr><th scope='col' rowspan='2'>a</th><th scope='col'>b</th></tr>"
    table += "<tr><th scope='col'>c</th></tr></thead><tbody><tr><td colspan='2'>d</td></tr></tbody></table>"
    assert list(errors(PAGE.format(f"<h1 id='a'>x</h1><label>y <input></label><a href='#a'>z</a>{table}"))) == []


def ask(address: str, path: str, lang: str) -> tuple[int, str]:
    """The status of a page and its text, whatever the status."""
    wanted = Request(address + quote(path, safe="/?&=%+,"), headers={"Accept-Language": lang})
    try:
        with urlopen(wanted, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


@pytest.mark.parametrize("archive", PAGES)
def test_no_page_has_an_error(archives: dict[str, Path], addresses: dict[str, str], archive: str) -> None:
    wrong, seen = [], Counter[str]()
    for lang in ("zh-CN", "en"):
        for path, expected in PAGES[archive](archives[archive]):
            status, text = ask(addresses[archive], path, lang)
            assert status == expected, path
            wrong += [f"{lang} {path} {error}" for error in errors(text)]
            seen[lang] += 1
    assert wrong == []
    assert seen["en"] == seen["zh-CN"] > (50 if archive == "evidence" else 3)
