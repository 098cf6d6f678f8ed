"""A crawl of the demo farm in shards at once, merged, against the crawl in one piece: reports, and the manners.

Each crawl has servers of its own. Compared are reports with their versions, captures by digest, what became of every
URL, and coverage. From the log of the servers that all shards asked follow the requests at once to a host, and gaps.
Then the directories are merged again, which must add nothing, and in another order, which must give the same.

Run: `python -m bench.shards [--shards N] [--delay S]`. Exit code 1 where anything differs or a rule was not kept.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from archive import merging
from archive.ledger import Ledger
from archive.registry import load_registry
from archive.route import building, reading
from bench.demo_crawl import QUICK, registry_files
from bench.politeness import by_site, closed_paths, manners
from demo.farm import OUTSIDE, Farm, build_farm, write_registry
from demo.server import Record, free_port, serving

LATENCY = 0.05
TAKEN = 10
"""Differences of one kind that are printed."""

Facts = dict[str, Counter[tuple[str, ...]]]


def crawl(farm: Farm, folder: Path, shards: Sequence[str], delay: float) -> tuple[list[Path], list[Record], float]:
    """Crawls the farm in these shards at once (`1/1` is all of it): the data, the log of the servers, and seconds."""
    folder.mkdir(exist_ok=True)
    write_registry(farm, folder)
    table, agencies = registry_files(folder)
    records: list[Record] = []
    started = time.monotonic()
    with serving(farm, delay=LATENCY, note=records.append):
        children = []
        for number, shard in enumerate(shards, 1):
            data = folder / f"data-{number}"
            command = [sys.executable, "-m", "crawler", "--data", str(data), "--quiet", "--shard", shard]
            command += ["--vantage", f"place-{number}", "--portals", str(table), "--agencies", str(agencies)]
            quick = [*QUICK, "-s", f"DOWNLOAD_DELAY={delay}"]
            child = subprocess.Popen([*command, *quick], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            children.append((data, child))
        ended = [(data, child.communicate()[1], child.returncode) for data, child in children]
    for data, said, code in ended:  # all have ended before one is told of
        if code not in (0, 3):
            raise SystemExit(f"the crawl into {data} failed:\n{said[-4000:]}")
    return [data for data, _ in children], records, time.monotonic() - started


def read(data: Path) -> None:
    """Reads the captures that have not been read yet."""
    reading.read_captures(data)


def facts(data: Path, registry: Path) -> Facts:
    """What must be the same however the crawl was cut up."""
    holdings = building.holdings_of(data, load_registry(*registry_files(registry)))
    with Ledger(data / "ledger.db", create=False) as ledger:
        captures: Counter[tuple[str, ...]] = Counter(
            (one.url, str(one.role), one.sha256) for one in ledger.captures(outcomes=(), repeats=True)
        )
        urls: Counter[tuple[str, ...]] = Counter(
            (u.url, u.method, u.body.hex(), u.portal, str(u.role), str(u.outcome), u.reason or "")
            for u in ledger.urls()
            if u.reason != "off_site"  # of several portals that link to a place outside, the first counts
        )
    return {
        "reports": Counter(
            (one.agency_id, str(one.year), one.portal or "", one.current.title or "") for one in holdings.reports
        ),
        "versions": Counter(
            (report.agency_id, str(report.year), str(version.number), version.capture.sha256)
            for report in holdings.reports
            for version in report.versions
        ),
        "sightings": Counter(
            (report.agency_id, str(report.year), sighting.capture.url, sighting.capture.sha256)
            for report in holdings.reports
            for sighting in report.sightings
        ),
        "coverage": Counter(
            (one.agency_id, str(one.year), str(one.status), str(one.reason), one.portal or "")
            for one in holdings.coverage
        ),
        "captures": captures,
        "URLs": urls,
    }


def differences(one: Facts, other: Facts) -> list[str]:
    """What one has and the other has not, by kind."""
    found = []
    for kind in one:
        for sign, left in (("only in one piece", one[kind] - other[kind]), ("only merged", other[kind] - one[kind])):
            if left:
                found.append(f"{kind}: {sum(left.values())} {sign}: {sorted(left)[:TAKEN]}")
    return found


def unkept(farm: Farm, records: Sequence[Record], delay: float) -> list[str]:
    """The manners that were not kept, in the eyes of the servers, whichever shard the requests came from."""
    hosts = by_site(records)
    seen = manners(farm, hosts, delay)
    faults = [f"{one.site}: {one.at_once} requests at once" for one in seen if one.at_once > 1]
    faults += [f"{one.site}: a gap of {one.gap:.4f} s, {one.wanted} s were due" for one in seen if one.gap < one.wanted]
    faults += [
        f"closed by robots.txt: {one}" for one in closed_paths(farm, {k: v for k, v in hosts.items() if k != OUTSIDE})
    ]
    faults += [f"a request to {OUTSIDE}" for _ in hosts.get(OUTSIDE, [])]
    at_once, least = max(one.at_once for one in seen), min(one.gap / one.wanted for one in seen)
    print(f"  most requests at once to one host: {at_once}; smallest gap as a share of what is due: {least:.4f}")
    return faults


def merged(folder: Path, parts: Sequence[Path]) -> tuple[Path, list[str]]:
    """Merges, merges again, and merges in another order; returns the first target and what was not as it must be."""
    one, other = folder / "merged", folder / "merged-backwards"
    started = time.process_time()
    summary = merging.merge(parts, one)
    took = time.process_time() - started
    print(f"  merged: {summary.rows}, {summary.bytes / 1e6:.1f} MB, {took:.2f} s of CPU")
    faults = ["the second merge changed something"] if merging.merge(parts, one).changed else []
    for part in reversed(parts):
        merging.merge([part], other)
    dumps = [tuple(_dump(data)) for data in (one, other)]
    return one, faults + (["another order gives another ledger"] if dumps[0] != dumps[1] else [])


def _dump(data: Path) -> list[str]:
    with Ledger(data / "ledger.db", create=False) as ledger:
        rows = [*ledger.runs(), *ledger.captures(outcomes=(), repeats=True), *ledger.urls(), *ledger.fetches()]
        return [repr(row) for row in rows]


def main(given: Sequence[str] | None = None) -> int:
    """Crawls both ways, prints, and returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=int, default=3)
    parser.add_argument("--delay", type=float, default=0.5, help="seconds between two requests to a host")
    options = parser.parse_args(given)
    farm = build_farm(free_port(30))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (whole,), log, seconds = crawl(farm, folder / "whole", ["1/1"], options.delay)
        print(f"in one piece: {len(log)} requests, {seconds:.0f} s")
        faults = unkept(farm, log, options.delay)
        shards = [f"{number}/{options.shards}" for number in range(1, options.shards + 1)]
        parts, log, seconds = crawl(farm, folder / "parts", shards, options.delay)
        portals, owners = [], Counter[str]()
        for part in parts:
            with Ledger(part / "ledger.db", create=False) as ledger:
                portals.append(str(len(next(ledger.runs()).portals)))
                owners.update({fetch.url.split("/")[2] for fetch in ledger.fetches()})
        print(f"in {options.shards} shards ({' + '.join(portals)} portals): {len(log)} requests, {seconds:.0f} s")
        shared = [host for host, number in owners.items() if number > 1]
        print(f"  hosts asked by more than one shard: {len(shared)} of {len(owners)}")
        faults += unkept(farm, log, options.delay) + [f"{host}: asked by several shards" for host in shared]
        target, more = merged(folder, parts)
        for data in (whole, target):
            read(data)
        one, other = facts(whole, folder / "whole"), facts(target, folder / "parts")
        faults += more + differences(one, other)
        print("  compared:", ", ".join(f"{sum(found.values())} {kind}" for kind, found in one.items()))
    for fault in faults:
        print("FAULT:", fault)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
