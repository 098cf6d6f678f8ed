"""What a long command is doing, in a file beside what it works on: `gongkai status` reads it and disturbs nobody.

DATA/doing/NAME.json is written over at every step, and now and then within one. It stays when its command has ended,
or was killed: it names the process, and whether that still runs is asked of the system.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = "doing"
WRITTEN_EVERY = 1.0
"""Seconds between two writings within a step; a night does a thousand things a second."""

Tell = Callable[[str, int, int], None]
"""Is told the name of a step, how much of it is done and how much there is; 0 of 0 where nobody knows."""


@dataclass(slots=True)
class Doing:
    """A command at work: its process, since when, its step and since when, how much of that is done, of how much.

    `birth` tells its process from a later one with the same number, where the system has such a thing. `earlier` and
    `earlier_done` are how far the step was some minutes before `at`: what its speed follows from. Moments are ISO 8601
    in UTC.
    """

    command: str
    pid: int
    birth: str | None
    started_at: str
    at: str
    ended_at: str | None = None
    step: str = ""
    step_since: str = ""
    done: int = 0
    total: int = 0
    earlier: str = ""
    earlier_done: int = 0

    @property
    def is_running(self) -> bool:
        """Whether the command is still at work; one that was killed is not, though it never said that it ended."""
        if self.ended_at is not None:
            return False
        return is_process(self.pid) and _birth(self.pid) == self.birth

    @property
    def left_seconds(self) -> float | None:
        """How long the rest of the step takes at its speed; None where that cannot be told yet."""
        if not self.earlier or not self.total:
            return None
        seconds = (datetime.fromisoformat(self.at) - datetime.fromisoformat(self.earlier)).total_seconds()
        advanced = self.done - self.earlier_done
        return (self.total - self.done) * seconds / advanced if advanced > 0 and seconds > 0 else None


_SPEED_OVER = 300.0


@contextmanager
def doing(data: Path, command: str, beside: Tell | None = None) -> Iterator[Tell]:
    """Keeps what a command is told of its steps in a file while the block runs, and passes it on to `beside`."""
    path = data / FOLDER / f"{command}.json"
    now = _now()
    state = Doing(command, os.getpid(), _birth(os.getpid()), now, now)
    marks: list[tuple[float, str, int]] = []
    written = 0.0

    def tell(step: str, done: int, total: int) -> None:
        nonlocal written
        clock, now = time.monotonic(), _now()
        if step != state.step:
            state.step, state.step_since = step, now
            marks.clear()
            written = -WRITTEN_EVERY
        if not marks or clock - marks[-1][0] >= _SPEED_OVER / 10:
            marks.append((clock, now, done))
        while len(marks) > 1 and clock - marks[1][0] >= _SPEED_OVER:
            marks.pop(0)
        state.at, state.done, state.total = now, done, total
        state.earlier, state.earlier_done = marks[0][1:]
        if clock - written >= WRITTEN_EVERY or done == total:
            written = clock
            _write(path, state)
        if beside is not None:
            beside(step, done, total)

    try:
        yield tell
    finally:
        if state.step:
            state.ended_at = _now()
            _write(path, state)


def read_doing(data: Path, command: str) -> Doing | None:
    """What a command was doing when it last said so; None where it never did.

    Raises ValueError, which names the file, for one that is damaged.
    """
    path = data / FOLDER / f"{command}.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    return Doing(**found)


def is_process(pid: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # it is another user's
    return True


def _write(path: Path, state: Doing) -> None:
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(asdict(state)) + "\n", "utf-8")
    part.replace(path)


def _birth(pid: int) -> str | None:
    """When a process began, in ticks since the machine was started; None where the system does not say (proc(5))."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[19]
    except FileNotFoundError:
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
