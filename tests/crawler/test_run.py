"""A run as a whole: Ctrl-C, kill -9, a torn tail, a full disk, two at once, wrong use; what it says, its exit codes."""

from __future__ import annotations

import asyncio
import random
import resource
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive.captures import CaptureStore
from archive.ledger import Ledger, locked
from archive.models import Outcome
from tests.crawler.crawling import ROOT, check_books, command, crawl, ledger_of, outcomes
from tests.crawler.fault_server import Exchange, FaultServer, answer, listing, report, titles

REPORTS = 40


def column(server: FaultServer, delay: float = 0.0) -> set[str]:
    """Gives a server a column of reports; returns every path that a whole crawl fetches."""
    paths = [f"/a/{number}.html" for number in range(REPORTS)]

    async def one(exchange: Exchange) -> None:
        await asyncio.sleep(delay)
        await exchange.send(answer(report(f"云岭县第{exchange.hit.path[3:-5]}局") * 3))

    server.routes["/nb/"] = answer(listing(titles(paths)))
    server.routes |= dict.fromkeys(paths, one)
    return {"/robots.txt", "/nb/", *paths}


def start(data: Path, server: FaultServer, **settings: str) -> subprocess.Popen[bytes]:
    """Starts a crawl as a process of its own."""
    line = command(data, [server.portal()], settings)
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)


def wait_for(server: FaultServer, hits: int) -> None:
    """Waits until the server was asked for so much."""
    end = time.monotonic() + 120
    while len(server.hits) < hits:
        assert time.monotonic() < end, server.paths()
        time.sleep(0.01)


def acknowledged(data: Path) -> set[tuple[str, str, int]]:
    """The captures that the ledger says are safe."""
    if not (data / "ledger.db").exists():
        return set()
    with ledger_of(data) as ledger:
        return {(one.url, one.warc, one.offset) for one in ledger.captures(outcomes=(), repeats=True)}


def check_warcs(data: Path) -> None:
    """warcio and FastWARC read every file to its end, digests included."""
    for path in sorted((data / "warc").glob("*.warc.gz")):
        with path.open("rb") as file:
            number = 0
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()
                number += 1
        with path.open("rb") as file:
            fast = [record.verify_block_digest() for record in FastIterator(file, parse_http=False)]
        assert len(fast) == number
        assert all(fast)


def test_ctrl_c_ends_cleanly_and_the_next_run_goes_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FaultServer() as server:
        wanted = column(server, 0.05)
        process = start(data, server)
        wait_for(server, 8)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=120)
        assert process.returncode == 3
        assert "goes on where this run stopped" in err.decode()
        with ledger_of(data) as ledger:
            assert ledger.completeness().open > 0
            assert ledger.completeness().balanced
            assert next(ledger.runs()).state == "interrupted"
        before = acknowledged(data)
        ended = crawl(data, [server.portal()])
        assert ended.code == 0, ended.err
        assert "Going on where the last run stopped: yunling" in ended.err
        assert before <= acknowledged(data)
        assert set(outcomes(data)) == wanted
        # What was done is not asked for again: a second time only for robots.txt, and for what was on its way.
        assert len(server.hits) <= len(wanted) + 2
    check_books(data)


def test_a_second_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FaultServer() as server:
        column(server, 60.0)
        process = start(data, server, DOWNLOAD_TIMEOUT="120")
        wait_for(server, 3)
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            time.sleep(0.3)
        _, err = process.communicate(timeout=50)  # less than the answer takes
        assert process.returncode == 3
        assert "Again to stop at once" in err.decode()
    with ledger_of(data) as ledger:
        assert ledger.completeness().open == REPORTS
        assert next(ledger.runs()).state == "interrupted"


def test_portals_may_share_a_host(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FaultServer() as server:
        column(server)
        server.routes["/other/"] = answer(listing(titles(["/other/1.html"])))
        server.routes["/other/1.html"] = answer(report("云岭县甲局"))
        portals = [server.portal("one"), server.portal("two", "/other/")]
        assert crawl(data, portals, "--portal", "one").code == 0
        ended = crawl(data, portals, "--portal", "two")
        assert ended.code == 0, ended.err
        assert crawl(data, portals).code == 0
    check_books(data)


def test_a_damaged_capture_does_not_stop_the_next_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FaultServer() as server:
        column(server)
        crawl(data, [server.portal()])
        with ledger_of(data) as ledger:
            damaged = ledger.last_capture(f"{server.url}/nb/")
        assert damaged is not None
        with (data / "warc" / damaged.warc).open("r+b") as file:
            file.seek(damaged.offset + damaged.length // 2)
            file.write(b"\0" * 20)
        ended = crawl(data, [server.portal()])
        assert ended.code == 3
        assert "an earlier capture is damaged" in ended.err
    with ledger_of(data) as ledger:
        again = ledger.last_capture(f"{server.url}/nb/")
    assert again is not None
    assert again.offset > damaged.offset
    assert CaptureStore(data / "warc").read(again.warc, again.offset).status == 200


def test_kill_9_loses_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    chance = random.Random(7)
    with FaultServer() as server:
        wanted = column(server, 0.02)
        for _ in range(3):
            seen = len(server.hits)
            process = start(data, server)
            wait_for(server, seen + 2)
            time.sleep(chance.uniform(0, 0.2))
            process.kill()
            process.communicate()
            before = acknowledged(data)
        ended = crawl(data, [server.portal()])
        assert ended.code == 0, ended.err
        assert before <= acknowledged(data)
        assert {path: outcome for path, (outcome, _) in outcomes(data).items()} == dict.fromkeys(wanted, Outcome.OK)
        with ledger_of(data) as ledger:
            assert [run.state for run in ledger.runs()] == ["complete", "killed", "killed", "killed"]
    check_books(data)
    check_warcs(data)


def test_a_torn_tail_is_cut_back_to_the_ledger(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FaultServer() as server:
        column(server)
        crawl(data, [server.portal()])
        last = sorted((data / "warc").glob("*.warc.gz"))[-1]
        with last.open("ab") as file:
            file.write(b"\x1f\x8b\x08\x00torn")
        ended = crawl(data, [server.portal()])
        assert ended.code == 0, ended.err
        assert "8 unacknowledged bytes are cut off" in ended.err
    check_books(data)
    check_warcs(data)


def test_captures_that_are_gone_are_not_written_over(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FaultServer() as server:
        column(server)
        crawl(data, [server.portal()])
        last = sorted((data / "warc").glob("*.warc.gz"))[-1]
        cut = last.stat().st_size - 10
        with last.open("ab") as file:
            file.truncate(cut)
        ended = crawl(data, [server.portal()])
    assert ended.code == 1
    assert "acknowledged" in ended.err
    assert last.stat().st_size == cut


def test_a_full_disk_stops_the_crawl_and_loses_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FaultServer() as server:
        wanted = column(server)
        line = command(data, [server.portal()], {})
        # No file may grow beyond this: the captures reach it, as they would the end of a disk.
        full = subprocess.run(
            line,
            capture_output=True,
            cwd=ROOT,
            timeout=60,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000)),
        )
        assert full.returncode == 1, full.stderr.decode()
        said = full.stderr.decode()
        assert f"Error: the archive could not be written: {data}/" in said
        assert "Traceback" not in said
        before = acknowledged(data)
        assert before
        ended = crawl(data, [server.portal()])
        assert ended.code == 0, ended.err
        assert before <= acknowledged(data)
        assert set(outcomes(data)) == wanted
    check_books(data)
    check_warcs(data)


def test_two_crawls_at_once_are_one_too_many(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FaultServer() as server, locked(data / "crawl.lock"):
        ended = crawl(data, [server.portal()])
        assert ended.code == 4
        assert "another crawl is at work" in ended.err
        assert server.hits == []


def test_a_ledger_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    Ledger(data / "ledger.db").close()
    with sqlite3.connect(data / "ledger.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    ended = crawl(data, [FaultServer(port=9).portal()])
    assert ended.code == 1
    assert "newer version" in ended.err


def test_scrapy_crawl_does_the_same(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FaultServer() as server:
        wanted = column(server)
        registry = command(data, [server.portal()], {})[6]
        line = [command(data, [], {})[0], "-m", "scrapy", "crawl", "annual_reports", "-s", "DOWNLOAD_DELAY=0"]
        arguments = [f"data={data}", f"portals={registry}", "portal=yunling", "years=2021-2023"]
        arguments += ["shard=1/1", "vantage=here"]
        crawl(data, [server.portal()], "--portal", "nowhere")  # writes the registry, asks for nothing
        done = subprocess.run(
            [*line, *(word for argument in arguments for word in ("-a", argument))],
            capture_output=True,
            cwd=ROOT,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr.decode()
    assert "yunling: 40 report pages and files held" in done.stdout.decode()
    assert set(outcomes(data)) == wanted
    check_books(data)
    with ledger_of(data) as ledger:
        run = next(ledger.runs())
    assert (run.state, run.settings["shard"], run.settings["vantage"]) == ("complete", "1/1", "here")


def test_a_name_that_the_registry_gives_may_be_local(tmp_path: Path) -> None:
    with FaultServer("127.0.0.1") as server:
        column(server)
        portal = server.portal()
        home = f"http://localhost:{server.port}/"
        ended = crawl(tmp_path / "data", [type(portal)("local", "云岭县", "370481", None, home, f"{home}nb/")])
    assert ended.code == 0, ended.err
    check_books(tmp_path / "data")


def test_a_target_of_ones_own_network_never_goes_through_a_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer("127.0.0.49") as proxy, FaultServer() as server:
        column(server)
        monkeypatch.setenv("http_proxy", proxy.url)
        assert crawl(tmp_path / "data", [server.portal()]).code == 0
        assert proxy.hits == []


def test_behind_a_proxy_names_are_not_resolved_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer("127.0.0.49") as proxy:
        base = "http://www.yunling.example.com"
        paths = [f"{base}/a/{number}.html" for number in range(2)]
        proxy.routes[f"{base}/robots.txt"] = answer("User-agent: *\nDisallow:", kind="text/plain")
        proxy.routes[f"{base}/nb/"] = answer(listing(titles(paths)))
        proxy.routes |= {path: answer(report("云岭县甲局")) for path in paths}
        monkeypatch.setenv("http_proxy", proxy.url)
        portal = FaultServer(port=9).portal()
        named = type(portal)("named", "云岭县", "370481", None, f"{base}/", f"{base}/nb/")
        ended = crawl(tmp_path / "data", [named])
        assert ended.code == 0, ended.err
        assert "no contact is set" in ended.err
        assert ended.err.startswith("Registry: ")
        assert proxy.paths() == [f"{base}/robots.txt", f"{base}/nb/", *paths]


BROKEN = """
import sys
import crawler.answers
read = crawler.answers.read
def broken(page, *rest):
    if page.url.endswith("/a/3.html"):
        raise ZeroDivisionError("one of ours")
    return read(page, *rest)
crawler.answers.read = broken
from crawler.run import main
main(sys.argv[1:])
"""


def test_a_bug_of_ours_costs_one_page_and_is_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FaultServer() as server:
        wanted = column(server)
        line = command(data, [server.portal()], {})
        done = subprocess.run([line[0], "-c", BROKEN, *line[3:]], capture_output=True, cwd=ROOT, timeout=60)
    assert done.returncode == 3
    assert "a bug of ours, please report it" in done.stderr.decode()
    found = outcomes(data)
    assert set(found) == wanted
    assert found["/a/3.html"] == (Outcome.UNREADABLE, "bug")
    check_books(data)
    with ledger_of(data) as ledger:
        kept = next(ledger.captures(outcomes=(Outcome.UNREADABLE,)))
        evidence = [one.evidence for one in ledger.fetches() if one.reason == "bug"]
    assert CaptureStore(data / "warc").read(kept.warc, kept.offset).status == 200
    assert "ZeroDivisionError" in (evidence[0] or "")


def test_a_ledger_that_fails_half_way_ends_the_crawl(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with FaultServer() as server:
        column(server, 0.05)
        process = start(data, server)
        wait_for(server, 5)
        connection = sqlite3.connect(data / "ledger.db", isolation_level=None)
        connection.execute("ALTER TABLE hosts RENAME TO lost")
        _, err = process.communicate(timeout=120)
        connection.execute("ALTER TABLE lost RENAME TO hosts")
        connection.close()
        assert process.returncode == 1
        assert "no such table" in err.decode()
        assert crawl(data, [server.portal()]).code == 0
    check_books(data)
