"""Which of the pictures that are held a page shows, in its order, however their addresses are written."""

from __future__ import annotations

import pytest

from archive.readers.shown_pictures import shown_on
from tests.readers.test_picture_size import jpeg

PAGE = "http://www.shixi.example/zwgk/nb/202401/t20240120_3.html"
FIRST, SECOND = jpeg(1000, 1400), jpeg(1000, 1401)


@pytest.mark.parametrize(
    "written",
    [
        '<img src="./P020240120_1.jpg">',
        "<IMG alt='' SRC='/zwgk/nb/202401/P020240120_1.jpg'>",
        "<img src=http://WWW.shixi.example/zwgk/nb/202401/P020240120_1.jpg >",
        '<img src="/loading.gif" data-src="P020240120_1.jpg">',
        '<base href="/zwgk/"><img src="nb/202401/P020240120_1.jpg">',
        '<img src="../202401/P020240120_1.jpg#top">',
        '<script>_CONFIG = {"content": "\\u003Cimg src=\\"/zwgk/nb/202401/P020240120_1.jpg\\"\\u003E"};</script>',
        '<script>_CONFIG = {"content": "<p><img src=\\"\\/zwgk\\/nb\\/202401\\/P020240120_1.jpg\\">"};</script>',
        '<script>var pages = ["\\/zwgk\\/nb\\/202401\\/P020240120_1.jpg"];</script>',
    ],
)
def test_an_address_may_be_written_in_many_ways(written: str) -> None:
    held = [("http://www.shixi.example/zwgk/nb/202401/P020240120_1.jpg", FIRST)]
    assert shown_on(f"<html>{written}</html>", PAGE, held).held == (FIRST,)


def test_names_in_chinese_and_parameters() -> None:
    url = "http://www.shixi.example/%E5%9B%BE%201.jpg?a=1&b=2"
    assert shown_on('<img src="/图%201.jpg?a=1&amp;b=2">', PAGE, [(url, FIRST)]).held == (FIRST,)


def test_the_order_is_that_of_the_page_and_each_counts_once() -> None:
    pictures = [("http://www.shixi.example/b.jpg", SECOND), ("http://www.shixi.example/a.jpg", FIRST)]
    shown = shown_on('<img src="/a.jpg"><img src="/b.jpg"><img src="/a.jpg">', PAGE, pictures)
    assert shown.held == (FIRST, SECOND)
    assert shown.addresses == ("http://www.shixi.example/a.jpg", "http://www.shixi.example/b.jpg")
    twice = [("http://www.shixi.example/b.jpg", FIRST), ("http://www.shixi.example/a.jpg", FIRST)]
    assert shown_on('<img src="/a.jpg"><img src="/b.jpg">', PAGE, twice).addresses == (
        "http://www.shixi.example/a.jpg",
    )


def test_what_the_page_does_not_show_any_more_is_left_out() -> None:
    pictures = [("http://www.shixi.example/11.jpg", FIRST), ("http://www.shixi.example/x/1.jpg", SECOND)]
    assert not shown_on('<img src="/1.jpg"><p>11.jpg</p>', PAGE, pictures)
    assert not shown_on("<p>no picture</p>", PAGE, ())


def test_icons_and_what_is_no_picture_are_left_out_and_what_is_not_held_is_counted() -> None:
    names = ("page", "icon", "web", "gone")
    pictures = list(
        zip((f"http://www.shixi.example/{n}.jpg" for n in names), (FIRST, jpeg(40, 40), b"<html>", None), strict=True)
    )
    shown = shown_on("".join(f'<img src="/{name}.jpg">' for name in names), PAGE, pictures)
    assert (shown.held, shown.lacking) == ((FIRST,), 1)
