"""The home page: what the archive holds, how fresh it is, and what is wrong with it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from archive.models import Outcome
from archive.site.database import REMEMBERED_MILLISECONDS, read, row, rows
from archive.site.pages.confidence import count_statuses
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
class YearLine:
    """One year of the coverage table; `missing` counts agencies whose report is due and not held, for any reason."""

    year: int
    held: int
    missing: int


@dataclass(frozen=True, slots=True)
class Home:
    """All that the home page shows."""

    build: sqlite3.Row | None
    first_year: int | None
    last_year: int | None
    years: tuple[YearLine, ...]
    newest: list[sqlite3.Row]
    changed: list[sqlite3.Row]
    findings: int
    confidence: tuple[tuple[str, int], ...]
    troubled: tuple[Trouble, ...]
    troubled_count: int

    @property
    def most_held(self) -> int:
        """The largest number of reports held for one year (the length of the longest bar), at least 1."""
        return max((line.held for line in self.years), default=1) or 1


def home(connection: sqlite3.Connection) -> Home:
    """Everything on the home page, in one go; it never changes within a generation."""
    years = year_lines(connection)
    held = [line.year for line in years if line.held]
    troubled = troubles(connection)
    failed = row(connection, "select count(*) as n from reports where checks_failed > 0")
    return Home(
        build=row(connection, "select * from build_info order by generation desc limit 1"),
        first_year=min(held, default=None),
        last_year=max(held, default=None),
        years=years,
        newest=rows(
            connection,
            "select report_id, agency, year, first_seen, published, checks_failed, confidence from reports"
            " order by first_seen desc, report_id limit ?",
            SHOWN,
        ),
        changed=rows(
            connection,
            "select c.report_id, r.agency, r.year, c.kind, max(c.changed_at) as changed_at from changes c"
            " join reports r using (report_id) where c.kind != 'new'"
            " group by c.report_id, c.kind order by max(c.changed_at) desc, c.report_id limit ?",
            SHOWN,
        ),
        findings=failed["n"] if failed else 0,
        confidence=count_statuses(connection),
        troubled=troubled[:SHOWN],
        troubled_count=len(troubled),
    )


def year_lines(connection: sqlite3.Connection) -> tuple[YearLine, ...]:
    """Reports held and agencies missing by year, newest first."""
    held = {
        line["year"]: line["n"] for line in rows(connection, "select year, count(*) as n from reports group by year")
    }
    missing = {
        line["year"]: line["n"]
        for line in rows(
            connection,
            "select year, count(*) as n from coverage"
            " where status not in ('held', 'vanished', 'not_due') group by year",
        )
    }
    years = sorted(held.keys() | missing.keys(), reverse=True)
    return tuple(YearLine(year, held.get(year, 0), missing.get(year, 0)) for year in years)


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
