"""Parameters that mean nothing: learnt from what came alike, and never from what did not."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from crawler.tokens import Held, idle_names, without
from tests.crawler.crawling import by_path, check_books, crawl, ledger_of
from tests.crawler.fault_server import Exchange, FaultServer, answer, report

HOST = "http://www.qingshi.gov.cn/show.jsp"


def held(url: str, sha256: str, canonical: str | None = None) -> Held:
    return Held(f"{HOST}?{url}", sha256, canonical, True)


def test_a_token_is_known_by_three_documents_under_two_values_each() -> None:
    seen = [held(f"id={n}&zt={visit}", f"document {n}") for n in range(3) for visit in "ab"]
    assert idle_names(seen) == {"zt"}
    assert idle_names(seen[:4]) == frozenset()


def test_pages_that_name_their_own_address_need_not_be_equal() -> None:
    seen = [held(f"id={n}&zt={visit}", f"{n}, {visit}", f"{HOST}?id={n}") for n in range(3) for visit in "ab"]
    assert idle_names(seen) == {"zt"}


def test_a_parameter_that_ever_mattered_is_not_idle() -> None:
    seen = [held(f"id={n}&zt={visit}", f"document {n}") for n in range(9) for visit in "ab"]
    assert idle_names([*seen, held("id=3&zt=c", "another document")]) == frozenset()


def test_a_page_for_all_that_is_missing_makes_no_number_idle() -> None:
    assert idle_names([held(f"id={n}", "not found") for n in range(50)]) == frozenset()
    assert idle_names([held(f"id={n}&k={k}", f"{n} missing") for n in range(3) for k in "ab"] * 2) == {"k"}
    mixed = [held(f"id={n}", "not found") for n in range(50)] + [held(f"id={n}", f"{n}") for n in range(60, 64)]
    assert idle_names(mixed) == frozenset()


def test_the_other_parameters_stay() -> None:
    assert without(f"{HOST}?id=1&zt=ab&p=2", {"zt"}) == f"{HOST}?id=1&p=2"
    assert without(f"{HOST}?zt=ab", {"zt"}) == HOST


def test_reports_under_changing_tokens_are_not_fetched_for_ever(tmp_path: Path) -> None:
    visits, names = count(1000), [f"云岭县第{number}局" for number in range(4)]

    async def column(exchange: Exchange) -> None:
        visit = f"{next(visits)}x{'q' * 9}"
        rows = "".join(
            f'<li><a href="/show.jsp?id={number}&zt={visit}">{name}2023年政府信息公开工作年度报告</a>2024-01-20</li>'
            for number, name in enumerate(names)
        )
        await exchange.send(answer(f"<html><title>政府信息公开年报</title><ul>{rows}</ul></html>"))

    async def show(exchange: Exchange) -> None:
        number = int(exchange.hit.path.partition("id=")[2].partition("&")[0])
        await exchange.send(answer(report(names[number]) * 3))

    with FaultServer("127.0.0.57") as server:
        server.routes["/nb/"] = column
        server.elsewhere = show
        asked = []
        for _ in range(5):
            before = len(server.hits)
            ended = crawl(tmp_path / "data", [server.portal()])
            assert ended.code == 0, ended.err
            asked.append(sum(hit.path.startswith("/show.jsp") for hit in server.hits[before:]))
        # The third night looks once more at the addresses of the first, which no list names any more.
        assert asked == [4, 4, 4, 0, 0]
        names.append("云岭县第99局")
        before = len(server.hits)
        crawl(tmp_path / "data", [server.portal()])
        assert [hit.path[:14] for hit in server.hits[before:] if "show" in hit.path] == ["/show.jsp?id=4"]
    check_books(tmp_path / "data")
    left_out = [url for url in by_path(tmp_path / "data").values() if url.reason == "same_page"]
    assert len(left_out) == 4 * 4  # four reports, in the nights from the third on
    assert "an idle parameter apart, this is http://127.0.0.57" in (left_out[0].detail or "")
    with ledger_of(tmp_path / "data") as ledger:
        assert ledger.completeness().excluded["same_page"] == len(left_out)
