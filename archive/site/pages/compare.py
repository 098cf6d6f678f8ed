"""Bodies side by side: two to six of them in one year or over years, or the years of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from archive.checks.measures import load_measures
from archive.search import parse_query
from archive.site.catalogue import Body, catalogue
from archive.site.database import read, rows
from archive.site.drawing import Chart, Point, Rank, Series, Words, lines, ranked
from archive.site.drawing.scale import printed
from archive.site.environment import linker, t
from archive.site.indicators import Figure, read_figures
from archive.site.middleware import VISIT
from archive.site.pages import series
from archive.site.pages.agency import NATIONAL_FORM
from archive.site.respond import Route, page

MOST_AGENCIES, MOST_YEARS = 6, 8
FOUND_SHOWN = 12
LONGEST_NAME, LONGEST_ID = 60, 80
DRAWN = ("requests_received", "disclosure_rate", "refusal_rate", "not_held_share")
"""Figures of which several bodies are drawn over the years, a picture each."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asked for: ids in their order, once each; years; a name to look for; how many ids were too many."""

    ids: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    find: str = ""
    too_many: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A body that is compared, with the figures of its reports by year; `reports` has their ids."""

    agency_id: str
    name: str
    reports: Mapping[int, str]
    figures: Mapping[int, Mapping[str, Figure]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The bodies that were found, the ids that were not, and the years that are set side by side."""

    bodies: tuple[Held, ...]
    unknown: tuple[str, ...]
    years: tuple[int, ...]

    @property
    def known_years(self) -> tuple[int, ...]:
        """Every year of which one of the bodies has a report in the national form."""
        return tuple(sorted({year for body in self.bodies for year in body.reports}))


@dataclass(frozen=True, slots=True)
class Compared:
    """A cell of the comparison: the figure, its change from the column before, its share of the largest in the row."""

    shown: series.Shown
    change: str
    part: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the comparison; `lang` is that of its name."""

    name: str
    unit: str
    cells: tuple[Compared, ...]
    href: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]


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


# ------------------------------------------------------------------ what is shown


def column(body: Held, year: int, label: str, link: Callable[[str], str]) -> series.Column:
    """One body in one year."""
    report = body.reports.get(year)
    if report is None:
        return series.Column(label, "", None, t("compare.not_held"))
    return series.Column(label, link(f"/report/{report}"), body.figures[year])


def side_by_side(columns: Sequence[series.Column], *, over_years: bool) -> tuple[Block, ...]:
    """Every figure in a row, a column each; over years with the change from the column before."""
    return tuple(
        Block(part.title, tuple(Row(line.name, line.unit, _compared(line, over_years)) for line in part.lines))
        for part in series.parts(columns)
    )


def _compared(line: series.Line, over_years: bool) -> tuple[Compared, ...]:
    most = max((cell.value for cell in line.cells if cell.value is not None), default=0.0)
    befores = (None, *(cell.value for cell in line.cells[:-1]))
    return tuple(
        Compared(
            cell,
            _change(before, cell.value, line.indicator.percent) if over_years else "",
            None if cell.value is None or most <= 0 else max(0.0, cell.value / most),
        )
        for before, cell in zip(befores, line.cells, strict=True)
    )


def _change(before: float | None, after: float | None, percent: bool) -> str:
    """The difference between neighbouring years; nothing where one of them has no number."""
    if before is None or after is None:
        return ""
    difference = round(after, series.DECIMALS) - round(before, series.DECIMALS) if percent else after - before
    shown = printed(abs(difference), series.DECIMALS)
    if shown == "0":
        return "±0"
    return f"{'+' if difference > 0 else '−'}{shown}{t('compare.points') if percent else ''}"


def over_years(found: Comparison, link: Callable[[str], str]) -> tuple[Block, ...]:
    """Every figure as a block: a row for each body, a column for each year."""
    tables = [series.parts([column(body, year, str(year), link) for year in found.years]) for body in found.bodies]
    lines_of = [{line.indicator.name: (part.title, line) for part in table for line in part.lines} for table in tables]
    names = dict.fromkeys(name for table in lines_of for name in table)
    blocks = []
    for name in names:
        title, first = next(table[name] for table in lines_of if name in table)
        made = []
        for body, table in zip(found.bodies, lines_of, strict=True):
            if name in table:
                cells = _compared(table[name][1], True)
            else:
                none = series.Shown("", "", t("compare.not_held"), "", None)
                cells = tuple(Compared(none, "", None) for _ in found.years)
            made.append(Row(body.name, first.unit, cells, link(f"/agency/{body.agency_id}"), "zh-CN"))
        blocks.append(Block(f"{title}{t('series.colon')}{first.name}", tuple(made)))
    return tuple(blocks)


def drawn(found: Comparison, link: Callable[[str], str]) -> tuple[series.Picture, ...]:
    """A picture of each of a few figures over the years, a line for each body."""
    labels = tuple(str(year) for year in found.years)
    tables = [series.parts([column(body, year, str(year), link) for year in found.years]) for body in found.bodies]
    pictures = []
    for name in DRAWN:
        rows_of = [
            next((line for part in table for line in part.lines if line.indicator.name == name), None)
            for table in tables
        ]
        shown = [(body, line) for body, line in zip(found.bodies, rows_of, strict=True) if line is not None]
        if not any(cell.value is not None for _, line in shown for cell in line.cells):
            continue
        first = shown[0][1]
        chart = Chart(
            id=f"chart-{name}",
            title=first.name,
            description=t(
                "series.description",
                who=t("list.comma").join(body.name for body, _ in shown),
                first=labels[0],
                last=labels[-1],
                title=first.name,
            ),
            words=Words(first.unit, t("series.gap")),
            categories=labels,
            series=tuple(
                Series(
                    body.name,
                    tuple(
                        Point(cell.value, f"{body.name} {label}{t('series.colon')}{cell.note}", cell.href)
                        for label, cell in zip(labels, line.cells, strict=True)
                    ),
                )
                for body, line in shown
            ),
        )
        pictures.append(series.Picture(name, first.name, lines(chart), ()))
    return tuple(pictures)


def rankings(found: Comparison, link: Callable[[str], str]) -> tuple[series.Picture, ...]:
    """A picture of each of a few figures in one year, the largest first, bodies without a number last."""
    columns = [column(body, found.years[0], body.name, link) for body in found.bodies]
    made = {line.indicator.name: line for part in series.parts(columns) for line in part.lines}
    pictures = []
    for line in (made[name] for name in DRAWN if name in made):
        cells = sorted(zip(columns, line.cells, strict=True), key=lambda one: -_size(one[1]))
        if all(cell.value is None for _, cell in cells):
            continue
        ranks = [Rank(one.label, cell.value, _said(cell), cell.href) for one, cell in cells]
        who = t("list.comma").join(one.label for one, _ in cells)
        told = t("compare.ranking", who=who, year=found.years[0], title=line.name)
        svg = ranked(f"chart-{line.indicator.name}", line.name, told, ranks)
        pictures.append(series.Picture(line.indicator.name, f"{line.name} ({line.unit})", svg, ()))
    return tuple(pictures)


def _size(cell: series.Shown) -> float:
    return -1.0 if cell.value is None else cell.value


def _said(cell: series.Shown) -> str:
    """A figure behind its bar: with what it is a ratio of, or why there is none."""
    if cell.value is None:
        return cell.why
    return f"{cell.number} ({cell.parts})" if cell.parts and cell.number.endswith("%") else cell.number


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
