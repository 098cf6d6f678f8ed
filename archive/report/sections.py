"""The parts of a report: headings found by their words and their order, the text between them, and what is left over.

A heading is a line of its own, or begins a line with its number (一、总体情况2021年…), or, in text that lost its line
breaks, stands anywhere with its number. Of all candidates the chain with rising numbers and the most weight is taken;
a candidate without text behind it (a contents page) weighs least.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, zip_longest

from archive.models import Era, Leftover, Section, SectionStatus
from archive.report.endings import end_of_report, stands_apart
from archive.report.form import load_form
from archive.report.lines import Line, cut
from archive.report.section_words import NUMERALS, Candidate, any_heading, older_headings, ordinal, six_headings
from archive.report.text import squeeze
from archive.report.unheaded import with_numbered_lines, without_headings

_LEADER = re.compile(r"[.·…_\-]*\d{1,3}")  # the page number of a line of a contents page
_LONG_LINE = 60
_BRACKETED = 0.5
_TRAILING = ":。.,、;"


@dataclass(frozen=True, slots=True)
class Outline:
    """The sections of a report, text that belongs to none of them, and warnings."""

    sections: tuple[Section, ...]
    leftovers: tuple[Leftover, ...]
    warnings: tuple[str, ...]


def _merged(number: int, rest: str) -> tuple[int, ...]:
    """The other sections that a heading names too (五、存在的主要问题及改进情况和其他需要报告的事项)."""
    found = []
    for section in load_form().sections:
        if section.number != number:
            match = re.fullmatch(f"(?:及|和|与|以及|、|,)?(?:[{NUMERALS}]、)?(?:{section.pattern})", rest)
            if match:
                found.append(section.number)
    return tuple(found)


def _in_line(index: int, line: Line) -> Iterator[Candidate]:
    text = line.squeezed
    start, within = any_heading()
    if not start.match(text) and (len(text) <= _LONG_LINE or not within.search(text, 1)):
        return
    for words in six_headings():
        number = words.number
        match = words.at_start.match(text)
        if match and not (words.own and ordinal(match["n"] or "") != number):
            rest = text[match.end() :].strip(_TRAILING)
            proper = 0.3 if match["n"] and ordinal(match["n"]) == number else 0.0
            if _LEADER.fullmatch(text, match.end()):
                continue
            merged = _merged(number, rest) if rest else ()
            if match["n"] and match["n"].startswith("("):  # as sub-headings are numbered: only where nothing else fits
                if not rest:
                    yield Candidate(number, index, 0, len(text), _BRACKETED if proper else _BRACKETED / 2, merged)
                continue
            if not rest or merged or re.fullmatch(r"\([^()]*\)", rest):
                yield Candidate(number, index, 0, len(text), 1.0 + proper, merged)
                continue
            if len(match["n"] or "") > 1 and not _is_list(text, match.end()):
                yield Candidate(number, index, 0, match.end(), 0.7 + proper)
        if len(text) > _LONG_LINE:
            for match in words.inside.finditer(text, 1):
                proper = 0.3 if ordinal(match["n"]) == number else 0.0
                usual = match["n"][0] in NUMERALS and match["n"].endswith("、")
                fits = proper or (usual and number > 1 and not words.own)
                fits = fits and (usual or stands_apart(line.text, match.start()))
                if fits and not _is_list(text, match.end(), number):
                    yield Candidate(number, index, match.start(), match.end(), 0.6 + proper)


def _is_list(text: str, end: int, number: int | None = None) -> bool:
    """Whether a heading's words are one of a list (全文包括总体情况、主动公开政府信息情况…).

    Its own `number` again is no list: the table below it repeats the heading.
    """
    if re.match(f"[{NUMERALS}]、", text[end : end + 2]):
        return ordinal(text[end]) != number
    return text[end : end + 1] in ("、", ",", "和", ";")


def _candidates(lines: Sequence[Line]) -> list[Candidate]:
    """All places where a section may begin; (一)、(二) number sub-headings, unless headings with other numbers lack."""
    found = [c for index, line in enumerate(lines) if not line.table for c in _in_line(index, line)]
    plain = [c for c in found if c.weight > _BRACKETED]
    if len({c.number for c in plain}) >= 3:
        found = plain
    return sorted(dict.fromkeys(found), key=lambda c: (c.line, c.start, -c.weight))


def _older_candidates(lines: Sequence[Line]) -> list[Candidate]:
    at_start, inside, short = older_headings()
    found: list[Candidate] = []
    for index, line in enumerate(lines):
        text = line.squeezed
        match = at_start.match(text)
        whole = short.fullmatch(text.rstrip(_TRAILING))
        if whole or match:
            chosen = whole or match
            assert chosen is not None
            found.append(Candidate(ordinal(chosen["n"]), index, 0, len(text) if whole else chosen.end(), 1.0))
        if len(text) > _LONG_LINE:
            found += [
                Candidate(ordinal(m["n"]), index, m.start(), m.end(), 0.8)
                for m in inside.finditer(text, 1)
                if not _is_list(text, m.end())
            ]
            found += list(_apart(index, line))
    inside_table = _inside_table(lines)
    found.sort(key=lambda c: (c.line, c.start, -c.weight))
    return [c for c in found if c.number > 0 and not inside_table(c)]


_APART = re.compile(f"(?<=\\s)(?P<n>[{NUMERALS}]{{1,2}})[、.．]\\s?[^\\s。；：，]{{2,30}}(?=\\s)")


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


def _has_body(lines: Sequence[Line], candidate: Candidate, following: Candidate | None) -> bool:
    if following is not None and following.line == candidate.line:
        return following.start - candidate.end > 1
    if candidate.end < len(lines[candidate.line].squeezed):
        return True
    stop = following.line if following is not None else len(lines)
    return stop > candidate.line + 1 or (following is not None and following.start > 0)


def _best_chain(lines: Sequence[Line], candidates: Sequence[Candidate]) -> list[Candidate]:
    """The chain of candidates with rising numbers that weighs most; of equal ones the first."""
    best: list[tuple[float, int]] = []
    leading: dict[int, int] = {}  # for each number the candidate that ends the heaviest chain so far
    pending: list[int] = []  # candidates that end behind the place reached
    for i, candidate in enumerate(candidates):
        at = (candidate.line, candidate.start)
        for j in [j for j in pending if (candidates[j].line, candidates[j].end) <= at or candidates[j].line < at[0]]:
            pending.remove(j)
            number = candidates[j].number
            if number not in leading or best[j][0] > best[leading[number]][0]:
                leading[number] = j
        following = next(
            (c for c in candidates[i + 1 : i + 20] if (c.line, c.start) > at and c.number != candidate.number), None
        )
        weight = candidate.weight + (1.0 if _has_body(lines, candidate, following) else 0.0)
        before = [j for number, j in leading.items() if number < candidate.number]
        back = max(before, key=lambda j: (best[j][0], -j), default=-1)
        best.append((weight + (best[back][0] if back >= 0 else 0.0), back))
        pending.append(i)
    if not best:
        return []
    link = max(range(len(best)), key=lambda i: (best[i][0], -i))
    chain: list[Candidate] = []
    while link >= 0:
        chain.append(candidates[link])
        link = best[link][1]
    return chain[::-1]


def _text_between(lines: Sequence[Line], start: Candidate, end: Candidate | None) -> tuple[list[str], bool]:
    """The lines after one heading and before the next, and whether a table stands among them."""
    last = end.line if end is not None else len(lines)
    texts: list[str] = []
    table = False
    if end is not None and end.line == start.line:
        tail = cut(cut(lines[start.line].text, end.start)[0], start.end)[1]
        return [tail.strip()] if tail.strip() else [], False
    tail = cut(lines[start.line].text, start.end)[1].strip() if start.end < len(lines[start.line].squeezed) else ""
    tail = tail if squeeze(tail).strip(_TRAILING) else ""
    texts += [tail] if tail else []
    for line in lines[start.line + 1 : last]:
        table = table or line.table
        if not line.table:
            texts.append(line.text)
    if end is not None and end.start > 0:
        head = cut(lines[end.line].text, end.start)[0].strip()
        texts += [head] if head else []
    return texts, table


def _heading_text(lines: Sequence[Line], candidate: Candidate) -> str:
    return cut(cut(lines[candidate.line].text, candidate.end)[0], candidate.start)[1].strip()


# --------------------------------------------------------------------------- outlines


def read_outline(lines: Sequence[Line], era: Era) -> Outline:
    """The sections of a report of `era`: the six of the form for B and C, those of its own outline before."""
    if era in (Era.B, Era.C):
        return _six_sections(lines)
    chain = _best_chain(lines, _older_candidates(lines))
    return _outline(lines, chain, six=False)


def six_section_count(lines: Sequence[Line]) -> int:
    """How many of the six headings of eras B and C stand in the text in order."""
    return len(_best_chain(lines, _candidates(lines)))


def _six_sections(lines: Sequence[Line]) -> Outline:
    candidates = _candidates(lines)
    chain = _best_chain(lines, candidates)
    taken = {(c.line, c.start) for c in chain}
    others = [c for c in candidates if (c.line, c.start) not in taken and c.weight >= 1.0]
    second = _best_chain(lines, others)
    if len(second) < 4 or sum(_has_body(lines, c, n) for c, n in zip_longest(second, second[1:])) < 4:
        whole = with_numbered_lines(lines, without_headings(lines, chain))
        outline = _outline(lines, whole, six=True)
        added = [str(c.number) for c in whole if c not in chain]
        warning = (
            f"section {', '.join(added)}: the heading is missing or in other words; told by number, text and tables"
        )
        return replace(outline, warnings=(*outline.warnings, warning)) if added else outline
    stop = second[0].line if chain[-1].line < second[0].line else len(lines)
    titles = [i for i in range(chain[-1].line + 1, stop) if load_form().title.match(lines[i].squeezed)]
    stop = min([stop, *titles])
    outline = _outline(lines[:stop], chain, six=True)
    rest = "\n".join(line.text for line in lines[stop:] if not line.table)
    warning = "a second set of section headings stands in the document: perhaps two reports on one page"
    return Outline(
        outline.sections,
        (*outline.leftovers, Leftover("second report", rest)) if rest else outline.leftovers,
        (*outline.warnings, warning),
    )


def _outline(lines: Sequence[Line], chain: Sequence[Candidate], *, six: bool) -> Outline:
    sections: dict[int, Section] = {}
    leftovers: list[Leftover] = []
    first = chain[0] if chain else None
    before = [line.text for line in lines[: first.line if first else len(lines)] if not line.table]
    if first is not None and first.start > 0:
        before.append(cut(lines[first.line].text, first.start)[0].strip())
    if before:
        leftovers.append(Leftover("before", "\n".join(before)))
    for candidate, following in zip_longest(chain, chain[1:]):
        texts, table = _text_between(lines, candidate, following)
        heading = _heading_text(lines, candidate)
        if following is None:
            ending = end_of_report(texts, heading, six=six, table=table)
            texts = ending.texts
            leftovers += [Leftover(where, "\n".join(words)) for where, words in ending.leftovers]
            if ending.annex is not None:
                number = candidate.number + 1  # it has none of its own, and is counted as the part that it is
                title, words = ending.annex
                sections[number] = Section(number, title, SectionStatus.FOUND, "\n".join(words))
        if len(texts) > 1 and squeeze(texts[0]) == squeeze(heading):
            texts = texts[1:]  # the first row of a table repeats the heading above it
        status = SectionStatus.FOUND if texts or table else SectionStatus.EMPTY
        sections[candidate.number] = Section(candidate.number, heading or None, status, "\n".join(texts))
        for other in candidate.merged:
            sections.setdefault(other, Section(other, heading or None, SectionStatus.MERGED, ""))
    warnings: tuple[str, ...] = ()
    if six:
        missing = [n for n in range(1, 7) if n not in sections]
        for number in missing:
            sections[number] = Section(number, None, SectionStatus.MISSING, "")
        if missing:
            warnings = (f"no heading found for section {', '.join(map(str, missing))}",)
    return Outline(tuple(sections[n] for n in sorted(sections)), tuple(leftovers), warnings)
