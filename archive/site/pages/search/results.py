"""What is found: the numbers of all hits in their order, the counts of every filter, and the rows of one page.

A search is made once, whatever page, filter or form (page, JSON, CSV, Atom) is asked for: the index gives the numbers
of all hits in order, these are kept, and the rest is picked from them. So all forms show the same rows.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

from markupsafe import Markup

from archive.checks.confidence import ConfidenceStatus
from archive.models import Level
from archive.search import match_expression, normalise, parse_query, snippet
from archive.site.catalogue import Body, Catalogue, Shelf
from archive.site.database import TooLong, read, rows
from archive.site.pages.search.index import Unranked, matching, ranked_numbers, why_unranked
from archive.site.pages.search.wish import FILTERS, Wish
from archive.site.respond import Memory

EXCERPT_WIDTH = 150
AGENCIES_SHOWN = 6
KEPT_HITS = 2_000_000
"""Numbers of hits that are kept in memory, at four bytes each."""
MOST_WORDS = 5

QUERY_WEIGHT = 1000
"""What a query weighs beside its hits, so that those without any are forgotten too."""


@dataclass(frozen=True, slots=True)
class Found:
    """All that a query finds, whatever its filters: the numbers in order, and how many there are of each kind.

    `unranked` says why they are not in the order of relevance, where that was asked for.
    """

    numbers: array[int]
    counted: Counter[int]
    unranked: Unranked | None = None


kept = Memory(KEPT_HITS, weigh=lambda found: len(found.numbers) + QUERY_WEIGHT)


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter with its values: (value, number of hits, whether it is chosen)."""

    name: str
    values: tuple[tuple[int | str, int, bool], ...]

    def counts(self) -> list[tuple[int | str, int]]:
        """The values with their numbers of hits."""
        return [(value, hits) for value, hits, _ in self.values]


@dataclass(frozen=True, slots=True)
class Hits:
    """All hits of a wish by number, in order, and each filter's values with the number there would be under the others.

    `unranked` says why they stand by year although relevance was asked for.
    """

    numbers: array[int]
    facets: tuple[Facet, ...]
    unranked: Unranked | None

    @property
    def count(self) -> int:
        """How many hits there are."""
        return len(self.numbers)

    def pages(self, size: int) -> int:
        """The number of pages of so many hits each; at least one."""
        return max(1, -(-self.count // size))

    def page(self, wish: Wish) -> array[int]:
        """The numbers on the page of the wish; empty beyond the last."""
        return self.numbers[(wish.page - 1) * wish.size : wish.page * wish.size]


@dataclass(frozen=True, slots=True)
class Hit:
    """One row of the result: a section, or a report as a whole, with an excerpt in which the query is marked."""

    row: sqlite3.Row
    excerpt: Markup


@dataclass(frozen=True, slots=True)
class Named:
    """Bodies of that name: those called exactly so, some whose name contains it, and how many those are in all."""

    exact: tuple[Body, ...]
    others: tuple[Body, ...]
    count: int


async def find(datasette: Any, catalogue: Catalogue, wish: Wish) -> Hits:
    """All hits of a wish; raises `TooLong`."""
    shelf = catalogue.sections if wish.scope == "text" else catalogue.reports
    ranks = bool(parse_query(wish.query).required)  # without words nothing ranks above another
    order = "new" if wish.sort == "rank" and not ranks else wish.sort
    try:
        found = await kept_hits(datasette, catalogue, replace(wish, sort=order))
    except TooLong:
        if order != "rank":
            raise
        # Finding takes a fifth of the time of ranking: on a busy machine it is the better answer.
        by_year = await kept_hits(datasette, catalogue, replace(wish, sort="new"))
        found = replace(by_year, unranked=Unranked.MANY)
    filters, numbers = wish.filters(), found.numbers
    if filters:
        fits = shelf.fitting(filters)
        chosen = map(fits.__getitem__, map(shelf.kind_of.__getitem__, numbers))
        numbers = array("I", compress(numbers, chosen))
    return Hits(numbers, tally(shelf, found.counted, wish), found.unranked)


async def kept_hits(datasette: Any, catalogue: Catalogue, wish: Wish) -> Found:
    """All that the query of a wish finds in its order, from memory if it was asked before."""
    ask = hits_in_titles if wish.scope == "title" else hits_in_texts
    key = (wish.scope, match_expression(wish.query), wish.sort)
    return await kept.recall(
        datasette, key, lambda: read(datasette, lambda connection: ask(connection, catalogue, wish))
    )


def hits_in_titles(_: sqlite3.Connection, catalogue: Catalogue, wish: Wish) -> Found:
    """All titles that the query of a wish finds."""
    shelf = catalogue.reports
    found = catalogue.reports_titled(parse_query(wish.query))
    return Found(shelf.ordered(found, wish.sort), shelf.count_kinds(found))


def hits_in_texts(connection: sqlite3.Connection, catalogue: Catalogue, wish: Wish) -> Found:
    """All sections that the query of a wish finds; by year, if there is no sense or no time in weighing them."""
    shelf, ranks = catalogue.sections, wish.sort == "rank"
    ranked = ranked_numbers(connection, shelf, wish.query) if ranks else None
    if ranked is not None:
        return Found(array("I", ranked), shelf.count_kinds(ranked))
    found = matching(connection, shelf, wish.query)
    unranked = why_unranked(shelf, wish.query, len(found)) if ranks else None
    return Found(shelf.ordered(found, wish.sort), shelf.count_kinds(found), unranked)


def tally(shelf: Shelf, counted: Counter[int], wish: Wish) -> tuple[Facet, ...]:
    """Each filter's values with the number of hits that choosing it would leave, the other filters kept."""
    chosen = wish.filters()
    facets = []
    for name in FILTERS:
        left: Iterable[tuple[int, int]] = counted.items()
        for other, wanted in chosen.items():
            if other != name:
                left = [(kind, hits) for kind, hits in left if shelf.values[other][kind] == wanted]
        values, hits_of = shelf.values[name], Counter[int | str]()
        for kind, hits in left:
            if (value := values[kind]) is not None:
                hits_of[value] += hits
        if name in chosen:
            hits_of.setdefault(chosen[name], 0)  # the chosen value is listed even if nothing has it
        facets.append(facet_of(name, hits_of, chosen.get(name)))
    return tuple(facet for facet in facets if facet.values)


def facet_of(name: str, hits_of: Counter[int | str], chosen: int | str | None) -> Facet:
    """One filter with its values in order."""
    ordered = sorted(hits_of, key=lambda value: place_of(name, value, hits_of[value]))
    return Facet(name, tuple((value, hits_of[value], value == chosen) for value in ordered))


LEVELS = {str(level): place for place, level in enumerate(Level)}
STATUSES = {str(status): place for place, status in enumerate(ConfidenceStatus)}


def place_of(name: str, value: int | str, hits: int) -> tuple[int, int | str]:
    """Where a value stands in its filter: the latest year, the first section, the highest tier, the most hits first."""
    places: dict[str, Callable[[Any], int]] = {
        "year": lambda year: -int(year),
        "section": int,
        "level": lambda level: LEVELS.get(level, len(LEVELS)),
        "status": lambda status: STATUSES.get(status, len(STATUSES)),
        "province": lambda _: -hits,
    }
    return places[name](value), value


ROW = (
    "r.report_id, r.agency_id, r.agency, r.year, r.province, r.level, r.confidence as status, r.title, r.first_seen,"
    " r.url as source"
)


def read_hits(connection: sqlite3.Connection, catalogue: Catalogue, wish: Wish, numbers: Sequence[int]) -> list[Hit]:
    """The rows of some hits, in their order, each with an excerpt."""
    marks = ",".join("?" * len(numbers))
    if wish.scope == "title":
        ids = [catalogue.report_ids[number] for number in numbers]
        found = rows(
            connection,
            f"select {ROW}, null as section_id, null as section, null as heading from reports r"
            f" where r.report_id in ({marks})",
            *ids,
        )
        by_id = {row["report_id"]: row for row in found}
        return [
            Hit(by_id[report_id], snippet(by_id[report_id]["title"] or "", wish.query, EXCERPT_WIDTH))
            for report_id in ids
        ]
    found = rows(
        connection,
        f"select s.docid, {ROW}, s.section_id, s.number as section, s.heading, s.text"
        f" from sections s join reports r using (report_id) where s.docid in ({marks})",
        *numbers,
    )
    by_number = {row["docid"]: row for row in found}
    return [Hit(by_number[number], snippet(by_number[number]["text"], wish.query, EXCERPT_WIDTH)) for number in numbers]


def plain(excerpt: Markup) -> str:
    """An excerpt without marks, as characters."""
    return str(Markup(excerpt.replace("<mark>", "").replace("</mark>", "")).unescape())


def named(catalogue: Catalogue, query: str) -> Named:
    """The bodies that a query names."""
    exactly = normalise(query.strip('" '))
    found = catalogue.bodies_named(parse_query(query)) if len(query) > 1 else []
    exact = tuple(body for body in found if exactly in body.folded)
    others = [body for body in found if exactly not in body.folded]
    return Named(exact, tuple(others[:AGENCIES_SHOWN]), len(found))


def words_of(query: str) -> tuple[str, ...]:
    """The words of a query that must occur together, if there are several; to be tried one by one."""
    groups = [group[0] for group in parse_query(query).required if len(group) == 1]
    return tuple(groups[:MOST_WORDS]) if len(groups) > 1 else ()
