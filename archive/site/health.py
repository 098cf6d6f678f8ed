"""`/-/health` and `/-/metrics` for operators, on a listener of their own that only this machine can reach.

Behind a proxy every reader comes from 127.0.0.1, so the address of a peer cannot tell an operator from a reader: only
another port can.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.site.metrics import Metrics, gauge, memory

SECONDS_FOR_A_QUESTION = 5.0
GOOD_NIGHTS = (0, 3)
"""Exit codes of a night that published a generation: with no failure, and with failures that are listed."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a worker serves: the generation, when it was built, and the nights beside it."""

    generation: int
    built_at: str
    database: Path
    since: datetime
    metrics: Metrics
    connections: Callable[[], int]

    def health(self) -> dict[str, Any]:
        """That this process serves, and what."""
        night = last_good_night(self.database)
        return {
            "ok": True,
            "generation": self.generation,
            "built_at": self.built_at,
            "last_good_night": night.isoformat() if night else None,
            "serving_since": self.since.isoformat(timespec="seconds"),
            "memory_bytes": memory(),
        }

    def exposition(self) -> str:
        """The metrics in the text format of Prometheus."""
        night = last_good_night(self.database)
        ended = night.timestamp() if night else None
        lines = self.metrics.lines()
        lines += gauge("generation", "Number of the generation served.", self.generation)
        lines += gauge("built_seconds", "When it was built, in Unix time.", moment(self.built_at).timestamp())
        ended = night.timestamp() if night else None
        lines += gauge("last_good_night_seconds", "End of the last night that published.", ended)
        lines += gauge("memory_bytes", "Resident memory of this process.", memory())
        lines += gauge("connections", "Open connections.", self.connections())
        lines += gauge("started_seconds", "When this process began to serve, in Unix time.", self.since.timestamp())
        return "\n".join(lines) + "\n"


def moment(text: str) -> datetime:
    """An ISO time of the archive, which is UTC where it does not say otherwise."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def last_good_night(database: Path) -> datetime | None:
    """The end of the last night that published, from the summaries in DATA/nights; None if there is none."""
    if len(database.parents) < 3:
        return None
    for summary in sorted((database.parents[2] / "nights").glob("*.json"), reverse=True):
        night = json.loads(summary.read_text("utf-8"))
        if night["exit_code"] in GOOD_NIGHTS and night["generation"] is not None and night["ended_at"]:
            return moment(night["ended_at"])
    return None


async def serve_operators(listener: socket.socket, served: Served) -> asyncio.Server:
    """Answers on the operators' listener until the server is closed; one question a connection."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(SECONDS_FOR_A_QUESTION):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(respond(head, served))
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            return
        finally:
            writer.close()

    return await asyncio.start_server(answer, sock=listener, limit=16_384)


def respond(head: bytes, served: Served) -> bytes:
    """The whole answer to a request with this head."""
    method, _, rest = head.partition(b" ")
    path = rest.partition(b" ")[0].partition(b"?")[0]
    if method not in (b"GET", b"HEAD"):
        return _answer("405 Method Not Allowed", "text/plain", "GET only\n")
    if path == b"/-/health":
        return _answer("200 OK", "application/json", json.dumps(served.health()) + "\n")
    if path == b"/-/metrics":
        return _answer("200 OK", "text/plain; version=0.0.4", served.exposition())
    return _answer("404 Not Found", "text/plain", "/-/health or /-/metrics\n")


def _answer(status: str, kind: str, text: str) -> bytes:
    body = text.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
