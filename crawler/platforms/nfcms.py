"""南方 NFCMS, the main CMS of the portals of 广东; its twin is the catalogue `gkmlpt.py`.

How to recognise it: articles `…/content/post_<id>.html` (on mobiles `mpost_<id>.html`), a script that sets
`NFCMS_SITE_ID` or `NFCMS_POST_ID`. Where its parameters are found: lists are static (`index.html`, `index_2.html`),
their pages in the links of the pager; an article's list is the folder before `/content/`. The same reports may stand in
the catalogue under `/gkmlpt/annualreport`, so that one is asked as well.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.models import Role
from crawler.pages import Page, PageLink, links_of
from crawler.platforms import amended, reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import Context, FollowLink, PageReading
from crawler.platforms.pagers import pager_of
from crawler.platforms.reading import Territory

_TERRITORY = Territory(re.compile(r"/content/post_\d+\.html\Z"), re.compile(r"(?!)"))
_MOBILE = re.compile(r"/mpost_(?=\d+\.html\Z)")
_CATALOGUE_SCORE = 60.0


class Nfcms(Columned):
    """NFCMS."""

    name = "nfcms"

    def read_way(self, page: Page, context: Context) -> PageReading:
        """Reads a page on the way to the column; from the home page the catalogue is asked as well."""
        return amended.with_steps(reading.read_home(page, context), _catalogue(page, context))

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads rows, years and kinds of body; a row that stands there twice, for desktops and mobiles, once."""
        links = links_of(page)
        urls = {link.url for link in links}
        kept = [link for link in links if not _has_twin(link, urls)]
        found = reading.read_rows(page, context, kept, pager_of(page, kept), _TERRITORY)
        return amended.with_steps(found, _catalogue(page, context))


def _has_twin(link: PageLink, urls: set[str]) -> bool:
    return _MOBILE.search(link.url) is not None and _MOBILE.sub("/post_", link.url) in urls


def _catalogue(page: Page, context: Context) -> list[FollowLink]:
    """The catalogue of the same host, once: from the page that the registry names."""
    parts = urlsplit(page.url)
    url = f"{parts.scheme}://{parts.netloc}/gkmlpt/annualreport"
    if context.depth or not context.allows(url):
        return []
    why = "platform short cut: every portal of the province has a catalogue"
    return [FollowLink(url, Role.LISTING, why, "", _CATALOGUE_SCORE)]
