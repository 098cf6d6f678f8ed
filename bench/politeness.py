"""The manners of the crawler in the eyes of the servers: judged from the farm's own log, not from what we say of us.

A crawl of the demo farm with a delay and slow answers, and beside it one portal more that is all bait: its robots.txt
asks for a Crawl-delay and closes a folder, its list links and redirects to private addresses in every spelling, to
names of other hosts and to a second server on this machine, and it asks to wait with 429 and 503. From the log of the
servers follow: requests at once, gaps, closed paths, waits, and requests that should not have come. Where something was
not kept it is named, and the exit code is 1.

Run: `python -m bench.politeness [--delay S]`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from urllib.robotparser import RobotFileParser

from archive.ledger import Ledger
from archive.models import Outcome, Portal
from bench.demo_crawl import Crawled, crawl
from demo.farm import OUTSIDE, Farm, build_farm
from demo.server import Record, free_port
from demo.site import Answer, Site, error

LATENCY = 0.15
BAIT, LOCAL = "bait", "localhost"
COLUMN = "/zwgk/zfxxgknb/"
CLOSED = COLUMN + "closed/"
CRAWL_DELAY = 1
ROBOTS = f"User-agent: *\nCrawl-delay: {CRAWL_DELAY}\nDisallow: {CLOSED}\n"
SPELLINGS = (
    "10.0.0.8", "172.16.3.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "127.0.0.19:{port}", "2130706451:{port}",
    "0x7f000013:{port}", "0177.0.0.023:{port}", "127.19:{port}", "[::ffff:127.0.0.19]:{port}", "[::1]:{port}",
    "localhost:{port}", "www.zwgk-foreign.example", "bait.127.0.0.19.example:{port}",
)  # fmt: skip
"""Hosts that no portal of the registry has; where there is a port, one of our servers listens behind it."""
REFUSALS = {"private_address", "off_site", "foreign_host"}
WAITS = {"busy": (503, "2"), "slow": (429, "1")}


@dataclass(frozen=True, slots=True)
class Manners:
    """What one host saw: requests, the most at once, the smallest gap between two and what it had to be (seconds)."""

    site: str
    requests: int
    at_once: int
    gap: float
    wanted: float


def with_bait(farm: Farm) -> Farm:
    """The farm with the portal that is all bait, and a server at the address that `localhost` stands for."""
    port = farm.sites[0].port
    bait = Site(BAIT, "诱饵县人民政府", "127.0.0.18", port)
    bait.add("/robots.txt", Answer(ROBOTS.encode(), "text/plain"))
    rows = []
    for number, spelling in enumerate(SPELLINGS):
        target = f"http://{spelling.format(port=port)}{COLUMN}202401/t20240110_{number}.html"
        jump = f"{COLUMN}202401/t20240111_{number}.html"
        bait.add(jump, Answer(b"", status=302, headers=(("Location", target),)))
        meta = f"{COLUMN}202401/t20240112_{number}.html"
        bait.add(meta, f'<html><head><meta http-equiv="refresh" content="0;url={target}"></head><body></body></html>')
        rows += [target, jump, meta]
    for number, (name, (status, wait)) in enumerate(WAITS.items()):
        path = f"{COLUMN}202401/t20240113_{number}.html"
        bait.add(path, error(status, name, ("Retry-After", wait)))
        rows.append(path)
    closed = bait.add(CLOSED + "t20240114_1.html", "<html><body>closed</body></html>")
    lines = "".join(
        f'<li><a href="{url}">诱饵县第{number}局2023年政府信息公开工作年度报告</a><span>2024-01-10</span></li>'
        for number, url in enumerate([*rows, closed])
    )
    bait.add(COLUMN, f"<html><head><title>政府信息公开年报</title></head><body><ul>{lines}</ul></body></html>")
    local = Site(LOCAL, "", "127.0.0.1", port, elsewhere=lambda _: Answer(b"<html><body>local</body></html>"))
    entry = Portal(BAIT, bait.name, "990499", None, bait.base + "/", bait.base + COLUMN)
    return replace(farm, sites=(*farm.sites, bait, local), portals=(*farm.portals, entry))


def by_site(records: Sequence[Record]) -> dict[str, list[Record]]:
    """The log of each host in the order of arrival."""
    hosts: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda record: record.time):
        hosts[record.site].append(record)
    return dict(hosts)


def rules(site: Site) -> RobotFileParser | None:
    """The robots.txt of a site as the standard library reads it; None where it answers with a server error."""
    answer = site.pages.get("/robots.txt")
    if answer is not None and answer.status >= 500:
        return None
    parser = RobotFileParser()
    parser.parse(answer.body.decode().splitlines() if answer is not None and answer.status == 200 else [])
    return parser


def manners(farm: Farm, hosts: dict[str, list[Record]], delay: float) -> list[Manners]:
    """What each host of the registry saw, over all pairs of requests that follow one another."""
    seen = []
    for site, log in hosts.items():
        if site in (OUTSIDE, LOCAL):
            continue
        asked = rules(farm.site(site))
        wanted = max(delay, float((asked and asked.crawl_delay("*")) or 0))
        gap = min((two.time - one.time for one, two in pairwise(log)), default=float("inf"))
        seen.append(Manners(site, len(log), max(record.in_flight for record in log), gap, wanted))
    return seen


def closed_paths(farm: Farm, hosts: dict[str, list[Record]]) -> Iterator[str]:
    """Requests that robots.txt forbids, by the reading of the standard library."""
    for site, log in hosts.items():
        asked = rules(farm.site(site))
        for record in log:
            if record.path != "/robots.txt" and not (asked and asked.can_fetch("gongkai", record.path)):
                yield f"{site}: {record.path}"


def waits(hosts: dict[str, list[Record]]) -> Iterator[tuple[float, float, str]]:
    """Each answer with Retry-After: the seconds asked for, those until the host's next request, and which it was."""
    for site, log in hosts.items():
        for one, two in pairwise(log):
            if one.retry_after.isdecimal():
                left = two.time - one.time - one.duration
                yield float(one.retry_after), left, f"{site}: {one.status} {one.path}"


def refused(crawled: Crawled, farm: Farm) -> tuple[Counter[str], int]:
    """The URLs that the ledger holds as refused, by reason, and its number of fetches of hosts not in the registry."""
    own = {f"{site.host}:{site.port}" for site in farm.sites if site.id not in (OUTSIDE, LOCAL)}
    with Ledger(crawled.data / "ledger.db", create=False) as ledger:
        reasons = Counter(url.reason or "" for url in ledger.urls(outcome=Outcome.EXCLUDED))
        foreign = sum(fetch.url.split("/")[2] not in own for fetch in ledger.fetches())
    return Counter({name: number for name, number in reasons.items() if name in REFUSALS}), foreign


def report(crawled: Crawled, farm: Farm, delay: float) -> list[str]:
    """Prints the figures and returns what was not kept."""
    hosts = by_site(crawled.records)
    seen = manners(farm, hosts, delay)
    print(f"{len(crawled.records)} requests to {len(seen)} hosts, {delay} s between two, answers after {LATENCY} s\n")
    print("| host | requests | most at once | smallest gap | must be |\n|---|--:|--:|--:|--:|")
    for one in seen:
        print(f"| {one.site} | {one.requests} | {one.at_once} | {one.gap:.3f} s | {one.wanted:.1f} s |")
    faults = [f"{one.site}: {one.at_once} requests at once" for one in seen if one.at_once > 1]
    faults += [f"{one.site}: a gap of {one.gap:.4f} s, {one.wanted} s were due" for one in seen if one.gap < one.wanted]
    closed = list(closed_paths(farm, hosts))
    asked = list(waits(hosts))
    faults += [f"closed by robots.txt: {one}" for one in closed]
    faults += [
        f"{one}: {left:.3f} s until the next request, {wait} s were asked for"
        for wait, left, one in asked
        if left < wait
    ]
    strangers = [record for site in (OUTSIDE, LOCAL) for record in hosts.get(site, [])]
    faults += [f"a request to {record.host}: {record.path}" for record in strangers]
    reasons, foreign = refused(crawled, farm)
    agents = {record.user_agent.partition("/")[0] for record in crawled.records}
    faults += [f"{foreign} fetches of hosts outside the registry stand in the ledger"] if foreign else []
    faults += [f"user agents {sorted(agents)}"] if agents != {"Gongkai"} else []
    tightest = min(asked, key=lambda one: one[1] - one[0], default=(0.0, 0.0, "none"))
    print(f"\nmost requests at once to one host: {max(one.at_once for one in seen)}")
    print(f"smallest gap as a share of what is due: {min(one.gap / one.wanted for one in seen):.4f}")
    print(f"requests for what robots.txt closes: {len(closed)}")
    asks, left = tightest[:2]
    print(f"answers with Retry-After: {len(asked)}; the tightest wait {left:.3f} s where {asks:.0f} s were asked for")
    print(
        f"requests to private addresses and foreign hosts: {len(strangers) + foreign}; refused before:", dict(reasons)
    )
    return faults


def main(given: Sequence[str] | None = None) -> int:
    """Crawls, prints, and returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--delay", type=float, default=0.5, help="seconds between two requests to a host")
    options = parser.parse_args(given)
    farm = with_bait(build_farm(free_port(30)))
    settings = ("-s", f"DOWNLOAD_DELAY={options.delay}", "-s", "GONGKAI_RETRY_DELAY=0.05")
    with tempfile.TemporaryDirectory() as folder:
        faults = report(crawl(farm, Path(folder), settings=settings, delay=LATENCY), farm, options.delay)
    for fault in faults:
        print("NOT KEPT:", fault)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
