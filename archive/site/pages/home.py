"""The home page: what the archive holds, how fresh it is, and what is wrong with it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from archive.site.database import REMEMBERED_MILLISECONDS, read, row, rows
from archive.site.pages.confidence import count_statuses
from archive.site.pages.heat import Heat, heat
from archive.site.pages.loudest import Loudest, loudest
from archive.site.pages.portals import portals
from archive.site.respond import Route, memory, page

SHOWN = 8
"""How many of the newest reports, of the changed ones and of the portals in trouble are listed."""


@dataclass(frozen=True, slots=True)
class Night:
    """A night of the crawler that came to its end: when it began, how many portals it asked, how many looked wrong."""

    started_at: str
    portals: int
    troubled: int


@dataclass(frozen=True, slots=True)
class Home:
    """All that the home page shows."""

    build: sqlite3.Row | None
    first_year: int | None
    last_year: int | None
    night: Night | None
    newest: list[sqlite3.Row]
    changed: list[sqlite3.Row]
    findings: int
    confidence: tuple[tuple[str, int], ...]
    loudest: Loudest
    heat: Heat


def home(connection: sqlite3.Connection) -> Home:
    """Everything on the home page, in one go; it never changes within a generation."""
    failed = row(connection, "select count(*) as n from reports where checks_failed > 0")
    years = row(connection, "select min(year) as first, max(year) as last from reports")
    return Home(
        build=row(connection, "select * from build_info order by generation desc limit 1"),
        first_year=years["first"] if years else None,
        last_year=years["last"] if years else None,
        night=last_night(connection),
        newest=rows(
            connection,
            "select report_id, agency, year, first_seen, published, checks_failed, confidence from reports"
            " order by first_seen desc, report_id limit ?",
            SHOWN,
        ),
        changed=rows(
            connection,
            "select c.report_id, r.agency, r.year, c.kind, max(c.changed_at) as changed_at, count(c.key) as cells,"
            " count(c.section) as sections from changes c join reports r using (report_id) where c.kind != 'new'"
            " group by c.report_id, c.kind order by max(c.changed_at) desc, c.report_id limit ?",
            SHOWN,
        ),
        findings=failed["n"] if failed else 0,
        confidence=count_statuses(connection),
        loudest=loudest(connection),
        heat=heat(connection),
    )


def last_night(connection: sqlite3.Connection) -> Night | None:
    """The last run of the crawler that came to its end, or None; `troubled` counts the portals that looked wrong."""
    found = row(
        connection,
        "select min(started_at) as started_at, count(*) as portals, sum(warnings != '[]') as troubled"
        " from portal_nights where state = 'complete' group by run order by run desc limit 1",
    )
    return Night(**dict(found)) if found else None


async def home_view(datasette: Any, request: Any) -> Any:
    """`/`."""
    shown = await memory.recall(datasette, ("home",), lambda: read(datasette, home, REMEMBERED_MILLISECONDS))
    troubled = (await portals(datasette)).troubled
    return await page(
        datasette, request, "home.html", home=shown, troubled=troubled[:SHOWN], troubled_count=len(troubled)
    )


ROUTES: list[Route] = [(r"^/$", home_view)]
