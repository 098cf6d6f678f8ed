"""`gongkai parse` by workers of this machine and of a cluster that was started by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import main
from archive.workers import available, parsing
from tests.workers.filled import Row, parses
from tests.workers.hands import dask

needs_dask = pytest.mark.skipif(not available(), reason="needs the extra `cluster`")
GONGKAI = [sys.executable, "-m", "archive", "parse"]


@needs_dask
def test_two_workers_of_this_machine(data: Path, truth: list[Row]) -> None:
    done = subprocess.run([*GONGKAI, "--data", data, "--workers", "2"], capture_output=True, text=True)
    assert done.returncode == 3, done.stderr  # some documents could not be read, as it says
    assert parses(data) == truth
    assert done.stdout == ""
    assert f"{len(truth)} documents read: " in done.stderr
    assert "Traceback" not in done.stderr


@needs_dask
def test_a_cluster_started_by_hand(data: Path, truth: list[Row]) -> None:
    with dask("scheduler", "--port", "0", ready=r"Scheduler at: +(tcp://\S+)") as (said, _):
        scheduler = said[1]
        with dask("worker", scheduler, "--nworkers", "1", "--nthreads", "2", ready="Registered to"):
            command = [*GONGKAI, "--data", data, "--scheduler", scheduler]
            done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    assert parses(data) == truth
    assert "Traceback" not in done.stderr


@needs_dask
def test_a_scheduler_that_is_not_there_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.workers.cluster.JOIN_SECONDS", 0.3)
    result = CliRunner().invoke(main, ["parse", "--data", str(data), "--scheduler", "tcp://127.0.0.1:9"])
    assert result.exit_code == 1
    assert "gongkai: there is no Dask scheduler at tcp://127.0.0.1:9: " in result.output


@needs_dask
def test_a_cluster_without_workers_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.workers.cluster.JOIN_SECONDS", 2.0)
    with dask("scheduler", "--port", "0", ready=r"Scheduler at: +(tcp://\S+)") as (said, _):
        result = CliRunner().invoke(main, ["parse", "--data", str(data), "--scheduler", said[1]])
    assert result.exit_code == 1
    assert f"has no worker: start some with `dask worker {said[1]}`" in result.output


def test_without_the_extra_the_command_says_what_to_install(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "available", lambda: False)
    result = CliRunner().invoke(main, ["parse", "--data", str(data), "--workers", "2"])
    assert result.exit_code == 1
    assert "run `make cluster` in the checkout of Gongkai" in result.output


@pytest.mark.parametrize(
    "wrong", [["--workers", "2", "--scheduler", "tcp://h:1"], ["--workers", "2", "some.html"], ["--workers", "0"]]
)
def test_options_that_make_no_sense_together(wrong: list[str]) -> None:
    assert CliRunner().invoke(main, ["parse", *wrong]).exit_code == 2


@pytest.mark.parametrize("command", ["parse", "nightly", "crawl"])
@pytest.mark.parametrize("address", ["foo", "10.0.0.1:8786", "tcp://", "http://h:8786"])
def test_a_word_that_is_no_address_is_refused_before_any_work(tmp_path: Path, command: str, address: str) -> None:
    data = tmp_path / "data"
    result = CliRunner().invoke(main, [command, "--data", str(data), "--scheduler", address])
    assert result.exit_code == 2
    assert f"{address!r} is no address of a Dask scheduler; give it like tcp://HOST:8786" in " ".join(
        result.output.split()
    )
    assert not data.exists()


def test_one_process_needs_no_dask(data: Path) -> None:
    script = (
        "import sys; sys.modules['distributed'] = sys.modules['dask'] = None\n"
        "from archive.cli import main\n"
        f"main(['parse', '--data', {str(data)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    assert "documents read" in done.stderr
