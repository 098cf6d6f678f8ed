"""The parts of a report: headings found by their words and their order, the text between them, and what is left over.

A heading is a line of its own, or begins a line with its number (一、总体情况2021年…), or, in text that lost its line
breaks, stands anywhere with its number. Of all candidates the chain with rising numbers and the most weight is taken;
a candidate without text behind it (a contents page) weighs least.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from archive.models import Era, Leftover, Section, SectionStatus
from archive.report.form import load_form
from archive.report.lines import Line, cut
from archive.report.sections.candidates import TRAILING, candidates_in, is_doubtful
from archive.report.sections.endings import end_of_report
from archive.report.sections.older_candidates import older_candidates_in
from archive.report.sections.unheaded import with_numbered_lines, without_headings
from archive.report.sections.words import (
    Candidate,
    whole_headings,
)
from archive.report.text import squeeze

_BEHIND_HEADING = "：:。 \u3000"


@dataclass(frozen=True, slots=True)
class Outline:
    """The sections of a report, text that belongs to none of them, and warnings."""

    sections: tuple[Section, ...]
    leftovers: tuple[Leftover, ...]
    warnings: tuple[str, ...]


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
    table = lines[start.line].table
    if end is not None and end.line == start.line:
        tail = cut(cut(lines[start.line].text, end.start)[0], start.end)[1]
        tail = tail.strip().lstrip(_BEHIND_HEADING)
        return [tail] if tail else [], False
    tail = cut(lines[start.line].text, start.end)[1].strip() if start.end < len(lines[start.line].squeezed) else ""
    tail = tail.lstrip(_BEHIND_HEADING) if squeeze(tail).strip(TRAILING) else ""
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
        return _six_sections(whole_headings(lines))
    chain = _best_chain(lines, older_candidates_in(lines))
    return _outline(lines, chain, six=False)


def six_section_count(lines: Sequence[Line]) -> int:
    """How many of the six headings of eras B and C surely stand in the text in order."""
    lines = whole_headings(lines)
    return len(_best_chain(lines, [c for c in candidates_in(lines) if not is_doubtful(c)]))


def _six_sections(lines: Sequence[Line]) -> Outline:
    candidates = candidates_in(lines)
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


def _repeated(heading: str) -> tuple[str, str]:
    """A heading as it may be printed again below itself: whole, and without its number."""
    whole = squeeze(heading).strip(TRAILING)
    return whole, re.sub(f"^{load_form().heading.ordinal}", "", whole)


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
        if texts and squeeze(texts[0]).strip(":") in _repeated(heading):
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
