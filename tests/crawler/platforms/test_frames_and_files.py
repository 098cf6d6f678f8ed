"""What stands behind a frame, a viewer or a script that hands out files: a list, an article, or the report itself."""

from __future__ import annotations

import pytest

from archive.models import Portal, Role
from crawler.guard import AllowList
from crawler.pages import Page
from crawler.platforms import Context, PageReading, read

HOST = "http://www.qingshan.gov.cn"
PORTAL = Portal("q", "青山县", "990100", "county", f"{HOST}/")


def reading(markup: str, path: str, role: Role) -> PageReading:
    page = Page.of(HOST + path, 200, {"Content-Type": "text/html; charset=utf-8"}, markup.encode())
    return read(page, Context(PORTAL, role, AllowList.of(PORTAL).allows))


@pytest.mark.parametrize(
    ("source", "followed"),
    [
        ("/street/list.html", True),
        ("/county/nb.html", True),
        ("/research/nb.html", True),
        ("/xxgk/menutree.html", False),
        ("/getcount.jsp?id=3", False),
        ("/search/box.html", False),
    ],
)
def test_a_frame_is_followed_unless_it_is_one_of_the_sites_tools(source: str, followed: bool) -> None:
    found = reading(f"<iframe src='{source}'></iframe>", "/zwgk/nb/", Role.LISTING)
    assert [link.url for link in found.follow] == [HOST + source] * followed
