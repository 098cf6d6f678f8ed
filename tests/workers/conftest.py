"""One DATA to read, what one process makes of it, and a cluster whose workers may die."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.workers import available
from tests.workers.filled import HARM, Row, copied, fill, parses, read_alone

REPORTS = 40


@pytest.fixture(scope="session")
def unread(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DATA directory that nobody has read yet; read copies of it."""
    return fill(tmp_path_factory.mktemp("unread") / "data", REPORTS)


@pytest.fixture
def data(unread: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return copied(unread, tmp_path / "data")


@pytest.fixture(scope="session")
def truth(unread: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """What one process makes of it."""
    data = copied(unread, tmp_path_factory.mktemp("alone") / "data")
    read_alone(data)
    rows = parses(data)
    assert len(rows) == REPORTS + len(HARM) + 1
    assert {status for _, _, status, _, _ in rows} == {"ok", "not_a_report", "unreadable"}
    return rows


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The address of a cluster of two workers, on which one death is enough to be suspicious."""
    if not available():
        pytest.skip("needs the extra `cluster`")
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        silence_logs=logging.CRITICAL,
        scheduler_kwargs={"allowed_failures": 0},
    ) as made:
        yield made.scheduler_address
