"""The Datasette plugin; an entry point, so that plain `datasette archive.db -m …` has the whole site too."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator
from typing import Any
from weakref import WeakKeyDictionary

from datasette.utils.asgi import Request
from markupsafe import Markup
from pluggy import HookimplMarker

from archive.search import snippet
from archive.site import datasette_pages, environment, explain, gate, middleware, pages, reader_sql, sql_limits
from archive.site.asgi import ASGIApp, Receive, Scope, Send
from archive.site.caching import Validators
from archive.site.database import DATABASE, archive_of, read, row
from archive.site.kept import Kept
from archive.site.metrics import Metrics
from archive.site.middleware import VISIT

hookimpl = HookimplMarker("datasette")

SNIPPET_WIDTH = 120


SITES: WeakKeyDictionary[Any, Validators] = WeakKeyDictionary()
"""The validators of each Datasette that serves an archive; they know their generation from its start on."""
METRICS = Metrics()
COUNT_MILLISECONDS = 1000
"""For the number of rows of one table, where no inspect.json beside the archive tells it."""


@hookimpl(trylast=True)  # after Datasette's own functions, whose escape_fts() this replaces
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Teaches a connection to search as we index, and limits what one value may take."""
    sql_limits.add_functions(conn)
    sql_limits.limit(conn)


@hookimpl
def startup(datasette: Any) -> Any:
    """Sends SQL of readers to processes of its own, and learns which generation is served."""
    archive = archive_of(datasette)
    if archive is None:
        return None
    reader_sql.take_over(datasette, DATABASE)

    async def learn() -> None:
        if not archive.is_mutable:
            validators_of(datasette).generation = str(await read(datasette, generation))
            await archive_of(datasette).table_counts(COUNT_MILLISECONDS)  # type: ignore[union-attr]  # looked at above

    return learn


def validators_of(datasette: Any) -> Validators:
    """The validators of this Datasette; settings that change pages change the tags."""
    if datasette not in SITES:
        SITES[datasette] = Validators(json.dumps(datasette.settings_dict(), sort_keys=True))
    return SITES[datasette]


def generation(connection: sqlite3.Connection) -> int | None:
    """The number of the generation in a database."""
    found = row(connection, "select max(generation) as generation from build_info")
    return found["generation"] if found else None


@hookimpl
def asgi_wrapper(datasette: Any) -> Any:
    """Language, limits, caching and security headers for every answer."""

    def wrap(app: ASGIApp) -> ASGIApp:
        prefix = datasette.urls.path("/")
        archive = archive_of(datasette)
        if archive is None or archive.is_mutable:
            return middleware.wrap(app, prefix)
        return middleware.wrap(gated(app, datasette, prefix), prefix, validators_of(datasette), METRICS, Kept())

    return wrap


def gated(app: ASGIApp, datasette: Any, prefix: str) -> ASGIApp:
    """The application behind the gate."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            archive = archive_of(datasette)  # startup() puts another object in its place
            tables = (archive and archive.cached_table_counts) or {}
            query = len(scope.get("query_string", b""))
            why = gate.refusal(scope["method"], VISIT.get(), prefix, query, tables)
            if why is not None:
                request = Request(
                    {**scope, "csrftoken": lambda: ""}, receive
                )  # templates are given one; none has a form
                response = await explain.refused(datasette, request, why)
                await response.asgi_send(send)
                return
        await app(scope, receive, send)

    return guarded


@hookimpl
def prepare_jinja2_environment(env: Any, datasette: Any) -> None:
    """Our templates before Datasette's (behind the operator's own), and what they call."""
    environment.prepare(env, datasette)
    datasette_pages.prepare(env, datasette)


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    """The site's pages, where an archive is served; a Datasette without one keeps its own home page."""
    return list(pages.ROUTES if archive_of(datasette) is not None else pages.STYLE_ROUTES)


@hookimpl(hookwrapper=True)
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Generator[None, Any, None]:
    """Our answers instead of Datasette's own, which also prints every exception with all its variables."""
    outcome = yield
    if archive_of(datasette) is not None:
        outcome.force_result([explain.explain(datasette, request, exception)])


@hookimpl
def forbidden(datasette: Any, request: Any) -> Any:
    """A kind page where SQL is turned off."""
    if archive_of(datasette) is None:
        return None
    return explain.forbidden(datasette, request)


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
