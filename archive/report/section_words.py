"""The words of section headings as patterns, made of the form's: what `sections` looks for in lines."""

from __future__ import annotations

import re
from functools import lru_cache

from archive.report.form import load_form

NUMERALS = "一二三四五六七八九十"


@lru_cache(maxsize=1)
def six_headings() -> tuple[tuple[int, re.Pattern[str], re.Pattern[str]], ...]:
    """For each section: pattern of a line that begins with the heading, and of a heading inside a line."""
    form = load_form()
    return tuple(
        (
            s.number,
            re.compile(f"(?P<n>{form.section_ordinal}|\\([一二三四五六]\\))?(?P<h>{s.pattern})"),
            re.compile(f"(?P<n>[{NUMERALS}]、)(?P<h>{s.pattern})"),
        )
        for s in form.sections
    )


@lru_cache(maxsize=1)
def any_heading() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of `six_headings` for all sections together: most lines of a report begin and hold none of them."""
    form = load_form()
    words = "|".join(section.pattern for section in form.sections)
    return (
        re.compile(f"(?:{form.section_ordinal}|\\([一二三四五六]\\))?(?:{words})"),
        re.compile(f"[{NUMERALS}]、(?:{words})"),
    )


@lru_cache(maxsize=1)
def older_headings() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Headings of older reports: at the start of a line, inside a line, and any short numbered line."""
    words = "|".join(load_form().older_headings)
    return (
        re.compile(f"(?P<n>[{NUMERALS}]{{1,2}}[、.])(?P<h>{words})"),
        re.compile(f"(?P<n>[{NUMERALS}]{{1,2}}、)(?P<h>{words})"),
        re.compile(f"(?P<n>[{NUMERALS}]{{1,2}}[、.])(?P<h>[^。;:]{{2,40}})"),
    )
