"""What the steps share: the ledger that they begin with, and who is told how far they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive.ledger import Ledger
from archive.steps import LEDGER, NothingToDo, Progress


def open_ledger(data: Path) -> Ledger:
    """The ledger of a data directory; raises NothingToDo where nothing was crawled yet."""
    path = data / LEDGER
    if not path.exists():
        raise NothingToDo(f"there is no ledger in {data} yet: run `gongkai crawl --data {data}` first")
    return Ledger(path, create=False)


def step(name: str, progress: Progress | None) -> Callable[[int, int], None] | None:
    """Tells how far a step of this name is; None where nobody is to be told."""
    return None if progress is None else lambda done, total: progress(name, done, total)
