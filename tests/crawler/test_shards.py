"""Shards: every portal is in exactly one, and portals that share a site are in the same."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.models import Portal
from crawler.guard import AllowList
from crawler.options import WrongUse, read_part, read_vantage
from crawler.shards import Shard, in_shard, read_shard, shard_of, sites_by_portal, sites_of
from tests.crawler.crawling import crawl, ledger_of
from tests.crawler.fault_server import FaultServer, answer
from tests.crawler.test_blocks import BLOCKED


def portal(name: str, home: str, *hosts: str, column: str | None = None) -> Portal:
    return Portal(name, "云岭县人民政府", "990499", None, home, column, hosts=hosts)


def sites(*portals: Portal) -> dict[str, str]:
    return sites_by_portal(portals, {one.id: AllowList.of(one) for one in portals})


def test_the_number_of_a_site_never_changes() -> None:
    assert [shard_of(site, 3) for site in ("yunling.gov.cn", "shixi.gov.cn", "127.0.0.11")] == [1, 3, 3]
    assert [shard_of(site, 7) for site in ("yunling.gov.cn", "shixi.gov.cn", "127.0.0.11")] == [4, 1, 6]


def test_portals_of_one_registrable_domain_stay_together() -> None:
    found = sites(
        portal("a", "http://www.yunling.gov.cn/"),
        portal("b", "https://xxgk.yunling.gov.cn:8443/"),
        portal("c", "http://www.shixi.gov.cn/"),
    )
    assert found == {"a": "yunling.gov.cn", "b": "yunling.gov.cn", "c": "shixi.gov.cn"}


def test_a_shared_host_ties_portals_also_over_a_third() -> None:
    found = sites(
        portal("a", "http://www.yunling.gov.cn/", "files.shixi.gov.cn"),
        portal("b", "http://www.qinghe.gov.cn/", column="http://zwgk.shixi.gov.cn/nb/"),
        portal("c", "http://www.dahe.gov.cn/", "down.qinghe.gov.cn:8080"),
        portal("d", "http://www.luqi.gov.cn/"),
    )
    assert len({found[name] for name in "abc"}) == 1
    assert found["d"] == "luqi.gov.cn"


def test_an_address_is_a_site_whatever_its_port() -> None:
    found = sites(portal("a", "http://127.0.0.1:8000/"), portal("b", "http://127.0.0.1:9000/"))
    assert set(found.values()) == {"127.0.0.1"}


@given(
    st.lists(st.tuples(st.integers(0, 30), st.lists(st.integers(0, 30), max_size=2)), min_size=1, max_size=25),
    st.integers(1, 5),
)
def test_no_site_is_asked_by_two_shards(made: list[tuple[int, list[int]]], of: int) -> None:
    portals = {
        f"p{number}": portal(f"p{number}", f"http://www.s{home}.gov.cn/", *(f"x.s{other}.gov.cn" for other in others))
        for number, (home, others) in enumerate(made)
    }
    allow = {name: AllowList.of(one) for name, one in portals.items()}
    parts = [in_shard(portals, allow, Shard(number, of)) for number in range(1, of + 1)]
    assert sorted(name for part in parts for name in part) == sorted(portals)
    asked = [{site for name in part for site in sites_of(portals[name], allow[name])} for part in parts]
    assert not any(one & other for one, other in combinations(asked, 2))
    # The order of the registry makes no difference.
    again = dict(reversed(portals.items()))
    assert [in_shard(again, allow, Shard(number, of)) for number in range(1, of + 1)] == parts


@pytest.mark.parametrize("text", ["0/3", "4/3", "1", "1/0", "a/b", "-1/3", "1/3/5"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number/of"):
        read_shard(text)
    with pytest.raises(WrongUse, match="--shard"):
        read_part(text)


def test_a_vantage_is_a_plain_name() -> None:
    assert read_vantage("beijing-1") == "beijing-1"
    assert read_vantage(None) is None
    with pytest.raises(WrongUse, match="--vantage"):
        read_vantage("a place; with more")


def test_a_crawl_of_a_shard_records_what_it_was(tmp_path: Path) -> None:
    with FaultServer() as server:
        status, _, markup, _ = next(case for case in BLOCKED.values() if case[3].startswith("blocked"))
        server.routes["/nb/"] = answer(markup, f"{status} Blocked")
        ended = crawl(tmp_path / "data", [server.portal()], "--shard", "1/1", "--vantage", "beijing-1")
        nothing = [crawl(tmp_path / f"n{n}", [server.portal()], "--shard", f"{n}/2") for n in (1, 2)]
    assert ended.code == 3, ended.err
    with ledger_of(tmp_path / "data") as ledger:
        run = next(ledger.runs())
        blocked = [fetch for fetch in ledger.fetches() if fetch.outcome == "blocked"]
    assert (run.settings["shard"], run.settings["vantage"]) == ("1/1", "beijing-1")
    assert blocked
    assert all("vantage=beijing-1" in (fetch.evidence or "") for fetch in blocked)
    assert sorted(one.code for one in nothing) == [0, 3], "one of two shards has nothing to do"
