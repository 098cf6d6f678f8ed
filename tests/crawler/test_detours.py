"""A site that gives its pages only under the number of a visit, in the manner of ASP.NET without cookies."""

from __future__ import annotations

import re
from pathlib import Path

from archive.captures import captures_of
from archive.models import Outcome
from tests.crawler.crawling import by_path, check_books, crawl, ledger_of
from tests.crawler.fault_server import Exchange, FaultServer, answer, listing, redirect, report, titles

VISIT = re.compile(r"/\(S\(\w{24}\)\)")


def test_every_page_is_asked_for_under_a_visit_and_kept_under_its_own_address(tmp_path: Path) -> None:
    reports = titles(["/nb/show.aspx?id=1", "/nb/show.aspx?id=2"])

    async def visited(exchange: Exchange) -> None:
        path, visits = VISIT.subn("", exchange.hit.path)
        visit = f"/(S({len(server.hits):024d}))"
        if not visits:
            await exchange.send(redirect(visit + path))
        elif path in reports:
            await exchange.send(answer(report(reports[path].partition("20")[0])))
        else:
            await exchange.send(answer(listing({visit + row: title for row, title in reports.items()})))

    with FaultServer("127.0.0.48", elsewhere=visited) as server:
        for _night in range(2):
            ended = crawl(tmp_path / "data", [server.portal()], GONGKAI_ATTEMPTS="1")
            assert ended.code == 0, ended.err
        asked = [path for path in server.paths() if VISIT.match(path)]
    found = by_path(tmp_path / "data")
    assert set(found) == {"/robots.txt", "/nb/", *reports}
    assert {url.outcome for url in found.values()} == {Outcome.OK}
    assert len(asked) == 1 + 1 + len(reports)  # the list in both nights, its reports in one
    check_books(tmp_path / "data")
    with ledger_of(tmp_path / "data") as ledger:
        kept = [capture for capture in ledger.captures() if capture.url == f"{server.url}/nb/show.aspx?id=1"]
    assert len(kept) == 1
    stored = captures_of(tmp_path / "data").read(kept[0].warc, kept[0].offset)
    assert "云岭县甲甲局" in stored.payload.decode()
