"""The page of a portal: how it fared in the last nights, what its URLs came to, and what is held of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from archive.models import Outcome
from archive.site.database import read, row, rows
from archive.site.respond import Route, missing, page

GOOD_OUTCOMES = frozenset({Outcome.OK, Outcome.NOT_MODIFIED, Outcome.REDIRECTED, Outcome.EXCLUDED})
MILD_OUTCOMES = frozenset({"open", Outcome.NOT_FOUND, Outcome.ROBOTS_DISALLOWED})
"""Named, but no reason to call a portal troubled by themselves: a missing page is ordinary, robots.txt is a choice."""
SHOWN_NIGHTS = 30
SHOWN_REPORTS = 60


@dataclass(frozen=True, slots=True)
class NightLine:
    """One run of the crawler at this portal; `failures` are its failed requests by outcome, most first.

    Each of `warnings` is a sentence by language.
    """

    night: sqlite3.Row
    failures: tuple[tuple[str, int], ...]
    warnings: tuple[Mapping[str, str], ...]

    @property
    def serious(self) -> bool:
        """Whether anything failed that a person should look at."""
        return any(outcome not in MILD_OUTCOMES for outcome, _ in self.failures)


@dataclass(frozen=True, slots=True)
class PortalPage:
    """All that the page of one portal shows.

    `outcomes` are those of all its URLs, each by its latest end; `good` is the start of the last night without
    failure or warning; `held` the latest of `reports`; `years` what became of what is owed, by year and status.
    """

    portal: sqlite3.Row
    nights: tuple[NightLine, ...]
    outcomes: list[sqlite3.Row]
    coverage: list[sqlite3.Row]
    reports: int
    held: list[sqlite3.Row]
    years: tuple[tuple[int, Mapping[str, int]], ...]
    good: str | None

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses of coverage that occur, the most frequent first."""
        return tuple(line["status"] for line in self.coverage)

    @property
    def blocked(self) -> bool:
        """Whether the portal refuses the crawler."""
        return any(line["outcome"] == Outcome.BLOCKED for line in self.outcomes)


def portal_page(connection: sqlite3.Connection, portal_id: str) -> PortalPage | None:
    """The page of one portal, or None if there is no such portal."""
    portal = row(connection, "select * from portals where portal_id = ?", portal_id)
    if portal is None:
        return None
    held = row(connection, "select count(*) as n from reports where portal_id = ?", portal_id)
    good = row(
        connection,
        "select max(started_at) as started_at from portal_nights"
        " where portal_id = ? and state = 'complete' and failed = 0 and warnings = '[]'",
        portal_id,
    )
    return PortalPage(
        portal=portal,
        nights=tuple(
            night_line(line)
            for line in rows(
                connection,
                "select * from portal_nights where portal_id = ? order by run desc limit ?",
                portal_id,
                SHOWN_NIGHTS,
            )
        ),
        outcomes=rows(
            connection,
            "select outcome, sum(urls) as n from outcomes where portal_id = ? and role != 'robots'"
            " group by outcome order by n desc, outcome",
            portal_id,
        ),
        coverage=rows(
            connection,
            "select status, count(*) as n from coverage where portal_id = ? group by status order by n desc, status",
            portal_id,
        ),
        reports=held["n"] if held else 0,
        held=rows(
            connection,
            "select report_id, agency, year, confidence, checks_failed, vanished_on from reports where portal_id = ?"
            " order by year desc, agency limit ?",
            portal_id,
            SHOWN_REPORTS,
        ),
        years=_years(connection, portal_id),
        good=good["started_at"] if good else None,
    )


def _years(connection: sqlite3.Connection, portal_id: str) -> tuple[tuple[int, Mapping[str, int]], ...]:
    counted: dict[int, dict[str, int]] = {}
    for year, status, n in connection.execute(
        "select year, status, count(*) from coverage where portal_id = ? group by 1, 2 order by 1 desc", (portal_id,)
    ):
        counted.setdefault(year, {})[status] = n
    return tuple(counted.items())


def night_line(line: sqlite3.Row) -> NightLine:
    """A row of `portal_nights` with its JSON read."""
    outcomes: dict[str, int] = json.loads(line["outcomes"])
    failed = [(outcome, number) for outcome, number in outcomes.items() if outcome not in GOOD_OUTCOMES]
    return NightLine(
        line, tuple(sorted(failed, key=lambda one: (-one[1], one[0]))), tuple(json.loads(line["warnings"]))
    )


async def portal_view(datasette: Any, request: Any) -> Any:
    """`/portal/<portal_id>`."""
    portal_id = unquote(request.url_vars["portal_id"])
    shown = await read(datasette, lambda connection: portal_page(connection, portal_id))
    if shown is None:
        return await missing(datasette, request, "portal", portal_id)
    return await page(datasette, request, "portal.html", page=shown)


ROUTES: list[Route] = [(r"^/portal/(?P<portal_id>[^/]+)$", portal_view)]
