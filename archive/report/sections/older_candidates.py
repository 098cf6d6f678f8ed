"""The places where a part of a report before 2019 may begin: such reports name and number their parts as they like.

一、 and 第一部分 number parts, and any short line behind them is a heading. Where fewer than three are found so, other
numbers count if they stand before known words of headings, and at last such words alone, in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from archive.report.form import load_form
from archive.report.lines import Line
from archive.report.sections.candidates import LONG_LINE, TRAILING, is_list
from archive.report.sections.endings import stands_apart
from archive.report.sections.words import NUMERALS, Candidate, ordinal
from archive.report.text import squeeze

_FEWEST = 3  # parts that make an outline
_USUAL = f"[{NUMERALS}]{{1,2}}[、.]|第[{NUMERALS}]{{1,2}}部分[、:.]?"
_OTHERS = (f"[{NUMERALS}]{{1,2}}[,:]?", f"\\([{NUMERALS}]{{1,2}}\\)", r"\d{1,2}(?:、|[.](?!\d))")
"""How parts are numbered, and how they are numbered where they are not so."""


@dataclass(frozen=True, slots=True)
class _Numbering:
    """One way of numbering as patterns: of a heading of known words, at the start or within a line; of a short line; of
    a short first sentence without a figure.
    """

    known: re.Pattern[str]
    short: re.Pattern[str]
    opening: re.Pattern[str]


def older_candidates_in(lines: Sequence[Line]) -> list[Candidate]:
    """All places where a part of a report before 2019 may begin."""
    inside_table = _inside_table(lines)

    def sound(found: list[Candidate]) -> list[Candidate]:
        found.sort(key=lambda c: (c.line, c.start, -c.weight))
        return [c for c in found if c.number > 0 and not inside_table(c)]

    usual, *others = _numberings()
    found = sound(list(_usual(lines, usual)))
    if len({c.number for c in found}) >= _FEWEST:
        return found
    for numbering in others:
        known = sound(list(_known(lines, numbering)))
        if len({c.number for c in known}) >= _FEWEST:
            return sound([*known, *_short(lines, numbering)])
    bare = sound(_bare(lines))
    return bare if len(bare) >= _FEWEST else found


@lru_cache(maxsize=1)
def _numberings() -> tuple[_Numbering, ...]:
    words = "|".join(load_form().older_headings)
    return tuple(
        _Numbering(
            re.compile(f"(?P<n>{number})(?P<h>{words})"),
            re.compile(f"(?P<n>{number})(?P<h>[^。;:]{{2,40}})"),
            re.compile(f"(?P<n>{number})(?P<h>[^。;:0-9]{{2,24}})。(?=.)"),
        )
        for number in (_USUAL, *_OTHERS)
    )


def _usual(lines: Sequence[Line], numbering: _Numbering) -> Iterator[Candidate]:
    yield from _short(lines, numbering)
    for index, line in enumerate(lines):
        text = line.squeezed
        match = numbering.known.match(text)
        if match and (text.endswith("。") or not numbering.short.fullmatch(text.rstrip(TRAILING))):
            yield Candidate(ordinal(match["n"]), index, 0, match.end(), 1.0)
        elif not match and (opening := numbering.opening.match(text)):
            yield Candidate(ordinal(opening["n"]), index, 0, opening.end("h"), 0.9)
        if len(text) > LONG_LINE:
            for found in numbering.known.finditer(text, 1):
                if found["n"][-1] != "." and not is_list(text, found.end()):
                    yield Candidate(ordinal(found["n"]), index, found.start(), found.end(), 0.8)
            yield from _apart(index, line)


def _short(lines: Sequence[Line], numbering: _Numbering) -> Iterator[Candidate]:
    """Numbered lines that are short; a sentence that begins with known words is a heading that runs on."""
    for index, line in enumerate(lines):
        match = numbering.short.fullmatch(line.squeezed.rstrip(TRAILING))
        if match and not (line.squeezed.endswith("。") and numbering.known.match(line.squeezed)):
            yield Candidate(ordinal(match["n"]), index, 0, len(line.squeezed), 1.0)


def _known(lines: Sequence[Line], numbering: _Numbering) -> Iterator[Candidate]:
    for index, line in enumerate(lines):
        text = line.squeezed
        for match in numbering.known.finditer(text):
            within = match.start() > 0
            if within and (len(text) <= LONG_LINE or not stands_apart(line.text, match.start())):
                continue
            if not is_list(text, match.end()):
                whole = not within and not text[match.end() :].strip(TRAILING)
                end = len(text) if whole else match.end()
                yield Candidate(ordinal(match["n"]), index, match.start(), end, 0.8)


def _bare(lines: Sequence[Line]) -> list[Candidate]:
    """Lines that are known words and nothing else, numbered in their order; of those met again the last one counts."""
    words = re.compile("|".join(load_form().older_headings))
    last = {text: i for i, line in enumerate(lines) if words.fullmatch(text := line.squeezed.rstrip(TRAILING))}
    return [Candidate(number, i, 0, len(lines[i].squeezed), 1.0) for number, i in enumerate(sorted(last.values()), 1)]


_APART = re.compile(
    f"(?<=\\s)(?P<n>[{NUMERALS}]{{1,2}})[、.．]\\s?[^\\s。；：，]{{2,30}}(?:，[^\\s。；：，]{{2,15}})?(?=\\s)"
)


def _apart(index: int, line: Line) -> Iterator[Candidate]:
    """Short numbered words between blanks, in a text that lost its line breaks: they stood on a line of their own."""
    for match in _APART.finditer(line.text):
        start = len(squeeze(line.text[: match.start()]))
        yield Candidate(ordinal(match["n"]), index, start, start + len(squeeze(match[0])), 0.4)


_TABLE = re.compile(
    "(?:指标名称|统计指标|指标)(?:计量)?单位(?:代码)?(?:20\\d\\d|本年|本期|历年|年末|当年|统计数|数量|数值|数据|合计|累计)"
)


def _inside_table(lines: Sequence[Line]) -> Callable[[Candidate], bool]:
    """Whether a candidate is a row of a statistics table that lost its grid (八、机构建设和保障经费情况).

    Such a table begins with its column headings and holds no sentence.
    """
    text = "".join(line.squeezed for line in lines)
    tables = [match.start() for match in _TABLE.finditer(text)]
    if not tables:
        return lambda candidate: False
    starts = [0, *accumulate(len(line.squeezed) for line in lines)]

    def inside(candidate: Candidate) -> bool:
        at = starts[candidate.line] + candidate.start
        return any(table < at and "。" not in text[table:at] for table in tables)

    return inside
