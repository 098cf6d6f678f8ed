"""A small portal that fails on demand: each path has an answer, as bytes or as a function that does what it likes."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from archive.models import Portal

Handler = Callable[["Exchange"], Awaitable[None]]
Answer = bytes | Handler


@dataclass
class Hit:
    """One request as the server saw it: when it came and when its answer was sent (monotonic seconds)."""

    path: str
    headers: dict[str, str]
    start: float
    end: float = 0.0


@dataclass
class Exchange:
    """What a handler works with."""

    hit: Hit
    number: int
    """How often this path was asked for, this time included."""
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Ends the connection with a reset instead of a proper end."""
        raw: socket.socket = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def answer(
    body: str | bytes = "",
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
    *extra: str,
    length: int | None = None,
) -> bytes:
    """A whole answer with honest headers, unless `extra` lines or `length` lie."""
    data = body.encode() if isinstance(body, str) else body
    size = len(data) if length is None else length
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {size}", *extra]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + data


def redirect(to: str, *extra: str) -> bytes:
    """A 302 to `to`."""
    return answer("", "302 Found", "text/html", f"Location: {to}", *extra)


def report(name: str, year: int = 2023) -> str:
    """A page that is an annual report, in outline."""
    title = f"{name}{year}年政府信息公开工作年度报告"
    parts = "一、总体情况 二、主动公开政府信息情况 三、收到和处理政府信息公开申请情况"
    text = f"<p>{name}按照要求开展政府信息公开工作，主动公开各类信息。</p>"
    body = "".join(f"<p>{part}</p>{text}" for part in parts.split())
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div>{body * 3}</div></body></html>"


def listing(paths: Mapping[str, str], pager: str = "") -> str:
    """A column of annual reports: path to title."""
    rows = "".join(
        f'<li><a href="{path}" title="{title}">{title}</a><span>2024-01-2{number % 9}</span></li>'
        for number, (path, title) in enumerate(paths.items())
    )
    return f"<html><head><title>政府信息公开年报</title></head><body><ul>{rows}</ul>{pager}</body></html>"


def titles(paths: list[str], year: int = 2023) -> dict[str, str]:
    """Titles of reports for paths, each of another invented office."""
    stems = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥东南西北金木水火土春夏秋冬"
    size = len(stems)
    offices = (f"云岭县{stems[n % size]}{stems[n // size]}局" for n in range(len(paths)))
    return {path: f"{office}{year}年政府信息公开工作年度报告" for path, office in zip(paths, offices, strict=True)}


@dataclass
class FaultServer:
    """A server on one loopback address and a free port, with a log of what it was asked for."""

    host: str = "127.0.0.41"
    routes: dict[str, Answer] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None
    elsewhere: Answer | None = None
    """The answer of paths that have none of their own; None = 404."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://{self.host}:{self.port}"

    def portal(self, name: str = "yunling", column: str | None = "/nb/", **fields: object) -> Portal:
        """The registry's entry for this server."""
        address = f"{self.url}{column}" if column else None
        return Portal(name, "云岭县", "370481", None, f"{self.url}/", address, **fields)  # type: ignore[arg-type]

    def paths(self) -> list[str]:
        return [hit.path for hit in self.hits]

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(ready))
        self._loop.close()

    async def _serve(self, ready: threading.Event) -> None:
        self._stop = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, self.host, self.port, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while not writer.is_closing():
                await self._one(await reader.readuntil(b"\r\n\r\n"), writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _one(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}
        hit = Hit(path, headers, time.monotonic())
        self.hits.append(hit)
        default = self.elsewhere or answer("nothing here", "404 Not Found")
        if path == "/robots.txt":
            default = answer("User-agent: *\nDisallow:\n", kind="text/plain")
        what = self.routes.get(path, default)
        try:
            if isinstance(what, bytes):
                writer.write(what)
                await writer.drain()
            else:
                await what(Exchange(hit, sum(one.path == path for one in self.hits), writer))
        finally:
            hit.end = time.monotonic()
