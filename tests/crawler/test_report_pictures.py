"""Which pictures of an article are asked for: those that may be its report, and none of those that dress the page."""

from __future__ import annotations

import pytest

from archive.models import Level, ListingEntry, Portal, Role
from crawler.guard import AllowList
from crawler.pages import Page
from crawler.platforms import Context, PageReading, read
from crawler.platforms.report_pictures import MAX_PICTURES

SITE = "http://www.shixi.gov.cn"
URL = f"{SITE}/zwgk/nb/202401/t20240120_3.html"
TITLE = "石溪县水务局2023年政府信息公开工作年度报告"
SECTIONS = (
    "一、总体情况 本局依法办理。二、主动公开政府信息情况 三、收到和处理政府信息公开申请情况 四、行政复议、行政诉讼情况"
)
TABLES = "行政事业性收费 本年收费金额 四、结转下年度继续办理 结果维持 结果纠正"
PORTAL = Portal("shixi", "石溪县人民政府", "990100", Level.COUNTY, f"{SITE}/")


def reading(body: str, *, title: str = TITLE, listed: bool = True, around: str = "") -> PageReading:
    entry = ListingEntry(URL, title, "2024-01-20", "石溪县水务局", f"{SITE}/zwgk/nb/") if listed else None
    page = f'<html><title>{title}</title><body>{around}<h1>{title}</h1><div id="zoom">{body}</div></body></html>'
    allowed = AllowList.of(PORTAL)
    context = Context(portal=PORTAL, role=Role.ARTICLE, allows=allowed.allows, entry=entry)
    return read(Page(URL, 200, page.encode()), context, "generic")


def pictures(body: str, **more: object) -> list[str]:
    """The addresses taken, in the order in which they would be asked for."""
    found = reading(body, **more).follow  # type: ignore[arg-type]
    return [link.url.removeprefix(f"{SITE}/zwgk/nb/202401/") for link in found if link.role is Role.PICTURE]


def shown(*names: str, **attributes: str) -> str:
    more = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return "".join(f'<p><img src="{name}" {more}></p>' for name in names)


def test_pages_in_place_of_text_are_taken_in_their_order() -> None:
    names = [f"P02024012{number}.jpg" for number in (5, 3, 9)]
    assert pictures(shown(*names)) == names
    (first, *_) = reading(shown(*names)).follow
    assert first.entry is not None
    assert (first.entry.title, first.entry.listing_url) == (TITLE, URL)
    assert reading(shown(*names)).facts["pictures"] == "3"


def test_a_page_with_text_and_tables_needs_no_picture() -> None:
    whole = f"<p>{SECTIONS}{'依法公开政府信息。' * 100}</p><p>{TABLES}</p>"
    assert pictures(whole + shown("P1.jpg")) == []
    split = whole.replace("行政事业性收费", "行政 <br>事业性收费")
    assert pictures(split + shown("P1.jpg")) == []


@pytest.mark.parametrize("label", TABLES.split()[:1] + TABLES.split()[2:4])
def test_a_table_that_the_text_lacks_may_be_a_picture(label: str) -> None:
    text = f"<p>{SECTIONS}{'依法公开政府信息。' * 100}</p><p>{TABLES.replace(label, '')}</p>"
    assert pictures(text + shown("P1.jpg")) == ["P1.jpg"]
    old = TITLE.replace("2023", "2016")
    assert pictures(text + shown("P1.jpg"), title=old) == [], "reports before 2019 have no such tables"


@pytest.mark.parametrize(
    "ornament",
    [
        shown("logo.png"),
        shown("/images/icon_word.gif"),
        shown("ewm.jpg"),
        shown("P1.jpg", width="120"),
        shown("P1.jpg", height="40px"),
        shown("P1.jpg", style="width: 88px; border: 0"),
        shown("data:image/png;base64,AAAA"),
        '<div class="footer">' + shown("P1.jpg") + "</div>",
    ],
)
def test_what_dresses_the_page_is_left_out(ornament: str) -> None:
    assert pictures(ornament) == []


def test_the_head_of_the_site_is_no_part_of_the_article() -> None:
    assert pictures(shown("P1.jpg"), around=shown("/upload/P9.jpg")) == ["P1.jpg"]


def test_a_picture_that_a_script_loads_late_is_found_behind_its_stand_in() -> None:
    assert pictures('<img src="/images/loading.gif" data-src="P1.jpg" width="100%">') == ["P1.jpg"]
    assert pictures("<script>viewer(['P1.jpg', 'P2.png'])</script>") == ["P1.jpg", "P2.png"]


def test_a_file_in_the_text_is_the_report_and_pictures_are_left_alone() -> None:
    assert pictures(shown("P1.jpg") + '<a href="P1.pdf">年度报告.pdf</a>') == []


def test_only_an_article_that_a_list_names_as_a_report_is_looked_at() -> None:
    assert pictures(shown("P1.jpg"), listed=False) == []
    assert pictures(shown("P1.jpg"), title="石溪县2023年政府信息公开工作年度报告图解") == []


def test_the_number_of_pictures_is_bounded() -> None:
    assert len(pictures(shown(*(f"P{number}.jpg" for number in range(100))))) == MAX_PICTURES
