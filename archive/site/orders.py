"""What the supervisor and a worker say to each other; apart, so that the supervisor need not load what serves pages."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

CHECKED, STOPPED = b"C", b"S"
"""Said by the worker: the database is sound; no more connections are taken."""
GO, DRAIN, QUIT = b"G", b"D", b"Q"
"""Said by the supervisor: take connections; finish everything, then end; finish what is being answered, then end."""

BACKLOG = 2048
"""Connections that wait in the kernel to be accepted, also while one worker follows another."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is told when it is started; sockets are file descriptors that it inherits.

    `ahead` is for how many seconds it may answer pages ahead, before it says `CHECKED`.
    """

    database: str
    listener: int
    control: int
    operators: int | None
    allow_sql: bool
    prefix: str
    ahead: float

    def text(self) -> str:
        """The order as one argument of a command."""
        return json.dumps(asdict(self))
