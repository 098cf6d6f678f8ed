"""Which links lead from a home page to the annual-report column, and which divide it by year and kind of body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from archive.models import Role
from crawler.discovery.titles import look_alike
from crawler.discovery.vocabulary import ColumnSign, normalise, vocabulary
from crawler.discovery.years import year_in_title, year_in_url

_YEAR_ONLY = re.compile(r"20\d\d年?度?")
_DATED = re.compile(r"/t?20\d{6}|/20\d{2}[-/]?\d{1,2}[-/]")
_AROUND_LABEL = re.compile(r"^[\[(<《>»›·•]+|(?:\(\d{1,3}\)|[\])>》»›→]|更多|more){1,9}$", re.IGNORECASE)
"""What templates put around the name of a column: brackets, arrows, the number of its rows; a few at most, since a long
row of them would be looked through from each of its characters.
"""
_SEGMENT_END = re.compile(r"/[^/]*$")


@dataclass(frozen=True, slots=True)
class Step:
    """A link worth following: what is expected there (HOME = one more step), why, and in which order (higher first)."""

    url: str
    role: Role
    score: float
    why: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A link that leads to a column of look-alikes: its kind and the evidence."""

    url: str
    kind: str
    why: str


def statutory_tabs(texts: Sequence[str]) -> int:
    """How many of the statutory tabs (指南, 制度, 法定主动公开内容, 依申请公开) are among the texts, 0–4."""
    squeezed = [_label(text) for text in texts]
    return sum(any(tab.search(text) for text in squeezed) for tab in vocabulary().tabs)


@lru_cache(maxsize=4096)
def _label(text: str) -> str:
    return _AROUND_LABEL.sub("", normalise(text))


def is_column_name(text: str) -> bool:
    """Whether a heading or a meta tag (`ColumnType`, `ColumnName`) names a column of annual reports."""
    return vocabulary().names.search(_label(text)) is not None


def names_column(text: str, url: str) -> bool:
    """Whether a link whose URL looks like an article still is a column by its words: a bare year, or 年报 and no body.

    Columns of some systems are numbered like articles (`/channels/18842.html`); one named after a year or after the
    column itself is a column. Folders dated like an article are not asked.
    """
    label = _label(text)
    if _DATED.search(urlsplit(url).path):
        return False
    return names_year(text) or any(
        sign.role is Role.LISTING
        and not sign.needs_tabs
        and sign.pattern.search(label)
        and year_in_title(label) is None
        for sign in vocabulary().words
    )


def names_year(text: str) -> bool:
    """Whether the words of a link are a year and nothing else."""
    return _YEAR_ONLY.fullmatch(_label(text)) is not None


@lru_cache(maxsize=4096)
def column_slug(url: str) -> str | None:
    """The part of a URL's path that is a known folder of annual reports, or None."""
    for sign in vocabulary().slugs:
        if sign.role is Role.LISTING and (match := sign.pattern.search(_path(url))):
            return match[0].strip("/.")
    return None


@lru_cache(maxsize=1024)  # asked for each link of a column
def column_root(url: str) -> str:
    """The folder that an annual-report column lives in: down to its first known slug, else the page's own folder."""
    parts = urlsplit(url)
    folder = _SEGMENT_END.sub("/", parts.path)
    prefix = "/"
    for segment in folder.strip("/").split("/"):
        prefix += f"{segment}/" if segment else ""
        if column_slug(f"{parts.scheme}://{parts.netloc}{prefix}"):
            return f"{parts.scheme}://{parts.netloc}{prefix}"
    return f"{parts.scheme}://{parts.netloc}{folder}"


def step_from_home(text: str, url: str, *, tabs: int, depth: int) -> Step | Refusal | None:
    """What a link on the way from a home page is good for.

    `tabs` is `statutory_tabs` of the page, `depth` the clicks made so far; beyond four clicks only the column itself is
    worth a request.
    """
    words = vocabulary()
    if refusal := refused_column(text, url):
        return refusal
    label = _label(text)
    by_word = next((sign for sign in words.words if _applies(sign, label, tabs, words.tabs_needed)), None)
    by_slug = next((sign for sign in words.slugs if sign.pattern.search(_path(url))), None)
    if by_word is None and by_slug is None:
        return None
    if by_word and (by_slug is None or by_word.score >= by_slug.score):
        sign, score, why = by_word, by_word.score, f"link words: {by_word.says}"
        if by_slug:
            score, why = score + words.confirms, f"{why}; path: {by_slug.says}"
    elif by_slug is not None:
        if by_word is None and by_slug.role is Role.HOME and label and not _disclosure_words(label):
            return None
        sign, score, why = by_slug, by_slug.score, f"path: {by_slug.says}"
    if depth >= words.max_clicks and sign.role is Role.HOME:
        return None
    return Step(url, sign.role, min(score, 100.0), why, _agreed_year(text, url))


def step_in_column(text: str, url: str, column_url: str, *, sister: bool = False) -> Step | Refusal | None:
    """What a link on a page of the annual-report column is good for: a year, a kind of body, a sub-column, or nothing.

    Called for links that are neither articles nor files. Both URLs are absolute; other hosts are only taken by words.
    `sister` says that the link is a column of the same CMS where folders do not tell (`/columns/<uuid>/`).
    """
    words = vocabulary()
    if _same_page(url, column_url):
        return None
    if refusal := refused_column(text, url):
        return refusal
    label = _label(text)
    home = _territory(column_url)
    below = url.startswith(home) and not _same_page(url, home)
    beside = sister or (not below and _parent(url) == _parent(column_url))
    known = column_slug(url) is not None
    year_match = words.year_text.search(label)
    year = _agreed_year(text, url)
    if year_match and (below or beside or known or is_column_name(text)):
        return Step(url, Role.LISTING, 90.0, f"year {year_match['y']}", year)
    if below:
        return Step(url, Role.LISTING, 80.0, "below the column", year)
    grouped = len(label) <= words.group_length and words.group_text.search(label)
    if grouped and (beside or known or words.group_reports.search(label)) and urlsplit(url).path != "/":
        return Step(url, Role.LISTING, 75.0, f"kind of body: {label}", year)
    if is_column_name(text):
        return Step(url, Role.LISTING, 70.0, f"link words: {label}", year)
    if known:
        return Step(url, Role.LISTING, 60.0, f"path: {column_slug(url)}", year)
    return None


def _parent(url: str) -> str:
    return _SEGMENT_END.sub("/", url.rstrip("/"))


@lru_cache(maxsize=1024)
def _territory(column_url: str) -> str:
    """Where a URL must begin to stand below a column: its root where a folder tells, else what is surely its own."""
    root = column_root(column_url)
    path = urlsplit(column_url).path
    if column_slug(root) or (path.count("/") > 1 and _bare(column_url).partition("?")[0].endswith("/")):
        return root
    return re.sub(r"\.\w+$", "", column_url.partition("?")[0]).rstrip("/") + "/"


def refused_column(text: str, url: str) -> Refusal | None:
    """A column of reports of another kind (政府网站年度报表, 法治政府, budgets), known by its words or its folder."""
    for pattern, kind in vocabulary().not_slugs:
        if match := pattern.search(_path(url)):
            return Refusal(url, kind, f"path: {match[0]}")
    similar = look_alike(text)
    if similar and similar[0] in _OTHER_REPORTS:
        return Refusal(url, similar[0], f"link words: {similar[1]}")
    return None


_OTHER_REPORTS = frozenset(
    {"website_report", "rule_of_law_report", "enforcement_report", "budget", "other_annual_report", "infographic"}
)


def _applies(sign: ColumnSign, label: str, tabs: int, tabs_needed: int) -> bool:
    return sign.pattern.search(label) is not None and (not sign.needs_tabs or tabs >= tabs_needed)


def _disclosure_words(label: str) -> bool:
    return "公开" in label or "年报" in label


def _agreed_year(text: str, url: str) -> int | None:
    """The year of words and folder; None where they differ, so that a year filter does not drop either."""
    by_text, by_url = year_in_title(text), year_in_url(url)
    if by_text and by_url and by_text != by_url:
        return None
    return by_text or by_url


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _same_page(url: str, other: str) -> bool:
    return _bare(url) == _bare(other)


def _bare(url: str) -> str:
    parts = urlsplit(url)
    path = re.sub(r"/index\.\w+$", "/", parts.path)
    return f"{parts.netloc}{path}?{parts.query}"
