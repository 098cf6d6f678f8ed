"""A whole night in small: 1,000 hosts, 20 pages each, every answer after half a second, beside the politeness bound.

With H hosts, p pages a host, a delay of d seconds, l seconds of latency, C connections and c seconds of CPU a page on
one core, nobody can be done before max(p × max(d, l), H × p × l / C, H × p × c). The crawl is measured against the
first two, which hold for any crawler; how far c is from binding is printed beside it, and what all 3,209 known portals
would take, at the same delay and at a slower one.

Run: `python -m bench.night_size [--hosts N] [--articles N]`.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.farm import ROWS, write_registry

PORT = 8961
LATENCY, DELAY = 0.5, 3.0
CONNECTIONS = 512
ALL_PORTALS = 3209
SLOW_DELAY = 5.0
"""DELAY is that of `crawler/settings.py`; some operators ask for more."""


@dataclass(frozen=True)
class Night:
    """What a crawl took: pages by its ledger, wall and CPU in seconds, peak memory in MB."""

    pages: int
    wall: float
    cpu: float
    peak: float


@contextmanager
def farm(hosts: int, articles: int) -> Iterator[None]:
    """The farm as a process of its own, whose answers wait."""
    command = [sys.executable, "-m", "bench.farm", "--port", str(PORT), "--hosts", str(hosts)]
    command += ["--articles", str(articles), "--latency", str(LATENCY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        server.stdout.readline()
        try:
            yield
        finally:
            server.terminate()


def crawl(hosts: int, delay: float = DELAY) -> Night:
    """Crawls the farm with `python -m crawler`; raises SystemExit where that fails."""
    with tempfile.TemporaryDirectory() as folder:
        registry = Path(folder) / "portals.csv"
        write_registry(registry, PORT, hosts)
        command = [sys.executable, "-m", "crawler", "--portals", str(registry), "--data", f"{folder}/data", "--quiet"]
        command += ["-s", f"DOWNLOAD_DELAY={delay}", "-s", "DOWNLOAD_DELAY_JITTER=0"]
        command += ["-s", f"CONCURRENT_REQUESTS={CONNECTIONS}"]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - start
        if done.returncode not in (0, 3):
            raise SystemExit(f"the crawl failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        pages = sum(
            int(line.split(" URLs = ")[1].split()[0]) for line in done.stdout.splitlines() if " URLs = " in line
        )
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Night(pages, wall, cpu, after.ru_maxrss / 1024)


def bound(hosts: int, pages: float, delay: float, latency: float, connections: int) -> float:
    """The seconds below which nobody gets: the pages of a host one after another, and the connections there are."""
    return max((pages - 1) * max(delay, latency) + latency, hosts * pages * latency / connections)


def main(given: Sequence[str] | None = None) -> None:
    """Prints the night, its share of the bound, and what it comes to for all portals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--articles", type=int, default=18, help="a list page and robots.txt come on top")
    options = parser.parse_args(given)
    if options.articles > ROWS:
        parser.error(f"one list page holds {ROWS} rows; more articles need more list pages than this benchmark counts")
    with farm(options.hosts, options.articles):
        night = crawl(options.hosts)
    each, c = night.pages / options.hosts, night.cpu / night.pages
    least = bound(options.hosts, each, DELAY, LATENCY, CONNECTIONS)
    print(f"night of {options.hosts} hosts x {each:.0f} pages, latency {LATENCY} s, delay {DELAY} s:")
    print(f"  {night.pages} pages in {night.wall:.1f} s wall; bound {least:.1f} s, ratio {night.wall / least:.2f}")
    print(f"  {1000 * c:.2f} ms CPU a page (one core: {night.cpu:.1f} s), peak memory {night.peak:.0f} MB")
    for delay in (DELAY, SLOW_DELAY):
        by_hosts = bound(ALL_PORTALS, each, delay, LATENCY, CONNECTIONS)
        by_cpu = ALL_PORTALS * each * c
        longest = max(by_hosts, by_cpu)
        print(
            f"  {ALL_PORTALS} portals x {each:.0f} pages, delay {delay} s: bound {by_hosts:.0f} s,"
            f" CPU {by_cpu:.0f} s of one core; so about {longest / 60:.1f} minutes"
        )


if __name__ == "__main__":
    main()
