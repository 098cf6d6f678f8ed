"""The words of section headings as patterns, made of the form's: what `sections` looks for in lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from archive.report.form import load_form

NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a section may begin: in which line, from where to where its heading goes, what speaks for it.

    `merged` are other sections that the heading names too.
    """

    number: int
    line: int
    start: int
    end: int
    weight: float
    merged: tuple[int, ...] = ()


def ordinal(text: str) -> int:
    """The number that `text` writes in Chinese, or with one digit; 0 if none."""
    numeral = re.sub(f"[^{NUMERALS}]", "", text)
    if not numeral:
        return int(text[0]) if text and text[0].isdigit() else 0
    if len(numeral) == 1:
        return NUMERALS.index(numeral) + 1
    return 10 + NUMERALS.index(numeral[1]) + 1 if numeral[0] == "十" else 0


_BARE = "[一二三四五六]"  # a number behind which no mark stands
_INSIDE = f"[{NUMERALS}]、|第{_BARE}部分[、:.]?|{_BARE}[.,]?|[1-6][、.]"


@dataclass(frozen=True, slots=True)
class HeadingWords:
    """The words of a section as patterns: of a line that begins with them, and of a heading inside a line.

    `own` words count only behind the number of their own section. So do all words inside a line, unless their number
    is a Chinese one with its 、; any other must also stand apart from what is before it.
    """

    number: int
    at_start: re.Pattern[str]
    inside: re.Pattern[str]
    own: bool = False


@lru_cache(maxsize=1)
def six_headings() -> tuple[HeadingWords, ...]:
    """The words of the six headings of eras B and C."""
    return tuple(
        HeadingWords(
            section.number,
            re.compile(f"(?P<n>{_number()})?(?P<h>{words})"),
            re.compile(f"(?P<n>{_INSIDE})(?P<h>{words}):?"),
            own,
        )
        for section in load_form().sections
        for words, own in ((section.pattern, False), (section.numbered, True))
        if words
    )


@lru_cache(maxsize=1)
def any_heading() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of `six_headings` for all sections together: most lines of a report begin and hold none of them."""
    words = "|".join(words for s in load_form().sections for words in (s.pattern, s.numbered) if words)
    return re.compile(f"(?:{_number()})?(?:{words})"), re.compile(f"(?:{_INSIDE})(?:{words})")


def _number() -> str:
    return f"{load_form().section_ordinal}|\\({_BARE}\\)|{_BARE}"


@lru_cache(maxsize=1)
def older_headings() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Headings of older reports: at the start of a line, inside a line, and any short numbered line."""
    words = "|".join(load_form().older_headings)
    return (
        re.compile(f"(?P<n>[{NUMERALS}]{{1,2}}[、.])(?P<h>{words})"),
        re.compile(f"(?P<n>[{NUMERALS}]{{1,2}}、)(?P<h>{words})"),
        re.compile(f"(?P<n>[{NUMERALS}]{{1,2}}[、.])(?P<h>[^。;:]{{2,40}})"),
    )
