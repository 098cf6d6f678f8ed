"""What every request passes through: language, blank search boxes, limits, and the headers of every answer."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote_plus, urlencode

from archive.site import language
from archive.site.asgi import ASGIApp, Message, Receive, Scope, Send
from archive.site.caching import Validators
from archive.site.kept import Kept, key_of
from archive.site.metrics import Metrics

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""No script, no frame, no other host: nothing on the site needs any, Datasette's own pages included."""

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """What the pages need to know of the request: its language, whether the address names it, and what it searches."""

    language: str = "en"
    explicit: bool = False
    path: str = "/"
    arguments: tuple[tuple[str, str], ...] = ()
    search: str = ""
    own_sql: bool = False
    """Whether the address carries SQL of the reader's own, or a search in FTS5's own language."""

    def here(self, **changes: str | None) -> str:
        """This address with arguments changed (None removes one)."""
        kept = [(name, value) for name, value in self.arguments if name not in changes]
        kept += [(name, value) for name, value in changes.items() if value is not None]
        return f"{self.path}?{urlencode(kept)}" if kept else self.path


OWN_SQL = frozenset({"sql", "_where", "_searchmode"})
"""Arguments of Datasette in which a reader writes SQL or FTS5's query language."""

KINDS = frozenset(
    {
        *("agencies", "agency", "archive", "assets", "capture", "compare", "confidence", "copied", "coverage", "data"),
        *("feeds", "files", "findings", "method", "portal", "portals", "questions", "report", "search", "sitemap"),
    }
)

LONGEST_LINK = 1000

SPENT: ContextVar[list[float] | None] = ContextVar("spent", default=None)
"""Seconds that SQL of the reader's own took in this request, question by question."""

VISIT: ContextVar[Visit] = ContextVar("visit", default=Visit())  # noqa: B039 - frozen, so a default may be shared


def without_blank_searches(query: bytes) -> bytes:
    """The query string without empty `_search…` parameters.

    Datasette's search box submits `_search=` when it is left blank and then answers 400 (FTS5 syntax error near "").
    """
    if b"_search" not in query:
        return query
    parts = query.split(b"&")
    return b"&".join(part for part in parts if not (part.startswith(b"_search") and is_blank(part)))


def is_blank(part: bytes) -> bool:
    """Whether the value of `name=value` is empty or white space only."""
    return not unquote_plus(part.partition(b"=")[2].decode("latin-1")).strip("\0 \t\r\n\xa0\u3000")


def local_path(path: str) -> str:
    """A path that no browser can take for the address of another host, as it would `//host` and `/\\host`."""
    return "/" + path.lstrip("/\\")


def under_prefix(path: str, prefix: str) -> str:
    """The path as a reader's browser needs it, also behind a proxy that took the prefix off."""
    return path if path.startswith(prefix) or path + "/" == prefix else prefix + path.lstrip("/")


def visit_of(scope: Scope, prefix: str = "/") -> Visit:
    """Reads a `Visit` from an ASGI scope; `prefix` is the path under which the site stands, with both slashes."""
    arguments = tuple(
        parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True, errors="replace")
    )
    values = dict(arguments)
    accepted = b",".join(value for name, value in scope.get("headers", ()) if name == b"accept-language")
    asked = values.get("_lang")
    path = local_path(scope.get("raw_path", b"/").decode("latin-1").partition("?")[0])
    return Visit(
        language=language.choose(asked, accepted.decode("latin-1")),
        explicit=asked in language.LANGUAGES,
        path=under_prefix(path, prefix),
        arguments=arguments,
        search=values.get("_search") or values.get("q") or "",
        own_sql=not OWN_SQL.isdisjoint(values),
    )


def with_headers(message: Message, caching: tuple[tuple[bytes, bytes], ...] = ()) -> Message:
    """A response start with the security headers that the page did not set itself, varying by language.

    `caching` replaces what Datasette says of caching, but not what a page says that may be kept for ever, nor what a
    file says that has a strong ETag of its own: only with that can a download be resumed (RFC 9110 §13.1.5).
    """
    headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
    headers = [header for header in headers if header[0].lower() != b"link" or len(header[1]) <= LONGEST_LINK]
    kept_for_ever = any(name.lower() == b"cache-control" and b"immutable" in value for name, value in headers)
    own_tag = any(name.lower() == b"etag" and not value.startswith(b"W/") for name, value in headers)
    if message["status"] == 200 and caching and not kept_for_ever and not own_tag:
        replaced = {name for name, _ in caching}
        headers = [header for header in headers if header[0].lower() not in replaced]
        headers += caching
    present = {name.lower() for name, _ in headers}
    headers += [header for header in SECURITY_HEADERS if header[0] not in present]
    headers.append((b"vary", b"Accept-Language"))
    return {**message, "headers": headers}


def wrap(
    app: ASGIApp,
    prefix: str = "/",
    validators: Validators | None = None,
    metrics: Metrics | None = None,
    kept: Kept | None = None,
) -> ASGIApp:
    """The application with a `VISIT` for each request and our headers on each response.

    `validators` says which ETag an answer of this generation has; `metrics` counts requests; `kept` has answers that
    were asked for before.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        query = scope.get("query_string", b"")
        asked = without_blank_searches(query)
        if asked != query:
            scope = {**scope, "query_string": asked}
        visit = visit_of(scope, prefix)
        caching = validators.headers(visit.language) if validators else ()
        tag = validators.tag(visit.language) if validators else None
        begun = time.perf_counter()
        status = 500

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = with_headers(message, caching)
            await send(message)

        token = VISIT.set(visit)
        spent = SPENT.set([])
        try:
            if validators and validators.known_to(scope, visit.language):
                await not_modified(send_guarded, caching)
            elif kept and not visit.own_sql and (key := key_of(scope, tag)):
                await kept.serve(key, app, scope, receive, send_guarded)
            else:
                await app(scope, receive, send_guarded)
        finally:
            SPENT.reset(spent)
            VISIT.reset(token)
            if metrics:
                metrics.count(kind_of(visit, prefix), status, time.perf_counter() - begun)

    return wrapped


async def not_modified(send: Send, caching: tuple[tuple[bytes, bytes], ...]) -> None:
    """Answers 304: the reader has what would be sent."""
    await send({"type": "http.response.start", "status": 304, "headers": list(caching)})
    await send({"type": "http.response.body", "body": b""})


def kind_of(visit: Visit, prefix: str) -> str:
    """The kind of page an address asks for, one of a few: what metrics are counted by."""
    if visit.own_sql:
        return "sql"
    place = visit.path.removeprefix(prefix).split("/")[0].partition(".")[0]
    if not place:
        return "home"
    return place if place in KINDS else "other"
