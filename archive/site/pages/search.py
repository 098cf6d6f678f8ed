"""The search page: which sections contain the query, ranked or newest first, with counts by year, tier and section."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from archive.models import Level
from archive.search import match_expression, parse_query, snippet
from archive.site.database import TooLong, read, rows
from archive.site.middleware import VISIT
from archive.site.respond import Route, memory, page

PAGE_SIZE = 20
LAST_PAGE = 50
"""Ranked results are shown this far; beyond it the table of Datasette, which pages by key, is the better tool."""
LONGEST_QUERY = 200
EXCERPT_WIDTH = 150
AGENCIES_SHOWN = 6
COUNT_MILLISECONDS = 1000
SORTS = ("rank", "new")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asked for, made sensible: unknown filters are dropped and named in `ignored`."""

    query: str = ""
    year: int | None = None
    level: str | None = None
    section: int | None = None
    sort: str = "rank"
    page: int = 1
    shortened: bool = False
    ignored: tuple[str, ...] = ()

    def filters(self) -> dict[str, int | str]:
        """The filters that are set, as columns of `sections`."""
        every = {"year": self.year, "level": self.level, "number": self.section}
        return {column: value for column, value in every.items() if value is not None}

    def arguments(self, **changes: object) -> dict[str, str]:
        """The query string of the same wish with changes; defaults are left out, and any change goes to page one."""
        wish = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        full = {
            "q": wish.query,
            "year": wish.year,
            "section": wish.section,
            "level": wish.level,
            "sort": wish.sort if wish.sort != "rank" else None,
            "page": wish.page if wish.page != 1 else None,
        }
        return {name: str(value) for name, value in full.items() if value is not None}

    def table_arguments(self) -> dict[str, str]:
        """The same wish in the words of Datasette's table page and its JSON and CSV."""
        return {"_search": self.query, **{column: str(value) for column, value in self.filters().items()}}


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter with its values: (value, number of sections, whether it is chosen)."""

    name: str
    values: tuple[tuple[int | str, int, bool], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One section that contains the query, with an excerpt in which it is marked."""

    section: sqlite3.Row
    excerpt: Markup


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results, and agencies of that name."""

    hits: tuple[Hit, ...]
    agencies: list[sqlite3.Row]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many sections there are in all, and by each filter."""

    total: int
    facets: tuple[Facet, ...]

    @property
    def last_page(self) -> int:
        """The number of the last page that is shown."""
        return min(LAST_PAGE, max(1, -(-self.total // PAGE_SIZE)))


def read_wish(arguments: Mapping[str, str]) -> Wish:
    """A wish from the query string; nothing in it can raise an error."""
    raw = " ".join(arguments.get("q", "").replace("\0", " ").split())
    ignored = []

    def whole(name: str, low: int, high: int) -> int | None:
        text = arguments.get(name, "").strip()
        if text.isascii() and text.isdigit() and len(text) <= 6 and low <= int(text) <= high:
            return int(text)
        if text:
            ignored.append(name)
        return None

    level = arguments.get("level", "").strip() or None
    if level is not None and level not in frozenset(Level):
        ignored.append("level")
        level = None
    sort = arguments.get("sort", "rank")
    return Wish(
        query=raw[:LONGEST_QUERY],
        year=whole("year", 1900, 2999),
        level=level,
        section=whole("section", 1, 6),
        sort=sort if sort in SORTS else "rank",
        page=min(whole("page", 1, 999_999) or 1, LAST_PAGE),
        shortened=len(raw) > LONGEST_QUERY,
        ignored=tuple(ignored),
    )


def search(connection: sqlite3.Connection, wish: Wish) -> Found:
    """One page of sections. The order is found on the index alone; texts are fetched for the page only."""
    filters = wish.filters()
    condition = "".join(f" and s.{column} = ?" for column in filters)
    newest = wish.sort == "new" or not parse_query(wish.query).required  # without words nothing ranks above another
    joined = " join sections s on s.docid = f.rowid" if filters or newest else ""
    order = "s.year desc, f.rowid" if newest else "f.rank, f.rowid"
    found = rows(
        connection,
        f"select f.rowid as docid from sections_fts f{joined} where sections_fts match ?{condition}"
        f" order by {order} limit ? offset ?",
        match_expression(wish.query),
        *filters.values(),
        PAGE_SIZE,
        (wish.page - 1) * PAGE_SIZE,
    )
    ids = [entry["docid"] for entry in found]
    texts = {
        entry["docid"]: entry
        for entry in rows(
            connection,
            "select s.docid, s.section_id, s.report_id, s.number, s.heading, s.text, s.year, s.agency, s.province,"
            " s.level, r.confidence from sections s join reports r using (report_id)"
            f" where s.docid in ({','.join('?' * len(ids))})",
            *ids,
        )
    }
    return Found(
        hits=tuple(Hit(texts[docid], snippet(texts[docid]["text"], wish.query, EXCERPT_WIDTH)) for docid in ids),
        agencies=agencies_named(connection, wish.query) if wish.page == 1 else [],
    )


def tally(connection: sqlite3.Connection, query: str) -> list[sqlite3.Row]:
    """How many sections contain a query, by year, tier and number of the section, whatever the filters."""
    return rows(
        connection,
        "select s.year, s.level, s.number, count(*) as n from sections_fts f join sections s on s.docid = f.rowid"
        " where sections_fts match ? group by 1, 2, 3",
        match_expression(query),
    )


def count(tallied: Iterable[sqlite3.Row], wish: Wish) -> Counted:
    """The number of sections that match, and each filter's values with the number there would be under the others."""
    chosen = wish.filters()
    counters: dict[str, Counter[int | str]] = {"year": Counter(), "level": Counter(), "number": Counter()}
    total = 0
    for group in tallied:
        misses = [column for column, value in chosen.items() if group[column] != value]
        if not misses:
            total += group["n"]
        for column, counter in counters.items():
            if group[column] is not None and all(miss == column for miss in misses):
                counter[group[column]] += group["n"]
    tiers = {str(level): place for place, level in enumerate(Level)}
    facets = (
        Facet("year", ordered(counters["year"], wish.year, lambda year: -int(year))),
        Facet("section", ordered(counters["number"], wish.section, int)),
        Facet("level", ordered(counters["level"], wish.level, lambda level: tiers.get(str(level), len(tiers)))),
    )
    return Counted(total, facets)


def ordered(
    counter: Counter[int | str], chosen: int | str | None, key: Callable[[int | str], int]
) -> tuple[tuple[int | str, int, bool], ...]:
    """Facet values in order; the chosen value is listed even if nothing has it."""
    if chosen is not None:
        counter.setdefault(chosen, 0)
    return tuple((value, counter[value], value == chosen) for value in sorted(counter, key=key))


def agencies_named(connection: sqlite3.Connection, query: str) -> list[sqlite3.Row]:
    """A few agencies whose name contains the query, those with the shortest names first."""
    if len(query) < 2:
        return []
    return rows(
        connection,
        "select agency_id, name, reports from agencies where instr(name, ?) > 0"
        " order by length(name), agency_id limit ?",
        query,
        AGENCIES_SHOWN,
    )


async def search_view(datasette: Any, request: Any) -> Any:
    """`/search`: results first; if counting them takes too long, they are shown without counts."""
    wish = read_wish(dict(VISIT.get().arguments))
    if not wish.query and not wish.filters():
        return await page(datasette, request, "search.html", wish=wish, found=None)
    try:
        found = await memory.recall(
            datasette, ("search", wish), lambda: read(datasette, lambda connection: search(connection, wish))
        )
    except TooLong:
        return await page(datasette, request, "search.html", 503, wish=wish, found=None, too_long=True)
    try:
        tallied = await memory.recall(
            datasette,
            ("tally", wish.query),
            lambda: read(datasette, lambda connection: tally(connection, wish.query), COUNT_MILLISECONDS),
        )
        counted = count(tallied, wish)
    except TooLong:
        counted = None
    return await page(datasette, request, "search.html", wish=wish, found=found, counted=counted)


ROUTES: list[Route] = [(r"^/search$", search_view)]
