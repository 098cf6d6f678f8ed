"""What search and browsing need of every report and every body, read once a generation and kept in memory.

The index of SQLite says which sections contain a query. Everything else (counts by filter, another order, the next
page) is then a look-up in the arrays of this module and touches no table: of a hundred thousand sections they take less
than a megabyte, with the names and titles some five more.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from archive.search import normalise
from archive.search.query import Query
from archive.site.database import REMEMBERED_MILLISECONDS, read, rows
from archive.site.respond import memory

BETWEEN_NAMES = "\n"
"""Stands between names that are searched together; no query contains a line end."""


class Kind(NamedTuple):
    """What filters can tell apart; `section` is None for a report as a whole."""

    year: int
    province: str | None
    level: str | None
    status: str
    section: int | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Things that can be found, by number: of which kind each is, and its place in the order of first sight.

    Number n has kind `kinds[kind_of[n]]`; numbers that are not in use have the kind 0 and are never found. `seen_of`
    grows with the time at which the report was first seen.
    """

    kinds: tuple[Kind, ...]
    kind_of: array[int]
    seen_of: array[int]


@dataclass(frozen=True, slots=True)
class Body:
    """A public body as the list of bodies shows it; `folded` has its name and its other names as search sees them."""

    agency_id: str
    name: str
    division: str
    province: str | None
    level: str | None
    reports: int
    first_year: int | None
    last_year: int | None
    last_status: str | None
    folded: tuple[str, ...]

    def named(self, query: Query) -> bool:
        """Whether one of its names is a hit of the query."""
        return any(query.finds(name) for name in self.folded)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All bodies in the order of their divisions, all reports by number with folded titles, and the two shelves."""

    bodies: tuple[Body, ...]
    names: str
    report_ids: tuple[str, ...]
    titles: tuple[str, ...]
    every_title: str
    sections: Shelf
    reports: Shelf

    def bodies_named(self, query: Query) -> list[Body]:
        """The bodies of which a name is a hit, the shortest names first; none for a query that asks for nothing."""
        if not query.required or not possible(query, self.names):
            return []
        return sorted(filter(lambda body: body.named(query), self.bodies), key=lambda body: len(body.name))

    def reports_titled(self, query: Query) -> array[int]:
        """The numbers of the reports whose title is a hit."""
        if not possible(query, self.every_title):
            return array("I")
        return array("I", [number for number, title in enumerate(self.titles) if query.finds(title)])


def possible(query: Query, every: str) -> bool:
    """Whether any of many names can be a hit, by one look at all of them in a row."""
    return all(any(term in every for term in group) for group in query.required)


class _Shelving:
    """Gathers a shelf."""

    def __init__(self) -> None:
        self.numbers: dict[Kind, int] = {}
        self.kind_of = array("I")
        self.seen_of = array("I")

    def put(self, number: int, kind: Kind, seen: int) -> None:
        """Puts a thing in its place; numbers in between stay unused."""
        gap = number + 1 - len(self.kind_of)
        if gap > 0:
            self.kind_of.extend([0] * gap)
            self.seen_of.extend([0] * gap)
        self.kind_of[number] = self.numbers.setdefault(kind, len(self.numbers))
        self.seen_of[number] = seen

    def shelf(self) -> Shelf:
        """What was gathered."""
        return Shelf(tuple(self.numbers), self.kind_of, self.seen_of)


def read_catalogue(connection: sqlite3.Connection) -> Catalogue:
    """The catalogue of an archive, in one pass over reports, sections and agencies."""
    reports = rows(
        connection,
        "select report_id, agency_id, year, province, level, confidence, coalesce(title, '') as title, first_seen"
        " from reports order by report_id",
    )
    seen_by_time = sorted(range(len(reports)), key=lambda number: (reports[number]["first_seen"], -number))
    seen = array("I", [0] * len(reports))
    for place, number in enumerate(seen_by_time):
        seen[number] = place
    whole, parts = _Shelving(), _Shelving()
    number_of: dict[str, int] = {}
    last_status: dict[str, tuple[int, str]] = {}
    for number, report in enumerate(reports):
        number_of[report["report_id"]] = number
        latest = (report["year"], report["confidence"])
        last_status[report["agency_id"]] = max(last_status.get(report["agency_id"], latest), latest)
        whole.put(number, _kind(report, None), seen[number])
    for docid, report_id, section in connection.execute("select docid, report_id, number from sections"):
        number = number_of[report_id]
        parts.put(docid, _kind(reports[number], section), seen[number])
    bodies = tuple(_bodies(connection, {agency_id: status for agency_id, (_, status) in last_status.items()}))
    titles = tuple(normalise(report["title"]) for report in reports)
    return Catalogue(
        bodies=bodies,
        names=BETWEEN_NAMES.join(name for body in bodies for name in body.folded),
        report_ids=tuple(number_of),
        titles=titles,
        every_title=BETWEEN_NAMES.join(titles),
        sections=parts.shelf(),
        reports=whole.shelf(),
    )


def _kind(report: sqlite3.Row, section: int | None) -> Kind:
    return Kind(report["year"], report["province"], report["level"], report["confidence"], section)


def _bodies(connection: sqlite3.Connection, last_status: dict[str, str]) -> Iterable[Body]:
    aliases: dict[str, list[str]] = {}
    for line in rows(connection, "select agency_id, alias from agency_aliases order by agency_id, alias"):
        aliases.setdefault(line["agency_id"], []).append(normalise(line["alias"]))
    for line in rows(
        connection,
        "select agency_id, name, division, province, level, reports, first_year, last_year from agencies"
        " order by division, length(name), name, agency_id",
    ):
        folded = dict.fromkeys([normalise(line["name"]), *aliases.get(line["agency_id"], ())])
        yield Body(**dict(line), last_status=last_status.get(line["agency_id"]), folded=tuple(folded))


async def catalogue(datasette: Any) -> Catalogue:
    """The catalogue of the archive that is served, made on the first call; raises `TooLong`."""
    return await memory.recall(
        datasette, ("catalogue",), lambda: read(datasette, read_catalogue, CATALOGUE_MILLISECONDS)
    )


CATALOGUE_MILLISECONDS = 3 * REMEMBERED_MILLISECONDS
"""A file of many gigabytes that no one has read before comes off a slow disk."""
