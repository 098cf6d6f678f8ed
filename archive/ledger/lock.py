"""A lock on a directory that dies with the process that holds it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CRAWL_LOCK = "crawl.lock"
"""In DATA: held by whoever adds captures."""


class LockedError(Exception):
    """Raised when another process holds the lock; the message names it."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds an exclusive lock on the file `path`, made where absent; raises LockedError at once if it is taken.

    The kernel drops the lock when the process ends, however it ends, so there is no stale lock to clean up. The file
    stays, with the number of the last process that held it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise LockedError(f"{path} is held by process {file.read().strip() or 'unknown'}") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
