"""Signals to `gongkai crawl` reach the crawler that it runs: an orderly end for Ctrl-C, none left behind by a kill."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.crawler.crawling import FAST, ROOT, crawl, ledger_of, write_portals
from tests.crawler.fault_server import Exchange, FaultServer, answer, listing, report, titles


def start(server: FaultServer, data: Path) -> subprocess.Popen[bytes]:
    """Starts a crawl of a list of slow reports with the command line, and waits until it has asked for a few."""
    paths = [f"/a/{number}.html" for number in range(30)]

    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.2)
        await exchange.send(answer(report("云岭县慢局")))

    server.routes["/nb/"] = answer(listing(titles(paths)))
    server.routes |= dict.fromkeys(paths, slow)
    data.mkdir()
    registry = write_portals(data.parent / "data-portals.csv", [server.portal()])
    pairs = [part for name, value in FAST.items() for part in ("-s", f"{name}={value}")]
    command = [sys.executable, "-m", "archive", "crawl", "--data", str(data), "--portals", str(registry), *pairs]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while len(server.hits) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(server.hits) >= 5
    return child


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_command_alone_ends_the_crawl_in_order(tmp_path: Path, number: signal.Signals) -> None:
    with FaultServer("127.0.0.50") as server:
        child = start(server, tmp_path / "data")
        child.send_signal(number)
        _, err = child.communicate(timeout=120)
        asked = len(server.hits)
        assert child.returncode == 3
        assert asked < 30
        assert err.decode().count("requests on their way are finished first") == 1
        assert "it goes on where this run stopped" in err.decode()


def test_a_killed_command_leaves_no_crawler_behind(tmp_path: Path) -> None:
    with FaultServer("127.0.0.51") as server:
        child = start(server, tmp_path / "data")
        child.kill()
        child.communicate(timeout=120)  # a crawler left behind would hold the pipes until it had asked for all
        assert len(server.hits) < 30
        ended = crawl(tmp_path / "data", [server.portal()])
        assert ended.code == 0, ended.err
    with ledger_of(tmp_path / "data") as ledger:
        assert ledger.completeness().open == 0
