"""How pages answer: rendered by Datasette, kept in memory if they cannot change, kind about what is missing."""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

from datasette.utils.asgi import Response
from jinja2 import Environment
from markupsafe import Markup

from archive.site.database import archive_of
from archive.site.middleware import VISIT
from archive.site.wording import BY_LANGUAGE

T = TypeVar("T")

Route = tuple[str, Callable[..., Awaitable[Any]]]
"""A regular expression for the path, and the view that answers it."""

REMEMBERED = 256
PASSING_BYTES = 16 * 1024 * 1024
"""What answers to readers' own choices (filters, pictures, feeds) may take together."""
UNKNOWN_BYTES = 64
LOOKED_INTO = 200
"""Parts of a sequence that are weighed one by one; a longer one points to what another answer holds anyway."""


def weight_of(answer: object, depth: int = 6) -> int:
    """About how many bytes an answer takes that was made for one choice of a reader.

    Records, texts and short sequences count with all that is in them, long sequences with eight bytes a part: they are
    selections from lines that are kept once for all.
    """
    size = sys.getsizeof(answer, UNKNOWN_BYTES)
    parts: Iterable[object] = ()
    if depth and is_dataclass(answer):
        parts = [getattr(answer, field.name) for field in fields(answer)]
    elif depth and isinstance(answer, Mapping) and len(answer) <= LOOKED_INTO:
        parts = [*answer.keys(), *answer.values()]
    elif depth and isinstance(answer, list | tuple) and len(answer) <= LOOKED_INTO:
        parts = answer
    return size + sum(weight_of(part, depth - 1) for part in parts)


class Memory:
    """Answers that cannot change within a generation, the least recently used forgotten first.

    `size` is the number of answers that are kept, or the most that they may weigh together by `weigh`, each with its
    key by `weigh_key`.
    """

    def __init__(
        self,
        size: int = REMEMBERED,
        weigh: Callable[[Any], int] = lambda _: 1,
        weigh_key: Callable[[Any], int] = lambda _: 0,
    ) -> None:
        self.size = size
        self.weigh = weigh
        self.weigh_key = weigh_key
        self.weight = 0
        self.answers: OrderedDict[tuple[object, ...], tuple[object, int]] = OrderedDict()
        self.asked: dict[tuple[object, ...], asyncio.Future[None]] = {}

    async def recall(self, datasette: Any, key: tuple[object, ...], question: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question that was asked before, or asked now; never kept of a database that may change.

        Whoever asks while another reader's question is being answered waits for that answer; should it fail, they ask
        for themselves.
        """
        database = archive_of(datasette)
        if database is None or database.is_mutable:
            return await question()
        key = (str(database.path), *key)
        loop = asyncio.get_running_loop()
        asked = self.asked.get(key)
        if asked is not None and asked.get_loop() is loop:
            await asyncio.wait([asked])
        if key in self.answers:
            self.answers.move_to_end(key)
            return cast(T, self.answers[key][0])
        done = self.asked[key] = loop.create_future()
        try:
            answer = await question()
        finally:
            done.set_result(None)
            if self.asked.get(key) is done:
                del self.asked[key]
        if key not in self.answers:
            weight = self.weigh(answer) + self.weigh_key(key)
            self.answers[key] = (answer, weight)
            self.weight += weight
        while self.weight > self.size:
            self.weight -= self.answers.popitem(last=False)[1][1]
        return answer


memory = Memory()
"""What every reader needs, a few answers with fixed names; nothing that a reader chooses may be part of their keys."""
passing = Memory(PASSING_BYTES, weight_of, weight_of)
"""Answers to what readers choose: however many they invent, they push out only each other."""


def rendered(datasette: Any, template: str, **context: object) -> Markup:
    """A template of ours as HTML, with our functions and `urls`, but without what Datasette adds to whole pages.

    Datasette's environment awaits every expression of a template, which takes more than half of the time of a page of
    two thousand of them.
    """
    environment = _at_once(datasette.jinja_env, VISIT.get().language)
    return Markup(environment.get_template(template).render(urls=datasette.urls, **context))


@lru_cache(maxsize=8)
def _at_once(environment: Environment, language: str) -> Environment:
    return environment.overlay(enable_async=False, extensions=[BY_LANGUAGE[language]])


async def page(datasette: Any, request: Any, template: str, status: int = 200, **context: object) -> Any:
    """A page of the site as a response; templates of the operator's own are given all that Datasette gives to its."""
    if datasette.template_dir:
        html = await datasette.render_template(template, context, request=request)
    else:
        html = str(rendered(datasette, template, **context))
    return Response.html(html, status=status)


async def missing(datasette: Any, request: Any, what: str, wanted: str) -> Any:
    """The 404 page: what was looked for and ways to find it."""
    return await page(datasette, request, "missing.html", 404, what=what, wanted=wanted[:200])
