"""Keys of an index: recorded from the tools that look pages up by them."""

from __future__ import annotations

import json

import pytest

from archive.webarchives.cdxj import IndexEntry, index_lines, url_key

# Left: an address; right: the key that the replay tools of the Webrecorder project make of it.
RECORDED = [
    ("http://www.Yunxi.gov.cn/zwgk/A.html", "cn,gov,yunxi)/zwgk/a.html"),
    ("https://yunxi.gov.cn:8443/a/b/", "cn,gov,yunxi:8443)/a/b"),
    ("http://127.0.0.12:8702/xxgk/nb/", "12,0,0,127:8702)/xxgk/nb"),
    ("http://x.cn", "cn,x)/"),
    ("http://x.cn:80/", "cn,x)/"),
    ("https://x.cn:443/A?q=a+b%20c", "cn,x)/a?q=a+b%20c"),
    ("http://x.cn/a?B=2&a=1&a=", "cn,x)/a?a=&a=1&b=2"),
    ("http://www2.x.cn/政府/a.html", "cn,x)/%e6%94%bf%e5%ba%9c/a.html"),
    ("http://x.cn/%E6%94%BF/a.html", "cn,x)/%e6%94%bf/a.html"),
    ("http://x.cn/a//b/../c.html#f", "cn,x)/a/c.html"),
    ("http://user:pw@x.cn/a?", "cn,x)/a"),
    ("http://x.cn/a?q=%D5%FE", "cn,x)/a?q=%d5%fe"),
]


@pytest.mark.parametrize(("url", "key"), RECORDED)
def test_a_key(url: str, key: str) -> None:
    assert url_key(url) == key


def test_an_address_without_a_host_has_no_key() -> None:
    with pytest.raises(ValueError, match="no host"):
        url_key("http:///a")


def test_lines_stand_in_the_order_in_which_they_are_searched() -> None:
    entries = [
        IndexEntry(url, at, "text/html", 200, "sha256:X", 10, 20, "data.warc.gz")
        for url, at in (("http://b.cn/", "20260101000000"), ("http://a.cn/x", "2027"), ("http://a.cn/x", "2026"))
    ]
    lines = index_lines(entries)
    assert [line.split(" ")[:2] for line in lines] == [
        ["cn,a)/x", "2026"],
        ["cn,a)/x", "2027"],
        ["cn,b)/", "20260101000000"],
    ]
    assert json.loads(lines[2].split(" ", 2)[2])["offset"] == "20"
