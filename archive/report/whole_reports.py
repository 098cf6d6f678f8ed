"""Several whole reports in one document: which of them is meant, or that nobody can tell.

A report begins where the first part of an outline begins anew behind a third one, or below a title of its own; what
has no text then is a contents page or an entry of a list. Two texts are one report if they share most of their lines,
or name the same body and year. Of different reports one is meant if the title of the page, or that of the list by which
it was found, names it and none of the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import NamedTuple

from archive.models import Document
from archive.report.identity.bodies import named_in_text
from archive.report.identity.dates import read_period
from archive.report.identity.titles import Title, joined, pieces_of, read_title, tagged_titles
from archive.report.lines import Line, cut, lines_of
from archive.report.sections.candidates import candidates_in
from archive.report.sections.words import Candidate, whole_headings
from archive.report.text import squeeze

_SURE = 0.85  # weight of a heading: a line of its own, or words behind their number
_REACHED = 3  # number of a part, behind which a first one begins another report
_MANY = 8  # first parts, which are more than one report has: those of extracts, in which the others were cut off
_ABOVE = 15  # lines between the title of a report and its first part, at most
_LONGEST = 80  # characters of a title
_TEXT = 300  # characters of sentences in a report, at least, where it has no table
_LONG = 30  # characters of a line that two reports do not share by chance
_MOST = 50  # reports that are told apart; more are no page of a report either
_NAMED = 5  # reports that are named to a person
_FIRST_PART = re.compile("第?一(?:[、.,]|部分)")


@dataclass(frozen=True, slots=True)
class _Part:
    """A whole report: its lines, and what it names itself."""

    lines: Sequence[Line]
    agency: str | None
    year: int | None

    def __str__(self) -> str:
        return f"{self.agency or 'agency unknown'}, {self.year or 'year unknown'}"


class Meant(NamedTuple):
    """A document with nothing in it but the report that is meant, its lines, and what to note of that."""

    document: Document
    lines: Sequence[Line]
    warnings: tuple[str, ...] = ()


def the_report_meant(document: Document, lines: Sequence[Line], title_hint: str | None) -> Meant | str:
    """The document with its only report or the one that is meant of several; else why none is taken."""
    parts = _different(list(islice(_parts(lines), _MOST)))
    if len(parts) < 2:
        return Meant(document, lines)
    meant = _meant(parts, filter(None, (title_hint, *tagged_titles(document), document.title)))
    own = _cut_out(document, parts, meant) if meant else None
    if meant is None or own is None:
        return f"the page holds several different reports, and which one is meant is not known: {_listed(parts)}"
    left = _listed(_but(parts, meant))
    noted = f"of several reports on the page the one that its title names was read; left out: {left}"
    return Meant(own, lines_of(own.blocks), (noted,))


def _listed(parts: Sequence[_Part]) -> str:
    more = f"; and {len(parts) - _NAMED} more" if len(parts) > _NAMED else ""
    return "; ".join(map(str, parts[:_NAMED])) + more


# --------------------------------------------------------------------------- where reports begin


def _parts(lines: Sequence[Line]) -> Iterator[_Part]:
    """The whole reports of a text, in order."""
    lines = whole_headings(lines)
    headings = _headings(lines)
    firsts = [heading for heading in headings if heading.number == 1]
    if len(firsts) > 1 and any(heading.start for heading in firsts):
        lines = _broken(lines, headings)
        headings = _headings(lines)
    opened = sorted({*_firsts_by_number(headings), *_firsts_by_title(lines)})
    begins = [_title_line(lines, first, before) for first, before in zip(opened, [0, *opened], strict=False)]
    for begin, first, end in zip(begins, opened, [*begins[1:], len(lines)], strict=False):
        below = lines[first:end]
        if any(line.table for line in below) or sum(len(x.squeezed) for x in below if "。" in x.squeezed) >= _TEXT:
            yield _named(lines[begin:end], lines[begin:first])


def _headings(lines: Sequence[Line]) -> list[Candidate]:
    return [candidate for candidate in candidates_in(lines) if candidate.weight >= _SURE]


def _broken(lines: Sequence[Line], headings: Sequence[Candidate]) -> Sequence[Line]:
    """The lines, each heading of a first part at the beginning of one."""
    starts: dict[int, list[int]] = {}
    for heading in headings:
        if heading.number == 1 and heading.start:
            starts.setdefault(heading.line, []).append(heading.start)
    broken: list[Line] = []
    for number, line in enumerate(lines):
        pieces = [line.text]
        for start in sorted(starts.get(number, ())[:_MOST], reverse=True):
            pieces[:1] = cut(pieces[0], start)
        broken += [replace(line, text=text, squeezed=squeeze(text)) for text in pieces] if pieces[1:] else [line]
    return broken


def _firsts_by_number(headings: Sequence[Candidate]) -> Iterator[int]:
    """The lines at which the numbers of the six parts begin anew, if at least the third follows."""
    firsts = [heading.line for heading in headings if heading.number == 1]
    if len(firsts) >= _MANY:
        return iter(firsts)
    runs: list[list[Candidate]] = []
    for heading in headings:
        if not runs or (heading.number == 1 and max(each.number for each in runs[-1]) >= _REACHED):
            runs.append([])
        runs[-1].append(heading)
    return (run[0].line for run in runs if len({heading.number for heading in run}) >= _REACHED)


def _firsts_by_title(lines: Sequence[Line]) -> Iterator[int]:
    """The lines at which a first part begins below a title with a year."""
    for number, line in enumerate(lines):
        if len(line.squeezed) <= _LONGEST and "报" in line.squeezed and (title := read_title(line.text)) and title.year:
            below = range(number + 1, min(number + _ABOVE, len(lines)))
            yield from [at for at in below if _FIRST_PART.match(lines[at].squeezed)][:1]


def _title_line(lines: Sequence[Line], first: int, before: int) -> int:
    """The line with which the report begins whose first part is at `first`, that of the one before it at `before`."""
    above = [line.text for line in lines[max(before + 1, first - _ABOVE) : first]]
    titled = (at for at, (one, two) in enumerate(pairwise([*above, ""])) if read_title(one) or read_title(one + two))
    return first - len(above) + next(titled, len(above)) if before else 0


# --------------------------------------------------------------------------- which of them is meant


def _named(lines: Sequence[Line], above: Sequence[Line]) -> _Part:
    """A report, with the body and year that its period, the title nearest to its first part and its text name."""
    titles = [title for text in joined([line.text for line in above[-_ABOVE:]]) for title in _titles(text)]
    title = max(reversed(titles), key=lambda each: (each.year is not None, each.agency is not None), default=None)
    years = read_period(lines)[1] or ([title.year] if title and title.year else [])
    year = years[0] if len(years) == 1 else None
    return _Part(lines, (title and title.agency) or named_in_text(lines, year), year)


def _titles(text: str) -> Iterator[Title]:
    """The titles of reports in a line."""
    return (title for piece in pieces_of(text) if (title := read_title(piece)))


def _different(parts: Sequence[_Part]) -> list[_Part]:
    """The reports that differ; of copies the first."""
    kept: list[_Part] = []
    for part in parts:
        if not any(_is_same(part, other) for other in kept):
            kept.append(part)
    return kept


def _is_same(one: _Part, other: _Part) -> bool:
    """Whether two texts are one report: of the same body and year, or with most of their long lines in common."""
    if not _fit(one.agency, other.agency) or (one.year != other.year and None not in (one.year, other.year)):
        return False
    if None not in (one.agency, one.year) and (one.agency, one.year) == (other.agency, other.year):
        return True
    few, many = sorted(({x.squeezed for x in part.lines if len(x.squeezed) >= _LONG} for part in (one, other)), key=len)
    return len(few & many) * 2 > len(few)


def _meant(parts: Sequence[_Part], page_titles: Iterable[str]) -> _Part | None:
    """The only report that a title of the page names by its year and does not contradict in its body."""
    for title in (title for text in page_titles for title in _titles(text) if title.year):
        fitting = [part for part in parts if part.year in (title.year, None) and _fit(part.agency, title.agency)]
        if len(fitting) == 1 and fitting[0].year is not None:
            return fitting[0]
    return None


def _fit(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one in other or other in one


def _cut_out(document: Document, parts: Sequence[_Part], meant: _Part) -> Document | None:
    """The document with only the blocks of one report; None where one of them holds another report too."""
    own, others = ({line.block for part in some for line in part.lines} for some in ([meant], _but(parts, meant)))
    if own & others:
        return None
    first, end = min(own), max(own) + 1
    pictures = tuple(at - first for at in document.pictures if first <= at <= end)
    return replace(document, blocks=document.blocks[first:end], pictures=pictures)


def _but(parts: Sequence[_Part], meant: _Part) -> list[_Part]:
    return [part for part in parts if part is not meant]
