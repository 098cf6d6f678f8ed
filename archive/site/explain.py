"""Answers to what went wrong, in place of Datasette's: in the reader's language, and telling nothing of the inside."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, NotFound, Response
from datasette.views.base import DatasetteError

from archive.site import environment, respond
from archive.site.database import TooLong
from archive.site.errors import explained
from archive.site.gate import Refusal
from archive.site.reader_sql import Busy

RETRY_AFTER = {"Retry-After": "5"}


def explain(datasette: Any, request: Any, exception: Exception) -> Callable[[], Awaitable[Any]]:
    """A function that answers for an exception; one that nobody foresaw is printed for the operator alone."""

    async def answer() -> Any:
        if isinstance(exception, TooLong):
            return await failed(datasette, request, 503, environment.t("error.too_long"))
        if isinstance(exception, Busy):
            response = await failed(datasette, request, 503, environment.t("error.busy"))
            response.headers |= RETRY_AFTER
            return response
        if isinstance(exception, NotFound):
            if as_json(request):
                return problem(404, "not found")
            return await respond.missing(datasette, request, "page", request.path)
        if isinstance(exception, QueryInterrupted) or getattr(exception, "title", None) == "SQL Interrupted":
            return await failed(datasette, request, 400, environment.t("error.sql"), "interrupted")
        if isinstance(exception, DatasetteError):
            title = environment.t("error.sql" if exception.title == "Invalid SQL" else "error.heading")
            status = 400 if exception.status == 500 else exception.status  # all of them are about the address
            return await failed(datasette, request, status, title, exception.message)
        if isinstance(exception, Base400):
            return await failed(datasette, request, exception.status, environment.t("error.bad"), exception.args[0])
        if isinstance(exception, ValueError):  # Datasette reads some arguments with int() and json.loads()
            return await failed(datasette, request, 400, environment.t("error.bad"))
        traceback.print_exception(exception, file=sys.stderr)
        return await failed(datasette, request, 500, environment.t("error.internal"))

    return answer


async def failed(datasette: Any, request: Any, status: int, title: str, message: object = None) -> Any:
    """An error as a page, or as JSON where that was asked for; `message` in the words of SQLite or Datasette."""
    if as_json(request):
        return problem(status, str(message or title))
    what = explained(message) if message else None
    sql = request.args.get("sql")
    return await respond.page(
        datasette,
        request,
        "error.html",
        status,
        title=title,
        number=status,
        what=what,
        sql=sql,
        editable=sql and status == 400 and datasette.setting("default_allow_sql"),
    )


async def refused(datasette: Any, request: Any, why: Refusal) -> Any:
    """The answer to a request that the gate turned away."""
    if why.status == 404:
        return await respond.missing(datasette, request, "page", request.path)
    values = {} if why.number is None else {"n": why.number}
    response = await failed(datasette, request, why.status, environment.t(why.key, **values))
    if why.status == 405:
        response.headers["Allow"] = "GET, HEAD"
    return response


async def forbidden(datasette: Any, request: Any) -> Any:
    """The answer where SQL is turned off; nothing else is forbidden on a site without accounts."""
    return await failed(datasette, request, 403, environment.t("refused.sql"))


def as_json(request: Any) -> bool:
    """Whether the address asks for JSON."""
    return bool(request.path.partition("?")[0].endswith(".json"))


def problem(status: int, message: str) -> Any:
    """An error in the shape of Datasette's JSON API."""
    return Response.json({"ok": False, "error": message, "status": status, "title": None}, status=status)
