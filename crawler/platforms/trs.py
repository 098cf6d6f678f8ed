"""TRS WCM (拓尔思), the commonest CMS: 滕州, 枣庄, 峄城, most provinces and ministries; with the Fujian flavour.

How to recognise it: articles `<column>/YYYYMM/tYYYYMMDD_<docid>.html`, `createPageHTML(<number>, …)`, `TRS_Editor`,
attachments `P0…` with 18–20 digits. Where its parameters are found: the number of pages in the arguments of
createPageHTML at the end of the list (four orders, see pagers.py) or in `var countPage`; page 1 is `index`, page n
`index_{n-1}`, with the extension of the call. Images `W0…` are not reports. On Fujian portals only the first
`maxStaticIndex` pages are static and `recordCount` in the call of `list2.trsapi` is the number of rows owed; the older
rows come from a search service (trs_search.py). Until that answers, such a list is partial.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.pages import Page, PageLink, article_shape, links_of
from crawler.platforms import amended, reading, trs_search
from crawler.platforms.columned import Columned
from crawler.platforms.contract import Context, PageReading, Partial
from crawler.platforms.pagers import Pager, pager_of


class Trs(Columned):
    """TRS WCM."""

    name = "trs"

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads rows, year folders and tabs, the pages that the pager names, and asks the service for older rows."""
        if trs_search.SERVICE_PATH.search(urlsplit(page.url).path):
            return trs_search.read_answer(page, context)
        links = links_of(page)
        pager = pager_of(page, links)
        service = trs_search.parameters_of(page)
        if not service:
            return reading.read_rows(page, context, links, pager)
        found = reading.read_rows(page, context, links, _static_pages(pager, service))
        if pager is not None and pager.number:
            return found  # what the list owes is told and asked for on its first page
        rows = sum(1 for link in links if _is_row(link) and context.allows(link.url))
        return _with_older(found, page, context, service, rows)


def _is_row(link: PageLink) -> bool:
    shape = article_shape(link.url)
    return shape is not None and shape.dialect == "trs" and link.date is not None


def _static_pages(pager: Pager | None, service: dict[str, str]) -> Pager | None:
    """Only the first pages of such a list are files; asking for the others would be asking for errors."""
    static = int(service["maxStaticIndex"]) if service.get("maxStaticIndex", "").isdecimal() else 1
    if pager is None:
        return None
    here = pager.number or 0
    return Pager(pager.pages, here, pager.urls[: max(static - 1 - here, 0)], pager.style)


def _with_older(found: PageReading, page: Page, context: Context, service: dict[str, str], rows: int) -> PageReading:
    """A list with fewer static rows than `recordCount` is partial until its service answers for the others."""
    owed = int(service["recordCount"])
    reached = rows * (1 + len(found.next))
    noted = amended.with_facts(found, ((f"service_{name}", value) for name, value in sorted(service.items())))
    if owed <= reached:
        return noted
    asked = trs_search.first_requests(page, context, service)
    why = "older rows come from a search service" + ("" if asked else " whose parameters the page does not name")
    return amended.with_partial(amended.with_steps(noted, asked), Partial(owed, reached, why))
