"""What the steps after the crawl share with those who only look: names within DATA, how a step tells how far it is, and
why there is nothing to do. It imports nothing, so that a command is quick to say what it can do."""

from __future__ import annotations

from collections.abc import Callable

LEDGER = "ledger.db"
BUILD_LOCK = "build.lock"
EXPORTS = "exports"
FACTS = "facts.db"
"""What was worked out of each parse; may be deleted at any time."""

Progress = Callable[[str, int, int], None]
"""Is told the name of a step, how much of it is done and how much there is."""


class NothingToDo(Exception):
    """Raised when a step finds nothing to work on; the message says which command comes first."""


class UnknownPortal(NothingToDo):
    """Raised for a portal by a name that nobody knows; the message says which there are, or how to add one."""
