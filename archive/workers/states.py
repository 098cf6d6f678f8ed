"""How the shards of a crawl on a cluster stand, in a file of DATA: for whoever looks, and for the crawl after it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive.workers.shards import Part

FOLDER = "shards"
STATE = "shards.json"
_KEPT_EVERY = 2.0


class States:
    """Keeps the states of shards: called with them, it writes what is new, at most every other second."""

    def __init__(self, data: Path, scheduler: str) -> None:
        self._path = data / FOLDER / STATE
        self._scheduler = scheduler
        self._started_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._kept_at = 0.0
        self._kept: list[tuple[str, str | None]] = []

    def __call__(self, parts: Sequence[Part]) -> None:
        states = [(part.state, part.host) for part in parts]
        now = time.monotonic()
        if states != self._kept or now - self._kept_at >= _KEPT_EVERY:
            self._kept, self._kept_at = states, now
            self._write(parts, running=True)

    def end(self, parts: Sequence[Part]) -> None:
        """Notes that no shard is crawled any more."""
        self._write(parts, running=False)

    def _write(self, parts: Sequence[Part], *, running: bool) -> None:
        shown = {
            "running": running,
            "pid": os.getpid(),
            "scheduler": self._scheduler,
            "started_at": self._started_at,
            "shards": [_shown(part) for part in parts],
        }
        self._path.parent.mkdir(exist_ok=True)
        unfinished = self._path.with_name(f"{STATE}.part")
        unfinished.write_text(json.dumps(shown, ensure_ascii=False, indent=1) + "\n", "utf-8")
        unfinished.replace(self._path)


def read_states(data: Path) -> dict[str, Any] | None:
    """What the last crawl on a cluster kept; None where there was none. `running` stays true where it was cut off.

    Raises ValueError, which names the file, for one that is damaged.
    """
    path = data / FOLDER / STATE
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    return found


def take_up(states: dict[str, Any], parts: Sequence[Part]) -> None:
    """Lets shards begin where they were crawled last: there the pages are that need not be fetched again."""
    known = {one["directory"]: one for one in states["shards"]}
    for part in parts:
        if before := known.get(part.order.directory):
            part.host, part.disk = before["host"], before["disk"]


def _shown(part: Part) -> dict[str, Any]:
    since = datetime.fromtimestamp(part.since, UTC).isoformat(timespec="seconds") if part.since else None
    return {
        "shard": part.order.shard,
        "state": part.state,
        "host": part.host,
        "disk": part.disk,
        "directory": part.order.directory,
        "since": since,
        "requests": part.requests,
        "open": part.open,
        "places": part.places,
        "exit_code": part.end.code if part.end else None,
        "problem": part.problem,
    }
