"""A generated archive of any size, published in a data directory, for the benchmarks of search and site."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from archive import wire
from archive.database.build import build_database
from archive.generations import Generation, publish
from archive.holdings import (
    Change,
    ChangeKind,
    Coverage,
    CoverageStatus,
    HeldAgency,
    Holdings,
    PackedReport,
    Report,
    Sighting,
    Version,
)
from archive.models import Capture, ParsedReport, Portal, Role
from archive.registry import Registry, load_divisions
from demo.reports import many
from demo.truth import TrueReport

PORTAL = Portal("bench", "演示门户", "110101", None, "http://127.0.1.1/")
SEEN = "2026-02-01T00:00:00Z"


def parsed(report: TrueReport) -> ParsedReport:
    """What the parser makes of a generated report."""
    return ParsedReport(
        title=report.title,
        agency=report.agency.name,
        year=report.year,
        era=report.era,
        sections=report.sections,
        cells=report.cells,
        published=report.published,
        period=report.period,
        parser_version="bench",
    )


def held(report: TrueReport) -> Report:
    """A report with one version and one sighting."""
    url = f"http://127.0.1.1/{report.id}.html"
    capture = Capture(
        sha256=hashlib.sha256(url.encode()).hexdigest(),
        url=url,
        fetched_at=SEEN,
        status=200,
        media_type="text/html",
        warc="bench.warc.gz",
        offset=0,
        length=1,
        role=Role.ARTICLE,
        portal=PORTAL.id,
    )
    body = wire.dumps(wire.result_to_json(url, parsed(report)))
    version = Version(
        report_id=report.id,
        number=1,
        capture=capture,
        first_seen=SEEN,
        last_seen=SEEN,
        fingerprint=capture.sha256,
        title=report.title,
        era=report.era,
        published=report.published,
        packed=PackedReport.pack(body),
    )
    return Report(report.id, report.agency.id, report.year, PORTAL.id, (version,), (Sighting(version.id, capture),))


def holdings(count: int) -> Holdings:
    """Holdings of `count` generated reports."""
    reports: list[Report] = []
    agencies: dict[str, HeldAgency] = {}
    for true in many(count):
        reports.append(held(true))
        agencies.setdefault(
            true.agency.id,
            HeldAgency(
                id=true.agency.id,
                name=true.agency.name,
                division=PORTAL.division,
                province="北京市",
                level=true.agency.level,
                registered=True,
                portal=PORTAL.id,
            ),
        )
    return Holdings(
        registry=Registry({PORTAL.id: PORTAL}, {}, load_divisions(), {}),
        parser_version="bench",
        agencies=tuple(agencies[key] for key in sorted(agencies)),
        reports=tuple(sorted(reports, key=lambda report: (report.agency_id, report.year))),
        changes=tuple(Change(f"{r.id}-new", r.id, SEEN, ChangeKind.NEW, r.versions[0].id) for r in reports),
        coverage=tuple(Coverage(r.agency_id, r.year, CoverageStatus.HELD, None, r.id, PORTAL.id) for r in reports),
        unplaced=(),
        captures=tuple(report.current.capture for report in reports),
        outcomes={(PORTAL.id, "article", "ok"): count},
    )


def make(data: Path, count: int) -> Generation:
    """Publishes a generated archive of `count` reports in `data`."""
    made = holdings(count)
    built_at = datetime.now(UTC).isoformat(timespec="seconds")

    def fill(directory: Path, number: int) -> None:
        build_database(directory / "archive.db", made, built_at=built_at, generation=number)

    return publish(data, fill)
