"""Shards as tasks of a cluster leave what one crawl leaves, whoever dies, and no host is asked from two places."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from archive.cli import main
from archive.commands.shards import crawl_in_shards
from archive.ledger import Ledger
from archive.workers import available
from archive.workers.leases import Terms
from archive.workers.shard import VANTAGE
from archive.workers.states import read_states
from tests.crawler.crawling import FAST, ROOT, check_books, crawl, write_portals
from tests.crawler.fault_server import FaultServer, Hit, answer, listing, report, titles
from tests.workers.filled import processes
from tests.workers.hands import dask

pytestmark = pytest.mark.skipif(not available(), reason="needs the extra `cluster`")
needs_proc = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")

PAGES = 12
SLOW = 1.2
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
    found = read_states(data)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workers have their homes, by host."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(scope="module")
def scheduler(homes: Path) -> Iterator[str]:
    """A scheduler, and two workers that crawl, on hosts and disks of their own; each request says which it is from."""
    with ExitStack() as stack:
        said, _ = stack.enter_context(dask("scheduler", "--port", "0", ready=r"Scheduler at: +(tcp://\S+)"))
        for host in ("127.0.0.2", "127.0.0.3"):
            (homes / host).mkdir()
            words = ["worker", said[1], "--host", host, "--nthreads", "1", "--resources", "crawl=1"]
            environment = {"HOME": str(homes / host), "GONGKAI_CONTACT": f"{host}@example.org", VANTAGE: "here"}
            stack.enter_context(dask(*words, ready="Registered to", environment=environment))
        yield said[1]


def test_shards_leave_what_a_crawl_in_one_piece_leaves(tmp_path: Path, scheduler: str) -> None:
    with portals(4) as servers:
        table = str(registry(tmp_path, servers))
        alone = crawl(tmp_path / "alone", [one.portal(f"p{n}") for n, one in enumerate(servers)])
        for server in servers:
            server.hits.clear()
        words = ["--data", str(tmp_path / "data"), "--portals", table, "--scheduler", scheduler, "--shards", "2"]
        done = gongkai(*words, *settings())
        assert done.exit_code == alone.code == 0, done.output
        again = gongkai(*words, *settings())
        assert all(len(server.hits) == PAGES + 4 for server in servers), "robots.txt and the list again, no report"
    assert again.exit_code == 0, again.output
    assert "2 of 2 shards are merged into" in done.stderr
    assert sorted(done.stdout.splitlines()) == sorted(alone.out.splitlines())
    assert outcomes(tmp_path / "data") == outcomes(tmp_path / "alone")
    check_books(tmp_path / "data")
    kept = state(tmp_path / "data")
    assert not kept["running"]
    assert {(one["state"], one["exit_code"], one["places"]) for one in kept["shards"]} == {("ended", 0, 1)}
    with Ledger(tmp_path / "data" / "ledger.db") as ledger:
        assert {(run.settings["shard"], run.settings["vantage"]) for run in ledger.runs()} == {
            ("1/2", "here"),
            ("2/2", "here"),
        }


def crawl_beside(data: Path, scheduler: str, table: Path, delay: float = 0.3, **how: Any) -> threading.Thread:
    """A crawl with short leases in a thread of its own; it has the attribute `code` when it has ended."""

    def crawl() -> None:
        wishes = [*settings(DOWNLOAD_DELAY=str(delay)), "--quiet"]
        thread.code = crawl_in_shards(data, scheduler, wishes, portals=table, terms=TERMS, **how)  # type: ignore[attr-defined]

    thread = threading.Thread(target=crawl)
    thread.start()
    return thread


def wait_for(what: Any) -> None:
    while not what():
        time.sleep(0.05)


def worker_at_work() -> int:
    """The process of the worker that crawls a shard now; there must be one."""
    (crawler,) = processes(CRAWLER)
    return int(Path(f"/proc/{crawler}/stat").read_text().rpartition(")")[2].split()[1])


def asked_from(hit: Hit) -> str:
    """The host of the worker that a request came from."""
    return hit.headers["user-agent"].partition("(+")[2].partition("@")[0]


@needs_proc
def test_a_shard_whose_worker_dies_goes_on_in_its_data(tmp_path: Path, scheduler: str) -> None:
    data = tmp_path / "data"
    with portals(2) as servers:
        thread = crawl_beside(data, scheduler, registry(tmp_path, servers), shards=1)
        for number in (4, 7):
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


@needs_proc
def test_a_shard_goes_on_where_its_disk_is_when_that_machine_is_back(
    tmp_path: Path, scheduler: str, homes: Path
) -> None:
    data = tmp_path / "data"
    with portals(1) as (server,):
        table = registry(tmp_path, [server])
        thread = crawl_beside(data, scheduler, table, shards=1, directory=Path("~/back"))
        wait_for(lambda: len(server.hits) >= 5)
        os.kill(worker_at_work(), signal.SIGKILL)  # its nanny starts another one
        thread.join()
        (place,) = {asked_from(hit) for hit in server.hits}
        assert len(server.hits) <= PAGES + 2 + 2
    (shard,) = state(data)["shards"]
    assert (shard["state"], shard["host"]) == ("ended", place)
    assert [path.parent.parent.name for path in homes.glob("*/back/1-of-1")] == [place]
    check_books(homes / place / "back" / "1-of-1")


@needs_proc
def test_a_worker_that_is_only_believed_dead_has_stopped_before_another_begins(
    tmp_path: Path, scheduler: str, homes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from distributed import Client

    data = tmp_path / "data"
    with portals(1) as (server,), Client(scheduler) as client:
        table = registry(tmp_path, [server])
        # Alone it would go on for longer than the lease.
        thread = crawl_beside(data, scheduler, table, SLOW, shards=1, directory=Path("~/believed"))
        wait_for(lambda: len(server.hits) >= 2)
        first = asked_from(server.hits[0])
        worker = worker_at_work()
        os.kill(worker, signal.SIGSTOP)  # it hears and does nothing; what it started crawls on
        try:
            (address,) = [one for one in client.scheduler_info()["workers"] if first in one]

            async def believe_dead(dask_scheduler: Any) -> None:
                await dask_scheduler.remove_worker(address, stimulus_id="test", close=False)

            client.run_on_scheduler(believe_dead)
            believed = time.monotonic()
            thread.join()
        finally:
            os.kill(worker, signal.SIGKILL)
        places = [asked_from(hit) for hit in server.hits]
        other = places[-1]
        change = places.index(other)
        assert set(places[:change]) == {first} != {other}
        assert set(places[change:]) == {other}, "the first came back"
        assert server.hits[change - 1].start > believed, "it did crawl on"
        assert change < PAGES + 2, "but not to its end, which is later than its lease"
        assert server.hits[change].start - server.hits[change - 1].start >= SLOW
        assert {hit.path for hit in server.hits[change:]} >= {f"/a/{one}.html" for one in range(PAGES)}
    assert f"shard 1/1 begins anew on {other}" in capsys.readouterr().err
    assert (homes / first / "believed" / "1-of-1" / "ledger.db").exists()
    check_books(homes / other / "believed" / "1-of-1")


@contextmanager
def command(data: Path, scheduler: str, table: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The same as a process of its own."""
    script = (
        "import sys; from pathlib import Path; from archive.commands.shards import crawl_in_shards\n"
        "from tests.workers.test_shards import TERMS, settings\n"
        "data, scheduler, table = sys.argv[1:]\n"
        "wishes = [*settings(DOWNLOAD_DELAY='0.3'), '--quiet']\n"
        "sys.exit(crawl_in_shards(Path(data), scheduler, wishes, shards=1, portals=Path(table), terms=TERMS))"
    )
    words = [sys.executable, "-c", script, str(data), scheduler, str(table)]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_crawl_that_is_stopped_or_killed_goes_on_with_the_same_command(
    tmp_path: Path, scheduler: str, number: int
) -> None:
    data = tmp_path / "data"
    with portals(1) as (server,):
        table = registry(tmp_path, [server])
        with command(data, scheduler, table) as process:
            wait_for(lambda: len(server.hits) >= 4)
            process.send_signal(number)
            _, said = process.communicate()
        stopped = state(data)
        if number == signal.SIGKILL:
            assert (process.returncode, stopped["running"]) == (-signal.SIGKILL, True)
        else:
            assert process.returncode == 3, said.decode()
            assert b"1 of 1 shards are merged into" in said
            assert (stopped["running"], stopped["shards"][0]["exit_code"]) == (False, 3)
            check_whole(data)
        before = len(server.hits)
        assert before < PAGES + 2
        thread = crawl_beside(data, scheduler, table, shards=1)
        thread.join()
        pages = [path for path in server.paths() if path.startswith("/a/")]
        assert len(pages) <= PAGES + 1
        assert set(pages) == {f"/a/{one}.html" for one in range(PAGES)}
        assert all(two.start - one.start >= 0.3 for one, two in pairwise(server.hits))
    assert thread.code == 0  # type: ignore[attr-defined]
    check_books(data)


def check_whole(data: Path) -> None:
    """What a crawl left that was stopped is balanced, with URLs open."""
    with Ledger(data / "ledger.db") as ledger:
        balance = ledger.completeness()
    assert balance.balanced
    assert balance.open > 0


def test_a_cluster_on_which_nobody_crawls_is_named(tmp_path: Path) -> None:
    with ExitStack() as stack:
        said, _ = stack.enter_context(dask("scheduler", "--port", "0", ready=r"Scheduler at: +(tcp://\S+)"))
        stack.enter_context(dask("worker", said[1], ready="Registered to"))
        done = gongkai("--data", str(tmp_path), "--scheduler", said[1])
    assert done.exit_code == 1
    assert f"start some with `dask worker {said[1]} --resources crawl=1`" in done.stderr


@pytest.mark.parametrize(
    "wrong", [["--scheduler", "tcp://h:1", "--shard", "1/2"], ["--shards", "2"], ["--shard-data", "d"]]
)
def test_options_that_make_no_sense_together(wrong: list[str]) -> None:
    assert gongkai(*wrong).exit_code == 2
