"""Lists that come from services: whatever the answer, nothing is raised or foreign, and requests are finite."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Level, Portal, Role
from crawler.pages import Page
from crawler.platforms import PLATFORMS, Context, PageReading, read
from crawler.platforms.contract import SERVICE
from crawler.platforms.pagers import MAX_PAGES

HERE = Path(__file__).parent
HOST = "http://www.qingshi.gov.cn"
PORTAL = Portal("qingshi", "青石县人民政府", "990102", Level.COUNTY, f"{HOST}/")
COLUMN = f"{HOST}/col/col104/index.html"
NAMES = ("hanweb", "shtml_channel", "vsb", "trs")
ADDRESSES = (
    *("/col/col104/index.html", "/module/web/jpage/dataproxy.jsp?startrecord=4&endrecord=6&perpage=3&page=2"),
    *(
        "/module/xxgk/xxgkAnnualReport.jsp?area=1&fbtime=2023",
        "/module/xxgk/search.jsp",
        "/module/xxgk/tree.jsp?area=1",
    ),
    "/api-gateway/jpaas-publish-server/front/page/build/unit?paramJson=%7B%22pageNo%22%3A2%2C%22pageSize%22%3A1%7D",
    *("/searchList/0123456789abcdef?page=1", "/c100200/list.shtml", "/xxgk/ndbg.htm", "/xxgk/ndbg/3.htm"),
    *("/fjdzapp/data?prepage=5&page=1", "/was5/web/search?page=1", "/zwgk/xxgknb/"),
)
FILES = sorted(path for name in NAMES for path in (HERE / name).iterdir() if path.suffix != ".json")


def context(role: Role = Role.LISTING, body: bytes = b"") -> Context:
    return Context(
        PORTAL,
        role,
        lambda url: url.startswith(f"{HOST}/"),
        method="POST" if body else "GET",
        body=body,
        referrer=COLUMN,
        headers=(("Referer", COLUMN),),
    )


def sound(reading: PageReading) -> None:
    """What holds of any reading of any bytes."""
    for link in (*reading.follow, *reading.next):
        assert link.url.startswith(f"{HOST}/")
        assert link.why
        assert "#" not in link.url
    assert all(entry.url.startswith(f"{HOST}/") and entry.title for entry in reading.entries)
    assert len(reading.next) <= MAX_PAGES
    assert reading.pages_owed is None or reading.pages_owed >= 0
    if reading.partial is not None:
        assert reading.partial.why
        assert reading.partial.reached < reading.partial.owed


pieces = st.sampled_from([path.read_text("utf-8", "replace") for path in FILES])


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Pieces of two recorded answers with something between them."""
    one, other = draw(pieces), draw(pieces)
    start, end = draw(st.integers(0, len(one))), draw(st.integers(0, len(other)))
    return one[:start] + draw(st.text(max_size=20)) + other[end:]


@settings(deadline=None, max_examples=150)
@given(damaged() | st.text(max_size=200), st.sampled_from(ADDRESSES), st.sampled_from(NAMES), st.sampled_from(Role))
def test_damaged_answers_are_read_or_said_to_be_missing(text: str, address: str, name: str, role: Role) -> None:
    page = Page.of(HOST + address, 200, {"Content-Type": "text/html; charset=utf-8"}, text.encode("utf-8", "replace"))
    for body in (b"", b"infotypeId=A&area=1&currpage=1&page=1&prepage=3"):
        reading = read(page, context(role, body), name)
        sound(reading)
        assert reading == read(page, context(role, body), name)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**7), st.integers(0, 9999))
def test_a_list_of_any_length_is_asked_for_within_bounds(total: int, per_page: int) -> None:
    script = (
        f"jpage({{ totalRecord: {total}, perPage: {per_page}, proxyUrl: '/module/jpage/dataproxy.jsp', columnid: 1 }})"
    )
    empty = "<script type='text/xml'><datastore><recordset></recordset></datastore></script>"
    markup = f"<html>{empty}<script>{script}</script>"
    reading = read(Page.of(COLUMN, 200, {}, markup.encode()), context(), "hanweb")
    sound(reading)
    spans = [parse_qs(urlsplit(link.url).query) for link in reading.next]
    assert all(int(span["perpage"][0]) <= 300 for span in spans)
    if spans and len(spans) < MAX_PAGES:  # every row is asked for once, whichever of the parameters the server reads
        assert [int(span["startrecord"][0]) for span in spans] == [
            (int(span["page"][0]) - 1) * int(span["perpage"][0]) + 1 for span in spans
        ]
        assert int(spans[-1]["endrecord"][0]) == total


def test_pages_of_vsb_are_followed_by_the_word_alone() -> None:
    pager = '<span class="p_no"><a href="ndbg/7.htm">3</a></span><a class="Next" href="ndbg/8.htm">&rsaquo;</a> 1/9页'
    reading = read(Page.of(f"{HOST}/xxgk/ndbg.htm", 200, {}, f"<html>{pager}".encode()), context(), "vsb")
    assert [link.url for link in reading.next] == [f"{HOST}/xxgk/ndbg/8.htm"]
    assert reading.follow == ()
    assert reading.pages_owed == 9


@pytest.mark.parametrize("name", ["hanweb", "shtml_channel", "trs"])
def test_requests_to_a_service_come_from_the_column(name: str) -> None:
    asked = []
    for path in FILES:
        if path.parent.name == name and path.suffix == ".html":
            address = f"{HOST}/zwgk/column/"
            reading = read(Page.of(address, 200, {}, path.read_bytes()), replace(context(), headers=()), name)
            asked += [link for link in (*reading.follow, *reading.next) if link.why.startswith(SERVICE)]
    assert asked
    assert all(("Referer", f"{HOST}/zwgk/column/") in link.headers for link in asked)
    assert all(link.headers[-1][0] == "Content-Type" for link in asked if link.method == "POST")


def test_the_platforms_are_known_by_the_names_of_the_registry() -> None:
    assert set(NAMES) <= set(PLATFORMS)


def test_a_channel_that_a_script_joins_to_the_address_of_its_service_is_written_into_it() -> None:
    script = "var id = '0123456789abcdef'; $.ajax({url: '/common/search/' + id + '?_isJson=true', success: f});"
    markup = f"<html><body><ul></ul><script>{script}</script></body></html>"
    page = Page.of(f"{HOST}/xxgk/nb/list.shtml", 200, {"Content-Type": "text/html"}, markup.encode())
    found = read(page, context())
    assert [urlsplit(link.url).path for link in found.follow] == ["/common/search/0123456789abcdef"]
    computed = Page.of(page.url, 200, {}, markup.replace("'0123456789abcdef'", "channel()").encode())
    owing = read(computed, context()).partial
    assert owing is not None
    assert owing.why.startswith("needs_js")
