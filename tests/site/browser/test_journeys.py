"""Ways through the site as a reader goes them: by hand, by keyboard, on a phone, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.site.browser.visit import Visit

pytestmark = pytest.mark.browser
FOCUSED = """() => {
  const element = document.activeElement, style = getComputedStyle(element);
  const skipped = element.matches(".skip") && element.getBoundingClientRect().left < 0;
  return element === document.body ? null : {
    name: (element.getAttribute("aria-label") || element.innerText || element.id || element.className).trim(),
    place: [...document.querySelectorAll("a[href], input, button, summary, [tabindex]")].indexOf(element),
    seen: !skipped && (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
  };
}"""


def tabs(visit: Visit, most: int = 400) -> Iterator[dict[str, Any]]:
    """Presses the tab key until the focus leaves the page; gives what has the focus each time."""
    for _ in range(most):
        visit.page.keyboard.press("Tab")
        focused = visit.page.evaluate(FOCUSED)
        if focused is None:
            return
        yield focused


def test_search_by_hand(browser: Any, address: str) -> None:
    with Visit(browser, address, locale="zh-CN", viewport={"width": 390, "height": 800}) as visit:
        visit.go("/")
        visit.follow(visit.page.get_by_role("searchbox"), "Enter")
        assert "/search?q=&" in visit.page.url
        assert visit.page.locator(".help").count() == 2
        visit.page.get_by_role("searchbox").fill("独角兽")
        visit.follow(visit.page.get_by_role("button", name="检索"))
        assert visit.page.locator(".hits > li").count() == 1
        visit.follow(visit.page.locator(".hits h3 a"))
        assert "#s1" in visit.page.url
        assert visit.page.locator("mark").first.inner_text() == "独角兽"
        visit.follow(visit.page.get_by_role("link", name="English"))
        assert visit.page.get_attribute("html", "lang") == "en"
        visit.follow(visit.page.get_by_role("link", name="Search", exact=True))
        assert visit.page.get_attribute("html", "lang") == "en"  # the chosen language is kept without a cookie
        assert visit.context.cookies() == []
        assert visit.complaints == []


def test_the_table_search_box_works_blank_and_in_chinese(browser: Any, address: str) -> None:
    with Visit(browser, address, locale="zh-CN") as visit:
        visit.go("/archive/sections")
        every = visit.page.locator(".toolbar strong").inner_text()
        visit.follow(visit.page.locator("#_search"), "Enter")
        assert visit.page.locator(".toolbar strong").inner_text() == every
        visit.page.locator("#_search").fill("独角兽")
        visit.follow(visit.page.locator("#_search"), "Enter")
        assert visit.page.locator(".toolbar strong").inner_text() == "1 行"
        assert visit.page.locator("td mark").inner_text() == "独角兽"
        assert visit.complaints == []


def test_a_number_tells_of_itself_by_keyboard(browser: Any, address: str) -> None:
    with Visit(browser, address, locale="en-GB") as visit:
        visit.go("/report/u-0000000000-2023")
        visit.page.locator(".scroll:has(table.t2)").focus()
        visit.page.keyboard.press("Tab")
        shown = visit.page.evaluate("getComputedStyle(document.activeElement, '::after').content")
        assert "placeholder; printed “/”; unit 件 (items); source: table 2" in shown
        visit.follow(visit.page.keyboard, "Enter")
        assert visit.page.url.endswith("/cell/rules_issued/source#here")
        assert visit.page.locator(".figure").inner_text() == "placeholder"
        assert visit.page.locator("#here").inner_text() == "/"
        visit.go("/report/u-0000000000-2023")
        visit.follow(visit.page.locator("a.flag").first, "Enter")
        assert "#check-" in visit.page.url
        assert visit.complaints == []


def test_the_original_opens_at_the_marked_number_also_on_a_phone(browser: Any, address: str) -> None:
    with Visit(browser, address, locale="zh-CN", viewport={"width": 390, "height": 800}) as visit:
        visit.go("/report/u-0000000000-2023")
        visit.follow(visit.page.locator("table.t4 td > a:not(.flag)").nth(3))
        box = visit.page.locator("#here").bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= 390
        pinned = visit.page.locator(".pinned").bounding_box()
        assert pinned["y"] + pinned["height"] <= box["y"] < 800
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
        visit.go("/search?q=公开")  # what is not printed leaves its place to what is
        widths = [visit.page.locator(part).first.bounding_box()["width"] for part in (".found", ".hits")]
        assert widths[0] == widths[1]


def test_a_capture_is_a_download(browser: Any, address: str) -> None:
    with Visit(browser, address) as visit:
        visit.go("/report/u-0000000000-2023")
        with visit.page.expect_download() as download:
            visit.page.locator("dl.source a[href^='/capture/']").first.click()
        assert download.value.suggested_filename.endswith(".html")


def test_from_a_search_to_the_source_of_a_number(browser: Any, addresses: dict[str, str]) -> None:
    with Visit(browser, addresses["analysed"], locale="en-GB") as visit:
        page = visit.page
        visit.go("/")
        page.get_by_role("searchbox").fill("公开")
        visit.follow(page.get_by_role("button", name="Search"))
        assert len({title.split()[-1] for title in page.locator(".hits h3").all_inner_texts()}) > 1
        visit.follow(page.locator(".facets a, .filters a, .filters-side a").filter(has_text="2023").first)
        assert "year=2023" in page.url
        assert {title.split()[-1] for title in page.locator(".hits h3").all_inner_texts()} == {"2023"}
        assert page.get_by_role("searchbox").input_value() == "公开"
        visit.follow(page.locator(".hits h3 a").filter(has_text="2023").first)
        assert "/report/" in page.url
        number = page.locator("table.t3 td > a:not(.flag)").first
        title = number.get_attribute("title")
        visit.follow(number)
        assert "/cell/requests_received/" in page.url
        assert page.locator(".figure").inner_text().split()[0] in title
        visit.follow(page.locator(".facts a[href*='_about=1']"))
        assert "/capture/" in page.url
        assert page.locator("h1").count() == 1
        page.go_back()
        visit.follow(page.locator(".kicker a[href*='/report/']"))
        assert "/report/" in page.url
        assert "/cell/" not in page.url
        assert visit.complaints == []


def test_bodies_are_put_side_by_side_by_hand(browser: Any, address: str) -> None:
    with Visit(browser, address, locale="zh-CN", viewport={"width": 390, "height": 800}) as visit:
        page = visit.page
        visit.go("/compare")
        for name in ("云溪市粮食局", "云溪市1水务局"):
            page.locator("#find").fill(name)
            visit.follow(page.locator("#find"), "Enter")
            visit.follow(page.locator(".found-names a").first)
        assert page.locator(".chosen").count() == 2
        assert page.locator("table.matrix").count() == 1
        visit.follow(page.locator(".chosen a").first)
        assert page.locator(".chosen").count() == 1
        assert "云溪市1水务局" in page.locator(".chosen").inner_text()
        assert visit.complaints == []


def test_another_language_keeps_the_page(browser: Any, addresses: dict[str, str]) -> None:
    with Visit(browser, addresses["evidence"], locale="zh-CN") as visit:
        for path in (
            "/search?q=公开&year=2023&sort=seen",
            "/report/u-0000000000-2023/changes?year=2022",
            "/findings?show=questions",
        ):
            visit.go(path)
            there = visit.page.url
            visit.follow(visit.page.get_by_role("link", name="English"))
            assert visit.page.get_attribute("html", "lang") == "en"
            assert set(there.partition("?")[2].split("&")) <= set(visit.page.url.partition("?")[2].split("&"))
            visit.follow(visit.page.get_by_role("link", name="中文"))
            assert visit.page.get_attribute("html", "lang") == "zh-CN"
            assert visit.page.url.partition("?")[0] == there.partition("?")[0]


@pytest.mark.parametrize(
    "path", ["/", "/search?q=公开", "/report/u-0000000000-2023", "/compare?a=u-0000000000", "/findings"]
)
def test_the_keyboard_alone_reaches_everything_in_order(browser: Any, addresses: dict[str, str], path: str) -> None:
    with Visit(browser, addresses["evidence"], locale="en-GB") as visit:
        visit.go(path)
        stops = list(tabs(visit))
        assert stops[0]["name"] == "Skip to the content"
        assert [stop["name"] for stop in stops if not stop["seen"]] == []
        places = [stop["place"] for stop in stops]
        assert places == sorted(places)
        assert stops[1]["name"].startswith("Gongkai")


def test_the_skip_link_leads_past_the_navigation(browser: Any, address: str) -> None:
    with Visit(browser, address, locale="en-GB") as visit:
        visit.go("/agencies")
        visit.page.keyboard.press("Tab")
        assert visit.page.locator(".skip").bounding_box()["x"] >= 0
        visit.page.keyboard.press("Enter")
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.closest('main') !== null")


def test_what_is_folded_opens_by_keyboard(browser: Any, addresses: dict[str, str]) -> None:
    with Visit(browser, addresses["analysed"], locale="en-GB") as visit:
        visit.go("/report/u-0000000000-2023")
        folded = visit.page.query_selector("details:not([open]) > summary")
        folded.focus()
        visit.page.keyboard.press("Enter")
        assert folded.evaluate("summary => summary.parentElement.open")
