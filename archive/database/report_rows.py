"""The rows that come from the reports themselves: one report after another, each taken apart and let go."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from archive import wire
from archive.checks.confidence import confidence
from archive.checks.within import check_report
from archive.database.analysis_rows import Analyst, MeasureRow
from archive.database.carried import Counts
from archive.database.cells import CellRow, UnsoundReport, cell_rows, sql_number
from archive.database.dictionaries import Row, application_of, check_number, check_row, named_checks, status_codes
from archive.database.holdings_rows import place_of, sighting_rows, version_row
from archive.holdings import HeldAgency, Report
from archive.models import CheckStatus, Finding, Number, ParsedReport
from archive.search import index_text

FAILED = (CheckStatus.FAIL, CheckStatus.FAIL_WITH_BLANKS)


@dataclass(slots=True)
class Batch:
    """Rows by table, for a stretch of reports. `search` has (docid, index text)."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    cells: list[CellRow] = field(default_factory=list)
    checks: list[tuple[object, ...]] = field(default_factory=list)
    search: list[tuple[int, str]] = field(default_factory=list)
    measured: list[MeasureRow] = field(default_factory=list)

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Puts rows to those of a table."""
        self.rows.setdefault(table, []).extend(rows)


@dataclass(slots=True)
class Taker:
    """Takes reports apart; numbers versions and sections from 1 in the order they come."""

    analyst: Analyst
    counts: Counts = field(default_factory=Counts)
    _met: set[int] = field(default_factory=set)

    def take(self, report: Report, agency: HeldAgency, batch: Batch) -> None:
        """Adds every row of one report to the batch; raises UnsoundReport naming the report."""
        for version in report.versions:
            parsed = version.parsed()
            current = version is report.versions[-1]
            self.counts.versions += 1
            batch.add(
                "versions",
                [version_row(version, self.counts.versions, current=current, parser_version=parsed.parser_version)],
            )
            try:
                cells = list(cell_rows(self.counts.versions, parsed))
            except UnsoundReport as error:
                raise UnsoundReport(f"{version.id} ({version.capture.url}): {error}") from error
            batch.cells += cells
            if current:
                self.counts.cells += len(cells)
                self._take_current(report, parsed, agency, batch, read=sum(cell[2] is not None for cell in cells))
            else:
                batch.add("version_sections", _old_sections(version.id, parsed))
        batch.add("sightings", sighting_rows(report))

    def _take_current(
        self, report: Report, parsed: ParsedReport, agency: HeldAgency, batch: Batch, *, read: int
    ) -> None:
        findings = check_report(parsed)
        self.counts.findings += len(findings)
        version, place = report.current, place_of(agency)
        stated = confidence(parsed, findings)
        batch.checks += [self._check_row(finding, batch) for finding in findings]
        period = parsed.period or (None, None)
        batch.add(
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
                    "version_no": self.counts.versions,
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
        for section in parsed.sections:
            self.counts.sections += 1
            batch.search.append((self.counts.sections, index_text(section.text)))
            batch.add(
                "sections",
                [
                    place
                    | {
                        "section_id": f"{report.id}-s{section.number}",
                        "docid": self.counts.sections,
                        "report_id": report.id,
                        "number": section.number,
                        "heading": section.heading,
                        "status": section.status,
                        "text": section.text,
                        "year": report.year,
                        "era": parsed.era,
                    }
                ],
            )
        batch.add("extra_rows", _extra_rows(report.id, parsed))
        beyond = self.analyst.analyse(report, agency, parsed, findings, self.counts.versions)
        batch.add("cross_checks", beyond.cross_checks)
        batch.add("copy_differences", beyond.copy_differences)
        batch.add("text_checks", beyond.text_checks)
        batch.add("year_texts", beyond.year_texts)
        batch.measured += beyond.measured
        batch.add("leftovers", _leftovers(report.id, parsed))

    def _check_row(self, finding: Finding, batch: Batch) -> tuple[object, ...]:
        application = application_of(finding)
        number = check_number(application)
        if number > len(named_checks()) and number not in self._met:
            self._met.add(number)
            batch.add("check_items", [check_row(application)])
        sides = map(sql_number, (finding.left, finding.right, finding.delta))
        return (self.counts.versions, number, status_codes()[finding.status], *sides, finding.note)


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
