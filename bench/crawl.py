"""CPU per page of the crawl, beside plain Scrapy and bare aiohttp with lxml on the same farm in the same run.

Ours writes ledger and WARC and decides on every link; the peers fetch and look at links only. A second part holds the
crawl against the bound that politeness sets: with H hosts and a delay of d seconds nobody may fetch more than H/d pages
a second.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from archive.ledger import Ledger
from bench.farm_crawl import crawl, served

PORT = 8931
HOSTS, ARTICLES = 20, 100
POLITE_HOSTS, POLITE_ARTICLES, POLITE_DELAY = 50, 40, 0.5


def ours(hosts: int, delay: float) -> tuple[int, float, float, float]:
    """Crawls the farm with `python -m crawler`: pages, CPU and wall seconds, seconds from first to last request."""
    with tempfile.TemporaryDirectory() as folder:
        pages, cost = crawl(Path(folder), PORT, hosts, delay=delay, connections=128)
        with Ledger(Path(folder) / "data" / "ledger.db") as ledger:
            starts = sorted(datetime.fromisoformat(fetch.started_at) for fetch in ledger.fetches())
    return pages, cost.cpu, cost.wall, (starts[-1] - starts[0]).total_seconds()


def peer(name: str, hosts: int) -> tuple[int, float, float]:
    """Runs a peer over the farm: pages, CPU seconds, wall seconds."""
    command = [sys.executable, "-m", "bench.peers", name, "--port", str(PORT), "--hosts", str(hosts)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    pages, _, wall = done.stdout.split()
    return int(pages), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, float(wall)


def main() -> None:
    """Prints CPU per page with ratios, then the share of the politeness bound."""
    with served(PORT, HOSTS, ARTICLES):
        print(f"crawl: {HOSTS} hosts, {ARTICLES} articles of 27 kB each, no delay; whole processes, start included")
        figures = {"gongkai": ours(HOSTS, 0.0)[:3], "scrapy": peer("scrapy", HOSTS), "aiohttp": peer("aiohttp", HOSTS)}
    per_page = {name: 1000 * cpu / pages for name, (pages, cpu, _) in figures.items()}
    for name, (pages, _, wall) in figures.items():
        line = f"  {name:8} {pages:6} pages  {per_page[name]:6.2f} ms CPU a page  {pages / wall:7.1f} pages/s"
        print(f"{line}  ours/this {per_page['gongkai'] / per_page[name]:.2f}")
    with served(PORT, POLITE_HOSTS, POLITE_ARTICLES):
        pages, _, wall, span = ours(POLITE_HOSTS, POLITE_DELAY)
    # The slowest host bounds the crawl: its pages one after the other, a delay between each two.
    bound = (pages / POLITE_HOSTS - 1) * POLITE_DELAY
    share = 100 * bound / span
    print(f"politeness: {POLITE_HOSTS} hosts, {POLITE_DELAY} s between two requests: {pages} pages in {span:.1f} s;")
    print(f"  the bound is {bound:.1f} s, {share:.0f} % of it reached; {wall:.1f} s with start and end of the process")


if __name__ == "__main__":
    main()
