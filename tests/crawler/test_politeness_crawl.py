"""Politeness in the server's own eyes: delays, budgets that end traps, hosts that are stopped."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from archive.models import Outcome
from tests.crawler.crawling import by_path, check_books, crawl, ledger_of, outcomes
from tests.crawler.fault_server import Exchange, FaultServer, Handler, answer, listing, redirect, report, titles

TEXT = "text/plain"


def column(server: FaultServer, number: int) -> None:
    """Gives a server a column of that many reports."""
    paths = [f"/a/{one}.html" for one in range(number)]
    server.routes["/nb/"] = answer(listing(titles(paths)))
    server.routes |= {path: answer(report(f"云岭县第{path[3:-5]}局")) for path in paths}


def test_hosts_are_asked_one_thing_at_a_time_with_a_delay(tmp_path: Path) -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(0.6)
        await exchange.send(answer(report("云岭县慢局")))

    async def trickling(exchange: Exchange) -> None:
        whole = answer(report("云岭县慢局"))
        await exchange.send(whole[:200])
        await asyncio.sleep(0.6)
        await exchange.send(whole[200:])

    with FaultServer("127.0.0.42") as one, FaultServer("127.0.0.43") as other, FaultServer("127.0.0.44") as third:
        column(one, 5)
        column(other, 5)
        column(third, 2)
        one.routes["/a/1.html"] = slow
        third.routes["/robots.txt"] = answer("User-agent: *\nCrawl-delay: 1", kind=TEXT)
        third.routes["/a/0.html"] = trickling
        portals = [one.portal("one"), other.portal("other"), third.portal("third")]
        ended = crawl(tmp_path / "data", portals, DOWNLOAD_DELAY="0.4")
        assert ended.code == 0, ended.err
        for server, least in ((one, 0.4), (other, 0.4), (third, 1.0)):
            for hit, following in pairwise(server.hits):
                assert following.start >= hit.end
                assert following.start - hit.start >= least
        for hit, following in pairwise(third.hits):
            assert following.start - hit.end >= 1.0, "a Crawl-delay counts from the end of an answer"
        assert one.hits[0].start < other.hits[-1].end  # the hosts did not wait for one another
        assert other.hits[0].start < one.hits[-1].end


def test_a_host_that_has_the_robots_txt_of_others_is_asked_for_it_in_its_own_time(tmp_path: Path) -> None:
    async def rules(exchange: Exchange) -> None:
        busy = answer("", "429 Slow down", TEXT, "Retry-After: 1")
        await exchange.send(busy if exchange.number == 1 else answer("User-agent: *\nDisallow: /a/1", kind=TEXT))

    with FaultServer("127.0.0.45") as one, FaultServer("127.0.0.46") as other, FaultServer("127.0.0.47") as keeper:
        keeper.routes["/rules"] = rules
        column(keeper, 5)
        for server in (one, other):
            column(server, 2)
        for server in (one, other):
            server.routes["/robots.txt"] = redirect(f"{keeper.url}/rules")
        # The registry names the keeper for each of them, without which an address of this machine is never asked.
        named = {"one": one, "other": other, "keeper": keeper}
        portals = [replace(server.portal(name), home_url=f"{keeper.url}/") for name, server in named.items()]
        ended = crawl(tmp_path / "data", portals, DOWNLOAD_DELAY="0.4")
        assert ended.code == 0, ended.err
        for hit, following in pairwise(keeper.hits):
            assert following.start - hit.start >= 0.4
        asked = [number for number, path in enumerate(keeper.paths()) if path == "/rules"]
        assert keeper.hits[asked[0] + 1].start - keeper.hits[asked[0]].end >= 0.9, "it asked to be left alone"
        assert (len(asked), len(keeper.hits)) == (3, 2 + 5 + 3)
        assert asked[-1] < len(keeper.hits) - 1, "those who wait for its robots.txt do not wait until it has no more"
        for server in (one, other):
            assert server.paths() == ["/robots.txt", "/nb/", "/a/0.html"]
    check_books(tmp_path / "data")


def test_a_broken_connection_is_no_reason_to_hurry(tmp_path: Path) -> None:
    async def broken(exchange: Exchange) -> None:
        exchange.reset()

    with FaultServer("127.0.0.49") as server:
        column(server, 3)
        server.routes["/a/1.html"] = broken  # the connection that it comes on has been kept since the list
        crawl(tmp_path / "data", [server.portal()], DOWNLOAD_DELAY="0.4", GONGKAI_ATTEMPTS="2")
        assert server.paths().count("/a/1.html") == 2
        for hit, following in pairwise(server.hits):
            assert following.start - hit.start >= 0.4
    assert by_path(tmp_path / "data")["/a/1.html"].attempts == 2
    check_books(tmp_path / "data")


class LateServer(FaultServer):
    """Takes every other connection only after a while, as a busy server does; each answer ends its connection."""

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self.hits) % 2 == 0:
            await asyncio.sleep(LATE)
        await super()._accept(reader, writer)


LATE = 0.5


def test_the_delay_is_kept_as_the_server_sees_it_however_late_it_looks(tmp_path: Path) -> None:
    with LateServer() as server:
        column(server, 4)
        close = "Connection: close"
        server.routes["/robots.txt"] = answer("User-agent: *\nDisallow:\n", "200 OK", TEXT, close)
        for path, whole in server.routes.items():
            assert isinstance(whole, bytes)
            server.routes[path] = whole.replace(b"\r\n\r\n", f"\r\n{close}\r\n\r\n".encode(), 1)
        crawl(tmp_path / "data", [server.portal()], DOWNLOAD_DELAY="0.4")
        assert len(server.hits) == 6
        for hit, following in pairwise(server.hits):
            assert following.start - hit.start >= 0.4


def test_the_delay_is_kept_at_a_slow_host_that_is_given_credit_for_its_slowness(tmp_path: Path) -> None:
    with FaultServer() as server:
        column(server, 6)

        def slow(whole: bytes, seconds: float) -> Handler:
            async def wait(exchange: Exchange) -> None:
                await asyncio.sleep(seconds)
                await exchange.send(whole)

            return wait

        for number, (path, whole) in enumerate(server.routes.items()):
            assert isinstance(whole, bytes)
            server.routes[path] = slow(whole, 0.6 + 0.2 * (number % 2))
        crawl(tmp_path / "data", [server.portal()], DOWNLOAD_DELAY="1")
        assert len(server.hits) == 8
        for hit, following in pairwise(server.hits):
            assert following.start - hit.start >= 1


def test_a_run_keeps_the_delay_to_the_run_before(tmp_path: Path) -> None:
    asked: list[datetime] = []

    async def robots(exchange: Exchange) -> None:
        asked.append(datetime.now(UTC))
        await exchange.send(answer("User-agent: *\nDisallow:\n", kind=TEXT))

    with FaultServer() as server:
        column(server, 1)
        server.routes["/robots.txt"] = robots
        crawl(tmp_path / "data", [server.portal()])
        with closing(sqlite3.connect(tmp_path / "data" / "ledger.db")) as ledger, ledger:
            ledger.execute("UPDATE runs SET state = 'running', ended_at = NULL")  # as a kill leaves it
        crawl(tmp_path / "data", [server.portal()], DOWNLOAD_DELAY="2")
    with ledger_of(tmp_path / "data") as again:
        began = datetime.fromisoformat(next(again.runs()).started_at)
    assert (asked[-1] - began).total_seconds() >= 2


def test_a_trap_ends_with_the_budget_and_what_is_left_is_named(tmp_path: Path) -> None:
    async def calendar(exchange: Exchange) -> None:
        page = int(exchange.hit.path.partition("=")[2] or 1)
        more = f'<div class="pages"><a href="/nb/?page={page + 1}">下一页</a></div>'
        rows = titles([f"/a/{page}-{number}.html" for number in range(3)], 2000 + page % 20)
        await exchange.send(answer(listing(rows, more)))

    with FaultServer() as server:
        server.routes["/nb/"] = calendar
        for page in range(2, 60):
            server.routes[f"/nb/?page={page}"] = calendar
        ended = crawl(tmp_path / "data", [server.portal()], GONGKAI_HOST_PAGES="12")
        assert len(server.hits) == 12
    check_books(tmp_path / "data")
    with ledger_of(tmp_path / "data") as ledger:
        left_out = [url for url in ledger.urls(outcome=Outcome.EXCLUDED) if url.reason == "budget"]
    assert left_out
    assert "12 of 12 pages used" in (left_out[0].detail or "")
    assert "budget" in ended.out


def test_a_host_that_blocks_is_left_alone(tmp_path: Path) -> None:
    challenge = answer("<html><script>var _$ts=1;</script></html>", "412 Precondition Failed")
    with FaultServer() as server:
        column(server, 8)
        server.routes |= {f"/a/{number}.html": challenge for number in range(1, 8)}
        ended = crawl(tmp_path / "data", [server.portal()])
        assert ended.code == 3
        assert [path for path in server.paths() if path.startswith("/a/")] == [
            f"/a/{number}.html" for number in range(4)
        ]
    found = outcomes(tmp_path / "data")
    assert found["/a/0.html"] == (Outcome.OK, None)
    assert found["/a/1.html"][0] is Outcome.BLOCKED
    assert found["/a/7.html"] == (Outcome.BLOCKED, "host_stopped")
    with ledger_of(tmp_path / "data") as ledger:
        evidence = [one.evidence for one in ledger.fetches() if one.outcome is Outcome.BLOCKED]
    assert len(evidence) == 3
    assert all(evidence)


def test_a_host_that_fails_is_left_alone_and_the_others_go_on(tmp_path: Path) -> None:
    with FaultServer("127.0.0.45") as broken, FaultServer("127.0.0.46") as sound:
        column(broken, 9)
        column(sound, 9)
        broken.routes |= {f"/a/{number}.html": answer("", "500 Error") for number in range(9)}
        portals = [broken.portal("broken"), sound.portal("sound")]
        crawl(tmp_path / "data", portals, GONGKAI_FAILURE_LIMIT="4", GONGKAI_RETRY_DELAY="0.2")
        assert len([path for path in broken.paths() if path.startswith("/a/")]) == 4
        assert len([path for path in sound.paths() if path.startswith("/a/")]) == 9
    check_books(tmp_path / "data")


def test_a_second_run_asks_only_for_what_may_be_new(tmp_path: Path) -> None:
    async def remembered(exchange: Exchange) -> None:
        if exchange.hit.headers.get("if-none-match") == '"v1"':
            await exchange.send(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
        else:
            await exchange.send(answer(report("云岭县甲局"), "200 OK", "text/html; charset=utf-8", 'ETag: "v1"'))

    with FaultServer() as server:
        column(server, 3)
        server.routes["/a/1.html"] = remembered
        server.routes["/a/2.html"] = answer("", "500 Error")
        crawl(tmp_path / "data", [server.portal()])
        first = len(server.hits)
        server.routes["/a/2.html"] = answer(report("云岭县丙局"))
        server.routes["/nb/"] = answer(listing(titles([f"/a/{number}.html" for number in range(4)])))
        server.routes["/a/3.html"] = answer(report("云岭县丁局"))
        ended = crawl(tmp_path / "data", [server.portal()])
        assert sorted(server.paths()[first:]) == ["/a/2.html", "/a/3.html", "/nb/", "/robots.txt"]
        assert ended.code == 0, ended.err
        second = len(server.hits)
        crawl(tmp_path / "data", [server.portal()], GONGKAI_RECHECK_DAYS="0")
        assert sorted(server.paths()[second:]) == sorted(["/robots.txt", "/nb/", *(f"/a/{n}.html" for n in range(4))])
    found = outcomes(tmp_path / "data")
    assert found["/a/1.html"] == (Outcome.NOT_MODIFIED, None)
    assert found["/a/0.html"] == (Outcome.OK, None)
    check_books(tmp_path / "data")
    with ledger_of(tmp_path / "data") as ledger:
        assert len(list(ledger.captures(url=f"{server.url}/a/0.html"))) == 1
        assert len(list(ledger.captures(url=f"{server.url}/a/0.html", repeats=True))) == 2


def test_years_and_portals_can_be_chosen(tmp_path: Path) -> None:
    with FaultServer("127.0.0.47") as one, FaultServer("127.0.0.48") as other:
        rows = titles(["/a/22.html"], 2022) | titles(["/a/19.html"], 2019)
        one.routes["/nb/"] = answer(listing(rows))
        one.routes |= {path: answer(report("云岭县甲局")) for path in rows}
        ended = crawl(
            tmp_path / "data", [one.portal("one"), other.portal("other")], "--portal", "one", "--years", "2021-2023"
        )
        assert ended.code == 0, ended.err
        assert one.paths() == ["/robots.txt", "/nb/", "/a/22.html"]
        assert other.hits == []
        assert by_path(tmp_path / "data")["/a/19.html"].reason == "year_outside:2019"
