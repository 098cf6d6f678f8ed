"""What an answer leads to: pages that are turned one by one, headers that a service wants, what is settled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.ledger import Attempt, Found, FrontierUrl, Ledger
from archive.models import Capture, CapturedPage, Level, Outcome, Portal, Role
from crawler.answers import Setting, decide
from crawler.endless import marks_in
from crawler.guard import AllowList
from crawler.items import Decision
from crawler.monitors import portal_end
from crawler.options import policy_of, read_settings
from crawler.platforms.contract import SERVICE
from crawler.robots import MAX_REDIRECTS

HOST = "http://www.qingshi.gov.cn"
PORTAL = Portal("qingshi", "青石县人民政府", "990102", Level.COUNTY, f"{HOST}/", platform="vsb")
SETTING = Setting(PORTAL, AllowList.of(PORTAL), policy_of(read_settings(())))
ROW = (
    '<li><a href="/info/12/{n}.htm" title="青石县财政局20{n}年政府信息公开工作年度报告">x</a>'
    "<span>2024-01-09</span></li>"
)
NOW = "2026-02-01T00:00:00Z"


def frontier(path: str, **fields: object) -> FrontierUrl:
    row = FrontierUrl(
        *(1, HOST + path, "www.qingshi.gov.cn", "qingshi", Role.LISTING, "open", None, None, None, 3, 0),
        *(f"{HOST}/", None, None, None, None, None, None, NOW, None, 0, 0.0, None, None, None),
    )
    return replace(row, **fields)  # type: ignore[arg-type]


def answered(
    url: FrontierUrl, body: str, status: int = 200, *headers: tuple[str, str], setting: Setting = SETTING
) -> Decision:
    sent = (("Content-Type", "text/html; charset=utf-8"), *headers)
    page = CapturedPage(url.url, status, "", sent, body.encode(), NOW)
    return decide(url, page, body.encode(), None, setting)


def depths(decision: Decision) -> dict[str, int]:
    return {found.url.removeprefix(HOST): found.depth for found in decision.found}


def test_turning_a_page_of_a_list_with_an_end_is_no_click() -> None:
    list_page = f"<ul>{ROW.format(n=23)}</ul><span class='p_next'><a href='ndbg/8.htm'>下页</a></span> 1/9页"
    assert depths(answered(frontier("/xxgk/ndbg.htm"), list_page)) == {"/info/12/23.htm": 4, "/xxgk/ndbg/8.htm": 3}


def test_a_list_without_rows_costs_clicks_and_one_without_an_end_none_while_it_gives_reports() -> None:
    pager = "<span class='p_next'><a href='ndbg/8.htm'>下页</a></span>"
    filler = "<p>" + "本栏目没有信息。" * 60 + "</p>"
    assert depths(answered(frontier("/xxgk/ndbg.htm"), f"{filler}{pager} 1/9页"))["/xxgk/ndbg/8.htm"] == 4
    assert depths(answered(frontier("/xxgk/ndbg.htm"), filler + pager))["/xxgk/ndbg/8.htm"] == 4
    assert depths(answered(frontier("/xxgk/ndbg.htm"), ROW.format(n=23) + pager))["/xxgk/ndbg/8.htm"] == 4
    report = ROW.replace(">x<", ">青石县财政局…<").format(n=23)
    assert depths(answered(frontier("/xxgk/ndbg.htm"), report + pager))["/xxgk/ndbg/8.htm"] == 3


def test_a_list_ends_where_a_page_holds_the_reports_of_one_before_it() -> None:
    pager = "<span class='p_next'><a href='ndbg/7.htm'>下页</a></span>"
    row = ROW.replace(">x<", ">青石县财政局…<")
    first = answered(frontier("/xxgk/ndbg.htm"), row.format(n=23) + pager)
    turned = replace(SETTING, turns=1, before=(marks_in(first.evidence),))
    ends = {}
    for words, n in (("", 23), ("", 22), (" 2/9页", 23)):
        page = answered(frontier("/xxgk/ndbg/8.htm"), row.format(n=n) + pager + words, setting=turned)
        ends[words, n] = page.reason, [one.excluded for one in page.found if one.url.endswith("/7.htm")]
    assert ends == {
        ("", 23): (None, ["past_the_end"]),
        ("", 22): (None, [None]),
        (" 2/9页", 23): ("partial", ["past_the_end"]),
    }


def test_a_report_at_the_head_of_every_page_does_not_end_a_list() -> None:
    pinned = ROW.replace(">x<", ">青石县财政局…<").format(n=23)
    pager = "<span class='p_next'><a href='ndbg/7.htm'>下页</a></span>"
    first = answered(
        frontier("/xxgk/ndbg.htm"), pinned + ROW.replace("年政府信息公开工作年度报告", "年工作会议").format(n=21)
    )
    turned = replace(SETTING, turns=1, before=(marks_in(first.evidence),))
    other = ROW.replace("年政府信息公开工作年度报告", "年工作会议").format(n=20)
    found = answered(frontier("/xxgk/ndbg/8.htm"), pinned + other + pager, setting=turned).found
    assert [one.excluded for one in found if one.url.endswith("/7.htm")] == [None]


def test_steps_that_read_as_those_of_two_pages_before_lead_in_a_circle() -> None:
    body = "".join(f"<a href='{name}/'>{words}</a>" for name, words in (("bm", "部门年报"), ("xz", "乡镇年报")))
    filler = "<p>" + "本栏目没有信息。" * 60 + "</p>"
    plain = replace(SETTING, portal=replace(PORTAL, platform="generic"))
    marks = marks_in(answered(frontier("/xxgknb/"), body + filler, setting=plain).evidence)
    reasons = []
    for before in ((), (marks,), (marks, marks), (marks, frozenset(), marks), (frozenset({"rows=0"}), marks)):
        found = answered(frontier("/xxgknb/bm/bm/"), body + filler, setting=replace(plain, before=before)).found
        reasons.append({one.excluded for one in found})
    assert reasons == [{None}, {None}, {"circling"}, {"circling"}, {None}]


@pytest.mark.parametrize(
    ("path", "to", "gone"),
    [
        ("/info/12/23.htm", "/", True),
        ("/info/12/23.htm", "/index.html", True),
        ("/info/12/23.htm", "/error/404.html", True),
        ("/info/12/23.htm", "https://www.qingshi.gov.cn/error.jsp?aspxerrorpath=/info/12/23.htm", True),
        ("/info/12/23.htm", "/info/12/24.htm", False),
        ("/info/12/23.htm", "/xxgk/errata.htm", False),
        ("/", "/index.html", False),
    ],
)
def test_a_page_that_leads_to_the_home_page_or_to_one_of_errors_is_gone(path: str, to: str, gone: bool) -> None:
    for role in (Role.LISTING, Role.ARTICLE, Role.ATTACHMENT):
        decision = answered(frontier(path, role=role), "", 302, ("Location", to))
        assert (decision.outcome is Outcome.SOFT_404) == gone
    assert answered(frontier(path, role=Role.HOME, depth=0), "", 302, ("Location", to)).outcome is Outcome.REDIRECTED


@pytest.mark.parametrize(
    ("status", "asked", "pause"),
    [
        (503, None, SETTING.policy.retry_delay),
        (429, None, SETTING.policy.retry_delay),
        (429, "90", 90.0),
        (502, None, None),
    ],
)
def test_a_server_that_is_too_busy_is_left_alone_for_a_while(
    status: int, asked: str | None, pause: float | None
) -> None:
    headers = [("Retry-After", asked)] if asked else []
    for role in (Role.ARTICLE, Role.ROBOTS):
        decision = answered(frontier("/info/12/23.htm", role=role), "busy", status, *headers)
        assert (decision.outcome, decision.transient, decision.pause) == (Outcome.HTTP_ERROR, True, pause)


def test_not_modified_is_an_answer_only_to_who_asked_for_it() -> None:
    article = frontier("/info/12/23.htm", role=Role.ARTICLE)
    asked = replace(SETTING, conditional=True)
    assert answered(article, "", 304, setting=asked).outcome is Outcome.NOT_MODIFIED
    assert answered(article, "", 304).outcome is Outcome.HTTP_ERROR


def test_a_column_that_has_moved_to_a_host_of_its_own_is_followed() -> None:
    setting = replace(SETTING, allow=AllowList.of(replace(PORTAL, home_url="http://qingshi.gov.cn/")))
    for to, outcome in (
        ("http://xxgk.qingshi.gov.cn/", Outcome.REDIRECTED),
        ("http://qingshi.gov.cn", Outcome.SOFT_404),
    ):
        decision = answered(frontier("/xxgk/", role=Role.LISTING), "", 302, ("Location", to), setting=setting)
        assert decision.outcome is outcome


@pytest.mark.parametrize(
    ("to", "outcome"),
    [
        ("/", Outcome.REDIRECTED),
        ("http://rules.example.com/r", Outcome.REDIRECTED),
        ("http://10.0.0.1/robots.txt", Outcome.HTTP_ERROR),
        ("http://intranet:8080/robots.txt", Outcome.HTTP_ERROR),  # another portal of the registry may be there
        ("ftp://www.qingshi.gov.cn/robots.txt", Outcome.HTTP_ERROR),
    ],
)
def test_a_robots_txt_is_asked_for_wherever_it_redirects_on_the_open_internet(to: str, outcome: Outcome) -> None:
    decision = answered(frontier("/robots.txt", role=Role.ROBOTS), "", 302, ("Location", to))
    to_url = HOST + to if to.startswith("/") else to
    assert (decision.outcome, decision.found) == (outcome, ())
    assert decision.detour == (to_url if outcome is Outcome.REDIRECTED else None)


@pytest.mark.parametrize(
    ("redirects", "outcome"), [(MAX_REDIRECTS - 1, Outcome.REDIRECTED), (MAX_REDIRECTS, Outcome.OK)]
)
def test_a_robots_txt_of_six_redirects_has_no_rules(redirects: int, outcome: Outcome) -> None:
    setting = replace(SETTING, detours=redirects)
    robots = frontier("/robots.txt", role=Role.ROBOTS)
    assert answered(robots, "", 302, ("Location", "/r.txt"), setting=setting).outcome is outcome


VISITS = (
    "/(S(lit3py55t21z5v55vlm25s55))/nb.aspx",
    "/nb.aspx?AspxAutoDetectCookieSupport=1",
    "/nb.aspx;jsessionid=4f.n1",
)


@pytest.mark.parametrize("to", VISITS)
def test_a_page_under_the_number_of_a_visit_is_asked_for_there_and_stays_what_it_is(to: str) -> None:
    page = frontier("/nb.aspx")
    assert answered(page, "", 302, ("Location", to)).detour == HOST + to
    again = answered(page, "", 302, ("Location", to), setting=replace(SETTING, detours=2))
    assert (again.outcome, again.reason) == (Outcome.HTTP_ERROR, "redirect_to_itself")
    hidden = answered(page, "", 302, ("Location", f"{HOST}\\@10.0.0.1/..{to}"))
    assert hidden.detour == f"{HOST}/@10.0.0.1/..{to}", "what stands behind a backslash is no host"
    elsewhere = answered(page, "", 302, ("Location", to.replace("nb.aspx", "nd.aspx")))
    assert elsewhere.redirect_to == f"{HOST}/nd.aspx"


def test_a_redirected_request_keeps_the_headers_that_its_service_wants() -> None:
    headers = (("Referer", f"{HOST}/col/col1/index.html"),)
    decision = answered(frontier("/service?page=2", headers=headers), "", 302, ("Location", "/new/service?page=2"))
    assert [found.headers for found in decision.found] == [headers]


def test_what_a_service_gives_by_post_stands_on_the_page_that_asks_it() -> None:
    setting = replace(SETTING, portal=replace(PORTAL, platform="epoint"))
    column = f"{HOST}/dynamic/zwgk/govInfoPub.html?categorynum=003002"
    question = b'{"deptcode": "", "categorynum": "003002", "pageIndex": 1, "pageSize": 20, "siteGuid": "x"}'
    url = frontier("/EWB-FRONT/rest/lightfrontaction/getgovinfolist", referrer=column, method="POST", body=question)
    row = '{"infourl": "/003/20240122/1.html", "title": "青石县财政局2023年政府信息公开工作年度报告"}'
    body = f'{{"custom": {{"total": 21, "data": [{row}]}}}}'.encode()
    page = CapturedPage(url.url, 200, "", (("Content-Type", "text/html"),), body, NOW)
    found = decide(url, page, body, None, setting).found
    assert [(each.url.removeprefix(HOST), each.method, each.referrer) for each in found] == [
        ("/003/20240122/1.html", "GET", column),
        ("/EWB-FRONT/rest/lightfrontaction/getgovinfolist", "POST", column),
    ]
    assert found[1].body == question.replace(b'"pageIndex": 1', b'"pageIndex": 2')


def test_what_a_list_owes_is_settled_by_its_service_alone(tmp_path: Path) -> None:
    column = f"{HOST}/zwgk/zfxxgknb/"
    with Ledger(tmp_path / "ledger.db") as ledger:
        run = ledger.begin_run("test", {}, ["qingshi"])

        def fetch(
            url: str, outcome: Outcome, reason: str | None = None, detail: str | None = None, **more: str
        ) -> None:
            host = "www.qingshi.gov.cn"
            ledger.add(run, [Found(url, host, "qingshi", Role.LISTING, **more)])  # type: ignore[arg-type]
            capture = None
            if outcome is Outcome.OK:
                offset = sum(1 for _ in ledger.fetches())
                capture = Capture("0" * 64, url, NOW, 200, "text/html", "a.warc.gz", offset, 1)
            row = ledger.reopen(url)
            attempt = Attempt(row, NOW, 0.1, outcome, 200, reason, detail, capture=capture)
            ledger.record(run, attempt)

        fetch(
            column, Outcome.OK, "partial", "4 of 12 rows reached: older rows come from a search service; platform=trs"
        )
        assert [url.url for url in portal_end(ledger, "qingshi", column).partial] == [column]
        why = f"{SERVICE}: older rows, page 1"
        fetch(f"{HOST}/was5/web/search?page=1", Outcome.NOT_FOUND, referrer=column, why=why)
        end = portal_end(ledger, "qingshi", column)
        assert [url.url for url in end.partial] == [column]
        assert [url.outcome for url in end.failures] == [Outcome.NOT_FOUND]
        fetch(f"{HOST}/fjdzapp/data?page=1", Outcome.OK, referrer=column, why=why)
        end = portal_end(ledger, "qingshi", column)
        assert (end.partial, end.failures) == ((), ())
        fetch(f"{HOST}/fjdzapp/data?page=2", Outcome.SOFT_404, "stub:shell", referrer=column, why=why)
        assert [url.url for url in portal_end(ledger, "qingshi", column).partial] == [column]
        fetch(
            f"{HOST}/zwgk/long/",
            Outcome.OK,
            "partial",
            "200 of 900 pages reached: a list of more than 200 pages is cut",
        )
        fetch(f"{HOST}/zwgk/long/2", Outcome.OK, referrer=f"{HOST}/zwgk/long/", why=why)
        assert f"{HOST}/zwgk/long/" in {url.url for url in portal_end(ledger, "qingshi", column).partial}


def test_a_link_to_a_private_address_is_refused_as_such() -> None:
    row = (
        '<li><a href="http://0x7f.1/nb/202401/t20240109_23.htm">青石县水利局2023年政府信息公开年报</a>'
        "<span>2024-01-09</span></li>"
        '<li><a href="http://www.yunling.gov.cn/nb/202401/t20240109_24.htm">云岭县2023年政府信息公开年报</a>'
        "<span>2024-01-09</span></li>"
    )
    plain = replace(SETTING, portal=replace(PORTAL, platform=None))
    answer = answered(frontier("/xxgk/ndbg.htm"), row, setting=plain)
    found = {one.url: (one.excluded, one.detail) for one in answer.found}
    assert found == {
        "http://0x7f.1/nb/202401/t20240109_23.htm": ("private_address", "127.0.0.1 is not on the open Internet"),
        "http://www.yunling.gov.cn/nb/202401/t20240109_24.htm": (
            "foreign_host",
            "www.yunling.gov.cn is not a host of this portal",
        ),
    }


def test_no_more_pages_are_turned_than_a_list_says_it_has() -> None:
    pager = "".join(f"<a href='/nb.jsp?nd=2023&amp;page={n}&amp;ticket=5{n}'>{n}</a>" for n in (2, 3))
    row = ROW.format(n=23)
    for turns, words, reasons in ((2, " 共3页", {None}), (3, " 共3页", {"past_the_end"}), (9, "", {None})):
        body = row + pager + words
        plain = replace(SETTING, portal=replace(PORTAL, platform="generic"), turns=turns)
        found = answered(frontier("/nb.jsp?nd=2023&page=1&ticket=4e"), body, setting=plain).found
        assert {one.excluded for one in found if one.url.startswith(f"{HOST}/nb.jsp")} == reasons


def test_a_page_of_the_way_that_is_a_report_says_so() -> None:
    menu = "<a href='/ysq/'>依申请公开</a><a href='/fy/'>行政复议</a><a href='/ss/'>行政诉讼</a>"
    report = (
        "<h2>一、总体情况</h2><h2>二、主动公开政府信息情况</h2><h2>五、存在的主要问题</h2><a href='P1.doc'>附件</a>"
    )
    for role in (Role.HOME, Role.LISTING):
        whole = answered(frontier("/xxgk/nb2023/1.htm", role=role), f"<html>{menu}{report * 9}")
        assert whole.is_report
        assert [one.role for one in whole.found if one.url.endswith("P1.doc")] == [Role.ATTACHMENT]
        assert not answered(frontier("/xxgk/nb2023/1.htm", role=role), f"<html>{menu * 9}").is_report
        assert answered(frontier("/nb/blob?id=3", role=role), "%PDF-1.4 " + "x" * 99).is_report


def test_pictures_of_an_article_are_parts_of_it_and_keep_to_the_hosts_of_the_portal() -> None:
    title = "青石县财政局2023年政府信息公开工作年度报告"
    article = frontier("/info/12/23.htm", role=Role.ARTICLE, title_hint=title, date_hint="2024-01-09")
    body = "<img src='P1.jpg'><img src='https://cdn.elsewhere.example/P2.jpg'><img src='http://10.0.0.1/P3.jpg'>"
    found = answered(article, f"<html><h1>{title}</h1><div id='zoom'>{body}</div></html>").found
    assert [(one.url.rpartition("/")[2], one.role, one.excluded) for one in found] == [
        ("P1.jpg", Role.PICTURE, None),
        ("P2.jpg", Role.PICTURE, "off_site"),
        ("P3.jpg", Role.PICTURE, "private_address"),
    ]
    assert {(one.referrer, one.title_hint, one.depth) for one in found} == {(article.url, title, 4)}
    cdn = Setting(
        replace(PORTAL, hosts=("cdn.elsewhere.example",)),
        AllowList.of(replace(PORTAL, hosts=("cdn.elsewhere.example",))),
        SETTING.policy,
    )
    found = answered(article, f"<html><h1>{title}</h1><div id='zoom'>{body}</div></html>", setting=cdn).found
    assert [one.excluded for one in found] == [None, None, "private_address"]
    assert [one.priority for one in found] == sorted((one.priority for one in found), reverse=True)


def test_a_web_page_in_place_of_a_picture_is_none() -> None:
    picture = frontier("/show.jsp?id=3", role=Role.PICTURE)
    assert answered(picture, "<html><body><p>资源已迁移</p></body></html>").outcome is Outcome.SOFT_404
