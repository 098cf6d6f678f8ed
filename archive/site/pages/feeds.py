"""Feeds of what is new, changed or gone, of the whole archive, a province or an agency: those of the exports, with the
addresses of this site in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote, urlencode

from datasette.utils.asgi import Response

from archive.exports.feeds import Feed, atom, json_feed, read_feed
from archive.site.database import REMEMBERED_MILLISECONDS, read
from archive.site.respond import Route, missing, passing

MEDIA_TYPES = {"atom": "application/atom+xml", "json": "application/feed+json"}


def absolute(datasette: Any, request: Any) -> Callable[[str, dict[str, str]], str]:
    """A function from a path of the site and arguments to the absolute address at which this reader finds it.

    Scheme and host are those that the reader asked for, behind a proxy as it forwards them; the path has the prefix
    under which the site stands (Datasette's `base_url`).
    """

    def address(path: str, arguments: dict[str, str]) -> str:
        local = str(datasette.urls.path(quote(path, safe="/~-._%")))
        return str(datasette.absolute_url(request, f"{local}?{urlencode(arguments)}" if arguments else local))

    return address


def open_answer(body: bytes, media_type: str) -> Any:
    """Data for programs, those of other sites included; how long it may be kept, the middleware says."""
    return Response(body, headers={"access-control-allow-origin": "*"}, content_type=f"{media_type}; charset=utf-8")


def page_of(name: str) -> tuple[str, dict[str, str]]:
    """The page of the site on which a feed reports, as path and arguments."""
    kind, _, value = name.partition("/")
    if kind == "province":
        return "/agencies", {"province": value}
    return (f"/agency/{value}", {}) if kind == "agency" else ("/", {})


async def feed_view(datasette: Any, request: Any) -> Any:
    """`/feeds/all.atom`, `/feeds/province/NAME.atom`, `/feeds/agency/ID.atom`, and the same as `.json`."""
    name, form = unquote(request.url_vars["name"]), request.url_vars["form"]
    feed: Feed | None = await passing.recall(
        datasette,
        ("feed", name),
        lambda: read(datasette, lambda connection: read_feed(connection, name), REMEMBERED_MILLISECONDS),
    )
    if feed is None:
        return await missing(datasette, request, "page", request.path)
    address = absolute(datasette, request)
    entries = tuple(replace(entry, page=address(f"/report/{entry.report_id}", {})) for entry in feed.entries)
    here = address(f"/feeds/{name}.{form}", {})
    placed = replace(feed, entries=entries, address=here, page=address(*page_of(name)))
    body = atom(placed) if form == "atom" else json_feed(placed).encode()
    return open_answer(body, MEDIA_TYPES[form])


ROUTES: list[Route] = [(r"^/feeds/(?P<name>all|province/[^/]+|agency/[^/]+)\.(?P<form>atom|json)$", feed_view)]
