"""Any portal without a module of its own: page tags of the national standard, link words, 下一页.

How to recognise it: it is what is left. Where its parameters are found: titles, dates and rows in the page's own links;
further pages behind 下一页, 下页, `>` or numbered links; a list in a frame of the same host is followed once.
"""

from __future__ import annotations

from crawler.pages import Page, links_of
from crawler.platforms import reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import Context, PageReading
from crawler.platforms.pagers import pager_of


class Generic(Columned):
    """The unknown one-off."""

    name = "generic"

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads rows of any layout and follows the pager by its links, else by its script's arguments."""
        links = links_of(page)
        return reading.read_rows(page, context, links, pager_of(page, links))
