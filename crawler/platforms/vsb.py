"""VSB (西安博达): 临沂 with its departments and counties, 府谷 and other counties of 陕西, universities.

How to recognise it: articles `/info/<column>/<id>.htm`, `id="vsb_content"`, `v_news_content`, `pb_sys_common`. Where
its parameters are found: rows are `li[id^=line_u]`; further pages count down (of T the second is `<list>/<T-1>.htm`,
the last `<list>/1.htm`) and are renumbered when an item is added, so only 下页 is followed, never computed
(`span.p_next a`, on older sites `a.Next`). Files: `download.jsp?…wbfileid=…`, `/__local/…`, `/virtual_attach_file.vsb`,
and the first argument of `showVsbpdfIframe`, which may be all that an article holds. The table above the text has
索引号, 公开目录 and dates such as 2024/01/30; a link that an article gives to itself may be out of date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.pages import Page, PageLink, date_in_text, host_of, links_of
from crawler.platforms import amended, articles, reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import Context, PageReading
from crawler.platforms.pagers import Pager, link_pager, marks_next
from crawler.platforms.reading import Territory

_TERRITORY = Territory(
    re.compile(r"/info/\d+/\d+\.html?\Z|[?&]urltype=news\.NewsContentUrl\b"), re.compile(r"/\w+/20\d\d\w{0,8}\.htm\Z")
)
_FILES = re.compile(r"/system/_?content/download\.jsp|/__local/|/virtual_attach_file\.vsb")
_NUMBERED_PAGE = re.compile(r"/\d{1,4}\.html?\Z")
_PUBLISHED = re.compile(r"发布(?:日期|时间)[:：\]】\s]{0,4}(20\d\d[-./年]\s*\d{1,2}[-./月]\s*\d{1,2})")


class Vsb(Columned):
    """VSB."""

    name = "vsb"

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads the rows of a list and follows 下页 alone: the number in a page's URL means another page tomorrow."""
        links = links_of(page)
        pager = _next_page(page, links)
        rows = tuple(link for link in links if not _is_page(page.url, link.url))
        return reading.read_rows(page, context, rows, pager, _TERRITORY)

    def read_article(self, page: Page, context: Context) -> PageReading:
        """Reads the files of an article, of which a PDF in a viewer may be the whole; the table names the date."""
        found = articles.read_article(page, context, _FILES)
        if match := _PUBLISHED.search(page.visible_text):
            return amended.with_facts(found, [("published", date_in_text(match[1]) or "")])
        return found


def _next_page(page: Page, links: Sequence[PageLink]) -> Pager | None:
    """The one link to the following page, with the number of pages where the list says it."""
    numbered = link_pager(page, links)
    pages = numbered.pages if numbered else None
    for link in links:
        if host_of(link.url) == host_of(page.url) and link.url != page.url and marks_next(link):
            return Pager(pages, None, (link.url,), "下页")
    ended = any("p_next_d" in (element.get("class") or "") for element in page.tree.iter("span"))
    if numbered is None or numbered.unreachable is None or ended:
        return None
    return Pager(pages, None, (), "下页", numbered.unreachable)


def _is_page(own: str, other: str) -> bool:
    """Whether a URL is that of a numbered page of the list at `own`, or its first page."""
    first = _NUMBERED_PAGE.sub(".htm", own)
    return other == first or _NUMBERED_PAGE.sub(".htm", other) == first
