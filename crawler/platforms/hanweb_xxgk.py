"""The xxgk module of Hanweb: annual reports by unit and year, without a list.

Where its parameters are found: the unit's code (its unified social credit code of 18 characters, or an older code of
the site) is `area` in `/module/xxgk/tree.jsp?area=`, `search.jsp`, `xxgkAnnualReport.jsp?area=…&fbtime=…`, and
`vc_xxgkarea` in columns of 山东. A year's report is the page `xxgkAnnualReport.jsp?area=<code>&fbtime=<year>`, so
the years wanted are asked for one by one; a year without a report answers 200 and 暂无. Lists come from
`POST search.jsp` with `infotypeId`, `area`, `divid`, `currpage` and empty search fields, as a piece of a table; the
service may pass over the category and answer for the whole unit, so rows of several columns need a title of their own.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit

from archive.models import Role
from crawler.discovery import wanted, year_in_title
from crawler.pages import Page, PageLink, links_of, resolve
from crawler.platforms import amended, payloads, reading
from crawler.platforms.contract import Context, FollowLink, PageReading, Partial
from crawler.platforms.hanweb_territory import TERRITORY
from crawler.platforms.pagers import MAX_PAGES
from crawler.platforms.records import further_pages
from crawler.platforms.services import ask, column_of, on_column

FIRST_YEAR = 2008
"""The report year of the first annual reports under the regulation of 2007 (国令第492号, in force from May 2008)."""
SERVICE_PATH = re.compile(r"/module/xxgk/(?:search|tree)\.jsp\Z")

_MODULE = re.compile(r"/module/xxgk/xxgkAnnualReport\.jsp\Z")
_AREA = re.compile(
    r"/module/xxgk/(?:tree|search|xxgkAnnualReport)\.jsp\?(?:[\w=]{0,60}&(?:amp;)?)?area=(\w{1,30})|vc_xxgkarea=(\w{1,30})"
)
_YEAR = re.compile(r"fbtime=(20\d\d)\b")
_SEARCH = re.compile(r"module/xxgk/search\.jsp|[\"']search\.jsp")
_CATEGORY = re.compile(r"infotypeId=(\w{1,40})")
_NODE = re.compile(
    r"[\"']([^\"'\n]{0,40}(?:年报|年度报告)[^\"'\n]{0,20})[\"']\s*,\s*[\"'][^\"'\n]{0,200}infotypeId=(\w{1,40})"
)
_COLUMN_OF_ARTICLE = re.compile(r"/art_(\d+)_\d+\.html\Z")
_PAGES = re.compile(
    r"共\s*(\d{1,4})\s*页|\b\d{1,4}\s*/\s*(\d{1,4})\s*页|totalpage[\"']?\s*[:=]\s*[\"']?(\d{1,4})", re.IGNORECASE
)
_DATE_FORMAT = "%a, %d %b %Y %H:%M:%S GMT"
_MODULE_SCORE = 86.0
_A_MENU = 3


def is_annual_module(page: Page) -> bool:
    """Whether the page is that of one unit's annual reports."""
    return _MODULE.search(urlsplit(page.url).path) is not None


def read_years(page: Page, context: Context) -> PageReading:
    """Leads to the page of each year: those in the menu of the page, those wanted, else all up to the last complete."""
    parts = urlsplit(page.url)
    query = parse_qs(parts.query)
    others = tuple(link for link in links_of(page) if not _MODULE.search(urlsplit(link.url).path))
    found = reading.read_rows(page, context, others, None, TERRITORY)
    area = next(iter(query.get("area", ())), "")
    if not area:
        owed = Partial(1, 0, "the address does not name the unit (area)", "pages")
        return amended.with_partial(found, owed)
    named = {int(year) for year in _YEAR.findall(page.text)} | {int(year) for year in _YEAR.findall(parts.query)}
    title = year_in_title(page.meta.get("articletitle") or page.title)
    last = max({*named, *({title} if title else ()), *_year_of_answer(page)}, default=None)
    first, latest = context.years or (FIRST_YEAR, last or FIRST_YEAR - 1)
    if len(named) >= _A_MENU and context.years is None:
        first = max(named)  # the page has a menu of its years: only later ones may be missing from it
    every = {*named, *range(first, latest + 1)}
    bare = f"{parts.scheme}://{parts.netloc}{parts.path}"
    steps = []
    for year in sorted((one for one in every if wanted(one, context.years)), reverse=True):
        url = f"{bare}?area={area}&fbtime={year}"
        if url == page.url:  # this page was asked for as a list; as a report it is another request
            url = f"{bare}?fbtime={year}&area={area}"
        score = 80.0 + (year - FIRST_YEAR) / 10
        steps.append(FollowLink(url, Role.ARTICLE, f"the unit's report of {year}", score=score))
    if not steps:
        owed = Partial(1, 0, "neither the page nor the request says which years there are", "pages")
        found = amended.with_partial(found, owed)
    return amended.with_facts(amended.with_steps(found, steps), [("area", area)])


def with_short_cut(found: PageReading, page: Page, context: Context) -> PageReading:
    """The reading of a page on the way, with the module's page of the unit that the page names."""
    return amended.with_steps(found, _short_cuts(page, context))


def with_search(found: PageReading, page: Page, context: Context) -> PageReading:
    """The reading of a column without rows: asks the search for its category, else goes to the module of the unit."""
    script = "\n".join(page.scripts)
    areas, category = _areas(page), payloads.literal_of(script, "infotypeId", "infotypeid")
    address = resolve(page.base, "/module/xxgk/search.jsp")
    if not (len(areas) == 1 and category and address and _SEARCH.search(page.text) and context.allows(address)):
        return with_short_cut(found, page, context)
    form = _form(areas[0], category, payloads.literal_of(script, "divid") or "div", payloads.literal_of(script, "jdid"))
    return amended.with_pages(found, (ask(page.url, address, "page 1", form),))


def read_answer(page: Page, context: Context) -> PageReading:
    """Reads a tree of categories, or one answer of the search and, from the first, how many pages there are."""
    column = column_of(page, context)
    if urlsplit(page.url).path.endswith("/tree.jsp"):
        return _read_tree(page, context, column)
    shown = on_column(page, column, page.text)
    links = links_of(shown)
    columns = {match[1] for link in links if (match := _COLUMN_OF_ARTICLE.search(link.url))}
    found = reading.read_rows(shown, context, links, None, TERRITORY if len(columns) == 1 else None)
    form = dict(parse_qsl(context.body.decode("utf-8", "replace"), keep_blank_values=True))
    counted = _PAGES.search(page.text)
    if context.method == "GET" or form.get("currpage") != "1" or not counted:
        return found
    owed = int(next(group for group in counted.groups() if group))

    def request(number: int) -> FollowLink:
        return ask(column, page.url, f"page {number}", {**form, "currpage": str(number)})

    pages, cut = further_pages(range(2, owed + 1), request, owed)
    found = amended.with_pages(found, pages, owed)
    return amended.with_partial(found, cut) if cut else found


def _read_tree(page: Page, context: Context, column: str) -> PageReading:
    """The categories of a unit that are named after annual reports, each asked for."""
    shown = on_column(page, column, "")
    found = reading.read_rows(shown, context, (), None, TERRITORY)
    area = next(iter(parse_qs(urlsplit(page.url).query).get("area", ())), "")
    nodes = [(match[1], match[2]) for match in _NODE.finditer(page.text)]
    nodes += [(link.title, match[1]) for link in links_of(page) if (match := _named_category(link))]
    address = resolve(page.url, "search.jsp")
    if not (nodes and area and address):
        return found
    asked = {category: ask(column, address, name, _form(area, category, "div", "")) for name, category in nodes}
    return amended.with_pages(found, tuple(asked.values()))


def _named_category(link: PageLink) -> re.Match[str] | None:
    return _CATEGORY.search(link.url) if "年报" in link.title or "年度报告" in link.title else None


def _form(area: str, category: str, block: str, node: str) -> dict[str, str]:
    """The form of the search for one category, as the pages of the module send it."""
    return {
        **{"infotypeId": category, "jdid": node, "area": area, "divid": block, "vc_title": "", "vc_number": ""},
        **{"vc_filenumber": "", "vc_all": "", "currpage": "1", "sortfield": ",createdatetime:0,orderid:0"},
        **{"texttype": "", "fbtime": "-1"},
    }


def _short_cuts(page: Page, context: Context) -> tuple[FollowLink, ...]:
    steps = []
    for area in _areas(page)[:MAX_PAGES]:  # the page may be the directory of all units
        url = resolve(page.base, f"/module/xxgk/xxgkAnnualReport.jsp?area={area}")
        if url and context.allows(url):
            why = f"the module of annual reports of unit {area}"
            steps.append(FollowLink(url, Role.LISTING, why, score=_MODULE_SCORE))
    return tuple(steps)


def _areas(page: Page) -> list[str]:
    """The codes of the units that a page names, in its order."""
    found = [match[1] or match[2] for text in (page.url, page.text) for match in _AREA.finditer(text)]
    if not found and _SEARCH.search(page.text):
        found = [payloads.literal_of("\n".join(page.scripts), "area", "vc_xxgkarea")]
    return [area for area in dict.fromkeys(found) if area]


def _year_of_answer(page: Page) -> tuple[int, ...]:
    """The year before the answer's own date: the last one of which a report can exist."""
    try:
        return (datetime.strptime(page.header("date") or "", _DATE_FORMAT).year - 1,)
    except ValueError:  # no date, or one in another form: then the page's own years count
        return ()
