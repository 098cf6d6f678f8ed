"""The page of an agency: what it is called, where it publishes, and which of its reports are held."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from archive.site.database import read, row, rows
from archive.site.respond import Route, missing, page


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """All that the page of one agency shows."""

    agency: sqlite3.Row
    aliases: tuple[str, ...]
    reports: list[sqlite3.Row]
    gaps: list[sqlite3.Row]
    portal: sqlite3.Row | None
    parent: sqlite3.Row | None
    successor: sqlite3.Row | None
    predecessors: list[sqlite3.Row]


def agency_page(connection: sqlite3.Connection, agency_id: str) -> AgencyPage | None:
    """The page of one agency, or None if there is no such agency."""
    agency = row(connection, "select * from agencies where agency_id = ?", agency_id)
    if agency is None:
        return None
    named = "select agency_id, name from agencies where agency_id = ?"
    aliases = rows(connection, "select alias from agency_aliases where agency_id = ? order by alias", agency_id)
    return AgencyPage(
        agency=agency,
        aliases=tuple(alias["alias"] for alias in aliases if alias["alias"] != agency["name"]),
        reports=rows(
            connection,
            "select report_id, year, title, era, published, first_seen, versions, cells_total, cells_read,"
            " checks_failed, confidence, vanished_on from reports where agency_id = ? order by year desc",
            agency_id,
        ),
        gaps=rows(
            connection,
            "select year, status, reason from coverage where agency_id = ? and status not in ('held', 'vanished')"
            " order by year desc",
            agency_id,
        ),
        portal=row(
            connection, "select portal_id, name, home_url from portals where portal_id = ?", agency["portal_id"]
        ),
        parent=row(connection, named, agency["parent_id"]),
        successor=row(connection, named, agency["successor_id"]),
        predecessors=rows(
            connection, "select agency_id, name from agencies where successor_id = ? order by name", agency_id
        ),
    )


async def agency_view(datasette: Any, request: Any) -> Any:
    """`/agency/<agency_id>`."""
    agency_id = unquote(request.url_vars["agency_id"])
    shown = await read(datasette, lambda connection: agency_page(connection, agency_id))
    if shown is None:
        return await missing(datasette, request, "agency", agency_id)
    return await page(datasette, request, "agency.html", page=shown)


ROUTES: list[Route] = [(r"^/agency/(?P<agency_id>[^/]+)$", agency_view)]
