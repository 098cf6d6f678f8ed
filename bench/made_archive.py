"""A generated archive of any size, published in a data directory, for the benchmarks of search and site.

    python -m bench.made_archive DATA [REPORTS]

makes one to keep (20,000 reports take some four minutes of one core), which `bench.site --data DATA` serves again and
again. It is spread as a country is: a portal for each city and county, sixty nights of each, all provinces, departments
under their governments, years of which nothing was found, reports that came late and some that were corrected.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from archive import wire
from archive.concerns import Concern
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
    PortalNight,
    Report,
    Reports,
    Sighting,
    Version,
)
from archive.holdings.deadlines import dates_of, judge, rule_for
from archive.models import Capture, ParsedReport, Portal, Role
from archive.registry import Registry, load_divisions
from demo.reports import many
from demo.truth import TrueReport

PORTAL = Portal("bench", "演示门户", "110101", None, "http://127.0.1.1/")
SEEN = "2026-02-01T00:00:00Z"
CORRECTED = "2026-02-20T00:00:00Z"
NIGHTS = 60
ONE_IN_CORRECTED, ONE_IN_TROUBLED, ONE_IN_LOST = 100, 40, 50
"""Of reports, portals and agencies."""
EARLIER = (2017, 2018)
"""Years of which no generated agency has a report."""


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


def held(report: TrueReport, portal: Portal = PORTAL) -> Report:
    """A report with one version and one sighting."""
    url = f"{portal.home_url}{report.id}.html"
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
        portal=portal.id,
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
    return Report(report.id, report.agency.id, report.year, portal.id, (version,), (Sighting(version.id, capture),))


def corrected(report: TrueReport, once: Report) -> Report:
    """The same report, of which an earlier version had a sentence more in its last section."""
    first = once.current
    last = report.sections[-1]
    before = replace(last, text=f"{last.text}\n本部分另有说明。")
    earlier = replace(parsed(report), sections=(*report.sections[:-1], before))
    url = first.capture.url
    capture = replace(first.capture, sha256=hashlib.sha256(f"{url}/2".encode()).hexdigest(), fetched_at=CORRECTED)
    second = replace(first, number=2, capture=capture, first_seen=CORRECTED, last_seen=CORRECTED)
    packed = PackedReport.pack(wire.dumps(wire.result_to_json(url, earlier)))
    versions = (replace(first, packed=packed), replace(second, fingerprint=capture.sha256))
    return replace(once, versions=versions, sightings=(*once.sightings, Sighting(second.id, capture)))


@cache
def provinces() -> tuple[tuple[str, str], ...]:
    """Code and name of each province."""
    divisions = load_divisions()
    names = {code: divisions.province(code) for code in divisions.by_code if code.endswith("0000")}
    return tuple((code, name) for code, name in sorted(names.items()) if name)


def place_of(report: TrueReport) -> tuple[int, str, str]:
    """The number of the city or county, a code for it, and the name of a province."""
    number = int(report.agency.division[2:])
    code, province = provinces()[number % len(provinces())]
    return number, f"{code[:2]}{number // len(provinces()) + 1:04d}", province


def holdings(count: int) -> Holdings:
    """Holdings of `count` generated reports."""
    reports: list[Report] = []
    agencies: dict[str, HeldAgency] = {}
    portals: dict[str, Portal] = {}
    for position, true in enumerate(many(count)):
        number, division, province = place_of(true)
        portal = Portal(
            f"bench-{number}", f"{true.agency.place}政务公开", division, true.agency.level, f"http://p{number}.example/"
        )
        portals.setdefault(portal.id, portal)
        report = held(true, portal)
        changes = [Change(f"{report.id}-new", report.id, SEEN, ChangeKind.NEW, report.versions[0].id)]
        if position % ONE_IN_CORRECTED == ONE_IN_CORRECTED - 1:
            report = corrected(true, report)
            change = Change(f"{report.id}-v2-s6", report.id, CORRECTED, ChangeKind.CORRECTED, report.versions[1].id)
            changes.append(replace(change, section=6))
        reports.append(replace(report, changes=tuple(changes)))
        government = f"bulk-{number}-0"
        agencies.setdefault(
            true.agency.id,
            HeldAgency(
                id=true.agency.id,
                name=true.agency.name,
                division=division,
                province=province,
                level=true.agency.level,
                registered=True,
                parent=government if true.agency.id != government else None,
                portal=portal.id,
            ),
        )
    bodies = tuple(agencies[key] for key in sorted(agencies))
    captures = {s.capture.sha256: s.capture for r in reports for s in r.sightings}
    return Holdings(
        registry=Registry(portals, {}, load_divisions(), {}),
        parser_version="bench",
        agencies=bodies,
        reports=Reports(sorted(reports, key=lambda report: report.id)),
        coverage=sorted(coverage(bodies, reports), key=lambda row: (row.agency_id, row.year)),
        unplaced=(),
        captures=[captures[sha256] for sha256 in sorted(captures)],
        outcomes={(portal, "article", "ok"): count // len(portals) for portal in portals},
        nights=tuple(nights(portals)),
    )


def coverage(agencies: tuple[HeldAgency, ...], reports: list[Report]) -> Iterator[Coverage]:
    """What is held, judged by its stated date, and the years before, of which nothing was found."""
    bodies = {agency.id: agency for agency in agencies}
    for report in reports:
        rule, dates = rule_for(bodies[report.agency_id], report.year), dates_of(report, lambda _: None)
        yield Coverage(
            report.agency_id, report.year, CoverageStatus.HELD, None, report.id, report.portal,
            due_on=rule.due(report.year).isoformat(), due_by=rule.id, timeliness=judge(rule, report.year, dates),
            stated_date=report.current.published, first_seen=SEEN[:10],
        )  # fmt: skip
    for place, agency in enumerate(agencies):
        status = CoverageStatus.NOT_LOOKED if place % ONE_IN_LOST == 0 else CoverageStatus.NOT_FOUND
        for year in EARLIER:
            rule = rule_for(agency, year)
            due = rule.due(year).isoformat()
            yield Coverage(agency.id, year, status, None, None, agency.portal, due_on=due, due_by=rule.id)


def nights(portals: dict[str, Portal]) -> Iterator[PortalNight]:
    """Sixty nights of each portal, the last of which went wrong for some."""
    for run in range(1, NIGHTS + 1):
        started = f"{date(2026, 2, 1) + timedelta(days=run)}T18:00:00Z"
        for place, portal in enumerate(portals):
            bad = run == NIGHTS and place % ONE_IN_TROUBLED == 0
            concern = (Concern("fewer", {"held": 3, "before": 77}),) if bad else ()
            outcomes = {"timeout": 9} if bad else {"ok": 3, "not_modified": 12}
            yield PortalNight(portal, run, started, "complete", 3 if bad else 77, outcomes, concern)


def make(data: Path, count: int) -> Generation:
    """Publishes a generated archive of `count` reports in `data`."""
    made = holdings(count)
    built_at = datetime.now(UTC).isoformat(timespec="seconds")

    def fill(directory: Path, number: int) -> None:
        build_database(directory / "archive.db", made, built_at=built_at, generation=number)

    return publish(data, fill)


def main(arguments: list[str]) -> None:
    """Makes an archive to keep."""
    if not 1 <= len(arguments) <= 2:
        raise SystemExit((__doc__ or "").strip())
    generation = make(Path(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 20_000)
    print(f"{generation.archive}: {generation.archive.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
