"""One run at a time: the lock of a ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.ledger import LockedError, locked


def test_the_lock_is_held_by_one_and_freed_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "data" / "crawl.lock"
    with locked(path), pytest.raises(LockedError, match="held by process"), locked(path):
        pass
    with locked(path):
        pass
