"""Two workers against one, and workers that are killed: `python -m bench.workers [--documents N] [--kills N]`.

The speed is that between the first and the last result, start and end of the cluster aside; what the whole pass takes
stands beside it. Other work on the machine slows two workers more than one: of some rounds, in which the ways take
turns, the best of each counts. Then workers, and the processes that read for them, are killed at random moments until
all kills are spent. Exit code 1 if any result is lost, doubled or other than one process makes it.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from archive.captures import CaptureStore
from archive.ledger import Ledger
from archive.parsing import parse_captures
from archive.workers.parsing import parse_captures_by_workers
from demo.render import docx, html
from demo.reports import many
from tests.route.crawled import crawled

Row = tuple[object, ...]
VICTIMS = ("multiprocessing.spawn", "archive.workers.reader")


@dataclass(frozen=True, slots=True)
class Speed:
    """Documents a second and CPU seconds of a document between first and last result; seconds of the whole pass."""

    rate: float
    cpu: float
    seconds: float


def fill(data: Path, documents: int) -> Path:
    """DATA with so many captured reports, a fifth of them Word files."""
    with crawled(data) as crawl:
        for number, report in enumerate(many(documents)):
            body = docx.render(report) if number % 5 == 0 else html.page(report)
            crawl.fetch(f"{number}.html", body, title=report.title, at="2026-02-01T00:00:00.000Z")
    return data


def rows(data: Path) -> list[Row]:
    """All results in the ledger, without the moments in which they were had."""
    with closing(sqlite3.connect(data / "ledger.db")) as connection:
        query = "SELECT capture, parser_version, status, why, result FROM parses ORDER BY capture, parser_version"
        return connection.execute(query).fetchall()


def measure(unread: Path, workers: int | None) -> tuple[Speed, list[Row]]:
    """The speed of a pass by so many workers (None: this process alone) over a copy of DATA, and what it left."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(shutil.copytree(unread, Path(folder) / "data"))
        marks: list[tuple[float, int, float]] = []
        started = time.monotonic()

        def progress(done: int, total: int) -> None:
            if done and (not marks or done == total):
                marks.append((time.monotonic(), done, cpu()))

        with Ledger(data / "ledger.db") as ledger:
            store = CaptureStore(data / "warc")
            if workers is None:
                parse_captures(ledger, store, progress=progress)
            else:
                parse_captures_by_workers(ledger, store, workers=workers, progress=progress)
        (first, before, used), (last, done, spent) = marks
        count = done - before
        return Speed(count / (last - first), (spent - used) / count, time.monotonic() - started), rows(data)


def cpu() -> float:
    """CPU seconds of this process, of all below it, and of those below that have ended."""
    me, total = psutil.Process(), 0.0
    for one in (me, *me.children(recursive=True)):
        with suppress(psutil.Error):  # it ended meanwhile
            total += sum(one.cpu_times()[:4])
    return total


def killed(unread: Path, kills: int, chance: random.Random) -> tuple[int, int, list[list[Row]]]:
    """Passes of the command by two workers, with kills at random moments; kills, passes, and what each pass left."""
    left: list[list[Row]] = []
    spent = 0
    while spent < kills:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(shutil.copytree(unread, Path(folder) / "data"))
            command = [sys.executable, "-m", "archive", "parse", "--data", str(data), "--workers", "2"]
            with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
                while process.poll() is None:
                    time.sleep(chance.uniform(0.3, 1.5))
                    if spent < kills:
                        spent += _kill_one(process.pid, chance)
            left.append(rows(data))
    return spent, len(left), left


def _kill_one(pid: int, chance: random.Random) -> bool:
    """Kills one worker or reader below a pass, if it has any by now; the child that reads a document is left alone."""
    with suppress(psutil.Error):
        below = {one.pid: (one, " ".join(one.cmdline())) for one in psutil.Process(pid).children(recursive=True)}
        victims = [
            one
            for one, command in below.values()
            if any(name in command for name in VICTIMS) and below.get(one.ppid(), (one, ""))[1] != command
        ]
        if victims:
            chance.choice(victims).kill()
            return True
    return False


def main(arguments: list[str] | None = None) -> int:
    """Prints the figures and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.workers", description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=400, metavar="N", help="made-up documents to read")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="turns of each way")
    parser.add_argument("--kills", type=int, default=20, metavar="N", help="kill -9 of workers and readers")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    ways: dict[str, int | None] = {"one process, without Dask": None, "1 worker": 1, "2 workers": 2}
    with tempfile.TemporaryDirectory() as folder:
        unread = fill(Path(folder) / "unread", options.documents)
        best: dict[str, Speed] = {}
        truth: list[Row] = []
        wrong = 0
        for _ in range(options.rounds):
            for way, workers in ways.items():
                speed, found = measure(unread, workers)
                truth = truth or found
                wrong += found != truth
                kept = best.get(way, speed)
                best[way] = Speed(
                    max(kept.rate, speed.rate), min(kept.cpu, speed.cpu), min(kept.seconds, speed.seconds)
                )
        print(f"{options.documents} documents, the best of {options.rounds} rounds:")
        for way, speed in best.items():
            print(
                f"  {way:26} {speed.rate:6.1f} documents a second, {speed.cpu * 1000:.1f} ms of CPU each;"
                f" the whole pass {speed.seconds:.1f} s"
            )
        print(f"  2 workers against 1: {best['2 workers'].rate / best['1 worker'].rate:.2f} x by the clock")
        most = 2 * best["one process, without Dask"].cpu / best["2 workers"].cpu
        print(f"  by CPU time, two cores with nothing else to do give {most:.2f} x one process without Dask")
        if options.kills:
            spent, passes, left = killed(unread, options.kills, random.Random(options.seed))
            lost = sum(len(set(truth) - set(found)) for found in left)
            doubled = sum(len(found) - len({row[0] for row in found}) for found in left)
            print(f"{spent} x kill -9 in {passes} passes: {lost} results lost or other, {doubled} doubled")
            wrong += sum(found != truth for found in left)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
