"""One run at a time: the lock of a ledger."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from archive.ledger import LockedError, locked


def test_the_lock_is_held_by_one_and_freed_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "data" / "crawl.lock"
    with locked(path), pytest.raises(LockedError, match="held by process"), locked(path):
        pass
    with locked(path):
        pass


def test_a_lock_that_finds_no_room_is_named(tmp_path: Path) -> None:
    path = tmp_path / "crawl.lock"
    script = f"from pathlib import Path; from archive.ledger import locked; locked(Path({str(path)!r})).__enter__()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("OSError: [Errno ")
    assert done.stderr.splitlines()[-1].endswith(repr(str(path)))
