"""How pages answer: rendered by Datasette, kept in memory if they cannot change, kind about what is missing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from datasette.utils.asgi import NotFound, Response

from archive.site import environment
from archive.site.database import TooLong, archive_of

T = TypeVar("T")

Route = tuple[str, Callable[..., Awaitable[Any]]]
"""A regular expression for the path, and the view that answers it."""

REMEMBERED = 256


class Memory:
    """Answers that cannot change within a generation, the least recently used forgotten first.

    The most common words are searched for most, and cost most: each of a hundred thousand sections has to be weighed.
    `size` is the number of answers that are kept, or the most that they may weigh together by `weigh`.
    """

    def __init__(self, size: int = REMEMBERED, weigh: Callable[[Any], int] = lambda _: 1) -> None:
        self.size = size
        self.weigh = weigh
        self.weight = 0
        self.answers: OrderedDict[tuple[object, ...], object] = OrderedDict()

    async def recall(self, datasette: Any, key: tuple[object, ...], question: Callable[[], Awaitable[T]]) -> T:
        """The answer to a question that was asked before, or asked now; never kept of a database that may change."""
        database = archive_of(datasette)
        if database is None or database.is_mutable:
            return await question()
        key = (str(database.path), *key)
        if key in self.answers:
            self.answers.move_to_end(key)
            return cast(T, self.answers[key])
        answer = await question()
        if key not in self.answers:  # someone else may have asked the same meanwhile
            self.answers[key] = answer
            self.weight += self.weigh(answer)
        while self.weight > self.size:
            self.weight -= self.weigh(self.answers.popitem(last=False)[1])
        return answer


memory = Memory()


async def page(datasette: Any, request: Any, template: str, status: int = 200, **context: object) -> Any:
    """A page of the site as a response."""
    return Response.html(await datasette.render_template(template, context, request=request), status=status)


async def missing(datasette: Any, request: Any, what: str, wanted: str) -> Any:
    """The 404 page: what was looked for and ways to find it."""
    return await page(datasette, request, "missing.html", 404, what=what, wanted=wanted[:200])


def explain(datasette: Any, request: Any, exception: Exception) -> Any:
    """A response for an exception of ours or for an unknown address; None leaves it to Datasette."""
    if request.path.partition("?")[0].endswith(".json"):
        return None

    async def answer() -> Any:
        if isinstance(exception, TooLong):
            return await page(datasette, request, "error.html", 503, title=environment.t("error.too_long"), error="")
        if isinstance(exception, NotFound):
            return await missing(datasette, request, "page", request.path)
        return None

    return answer
