"""What search and browsing need of every report and every body, read once a generation and kept in memory.

The index of SQLite says which sections contain a query. Everything else (counts by filter, another order, the next
page) is then a look-up in the arrays of this module and touches no table: of a hundred thousand sections they take less
than two megabytes, with the names and titles some five more.
"""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from archive.search import normalise
from archive.search.query import Query
from archive.site.database import REMEMBERED_MILLISECONDS, read, rows
from archive.site.respond import memory

BETWEEN_NAMES = "\0"
"""Stands between names that are searched together; what is folded (`normalise`), name or query, has none."""


class Kind(NamedTuple):
    """What filters can tell apart; `section` is None for a report as a whole."""

    year: int
    province: str | None
    level: str | None
    status: str
    section: int | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Things that can be found, by number: of which kind each is, and its places in two orders; `count` are there.

    Number n is of the year `values["year"][kind_of[n]]`, and so on for all that a `Kind` has; numbers that are not in
    use have the kind 0 and are never found. No two have the same place: in `newest_of` the latest year stands first, in
    `seen_of` the latest first sight, equals by the ids of their reports.
    """

    values: Mapping[str, tuple[int | str | None, ...]]
    kind_of: list[int]
    newest_of: array[int]
    seen_of: array[int]
    count: int

    def ordered(self, numbers: Collection[int], sort: str) -> array[int]:
        """Numbers by their first sight (`seen`), or else by their year."""
        place_of = self.seen_of if sort == "seen" else self.newest_of
        if len(numbers) < len(place_of) // FEW:
            return array("I", sorted(numbers, key=place_of.__getitem__))
        line: list[int | None] = [None] * len(place_of)
        for number in numbers:
            line[place_of[number]] = number
        return array("I", [number for number in line if number is not None])

    def count_kinds(self, numbers: Collection[int]) -> Counter[int]:
        """How many of some numbers are of each kind."""
        return Counter(map(self.kind_of.__getitem__, numbers))

    def fitting(self, filters: Mapping[str, int | str]) -> bytes:
        """Of each kind, whether it has these values."""
        columns = [(self.values[name], value) for name, value in filters.items()]
        return bytes(
            all(column[kind] == value for column, value in columns) for kind in range(len(self.values["year"]))
        )


FEW = 10
"""One in so many is sorted; of more, each is put in its place, and the gaps left out."""


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
    """All bodies in the order of their divisions, all reports by number with folded titles, and the two shelves.

    The title of report n begins at `title_starts[n]` of `titles`, where all stand in a row.
    """

    bodies: tuple[Body, ...]
    names: str
    report_ids: tuple[str, ...]
    titles: str
    title_starts: array[int]
    sections: Shelf
    reports: Shelf

    def bodies_named(self, query: Query) -> list[Body]:
        """The bodies of which a name is a hit, the shortest names first; none for a query that asks for nothing."""
        if not query.required or not possible(query, self.names):
            return []
        return sorted(filter(lambda body: body.named(query), self.bodies), key=lambda body: len(body.name))

    def reports_titled(self, query: Query) -> array[int]:
        """The numbers of the reports whose title is a hit."""
        if not possible(query, self.titles):
            return array("I")
        alone = len(query.required) == 1 and not query.excluded
        numbers = self._with_any(query.required[0]) if query.required else range(len(self.title_starts))
        return array("I", numbers if alone else [number for number in numbers if query.finds(self._title(number))])

    def _with_any(self, terms: Iterable[str]) -> list[int]:
        """The numbers of the reports in whose title one of the terms stands: found in all titles at once, or title by
        title where there are many."""
        numbers: set[int] = set()
        for term in terms:
            if self.titles.count(term) > len(self.title_starts) // FEW:
                each = self.titles.split(BETWEEN_NAMES)
                numbers.update(number for number, title in enumerate(each) if term in title)
                continue
            at = self.titles.find(term)
            while at >= 0:
                number = bisect_right(self.title_starts, at) - 1
                numbers.add(number)
                after = number + 1
                at = self.titles.find(term, self.title_starts[after]) if after < len(self.title_starts) else -1
        return sorted(numbers)

    def _title(self, number: int) -> str:
        start, after = self.title_starts[number], number + 1
        return self.titles[start : self.title_starts[after] - 1 if after < len(self.title_starts) else None]


def possible(query: Query, every: str) -> bool:
    """Whether any of many names can be a hit, by one look at all of them in a row."""
    return all(any(term in every for term in group) for group in query.required)


class _Shelving:
    """Gathers a shelf."""

    def __init__(self) -> None:
        self.numbers: dict[Kind, int] = {}
        self.kind_of: list[int] = []  # of few different numbers, so that a list is quicker to look up and little larger
        self.seen = array("I")
        self.order = array("I")

    def number(self, kind: Kind) -> int:
        """The number of a kind, a new one if it was not met before."""
        return self.numbers.setdefault(kind, len(self.numbers))

    def put(self, number: int, kind: int, seen: int) -> None:
        """Puts a thing of a numbered kind behind those that are there; `seen` grows with the time of its first sight.

        Numbers come in any order, and some are not in use.
        """
        gap = number + 1 - len(self.kind_of)
        if gap > 0:
            self.kind_of.extend([0] * gap)
            self.seen.extend([0] * gap)
        self.kind_of[number] = kind
        self.seen[number] = seen
        self.order.append(number)

    def shelf(self) -> Shelf:
        """What was gathered."""
        values = {name: tuple(getattr(kind, name) for kind in self.numbers) for name in Kind._fields}
        newest_of = self._places(lambda number: values["year"][self.kind_of[number]])
        return Shelf(values, self.kind_of, newest_of, self._places(self.seen.__getitem__), len(self.order))

    def _places(self, key: Callable[[int], int]) -> array[int]:
        """The place of each number, the greatest key first."""
        place_of = array("I", bytes(self.seen.itemsize * len(self.seen)))
        for place, number in enumerate(sorted(self.order, key=key, reverse=True)):
            place_of[number] = place
        return place_of


FIRST_SEEN = "select distinct first_seen from reports order by first_seen"


def read_catalogue(connection: sqlite3.Connection) -> Catalogue:
    """The catalogue of an archive, in one pass over reports, sections and agencies."""
    whole = _Shelving()
    number_of: dict[str, int] = {}
    titles: list[str] = []
    moments = {seen: place for place, (seen,) in enumerate(connection.execute(FIRST_SEEN))}
    last_status: dict[str, tuple[int, str]] = {}
    for number, report in enumerate(
        connection.execute(
            "select report_id, agency_id, year, province, level, confidence, coalesce(title, ''), first_seen"
            " from reports order by report_id"
        )
    ):
        report_id, agency_id, year, province, level, status, title, seen = report
        number_of[report_id] = number
        last_status[agency_id] = max(last_status.get(agency_id, (year, status)), (year, status))
        whole.put(number, whole.number(Kind(year, province, level, status, None)), moments[seen])
        titles.append(normalise(title))
    bodies = tuple(_bodies(connection, {agency_id: status for agency_id, (_, status) in last_status.items()}))
    starts = accumulate((len(title) + len(BETWEEN_NAMES) for title in titles), initial=0)
    return Catalogue(
        bodies=bodies,
        names=BETWEEN_NAMES.join(name for body in bodies for name in body.folded),
        report_ids=tuple(number_of),
        titles=BETWEEN_NAMES.join(titles),
        title_starts=array("I", starts)[: len(titles)],
        sections=_sections(connection, number_of, whole),
        reports=whole.shelf(),
    )


def _sections(connection: sqlite3.Connection, number_of: dict[str, int], whole: _Shelving) -> Shelf:
    """The shelf of sections; their kinds are those of their reports with the number of the section."""
    parts = _Shelving()
    kinds = tuple(whole.numbers)
    known: dict[tuple[int, int], int] = {}
    for docid, report_id, section in connection.execute(
        "select docid, report_id, number from sections order by report_id, number"
    ):
        number = number_of[report_id]
        key = (whole.kind_of[number], section)
        kind = known.get(key)
        if kind is None:
            kind = known[key] = parts.number(kinds[key[0]]._replace(section=section))
        parts.put(docid, kind, whole.seen[number])
    return parts.shelf()


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
