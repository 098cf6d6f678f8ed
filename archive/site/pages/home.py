"""The home page: what the archive holds, how fresh it is, and what is wrong with it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from archive.models import Outcome
from archive.site.database import REMEMBERED_MILLISECONDS, read, row, rows
from archive.site.pages.confidence import count_statuses
from archive.site.pages.heat import Heat, heat
from archive.site.pages.loudest import Loudest, loudest
from archive.site.respond import Route, memory, page

SHOWN = 8
"""How many of the newest reports, of the changed ones and of the portals in trouble are listed."""

GOOD_OUTCOMES = frozenset({Outcome.OK, Outcome.NOT_MODIFIED, Outcome.REDIRECTED, Outcome.EXCLUDED})
MILD_OUTCOMES = frozenset({"open", Outcome.NOT_FOUND, Outcome.ROBOTS_DISALLOWED})
"""Named, but no reason to call a portal troubled by themselves: a missing page is ordinary, robots.txt is a choice."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A portal that did not give what was asked of it: its outcomes, worst first, with their numbers of URLs."""

    portal: sqlite3.Row
    outcomes: tuple[tuple[str, int], ...]
    empty: bool


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
    troubled: tuple[Trouble, ...]
    troubled_count: int


def home(connection: sqlite3.Connection) -> Home:
    """Everything on the home page, in one go; it never changes within a generation."""
    troubled = troubles(connection)
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
        troubled=troubled[:SHOWN],
        troubled_count=len(troubled),
    )


def last_night(connection: sqlite3.Connection) -> Night | None:
    """The last run of the crawler that came to its end, or None; `troubled` counts the portals that looked wrong."""
    found = row(
        connection,
        "select min(started_at) as started_at, count(*) as portals, sum(warnings != '[]') as troubled"
        " from portal_nights where state = 'complete' group by run order by run desc limit 1",
    )
    return Night(**dict(found)) if found else None


def troubles(connection: sqlite3.Connection) -> tuple[Trouble, ...]:
    """Portals with outcomes that a person should look at, and portals that gave no report at all; worst first."""
    counted: dict[str, list[tuple[str, int]]] = {}
    for line in rows(
        connection, "select portal_id, outcome, sum(urls) as n from outcomes group by 1, 2 order by n desc"
    ):
        if line["outcome"] not in GOOD_OUTCOMES:
            counted.setdefault(line["portal_id"], []).append((line["outcome"], line["n"]))
    filled = {line["portal_id"] for line in rows(connection, "select distinct portal_id from reports")}
    found = []
    for portal in rows(connection, "select portal_id, name, home_url from portals order by portal_id"):
        outcomes = counted.get(portal["portal_id"], [])
        serious = sum(n for outcome, n in outcomes if outcome not in MILD_OUTCOMES)
        empty = portal["portal_id"] not in filled
        if serious or empty:
            found.append((not empty, -serious, Trouble(portal, tuple(outcomes), empty)))
    return tuple(trouble for *_, trouble in sorted(found, key=lambda entry: entry[:2]))


async def home_view(datasette: Any, request: Any) -> Any:
    """`/`."""
    shown = await memory.recall(datasette, ("home",), lambda: read(datasette, home, REMEMBERED_MILLISECONDS))
    return await page(datasette, request, "home.html", home=shown)


ROUTES: list[Route] = [(r"^/$", home_view)]
