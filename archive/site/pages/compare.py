"""Bodies side by side: two to six of them in one year or over years, or the years of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from archive.checks.measures import load_measures
from archive.search import parse_query
from archive.site.catalogue import Body, catalogue
from archive.site.database import read, rows
from archive.site.environment import linker
from archive.site.indicators import read_figures
from archive.site.middleware import VISIT
from archive.site.pages import series
from archive.site.pages.agency import NATIONAL_FORM
from archive.site.pages.compared import (
    Block,
    Comparison,
    Held,
    column,
    drawn,
    over_years,
    rankings,
    side_by_side,
)
from archive.site.respond import Route, page

MOST_AGENCIES, MOST_YEARS = 6, 8
FOUND_SHOWN = 12
LONGEST_NAME, LONGEST_ID = 60, 80


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asked for: ids in their order, once each; years; a name to look for; how many ids were too many."""

    ids: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    find: str = ""
    too_many: int = 0


def read_wish(arguments: Iterable[tuple[str, str]]) -> Wish:
    """A wish from the arguments of the address; nothing in it can raise an error."""
    ids: dict[str, None] = {}
    years: set[int] = set()
    find = ""
    for name, value in arguments:
        value = value.replace("\0", " ").strip()
        if name == "a" and value:
            ids.setdefault(value[:LONGEST_ID])
        elif name in ("year", "years"):
            years |= {int(word) for word in value.split(",")[:50] if _is_year(word.strip())}
        elif name == "find":
            find = " ".join(value.split())[:LONGEST_NAME]
    kept = tuple(ids)[:MOST_AGENCIES]
    return Wish(kept, tuple(sorted(years)[-MOST_YEARS:]), find, len(ids) - len(kept))


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isascii() and word.isdigit()


def comparison(connection: sqlite3.Connection, wish: Wish) -> Comparison:
    """What is held of the bodies of a wish; without years in it, of the years that they have most in common."""
    names = {
        line["agency_id"]: line["name"]
        for line in rows(
            connection,
            f"select agency_id, name from agencies where agency_id in ({', '.join('?' * len(wish.ids))})",
            *wish.ids,
        )
    }
    bodies = tuple(_held(connection, agency_id, names[agency_id]) for agency_id in wish.ids if agency_id in names)
    unknown = tuple(agency_id for agency_id in wish.ids if agency_id not in names)
    return Comparison(bodies, unknown, wish.years or _usual_years(bodies))


def _held(connection: sqlite3.Connection, agency_id: str, name: str) -> Held:
    reports = rows(
        connection,
        "select report_id, year, version_no from reports where agency_id = ? and era in (?, ?) order by year",
        agency_id,
        *NATIONAL_FORM,
    )
    figures = read_figures(connection, (report["version_no"] for report in reports))
    return Held(
        agency_id=agency_id,
        name=name,
        reports={report["year"]: report["report_id"] for report in reports},
        figures={report["year"]: figures[report["version_no"]] for report in reports},
    )


def _usual_years(bodies: Sequence[Held]) -> tuple[int, ...]:
    """Of one body its last years; of several the latest of the years that most of them have."""
    if len(bodies) == 1:
        return tuple(bodies[0].reports)[-MOST_YEARS:]
    years = {year for body in bodies for year in body.reports}
    if not years:
        return ()
    return (max(years, key=lambda year: (sum(year in body.reports for body in bodies), year)),)


# ------------------------------------------------------------------ the page


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of other comparisons, from this one."""

    path: str
    wish: Wish

    def __call__(self, ids: Sequence[str], years: Sequence[int] | None = None, find: str = "") -> str:
        """The comparison of these bodies; of the years that were asked for, if no others are given."""
        chosen = self.wish.years if years is None else years
        query = [("a", agency_id) for agency_id in ids]
        query += [("years", ",".join(map(str, chosen)))] if chosen else []
        query += [("find", find)] if find else []
        visit = VISIT.get()
        query += [("_lang", visit.language)] if visit.explicit else []
        return f"{self.path}?{urlencode(query)}" if query else self.path

    def without(self, agency_id: str) -> str:
        """The comparison without one of its bodies."""
        return self([other for other in self.wish.ids if other != agency_id])

    def adding(self, agency_id: str) -> str:
        """The comparison with one body more."""
        return self([*self.wish.ids, agency_id])


async def compare_view(datasette: Any, request: Any) -> Any:
    """`/compare?a=ID&a=ID&year=2023`, `/compare?a=ID&years=2021,2022`; `find=NAME` looks for bodies to add."""
    wish = read_wish(VISIT.get().arguments)
    found = await read(datasette, lambda connection: comparison(connection, wish))
    matches: Sequence[Body] = ()
    if wish.find:
        known = await catalogue(datasette)
        chosen = set(wish.ids)
        matches = [body for body in known.bodies_named(parse_query(wish.find)) if body.agency_id not in chosen]
    link = linker(datasette)
    blocks: tuple[Block, ...] = ()
    columns: tuple[series.Column, ...] = ()
    pictures: tuple[series.Picture, ...] = ()
    many_years = len(found.years) > 1
    if len(found.bodies) == 1:
        body = found.bodies[0]
        columns = tuple(column(body, year, str(year), link) for year in found.years)
        blocks = side_by_side(columns, over_years=True)
        pictures = series.pictures(series.parts(columns), columns, body.name) if many_years else ()
    elif found.bodies and many_years:
        columns = tuple(series.Column(str(year), "", None) for year in found.years)
        blocks = over_years(found, link)
        pictures = drawn(found, link)
    elif found.bodies and found.years:
        columns = tuple(column(body, found.years[0], body.name, link) for body in found.bodies)
        blocks = side_by_side(columns, over_years=False)
        pictures = rankings(found, link)
    return await page(
        datasette,
        request,
        "compare.html",
        404 if found.unknown and not found.bodies else 200,
        wish=wish,
        found=found,
        blocks=blocks,
        columns=columns,
        pictures=pictures,
        matches=matches[:FOUND_SHOWN],
        matched=len(matches),
        address=Addresses(str(datasette.urls.path("/compare")), wish),
        most_agencies=MOST_AGENCIES,
        minimum=max(form.minimum for form in load_measures()),
    )


ROUTES: list[Route] = [(r"^/compare$", compare_view)]
