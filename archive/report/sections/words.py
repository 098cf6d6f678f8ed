"""The words of section headings as patterns, made of the form's: what `sections` looks for in lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.report.form import load_form
from archive.report.lines import Line
from archive.report.text import squeeze

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


_FORMAL = str.maketrans("壹贰叁肆伍陆", NUMERALS[:6])
_ROMAN = ("I", "II", "III", "IV", "V", "VI")


def ordinal(text: str) -> int:
    """The number that `text` writes in Chinese, in Roman numerals up to six, or with digits; 0 if none."""
    numeral = re.sub(f"[^{NUMERALS}]", "", text.translate(_FORMAL))
    if not numeral:
        if match := re.match("[IV]+", text):
            return _ROMAN.index(match[0]) + 1 if match[0] in _ROMAN else 0
        digits = re.search("[1-9][0-9]?", text)
        return int(digits[0]) if digits else 0
    if len(numeral) == 1:
        return NUMERALS.index(numeral) + 1
    return 10 + NUMERALS.index(numeral[1]) + 1 if numeral[0] == "十" else 0


_BARE = "[一二三四五六]"  # a number behind which no mark stands
_INSIDE = f"[{NUMERALS}]、|第{_BARE}部分[、:.]?|\\({_BARE}\\)|{_BARE}[.,]?|[1-6][、.]"


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
            re.compile(f"{_number()}(?P<h>{words})"),
            re.compile(f"(?P<n>{_INSIDE}){'' if own else '?'}(?P<h>{words}):?"),
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
    return re.compile(f"{_number()}(?:{words})"), re.compile(f"(?:{_INSIDE})?(?:{words})")


def _number() -> str:
    """The pattern of what may stand before the words of a heading: a number as `n`, or one as `own`."""
    form = load_form().heading
    return f"(?:{form.marks})??(?:(?P<n>{form.ordinal}|\\((?:{_BARE}|[1-6])\\))|(?P<own>{form.own_ordinal}))?"


@lru_cache(maxsize=1)
def numbered_headings() -> dict[int, re.Pattern[str]]:
    """For each of the six sections the pattern of its words behind any number of a part."""
    form = load_form()
    return {section.number: re.compile(f"{form.heading.ordinal}(?:{section.pattern})") for section in form.sections}


_MOST_LINES = 3  # over which a heading runs
_MOST_WORDS = 60
_GOES_ON = ("及", "和", "与", "以及", "、")


def whole_headings(lines: Sequence[Line]) -> list[Line]:
    """The lines, with those joined that are one numbered heading only together."""
    joined: list[Line] = []
    index = 0
    while index < len(lines):
        count = _lines_of_heading(lines, index)
        text = "".join(line.text for line in lines[index : index + count])
        joined.append(lines[index] if count == 1 else Line(text, squeeze(text), block=lines[index].block))
        index += count
    return joined


def _lines_of_heading(lines: Sequence[Line], index: int) -> int:
    """How many lines a heading takes that begins with a number at `index`; 1 where none goes over several."""
    number, whole = _whole_heading()
    text = lines[index].squeezed
    if len(text) > _MOST_WORDS or not number.match(text):
        return 1
    found = 1 if whole.fullmatch(text) else 0
    for count, line in enumerate(lines[index + 1 : index + _MOST_LINES], 2):
        text += line.squeezed
        if whole.fullmatch(line.squeezed):  # a heading by itself: what stands above it is the last value of a table
            break
        if line.table or len(text) > _MOST_WORDS or (found and not line.squeezed.startswith(_GOES_ON)):
            break
        if whole.fullmatch(text):
            found = count
    return found or 1


@lru_cache(maxsize=1)
def _whole_heading() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of what begins with a number, and of a numbered heading that fills its line."""
    form = load_form()
    numbers = f"(?:{form.heading.ordinal}|{form.heading.own_ordinal})"
    words = "|".join(words for s in form.sections for words in (s.pattern, s.numbered) if words)
    return re.compile(numbers), re.compile(f"{numbers}(?:{words})(?:{form.heading.tails})?[:。]?")
