"""`/portals`: every portal with its health, its last nights and what is held of it, the worst first; CSV and JSON."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple

from archive.models import Outcome, Role
from archive.site import listing
from archive.site.database import REMEMBERED_MILLISECONDS, read, rows
from archive.site.environment import linker
from archive.site.listing import Shelf, Sifted, Wish
from archive.site.pages.portal import GOOD_OUTCOMES, MILD_OUTCOMES, NightLine, night_line
from archive.site.respond import Route, memory, page

NIGHTS_SHOWN = 14
"""The last nights of the crawler that are marked beside each portal."""
FILTERS = ("health", "province", "level")
HEALTH = ("blocked", "unreachable", "failing", "warned", "empty", "never", "good")
"""The worst first: no entry at all, requests that fail, warnings, no report, not crawled yet, nothing wrong."""
UNTROUBLED = frozenset({"never", "good"})
ENTRIES = (Role.HOME, Role.LISTING)
COLUMNS = (
    "portal_id", "name", "province", "level", "platform", "home_url", "health", "reports", "last_night", "last_state",
    "last_good_night", "held", "requests", "failed", "outcomes", "warnings_zh", "warnings_en", "notes", "page",
)  # fmt: skip


class Health(NamedTuple):
    """One portal: `nights` the last ones, the latest first; `good` the start of the last one without fault.

    `outcomes` are those of all its URLs that are not as they should be, by their latest end, most first.
    """

    portal: sqlite3.Row
    health: str
    province: str | None
    level: str | None
    nights: tuple[NightLine, ...]
    good: str | None
    outcomes: tuple[tuple[str, int], ...]
    reports: int

    @property
    def last(self) -> NightLine | None:
        """The latest night."""
        return self.nights[0] if self.nights else None


class Portals(NamedTuple):
    """All portals, the worst first, and the last nights of the crawler (run and start), the latest first."""

    lines: Shelf[Health]
    runs: tuple[tuple[int, str], ...]
    troubled: tuple[Health, ...]
    """Those of them that a person should look at."""


def read_portals(connection: sqlite3.Connection) -> Portals:
    """Every portal of the archive with its last nights."""
    runs = connection.execute(
        "select run, min(started_at) from portal_nights group by run order by run desc limit ?", (NIGHTS_SHOWN,)
    ).fetchall()
    nights: dict[str, list[NightLine]] = defaultdict(list)
    for night in rows(
        connection,
        "select n.* from portal_nights n where n.run >= ? order by n.portal_id, n.run desc",
        runs[-1][0] if runs else 0,
    ):
        nights[night["portal_id"]].append(night_line(night))
    latest = "select portal_id, max(run) as run from portal_nights group by portal_id"
    for night in rows(
        connection, f"select n.* from ({latest}) l join portal_nights n on n.portal_id = l.portal_id and n.run = l.run"
    ):
        if not nights[night["portal_id"]]:  # crawled last before the nights that are shown
            nights[night["portal_id"]].append(night_line(night))
    good = dict(
        connection.execute(
            "select portal_id, max(started_at) from portal_nights"
            " where state = 'complete' and failed = 0 and warnings = '[]' group by 1"
        )
    )
    held = dict(connection.execute("select portal_id, count(*) from reports group by portal_id"))
    outcomes: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for portal_id, role, outcome, urls in connection.execute("select portal_id, role, outcome, urls from outcomes"):
        outcomes[portal_id][role, outcome] = urls
    lines = [
        _health(
            portal,
            tuple(nights.get(portal["portal_id"], ())),
            good.get(portal["portal_id"]),
            outcomes.get(portal["portal_id"], {}),
            held.get(portal["portal_id"], 0),
        )
        for portal in rows(connection, "select * from portals order by division, portal_id")
    ]
    lines.sort(key=lambda line: HEALTH.index(line.health))
    troubled = tuple(line for line in lines if line.health not in UNTROUBLED)
    return Portals(Shelf(FILTERS, lines), tuple((run, started) for run, started in runs), troubled)


def _health(
    portal: sqlite3.Row,
    nights: tuple[NightLine, ...],
    good: str | None,
    outcomes: Mapping[tuple[str, str], int],
    reports: int,
) -> Health:
    counted: dict[str, int] = defaultdict(int)
    for (role, outcome), urls in outcomes.items():
        if role != Role.ROBOTS and outcome not in GOOD_OUTCOMES:
            counted[outcome] += urls
    told = tuple(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))
    judged = judge(nights, outcomes, reports)
    return Health(portal, judged, portal["province"], portal["level"], nights, good, told, reports)


def judge(nights: tuple[NightLine, ...], outcomes: Mapping[tuple[str, str], int], reports: int) -> str:
    """The health of a portal, by the latest end of its URLs and by its latest night; the worst that is true of it."""
    entries = {outcome for role, outcome in outcomes if role in ENTRIES}
    if Outcome.BLOCKED in entries:
        return "blocked"
    if entries & {Outcome.UNREACHABLE, Outcome.TLS_ERROR}:
        return "unreachable"
    if not nights and not outcomes:
        return "never"
    if nights and (nights[0].night["state"] == "failed" or nights[0].serious):
        return "failing"
    if not nights and any(
        outcome not in GOOD_OUTCOMES | MILD_OUTCOMES for role, outcome in outcomes if role != Role.ROBOTS
    ):
        return "failing"
    if nights and nights[0].warnings:
        return "warned"
    return "good" if reports else "empty"


async def portals(datasette: Any) -> Portals:
    """All portals of this generation."""
    found: Portals = await memory.recall(
        datasette, ("portals",), lambda: read(datasette, read_portals, REMEMBERED_MILLISECONDS)
    )
    return found


async def sifted(datasette: Any, wish: Wish) -> Sifted[Health]:
    """The portals that a wish asks for."""
    return listing.sift((await portals(datasette)).lines, wish.filters)


async def portals_view(datasette: Any, request: Any) -> Any:
    """`/portals`."""
    wish = listing.read_wish(request.args, FILTERS)
    found = await sifted(datasette, wish)
    known = await portals(datasette)
    return await page(
        datasette,
        request,
        "portals.html",
        wish=wish,
        found=found,
        shown=found.page(wish.page),
        runs=known.runs[::-1],
        total=len(known.lines),
        health=HEALTH,
    )


def as_row(line: Health, link: Any) -> dict[str, object]:
    """One portal as a row."""
    portal, last = line.portal, line.last
    told = {name: portal[name] for name in ("portal_id", "name", "platform", "home_url", "notes")}
    warnings = last.warnings if last else ()
    night = last.night if last else {"started_at": None, "state": None, "held": None, "requests": None, "failed": None}
    row: dict[str, object] = {
        **told,
        "province": line.province,
        "level": line.level,
        "health": line.health,
        "reports": line.reports,
        "last_night": night["started_at"],
        "last_state": night["state"],
        "last_good_night": line.good,
        "held": night["held"],
        "requests": night["requests"],
        "failed": night["failed"],
        "outcomes": json.dumps(dict(line.outcomes)),
        "warnings_zh": "\n".join(warning["zh"] for warning in warnings),
        "warnings_en": "\n".join(warning["en"] for warning in warnings),
        "page": link(f"/portal/{portal['portal_id']}"),
    }
    return {name: row[name] for name in COLUMNS}


async def json_view(datasette: Any, request: Any) -> Any:
    """`/portals.json`."""
    wish = listing.read_wish(request.args, FILTERS)
    found = await sifted(datasette, wish)
    return listing.json_of(found, wish, [as_row(line, linker(datasette)) for line in found.page(wish.page)])


async def csv_view(datasette: Any, request: Any) -> Any:
    """`/portals.csv`."""
    found = await sifted(datasette, listing.read_wish(request.args, FILTERS))

    async def batches() -> AsyncIterator[list[dict[str, object]]]:
        yield [as_row(line, linker(datasette)) for line in found.lines]

    return listing.csv_of("portals.csv", COLUMNS, batches(), found.count)


ROUTES: list[Route] = [
    (r"^/portals$", portals_view),
    (r"^/portals\.json$", json_view),
    (r"^/portals\.csv$", csv_view),
]
