"""A whole night in small: 1,000 hosts, 20 pages each, every answer after half a second, beside the politeness bound.

With N hosts, p pages a host, a delay of d seconds, l seconds of latency, C connections and c seconds of CPU a page,
nobody can be done before max(p*max(d, l), N*p*l/C, N*p*c/cores). The crawler is one process and so has one core; c is
what this very run took, its start and end included. All three terms are printed, and what they come to for all 3,209
known portals, at the same delay and at a slower one.

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
CRAWLER_CORES = 1
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


@dataclass(frozen=True)
class Bound:
    """The three times below which nobody gets (seconds): the longest host, the connections, the cores."""

    host: float
    connections: float
    cores: float

    @property
    def least(self) -> float:
        """The one that binds."""
        return max(self.host, self.connections, self.cores)

    def __str__(self) -> str:
        terms = (
            f"longest host {self.host:.1f} s",
            f"connections {self.connections:.1f} s",
            f"CPU on {CRAWLER_CORES} core {self.cores:.1f} s",
        )
        return f"bound {self.least:.1f} s ({', '.join(terms)})"


def bound(hosts: int, pages: float, delay: float, cpu_a_page: float) -> Bound:
    """The bound for hosts of so many pages: p * max(d, l) on one host, N*p*l/C, N*p*c/cores."""
    return Bound(
        host=(pages - 1) * max(delay, LATENCY) + LATENCY,
        connections=hosts * pages * LATENCY / CONNECTIONS,
        cores=hosts * pages * cpu_a_page / CRAWLER_CORES,
    )


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
    least = bound(options.hosts, each, DELAY, c)
    print(f"night of {options.hosts} hosts x {each:.0f} pages, latency {LATENCY} s, delay {DELAY} s:")
    print(f"  {night.pages} pages in {night.wall:.1f} s wall, {night.wall / least.least:.2f} x the {least}")
    print(f"  {night.wall / least.host:.2f} x the longest host alone, whatever our CPU")
    print(f"  {1000 * c:.2f} ms CPU a page ({night.cpu:.1f} s in all), peak memory {night.peak:.0f} MB")
    for delay in (DELAY, SLOW_DELAY):
        whole = bound(ALL_PORTALS, each, delay, c)
        ratio = night.wall / least.least
        print(
            f"  {ALL_PORTALS} portals x {each:.0f} pages, delay {delay} s: {whole};"
            f" at {ratio:.2f} x about {ratio * whole.least / 60:.1f} minutes"
        )


if __name__ == "__main__":
    main()
