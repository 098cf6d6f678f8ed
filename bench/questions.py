"""Every check beyond one report on the planted cases of the demo farm, and the answers to the twelve questions.

    python -m bench.questions [ARCHIVE]

With the path of an archive.db, such as that of `gongkai demo`, it only answers the questions from that. Else the
archive is built from the farm's own truth, so that what is measured is the checks and not the reading; then it prints
how many planted cases were found, by check and kind, and how many questions or failures nobody planted.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from archive import wire
from archive.database.build import build_database
from archive.database.queries import load_queries
from archive.holdings import Copy, HeldAgency, Holdings, PackedReport, Report, Reports
from archive.models import Capture, ParsedReport
from archive.registry import Registry, load_divisions
from bench.made_archive import PORTAL, held, parsed
from demo.farm import build_farm
from demo.planted import read_planted
from demo.truth import Quirk, TrueAgency, TrueReport

FAILS = ("fail", "fail_with_blanks", "question")


@dataclass(frozen=True, slots=True)
class Case:
    """One planted case: the rule or statement, the report, and what a check has to come to."""

    check: str
    report: str
    expected: str


def farm_reports() -> dict[str, TrueReport]:
    """Every report of the farm by id, those included that no crawler can get."""
    farm = build_farm()
    reports = {publication.report.id: publication.report for publication in farm.publications}
    return dict(sorted(reports.items()))


def planted(reports: dict[str, TrueReport]) -> list[Case]:
    """The cases that were planted, by the farm's own account of it."""
    cases = [
        Case(claim, f"{each.agency}-{each.year}", expected)
        for each in read_planted()
        for claim, expected in each.says.items()
    ]
    for report in reports.values():
        cases += _quirks(report, reports)
    return cases


# What a quirk makes fail: in its own year and, where the next year builds on the printed number, in that one too.
_BROKEN = {
    Quirk.BROKEN_CHAIN: (("Y1/natural_person", 0), ("Y1/total", 0)),
    Quirk.BROKEN_STOCK: (("Y2/normative_docs", 0), ("Y2/normative_docs", 1)),
    Quirk.BROKEN_DISCLOSED: (("Y3/normative_docs", 0),),
    Quirk.BROKEN_ITEMS: (("Y4/licensing", 0),),
}


def _quirks(report: TrueReport, reports: dict[str, TrueReport]) -> Iterator[Case]:
    if Quirk.TEXT_DIFFERS in report.quirks:
        yield Case("received", report.id, "question")
    for quirk, checks in _BROKEN.items():
        for check, later in checks if quirk in report.quirks else ():
            concerned, before = (
                f"{report.agency.id}-{report.year + later}",
                f"{report.agency.id}-{report.year - 1 + later}",
            )
            if concerned in reports and before in reports:
                yield Case(check, concerned, "fail")


def holdings_of(reports: dict[str, TrueReport]) -> Holdings:
    """Holdings of the farm's reports; two of them with a copy elsewhere, one like it and one with another number."""
    agencies = {report.agency.id: report.agency for report in reports.values()}
    governments = {agency.portal: agency.id for agency in agencies.values() if agency.kind == "government"}
    kept = [_with_copies(report, held(report)) for report in reports.values()]
    captures = {capture.sha256: capture for each in kept for capture in (each.current.capture, *_captures(each))}
    return Holdings(
        registry=Registry({PORTAL.id: PORTAL}, {}, load_divisions(), {}),
        parser_version="bench",
        agencies=tuple(_agency(agency, governments) for agency in sorted(agencies.values(), key=lambda one: one.id)),
        reports=Reports(sorted(kept, key=lambda report: report.id)),
        coverage=(),
        unplaced=(),
        captures=tuple(captures[sha256] for sha256 in sorted(captures)),
        outcomes={},
    )


PASSED_ON = "songlan-mzj-2024"
"""Prints a passage that another agency printed the year before."""
COPIED_ALIKE, COPIED_UNLIKE = "qinghe-jyj-2021", "qinghe-czj-2021"


def _with_copies(true: TrueReport, report: Report) -> Report:
    if true.id not in (COPIED_ALIKE, COPIED_UNLIKE):
        return report
    copy = parsed(true) if true.id == COPIED_ALIKE else _other_number(parsed(true))
    capture = replace(report.current.capture, url=f"{report.url}.pdf", sha256=f"{0:063}{len(true.id) % 10}")
    packed = PackedReport.pack(wire.dumps(wire.result_to_json("", copy)))
    return replace(report, copies=(Copy(report.current.id, capture, packed),))


def _other_number(report: ParsedReport) -> ParsedReport:
    cells = list(report.cells)
    at = next(index for index, cell in enumerate(cells) if cell.key == "licensing_decisions")
    value = int(cells[at].value or 0) + 1
    cells[at] = replace(cells[at], value=value, raw=str(value))
    return replace(report, cells=tuple(cells))


def _captures(report: Report) -> Iterator[Capture]:
    return (copy.capture for copy in report.copies)


def _agency(agency: TrueAgency, governments: dict[str, str]) -> HeldAgency:
    own = governments.get(agency.portal)
    return HeldAgency(
        id=agency.id,
        name=agency.name,
        division=PORTAL.division,
        province=None,
        level=agency.level,
        registered=True,
        parent=own if own != agency.id else None,
        portal=PORTAL.id,
        valid_from=agency.first_year,
    )


def results(archive: sqlite3.Connection) -> Counter[Case]:
    """What the archive says: each check by its rule (with row or column) or its statement, and its status."""
    found = [
        Case("/".join(filter(None, (rule, key or applicant))), report, "fail" if status in FAILS else status)
        for rule, key, applicant, report, status in archive.execute(
            "select rule, key, applicant, report_id, status from cross_checks"
        )
    ]
    found += [
        Case(claim, report, status)
        for claim, report, status in archive.execute("select claim, report_id, status from text_checks")
    ]
    found += [
        Case(f"copied/{kind}", report, "found")
        for report, kind in archive.execute("select distinct report_id, kind from copied")
    ]
    return Counter(found)


def main() -> None:
    """Prints found / planted and false alarms by check, then the answer to each question."""
    if len(sys.argv) > 1:
        with closing(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)) as archive:
            answers(archive)
        return
    reports = farm_reports()
    cases = [*planted(reports), Case("D1", COPIED_ALIKE, "pass"), Case("D1", COPIED_UNLIKE, "fail")]
    cases += [Case("copied/same_agency", "linxi-nyj-2024", "found"), Case("copied/other_agency", PASSED_ON, "found")]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "archive.db"
        build_database(path, holdings_of(reports), built_at="2026-01-01T00:00:00Z")
        with closing(sqlite3.connect(path)) as archive:
            report(cases, results(archive))
            answers(archive)


def answers(archive: sqlite3.Connection) -> None:
    """Prints how many rows each question is answered with, and the first."""
    for query in load_queries():
        rows = archive.execute(query.sql).fetchall()
        print(f"{query.name}: {len(rows)} rows; first: {rows[0] if rows else None}"[:200])


def report(cases: list[Case], said: Counter[Case]) -> None:
    """Prints the figures."""
    alarms = Counter(case.check for case, number in said.items() for _ in range(number) if case.expected in FAILS)
    left = Counter(said)
    found: Counter[tuple[str, str]] = Counter()
    wanted: Counter[tuple[str, str]] = Counter()
    for case in cases:
        wanted[case.check, case.expected] += 1
        if left[case] > 0:
            left[case] -= 1
            found[case.check, case.expected] += 1
            if case.expected in FAILS:
                alarms[case.check] -= 1
    for check, expected in sorted(wanted):
        print(f"{check:28} {expected:13} {found[check, expected]} of {wanted[check, expected]}")
    print(f"in all {sum(found.values())} of {len(cases)} planted")
    print(f"false alarms {sum(alarms.values())}: {dict(+alarms) or 'none'}")
    undecided = Counter(case.check.partition("/")[0] for case in said if case.expected == "undetermined")
    print(f"not assessable, by check: {dict(sorted(undecided.items()))}")


if __name__ == "__main__":
    main()
