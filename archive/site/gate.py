"""What is turned away before Datasette sees it: pages for its operator, and questions that no reader needs to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archive.site.middleware import Visit

METHODS = frozenset({"GET", "HEAD"})
LONGEST_QUERY = 16_000
"""Bytes of a query string: four times the longest of our own questions as SQL, percent-encoded."""
MOST_FACETS = 8
MOST_STREAMED = 50_000
"""Rows of a table that may come as one CSV; larger ones are files made with each generation, under /data."""

OPEN_PAGES = frozenset({"static", "versions", "metadata", "settings", "actor"})
"""Datasette's pages under `/-/` that tell nothing of this machine. `databases` tells the path of the file, `threads`
and `plugins` what runs here; the others are tools for debugging or for logging in, and nobody logs in here."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered: HTTP status and the key of a text."""

    status: int
    key: str
    number: int | None = None


def refusal(method: str, visit: Visit, prefix: str, query: int, tables: Mapping[str, int | None]) -> Refusal | None:
    """Whether to turn a request away. `query` is the length of its query string, `tables` the rows of each table."""
    if method not in METHODS:
        return Refusal(405, "refused.method")
    if query > LONGEST_QUERY:
        return Refusal(414, "refused.length", LONGEST_QUERY)
    place = visit.path.removeprefix(prefix)
    if place.startswith("-/") and place[2:].split("/")[0].partition(".")[0] not in OPEN_PAGES:
        return Refusal(404, "missing.page")
    if place.split("/")[0].partition(".")[0] in ("_memory", "_internal"):
        return Refusal(404, "missing.page")
    names = [name for name, _ in visit.arguments]
    if sum(name.startswith("_facet") and name != "_facet_size" for name in names) > MOST_FACETS:
        return Refusal(400, "refused.facets", MOST_FACETS)
    if "_stream" in names and ".csv" in place:
        return streaming(visit, place, tables)
    return None


def streaming(visit: Visit, place: str, tables: Mapping[str, int | None]) -> Refusal | None:
    """Whether all rows of this may be streamed: a table that is not large, in its own order.

    Each thousand rows are a query of their own; a view, a sort or a condition would be worked out anew for each.
    """
    table = place.partition("/")[2].removesuffix(".csv")
    count = tables.get(table)
    sorted_by = any(name in ("_sort", "_sort_desc") for name, _ in visit.arguments)
    if visit.own_sql or sorted_by or count is None or count > MOST_STREAMED:
        return Refusal(400, "refused.stream", MOST_STREAMED)
    return None
