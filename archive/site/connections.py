"""Protection against slow clients, which uvicorn lacks.

uvicorn has a time limit for idle connections after an answer (`timeout_keep_alive`) but none for a request that never
comes, comes byte by byte, or whose answer is never read; `limit_concurrency` turns everybody away at once. Here each
connection has so many seconds for a whole request and for taking an answer, and when too many are open the ones that
have waited longest for their request go first.
"""

from __future__ import annotations

import asyncio
import resource
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 10.0
"""From the connection, or the last answer, to the end of the request."""
READING_SECONDS = 30.0
"""How long a client may take nothing of an answer that waits for it."""
MOST_CONNECTIONS = 2000
LOOK_EVERY = 1.0


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, which remembers since when a connection has waited for its client."""

    waiting_since: float | None = None
    """For a whole request; None while one is answered."""
    unread_since: float | None = None
    """For the client to take what was written; None while it does."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.waiting_since = self.loop.time()
        if len(self.connections) > MOST_CONNECTIONS:
            self.make_room()

    def handle_events(self) -> None:
        super().handle_events()
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and not cycle.more_body:
            self.waiting_since = None

    def on_response_complete(self) -> None:
        self.waiting_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.unread_since = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.unread_since = None

    def make_room(self) -> None:
        """Ends the connection that has waited longest for a request."""
        waiting = [
            (one.waiting_since, id(one), one)
            for one in self.connections
            if isinstance(one, PatientProtocol) and one.waiting_since is not None and not one.transport.is_closing()
        ]
        if waiting:
            min(waiting)[2].transport.abort()

    def overdue(self, now: float) -> bool:
        """Whether the client has used up its time."""
        if self.waiting_since is not None and now - self.waiting_since > REQUEST_SECONDS:
            return True
        return self.unread_since is not None and now - self.unread_since > READING_SECONDS


async def end_overdue(connections: set[Any]) -> None:
    """Looks at all connections again and again, and ends the overdue ones; runs until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(LOOK_EVERY)
        now = loop.time()
        for connection in list(connections):
            if isinstance(connection, PatientProtocol) and connection.overdue(now):
                connection.transport.abort()


def allow_connections() -> None:
    """Raises the limit of open files to what the system allows: the usual 1,024 are fewer than `MOST_CONNECTIONS`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + 200
    if soft < wanted:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
        )
