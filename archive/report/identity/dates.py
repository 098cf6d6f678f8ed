"""Dates as reports and portals print them, and the period that the statistics of a report cover."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from archive.report.form import load_form
from archive.report.lines import Line

DATE = r"(20\d{2})\s*[-/年.]\s*(\d{1,2})\s*[-/月.]\s*(\d{1,2})"
_DATE = re.compile(rf"(?<!\d){DATE}(?:(?!\d)|(?=\d{{2}}:))")
_IN_CHINESE = re.compile("二[〇○◯零O0][〇○◯零O0一二三四五六七八九]{2}(?=年)|[一二三四五六七八九十]{1,3}(?=[月日])")
_JUST_BEFORE = 16  # characters before the word for a period
_DIGITS = str.maketrans("〇○◯零O一二三四五六七八九", "00000123456789")


def iso_date(text: str | None) -> str | None:
    """The first date in `text` as ISO 8601, or None where there is none that exists."""
    match = _DATE.search(text or "")
    if match is None:
        return None
    return _iso(*(int(part) for part in match.groups()))


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:  # a day that no calendar has
        return None


def read_period(lines: Sequence[Line]) -> tuple[tuple[str, str] | None, list[int]]:
    """The statistics period of the preamble as two ISO dates, and every year it names."""
    for match in load_form().period.finditer(_beginning(lines)):
        if (period := _span(match)) and (_is_of_statistics(match) or _is_year(*period)):
            return period, sorted({int(day[:4]) for day in period})
    return None, []


def _is_of_statistics(match: re.Match[str]) -> bool:
    """Whether the words before a period speak of statistics: other things have times and terms too."""
    before = match.string[max(0, match.start() - _JUST_BEFORE) : match.start("y1")]
    return any(word in re.split("[。;]", before)[-1] for word in ("统计", "数据", "报告期", "报告的"))


def _is_year(first: str, last: str) -> bool:
    """Whether two days are those between which statistics run: of one year, or of the one in which the law came."""
    return first in (f"{last[:4]}-01-01", "2008-05-01") and last == f"{first[:4]}-12-31"


def unnamed_period(lines: Sequence[Line], year: int) -> tuple[str, str] | None:
    """A span of the whole year of the report that the text gives without the words for a statistics period."""
    spans = map(_span, load_form().unnamed_period.finditer(_beginning(lines)))
    return next((span for span in spans if span and int(span[0][:4]) == year and _is_year(*span)), None)


def _beginning(lines: Sequence[Line]) -> str:
    return in_digits("".join(line.squeezed for line in lines[:60])[:6000])


def _span(match: re.Match[str]) -> tuple[str, str] | None:
    """The first and last day of a period as ISO dates; None where there are no such days."""
    first = _iso(int(match["y1"]), int(match["m1"]), int(match["d1"]))
    last = _iso(int(match["y2"] or match["y1"]), int(match["m2"]), int(match["d2"]))
    return (first, last) if first and last and first <= last else None


def in_digits(text: str) -> str:
    """`text` with the Chinese numerals of its dates as digits."""
    return _IN_CHINESE.sub(_digits, text)


def _digits(found: re.Match[str]) -> str:
    tens, ten, ones = found[0].rpartition("十")
    if not ten:
        return found[0].translate(_DIGITS)
    return (tens.translate(_DIGITS) or "1") + (ones.translate(_DIGITS) or "0")
