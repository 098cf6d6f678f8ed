"""How the whole route grows with the number of reports: `python -m bench.growth [SIZES…] [--data DIR] [--workers N]`.

For each size DATA is generated in DIR/SIZE (kept there, so that a later run takes it up again) and every step is walked
as a process of its own: reading all captures, gathering what is held, building in full, writing the exports, the first
page of the site and the first search. Printed are seconds of CPU and by the clock, the peak memory of the largest
process of the step, and the bytes of what it made; and for each the exponent e of figure ~ size^e, fitted through all
sizes: above 1 a step grows faster than the work.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import numpy as np

from archive.exports.write import export_all
from archive.generations import current
from archive.holdings.facts import KnownFacts
from archive.ledger import Ledger
from archive.report.version import PARSER_VERSION
from archive.route import building
from archive.steps import FACTS, LEDGER
from bench.made_data import AGENCIES, PORTALS, fill, registry
from bench.measure import Cost, measured, run_module
from bench.served import cpu_seconds, memory_of, served

SIZES = (10_000, 30_000, 100_000)
QUERY = "主动公开 行政复议"


@dataclass(frozen=True, slots=True)
class Step:
    """What one step took at one size, and the bytes of what it made."""

    name: str
    cost: Cost
    size: int


def walk(data: Path, reports: int, workers: int | None) -> Iterator[Step]:
    """Every step at one size, in the order of the route; parses and generations that are there are made anew."""
    if not (data / AGENCIES).exists():
        shutil.rmtree(data, ignore_errors=True)
        yield Step("generate", run_module("bench.growth", "--step", "fill", str(data), str(reports)), _bytes(data))
    parallel = () if workers is None else ("--workers", str(workers))
    with Ledger(data / LEDGER) as ledger:
        left = ledger.count_unparsed(PARSER_VERSION)
    if left:
        cost, _ = measured(["parse", "--data", str(data), *parallel])
        if left == reports:  # a pass that was taken up half-way says nothing
            yield Step("read", cost, (data / LEDGER).stat().st_size)
    chosen = ("--portals", str(data / PORTALS), "--agencies", str(data / AGENCIES))
    (data / FACTS).unlink(missing_ok=True)
    for name in ("gather anew", "gather again"):
        cost = run_module("bench.growth", "--step", "gather", str(data))
        yield Step(name, cost, (data / FACTS).stat().st_size)
    cost, _ = measured(["build", "--data", str(data), *chosen, "--full"])
    generation = current(data)
    assert generation is not None
    yield Step("build", cost, generation.archive.stat().st_size)
    with tempfile.TemporaryDirectory(dir=data) as to:
        cost = run_module("bench.growth", "--step", "export", str(data), to)
        yield Step("of it exports", cost, _bytes(Path(to)))
    yield from pages(data)


def pages(data: Path) -> Iterator[Step]:
    """The first page and the first search of a site that was just started; the size is that of the page."""
    with served(data) as site:
        worker = site.worker()
        for name, path in (("first page", "/"), ("first search", f"/search?q={quote(QUERY)}")):
            before, start = cpu_seconds(worker), time.perf_counter()
            with urlopen(site.base + path, timeout=600) as answer:
                size = len(answer.read())
            wall = time.perf_counter() - start
            yield Step(name, Cost(cpu_seconds(worker) - before, wall, memory_of(worker)[1] / 1e6), size)


def do(step: str, data: Path, *more: str) -> None:
    """One step of which no command of `gongkai` is made, in this process."""
    if step == "fill":
        fill(data, int(more[0]))
    elif step == "gather":
        with closing(KnownFacts(data / FACTS, PARSER_VERSION)) as known:
            building.holdings_of(data, registry(data), known)
    elif step == "export":
        generation = current(data)
        assert generation is not None
        export_all(building.holdings_of(data, registry(data)), generation.archive, Path(more[0]))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def exponent(sizes: Sequence[int], figures: Sequence[float]) -> float | None:
    """The e of figure ~ size^e through all points; None with fewer than two, or where a figure is nothing."""
    if len(sizes) < 2 or min(figures) <= 0:
        return None
    return float(np.polyfit(np.log(sizes), np.log(figures), 1)[0])


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the figures as they come, and the exponents at the end."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, help=f"numbers of reports; without any {SIZES}")
    parser.add_argument("--data", type=Path, help="directory for the generated DATA, kept; else a temporary one")
    parser.add_argument("--workers", type=int, help="processes that read the captures; else one")
    parser.add_argument("--step", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.step:
        name, data, *more = options.step
        do(name, Path(data), *more)
        return
    sizes = options.sizes or list(SIZES)
    found: dict[str, list[tuple[int, Step]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for reports in sizes:
            for step in walk((options.data or Path(folder)) / str(reports), reports, options.workers):
                found.setdefault(step.name, []).append((reports, step))
                print(f"{reports:7} reports, {step.name:14} {step.cost}, {step.size / 1e6:9.1f} MB", flush=True)
    print("exponents of growth (CPU time, time by the clock, peak memory, bytes):")
    for name, steps in found.items():
        at = [reports for reports, _ in steps]
        figures = zip(*((one.cost.cpu, one.cost.wall, one.cost.peak, one.size) for _, one in steps), strict=True)
        parts = (exponent(at, figure) for figure in figures)
        print(f"  {name:14} " + "  ".join("  –  " if part is None else f"{part:5.2f}" for part in parts))


if __name__ == "__main__":
    main()
