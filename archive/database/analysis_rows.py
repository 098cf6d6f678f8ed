"""The rows of the checks beyond one report: across years and documents, text against table, measures, sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive import wire
from archive.checks.cells import Cells, cells_of
from archive.checks.changes import kept_sentences, text_changes
from archive.checks.documents import DifferenceKind, Scope, compare_copies, compare_parts, scope_of
from archive.checks.measures import Measure, Measured, doubtful, load_measures, measures
from archive.checks.narrative import TextCheck, check_text
from archive.checks.rulebook import load_rules
from archive.checks.within import check_report
from archive.checks.years import CrossFinding, check_years
from archive.database.cells import sql_number
from archive.database.dictionaries import Row
from archive.database.inputs import children_of
from archive.holdings import Change, Copy, HeldAgency, Holdings, Report, report_id
from archive.models import Cell, Finding, ParsedReport, Section

MeasureRow = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Analysed:
    """The rows of one report, by table; `measured` are those of the compact table of that name."""

    cross_checks: list[Row]
    copy_differences: list[Row]
    text_checks: list[Row]
    year_texts: list[Row]
    measured: list[MeasureRow]


class Analyst:
    """Looks at each report beside the year before, its copies and those that it covers; holds one report at a time."""

    def __init__(self, holdings: Holdings) -> None:
        self._reports = holdings.reports
        self._children = children_of(holdings.agencies)
        self._last: tuple[str, Measured] | None = None
        self._severity = {rule.id: rule.severity for rule in load_rules()}

    def analyse(
        self, report: Report, agency: HeldAgency, parsed: ParsedReport, findings: Iterable[Finding], version_no: int
    ) -> Analysed:
        """Everything that is said of the current version of a report beyond its own sums."""
        now = Measured(parsed, doubtful(findings))
        earlier = self._reports.find(report_id(report.agency_id, report.year - 1))
        before = self._measured(earlier) if earlier is not None else None
        self._last = (report.id, now)
        then = before.report if before is not None else None
        other = earlier.id if earlier is not None else None
        cross = [
            self._cross_row(finding, report, agency, other)
            for finding in check_years(report.year, parsed, then, founded=agency.valid_from)
        ]
        cross += [self._cross_row(finding, report, agency, None) for finding in self._parts(report, agency, parsed)]
        differences: list[Row] = []
        for copy in report.copies:
            row, differing = self._copy(copy, report, agency)
            cross.append(row)
            differences += differing
        return Analysed(
            cross_checks=sorted(cross, key=lambda row: str(row["check_id"])),
            copy_differences=differences,
            text_checks=_text_rows(check_text(report.year, parsed, then), report, agency),
            year_texts=list(_year_texts(report, parsed, earlier, then)),
            measured=[
                _measure_row(version_no, *pair) for pair in zip(_numbers(now), measures(now, before), strict=True)
            ],
        )

    def _measured(self, report: Report) -> Measured:
        if self._last is not None and self._last[0] == report.id:
            return self._last[1]
        parsed = report.current.parsed()
        return Measured(parsed, doubtful(check_report(parsed)))

    def _parts(self, report: Report, agency: HeldAgency, parsed: ParsedReport) -> tuple[CrossFinding, ...]:
        """Rule D2, for a body that others are registered under and whose report speaks of the whole of them."""
        children = [
            child
            for child in self._children.get(agency.id, ())
            if (child.valid_from or 0) <= report.year <= (child.valid_to or 9999)
        ]
        if not children or scope_of(parsed) is Scope.OWN:
            return ()
        held: list[tuple[str, Cells]] = []
        missing: list[str] = []
        for child in children:
            covered = self._reports.find(report_id(child.id, report.year))
            if covered is None:
                missing.append(child.name)
            elif not missing:
                held.append((child.name, cells_of(covered.current.parsed())))
        return compare_parts(parsed, held, missing)

    def _copy(self, copy: Copy, report: Report, agency: HeldAgency) -> tuple[Row, list[Row]]:
        version = next(version for version in report.versions if version.id == copy.version_id)
        finding, differences = compare_copies(version.parsed(), copy.packed.report())
        url, sha256 = copy.capture.url, copy.capture.sha256
        row = self._cross_row(finding, report, agency, None, url=url, name=f"v{version.number}-{url}-{sha256[:8]}")
        return row, [
            {
                "difference_id": f"{row['check_id']}-{number:03}",
                "check_id": row["check_id"],
                "report_id": report.id,
                "version_id": version.id,
                "url": url,
                "sha256": sha256,
                "key": item.ref.key if item.ref else None,
                "applicant": item.ref.applicant if item.ref else None,
                "section": item.section,
                "held": item.held,
                "copy": item.copy,
                "kind": DifferenceKind(item.kind),
            }
            for number, item in enumerate(differences, 1)
        ]

    def _cross_row(
        self,
        finding: CrossFinding,
        report: Report,
        agency: HeldAgency,
        other: str | None,
        *,
        url: str | None = None,
        name: str | None = None,
    ) -> Row:
        parts = (report.id, finding.rule, finding.key, finding.applicant, name)
        return {
            "check_id": "-".join(part for part in parts if part),
            "rule": finding.rule,
            "severity": self._severity[finding.rule],
            "report_id": report.id,
            "agency_id": agency.id,
            "agency": agency.name,
            "year": report.year,
            "other_id": other,
            "url": url,
            "key": finding.key,
            "applicant": finding.applicant,
            "status": finding.status,
            "left": sql_number(finding.left),
            "right": sql_number(finding.right),
            "delta": sql_number(finding.delta),
            "reason": finding.reason,
            "cells": wire.dumps(
                [
                    {
                        "side": "left" if side.left else "right",
                        "report_id": other if side.before else report.id,
                        **_cell_json(side.cell),
                    }
                    for side in finding.cells
                ]
            ),
            "note": finding.note,
        }


def _cell_json(cell: Cell) -> dict[str, object]:
    return {
        "key": cell.key,
        "applicant": cell.applicant,
        "value": cell.value,
        "raw": cell.raw,
        "state": str(cell.state),
    }


def _text_rows(checks: Iterable[TextCheck], report: Report, agency: HeldAgency) -> list[Row]:
    return [
        {
            "text_check_id": f"{report.id}-{number:03}-{check.rule}",
            "rule": check.rule,
            "claim": check.claim,
            "report_id": report.id,
            "agency_id": agency.id,
            "agency": agency.name,
            "year": report.year,
            "section_id": f"{report.id}-s{check.section}",
            "place": check.place,
            "sentence": check.sentence,
            "stated": check.stated,
            "value": sql_number(check.value),
            "status": check.status,
            "reading": check.reading,
            "computed": sql_number(check.computed),
            "delta": sql_number(check.delta),
            "readings": wire.dumps(
                [
                    {"reading": told.reading, "value": told.value, "cells": [_cell_json(cell) for cell in told.cells]}
                    for told in check.readings
                ]
            ),
            "reason": check.reason,
        }
        for number, check in enumerate(checks, 1)
    ]


def _year_texts(
    report: Report, parsed: ParsedReport, earlier: Report | None, then: ParsedReport | None
) -> Iterator[Row]:
    if earlier is None or then is None:
        return
    before: dict[int, Section] = {section.number: section for section in then.sections if section.text}
    for section in parsed.sections:
        if section.text and section.number in before:
            kept = kept_sentences(before[section.number].text, section.text)
            yield {
                "section_id": f"{report.id}-s{section.number}",
                "before_id": f"{earlier.id}-s{section.number}",
                "report_id": report.id,
                "number": section.number,
                "kept": kept.kept,
                "added": kept.added,
                "removed": kept.removed,
            }


def _numbers(now: Measured) -> list[int]:
    return [number for number, form in enumerate(load_measures(), 1) if now.report.era in form.formulas]


def _measure_row(version_no: int, number: int, measure: Measure) -> MeasureRow:
    return (
        version_no,
        number,
        sql_number(measure.numerator),
        sql_number(measure.denominator),
        int(measure.value is not None),
        measure.inferred,
        measure.reason,
    )


def text_change_rows(change: Change) -> Iterator[Row]:
    """The rows of `text_changes` for one section that changed between two versions: its sentences."""
    for position, item in enumerate(text_changes(change.before or "", change.after or ""), 1):
        yield {
            "change_id": change.id,
            "position": position,
            "report_id": change.report_id,
            "section": change.section,
            "kind": item.kind,
            "before": item.before,
            "after": item.after,
        }
