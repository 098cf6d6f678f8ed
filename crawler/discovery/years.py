"""Which report year a title, a folder or a date speaks of, and whether that year is wanted."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.discovery.vocabulary import Vocabulary, normalise, vocabulary

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)(年度|年|度)?")
_CHINESE_YEAR = re.compile(r"[二2][〇○零Ο0][〇○零Ο一二三四0-4][〇○零Ο一二三四五六七八九0-9](?=年)")


class YearGuess(NamedTuple):
    """A report year and where it was read: `title`, `column`, `folder`, `date`, or (None, "unknown")."""

    year: int | None
    source: str


@lru_cache(maxsize=4096)
def year_in_title(title: str) -> int | None:
    """The report year that a title names, or None; of several the last one before the words 信息公开 counts.

    A year written with 年度 wins over one without: 2023年发布2022年度政府信息公开工作年度报告 is about 2022.
    """
    words = vocabulary()
    text = _CHINESE_YEAR.sub(lambda match: match[0].translate(words.chinese_digits), normalise(title))
    core = words.core.search(text)
    found = [match for match in _YEAR.finditer(text) if words.first_year <= int(match[1]) <= words.last_year]
    if not found:
        return None
    before = [match for match in found if core is None or match.start() < core.end()] or found
    marked = [match for match in before if match[2] == "年度"]
    return int((marked or before)[-1][1])


@lru_cache(maxsize=4096)
def year_in_url(url: str) -> int | None:
    """The report year that a folder or parameter of the URL is named after, or None; an article's date is none."""
    words = vocabulary()
    parts = urlsplit(url)
    for pattern in words.year_folders:
        found = [int(match["y"]) for match in pattern.finditer(parts.path)]
        if found:
            return _sane(found[-1], words)
    match = words.year_query.search("?" + parts.query)
    return _sane(int(match["y"]), words) if match else None


def guess_year(title: str, url: str, date: str | None, trail: tuple[str, ...] = ()) -> YearGuess:
    """The report year of a link by title, else the column it stands in, else folder, else publication year minus one.

    Articles 49 and 50 of the regulation put publication into the January to March after the report year.
    """
    if (year := year_in_title(title)) is not None:
        return YearGuess(year, "title")
    for words in reversed(trail):
        if (year := year_in_title(words)) is not None:
            return YearGuess(year, "column")
    if (year := year_in_url(url)) is not None:
        return YearGuess(year, "folder")
    if date:
        return YearGuess(int(date[:4]) - 1, "date")
    return YearGuess(None, "unknown")


def wanted(year: int | None, years: tuple[int, int] | None) -> bool:
    """Whether a report year is in the range asked for; an unknown year is, since dropping it would hide a report."""
    return years is None or year is None or years[0] <= year <= years[1]


def _sane(year: int, words: Vocabulary) -> int | None:
    return year if words.first_year <= year <= words.last_year else None
