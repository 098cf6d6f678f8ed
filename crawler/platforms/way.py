"""Pages on the way to a column that name no step by its words: covers, trees of bodies, tabs without a link."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import cast
from urllib.parse import urlsplit

from crawler.discovery import is_column_name, names_column, normalise, statutory_tabs, vocabulary
from crawler.pages import Page, PageLink, file_extension, host_of, in_furniture
from crawler.platforms.contract import Context

_BODIES_NEEDED = 3  # two links named after bodies are two links
_LONGEST_BODY = 20
_COVER_LINKS = 8  # a home page with more links is none that only leads in
_LONGEST_TAB = 20
_OF_TABS = re.compile("公开|年报|年度报告")
_NUMBER = re.compile(r"\d+")
_INDEX = re.compile(r"index\.\w+\Z")
_VALUE = re.compile(r"=[^&]*")


def bodies_of_tree(page: Page, context: Context, links: Sequence[PageLink]) -> list[PageLink]:
    """The links of a tree of bodies with pages of their own: in 赣州 部门信息公开 leads to 财政局, and that to 年报.

    They stand on one host under addresses of one kind, three or more. None beyond the clicks that the way may take.
    """
    if context.depth >= vocabulary().max_clicks:
        return []
    alike: dict[str, list[PageLink]] = defaultdict(list)
    for link in links:
        if host_of(link.url) == host_of(page.url) and not (link.element is not None and in_furniture(link.element)):
            alike[_shape(link.url)].append(link)
    found = []
    for group in alike.values():
        bodies = [link for link in group if _names_body(link)]
        if len(bodies) >= _BODIES_NEEDED and 2 * len(bodies) >= len(group):
            found += [link for link in bodies if context.allows(link.url)]
    return found


def bodies_beside(page: Page, links: Sequence[PageLink]) -> list[PageLink]:
    """The links of a list that are named after bodies and differ from its own address in a number or a parameter."""
    own = urlsplit(page.url)
    found = []
    for link in links:
        theirs = urlsplit(link.url)
        if host_of(link.url) != host_of(page.url) or link.date or not _names_body(link):
            continue
        asked_otherwise = own.path == theirs.path and own.query != theirs.query
        if asked_otherwise or _bare_number(own.path) == _bare_number(theirs.path):
            found.append(link)
    return found if len(found) >= _BODIES_NEEDED else []


def entrances(page: Page, context: Context, links: Sequence[PageLink]) -> list[PageLink]:
    """The links of a home page that is nothing but a cover: 进入首页, 简体版. One that names reports is a list."""
    if any(_OF_TABS.search(link.title) for link in links):
        return []
    inside = [
        link
        for link in links
        if not vocabulary().no_entrance.search(f"{normalise(link.title)} {link.url}")
        and context.allows(link.url)
        and file_extension(link.url, link.text) is None
    ]
    return inside if context.depth == 0 and len(inside) <= _COVER_LINKS else []


def has_tab_without_link(page: Page) -> bool:
    """Whether the page shows the tab of annual reports beside the other statutory ones, and as no link."""
    if "年报" not in page.text and "年度报告" not in page.text:
        return False  # most pages, and the cheapest to tell
    parts = cast("Iterator[str]", page.tree.itertext())
    texts = [text for part in parts if len(text := part.strip()) <= _LONGEST_TAB and _OF_TABS.search(text)]
    tabs = statutory_tabs(texts)
    return tabs >= vocabulary().tabs_needed and any(is_column_name(text) or names_column(text, "") for text in texts)


def _names_body(link: PageLink) -> bool:
    name = normalise(link.title)
    words = vocabulary()
    return len(name) <= _LONGEST_BODY and bool(words.body_only.search(name)) and not words.no_body.search(name)


def _shape(url: str) -> str:
    """What addresses of the same kind share: the folder, or the script with the names of its parameters."""
    parts = urlsplit(url)
    if parts.query:
        return f"{parts.path}?{_VALUE.sub('=', parts.query)}"
    return _INDEX.sub("", parts.path).rstrip("/").rpartition("/")[0]


def _bare_number(path: str) -> str:
    return _NUMBER.sub("0", _INDEX.sub("", path))
