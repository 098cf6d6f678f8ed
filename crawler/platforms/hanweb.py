"""Hanweb (南京大汉), three generations that may stand side by side: 江苏, 浙江, 山东, 抚州, 定西, ministries.

How to recognise it: columns `/col/col<ID>/index.html`, articles `/art/Y/M/D/art_<col>_<id>.html` or
`/art/YYYY/art_<hex32>.html`, and of each generation: `<datastore>` and `dataproxy.jsp` (jpage, see hanweb_jpage.py);
`/module/xxgk/` (xxgk, see hanweb_xxgk.py); `jpaas-publish-server` or `unitbuild.js` with `queryData` (JPaaS, see
hanweb_jpaas.py). Each of these says where its parameters are found. The text of an article stands between the comments
`ZJEG_RSS.content.begin` and `.end`; its files are `/module/download/downfile.jsp?…&filename=…&showname=…` (`showname`
is the real name, the answer a redirect to `/attach/`), on JPaaS `/jpolicy_file/…`. Columns of the 济南 kind that
`showJsContent.do` fills need a script, and are said to.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.pages import Page, links_of
from crawler.platforms import amended, hanweb_jpaas, hanweb_jpage, hanweb_xxgk, reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import Context, PageReading, Partial
from crawler.platforms.hanweb_territory import TERRITORY
from crawler.platforms.pagers import pager_of

_FILES = re.compile(r"/downfile\.jsp\?|/jpolicy_file/|/attach/\d+/")
_FILLED_BY_SCRIPT = re.compile(r"/jact/front/datacall/showJsContent\.do")


class Hanweb(Columned):
    """All generations of Hanweb."""

    name = "hanweb"
    files = _FILES

    def read_home(self, page: Page, context: Context) -> PageReading:
        """Reads a page on the way; the module of annual reports is one address away where the unit's code is known."""
        if reading.is_column(page) or hanweb_xxgk.is_annual_module(page):
            return self.read_listing(page, context)
        return hanweb_xxgk.with_short_cut(reading.read_home(page, context), page, context)

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads a column, or the answer of a service to one, in the way of the generation that made it."""
        path = urlsplit(page.url).path
        if hanweb_jpaas.SERVICE_PATH.search(path):
            return hanweb_jpaas.read_answer(page, context)
        if hanweb_xxgk.is_annual_module(page):
            return hanweb_xxgk.read_years(page, context)
        if hanweb_xxgk.SERVICE_PATH.search(path):
            return hanweb_xxgk.read_answer(page, context)
        if hanweb_jpage.is_answer(page) or hanweb_jpage.is_column(page):
            return hanweb_jpage.read_list(page, context)
        if query := hanweb_jpaas.query_of(page):
            return hanweb_jpaas.read_column(page, context, query)
        links = links_of(page)
        pager = pager_of(page, links)
        found = reading.read_rows(page, context, links, pager, TERRITORY)
        if not found.entries and _FILLED_BY_SCRIPT.search(page.text):
            owed = Partial(1, 0, "needs_js: a script fills the list, and its address is not in the page", "pages")
            return amended.with_partial(found, owed)
        if not found.entries:
            return hanweb_xxgk.with_search(found, page, context)
        return found
