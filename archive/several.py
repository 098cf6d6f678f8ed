"""Several documents that came as one (a package, a page with files inside), of which at most one is the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from archive.models import Cell, NotAReport, Number, ParsedReport, ParseResult, SectionStatus, Unreadable

_NAMED = 5
_SURELY_SAME = 20  # cells: two documents with as many equal ones and none that differs are copies


@dataclass(frozen=True, slots=True)
class Part:
    """One of the documents under the name it has inside, and what reading it came to."""

    name: str
    result: ParseResult


def choose(parts: Sequence[Part], whole: str) -> ParseResult:
    """The one report among the parts of `whole` (a name for a person: "the package"), or why there is none.

    Copies of one report count as one: the fullest is taken, and cells in which the copies differ are named in a
    warning. Different reports give `NotAReport`, because none of them is the report of the address they came from.
    """
    reports = [(part.name, part.result) for part in parts if isinstance(part.result, ParsedReport)]
    if not reports:
        return _none(parts, whole)
    name, best = max(reports, key=lambda report: _fullness(report[1]))
    others = [report for report in reports if report[1] is not best]
    if different := [report for report in others if not _same(best, report[1])]:
        named = _listed([f"{name} ({_told(best)})", *(f"{other} ({_told(report)})" for other, report in different)])
        return NotAReport(f"{whole} holds several different reports, and which one is meant is not known: {named}")
    warnings = [f"read from {name} in {whole}"]
    for other, report in others:
        differing = _differing(best, report)
        if differing:
            warnings.append(
                f"{other} in {whole} is a copy of this report with other values in "
                f"{_listed([' '.join(filter(None, cell)) for cell in differing])}"
            )
    warnings += [
        f"{part.name} in {whole} could not be read: {part.result.why}"
        for part in parts
        if isinstance(part.result, Unreadable)
    ]
    return replace(best, warnings=(*best.warnings, *warnings))


def _none(parts: Sequence[Part], whole: str) -> ParseResult:
    """Why no part is a report: what could not be read may be the report, so it weighs more than what is none."""
    if not parts:
        return NotAReport(f"{whole} holds no documents")
    unread = [f"{part.name}: {part.result.why}" for part in parts if isinstance(part.result, Unreadable)]
    none = [f"{part.name}: {part.result.why}" for part in parts if isinstance(part.result, NotAReport)]
    if unread:
        return Unreadable(f"{whole} holds no report that can be read ({_listed([*unread, *none])})")
    return NotAReport(f"{whole} holds no report ({_listed(none)})")


def _fullness(report: ParsedReport) -> tuple[int, int, int]:
    """How much of a report was read: values, sections, text."""
    found = sum(section.status is SectionStatus.FOUND for section in report.sections)
    return len(_values(report)), found, sum(len(section.text) for section in report.sections)


def _values(report: ParsedReport) -> Mapping[tuple[str, str | None], Number]:
    return {_place(cell): cell.value for cell in report.cells if cell.value is not None}


def _place(cell: Cell) -> tuple[str, str | None]:
    return cell.key, cell.applicant


def _differing(one: ParsedReport, other: ParsedReport) -> list[tuple[str, str | None]]:
    """The cells in which both have a value, and not the same one."""
    values = _values(other)
    return [place for place, value in _values(one).items() if place in values and values[place] != value]


def _same(one: ParsedReport, other: ParsedReport) -> bool:
    """Whether two documents are copies of one report: of one agency and year, or with the same cells throughout."""
    if _clash(one.year, other.year) or _clash(one.agency, other.agency) or one.era is not other.era:
        return False
    if one.year == other.year is not None and one.agency == other.agency is not None:
        return True
    shared = _values(one).keys() & _values(other).keys()
    return len(shared) >= _SURELY_SAME and not _differing(one, other)


def _clash(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _told(report: ParsedReport) -> str:
    return report.title or f"{report.agency or 'agency unknown'}, {report.year or 'year unknown'}"


def _listed(names: Sequence[str]) -> str:
    more = f"; and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return "; ".join(names[:_NAMED]) + more
