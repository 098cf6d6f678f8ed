"""Serves the farm over HTTP/1.1: one small asyncio protocol, every answer made into bytes before the first request.

Written for measuring: it keeps connections open, answers conditional requests, and notes for each request when it came
and how many requests its host had in hand, so that a test can judge the manners of a crawler.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from http import HTTPStatus
from typing import TextIO, cast

from demo.farm import Farm
from demo.site import Answer, Asked, Manner, Site, error, first_values, squeezed

LAST_MODIFIED = "Mon, 05 Jan 2026 01:00:00 GMT"
NOT_FOUND = error(404, "您访问的页面不存在")
NOT_ALLOWED = error(405, "不支持的请求方式")
READING = ("GET", "HEAD")
BUSY = error(503, "服务繁忙", ("Retry-After", "1"))
LONGEST_REQUEST = 65536
"""Bytes of a request that are waited for before the connection is given up."""


@dataclass(frozen=True, slots=True)
class Record:
    """One request: `time` in seconds since 1970 when it came, `duration` in seconds until its answer was written.

    `in_flight` counts the requests that the same host had not answered yet when it came, this one included. `status` is
    0 where the connection was reset, `conditional` says whether it asked only for what has changed, `retry_after` is
    the header of that name in the answer.
    """

    time: float
    site: str
    host: str
    method: str
    path: str
    status: int
    duration: float
    in_flight: int
    user_agent: str
    conditional: bool = False
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer as bytes for the wire: plain and, if the site compresses, as gzip."""

    answer: Answer
    etag: str
    plain: bytes
    gzip: bytes | None


def make_ready(answer: Answer, compress: bool) -> Ready:
    """The bytes of an answer with its headers."""
    etag = hashlib.sha256(answer.body).hexdigest()[:32]
    squeeze = compress and answer.media_type.startswith("text/html") and answer.status == 200

    def wire(body: bytes, *more: tuple[str, str]) -> bytes:
        headers = [
            ("Server", "gongkai-demo"),
            ("Content-Type", answer.media_type),
            ("Content-Length", str(len(body))),
            *answer.headers,
            *more,
        ]
        if answer.status == 200:
            headers += [("ETag", f'"{etag}"'), ("Last-Modified", LAST_MODIFIED)]
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}", *(f"{k}: {v}" for k, v in headers)]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    packed = wire(squeezed(answer.body), ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")) if squeeze else None
    return Ready(answer, etag, wire(answer.body), packed)


class Host:
    """One site with its answers ready and its count of requests in hand."""

    def __init__(self, site: Site, delay: float, note: Callable[[Record], None] | None) -> None:
        self.site = site
        self.delay = delay
        self.note = note
        self.in_flight = 0
        self.open: set[asyncio.Transport] = set()
        self._ready = {path: make_ready(answer, site.compress) for path, answer in site.pages.items()}
        self._stumbled: Counter[str] = Counter()
        self._not_found = make_ready(NOT_FOUND, False)
        self._busy = make_ready(BUSY, False)
        self._not_allowed = make_ready(NOT_ALLOWED, False)

    def find(
        self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Ready:
        """The answer for a path with its query; a service is asked with the whole request."""
        bare, _, query = path.partition("?")
        if service := self.site.services.get(bare):
            answer = service(Asked(method, bare, first_values(query), headers or {}, body))
            return make_ready(answer, self.site.compress)
        if method not in READING:
            return self._not_allowed
        found = self._ready.get(path)
        if found is None:
            other = self.site.elsewhere(path) if self.site.elsewhere else None
            return make_ready(other, self.site.compress) if other else self._not_found
        if self._stumbled[path] < found.answer.stumbles:
            self._stumbled[path] += 1
            return self._busy
        return found


@dataclass(frozen=True, slots=True)
class Sending:
    """What goes over the wire for one request: `status` 0 resets the connection, `close` ends it after the bytes."""

    status: int
    wire: bytes
    close: bool


def sending(ready: Ready, method: str, headers: Mapping[str, str]) -> Sending:
    """The bytes for a request with these headers (names in lower case), in the manner of the answer."""
    answer = ready.answer
    wire = ready.gzip if ready.gzip and "gzip" in headers.get("accept-encoding", "") else ready.plain
    if answer.manner is Manner.RESET:
        return Sending(0, b"", True)
    if method in READING and answer.status == 200 and ready.etag in headers.get("if-none-match", ""):
        return Sending(304, f'HTTP/1.1 304 Not Modified\r\nETag: "{ready.etag}"\r\n\r\n'.encode(), False)
    if answer.manner is Manner.CUT:
        return Sending(answer.status, wire[: len(wire) - len(answer.body) // 2], True)
    if method == "HEAD":
        return Sending(answer.status, wire[: wire.index(b"\r\n\r\n") + 4], False)
    return Sending(answer.status, wire, False)


class Connection(asyncio.Protocol):
    """One connection of a client: requests are answered in the order they come."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._host.open.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._host.open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in lines)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            length = headers.get("content-length", "0")
            whole = end + 4 + (int(length) if length.isdecimal() else 0)
            if len(self._buffer) < whole:
                break
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._take(first, headers, body)
        if len(self._buffer) > LONGEST_REQUEST:
            self._transport.abort()

    def _take(self, first: str, headers: Mapping[str, str], body: bytes) -> None:
        arrived = time.time()
        self._host.in_flight += 1
        request = (first, headers, body, arrived, self._host.in_flight)
        if self._host.delay:
            asyncio.get_running_loop().call_later(self._host.delay, self._answer, *request)
        else:
            self._answer(*request)

    def _answer(self, first: str, headers: Mapping[str, str], body: bytes, arrived: float, in_flight: int) -> None:
        method, path, version = [*first.split(" "), "", ""][:3]
        host = self._host
        found = host.find(path, method, headers, body)
        send = sending(found, method, headers)
        host.in_flight -= 1
        if host.note:
            took, agent = time.time() - arrived, headers.get("user-agent", "")
            asks_change = "if-none-match" in headers or "if-modified-since" in headers
            who = (arrived, host.site.id, host.site.host, method, path)
            wait = dict(found.answer.headers).get("Retry-After", "")
            host.note(Record(*who, send.status, took, in_flight, agent, asks_change, wait))
        if self._transport.is_closing():
            return
        if not send.status:
            linger = struct.pack("ii", 1, 0)  # closing with linger 0 sends RST instead of FIN
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._transport.abort()
            return
        self._transport.write(send.wire)
        if send.close or version == "HTTP/1.0" or headers.get("connection", "").lower() == "close":
            self._transport.close()


@dataclass(frozen=True, slots=True)
class Listening:
    """The farm while it is served."""

    servers: list[asyncio.Server]
    hosts: list[Host]

    async def stop(self) -> None:
        """Stops listening and drops the connections that clients still hold."""
        for server in self.servers:
            server.close()
        for host in self.hosts:
            for transport in [*host.open]:
                transport.abort()
        await asyncio.sleep(0)  # lets the transports call connection_lost


async def listen(farm: Farm, *, delay: float = 0, note: Callable[[Record], None] | None = None) -> Listening:
    """Starts to listen for every site of the farm. `delay` in seconds is waited before each answer.

    Raises OSError if an address cannot be bound: the port is taken, or the machine has no such loopback addresses.
    """
    loop = asyncio.get_running_loop()
    listening = Listening([], [Host(site, delay, note) for site in farm.sites])
    for host in listening.hosts:
        try:
            server = await loop.create_server(partial(Connection, host), host.site.host, host.site.port)
        except OSError:
            await listening.stop()
            raise
        listening.servers.append(server)
    return listening


def to_file(out: TextIO) -> Callable[[Record], None]:
    """A sink that writes each record as a JSON line and flushes it."""

    def note(record: Record) -> None:
        out.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")
        out.flush()

    return note


@contextmanager
def serving(farm: Farm, *, delay: float = 0, note: Callable[[Record], None] | None = None) -> Iterator[Farm]:
    """Serves the farm from a thread of its own while the block runs. `note` is called in that thread."""
    loop = asyncio.new_event_loop()
    try:
        listening = loop.run_until_complete(listen(farm, delay=delay, note=note))
        thread = threading.Thread(target=loop.run_forever, name="demo farm", daemon=True)
        thread.start()
        try:
            yield farm
        finally:
            asyncio.run_coroutine_threadsafe(listening.stop(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
    finally:
        loop.close()


def free_port(count: int = 1) -> int:
    """A port that is free on every address of this machine, with `count` - 1 free ones after it; nothing listens."""
    while True:
        with ExitStack() as held:
            first = held.enter_context(socket.socket())
            first.bind(("", 0))
            port = int(first.getsockname()[1])
            try:
                for step in range(1, count):
                    held.enter_context(socket.socket()).bind(("", port + step))
            except (OSError, OverflowError):
                continue
            return port
