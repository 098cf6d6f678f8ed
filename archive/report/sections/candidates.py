"""The places of a report where a section may begin: lines and words that look like headings, each with a weight."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from archive.report.form import load_form
from archive.report.lines import Line
from archive.report.sections.endings import begins_word, stands_apart
from archive.report.sections.words import (
    NUMERALS,
    Candidate,
    HeadingWords,
    any_heading,
    ordinal,
    six_headings,
)

_LEADER = re.compile(r"[.·…_\-]*\d{1,3}")  # the page number of a line of a contents page
_LEADERS = re.compile(r"[.·…_]{2,}\d{1,3}|…\d{1,3}")  # the same within a line
LONG_LINE = 60
_BRACKETED = 0.5
_PARTS_WITH_TEXT = 4
TRAILING = ':。.,、;*#"'
"""What may stand behind the words of a heading and is none of them."""
_MARKS_OF_NUMBERS = ("、", ".", ",", ":", "分", "章")


def _merged(number: int, rest: str) -> tuple[int, ...]:
    """The other sections that a heading names too (五、存在的主要问题及改进情况和其他需要报告的事项)."""
    found = []
    for section in load_form().sections:
        if section.number != number:
            match = re.fullmatch(f"(?:及|和|与|以及|、|,)?(?:[{NUMERALS}]、)?(?:{section.pattern})", rest)
            if match:
                found.append(section.number)
    return tuple(found)


def _starting(index: int, line: Line) -> Iterator[Candidate]:
    """The headings with which a line begins."""
    start, _ = any_heading()
    if start.match(line.squeezed):
        for words in six_headings():
            match = words.at_start.match(line.squeezed)
            if match and (found := _at_start(words, match, index, line)):
                yield found


def _within(index: int, line: Line) -> Iterator[Candidate]:
    """The headings that stand inside of a line that is too long to be one."""
    _, within = any_heading()
    if len(line.squeezed) > LONG_LINE and within.search(line.squeezed, 1):
        for words in six_headings():
            yield from _inside(words, index, line)


def _at_start(words: HeadingWords, match: re.Match[str], index: int, line: Line) -> Candidate | None:
    """The heading with which a line begins: it is the whole line, or its number tells that text goes on behind it."""
    text, number = match.string, words.number
    printed = match["n"] or match["own"] or ""
    proper = (0.35 if printed[:1] in NUMERALS else 0.3) if ordinal(printed) == number else 0.0
    if ((words.own or match["own"]) and not proper) or _LEADER.fullmatch(text, match.end()):
        return None
    rest = text[match.end() :].strip(TRAILING)
    merged = _merged(number, rest) if rest else ()
    if printed.startswith("("):  # as sub-headings are numbered: only where nothing else fits
        weight = _BRACKETED if proper else _BRACKETED / 2
        return None if rest else Candidate(number, index, 0, len(text), weight, merged)
    if not rest or merged or _added_words().fullmatch(rest):
        return Candidate(number, index, 0, len(text), 1.0 + proper, merged)
    if printed.endswith(_MARKS_OF_NUMBERS) and not is_list(text, match.end()):
        return Candidate(number, index, 0, _end_of_heading(line, match.end()), 0.7 + proper)
    return None


def _inside(words: HeadingWords, index: int, line: Line) -> Iterator[Candidate]:
    """The headings that stand within a long line; those without a number, or one of a sub-heading, weigh little."""
    text, number = line.squeezed, words.number
    for match in words.inside.finditer(text, 1):
        printed = match["n"] or ""
        proper = 0.3 if ordinal(printed) == number else 0.0
        end = _end_of_heading(line, match.end())
        if is_list(text, end, number) or _LEADERS.match(text, end):
            continue
        if not printed or printed.startswith("("):
            apart = stands_apart(line.text, match.start()) and (proper or begins_word(line.text, end))
            if apart and (proper or not printed):
                yield Candidate(number, index, match.start(), end, _BRACKETED)
            continue
        usual = printed[0] in NUMERALS and printed.endswith("、")
        fits = proper or (usual and number > 1 and not words.own)
        if fits and (usual or stands_apart(line.text, match.start())):
            yield Candidate(number, index, match.start(), end, 0.6 + proper)


def _end_of_heading(line: Line, end: int) -> int:
    """Where a heading within a line ends, with the words that it may add, if they are one with it."""
    match = _added_words().match(line.squeezed, end)
    if match is None or begins_word(line.text, end) or not begins_word(line.text, match.end()):
        return end
    return match.end()


@lru_cache(maxsize=1)
def _added_words() -> re.Pattern[str]:
    """What may stand in a line behind the words of a heading: a bracket, or that a table follows."""
    return re.compile(rf"\)|\([^()]*\)|{load_form().heading.tails}")


def is_list(text: str, end: int, number: int | None = None) -> bool:
    """Whether a heading's words are one of a list (全文包括总体情况、主动公开政府信息情况…).

    Its own `number` again is no list: the table below it repeats the heading.
    """
    if re.match(f"[{NUMERALS}]、", text[end : end + 2]):
        return ordinal(text[end]) != number
    return text[end : end + 1] in ("、", ",", "和", ";")


def is_doubtful(candidate: Candidate) -> bool:
    """Whether a heading within a line has no number or that of a sub-heading, as parts are named in notices too."""
    return candidate.start > 0 and candidate.weight <= _BRACKETED


def candidates_in(lines: Sequence[Line]) -> Sequence[Candidate]:
    """All places where a section may begin; (一)、(二) number sub-headings, unless headings with other numbers lack."""
    return _candidates_in(tuple(lines))


@lru_cache(maxsize=1)
def _candidates_in(lines: tuple[Line, ...]) -> Sequence[Candidate]:
    """The same, remembered of the last text: one step after another asks for it, and long lines take their time."""
    sought = [(index, line) for index, line in enumerate(lines) if not line.table]
    found = list(dict.fromkeys(candidate for index, line in sought for candidate in _starting(index, line)))
    if not _is_plain(found):
        found += [candidate for index, line in sought for candidate in _within(index, line)]
    plain = [c for c in found if c.weight > _BRACKETED]
    if len({c.number for c in plain}) >= 3:
        found = plain
    return tuple(sorted(dict.fromkeys(found), key=lambda c: (c.line, c.start, -c.weight)))


def _is_plain(found: Sequence[Candidate]) -> bool:
    """Whether each section has one heading with a line of its own, all in order and with lines between them.

    Nothing inside of other lines can weigh more than these; and to look there takes longer than all else that is done
    for sections. Headings without lines between them are those of a contents page.
    """
    numbers = [section.number for section in load_form().sections]
    if [c.number for c in found] != numbers or any(c.weight < 1 or c.merged for c in found):
        return False
    return sum(after.line - before.line > 1 for before, after in pairwise(found)) >= _PARTS_WITH_TEXT
