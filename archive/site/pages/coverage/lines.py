"""Every body with its years, and every body and year by itself, as the filters need them; read once a generation."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import Any, NamedTuple

from archive.site.database import REMEMBERED_MILLISECONDS, read
from archive.site.listing import Shelf
from archive.site.respond import memory
from archive.site.vocabulary import COVERAGE, HELD, LATE, MISSING, NOT_DUE, TIMELINESS

BODIES_BY = ("province", "level")
OWED_BY = ("status", "year", "province", "level")
TIMED_BY = ("timeliness", "year", "province", "level")


class Owed(NamedTuple):
    """One body and year: what came of the report that it owes; `late` is the timeliness of a held one, else empty."""

    agency_id: str
    agency: str
    province: str | None
    level: str | None
    year: int
    status: str
    timeliness: str | None


class Body(NamedTuple):
    """A body with its years; `division` orders bodies by place."""

    agency_id: str
    name: str
    province: str | None
    level: str | None
    years: tuple[Owed, ...]


class Covered(NamedTuple):
    """All bodies in the order of their divisions; what is owed and not held, and what is held with whether it came in
    time, both the latest year first."""

    bodies: Shelf[Body]
    owed: Shelf[Owed]
    timed: Shelf[Owed]
    years: tuple[int, ...]


def read_covered(connection: sqlite3.Connection) -> Covered:
    """Every body and year of the archive, in one pass."""
    bodies: list[Body] = []
    known: dict[str, str] = {word: word for word in (*COVERAGE, *TIMELINESS)}
    gathered: list[Owed] = []

    def finish() -> None:
        if gathered:
            first = gathered[0]
            bodies.append(Body(first.agency_id, first.agency, first.province, first.level, tuple(gathered)))
            gathered.clear()

    for agency_id, agency, province, level, year, status, timeliness in connection.execute(
        "select a.agency_id, a.name, a.province, a.level, c.year, c.status, c.timeliness"
        " from agencies a join coverage c on c.agency_id = a.agency_id order by a.division, a.agency_id, c.year"
    ):
        if gathered and gathered[0].agency_id != agency_id:
            finish()
        if gathered:  # one object for each text that repeats: there are as many lines as bodies and years
            agency_id, agency, province, level = gathered[0][:4]
        word = known.get(timeliness, timeliness) if timeliness else None
        gathered.append(Owed(agency_id, agency, province, level, year, known.get(status, status), word))
    finish()
    owed = sorted((line for body in bodies for line in body.years), key=lambda line: -line.year)
    years = tuple(sorted({line.year for line in owed}, reverse=True))
    return Covered(
        Shelf(BODIES_BY, bodies),
        Shelf(OWED_BY, [line for line in owed if line.status in MISSING]),
        Shelf(TIMED_BY, [line for line in owed if line.timeliness]),
        years,
    )


async def covered(datasette: Any) -> Covered:
    """What is owed, of this generation."""
    found: Covered = await memory.recall(
        datasette, ("covered",), lambda: read(datasette, read_covered, REMEMBERED_MILLISECONDS)
    )
    return found


class YearTotal(NamedTuple):
    """One year of the totals: owed by law or custom, of that held, late, and the rest by status."""

    year: int
    owed: int
    held: int
    late: int
    statuses: dict[str, int]


def totals(owed: Any) -> tuple[YearTotal, ...]:
    """Totals by year, the latest first; what is not yet due is not owed."""
    counted: dict[int, Counter[str]] = {}
    late: Counter[int] = Counter()
    for line in owed:
        counted.setdefault(line.year, Counter())[line.status] += 1
        late[line.year] += line.timeliness == LATE
    return tuple(
        YearTotal(
            year,
            sum(n for status, n in statuses.items() if status != NOT_DUE),
            sum(statuses[status] for status in HELD),
            late[year],
            dict(statuses),
        )
        for year, statuses in sorted(counted.items(), reverse=True)
    )
