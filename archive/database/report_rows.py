"""The rows that come from the reports themselves: one report after another, each taken apart and let go."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from archive import wire
from archive.checks.confidence import confidence
from archive.checks.within import check_report
from archive.database.analysis_rows import Analyst, MeasureRow, text_change_rows
from archive.database.cells import CellRow, UnsoundReport, cell_rows, sql_number
from archive.database.copied_rows import MOST_PAIRS
from archive.database.dictionaries import Row, application_of, check_number, check_row, named_checks, status_codes
from archive.database.holdings_rows import change_row, place_of, sighting_rows, version_row
from archive.database.numbers import Numbers
from archive.database.places import places_for
from archive.holdings import HeldAgency, Holdings, Report
from archive.models import CheckStatus, Finding, Number, ParsedReport

FAILED = (CheckStatus.FAIL, CheckStatus.FAIL_WITH_BLANKS)


BY_REPORT = (
    *("reports", "versions", "sightings", "sections", "version_sections", "extra_rows", "leftovers", "changes"),
    *("cross_checks", "copy_differences", "text_checks", "text_changes", "year_texts"),
)
"""Tables whose rows belong to one report each and follow from what `archive.database.inputs` looks at; they have their
row numbers by the place of the report (see `archive.database.places`)."""
BY_VERSION = ("cells", "checks", "measured")
"""Compact tables without row numbers, whose rows stand by the number of the version."""


@dataclass(slots=True)
class Counts:
    """How many versions, sections, cells of current versions and findings there are."""

    versions: int = 0
    sections: int = 0
    cells: int = 0
    findings: int = 0

    def __sub__(self, other: Counts) -> Counts:
        return Counts(
            self.versions - other.versions,
            self.sections - other.sections,
            self.cells - other.cells,
            self.findings - other.findings,
        )


@dataclass(slots=True)
class Taken:
    """All rows of one report: those of the tables BY_REPORT by name, those of the compact ones, and the applications of
    rules that are its own."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    cells: list[CellRow] = field(default_factory=list)
    checks: list[tuple[object, ...]] = field(default_factory=list)
    measured: list[MeasureRow] = field(default_factory=list)
    check_items: list[Row] = field(default_factory=list)

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Puts rows to those of a table."""
        self.rows.setdefault(table, []).extend(rows)

    def places(self) -> int:
        """How many places they take up, with what will be said of its sections beside all others."""
        return places_for(max(MOST_PAIRS * len(self.rows["sections"]), *map(len, self.rows.values())))


class Taker:
    """Takes reports apart, and counts what they have."""

    def __init__(self, holdings: Holdings, numbers: Numbers, counts: Counts | None = None) -> None:
        """`counts` are those of the reports that are written already."""
        self.counts = counts or Counts()
        self._agencies = holdings.agencies_by_id()
        self._analyst = Analyst(holdings)
        self._numbers = numbers

    def take(self, report: Report) -> Taken:
        """Every row of one report; raises UnsoundReport naming the report."""
        agency, taken = self._agencies[report.agency_id], Taken()
        numbers = self._numbers.versions(report.id, (version.id for version in report.versions))
        for version in report.versions:
            parsed, number = version.parsed(), numbers[version.id]
            current = version is report.versions[-1]
            taken.add("versions", [version_row(version, number, current=current, parser_version=parsed.parser_version)])
            try:
                cells = list(cell_rows(number, parsed))
            except UnsoundReport as error:
                raise UnsoundReport(f"{version.id} ({version.capture.url}): {error}") from error
            taken.cells += cells
            if current:
                self.counts.cells += len(cells)
                read = sum(cell[2] is not None for cell in cells)
                self._take_current(report, parsed, agency, taken, version_no=number, read=read)
            else:
                taken.add("version_sections", _old_sections(version.id, parsed))
        self.counts.versions += len(report.versions)
        taken.add("sightings", sighting_rows(report))
        taken.add("changes", map(change_row, report.changes))
        for change in report.changes:
            if change.section is not None:
                taken.add("text_changes", text_change_rows(change))
        return taken

    def _take_current(
        self, report: Report, parsed: ParsedReport, agency: HeldAgency, taken: Taken, *, version_no: int, read: int
    ) -> None:
        findings = check_report(parsed)
        self.counts.findings += len(findings)
        version, place = report.current, place_of(agency)
        stated = confidence(parsed, findings)
        taken.checks += [_check_row(version_no, finding) for finding in findings]
        applications = dict.fromkeys(map(application_of, findings))
        taken.check_items += [check_row(one) for one in applications if one not in named_checks()]
        period = parsed.period or (None, None)
        taken.add(
            "reports",
            [
                place
                | {
                    "report_id": report.id,
                    "year": report.year,
                    "division": agency.division,
                    "era": parsed.era,
                    "title": parsed.title,
                    "agency_printed": parsed.agency,
                    "published": parsed.published,
                    "period_from": period[0],
                    "period_to": period[1],
                    "version": version.number,
                    "version_no": version_no,
                    "versions": len(report.versions),
                    "sightings": len(report.sightings),
                    "url": report.url,
                    "portal_id": report.portal,
                    "sha256": version.capture.sha256,
                    "first_seen": report.first_seen,
                    "last_seen": report.last_seen,
                    "vanished_on": report.vanished_on,
                    "cells_total": len(parsed.cells),
                    "cells_read": read,
                    "checks_failed": sum(finding.status in FAILED for finding in findings),
                    "confidence": stated.status,
                    "confidence_reason": _json(wire.reasons_to_json(stated)),
                    "warnings": _json([*report.warnings, *parsed.warnings]),
                    "read_by": parsed.read_by,
                    "parser_version": parsed.parser_version,
                }
            ],
        )
        taken.add("sections", self._sections(report, parsed, place))
        taken.add("extra_rows", _extra_rows(report.id, parsed))
        beyond = self._analyst.analyse(report, agency, parsed, findings, version_no)
        taken.add("cross_checks", beyond.cross_checks)
        taken.add("copy_differences", beyond.copy_differences)
        taken.add("text_checks", beyond.text_checks)
        taken.add("year_texts", beyond.year_texts)
        taken.measured += beyond.measured
        taken.add("leftovers", _leftovers(report.id, parsed))

    def _sections(self, report: Report, parsed: ParsedReport, place: Row) -> list[Row]:
        ids = {section.number: f"{report.id}-s{section.number}" for section in parsed.sections}
        numbers = self._numbers.sections(report.id, ids.values())
        self.counts.sections += len(parsed.sections)
        return [
            place
            | {
                "section_id": ids[section.number],
                "docid": numbers[ids[section.number]],
                "report_id": report.id,
                "number": section.number,
                "heading": section.heading,
                "status": section.status,
                "text": section.text,
                "year": report.year,
                "era": parsed.era,
            }
            for section in parsed.sections
        ]


def _check_row(version_no: int, finding: Finding) -> tuple[object, ...]:
    sides = map(sql_number, (finding.left, finding.right, finding.delta))
    number = check_number(application_of(finding))
    return (version_no, number, status_codes()[finding.status], *sides, finding.note)


def _old_sections(version_id: str, parsed: ParsedReport) -> list[Row]:
    return [
        {
            "version_id": version_id,
            "number": section.number,
            "heading": section.heading,
            "status": section.status,
            "text": section.text,
        }
        for section in parsed.sections
    ]


def _extra_rows(report_id: str, parsed: ParsedReport) -> list[Row]:
    return [
        {
            "report_id": report_id,
            "position": position,
            "label": row.label,
            "unit": row.unit,
            "key": row.key,
            "values": f"[{', '.join(map(_json_value, row.values))}]",
            "inferred": int(row.inferred),
            "place": row.place,
        }
        for position, row in enumerate(parsed.extra_rows, 1)
    ]


def _leftovers(report_id: str, parsed: ParsedReport) -> list[Row]:
    return [
        {"report_id": report_id, "position": position, "part": leftover.where, "text": leftover.text}
        for position, leftover in enumerate(parsed.leftovers, 1)
    ]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json_value(value: Number | str | None) -> str:
    """One value as JSON; an amount with decimals digit by digit, not through binary."""
    return _json(value) if value is None or isinstance(value, int | str) else f"{value:f}"
