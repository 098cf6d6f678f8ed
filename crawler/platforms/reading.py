"""What every platform does with a page once its links and its pager are known: rows, steps, files, reasons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from archive.models import Role
from crawler.discovery import (
    Decision,
    Kind,
    Step,
    column_root,
    column_slug,
    decide,
    is_column_name,
    names_column,
    names_year,
    normalise,
    statutory_tabs,
    step_from_home,
    step_in_column,
    year_in_title,
)
from crawler.pages import (
    Page,
    PageLink,
    article_shape,
    file_extension,
    folder_of,
    host_of,
    iframes_of,
    in_furniture,
    links_of,
    unopened_texts,
)
from crawler.platforms import amended, way
from crawler.platforms.contract import PAGE, Context, FollowLink, PageReading, Partial
from crawler.platforms.form_pagers import form_pages
from crawler.platforms.gathering import Gathering
from crawler.platforms.pagers import MAX_PAGES, Pager

# A title this sure is believed wherever it stands; a weaker one only below the column or with a date beside it.
_SURE = 0.9
_FRAME_SCORE = 40.0
_UNIT_SCORE = 45.0
_LIST_OF_BODY_SCORE = 72.0
_COVER_SCORE = 10.0
_FEW_LINKS = 3
_NUMBERS = re.compile(r"\d+|(?<=/)[0-9a-f\-]{16,}")


@dataclass(frozen=True, slots=True)
class Territory:
    """Where rows and sister columns of a list stand on a CMS whose folders do not tell (both are searched in URLs).

    A URL like `rows` on the list's own host is one of its rows wherever it stands; one like `columns` stands beside the
    list, so that the name of a year or of a kind of body is enough to follow it.
    """

    rows: re.Pattern[str]
    columns: re.Pattern[str]


def is_column(page: Page) -> bool:
    """Whether the page says of itself that it is a column of annual reports: page tags, folder, or last heading."""
    if any(is_column_name(page.meta.get(name, "")) for name in ("columntype", "columnname")):
        return True
    return column_slug(page.url) is not None and not article_shape(page.url)


def read_home(page: Page, context: Context) -> PageReading:
    """Reads a page on the way from a home page: steps to the column, and reports that stand on the page itself."""
    links = links_of(page)
    tabs = statutory_tabs([link.title for link in links])
    gathering = Gathering(page, context)
    for link in links:
        file = file_extension(link.url, link.text) is not None
        if file or (article_shape(link.url) and not names_column(link.title, link.url)):
            decision = decide(link.title, link.url, date=link.date, article=True)
            if decision.kind is Kind.REPORT and decision.confidence >= _SURE:
                _take_if_allowed(gathering, link, decision, file)
            elif decision.kind is Kind.LOOK_ALIKE and _speaks_of_reports(link.title):
                gathering.refuse(link.url, f"look_alike:{decision.look_alike}", link.title)
            continue
        step = step_from_home(link.title, link.url, tabs=tabs, depth=context.depth)
        if step is not None and not context.allows(link.url):
            gathering.refuse(link.url, "foreign_host", link.title)
        else:
            gathering.step(step, link.title)
    if context.trail and "公开" in context.trail[-1]:
        _tree_of_bodies(gathering, links)
    if len(links) < _FEW_LINKS or not (gathering.follow or gathering.entries):
        _frames(gathering, Role.HOME)
    if not gathering.follow and not gathering.entries:
        for link in way.entrances(page, context, links):
            gathering.step(Step(link.url, Role.HOME, _COVER_SCORE, "the page is a cover of few links"), link.title)
    found = gathering.reading()
    listed = found.entries or any(link.role is Role.LISTING for link in found.follow)
    if not listed and way.has_tab_without_link(page):
        return amended.with_partial(found, Partial(1, 0, "needs_js: the column's tab is opened by a script", "pages"))
    return found


def read_rows(
    page: Page,
    context: Context,
    links: Sequence[PageLink],
    pager: Pager | None,
    territory: Territory | None = None,
) -> PageReading:
    """Reads a page of the annual-report column: rows, years and kinds of body below it, further pages."""
    gathering = Gathering(page, context)
    root = column_root(page.url)
    column = is_column(page)
    pages_of_list = set(pager.urls) if pager else set()
    gathering.years = _divided_by_year(page, links)
    lists_of_bodies = {link.url for link in way.bodies_beside(page, links)}
    for link in links:
        if link.url in pages_of_list or link.url == page.url:
            continue
        file = file_extension(link.url, link.text) is not None
        if file or (article_shape(link.url) and (link.date or not names_column(link.title, link.url))):
            near = _is_near(gathering, link, root, territory) or (file and column and not _is_furniture(link))
            _row(gathering, link, near, file)
        elif link.url in lists_of_bodies and context.allows(link.url):
            gathering.step(Step(link.url, Role.LISTING, _LIST_OF_BODY_SCORE, "unit tree: a body's list"), link.title)
        else:
            _column_link(gathering, link, root, territory)
    if not gathering.entries and not gathering.follow:
        _frames(gathering, Role.LISTING)
        _tree_of_bodies(gathering, links)
    return _paged(_unopened(gathering, gathering.reading()), gathering, pager)


def _divided_by_year(page: Page, links: Sequence[PageLink]) -> frozenset[str]:
    """The addresses on this host that are alike but for a number and are named after several years, nothing else.

    A column may keep each of its years under an address of its own, which says neither where it belongs nor which year.
    """
    groups: dict[str, dict[str, str]] = {}
    for link in links:
        if host_of(link.url) == host_of(page.url) and names_year(link.title):
            groups.setdefault(_NUMBERS.sub("0", link.url), {})[link.url] = normalise(link.title)[:4]
    return frozenset(url for group in groups.values() if len(set(group.values())) > 1 for url in group)


def _unopened(gathering: Gathering, found: PageReading) -> PageReading:
    """The reading with what it owes where reports, or nothing but years, are named whose links only a script opens."""
    if not found.entries and not found.follow and len(set(filter(names_year, unopened_texts(gathering.page)))) > 1:
        return amended.with_partial(found, Partial(1, 0, "needs_js: years that only a script opens", "pages"))
    known = {normalise(entry.title) for entry in found.entries}
    named = {normalise(text) for text in unopened_texts(gathering.page)} - known
    missed = sum(_is_report_title(text) for text in named)
    if not missed:
        return found
    owed = missed + len(found.entries)
    return amended.with_partial(found, Partial(owed, len(found.entries), "needs_js: rows that only a script opens"))


def _is_report_title(text: str) -> bool:
    decision = decide(text, "", article=True)
    return decision.kind is Kind.REPORT and decision.confidence >= _SURE and decision.year_from == "title"


def _is_near(gathering: Gathering, link: PageLink, root: str, territory: Territory | None) -> bool:
    """Whether a link belongs to the list by where it stands, so that a weak title is enough."""
    if link.url.startswith((root, folder_of(gathering.page.url))):
        return True
    if territory is None or host_of(link.url) != host_of(gathering.page.url):
        return False
    return link.date is not None and territory.rows.search(link.url) is not None


def _row(gathering: Gathering, link: PageLink, near: bool, file: bool) -> None:
    """One link of article or file shape on a page of the column."""
    decision = decide(link.title, link.url, date=link.date, in_column=near, article=True, trail=gathering.context.trail)
    if decision.kind is Kind.REPORT and (decision.confidence >= _SURE or near):
        _take_if_allowed(gathering, link, decision, file)
    elif decision.kind is Kind.LOOK_ALIKE and (near or _speaks_of_reports(link.title)):
        gathering.refuse(link.url, f"look_alike:{decision.look_alike}", link.title)
    elif near and link.date:
        gathering.refuse(link.url, "not_a_report_title", link.title)
    elif _is_foreign_row(gathering, link):
        gathering.refuse(link.url, "foreign_host", link.title)


def _is_foreign_row(gathering: Gathering, link: PageLink) -> bool:
    """Whether a dated link leads to another host and would be taken for a report if it stood on the list's own.

    The list says that it is one of its rows, so the record says that it was seen and why it was left.
    """
    if link.date is None or gathering.context.allows(link.url):
        return False
    trail = gathering.context.trail
    return decide(link.title, "", date=link.date, in_column=True, article=True, trail=trail).kind is Kind.REPORT


def _column_link(gathering: Gathering, link: PageLink, root: str, territory: Territory | None) -> None:
    """One link that is neither article nor file on a page of the column."""
    page, context = gathering.page, gathering.context
    near = _is_near(gathering, link, root, territory)
    dated = link.date is not None
    decision = decide(
        link.title, link.url, date=link.date, in_column=near and dated, article=dated or None, trail=context.trail
    )
    whole = decision.kind is Kind.REPORT and decision.agency and (decision.year_from == "title" or dated)
    if whole and host_of(link.url) == host_of(page.url):
        _take_if_allowed(gathering, link, decision, file=False)  # a dialect of its own: title and date say all
        return
    same_host = host_of(link.url) == host_of(page.url)
    sister = same_host and territory is not None and territory.columns.search(link.url) is not None
    sister = sister or link.url in gathering.years
    step = step_in_column(link.title, link.url, page.url, sister=sister and not _is_furniture(link))
    if step is not None and not context.allows(link.url):
        if link.url.startswith(root) or is_column_name(link.title):
            gathering.refuse(link.url, "foreign_host", link.title)
    elif _is_foreign_row(gathering, link):
        gathering.refuse(link.url, "foreign_host", link.title)
    else:
        gathering.step(step, link.title)


def _is_furniture(link: PageLink) -> bool:
    """Whether a link stands in the head or foot of the site, where a kind of body is a menu item, no tab of the list.

    A year is believed there too: no menu of a site is divided by years.
    """
    return link.element is not None and year_in_title(link.title) is None and in_furniture(link.element)


def _take_if_allowed(gathering: Gathering, link: PageLink, decision: Decision, file: bool) -> None:
    if gathering.context.allows(link.url):
        gathering.take(link, decision, file)
    else:
        gathering.refuse(link.url, "foreign_host", link.title)


def _speaks_of_reports(title: str) -> bool:
    text = normalise(title)
    return any(word in text for word in ("公开", "网站")) and any(word in text for word in ("年报", "年度"))


def _tree_of_bodies(gathering: Gathering, links: Sequence[PageLink]) -> None:
    for link in way.bodies_of_tree(gathering.page, gathering.context, links):
        step = Step(link.url, Role.HOME, _UNIT_SCORE, "unit tree: a body with pages of its own")
        gathering.step(step, link.title)


def _frames(gathering: Gathering, role: Role) -> None:
    for url in iframes_of(gathering.page):
        if gathering.context.allows(url):
            gathering.follow.setdefault(
                url, FollowLink(url, role, "the page is a shell around a frame", "", _FRAME_SCORE)
            )


def _paged(reading: PageReading, gathering: Gathering, pager: Pager | None) -> PageReading:
    if pager is None:
        return reading
    allowed = [url for url in pager.urls if gathering.context.allows(url)]
    pages = tuple(
        FollowLink(url, Role.LISTING, f"{PAGE}, {pager.style}", score=95.0)
        for url in allowed
        if url != gathering.page.url
    )
    partial = reading.partial
    asked = form_pages(gathering.page, gathering.context, pager.pages) if pager.unreachable and pager.pages else None
    if pager.pages and pager.pages > MAX_PAGES and (asked or len(pager.urls) >= MAX_PAGES - 1):
        partial = Partial(pager.pages, MAX_PAGES, f"a list of more than {MAX_PAGES} pages is cut", "pages")
    elif pager.unreachable and asked is None:
        # A list that has a way to a next page has two at the least, even if it does not say how many.
        partial = Partial(pager.pages or 2, 1, pager.unreachable, "pages")
    return replace(
        reading,
        next=pages if asked is None else asked,
        pages_owed=pager.pages,
        pages_stated=pager.stated,
        partial=partial,
    )
