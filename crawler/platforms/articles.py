"""Article pages: the files beside the text, viewers in it, and whether the text itself can be the report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from lxml import etree

from archive.models import ListingEntry, Role
from crawler.discovery import Kind, decide, look_alike, normalise, wanted, year_in_title
from crawler.pages import (
    Page,
    PageLink,
    date_in_text,
    date_in_url,
    embedded_files,
    file_extension,
    folder_of,
    iframes_of,
    in_furniture,
    links_of,
    may_be_file,
    names_file,
    resolve,
    unopened_texts,
)
from crawler.pages.files import BY_SCRIPT
from crawler.pages.known import known
from crawler.pages.page import inner_text, text_of
from crawler.platforms.contract import Context, PageReading, Partial
from crawler.platforms.contract import FollowLink as Follow
from crawler.platforms.gathering import Gathering, needless_file
from crawler.platforms.pagers import is_next, script_pager
from crawler.platforms.report_pictures import report_pictures

_CJK_RUN = re.compile(r"[\u4e00-\u9fff]+")
_SECTION_WORDS = (
    "总体情况",
    "主动公开政府信息",
    "收到和处理",
    "依申请公开",
    "行政复议",
    "行政诉讼",
    "存在的主要问题",
    "改进情况",
)
_SECTIONS_NEEDED = 3
_OWN_WORDS = ("总体情况", "主动公开政府信息", "收到和处理", "存在的主要问题", "改进情况")
"""Headings of a report that no menu of a site has: 依申请公开 and 行政复议 stand on every page of many."""
_LITTLE_TEXT = 150  # Chinese characters: below this a body with a file beside it is only a cover
_NO_TEXT = frozenset({"short", "empty"})
_FILE_SCORE = 90.0
_FRAME_SCORE = 85.0
_PICTURE_SCORE = 80.0
POINTER = "the article only points to the report"
_IN_TEXT = ("a file in the text", "shown in the article")
_REPORT_FILE = re.compile(r"附件|年度|年报|报告|信息公开|统计表")
_DAY = r"[:：\]】\s]{0,4}(20\d\d[-./年]\s*\d{1,2}[-./月]\s*\d{1,2})"
_PRINTED_DATES = tuple(
    re.compile(words + _DAY)
    for words in (
        r"(?:发布|发表|公开|上网|更新|录入|编辑)(?:日期|时间|于)",
        r"(?<!当前)(?<!现在)(?<!今天)(?:日期|时间)",
    )
)
_EXTENSION = re.compile(r"\.\w{2,5}\Z")
_NO_SOURCE = frozenset({"本网", "本站", "本网站", "原创", "管理员", "网站"})


def read_article(page: Page, context: Context, files: re.Pattern[str] | None = None) -> PageReading:
    """Reads an article page: its files as ATTACHMENT links, pictures that may be its report, and in `facts` what it is.

    `files` finds the URLs under which the CMS keeps an article's own files, wherever they stand on the page.
    `facts["body"]` is `report` (section headings of the form, or much text), `files_only` (a cover for its files),
    `short` (little text, no file) or `empty`; `title_look_alike` is set where the page's own title is of another kind;
    `pictures` counts those taken.
    """
    gathering = Gathering(page, context)
    title = _title(page)
    for url, how in embedded_files(page):
        why = "named by a script of the article" if how == BY_SCRIPT else f"shown in the article: {how}"
        _file(gathering, PageLink(url, how, title), why)
    body, words = _body(page)
    inside = set(body.iter("a")) if body is not None else set()
    links = [link for link in links_of(page, may_be_file) if file_extension(link.url, link.text) is not None]
    for link in links:
        if reason := _whose_file(link, page, inside, files):
            _file(gathering, link, reason)
    kind, similar = _body_kind(words, bool(gathering.follow)), look_alike(title)
    if kind in _NO_TEXT:
        _frames(gathering, title)
        _instead_of_text(gathering, body, links)
        kind = _body_kind(words, any(link.role is Role.ATTACHMENT for link in gathering.follow.values()))
    pictures = [] if similar else _pictures(gathering, body, words, title)
    reading = gathering.reading(
        title=title,
        published=_published(page),
        source=_source(page),
        body=kind,
        title_look_alike=(similar or ("", ""))[0],
        pictures=str(len(pictures) or ""),
    )
    return _with_what_it_owes(reading, page, kind)


def _with_what_it_owes(reading: PageReading, page: Page, body: str) -> PageReading:
    """The reading with a file that only a script opens, or the further pages of the article."""
    if not reading.follow and body in _NO_TEXT and any(map(names_file, unopened_texts(page))):
        return replace(reading, partial=Partial(1, 0, "needs_js: a file that only a script opens", "files"))
    pager = script_pager(page)
    pages = (pager.pages if pager else None) or (2 if _runs_on(page) else 1)
    if pages < 2:
        return reading
    owed = Partial(pages, 1, "the article runs over several pages", "pages")
    return replace(reading, pages_owed=pages, partial=owed)


def is_report(page: Page) -> bool:
    """Whether a page holds the section headings of an annual report."""
    text = normalise(page.visible_text)
    return sum(words in text for words in _OWN_WORDS) >= _SECTIONS_NEEDED


def _whose_file(
    link: PageLink, page: Page, inside: Collection[etree._Element], files: re.Pattern[str] | None
) -> str | None:
    """Why a file on the page is one of the article, or None."""
    folder = folder_of(page.url)
    if link.element in inside:
        return "a file in the text"
    if link.url.startswith(folder) and "/" not in link.url[len(folder) :].partition("?")[0]:
        return "a file in the article's folder"
    if files and files.search(link.url):
        return "a file of the article by its address"
    return "a file named like one of the report" if _REPORT_FILE.search(normalise(link.title)) else None


def _instead_of_text(gathering: Gathering, body: etree._Element | None, files: Iterable[PageLink]) -> None:
    """Takes what an article without a text of its own leads to: a page named as the report, else any file on it."""
    for link in links_of(gathering.page):
        within = body is None or (link.element is not None and body in link.element.iterancestors())
        if within and link.url != gathering.page.url and file_extension(link.url, link.text) is None:
            _pointed_at(gathering, link)
    if not gathering.follow:
        for link in files:
            if not _furnishes(link):
                _file(gathering, link, "a file of a page without text")


def _pointed_at(gathering: Gathering, link: PageLink) -> None:
    """Takes a page that a link of the article names as a report, if its year is wanted."""
    decision = decide(link.title, "", article=True)
    if decision.kind is not Kind.REPORT or decision.year_from != "title" or _furnishes(link):
        return
    if not gathering.context.allows(link.url):
        gathering.refuse(link.url, "foreign_host", link.title)
    elif not wanted(decision.year, gathering.context.years):
        gathering.refuse(link.url, f"year_outside:{decision.year}", link.title)
    else:
        entry = _entry(gathering, link.url, link.title)
        gathering.follow.setdefault(link.url, Follow(link.url, Role.ARTICLE, POINTER, link.title, _FRAME_SCORE, entry))


def _furnishes(link: PageLink) -> bool:
    return link.element is not None and in_furniture(link.element)


def names_report(page: Page) -> bool:
    """Whether a page is titled as the annual report of one body, in the words that are enough in a column of them."""
    decision = decide(_title(page), "", article=True, in_column=True)
    return decision.kind is Kind.REPORT and decision.year_from == "title" and decision.agency is not None


def _file(gathering: Gathering, link: PageLink, why: str) -> None:
    if not gathering.context.allows(link.url):
        gathering.refuse(link.url, "foreign_host", link.title)
    elif kind := needless_file(link.title):
        gathering.refuse(link.url, f"look_alike:{kind}", link.title)
    else:
        entry = _entry(gathering, link.url, link.title)
        gathering.follow.setdefault(link.url, Follow(link.url, Role.ATTACHMENT, why, link.title, _FILE_SCORE, entry))


def _frames(gathering: Gathering, title: str) -> None:
    """Takes the frames of an article without a text of its own: one of them may hold it."""
    for url in iframes_of(gathering.page):
        if gathering.context.allows(url) and url not in gathering.follow:
            entry = _entry(gathering, url, title)
            gathering.follow[url] = Follow(url, Role.ARTICLE, "a frame of the article", "", _FRAME_SCORE, entry)


def _pictures(gathering: Gathering, body: etree._Element | None, words: str, title: str) -> list[str]:
    """Takes the pictures that may be the report, unless a file in the text is; whether they may be asked for is seen
    when they are, so that the record says of each that it is shown.
    """
    row = gathering.context.entry
    if row is None or any(link.why.startswith(_IN_TEXT) for link in gathering.follow.values()):
        return []
    found = report_pictures(gathering.page, body, words, row.title)
    for number, url in enumerate(found):
        score = _PICTURE_SCORE - number / 10  # in the order of the page
        entry = _entry(gathering, url, title)
        gathering.follow.setdefault(url, Follow(url, Role.PICTURE, "a picture in the report", "", score, entry))
    return found


def _entry(gathering: Gathering, url: str, title: str) -> ListingEntry:
    """The row of a part of the article: what the list says of the article itself, if it stood in one.

    A file that names another body's report, or that of another year, is that one: an article may hold all of them.
    """
    row = gathering.context.entry
    if row is None:
        return ListingEntry(url, title, None, None, gathering.page.url)
    own = decide(_EXTENSION.sub("", title), url, article=True)
    agency = own.agency or row.agency_hint
    another = (agency, own.year) != (row.agency_hint, year_in_title(row.title) or own.year)
    if another and own.kind is Kind.REPORT and own.year_from == "title":
        return ListingEntry(url, _EXTENSION.sub("", title), row.date, agency, gathering.page.url)
    return ListingEntry(url, row.title, row.date, row.agency_hint, gathering.page.url)


def _runs_on(page: Page) -> bool:
    """Whether the text goes on under an address of its own, behind a 下一页 in the article."""
    if "下一页" not in page.text:
        return False
    beginning = _EXTENSION.sub("", page.url) + "_"
    following = (resolve(page.base, link.get("href")) for link in page.tree.iter("a") if is_next(inner_text(link)))
    return any(url is not None and url.startswith(beginning) for url in following)


def _title(page: Page) -> str:
    if title := page.meta.get("articletitle"):
        return title
    for element in page.tree.iter("h1"):
        if heading := text_of(element):
            return heading
    return page.title


def _published(page: Page) -> str:
    """The day of publication: page tag, printed header, URL; an hour printed is never trusted."""
    tag = page.meta.get("pubdate") or page.meta.get("publishdate") or ""
    if found := date_in_text(tag[:10]):
        return found
    for pattern in _PRINTED_DATES:
        if (match := pattern.search(page.visible_text)) and (found := date_in_text(match[1])):
            return found
    return date_in_url(page.url) or ""


def _source(page: Page) -> str:
    source = page.meta.get("contentsource", "")
    return "" if source in _NO_SOURCE else source


def _body(page: Page) -> tuple[etree._Element | None, str]:
    """The element that holds the article, and its text: of the known containers the first with most of the text.

    Where no container is known there is no element, and the text is that of the page.
    """
    found = known().containers(page.tree)
    elements = found[:20] if isinstance(found, list) else []
    read = [(element, text_of(element)) for element in elements if isinstance(element, etree._Element)]
    longest = max((len(words) for _, words in read), default=0)
    # The innermost container that still holds nearly all the text; a wrapper adds navigation, never text.
    enough = [one for one in read if len(one[1]) >= 0.8 * longest]
    return enough[-1] if enough else (None, page.visible_text)


def _body_kind(words: str, files: bool) -> str:
    if _chinese(words, 4 * _LITTLE_TEXT) > 4 * _LITTLE_TEXT:
        return "report"
    text = normalise(words)
    if sum(heading in text for heading in _SECTION_WORDS) >= _SECTIONS_NEEDED:
        return "report"
    characters = _chinese(text, _LITTLE_TEXT)
    if characters == 0 and not files:
        return "empty"
    return "files_only" if files and characters < _LITTLE_TEXT else "short" if characters < _LITTLE_TEXT else "report"


def _chinese(text: str, enough: int) -> int:
    """The Chinese characters of a text; a count above `enough` may stop there."""
    count = 0
    for run in _CJK_RUN.finditer(text):
        count += run.end() - run.start()
        if count > enough:
            break
    return count
