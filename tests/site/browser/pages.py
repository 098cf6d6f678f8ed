"""The addresses of every page of the site, for the archive at hand: what the browser and the validator look at."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

FIXED = (
    "/", "/search", "/search?q=公开", "/search?q=没有的词", '/search?q="主动公开"+OR+申请&sort=seen', "/agencies",
    "/agencies?q=没有的", "/compare", "/compare?find=局", "/findings", "/findings?show=questions", "/coverage",
    "/coverage?show=late",
    "/coverage?show=owed", "/portals", "/questions", *(f"/questions/Q{n}" for n in range(1, 13)), "/data",
    "/data/dictionary", "/method", "/confidence", "/archive", "/archive/reports?_size=8",
    "/archive/sections?_search=公开&_size=5",
    "/archive/statistics?_size=8&_facet=state", "/archive?sql=select+report_id,+year+from+reports+limit+5",
)  # fmt: skip
"""Addresses that every archive has."""
WRONG = {
    "/nowhere": 404, "/report/nothing-2023": 404, "/agency/nobody": 404, "/questions/Q99": 404, "/archive/nothing": 404,
    "/archive?sql=selec": 400, "/search?page=0": 200,
}  # fmt: skip
"""Addresses with the status that they are answered with."""


def pages_of(archive: Path) -> Iterator[tuple[str, int]]:
    """The pages of an archive, each with its status: one of every kind; reports of every form and confidence."""
    with closing(sqlite3.connect(f"file:{archive}?mode=ro", uri=True)) as connection:
        yield from ((path, 200) for path in (*FIXED, *held(connection)))
    yield from WRONG.items()


def compared_pages_of(archive: Path) -> Iterator[tuple[str, int]]:
    """Only the pages of changes, of the reports that changed, of copied text, and of originals."""
    pages = list(pages_of(archive))
    changed = {path.partition("/changes")[0] for path, _ in pages if "/changes" in path}
    parts = ("/changes", "/copied/", "/source")
    yield from ((path, status) for path, status in pages if path in changed or any(part in path for part in parts))


def held(connection: sqlite3.Connection) -> Iterator[str]:
    """The pages of things that the archive holds."""
    kinds = "select min(report_id) from reports group by confidence, read_by, era"
    reports = [report for (report,) in connection.execute(kinds)]
    loudest = "select report_id from findings where status = 'fail' group by report_id order by count(*) desc limit 1"
    reports += [report for (report,) in connection.execute(loudest) if report not in reports]
    yield from (f"/report/{report}" for report in reports)
    yield f"/report/{reports[-1]}?q=公开"
    cells = "select min(key), applicant from items where applicant is null or applicant = 'total' group by applicant"
    for key, applicant in connection.execute(cells):
        number = f"/report/{reports[-1]}/cell/{key}" + (f"/{applicant}" if applicant else "")
        yield from (number, f"{number}/source")
    changed = "select report_id from versions group by report_id having count(*) > 1 limit 1"
    yield from (f"/report/{report}/changes" for (report,) in connection.execute(changed))
    years = (
        "select later.report_id, earlier.year from reports later join reports earlier"
        " on earlier.agency_id = later.agency_id and earlier.year = later.year - 1"
        " order by later.checks_failed desc limit 1"
    )
    yield from (f"/report/{report}/changes?year={year}" for report, year in connection.execute(years))
    bodies = "select agency_id from agencies order by reports desc, agency_id limit 3"
    agencies = [agency for (agency,) in connection.execute(bodies)]
    yield from (f"/agency/{agency}" for agency in agencies[:2])
    yield f"/compare?a={agencies[0]}"
    yield "/compare?" + "&".join(f"a={agency}" for agency in agencies)
    yield from (
        f"/copied/{one}/{other}" for one, other in connection.execute("select section_id, other_id from copied limit 1")
    )
    yield from (
        f"/portal/{portal}" for (portal,) in connection.execute("select portal_id from portals order by 1 limit 3")
    )
    yield from (
        f"/capture/{sha256}?_about=1" for (sha256,) in connection.execute("select sha256 from captures limit 1")
    )
    yield f"/archive/reports/{reports[0]}"
