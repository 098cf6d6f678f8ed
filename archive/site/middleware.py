"""What every request passes through: language, blank search boxes, and the headers that keep a page to itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

from archive.site import language

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

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

    def here(self, **changes: str | None) -> str:
        """This address with arguments changed (None removes one)."""
        kept = [(name, value) for name, value in self.arguments if name not in changes]
        kept += [(name, value) for name, value in changes.items() if value is not None]
        return f"{self.path}?{urlencode(kept)}" if kept else self.path


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


def visit_of(scope: Scope) -> Visit:
    """Reads a `Visit` from an ASGI scope."""
    arguments = tuple(
        parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True, errors="replace")
    )
    values = dict(arguments)
    accepted = b",".join(value for name, value in scope.get("headers", ()) if name == b"accept-language")
    asked = values.get("_lang")
    return Visit(
        language=language.choose(asked, accepted.decode("latin-1")),
        explicit=asked in language.LANGUAGES,
        path=local_path(scope.get("raw_path", b"/").decode("latin-1").partition("?")[0]),
        arguments=arguments,
        search=values.get("_search") or values.get("q") or "",
    )


def with_headers(message: Message) -> Message:
    """A response start with the security headers that the page did not set itself, varying by language."""
    headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
    present = {name.lower() for name, _ in headers}
    headers += [header for header in SECURITY_HEADERS if header[0] not in present]
    headers.append((b"vary", b"Accept-Language"))
    return {**message, "headers": headers}


def wrap(app: ASGIApp) -> ASGIApp:
    """The application with a `VISIT` for each request and our headers on each response."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        query = scope.get("query_string", b"")
        kept = without_blank_searches(query)
        if kept != query:
            scope = {**scope, "query_string": kept}

        async def send_guarded(message: Message) -> None:
            await send(with_headers(message) if message["type"] == "http.response.start" else message)

        token = VISIT.set(visit_of(scope))
        try:
            await app(scope, receive, send_guarded)
        finally:
            VISIT.reset(token)

    return wrapped
