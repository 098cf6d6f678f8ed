"""robots.txt as RFC 9309 has it: one portal for each way in which it can be answered, all in one crawl."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest

from archive.models import Outcome
from tests.crawler.crawling import check_books, crawl, ledger_of
from tests.crawler.fault_server import Answer, Exchange, FaultServer, answer, listing, redirect, report, titles

TEXT = "text/plain"


async def hang(exchange: Exchange) -> None:
    await asyncio.sleep(30)


async def wait_first(exchange: Exchange) -> None:
    busy = answer("", "429 Slow down", TEXT, "Retry-After: 1")
    await exchange.send(busy if exchange.number == 1 else answer("User-agent: *\nDisallow: /a/2.html", kind=TEXT))


# What robots.txt answers, and which of the pages /nb/, /a/1.html, /a/2.html may be asked for then.
CASES: dict[str, tuple[Answer, str]] = {
    "rules": (answer("User-agent: *\nDisallow: /a/2", kind=TEXT), "01"),
    "ours": (answer("User-agent: gongkai\nDisallow: /a/1\n\nUser-agent: *\nDisallow: /", kind=TEXT), "02"),
    "everything": (answer("User-agent: *\nDisallow: /", kind=TEXT), ""),
    "missing": (answer("", "404 Not Found"), "012"),
    "forbidden": (answer("", "403 Forbidden"), "012"),
    "html": (answer("<html><body>welcome</body></html>"), "012"),
    "empty": (answer("", kind=TEXT), "012"),
    "bom": (answer(b"\xef\xbb\xbfUser-agent: *\nDisallow: /a/1", kind=TEXT), "02"),
    "error": (answer("", "500 Error"), ""),
    "busy": (answer("", "503 Busy", TEXT, "Retry-After: 1"), ""),
    "hang": (hang, ""),
    "wait": (wait_first, "01"),
    "moved": (redirect("/other/robots.txt"), "02"),
    "loop": (redirect("/robots.txt?again"), "012"),
    "home": (redirect("/nb/"), "0012"),
    "page": (redirect("/rules.php?of=all"), "02"),
    "nowhere": (redirect("/missing"), "012"),
    "broken": (redirect("/broken"), ""),
    "five": (redirect("/hop/robots/4"), "02"),
    "six": (redirect("/hop/robots/5"), "012"),
    "private": (redirect("http://10.0.0.1/robots.txt"), ""),
    "patience": (answer("User-agent: *\nCrawl-delay: 1000", kind=TEXT), ""),
}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, FaultServer]]:
    data = tmp_path_factory.mktemp("robots") / "data"
    with ExitStack() as stack:
        servers: dict[str, FaultServer] = {}
        for number, (name, (what, _)) in enumerate(CASES.items()):
            server = stack.enter_context(FaultServer(f"127.0.0.{100 + number}"))
            server.routes |= {
                "/robots.txt": what,
                "/other/robots.txt": answer("User-agent: *\nDisallow: /a/1", kind=TEXT),
                "/robots.txt?again": redirect("/robots.txt"),
                "/rules.php?of=all": answer("User-agent: *\nDisallow: /a/1", kind="text/html"),
                "/broken": answer("", "500 Error"),
                "/hop/robots/0": answer("User-agent: *\nDisallow: /a/1", kind=TEXT),
                **{f"/hop/robots/{left}": redirect(f"/hop/robots/{left - 1}") for left in range(1, 6)},
                "/nb/": answer(listing(titles(["/a/1.html", "/a/2.html"]))),
                "/a/1.html": answer(report("云岭县甲局")),
                "/a/2.html": answer(report("云岭县乙局")),
            }
            servers[name] = server
        crawl(data, [one.portal(name) for name, one in servers.items()], DOWNLOAD_TIMEOUT="1", GONGKAI_ATTEMPTS="2")
    return data, servers


@pytest.mark.parametrize("name", CASES)
def test_only_what_robots_allows_is_asked_for(crawled: tuple[Path, dict[str, FaultServer]], name: str) -> None:
    paths = [path for path in crawled[1][name].paths() if path in {"/nb/", "/a/1.html", "/a/2.html"}]
    wanted = ["/nb/", "/a/1.html", "/a/2.html"]
    assert paths == [wanted[int(number)] for number in CASES[name][1]]


@pytest.mark.parametrize("name", CASES)
def test_robots_is_asked_for_before_anything_else(crawled: tuple[Path, dict[str, FaultServer]], name: str) -> None:
    assert crawled[1][name].paths()[0] == "/robots.txt"


def test_the_verdict_is_kept_with_what_was_left_out(crawled: tuple[Path, dict[str, FaultServer]]) -> None:
    data = crawled[0]
    check_books(data)
    with ledger_of(data) as ledger:
        refused = {url.portal: url.detail or "" for url in ledger.urls(outcome=Outcome.ROBOTS_DISALLOWED)}
        captures = {capture.portal for capture in ledger.captures(outcomes=()) if capture.url.endswith("/robots.txt")}
        hops = [capture.url for capture in ledger.captures(outcomes=()) if "/hop/robots/" in capture.url]
    assert "forbids" in refused["everything"]
    assert "answered 500" in refused["error"]
    assert "answered 503" in refused["busy"]
    assert "did not answer" in refused["hang"]
    assert "answered 302" in refused["private"]
    assert "answered 500" in refused["broken"]
    assert "1000 seconds" in refused["patience"]
    assert captures == set(CASES) - {"hang"}
    assert len(hops) == 5 + 5  # what was answered on the way is kept too
