"""Shards as tasks of a cluster leave what one crawl leaves, whoever dies meanwhile, and no host is asked from two places."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.cli import main
from archive.commands.shards import STATE, crawl_in_shards
from archive.ledger import Ledger
from archive.workers import available
from archive.workers.leases import Terms
from tests.crawler.crawling import FAST, check_books, crawl, write_portals
from tests.crawler.fault_server import FaultServer, answer, listing, report, titles
from tests.workers.filled import processes
from tests.workers.hands import dask

pytestmark = pytest.mark.skipif(not available(), reason="needs the extra `cluster`")
needs_proc = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")

PAGES = 12
TERMS = Terms(lease=6.0, ask=0.5, margin=1.0, look=0.2)
CRAWLER = "-m\0crawler"


@contextmanager
def portals(number: int) -> Iterator[list[FaultServer]]:
    """So many portals, each at an address of its own, with a column of reports."""
    servers = [FaultServer(f"127.0.1.{one}") for one in range(1, number + 1)]
    paths = [f"/a/{one}.html" for one in range(PAGES)]
    for server in servers:
        server.routes["/nb/"] = answer(listing(titles(paths)))
        server.routes |= {path: answer(report(f"云岭县第{path[3:-5]}局")) for path in paths}
    running: list[FaultServer] = []
    try:
        for server in servers:
            running.append(server.__enter__())
        yield running
    finally:
        for server in running:
            server.__exit__()


def registry(folder: Path, servers: list[FaultServer]) -> Path:
    return write_portals(folder / "portals.csv", [one.portal(f"p{n}") for n, one in enumerate(servers)])


def settings(**given: str) -> list[str]:
    return [word for name, value in {**FAST, **given}.items() for word in ("-s", f"{name}={value}")]


def gongkai(*words: str) -> Result:
    return CliRunner().invoke(main, ["crawl", *words])


def outcomes(data: Path) -> set[tuple[str, str, str | None]]:
    with Ledger(data / "ledger.db", create=False) as ledger:
        return {(url.url, url.portal, url.outcome) for url in ledger.urls()}


def state(data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / "shards" / STATE).read_text("utf-8"))
    return found


@contextmanager
def crawlers(number: int, **environment: str) -> Iterator[str]:
    """A scheduler and so many workers that crawl one shard at a time each."""
    with dask("scheduler", "--port", "0", ready=r"Scheduler at: +(tcp://\S+)") as (said, _):
        address = said[1]
        words = ["worker", address, "--nworkers", str(number), "--nthreads", "1", "--resources", "crawl=1"]
        with dask(*words, ready="Registered to", environment=environment):
            yield address


def test_shards_leave_what_a_crawl_in_one_piece_leaves(tmp_path: Path) -> None:
    with portals(4) as servers, crawlers(2, GONGKAI_VANTAGE="here") as scheduler:
        table = str(registry(tmp_path, servers))
        alone = crawl(tmp_path / "alone", [one.portal(f"p{n}") for n, one in enumerate(servers)])
        for server in servers:
            server.hits.clear()
        words = ["--data", str(tmp_path / "data"), "--portals", table, "--scheduler", scheduler, "--shards", "3"]
        done = gongkai(*words, *settings())
        assert done.exit_code == alone.code == 0, done.output
        again = gongkai(*words, *settings())
        assert all(len(server.hits) == PAGES + 4 for server in servers), "robots.txt and the list again, no report"
    assert again.exit_code == 0, again.output
    assert "3 of 3 shards are merged into" in done.stderr
    assert sorted(done.stdout.splitlines()) == sorted(alone.out.splitlines())
    assert outcomes(tmp_path / "data") == outcomes(tmp_path / "alone")
    check_books(tmp_path / "data")
    kept = state(tmp_path / "data")
    assert not kept["running"]
    assert {(one["state"], one["exit_code"], one["places"]) for one in kept["shards"]} == {("ended", 0, 1)}
    with Ledger(tmp_path / "data" / "ledger.db") as ledger:
        assert {(run.settings["shard"], run.settings["vantage"]) for run in ledger.runs()} == {
            (f"{one}/3", "here") for one in (1, 2, 3)
        }


def crawl_beside(data: Path, scheduler: str, table: Path, *words: str, **how: Any) -> threading.Thread:
    """A crawl with short leases in a thread of its own; it has the attribute `code` when it has ended."""

    def crawl() -> None:
        wishes = [*settings(DOWNLOAD_DELAY="0.3"), "--quiet", *words]
        thread.code = crawl_in_shards(data, scheduler, wishes, portals=table, terms=TERMS, **how)  # type: ignore[attr-defined]

    thread = threading.Thread(target=crawl)
    thread.start()
    return thread


def wait_for(what: Any) -> None:
    while not what():
        time.sleep(0.05)


def kill(name: str, number: int = signal.SIGKILL) -> int:
    """Sends a signal to the newest process of that name below this one."""
    found = processes(name)[-1]
    os.kill(found, number)
    return found


@needs_proc
def test_a_shard_whose_worker_dies_goes_on_in_its_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with portals(2) as servers, crawlers(2) as scheduler:
        thread = crawl_beside(data, scheduler, registry(tmp_path, servers), shards=1)
        for number in (5, 9):
            wait_for(lambda number=number: all(len(server.hits) >= number for server in servers))
            (worker,) = {
                int(Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()[1]) for one in processes(CRAWLER)
            }
            os.kill(worker, signal.SIGKILL)
        thread.join()
        for server in servers:
            pages = [path for path in server.paths() if path.startswith("/a/")]
            assert set(pages) == {f"/a/{one}.html" for one in range(PAGES)}
            assert len(pages) <= PAGES + 2, "what was on its way when a worker died, and nothing else, is asked again"
            assert all(two.start - one.start >= 0.3 for one, two in pairwise(server.hits))
    assert thread.code == 0  # type: ignore[attr-defined]
    check_books(data)
    (shard,) = state(data)["shards"]
    assert (shard["state"], shard["places"]) == ("ended", 3)
    with Ledger(data / "ledger.db") as ledger:
        assert sorted(run.state for run in ledger.runs()) == ["complete", "killed", "killed"]
