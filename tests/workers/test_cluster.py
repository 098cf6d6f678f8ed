"""Workers leave what one process leaves, byte for byte, whoever dies meanwhile; what would change it ends the pass."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.captures import CaptureStore
from archive.ledger import Ledger
from archive.parsing import ParsingSummary
from archive.workers import WorkersFailed, parsing
from archive.workers.parsing import parse_captures_by_workers
from archive.workers.setup import setup_here
from tests.workers.filled import DEADLY, Row, copied, deadly, parses, processes

WORKER, READER = "spawn_main", "archive.workers.reader"
needs_proc = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")


def read(
    data: Path,
    cluster: str,
    said: list[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    **how: Any,
) -> ParsingSummary:
    """Reads DATA on the cluster."""
    with Ledger(data / "ledger.db") as ledger:
        heard = [] if said is None else said
        return parse_captures_by_workers(
            ledger, CaptureStore(data / "warc"), scheduler=cluster, said=heard.append, progress=progress, **how
        )


def test_workers_leave_what_one_process_leaves(data: Path, cluster: str, truth: list[Row]) -> None:
    told: list[tuple[int, int]] = []
    summary = read(data, cluster, progress=lambda *done: told.append(done))
    assert parses(data) == truth
    assert summary.total == len(truth)
    assert summary.ok == sum(status == "ok" for _, _, status, _, _ in truth)
    assert told == sorted(told)
    assert told[0] == (0, len(truth))
    assert told[-1] == (len(truth), len(truth))
    assert len(told) > 8  # recorded by the stretch, not at the end


@needs_proc
def test_nothing_is_lost_or_doubled_when_workers_and_readers_are_killed(
    data: Path, cluster: str, truth: list[Row]
) -> None:
    victims = [READER, WORKER, READER]

    def kill(done: int, total: int) -> None:
        if done and victims and (found := processes(victims[-1])):
            os.kill(found[-1], signal.SIGKILL)
            victims.pop()

    assert read(data, cluster, progress=kill).total == len(truth)
    assert not victims
    assert parses(data) == truth


def test_a_document_that_kills_its_workers_is_found_and_named(data: Path, cluster: str, truth: list[Row]) -> None:
    said: list[str] = []
    summary = read(data, cluster, said, read=deadly)
    named = [(url.rpartition("/")[2], why) for url, why in summary.unreadable if "died" in why]
    assert named == [(DEADLY, "the worker that read it died each time it was tried")]
    rows = parses(data)
    assert [row for row, right in zip(rows, truth, strict=True) if row != right] == [rows[-1]]
    assert rows[-1][2] == "unreadable"
    assert any(line.startswith("workers died over ") for line in said)


def test_an_interrupted_pass_keeps_what_it_read_and_goes_on(data: Path, cluster: str, truth: list[Row]) -> None:
    def interrupt(done: int, total: int) -> None:
        if done > 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(data, cluster, progress=interrupt)
    held = parses(data)
    assert 10 < len(held) < len(truth)
    assert read(data, cluster).total == len(truth) - len(held)
    assert parses(data) == truth


def test_a_worker_that_would_read_otherwise_ends_the_pass(
    data: Path, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "setup_here", lambda **how: setup_here(**how) | {"lxml": "99.9"})
    with pytest.raises(WorkersFailed, match=r"would not read as this machine does \(lxml: \d[\d.]+, here 99\.9\)"):
        read(data, cluster)
    assert parses(data) == []


def test_a_worker_that_sees_other_captures_ends_the_pass(
    data: Path, cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = copied(data, tmp_path / "other")
    (path,) = (other / "warc").glob("*.warc.gz")
    path.write_bytes(path.read_bytes()[:-100])
    monkeypatch.setattr(parsing, "address_of", lambda store: (other / "warc").as_uri())
    with pytest.raises(WorkersFailed, match=r"sees other captures than this machine: .* torn: .* whole here"):
        read(data, cluster)
    assert not any("torn" in (why or "") for _, _, _, why, _ in parses(data))


def test_a_worker_without_the_captures_ends_the_pass(
    data: Path, cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parsing, "address_of", lambda store: (tmp_path / "elsewhere").as_uri())
    with pytest.raises(WorkersFailed, match=r"sees other captures than this machine: .* missing: "):
        read(data, cluster)
