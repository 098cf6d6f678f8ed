"""The exit codes of `gongkai`, apart from all else so that its help needs nothing more."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes that scripts may rely on."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    WITH_FAILURES = 3
    LOCKED = 4
    NOT_PUBLISHED = 5


EXIT_CODES_HELP = """Exit codes: 0 done, 1 failed, 2 wrong use, 3 finished but some portals or documents failed (they
are listed), 4 another run holds the lock, 5 the new archive failed its checks and was not published."""
