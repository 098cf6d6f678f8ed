"""Dates as portals print them in lists and carry them in article URLs. A date that could be two days is no date."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

_FIRST_YEAR, _LAST_YEAR = 1998, 2049

_SEP = r"\s*[-./年—–]\s*"
_FULL = re.compile(rf"(?<!\d)((?:19|20)\d\d){_SEP}(\d{{1,2}})\s*[-./月—–]\s*(\d{{1,2}})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(20\d\d)([01]\d)([0-3]\d)(?!\d)")
# Blocks with the day apart from the month: "23 2024-01", "2024-01 23", "01-23 2024", "2024 01-23", "23 2024年01月".
_SPLIT = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<![\d\-./])(?P<d>\d{1,2})日?\s+(?P<y>20\d\d)\s*[-./年]\s*(?P<m>\d{1,2})(?![\d\-./])",
        r"(?<![\d\-./])(?P<y>20\d\d)\s*[-./年]\s*(?P<m>\d{1,2})月?\s+(?P<d>\d{1,2})(?![\d\-./:])",
        r"(?<![\d\-./])(?P<m>\d{1,2})\s*[-./月]\s*(?P<d>\d{1,2})日?\s+(?P<y>20\d\d)(?![\d\-./])",
        r"(?<![\d\-./])(?P<y>20\d\d)年?\s+(?P<m>\d{1,2})\s*[-./月]\s*(?P<d>\d{1,2})(?![\d\-./])",
    )
)


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:  # the 31st of February: digits that are no date
        return None
    return found.isoformat() if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def date_in_text(text: str) -> str | None:
    """The date in the words beside a link, ISO, or None where there is none or more than one day is named.

    Reads `2024-01-23`, `2024/1/23`, `2024.01.23`, `2024年1月23日`, `20240123` and blocks split into day and month.
    """
    found = {iso for match in _FULL.finditer(text) if (iso := _iso(*match.groups()))}
    if not found:
        for pattern in _SPLIT:
            found = {iso for match in pattern.finditer(text) if (iso := _iso(match["y"], match["m"], match["d"]))}
            if found:
                break
    if not found:
        found = {iso for match in _COMPACT.finditer(text) if (iso := _iso(*match.groups()))}
    return found.pop() if len(found) == 1 else None


class ArticleShape(NamedTuple):
    """The dialect of an article URL and the date that it carries, if any."""

    dialect: str
    date: str | None


# Article URLs seen nationally, the narrow ones first. Groups y, m, d give the date. A dialect with a year or a month
# only carries no date: half a date would have to be guessed.
_HEX = r"[0-9a-fA-F]{32}"
_DIALECTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("trs", r"/t(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)_\d+(?:_\d+)?\.(?:s?html?|jhtml)\Z"),
        ("hanweb", r"/art/(?P<y>20\d\d)/(?P<m>\d{1,2})/(?P<d>\d{1,2})/art_\d+_\d+\.html\Z"),
        ("hanweb-hex", rf"/art/20\d\d/art_(?:{_HEX}|\w+)\.html\Z"),
        ("content", r"/(?P<y>20\d\d)-(?P<m>\d\d)/(?P<d>\d\d)/(?:content|c)_\d+\.s?html?\Z"),
        ("content", r"/c_\d+\.html?\Z"),
        ("xinhua", r"/(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)/[0-9a-f]{16,40}/c\.html\Z"),
        ("liaoning", r"/(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)\d{4,12}/index\.s?html?\Z"),
        ("hebei", r"/columns/[0-9a-f\-]{36}/(?P<y>20\d\d)(?P<m>\d\d)/(?P<d>\d\d)/[0-9a-f\-]{36}\.html\Z"),
        ("shanghai", rf"/(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)/{_HEX}\.html\Z"),
        ("epoint", r"/(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)/[0-9a-f]{8}-[0-9a-f\-]{27}\.html\Z"),
        ("sichuan", rf"/(?P<y>20\d\d)/(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/{_HEX}\.shtml\Z"),
        ("channel-hex", rf"/20\d{{4}}/{_HEX}\.s?html\Z"),
        ("henan", r"/(?P<y>20\d\d)/(?P<m>\d\d)-(?P<d>\d\d)/\d+\.html\Z"),
        ("channel-c", r"/20\d{4}/c\d+_\d+\.s?html\Z"),
        ("channel-content", r"/c\d+/content\.s?html\Z"),
        ("vsb", r"/info/\d+/\d+\.html?\Z"),
        ("nfcms", r"/content/m?post_\d+\.html\Z"),
        ("gkmlpt", r"/gkmlpt/content/\d+/\d+/m?post_\d+\.html\Z"),
        ("lonsun", r"/public/\d+/\d+\.html\Z"),
        ("openness", r"/(?:Openness\w*|Xxgk\w*)/show/\d+\.html\Z"),
        ("zibo", r"/doc_[0-9a-f_.\-]+\.html\Z"),
        ("dated-path", r"/(?P<y>20\d\d)/?(?P<m>\d\d)/?(?P<d>\d\d)/\d+\.s?html?\Z"),
        ("dated-folder", r"/(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)/\d+\.s?html?\Z"),
        ("hex", r"/(?:[0-9a-f]{24}|[0-9a-f]{32})\.s?html?\Z"),
        ("xicheng", r"/pnidpv\d+\.html\Z"),
        ("annual-module", r"/xxgkAnnualReport\.jsp\Z"),
        ("snowflake", r"/\d{15,20}\.(?:s?html?|jhtml)\Z"),
        ("numbered", r"/\d{5,14}\.(?:s?html?|jhtml)\Z"),
        ("numbered-index", r"/\d{5,9}/index\.html?\Z"),
    )
)
_QUERY_DIALECTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("query-id", re.compile(r"[?&](?:id|aid|newsid|articleid|infoid|contentid|xxnr_id)=[\w\-]+", re.IGNORECASE)),
)
_NUMBERED = re.compile(r"[0-9]")
_LISTING_PAGE = re.compile(r"/(?:index|list|more|default)(?:_\w+)?\.\w+\Z", re.IGNORECASE)


@lru_cache(maxsize=4096)
def article_shape(url: str) -> ArticleShape | None:
    """Which dialect of article URL this is, or None for a URL that looks like a column, a file or a home page."""
    path, _, query = url.partition("?")
    if not _NUMBERED.search(url):  # every dialect has a number in it, most navigation links have none
        return None
    for name, pattern in _DIALECTS:
        if match := pattern.search(path):
            groups = match.groupdict()
            iso = _iso(groups["y"], groups["m"], groups["d"]) if "y" in groups else None
            return ArticleShape(name, iso)
    if query and not _LISTING_PAGE.search(path):
        for name, pattern in _QUERY_DIALECTS:
            if pattern.search("?" + query):
                return ArticleShape(name, None)
    return None


def date_in_url(url: str) -> str | None:
    """The date that an article URL carries, ISO, or None."""
    shape = article_shape(url)
    return shape.date if shape else None
