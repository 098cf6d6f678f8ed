"""A crawl on a lease asks nobody for anything without leave, and loses nothing when it must end."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.ledger.lease import LOST, extend, is_held, moment
from tests.crawler.crawling import ROOT, check_books, command, crawl
from tests.crawler.fault_server import Exchange, FaultServer, answer, listing, report, titles

PAGES = [f"/a/{number}.html" for number in range(8)]


def test_leave_is_until_a_moment(tmp_path: Path) -> None:
    lease = tmp_path / "lease"
    assert not is_held(lease)
    extend(lease, moment() + 1000)
    assert is_held(lease)
    extend(lease, moment())
    assert not is_held(lease)
    assert [path.name for path in tmp_path.iterdir()] == ["lease"]


def test_without_leave_nobody_is_asked(tmp_path: Path) -> None:
    lease = tmp_path / "lease"
    extend(lease, moment() - 1)
    with FaultServer() as server:
        ended = crawl(tmp_path / "data", [server.portal()], "--lease", str(lease))
        assert server.hits == []
    assert ended.code == LOST
    assert "was not renewed" in ended.err


@pytest.mark.parametrize("waits", [False, True], ids=["between requests", "with a request on its way"])
def test_a_crawl_ends_with_its_lease_and_goes_on_later(tmp_path: Path, waits: bool) -> None:
    lease = tmp_path / "lease"
    extend(lease, moment() + 10_000)

    async def fourth(exchange: Exchange) -> None:
        if exchange.number == 1:
            extend(lease, moment())
        if waits and exchange.number == 1:
            await exchange.writer.wait_closed()  # no answer comes before the crawl is gone
        else:
            await exchange.send(answer(report("云岭县丁局")))

    with FaultServer() as server:
        server.routes["/nb/"] = answer(listing(titles(PAGES)))
        server.routes |= {path: answer(report(f"云岭县{path[3:-5]}局")) for path in PAGES}
        server.routes[PAGES[3]] = fourth
        ended = crawl(tmp_path / "data", [server.portal()], "--lease", str(lease))
        assert ended.code == LOST
        assert server.paths() == ["/robots.txt", "/nb/", *PAGES[:4]]
        extend(lease, moment() + 10_000)
        assert crawl(tmp_path / "data", [server.portal()], "--lease", str(lease)).code == 0
        again = server.paths()[6:]
    assert [path for path in again if path in PAGES[:3]] == [], "what was acknowledged is not asked for again"
    check_books(tmp_path / "data")


def test_a_crawl_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    lease = tmp_path / "lease"
    extend(lease, moment() + 10_000)
    with FaultServer() as server:
        server.routes["/nb/"] = answer(listing(titles(PAGES)))
        words = command(tmp_path / "data", [server.portal()], {"DOWNLOAD_DELAY": "100"}, "--lease", str(lease))
        script = "import subprocess, sys; subprocess.Popen(sys.argv[1:]); sys.stdin.read()"
        with (tmp_path / "said").open("wb") as said:
            starter = subprocess.Popen(
                [sys.executable, "-c", script, *words], stdin=subprocess.PIPE, stdout=said, stderr=said, cwd=ROOT
            )
            while not server.hits:
                assert starter.poll() is None
                time.sleep(0.05)
            starter.kill()
            starter.communicate()
        while "was not renewed" not in (tmp_path / "said").read_text("utf-8"):
            time.sleep(0.05)
        assert server.paths() == ["/robots.txt"]
