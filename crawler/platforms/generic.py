"""Any portal without a module of its own: page tags of the national standard, link words, 下一页.

How to recognise it: it is what is left. Where its parameters are found: titles, dates and rows in the page's own links;
further pages behind 下一页, 下页, `>` or numbered links; a list in a frame is followed once; what a script asks a
service for, where it is written out (unknown_service.py).
"""

from __future__ import annotations

from archive.models import Role
from crawler.pages import Page, links_of
from crawler.platforms import amended, reading, unknown_service
from crawler.platforms.columned import Columned
from crawler.platforms.contract import Context, PageReading, Partial
from crawler.platforms.pagers import pager_of


class Generic(Columned):
    """The unknown one-off."""

    name = "generic"

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads rows of any layout and follows the pager by its links, else by its script's arguments."""
        if unknown_service.is_data(page):
            return unknown_service.read_data(page, context)
        links = links_of(page)
        found = reading.read_rows(page, context, links, pager_of(page, links))
        leads_on = any(link.role is not Role.HOME for link in found.follow)  # bodies in a menu are not the list
        empty = not (found.entries or leads_on or found.excluded or found.next or found.refresh)
        if empty and found.partial is None and any(map(unknown_service.asks, page.scripts)):
            owing = amended.with_partial(found, Partial(1, 0, "needs_js: a script may fill this list", "pages"))
            return amended.with_steps(owing, unknown_service.calls_of(page, context))
        return found
