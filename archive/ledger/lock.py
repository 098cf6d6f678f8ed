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

    Raises OSError, which names the file, where it cannot be written: on a full disk it is the first that finds no room.

    The kernel drops the lock when the process ends, however it ends, so there is no stale lock to clean up. The file
    stays, with the number of the last process that held it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise LockedError(f"{path} is held by process {file.read().decode('ascii').strip() or 'unknown'}") from None
        try:
            file.truncate(0)
            file.write(b"%d\n" % os.getpid())
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error
        yield
