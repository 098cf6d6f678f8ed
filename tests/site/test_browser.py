"""The pages in a real browser: they fit a phone, break no rule of their own, and ask no other host for anything."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from archive.site.worker import make_site

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs the system's chromium (.ci/system-packages installs it)"),
]
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (1280, 390, 320)
PAGES = (
    "/",
    "/search",
    "/confidence",
    "/search?q=公开",
    "/search?q=2023&in=title",
    "/search?q=云溪市粮食局",
    "/agencies",
    "/agencies?q=没有的",
    "/search?q=没有的词",
    "/report/u-0000000000-2023?q=独角兽",
    "/report/u-0000000000-2020",
    "/agency/u-0000000000",
    "/archive",
    "/archive/sections?_search=公开",
    "/archive/reports",
    "/archive/statistics?report_id=u-0000000000-2023",
    "/archive/reports/u-0000000000-2023",
)


class QuietServer(uvicorn.Server):
    """A server in a thread: signals are the test runner's."""

    def install_signal_handlers(self) -> None:
        """Leaves the signals alone."""


@pytest.fixture(scope="module")
def address(database: Path) -> Iterator[str]:
    """The site on a free port of the loopback interface."""
    site = make_site(database)
    listener = socket.create_server(("127.0.0.1", 0))
    server = QuietServer(uvicorn.Config(site.app(), log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(20)
    listener.close()
    site.get_database("archive").close()
    site.executor.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for the module."""
    with playwright.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield started
        started.close()


class Visit:
    """One browser window and what went wrong in it."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self.note)

    def note(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.complaints.append(f"asked for {request.url}")

    def go(self, path: str) -> Any:
        return self.page.goto(self.address + path)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_every_page_fits_and_breaks_no_rule(browser: Any, address: str, locale: str) -> None:
    with Visit(browser, address, locale=locale) as visit:
        for path in PAGES:
            assert visit.go(path).status == 200
            assert visit.page.get_attribute("html", "lang") == ("zh-CN" if locale == "zh-CN" else "en")
            for width in WIDTHS:
                visit.page.set_viewport_size({"width": width, "height": 800})
                assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        assert visit.complaints == []


def test_search_by_hand(browser: Any, address: str) -> None:
    with Visit(browser, address, locale="zh-CN", viewport={"width": 390, "height": 800}) as visit:
        visit.go("/")
        visit.page.get_by_role("searchbox").press("Enter")
        visit.page.wait_for_url("**/search?q=&*")
        assert visit.page.locator(".help").count() == 2
        visit.page.get_by_role("searchbox").fill("独角兽")
        visit.page.get_by_role("button", name="检索").click()
        assert visit.page.locator(".hits > li").count() == 1
        visit.page.locator(".hits h3 a").click()
        assert "#s1" in visit.page.url
        assert visit.page.locator("mark").first.inner_text() == "独角兽"
        visit.page.get_by_role("link", name="English").click()
        assert visit.page.get_attribute("html", "lang") == "en"
        visit.page.get_by_role("link", name="Search", exact=True).click()
        assert visit.page.get_attribute("html", "lang") == "en"  # the chosen language is kept without a cookie
        assert visit.context.cookies() == []
        assert visit.complaints == []


def test_the_table_search_box_works_blank_and_in_chinese(browser: Any, address: str) -> None:
    with Visit(browser, address, locale="zh-CN") as visit:
        visit.go("/archive/sections")
        every = visit.page.locator(".toolbar strong").inner_text()
        visit.page.locator("#_search").press("Enter")
        assert visit.page.locator(".toolbar strong").inner_text() == every
        visit.page.locator("#_search").fill("独角兽")
        visit.page.locator("#_search").press("Enter")
        assert visit.page.locator(".toolbar strong").inner_text() == "1 行"
        assert visit.page.locator("td mark").inner_text() == "独角兽"
        assert visit.complaints == []


def test_a_number_tells_of_itself_by_keyboard(browser: Any, address: str) -> None:
    with Visit(browser, address, locale="en-GB") as visit:
        visit.go("/report/u-0000000000-2023")
        visit.page.locator(".scroll:has(table.t2)").focus()
        visit.page.keyboard.press("Tab")
        shown = visit.page.evaluate("getComputedStyle(document.activeElement, '::after').content")
        assert "placeholder; printed “/”; unit 件; source: table 2" in shown
        visit.page.keyboard.press("Enter")
        visit.page.wait_for_url("**/cell/rules_issued")
        assert visit.page.locator(".figure").inner_text() == "placeholder"
        visit.go("/report/u-0000000000-2023")
        flag = visit.page.locator("a.flag").first
        flag.press("Enter")
        assert "#check-" in visit.page.url
        assert visit.complaints == []


def test_wide_tables_scroll_inside_their_box_on_a_phone(browser: Any, address: str) -> None:
    with Visit(browser, address, locale="zh-CN", viewport={"width": 390, "height": 800}) as visit:
        visit.go("/report/u-0000000000-2023")
        box = visit.page.locator(".scroll:has(table.t3)")
        assert box.evaluate("box => box.scrollWidth > box.clientWidth")
        assert box.evaluate("box => getComputedStyle(box).overflowX") == "auto"


def test_night_and_print_have_their_own_dress(browser: Any, address: str) -> None:
    with Visit(browser, address, color_scheme="dark") as visit:
        visit.go("/")
        dark = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
        visit.page.emulate_media(color_scheme="light")
        assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
        visit.page.emulate_media(media="print")
        assert not visit.page.locator(".masthead nav").is_visible()


def test_a_capture_is_a_download(browser: Any, address: str) -> None:
    with Visit(browser, address) as visit:
        visit.go("/report/u-0000000000-2023")
        with visit.page.expect_download() as download:
            visit.page.locator("dl.source a[href^='/capture/']").first.click()
        assert download.value.suggested_filename.endswith(".html")
