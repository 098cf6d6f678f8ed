"""The worker process: one Datasette on one generation, checked before it accepts and drained before it ends.

Run by `archive.site.serve` as `python -m archive.site.start ORDER`, where ORDER is an `Order` as JSON. The control
socket carries single bytes; its end of file means that the supervisor is gone, and ends the worker too.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import sqlite3
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette

from archive.database import load_schema
from archive.metadata import datasette_metadata
from archive.site import plugin
from archive.site.asgi import ASGIApp, Message, Receive, Scope, Send
from archive.site.connections import PatientProtocol, allow_connections, end_overdue
from archive.site.health import Served, serve_operators
from archive.site.language import LANGUAGES
from archive.site.orders import BACKLOG, CHECKED, DRAIN, GO, STOPPED, Order
from archive.site.pages.questions.answers import load_questions

KEEP_ALIVE_SECONDS = 5
GRACEFUL_SECONDS = 45
BUILD = "select generation, built_at from build_info order by generation desc limit 1"
CHECK_PATHS = ("/", "/archive/build_info.json?_shape=array")
AHEAD_PATHS = (
    "/agencies",  # reads what search needs of every report
    "/findings",
    "/coverage",
    "/portals",
    *(f"/questions/{question}" for question in load_questions()),
)
"""Pages that are worked out once a generation, and take its first reader up to many seconds."""
LEAST_READERS = 2
"""Threads that ask the database, at least; else one for each core: more of them only take the interpreter from one
another, and with one alone a search for a common word would hold up all other readers."""
OBJECTS_AT_ONCE = 10_000
"""New objects after which Python looks for cycles among them; a page makes thousands, and none that is a cycle."""


class BrokenGeneration(Exception):
    """Raised for a database that must not be served; the message says why."""


def site_settings(*, allow_sql: bool, prefix: str) -> dict[str, Any]:
    """Datasette's settings for a public site, each where its default was measured to hurt."""
    return {
        "suggest_facets": False,  # ten times the cost of a table page
        "facet_time_limit_ms": 1000,
        "sql_time_limit_ms": 2000,
        "num_sql_threads": max(LEAST_READERS, os.cpu_count() or 1),
        "max_csv_mb": 0,  # the default cuts a CSV at 100 MB and still answers 200
        "default_allow_sql": allow_sql,
        "allow_download": True,
        "base_url": prefix,
    }


def make_site(database: Path, *, allow_sql: bool = True, prefix: str = "/") -> Datasette:
    """A Datasette on an immutable archive.db, with our metadata, settings and (as an entry point) plugin.

    `prefix` is the path under which the site stands, with a slash at both ends.
    """
    inspect_file = database.with_name("inspect.json")
    inspect_data = json.loads(inspect_file.read_text("utf-8")) if inspect_file.is_file() else None
    return Datasette(
        files=[],
        immutables=[str(database)],
        inspect_data=inspect_data,
        metadata=datasette_metadata(),
        settings=site_settings(allow_sql=allow_sql, prefix=prefix),
    )


async def check(site: Datasette, database: Path) -> None:
    """Reads every page of the file and answers two pages of the site; raises `BrokenGeneration` if that fails."""
    connection = sqlite3.connect(f"file:{database}?immutable=1", uri=True)
    try:
        verdict = connection.execute("pragma quick_check(1)").fetchone()[0]
        made_by = connection.execute("select schema_version from build_info").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise BrokenGeneration(f"{database}: {error}") from error
    finally:
        connection.close()
    if verdict != "ok":
        raise BrokenGeneration(f"{database}: {verdict}")
    if made_by != load_schema().version:
        raise BrokenGeneration(
            f"{database} has tables of version {made_by}, and this version of the site reads version "
            f"{load_schema().version}: run `gongkai build` once"
        )
    await site.invoke_startup()
    for path in CHECK_PATHS:
        response = await site.client.get(path)
        if response.status_code != 200:
            raise BrokenGeneration(f"{database}: {path} answered {response.status_code}")


async def answer_ahead(site: Datasette, seconds: float) -> None:
    """Answers the pages that take long the first time, in each language, until the time is over.

    What fails here is told and fails no swap: the first reader will see the same page, and all others are sound.
    """
    try:
        async with asyncio.timeout(seconds):
            for lang in LANGUAGES:
                for path in AHEAD_PATHS:
                    response = await site.client.get(path, headers={"accept-language": lang})
                    if response.status_code != 200:
                        print(f"{path} answered {response.status_code}", file=sys.stderr, flush=True)
    except TimeoutError:
        return  # the rest is answered when it is asked for


class Draining:
    """An ASGI application that asks each client to close its connection, once `on` is set."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.on = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_closing(message: Message) -> None:
            if self.on and message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), (b"connection", b"close")]}
            await send(message)

        await self.app(scope, receive, send_closing)


class DrainingServer(uvicorn.Server):
    """A uvicorn server that can be told to let every client go by itself.

    Plain uvicorn closes idle kept-alive connections at once when it ends, and a request that is on its way just then is
    lost. While draining, answers say `Connection: close` instead, and idle connections run into the keep-alive timeout.
    """

    def __init__(self, config: uvicorn.Config, draining: Draining, control: socket.socket) -> None:
        super().__init__(config)
        self.draining = draining
        self.control = control

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        say(self.control, STOPPED)
        rest = KEEP_ALIVE_SECONDS + 1.0
        while self.draining.on and self.server_state.connections and rest > 0:
            await asyncio.sleep(0.05)
            if not self.server_state.tasks:  # a running answer (a long CSV) does not use up the patience for idle ones
                rest -= 0.05
        await super().shutdown(sockets=[])


def say(control: socket.socket, what: bytes) -> None:
    """Tells the supervisor; if it is gone, the end of file on the same socket ends this process anyway."""
    try:
        control.send(what)
    except (BrokenPipeError, ConnectionResetError):
        return


async def work(order: Order, listener: socket.socket, control: socket.socket, operators: socket.socket | None) -> None:
    """Checks, waits for `GO`, serves until told otherwise; raises `BrokenGeneration` instead of serving a bad file."""
    database = Path(order.database)
    site = make_site(database, allow_sql=order.allow_sql, prefix=order.prefix)
    try:
        await check(site, database)
        build = (await site.get_database("archive").execute(BUILD)).first()
        if order.allow_sql:
            site.get_database("archive").desk.warm()
        if order.ahead:
            await answer_ahead(site, order.ahead)
        gc.freeze()  # what is there now stays for the life of the process
        plugin.METRICS.clear()  # the check's own requests are nobody's
        loop = asyncio.get_running_loop()
        say(control, CHECKED)
        control.setblocking(False)
        if await loop.sock_recv(control, 1) != GO:
            return
        draining = Draining(site.app())
        config = uvicorn.Config(
            draining,
            http=PatientProtocol,
            log_level="warning",
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
            lifespan="on",
            backlog=BACKLOG,
        )
        server = DrainingServer(config, draining, control)
        connections = server.server_state.connections

        async def obey() -> None:
            while await loop.sock_recv(control, 1) == DRAIN:
                draining.on = True
                server.should_exit = True
            draining.on = False  # QUIT, or the end of file of a supervisor that is gone
            server.should_exit = True

        now = datetime.now(UTC)
        served = Served(build[0], build[1], database, now, plugin.METRICS, lambda: len(connections))
        async with AsyncExitStack() as stack, asyncio.TaskGroup() as group:
            helpers = [group.create_task(obey()), group.create_task(end_overdue(connections))]
            if operators is not None:
                stack.callback((await serve_operators(operators, served)).close)
            await server.serve(sockets=[listener])
            for helper in helpers:
                helper.cancel()
    finally:
        site.get_database("archive").close()


def main(arguments: list[str]) -> int:
    """Runs one worker; exit code 3 means that the generation was refused."""
    order = Order(**json.loads(arguments[0]))
    gc.set_threshold(OBJECTS_AT_ONCE)
    allow_connections()
    operators = None if order.operators is None else socket.socket(fileno=order.operators)
    with socket.socket(fileno=order.listener) as listener, socket.socket(fileno=order.control) as control:
        try:
            asyncio.run(work(order, listener, control, operators))
        except BrokenGeneration as error:
            print(error, file=sys.stderr, flush=True)
            return 3
        except KeyboardInterrupt:
            return os.EX_OK
    return 0
