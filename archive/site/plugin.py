"""The Datasette plugin; an entry point, so that plain `datasette archive.db -m …` has the whole site too."""

from __future__ import annotations

import sqlite3
from typing import Any

from markupsafe import Markup
from pluggy import HookimplMarker

from archive.search import highlight, match_expression, normalise, snippet
from archive.site import environment, middleware, pages, respond
from archive.site.database import DATABASE, archive_of
from archive.site.middleware import VISIT, ASGIApp

hookimpl = HookimplMarker("datasette")

LONGEST_VALUE = 8_000_000
"""No string or blob above 8 MB in anyone's SQL: one `zeroblob` or `group_concat` can otherwise take gigabytes."""
MOST_COMPOUND_SELECTS = 50
SNIPPET_WIDTH = 120


@hookimpl(trylast=True)  # after Datasette's own functions, whose escape_fts() this replaces
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Teaches a connection to search as we index, and limits what one value may take."""
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    conn.setlimit(sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, MOST_COMPOUND_SELECTS)
    conn.create_function("escape_fts", 1, _of_text(match_expression), deterministic=True)
    conn.create_function("search_expression", 1, _of_text(match_expression), deterministic=True)
    conn.create_function("search_normalise", 1, _of_text(normalise), deterministic=True)
    conn.create_function("search_highlight", 2, _of_text(highlight), deterministic=True)
    conn.create_function("search_snippet", 2, _of_text(snippet), deterministic=True)


def _of_text(function: Any) -> Any:
    """A SQL function of texts: NULL where any argument is NULL, other types as their print."""

    def sql_function(*arguments: object) -> str | None:
        return None if None in arguments else str(function(*map(str, arguments)))

    return sql_function


@hookimpl
def asgi_wrapper() -> Any:
    """Language, blank search boxes and security headers for every answer."""

    def wrap(app: ASGIApp) -> ASGIApp:
        return middleware.wrap(app)

    return wrap


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Our templates before Datasette's (behind the operator's own), and what they call."""
    environment.prepare(env, datasette)


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """The site's pages, where an archive is served; a Datasette without one keeps its own home page."""
    return list(pages.ROUTES if archive_of(datasette) is not None else pages.STYLE_ROUTES)


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """A page that helps, for an address without a page and for questions that took too long."""
    return respond.explain(datasette, request, exception)


@hookimpl
def render_cell(
    row: Any, value: object, column: str, table: str | None, database: str, datasette: Any
) -> Markup | None:
    """Snippets with marks instead of whole texts, and links from the tables to the pages of the site."""
    if database != DATABASE:
        return None
    if column in environment.PAGE_OF_COLUMN and (column != "agency_id" or table != "agencies"):
        return environment.linked(column, value, datasette)
    if not isinstance(value, str) or not value:
        return None
    if column == "text" and table in ("sections", "version_sections"):
        return Markup('<span lang="zh-CN">{}</span>').format(snippet(value, VISIT.get().search, SNIPPET_WIDTH))
    if column in ("url", "home_url", "annual_report_url", "listing_url"):
        return environment.outward(value)
    return None
