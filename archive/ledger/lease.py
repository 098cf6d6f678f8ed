"""Leave to ask portals, for a while: a file that says until when, by a clock that all processes of a machine share."""

from __future__ import annotations

import time
from pathlib import Path

LOST = 75
"""The exit code of a crawl that ended for want of leave: EX_TEMPFAIL of sysexits.h."""

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while the machine sleeps, where the system has such a clock (Linux): nobody waits for one that sleeps."""


def moment() -> float:
    """Seconds since the machine was started."""
    return time.clock_gettime(_CLOCK)


def extend(path: Path, until: float) -> None:
    """Gives leave until a moment; a reader finds either the old one or the new one."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(f"{until!r}\n", "ascii")
    part.replace(path)


def is_held(path: Path) -> bool:
    """Whether there is leave now; a file that is gone gives none."""
    try:
        return moment() < float(path.read_text("ascii"))
    except FileNotFoundError:
        return False
