"""`/robots.txt` and `/sitemap.xml`: what search engines may read, and where it all is."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from datasette.utils.asgi import Response

from archive.site.database import REMEMBERED_MILLISECONDS, read, rows
from archive.site.respond import Route, memory, missing

URLS_A_PART = 50_000
"""The most that a sitemap may hold (https://www.sitemaps.org/protocol.html)."""
PAGES = ("", "agencies", "findings", "coverage", "portals", "questions", "data", "method", "confidence")
NOT_FOR_ROBOTS = ("archive", "search", "search.", "compare", "capture", "copied", "files", "-", "report/*/source")
"""Endless (tables with their filters, searches, comparisons), dear, or not for reading in a browser; `*` stands for
any characters (https://www.rfc-editor.org/rfc/rfc9309#section-2.2.3)."""
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the sitemap: its path without the leading slash, and the day of its last change."""

    path: str
    changed: str | None


def entries(connection: sqlite3.Connection) -> tuple[Entry, ...]:
    """All pages that a search engine should know; a report has the day on which its current version was first seen."""
    built = rows(connection, "select max(built_at) as built from build_info")[0]["built"]
    found = [Entry(path, built[:10] if built else None) for path in PAGES]
    for line in rows(
        connection,
        "select agency_id, max(first_seen) as changed from reports group by agency_id order by agency_id",
    ):
        found.append(Entry(f"agency/{line['agency_id']}", (line["changed"] or "")[:10] or None))
    for line in rows(
        connection,
        "select r.report_id, v.first_seen as changed from reports r left join versions v on v.report_id = r.report_id"
        " and v.current order by r.report_id",
    ):
        found.append(Entry(f"report/{line['report_id']}", (line["changed"] or "")[:10] or None))
    return tuple(found)


def part(found: tuple[Entry, ...], number: int, home: str) -> str:
    """The sitemap of one part; `home` is the address of the site with a slash at its end."""
    lines = [
        f"<url><loc>{escape(home + entry.path)}</loc>"
        + (f"<lastmod>{escape(entry.changed)}</lastmod>" if entry.changed else "")
        + "</url>"
        for entry in found[(number - 1) * URLS_A_PART : number * URLS_A_PART]
    ]
    return _document("urlset", lines)


def index(found: tuple[Entry, ...], home: str) -> str:
    """The sitemap index, with the newest change of each part."""
    lines = []
    for start in range(0, len(found), URLS_A_PART):
        newest = max((entry.changed or "" for entry in found[start : start + URLS_A_PART]), default="")
        changed = f"<lastmod>{escape(newest)}</lastmod>" if newest else ""
        lines.append(f"<sitemap><loc>{escape(home)}sitemap-{start // URLS_A_PART + 1}.xml</loc>{changed}</sitemap>")
    return _document("sitemapindex", lines)


def _document(root: str, lines: list[str]) -> str:
    content = "\n".join(lines)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">\n{content}\n</{root}>\n'


def robots(home: str, prefix: str) -> str:
    """The text of robots.txt."""
    closed = "".join(f"Disallow: {prefix}{name}\n" for name in NOT_FOR_ROBOTS)
    return f"User-agent: *\n{closed}\nSitemap: {home}sitemap.xml\n"


def home_of(datasette: Any, request: Any) -> str:
    """The address of the site as this reader sees it, with a slash at its end."""
    return str(datasette.absolute_url(request, datasette.urls.path("/")))


async def robots_view(datasette: Any, request: Any) -> Any:
    """`/robots.txt`."""
    return Response.text(robots(home_of(datasette, request), datasette.urls.path("/")))


async def sitemap_view(datasette: Any, request: Any) -> Any:
    """`/sitemap.xml` (the index) and `/sitemap-N.xml` (its parts)."""
    found = await memory.recall(datasette, ("sitemap",), lambda: read(datasette, entries, REMEMBERED_MILLISECONDS))
    number = request.url_vars["number"]
    home = home_of(datasette, request)
    if number is None:
        return Response(index(found, home), content_type="application/xml; charset=utf-8")
    if not 1 <= int(number) <= -(-len(found) // URLS_A_PART):
        return await missing(datasette, request, "page", request.path)
    return Response(part(found, int(number), home), content_type="application/xml; charset=utf-8")


ROUTES: list[Route] = [
    (r"^/robots\.txt$", robots_view),
    (r"^/sitemap(?:-(?P<number>[1-9][0-9]{0,4}))?\.xml$", sitemap_view),
]
