"""Traps without an end: each host gives its reports, and is left after no more pages than its budget allows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from archive.models import Outcome
from tests.crawler.crawling import check_books, crawl, ledger_of
from tests.crawler.fault_server import Answer, Exchange, FaultServer, answer, listing, report, titles

BUDGET = 30
REPORTS = [f"/a/{number}.html" for number in range(3)]
ROWS = titles(REPORTS)


def turning(more: Callable[[Exchange], str]) -> Answer:
    """A list that always has one page more, with the same rows on each."""

    async def send(exchange: Exchange) -> None:
        await exchange.send(answer(listing(ROWS, more(exchange))))

    return send


def following(exchange: Exchange) -> int:
    return int(exchange.hit.path.rpartition("=")[2]) + 1 if "=" in exchange.hit.path else 2


TRAPS: dict[str, Answer] = {
    "pages": turning(lambda one: f'<a href="/nb/?page={following(one)}">下一页</a>'),
    "visits": turning(lambda one: f'<a href="/nb/;jsessionid={id(one):X}">下一页</a>'),
    "slashes": turning(lambda one: f'<a href="{one.hit.path}/">下一页</a>'),
    "calendar": turning(lambda one: f'<a href="/nb/?month={following(one)}">下一月</a> <a href="/nb/?day=1">按日</a>'),
    "levels": turning(lambda one: '<a href="bm/">部门年报</a> <a href="xz/">乡镇年报</a> <a href="zf/">政府年报</a>'),
    "itself": turning(lambda one: '<a href="./">下一页</a> <a href="/nb/#2">2</a> <a href="/nb/">首页</a>'),
}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, FaultServer]]:
    data = tmp_path_factory.mktemp("traps") / "data"
    with ExitStack() as stack:
        servers: dict[str, FaultServer] = {}
        for number, (name, trap) in enumerate(TRAPS.items()):
            servers[name] = server = stack.enter_context(FaultServer(f"127.0.0.{150 + number}", elsewhere=trap))
            server.routes |= {path: answer(report(f"云岭县{path[3]}局")) for path in REPORTS}
        crawl(data, [one.portal(name) for name, one in servers.items()], GONGKAI_HOST_PAGES=str(BUDGET))
    return data, servers


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_gives_its_reports_and_no_more_pages_than_the_budget(
    crawled: tuple[Path, dict[str, FaultServer]], name: str
) -> None:
    data, servers = crawled
    assert len(servers[name].hits) <= BUDGET
    with ledger_of(data) as ledger:
        held = {url.url.partition(str(servers[name].port))[2] for url in ledger.urls(portal=name, outcome=Outcome.OK)}
    assert held >= set(REPORTS)
    check_books(data)


@pytest.mark.parametrize("name", ["visits", "itself"])
def test_a_list_under_ever_new_addresses_is_asked_for_once(
    crawled: tuple[Path, dict[str, FaultServer]], name: str
) -> None:
    assert len(crawled[1][name].hits) == 2 + len(REPORTS)


def test_levels_that_lead_on_in_the_same_words_are_left_after_two(
    crawled: tuple[Path, dict[str, FaultServer]],
) -> None:
    assert len(crawled[1]["levels"].hits) == 2 + len(REPORTS) + 3 + 3 * 3
    with ledger_of(crawled[0]) as ledger:
        assert {url.reason for url in ledger.urls(portal="levels", outcome=Outcome.EXCLUDED)} == {"circling"}
