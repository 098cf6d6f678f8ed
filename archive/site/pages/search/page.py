"""`/search`, and the same result as `/search.json`, `/search.csv` and `/search.atom`; docs/search.md tells how."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, TypeVar

from datasette.utils.asgi import Response

from archive.site.catalogue import Catalogue, catalogue
from archive.site.database import TooLong, read, row
from archive.site.environment import linker, t
from archive.site.listing import BATCH, csv_of
from archive.site.middleware import VISIT
from archive.site.pages.feeds import MEDIA_TYPES, absolute, open_answer
from archive.site.pages.search import formats
from archive.site.pages.search.results import Hit, Hits, find, named, read_hits, words_of
from archive.site.pages.search.wish import Wish, read_wish
from archive.site.respond import Route, memory, page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a wish comes to: all hits by number, and the rows of one page."""

    wish: Wish
    hits: Hits
    page: list[Hit]


async def answer(datasette: Any, known: Catalogue, wish: Wish) -> Answer:
    """All hits of a wish and its page; raises `TooLong`."""
    hits = await find(datasette, known, wish)
    return Answer(wish, hits, await hits_of(datasette, known, wish, hits.page(wish)))


async def hits_of(datasette: Any, known: Catalogue, wish: Wish, numbers: Sequence[int]) -> list[Hit]:
    """The rows of some hits."""
    return await read(datasette, lambda connection: read_hits(connection, known, wish, numbers))


async def search_view(datasette: Any, request: Any) -> Any:
    """`/search`: a page of results, or how to search; straight to a body if its very name was typed into the box."""
    arguments = dict(VISIT.get().arguments)
    wish = read_wish(arguments)
    if not wish.asks():
        return await page(datasette, request, "search.html", wish=wish, answer=None)
    try:
        known = await catalogue(datasette)
        bodies = named(known, wish.query)
        if arguments.get("go") == "1" and len(bodies.exact) == 1 and not wish.filters():
            return Response.redirect(linker(datasette)(f"/agency/{bodies.exact[0].agency_id}"))
        found = await answer(datasette, known, wish)
        words = [] if found.hits.count else await by_word(datasette, known, wish)
        titled = (await find(datasette, known, replace(wish, scope="title", section=None))).count if wish.query else 0
    except TooLong:
        return await page(datasette, request, "search.html", 503, wish=wish, answer=None, too_long=True)
    return await page(
        datasette, request, "search.html", wish=wish, answer=found, bodies=bodies, words=words, titled=titled
    )


async def by_word(datasette: Any, known: Catalogue, wish: Wish) -> list[tuple[str, int]]:
    """How much each word of a query would find by itself."""
    alone = [Wish(query=f'"{word}"', scope=wish.scope) for word in words_of(wish.query)]
    return [(one.query, (await find(datasette, known, one)).count) for one in alone]


def in_time(view: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """A view for machines that says in JSON what took too long."""

    @wraps(view)
    async def answering(*asked: Any) -> Any:
        try:
            return await view(*asked)
        except TooLong:
            return Response.json({"error": "too_long", "message": t("search.too_long")}, status=503)

    return answering


@in_time
async def json_view(datasette: Any, request: Any) -> Any:
    """`/search.json`: one page of the result."""
    wish = read_wish(dict(VISIT.get().arguments))
    known = await catalogue(datasette)
    found = await answer(datasette, known, wish)
    build = await build_of(datasette)
    said = formats.as_json(wish, found.hits, found.page, named(known, wish.query), build, absolute(datasette, request))
    return open_answer(json.dumps(said, ensure_ascii=False, indent=1).encode(), "application/json")


@in_time
async def csv_view(datasette: Any, request: Any, receive: Any) -> Any:
    """`/search.csv`: the whole result, from the first page to the last, sent as it is read."""
    wish = read_wish(dict(VISIT.get().arguments))
    known = await catalogue(datasette)
    hits = await find(datasette, known, wish)
    address = absolute(datasette, request)

    async def batches() -> AsyncIterator[list[dict[str, object]]]:
        for start in range(0, hits.count, BATCH):
            batch = await hits_of(datasette, known, wish, hits.numbers[start : start + BATCH])
            yield [formats.row_of(hit, address) for hit in batch]

    return csv_of("search.csv", formats.COLUMNS, while_wanted(receive, batches()), hits.count)


async def while_wanted(receive: Any, batches: AsyncIterator[T]) -> AsyncIterator[T]:
    """The batches of a long answer, until its reader has gone."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    leaving = asyncio.create_task(gone())
    try:
        async for batch in batches:
            if leaving.done():
                return
            yield batch
    finally:
        leaving.cancel()


@in_time
async def atom_view(datasette: Any, request: Any) -> Any:
    """`/search.atom`: one page of the result as a feed; with `sort=seen` what is new stands first."""
    wish = read_wish(dict(VISIT.get().arguments))
    found = await answer(datasette, await catalogue(datasette), wish)
    build = await build_of(datasette)
    title = f"{wish.query or t('search.every')} – {t('site.name')}"
    body = formats.as_atom(wish, title, found.page, build["built_at"], absolute(datasette, request))
    return open_answer(body, MEDIA_TYPES["atom"])


async def build_of(datasette: Any) -> sqlite3.Row:
    """The generation that is served."""

    def asked(connection: sqlite3.Connection) -> sqlite3.Row:
        build = row(connection, "select generation, built_at from build_info order by generation desc limit 1")
        if build is None:
            raise LookupError("build_info has no row: this archive was not built to its end")
        return build

    return await memory.recall(datasette, ("build",), lambda: read(datasette, asked))


ROUTES: list[Route] = [
    (r"^/search$", search_view),
    (r"^/search\.json$", json_view),
    (r"^/search\.csv$", csv_view),
    (r"^/search\.atom$", atom_view),
]
