"""The page of an agency: what it is, its figures over the years, when it published, which of its reports are held."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from archive.checks.measures import load_measures
from archive.models import Era
from archive.site.database import once, read, row, rows
from archive.site.environment import linker, term
from archive.site.indicators import FAILED, Figure, read_figures
from archive.site.pages import series
from archive.site.respond import Route, missing, page

CHILDREN_SHOWN = 60
NATIONAL_FORM = (Era.B, Era.C)
"""Generations of the form that have the figures which are drawn."""
HELD = ("held", "vanished")
NOTHING_OWED = ("not_due",)
"""Coverage of a year that is no gap: nothing could have been published yet."""


@dataclass(frozen=True, slots=True)
class Failing:
    """A check that fails in some years of an agency: the rule, what it says, and the reports."""

    rule: sqlite3.Row
    reports: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """All that the page of one agency shows."""

    agency: sqlite3.Row
    aliases: tuple[str, ...]
    reports: list[sqlite3.Row]
    publication: list[sqlite3.Row]
    figures: Mapping[int, Mapping[str, Figure]]
    failing: tuple[Failing, ...]
    questions: list[sqlite3.Row]
    portal: sqlite3.Row | None
    parent: sqlite3.Row | None
    children: list[sqlite3.Row]
    successor: sqlite3.Row | None
    predecessors: tuple[sqlite3.Row, ...]
    place: tuple[str, ...]
    """The divisions that it belongs to, the largest first: many bodies have the same name."""

    @property
    def drawn_years(self) -> range:
        """The years from the first report in the national form to the last that is held or owed."""
        first = min((line["year"] for line in self.reports if line["era"] in NATIONAL_FORM), default=None)
        if first is None:
            return range(0)
        owed = (line["year"] for line in self.publication if line["status"] not in NOTHING_OWED)
        return range(first, max((*owed, *(line["year"] for line in self.reports))) + 1)

    @property
    def late(self) -> int:
        """How many of its reports came after the deadline by their own dates."""
        return sum(line["timeliness"] == "late" for line in self.publication)

    @property
    def gaps(self) -> int:
        """How many reports are owed and not held."""
        return sum(line["status"] not in (*HELD, *NOTHING_OWED) for line in self.publication)


def agency_page(connection: sqlite3.Connection, agency_id: str) -> AgencyPage | None:
    """The page of one agency, or None if there is no such agency."""
    agency = row(connection, "select * from agencies where agency_id = ?", agency_id)
    if agency is None:
        return None
    named = "select agency_id, name from agencies where agency_id = ?"
    aliases = rows(connection, "select alias from agency_aliases where agency_id = ? order by alias", agency_id)
    reports = rows(
        connection,
        "select report_id, year, title, era, published, first_seen, versions, version_no, cells_total, cells_read,"
        " checks_failed, confidence, vanished_on from reports where agency_id = ? order by year desc",
        agency_id,
    )
    return AgencyPage(
        agency=agency,
        aliases=tuple(alias["alias"] for alias in aliases if alias["alias"] != agency["name"]),
        reports=reports,
        publication=rows(
            connection,
            "select p.*, c.reason, c.reason_zh from publication p"
            " join coverage c on c.agency_id = p.agency_id and c.year = p.year"
            " where p.agency_id = ? order by p.year desc",
            agency_id,
        ),
        figures=read_figures(
            connection, (report["version_no"] for report in reports if report["era"] in NATIONAL_FORM)
        ),
        failing=_failing(connection, agency_id),
        questions=rows(
            connection,
            "select report_id, year, count(*) as n from text_checks where agency_id = ? and status = 'question'"
            " group by report_id, year order by year",
            agency_id,
        ),
        portal=row(
            connection, "select portal_id, name, home_url from portals where portal_id = ?", agency["portal_id"]
        ),
        parent=row(connection, named, agency["parent_id"]),
        children=rows(
            connection,
            # The plus keeps SQLite from walking all bodies in the order asked for: of most, the column is empty.
            "select agency_id, name from agencies where parent_id = ? order by +agency_id limit ?",
            agency_id,
            CHILDREN_SHOWN + 1,
        ),
        successor=row(connection, named, agency["successor_id"]),
        predecessors=once(connection, _predecessors).get(agency_id, ()),
        place=place_of(once(connection, _divisions), agency["division"]),
    )


def place_of(divisions: Mapping[str, str], code: str) -> tuple[str, ...]:
    """The names of a division and of those around it, the largest first; a code that is not known has none."""
    around = dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code))
    return tuple(divisions[one] for one in around if one in divisions)


def _divisions(connection: sqlite3.Connection) -> Mapping[str, str]:
    """What the divisions are called, by code: by the latest of their names."""
    return dict(connection.execute("select code, name from divisions order by ifnull(valid_from, 0)"))


def _predecessors(connection: sqlite3.Connection) -> Mapping[str, tuple[sqlite3.Row, ...]]:
    """The bodies that others followed, by those: a few of all, and no index finds them."""
    found: dict[str, tuple[sqlite3.Row, ...]] = {}
    for line in rows(
        connection, "select successor_id, agency_id, name from agencies where successor_id is not null order by name"
    ):
        found[line["successor_id"]] = (*found.get(line["successor_id"], ()), line)
    return found


def _failing(connection: sqlite3.Connection, agency_id: str) -> tuple[Failing, ...]:
    """The checks that fail within reports and between years, by rule."""
    found: dict[str, dict[int, str]] = {}
    for line in rows(
        connection,
        "select distinct k.rule, r.year, r.report_id from reports r join checks f on f.version_no = r.version_no"
        " join check_items k on k.check_no = f.check_no"
        f" where r.agency_id = ? and r.checks_failed > 0 and f.status in ({FAILED})"
        " union select rule, year, report_id from cross_checks"
        " where agency_id = ? and status in ('fail', 'fail_with_blanks') order by 1, 2",
        agency_id,
        agency_id,
    ):
        found.setdefault(line["rule"], {})[line["year"]] = line["report_id"]
    if not found:
        return ()
    marks = ", ".join("?" * len(found))
    rules = rows(
        connection,
        f"select rule, severity, statement_zh, statement_en from rules where rule in ({marks}) order by rule",
        *found,
    )
    return tuple(Failing(rule, tuple(found[rule["rule"]].items())) for rule in rules)


def columns(shown: AgencyPage, link: Any) -> tuple[series.Column, ...]:
    """A column for each year that is drawn, years without a report among them."""
    held = {report["year"]: report for report in shown.reports}
    owed = {line["year"]: line for line in shown.publication}
    made = []
    for year in shown.drawn_years:
        report = held.get(year)
        if report is not None:
            figures = shown.figures.get(report["version_no"], {})
            made.append(series.Column(str(year), link(f"/report/{report['report_id']}"), figures))
        else:
            status = owed[year]["status"] if year in owed else "not_looked"
            made.append(series.Column(str(year), "", None, term("coverage", status)))
    return tuple(made)


async def agency_view(datasette: Any, request: Any) -> Any:
    """`/agency/<agency_id>`."""
    agency_id = unquote(request.url_vars["agency_id"])
    shown = await read(datasette, lambda connection: agency_page(connection, agency_id))
    if shown is None:
        return await missing(datasette, request, "agency", agency_id)
    years = columns(shown, linker(datasette))
    parts = series.parts(years)
    return await page(
        datasette,
        request,
        "agency.html",
        page=shown,
        columns=years,
        parts=parts,
        pictures=series.pictures(parts, years, shown.agency["name"]),
        minimum=max(form.minimum for form in load_measures()),
        children_shown=CHILDREN_SHOWN,
    )


ROUTES: list[Route] = [(r"^/agency/(?P<agency_id>[^/]+)$", agency_view)]
