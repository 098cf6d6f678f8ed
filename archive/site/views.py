"""The routes: each asks its one question, and hands the answer to a template."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast
from urllib.parse import unquote

from datasette.utils.asgi import NotFound, Response

from archive.site import environment, searching
from archive.site.agency import agency_page
from archive.site.capture import Replay, find_capture, replay
from archive.site.confidence import count_statuses
from archive.site.database import TooLong, archive_of, read
from archive.site.home import home
from archive.site.middleware import VISIT
from archive.site.portal import portal_page
from archive.site.report import report_page

T = TypeVar("T")

HOME_MILLISECONDS = 10_000
COUNT_MILLISECONDS = 1000

REMEMBERED = 256


class Memory:
    """Answers that cannot change within a generation, the least recently used forgotten first.

    The most common words are searched for most, and cost most: each of a hundred thousand sections has to be weighed.
    """

    def __init__(self, size: int = REMEMBERED) -> None:
        self.size = size
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
        self.answers[key] = answer
        while len(self.answers) > self.size:
            self.answers.popitem(last=False)
        return answer


_memory = Memory()


async def page(datasette: Any, request: Any, template: str, status: int = 200, **context: object) -> Any:
    """A page of the site as a response."""
    return Response.html(await datasette.render_template(template, context, request=request), status=status)


async def missing(datasette: Any, request: Any, what: str, wanted: str) -> Any:
    """The 404 page: what was looked for and ways to find it."""
    return await page(datasette, request, "missing.html", 404, what=what, wanted=wanted[:200])


async def home_view(datasette: Any, request: Any) -> Any:
    """`/`."""
    shown = await _memory.recall(datasette, ("home",), lambda: read(datasette, home, HOME_MILLISECONDS))
    return await page(datasette, request, "home.html", home=shown)


async def search_view(datasette: Any, request: Any) -> Any:
    """`/search`: results first; if counting them takes too long, they are shown without counts."""
    wish = searching.read_wish(dict(VISIT.get().arguments))
    if not wish.query and not wish.filters():
        return await page(datasette, request, "search.html", wish=wish, found=None)
    try:
        found = await _memory.recall(
            datasette, ("search", wish), lambda: read(datasette, lambda connection: searching.search(connection, wish))
        )
    except TooLong:
        return await page(datasette, request, "search.html", 503, wish=wish, found=None, too_long=True)
    try:
        tallied = await _memory.recall(
            datasette,
            ("tally", wish.query),
            lambda: read(datasette, lambda connection: searching.tally(connection, wish.query), COUNT_MILLISECONDS),
        )
        counted = searching.count(tallied, wish)
    except TooLong:
        counted = None
    return await page(datasette, request, "search.html", wish=wish, found=found, counted=counted)


async def report_view(datasette: Any, request: Any) -> Any:
    """`/report/<report_id>`."""
    report_id = unquote(request.url_vars["report_id"])
    visit = VISIT.get()
    shown = await read(datasette, lambda connection: report_page(connection, report_id, visit.language, visit.search))
    if shown is None:
        return await missing(datasette, request, "report", report_id)
    return await page(datasette, request, "report.html", page=shown)


async def agency_view(datasette: Any, request: Any) -> Any:
    """`/agency/<agency_id>`."""
    agency_id = unquote(request.url_vars["agency_id"])
    shown = await read(datasette, lambda connection: agency_page(connection, agency_id))
    if shown is None:
        return await missing(datasette, request, "agency", agency_id)
    return await page(datasette, request, "agency.html", page=shown)


async def portal_view(datasette: Any, request: Any) -> Any:
    """`/portal/<portal_id>`."""
    portal_id = unquote(request.url_vars["portal_id"])
    shown = await read(datasette, lambda connection: portal_page(connection, portal_id))
    if shown is None:
        return await missing(datasette, request, "portal", portal_id)
    return await page(datasette, request, "portal.html", page=shown)


async def confidence_view(datasette: Any, request: Any) -> Any:
    """`/confidence`: what each status means, and how many reports have it."""
    counted = await _memory.recall(
        datasette, ("confidence",), lambda: read(datasette, count_statuses, HOME_MILLISECONDS)
    )
    return await page(datasette, request, "confidence.html", counted=counted)


async def capture_view(datasette: Any, request: Any) -> Any:
    """`/capture/<sha256>`: the stored bytes; a page that says where they stand if they are not at hand."""
    sha256 = request.url_vars["sha256"].lower()
    found = await read(datasette, lambda connection: find_capture(connection, sha256))
    if found is None:
        return await missing(datasette, request, "capture", sha256)
    if request.args.get("_about"):
        return await page(datasette, request, "capture.html", capture=found, problem=None)
    answer = await replay(datasette, found)
    if isinstance(answer, Replay):
        return Response(answer.body, headers=dict(answer.headers), content_type=answer.media_type)
    return await page(
        datasette, request, "capture.html", 200 if answer.expected else 500, capture=found, problem=answer
    )


async def style_view() -> Any:
    """`/assets/site.css`: its address changes with its content, so it may be kept for ever."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(environment.style(), headers=headers, content_type="text/css; charset=utf-8")


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


STYLE_ROUTE = (r"^/assets/site\.css$", style_view)
ROUTES: list[tuple[str, Any]] = [
    (r"^/$", home_view),
    (r"^/search$", search_view),
    (r"^/report/(?P<report_id>[^/]+)$", report_view),
    (r"^/agency/(?P<agency_id>[^/]+)$", agency_view),
    (r"^/portal/(?P<portal_id>[^/]+)$", portal_view),
    (r"^/confidence$", confidence_view),
    (r"^/capture/(?P<sha256>[0-9A-Fa-f]{64})$", capture_view),
    STYLE_ROUTE,
]
