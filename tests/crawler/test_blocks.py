"""Blocks, stubs and soft 404s are told by evidence, and genuine pages are left alone: tried both ways."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Outcome, Role
from crawler.blocks import judge, rules
from tests.shared import SHARED, needs_shared

HTML = {"Content-Type": "text/html; charset=utf-8"}
URL = "http://www.qingshi.gov.cn/zwgk/xxgknb/202401/t20240123_1830508.html"
LIST = "http://www.qingshi.gov.cn/zwgk/xxgknb/index_7.html"
FILE = "http://www.qingshi.gov.cn/zwgk/xxgknb/202401/P020240123318012345678.docx"


def of_size(markup: str, size: int) -> str:
    """The markup with a comment in its script-free tail, so that it has as many bytes as the stub that was seen."""
    return markup + "<!--" + "x" * max(size - len(markup.encode()) - 7, 0) + "-->"


BLOCKED = {
    "412 with a script": (412, URL, "<script src='/4QbVtADbnLVIc/c.FxJzG50F.js'></script>", "blocked:412_js"),
    "521 加速乐": (521, URL, "<script>document.cookie='__jsl_clearance_s=1'</script>", "blocked:521_jsl"),
    "加速乐 with status 200": (200, URL, "<script>var x='__jsl_clearance_s';go(x)</script>", "blocked:521_jsl"),
    "403 GeoBL": (403, URL, "<html><body>Access denied reason:GeoBL id:1</body></html>", "blocked:geo"),
    "403 WZWS": (403, URL, "<html><title>WZWS</title><body>wzws-ray</body></html>", "blocked:wzws"),
    "403 $_ts": (403, URL, "<script>$_ts=window['$_ts'];</script>", "blocked:waf"),
    "403 plain": (403, URL, "<html><body>Forbidden</body></html>", "blocked:403"),
    "403 of the home page": (403, "http://www.qingshi.gov.cn/", "<html><body>Forbidden</body></html>", "blocked:403"),
    "405 slider": (405, URL, "<html><body>请拖动滑块完成验证</body></html>", "blocked:captcha"),
    "C3VK": (
        200,
        URL,
        of_size(
            "<html><script>document.cookie='C3VK=ab12; max-age=300';location.href=location.href</script></html>", 380
        ),
        "blocked:cookie_challenge",
    ),
    "slider with status 200": (200, URL, "<html><body><div>请向右滑动完成验证</div></body></html>", "blocked:captcha"),
    "acw": (200, URL, "<script>var arg1='0123456789ABCDEF0123456789ABCDEF01234567';</script>", "blocked:acw_js"),
    "瑞数 202": (202, URL, "<html><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script></html>", "blocked:ruishu_js"),
    "JS redirect of 1,166 bytes": (
        200,
        URL,
        of_size(
            "<html><body><script>var p='/a';var k=h(p);window.location.href=p+'?k='+k;</script></body></html>", 1166
        ),
        "blocked:js_redirect",
    ),
    "CDN page": (200, URL, "<html><body><div class='online-desc-con'>网站维护</div></body></html>", "blocked:cdn_page"),
    "captcha before a download": (200, FILE, "<html><body>请输入验证码后下载</body></html>", "blocked:captcha"),
    "no right to a file": (200, FILE, "<html><body>您没有权限下载</body></html>", "blocked:download_gate"),
    "雷池": (200, URL, "<title>安全检测</title><script src='/.safeline/challenge.js'></script>", "blocked:safeline"),
    "雷池 with its own status": (468, URL, "<html><body>雷池 WAF</body></html>", "blocked:safeline"),
    "_guard": (200, URL, "<html><script src='/_guard/auto.js'></script></html>", "blocked:guard_js"),
    "browser check in words": (200, URL, "<body>正在验证您的浏览器，请稍候</body>", "blocked:browser_check"),
    "firewall of a server": (200, URL, "<title>D盾_拦截提示</title><p>参数非法</p>", "blocked:waf"),
    "login": (200, URL, "<html><title>用户登录</title><input type='password'></html>", "blocked:login"),
    "geography under 200": (200, URL, "<html><body>本网站仅限中国大陆地区访问</body></html>", "blocked:geo"),
    "geography by region": (200, URL, "<html><body>抱歉，您所在的地区无法访问</body></html>", "blocked:geo"),
    "browser check": (503, URL, "<html><title>Just a moment...</title><body>…</body></html>", "blocked:browser_check"),
    "瑞数 in its newer form": (
        200,
        URL,
        "<html><script r='m'>$_ts={};$_ts.cd='q'</script></html>",
        "blocked:ruishu_js",
    ),
    "瑞数 by its meta tag": (
        200,
        URL,
        "<html><meta id='wf' content='x' r='m'><script src='/4Q/c.js' r='m'></script><form></form></html>",
        "blocked:ruishu_js",
    ),
    "too often": (200, URL, "<html><body>您的IP 192.0.2.9 访问频率过高，请稍后再试</body></html>", "blocked:waf"),
    "policy": (200, URL, "<html><title>访问拒绝</title><body>当前访问因违反安全策略被拒绝", "blocked:waf"),
    "intercepted": (200, URL, "<html><body>您的访问可能存在威胁，已被拦截</body></html>", "blocked:waf"),
}
SOFT = {
    "13-byte shell": (200, URL, "<html></html>", "stub:shell"),
    "54-byte list service": (
        200,
        "http://www.qingshi.gov.cn/module/web/jpage/dataproxy.jsp?page=3",
        "<datastore><nextgroup></nextgroup></datastore>\n\n\n\n\n\n\n\n",
        "stub:dataproxy",
    ),
    "index_N of 350 bytes": (
        200,
        LIST,
        of_size("<html><head><title></title></head><body><br></body></html>", 350),
        "stub:list_end",
    ),
    "error page for a file": (200, FILE, "<html><body>系统繁忙</body></html>", "soft_404:html_for_file"),
    "404 in the title": (200, URL, "<html><title>404 - 青石县人民政府</title><body>" + "导航" * 900, "soft_404:title"),
    "page gone in the title": (200, URL, "<html><title>您访问的页面不存在</title><body>返回首页", "soft_404:title"),
    "page gone": (
        200,
        URL,
        "<html><title>青石县</title><body>抱歉，您要访问的页面不存在或已被删除！",
        "soft_404:words",
    ),
    "message of a script": (200, URL, "<script>alert('该信息未发布');window.close();</script>", "soft_404:alert"),
    "message and a way home": (200, URL, "<script>alert('参数错误！');location.href='/';</script>", "soft_404:alert"),
    "picture of an error": (200, URL, "<html><body><img src='/i/404.png'><a href='/'>返回首页</a>", "soft_404:picture"),
    "404 in a title of a site": (200, URL, "<html><title>404_青石县人民政府</title>" + "导航" * 900, "soft_404:title"),
    "article withdrawn": (200, URL, "<html><title>青石县</title><body>该信息已下线", "soft_404:words"),
    "English 404": (
        200,
        URL,
        "<html><head></head><body><h1>404 Not Found</h1><hr>nginx</body></html>",
        "soft_404:words",
    ),
}
SERVER = {
    "exception": (URL, "<html><body><h1>HTTP Status 500</h1>java.lang.NullPointerException", "error_page:server"),
    "ASP": (URL, "<font face=宋体>Microsoft OLE DB Provider for SQL Server</font> 错误", "error_page:server"),
    "mending": (URL, "<html><title>提示</title><body>网站正在维护升级，请稍后访问", "error_page:maintenance"),
    "gateway": (URL, "<html><title>502 Bad Gateway</title><body><h1>502 Bad Gateway", "error_page:server"),
    "no time": (URL, "<html><title>提示</title><body>系统繁忙，请稍后再试！", "error_page:busy"),
    "no site": (URL, "<html><title>Welcome to nginx!</title><body>It works.", "error_page:no_site"),
    "unknown site": (URL, "<html><title>没有找到站点</title><body>没有找到对应的站点", "error_page:no_site"),
}
MENU = "".join(f"<li><a href='/c{number}/'>栏目名称之{number}</a></li>" for number in range(90))
SECTIONS = "".join(
    f"<h2>{heading}</h2><p>2023年，青石县科学技术局认真贯彻落实《中华人民共和国政府信息公开条例》，稳步推进各项工作。</p>"
    for heading in (
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、行政复议、行政诉讼情况",
        "五、存在的主要问题",
    )
)
FOOTER = "<p>" + "主办：青石县人民政府办公室 承办：青石县大数据中心 网站标识码 " * 6 + "</p>"
GENUINE = {
    "report": (URL, f"<html><title>2023年年报</title><body>{SECTIONS}</body></html>"),
    "report that mentions a captcha": (
        URL,
        f"<html><body>{SECTIONS * 2}<p>依申请公开平台请输入验证码，增加滑动验证，拦截疑似攻击。</p></body></html>",
    ),
    "report that mentions missing pages": (
        URL,
        f"<html><body>{SECTIONS * 2}<p>清理您访问的页面不存在、404错误等无效链接12条。</p></body></html>",
    ),
    "short notice with a file": (
        URL,
        "<html><title>2017年年报</title><body><p>现将2017年政府信息公开工作年度报告予以公布。</p>"
        "<a href='./P0201801231.doc'>附件</a></body></html>",
    ),
    "pdf viewer": (
        URL,
        '<html><title>年报</title><body><script>showVsbpdfIframe("/__local/a.pdf","100%")</script></body></html>',
    ),
    "page whose script reloads and sets a cookie": (
        URL,
        f"<html><script>document.cookie='n=1';function r(){{location.reload()}}</script><p>{SECTIONS * 2}</html>",
    ),
    "short last page of a list": (
        LIST,
        "<html><body><ul><li><a href='./201001/t20100120_1.html'>青石县2009年年报</a></li></ul></body></html>",
    ),
    "meta refresh of 268 bytes": (
        "http://www.qingshi.gov.cn/",
        of_size("<html><meta http-equiv=refresh content='0;url=/p/'></html>", 268),
    ),
    "literal script redirect": (
        "http://www.qingshi.gov.cn/",
        "<html><script>window.location.href='/portal/index.html';</script></html>",
    ),
    "Word file saved as HTML": (
        "http://www.qingshi.gov.cn/a.doc",
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><body>2009年度报告</body></html>",
    ),
    "search box with a captcha field": (
        URL,
        f"<html><title>年报</title><body><form>请输入验证码<input></form>{SECTIONS}{FOOTER}</body></html>",
    ),
    "document 404": (URL, f"<html><title>404号文件的通知</title><body>{SECTIONS}"),
    "redirect of 44 bytes": ("http://www.qingshi.gov.cn/", "<script>location.href='/gb/index.html'</script>  "),
    "list of a system's renewal": (LIST, f"<html><title>年报</title><body><a href=a.html>系统升级改造</a>{FOOTER}"),
    "list filled by a script that may fail": (
        LIST,
        "<html><ul></ul><a href='/'>首页</a><script>$.get(u).fail(function(){alert('参数错误')})</script>",
    ),
    "list page with a login link": (
        LIST,
        f"<html><title>年报</title><body><a href=/login>登录</a>{FOOTER}</body></html>",
    ),
}


@pytest.mark.parametrize("name", BLOCKED)
def test_blocks_are_recognised(name: str) -> None:
    status, url, body, reason = BLOCKED[name]
    verdict = judge(status, HTML, body.encode(), url)
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.BLOCKED, reason)
    assert 0 < len(verdict.evidence) <= 200


@pytest.mark.parametrize("name", SOFT)
def test_stubs_and_soft_404s_are_recognised(name: str) -> None:
    status, url, body, reason = SOFT[name]
    verdict = judge(status, HTML, body.encode(), url)
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.SOFT_404, reason)


@pytest.mark.parametrize("name", SERVER)
def test_an_error_of_the_server_is_one_whatever_its_status(name: str) -> None:
    url, body, reason = SERVER[name]
    verdict = judge(200, HTML, body.encode(), url)
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.HTTP_ERROR, reason)


COVER = "<html><body><h1>青石县财政局2023年政府信息公开工作年度报告</h1><a href='P1.pdf'>附件</a>"


@pytest.mark.parametrize(
    "beside",
    [
        "<script type='text/javascript'>//禁止右键</script>",
        "<script>$.post(u).fail(function(){alert('请求过于频繁')})</script>",
        "<!-- java.lang.NullPointerException --><script>console.log('Uncaught Error: ' + e)</script>",
        "<script>if(!f)alert('您访问的文件不存在');</script>",
        "<table><tr><td>有效性</td><td>该信息已失效</td></tr></table>",
        "<img src='W1.jpg' onerror=\"this.src='/img/404.png'\">",
    ],
)
def test_a_cover_with_its_file_is_no_error_whatever_its_scripts_and_labels_say(beside: str) -> None:
    assert judge(200, HTML, f"{COVER}{beside}".encode(), URL, role=Role.ARTICLE) is None


def test_who_mends_a_site_and_what_a_hospital_is_called_are_no_errors() -> None:
    for page in (
        f"<h1>年报</h1><p>网站维护：县政府信息中心</p>{' ' * 64}",
        f"<title>404医院2023年年报</title>{SECTIONS}",
    ):
        assert judge(200, HTML, f"<html>{page}".encode(), URL, role=Role.ARTICLE) is None


def test_a_missing_article_is_one_in_the_frame_of_its_site_too() -> None:
    gone = f"<html><title>青石县人民政府</title><ul>{MENU}</ul><div>您访问的页面不存在</div>{FOOTER}".encode()
    verdict = judge(200, HTML, gone, URL, role=Role.ARTICLE)
    assert verdict is not None
    assert verdict.reason == "soft_404:words"
    report = f"<html><ul>{MENU}</ul>{SECTIONS * 2}<p>清理您访问的页面不存在等无效链接12条。</p>".encode()
    assert judge(200, HTML, report, URL, role=Role.ARTICLE) is None
    assert judge(200, HTML, gone, URL, role=Role.HOME) is None


@pytest.mark.parametrize("name", GENUINE)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_genuine_pages_are_left_alone(name: str, encoding: str) -> None:
    url, body = GENUINE[name]
    assert judge(200, {"Content-Type": "text/html"}, body.encode(encoding), url) is None


def test_a_page_in_gbk_is_judged_by_its_words() -> None:
    verdict = judge(200, {}, "<html><body>您访问的页面不存在</body></html>".encode("gbk"), URL)
    assert verdict is not None
    assert verdict.reason == "soft_404:words"


def test_a_folder_without_an_index_page_is_no_block() -> None:
    assert (
        judge(403, HTML, b"<html><body>403 Forbidden<hr>nginx</body></html>", "http://www.qingshi.gov.cn/zwgk/") is None
    )


@pytest.mark.parametrize("status", [301, 302, 304, 404, 410, 429, 500, 503])
def test_statuses_with_a_meaning_of_their_own_are_the_callers(status: int) -> None:
    assert judge(status, HTML, b"<html><body>Service error</body></html>", URL) is None


def test_a_file_is_no_stub_whatever_its_size() -> None:
    assert (
        judge(200, {"Content-Type": "application/pdf"}, b"%PDF-1.4 " + b"x" * 90, FILE.replace("docx", "pdf")) is None
    )
    assert judge(200, {"Content-Type": "application/json"}, b'{"total":0,"docs":[]}', "http://h.gov.cn/search") is None


def test_the_role_says_that_a_file_was_asked_for() -> None:
    url, body = (
        "http://www.qingshi.gov.cn/system/get?id=5",
        "<html><body>欢迎使用本系统，请先阅读说明</body></html>".encode(),
    )
    assert judge(200, HTML, body, url) is None
    verdict = judge(200, HTML, body, url, role=Role.ATTACHMENT)
    assert verdict is not None
    assert verdict.reason == "soft_404:html_for_file"


@pytest.mark.parametrize(
    "markup", ["<div id='app'></div><script src=/m.js></script>", "<p>您的浏览器版本过低，请升级浏览器后访问</p>"]
)
def test_a_page_that_only_a_script_fills_is_said_to_be_one(markup: str) -> None:
    verdict = judge(200, HTML, of_size(f"<html><body>{markup}</body></html>", 900).encode(), URL)
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.UNREADABLE, "needs_js")


def test_every_rule_is_met_by_a_page_of_these_tests() -> None:
    known = {row[-1] for row in (*BLOCKED.values(), *SOFT.values(), *SERVER.values())} | {"needs_js"}
    assert {rule.reason for rule in rules()} - known <= {"blocked:405", "blocked:edge_js"}


@settings(deadline=None)
@given(st.integers(200, 599), st.binary(max_size=300), st.sampled_from([URL, LIST, FILE]))
def test_no_answer_raises(status: int, body: bytes, url: str) -> None:
    judge(status, HTML, body, url)


@needs_shared
def test_real_report_pages_are_left_alone() -> None:
    pages = sorted((SHARED / "reports").glob("**/*.html"))
    assert pages
    for path in pages:
        if path.parent.name != "snippets":
            assert judge(200, {"Content-Type": "text/html"}, path.read_bytes(), URL) is None, path.name
