"""The 信息公开 module of 芜湖, 马鞍山, 铜陵, 阜阳, 亳州, 宣城: one controller for each kind of document.

How to recognise it: paths below `/openness/`, controllers `OpennessAnnualReport`, `XxgkAnnualReport`,
`OpennessContent`, `XxgkContent`. Where its parameters are found: the controller of annual reports is the column
(`…AnnualReport/showList/<unit>/page_<n>.html`), its articles are `…AnnualReport/show/<id>.html`, on newer sites
`/openness/public/<organ>/<id>.html`; the number of pages stands in the pager's links, in `共 n 页`, or in a variable. A
report is often published twice, as 文字版 and as 图解版 (pictures): the second is no report.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.models import Role
from crawler.pages import Page, PageLink, links_of
from crawler.platforms import amended, payloads, reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import Context, FollowLink, PageReading
from crawler.platforms.pagers import MAX_PAGES, Pager, link_pager
from crawler.platforms.reading import Territory

_TERRITORY = Territory(
    re.compile(r"/openness/public/\d+/\d+\.html\Z|/(?:Openness|Xxgk)(?:AnnualReport|Content)/show/\d+\.html\Z"),
    re.compile(r"/(?:Openness|Xxgk)AnnualReport/(?:showList|index|list)\b"),
)
_CONTROLLER = re.compile(
    r"\A(?P<root>.*?)/(?:Openness|Xxgk)(?P<kind>Content|Policy|Guide|System|Apply)/(?:showList|index)"
)
_PAGE = re.compile(r"/page_(?P<number>\d{1,4})\.html\Z")
_COUNTS = ("pageCount", "totalPage", "totalPages", "pages", "countPage")
_CONTROLLER_SCORE = 70.0


class AnhuiOpenness(Columned):
    """The openness module."""

    name = "anhui_openness"

    def read_way(self, page: Page, context: Context) -> PageReading:
        """Reads a page on the way to the controller of annual reports, which a link to it names."""
        found = reading.read_home(page, context)
        return amended.with_steps(found, _siblings(context, links_of(page), found))

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads rows wherever the module keeps its articles, units, years and further pages."""
        links = links_of(page)
        return reading.read_rows(page, context, links, _pager(page) or link_pager(page, links), _TERRITORY)


def _pager(page: Page) -> Pager | None:
    """Pages `page_2.html`, `page_3.html` … beside the first one, where a script names their number."""
    path = urlsplit(page.url).path
    match = _PAGE.search(path)
    scripts = "\n".join(script for script in page.scripts if "age" in script)
    count = payloads.literal_of(scripts, *_COUNTS)
    if not count.isdecimal() or (match is None and not re.search(r"/showList/[\w/]*\Z", path)):
        return None
    here, pages = int(match["number"]) if match else 1, int(count)
    bare = page.url.partition("?")[0]
    stem = _PAGE.sub("", bare) if match else bare.rstrip("/")
    urls = tuple(f"{stem}/page_{number}.html" for number in range(here + 1, min(pages, MAX_PAGES) + 1))
    return Pager(pages, here - 1, urls, "page_n")


def _siblings(context: Context, links: tuple[PageLink, ...], found: PageReading) -> list[FollowLink]:
    """The controller of annual reports beside another one of the module, where no link leads to it."""
    if any(_TERRITORY.columns.search(link.url) for link in found.follow):
        return []
    for link in links:
        parts = urlsplit(link.url)
        if (match := _CONTROLLER.match(parts.path)) and context.allows(link.url):
            name = "Openness" if "/Openness" in parts.path else "Xxgk"
            url = f"{parts.scheme}://{parts.netloc}{match['root']}/{name}AnnualReport/showList/"
            why = f"platform short cut: beside the controller of {match['kind']}"
            return [FollowLink(url, Role.LISTING, why, "", _CONTROLLER_SCORE)]
    return []
