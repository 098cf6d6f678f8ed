"""Whole answers that several readers asked for, kept packed for the generation that gave them.

Within a generation an address gives the same answer again and again (`archive.site.caching`). Addresses asked for a
second time are those that others will ask for a third: the home page, what a newspaper links to, large tables. The
rest, which is what robots walk through, leaves nothing here.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from dataclasses import dataclass

from archive.site.asgi import ASGIApp, Message, Receive, Scope, Send

KEPT_BYTES = 8 * 1024 * 1024
LARGEST = 512 * 1024
"""Bytes of an answer before it is packed; larger ones are lists that few ask for."""
HEARD_OF = 8192
"""Addresses of which it is known that they were asked for once."""
LEVEL = 1
"""The quickest: a page becomes a sixth of its size in half a millisecond."""
PRIVATE = frozenset({b"authorization", b"cookie", b"range"})
"""Headers of requests that may have an answer of their own."""

Key = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The start of an answer as the application gave it, and its body, packed."""

    start: Message
    body: bytes

    def weight(self) -> int:
        """About how many bytes it takes."""
        return len(self.body) + 2000


class Kept:
    """Answers by key, the least recently used given up first."""

    def __init__(self, size: int = KEPT_BYTES) -> None:
        self.size = size
        self.weight = 0
        self.answers: OrderedDict[Key, Answer] = OrderedDict()
        self.heard_of: OrderedDict[int, None] = OrderedDict()

    async def serve(self, key: Key, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers from what is kept, else from the application, and keeps what was asked for before."""
        answer = self.answers.get(key)
        if answer is None:
            await app(scope, receive, _Listening(self, key, send) if self._asked_before(key) else send)
            return
        self.answers.move_to_end(key)
        await send({**answer.start})
        await send({"type": "http.response.body", "body": zlib.decompress(answer.body)})

    def keep(self, key: Key, start: Message, body: bytes) -> None:
        """Keeps an answer, and gives up as many as it takes."""
        old = self.answers.pop(key, None)
        answer = self.answers[key] = Answer(start, zlib.compress(body, LEVEL))
        self.weight += answer.weight() - (old.weight() if old else 0)
        while self.weight > self.size:
            self.weight -= self.answers.popitem(last=False)[1].weight()

    def _asked_before(self, key: Key) -> bool:
        number = hash(key)
        before = number in self.heard_of
        self.heard_of[number] = None
        self.heard_of.move_to_end(number)
        if len(self.heard_of) > HEARD_OF:
            self.heard_of.popitem(last=False)
        return before


class _Listening:
    """Sends an answer on and keeps it once it is whole, if it is a good one and not too large."""

    def __init__(self, kept: Kept, key: Key, send: Send) -> None:
        self.kept = kept
        self.key = key
        self.send = send
        self.start: Message | None = None
        self.parts: list[bytes] = []
        self.length = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name.lower() for name, _ in message.get("headers", ())}
            if message["status"] == 200 and b"set-cookie" not in names and b"content-disposition" not in names:
                self.start = {**message, "headers": list(message.get("headers", ()))}
        elif message["type"] == "http.response.body" and self.start is not None:
            self.parts.append(message.get("body", b""))
            self.length += len(self.parts[-1])
            if self.length > LARGEST:
                self.start, self.parts = None, []
            elif not message.get("more_body"):
                self.kept.keep(self.key, self.start, b"".join(self.parts))
        await self.send(message)


def key_of(scope: Scope, tag: bytes | None) -> Key | None:
    """What an answer depends on: the generation and language (`tag`), the address, and the name of the site in it.

    None for requests whose answers are not to be kept.
    """
    if tag is None or scope["method"] != "GET":
        return None
    host = b""
    for name, value in scope.get("headers", ()):
        if name in PRIVATE:
            return None
        if name == b"host":
            host = value
    return (tag, scope.get("scheme", "http").encode(), host, scope.get("raw_path", b""), scope.get("query_string", b""))
