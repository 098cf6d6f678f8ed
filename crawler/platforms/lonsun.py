"""安徽龙讯 LonSun: 安徽 and 合肥, 滁州 and others, 青海海北, 江西庐山 and 广丰.

How to recognise it: paths `/public/column/<organ>` and `/public/<organ>/<article>.html`, the label service
`/site/label/8888`, the label `publicInfoList`. Where its parameters are found: `organ` is the number in the path of a
public body's page; `?type=` is 1 制度, 2 指南, 3 年报, 4 目录, 5 依申请, so that `?type=3` is the column of any organ
(newer skins have `/site/tpl/<n>?…&year=`, a number a year). Rows come as markup from
`/site/label/8888?labelName=publicInfoList&…`: the call stands in the page's script as an address or as named values,
the site's number in the meta tag `SiteId`; `pageIndex` counts from 1 and `pageCount:<n>` stands in a script of the page
or of the answer. Older skins print the rows and a pager `#page_public_info a[paged]`. Pages of type 3 say `ColumnType`
信息公开年报 in their meta tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from archive.models import Role
from crawler.discovery import normalise, statutory_tabs, vocabulary
from crawler.pages import Page, PageLink, links_of, resolve
from crawler.platforms import amended, payloads, reading
from crawler.platforms.columned import Columned
from crawler.platforms.contract import SERVICE, Context, FollowLink, PageReading
from crawler.platforms.pagers import MAX_PAGES, Pager, pager_of
from crawler.platforms.reading import Territory

_LABEL = "/site/label/8888"
_ORGAN = re.compile(r"/public/column/(?P<organ>\d+)/?\Z")
_TERRITORY = Territory(
    re.compile(r"/public/\d+/\d+\.html\Z|/content/article/\d+\Z"),
    re.compile(r"/site/tpl/\d+|/public/column/\d+\?.*type=3"),
)
_LABEL_URL = re.compile(r"[\"'](?P<url>[^\"'\s]{0,200}/site/label/8888\?[^\"'\s]{1,1500})[\"']")
_PAGES = re.compile(r"[\"']?\bpageCount[\"']?\s*[:=]\s*[\"']?(\d{1,4})\b", re.IGNORECASE)
_PAGE_OF = re.compile(r"(?<=[?&]pageIndex=)\d+", re.IGNORECASE)
_REPORTS = "3"
_LIST_SCORE = 96.0
_SHORT_CUT_SCORE = 86.0
_UNIT_SCORE = 58.0

# What the service is asked for where the page's script does not say; the vendor's own values.
_DEFAULTS = {
    "IsAjax": "1",
    "dataType": "html",
    "labelName": "publicInfoList",
    "siteId": "",
    "pageSize": "15",
    "pageIndex": "1",
    "action": "list",
    "isDate": "true",
    "dateFormat": "yyyy-MM-dd",
    "length": "50",
    "organId": "",
    "type": _REPORTS,
    "catId": "",
    "cId": "",
    "result": "",
    "file": "",
}


class Lonsun(Columned):
    """LonSun."""

    name = "lonsun"

    def read_way(self, page: Page, context: Context) -> PageReading:
        """Reads a page on the way; on a body's own page, and for a body linked by 信息公开, its reports are type 3."""
        return amended.with_steps(reading.read_home(page, context), _short_cuts(page, context))

    def read_listing(self, page: Page, context: Context) -> PageReading:
        """Reads the rows of a page or of the service's answer, and what leads to the service or to further pages."""
        links = tuple(_older_row(link) for link in links_of(page))
        pager = _service_pager(page) or _paged_pager(page) or pager_of(page, links)
        found = reading.read_rows(page, context, links, pager, _TERRITORY)
        kept = tuple(link for link in found.follow if link.entry or _reports_of(link.url) in {None, link.url})
        steps = [*_service(page, context), *_units(page, context, links)]
        return amended.with_steps(replace(found, follow=kept), steps)


def _older_row(link: PageLink) -> PageLink:
    """The link with its whole row: in older skins a row is a list of its own (index number, title, date)."""
    if link.date or link.element is None:
        return link
    row = next(link.element.iterancestors("ul"), None)
    box = row.getparent() if row is not None else None
    if row is None or box is None or "xxgk_navli" not in (box.get("class") or ""):
        return link
    return replace(link, row_of=lambda _: row) if sum(1 for _ in row.iter("a")) == 1 else link


def _is_answer(page: Page) -> bool:
    return urlsplit(page.url).path.endswith(_LABEL)


def _service(page: Page, context: Context) -> Iterator[FollowLink]:
    """The request for the first page of the rows that a script would load."""
    if _is_answer(page):
        return
    url = _label_url(page)
    if url and context.allows(url):
        yield FollowLink(url, Role.LISTING, f"{SERVICE}: publicInfoList", "", _LIST_SCORE)


def _label_url(page: Page) -> str | None:
    """The service's address as the page's script writes it out, or made of the values that it names."""
    text = page.text.replace("&amp;", "&")
    for match in _LABEL_URL.finditer(text):
        if "publicInfoList" in match["url"] and (url := resolve(page.url, match["url"])):
            return _PAGE_OF.sub("1", url) if _PAGE_OF.search(url) else f"{url}&pageIndex=1"
    script = next((script for script in page.scripts if "publicInfoList" in script), None)
    if script is None or _LABEL not in text:
        return None
    organ = _ORGAN.search(urlsplit(page.url).path)
    known = dict(parse_qsl(urlsplit(page.url).query))
    values = {name: payloads.literal_of(script, name) or default for name, default in _DEFAULTS.items()}
    values["siteId"] = values["siteId"] or page.meta.get("siteid", "")
    values["organId"] = values["organId"] or (organ["organ"] if organ else known.get("organId", ""))
    # The same word names the kind of list and, beside it, the method of the request: `type: 'get'`.
    kinds = (kind for kind in payloads.literals_of(script, "type") if kind.isdecimal())
    values["type"] = next(kinds, known.get("type", _REPORTS))
    values["catId"] = values["catId"] or known.get("catId", "")
    values["pageIndex"] = "1"
    return resolve(page.url, f"{_LABEL}?{urlencode(values)}")


def _service_pager(page: Page) -> Pager | None:
    """Pages of the service's answer: `pageCount` in its script, `pageIndex` in its address."""
    here = _PAGE_OF.search(page.url)
    count = _PAGES.search(page.text)
    if not _is_answer(page) or here is None or count is None:
        return None
    pages, number = int(count[1]), int(here[0])
    following = range(number + 1, min(pages, MAX_PAGES) + 1)
    urls = tuple(_PAGE_OF.sub(str(n), page.url) for n in following)
    return Pager(pages, number - 1, urls, "pageIndex")


def _paged_pager(page: Page) -> Pager | None:
    """The pager of older skins: `<a paged="3">` without an address, page n at `pageIndex=n` of the list's own."""
    numbers = [
        int(paged)
        for element in page.tree.iter("a")
        if (paged := (element.get("paged") or "").strip()).isdecimal() and len(paged) <= 4
    ]
    if not numbers:
        return None
    parts = urlsplit(page.url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "pageIndex"]
    given = dict(parse_qsl(parts.query)).get("pageIndex", "1")
    here, pages = int(given) if given.isdecimal() else 1, max(numbers)
    urls = tuple(
        urlunsplit(parts._replace(query=urlencode([*query, ("pageIndex", n)])))
        for n in range(here + 1, min(pages, MAX_PAGES) + 1)
    )
    return Pager(max(pages, here), here - 1, urls, "paged")


def _reports_of(url: str) -> str | None:
    """The column of annual reports of the body that a page belongs to, or None for any other page."""
    parts = urlsplit(url)
    organ = _ORGAN.search(parts.path)
    return f"{parts.scheme}://{parts.netloc}/public/column/{organ['organ']}?type={_REPORTS}" if organ else None


def _short_cuts(page: Page, context: Context) -> Iterator[FollowLink]:
    """`?type=3` of the page's own body, or of a body that a link on the way to the column leads to."""
    links = links_of(page)
    tabs = statutory_tabs([link.title for link in links])
    own = _reports_of(page.url)
    if own and own != page.url and context.allows(own):
        yield FollowLink(own, Role.LISTING, "platform short cut: type 3 is 年报", "", _SHORT_CUT_SCORE)
    for link in links:
        url = _reports_of(link.url)
        if url and context.allows(url) and (tabs or "公开" in normalise(link.title)):
            yield FollowLink(url, Role.LISTING, "platform short cut: type 3 is 年报", link.title, _SHORT_CUT_SCORE)


def _units(page: Page, context: Context, links: tuple[PageLink, ...]) -> Iterator[FollowLink]:
    """Other bodies of the tree beside a body's column, each with a column of its own."""
    own = _reports_of(page.url)
    if own is None:
        return
    body = vocabulary().body_only
    for link in links:
        url = _reports_of(link.url)
        if url and url != own and body.search(normalise(link.title)) and context.allows(url):
            yield FollowLink(url, Role.LISTING, "unit tree: a body with a column of its own", link.title, _UNIT_SCORE)
