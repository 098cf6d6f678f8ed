"""Sections of the six whose headings stand in other words, or that have no heading at all.

A line of its own with the number that is missing, between its neighbours in number, is a heading whatever it says. A
report without headings is told by what the form asks for: its first part names 主动公开 and 依申请公开 as (一) and
(二), the tables follow in their order, the part on problems is the first text behind them, and the last one begins
with the sentence on the processing fee or on other matters. What does not fit all of that stays without sections.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.report.lines import Line
from archive.report.sections.words import NUMERALS, Candidate, ordinal
from archive.report.text import squeeze

_LAST = 6
_NUMBERED = re.compile(f"[{NUMERALS}][、.](?P<words>[^。;:]{{2,40}})")
_APART = re.compile(
    f"(?<!\\S)[{NUMERALS}][、.．]\\s?(?!本年|上年|上一年|结转)[^\\s。；：，]{{2,30}}(?!\\S)"
)  # the rows of table 3 are numbered too
_TABLES = (
    re.compile(r"第二十条第?\(一\)项|信息内容"),
    re.compile(r"\(?本列数据的?勾稽关系|申请人情况"),
    re.compile(r"行政复议行政诉讼|结果维持结果纠正"),
)
_SENTENCE = re.compile(r"[\u4e00-\u9fff\d“”\"]{4,}[,。]")
_PREAMBLE = re.compile("编制|统计期限|本报告|现公布|现予公布|电子版")
_FIRST, _SECOND = re.compile(r"\(一\)主动公开"), re.compile(r"\(二\)依申请公开")
_PROBLEMS = re.compile("问题|不足|差距|短板|薄弱")
_OTHER = re.compile("信息处理费|需要报告的?(?:其他)?(?:事项|情况)|其他事项")


def with_numbered_lines(lines: Sequence[Line], chain: Sequence[Candidate]) -> list[Candidate]:
    """The headings found, and those that only their number between their neighbours tells."""
    by_number = {candidate.number: candidate for candidate in chain}
    merged = {number for candidate in chain for number in candidate.merged}
    for number in range(1, _LAST + 1):
        before, after = by_number.get(number - 1), by_number.get(number + 1)
        if number in by_number or number in merged or not (before or number == 1) or not (after or number == _LAST):
            continue
        start = before.line + 1 if before else 0
        between = [i for i in range(start, after.line if after else len(lines)) if _is_numbered(lines[i], number)]
        if len(between) == 1:
            by_number[number] = Candidate(number, between[0], 0, len(lines[between[0]].squeezed), 1.0)
        elif not between and (found := _within(lines, number, before, after)):
            by_number[number] = found
    return [by_number[number] for number in sorted(by_number)]


def _within(lines: Sequence[Line], number: int, before: Candidate | None, after: Candidate | None) -> Candidate | None:
    """The only short words with a number that stand between blanks in the line of a neighbour, behind or before it."""
    neighbours = {candidate.line for candidate in (before, after) if candidate}
    if len(neighbours) != 1:
        return None
    (index,) = neighbours
    text = lines[index].text
    start = before.end if before else 0
    stop = after.start if after else len(lines[index].squeezed)
    found: list[Candidate] = []
    for match in _APART.finditer(text):
        begin = len(squeeze(text[: match.start()]))
        end = begin + len(squeeze(match[0]))
        if start <= begin and end <= stop and ordinal(match[0][:1]) == number:
            found.append(Candidate(number, index, begin, end, 1.0))
    return found[0] if len(found) == 1 else None


def _is_numbered(line: Line, number: int) -> bool:
    return bool(_NUMBERED.fullmatch(line.squeezed)) and ordinal(line.squeezed[:1]) == number


def without_headings(lines: Sequence[Line], chain: Sequence[Candidate]) -> list[Candidate]:
    """Where the sections begin in a report that prints at most one of its headings; the chain itself if unsure."""
    tables = _tables(lines)
    if len(chain) > 1 or not tables:
        return list(chain)
    first, last = tables[0][1], tables[-1][1]
    opening = _opening(lines[:first])
    problems = next((i for i in range(last + 1, len(lines)) if _is_sentence(lines[i])), None)
    other = _other(lines, problems) if problems is not None else None
    if opening is None or problems is None or other is None:
        return list(chain)
    if not _PROBLEMS.search("".join(line.squeezed for line in lines[problems:other])):
        return list(chain)
    begins = [(1, opening), *tables, (5, problems), (6, other)]
    found = {number: Candidate(number, line, 0, 0, 0.0) for number, line in begins}
    for candidate in chain:
        if candidate.number in found and opening < candidate.line < problems:
            found[candidate.number] = candidate
    return [found[number] for number in sorted(found)]


def _tables(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """The numbers of sections two to four with the lines at which their tables begin, in order; the last with its end.

    Tables that arrived as cells have no words here: unless they are three, only the first and the last are told.
    """
    cells = [index for index, line in enumerate(lines) if line.table]
    if cells:
        if len(cells) == len(_TABLES):
            return list(enumerate(cells, 2))
        return [(2, cells[0]), (4, cells[-1])] if len(cells) > 1 else []
    found: list[tuple[int, int]] = []
    at = 0
    for number, label in enumerate(_TABLES, 2):
        met = next((i for i in range(at, len(lines)) if label.match(lines[i].squeezed)), None)
        if met is None:
            return []
        found.append((number, met))
        at = met + 1
    return found


def _is_sentence(line: Line) -> bool:
    return not line.table and bool(_SENTENCE.search(line.squeezed)) and not _TABLES[1].match(line.squeezed)


def _opening(lines: Sequence[Line]) -> int | None:
    """The line at which the first part begins, behind title and preamble; None where its two sub-headings lack."""
    subs = [i for i, line in enumerate(lines) if _FIRST.match(line.squeezed)]
    if len(subs) != 1 or not any(_SECOND.match(line.squeezed) for line in lines[subs[0] :]):
        return None
    preamble = max((i for i in range(subs[0]) if _PREAMBLE.search(lines[i].squeezed)), default=-1)
    return next((i for i in range(preamble + 1, subs[0] + 1) if _is_sentence(lines[i]) or i == subs[0]), None)


def _other(lines: Sequence[Line], start: int) -> int | None:
    """The line that begins the last part: the first whose first sentence speaks of the fee or of other matters."""
    for index in range(start + 1, len(lines)):
        if not lines[index - 1].squeezed.endswith("。"):
            continue
        ahead = "".join(line.squeezed for line in lines[index : index + 3])
        if _OTHER.search(ahead.split("。", 1)[0]):
            return index
    return None
