"""A whole night in small: 1,000 hosts, 20 pages each, every answer after half a second, beside the politeness bound.

With N hosts, p pages a host, a delay of d seconds, l seconds of latency, C connections and c seconds of CPU a page,
nobody can be done before max(p*max(d, l), N*p*l/C, N*p*c/cores). The crawler is one process and so has one core; c is
what this very run took, its start and end included. All three terms are printed, and what they come to for all 3,209
known portals, at the same delay and at a slower one.

Run: `python -m bench.night_size [--hosts N] [--articles N]`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.farm import ROWS
from bench.farm_crawl import crawl, served

PORT = 8961
LATENCY, DELAY = 0.5, 3.0
CONNECTIONS = 512
CRAWLER_CORES = 1
ALL_PORTALS = 3209
SLOW_DELAY = 5.0
"""DELAY is that of `crawler/settings.py`; some operators ask for more."""


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
    with served(PORT, options.hosts, options.articles, LATENCY), tempfile.TemporaryDirectory() as folder:
        pages, night = crawl(Path(folder), PORT, options.hosts, delay=DELAY, connections=CONNECTIONS)
    each, c = pages / options.hosts, night.cpu / pages
    least = bound(options.hosts, each, DELAY, c)
    print(f"night of {options.hosts} hosts x {each:.0f} pages, latency {LATENCY} s, delay {DELAY} s:")
    print(f"  {pages} pages in {night.wall:.1f} s wall, {night.wall / least.least:.2f} x the {least}")
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
