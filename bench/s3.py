"""Captures read from an S3 server against a local disk: `python -m bench.s3 [--documents N] [--rounds N]`.

The server is moto's, on loopback, in a process of its own: its answers cost processor time on the same machine, and no
network lies between. Records are read in the order of the ledger, as a pass does; the same with a request for every
record, which is what it would be without reading ahead; and in no order, as readers of the site do. Then whole passes
of `gongkai parse`. The ways take turns, and of some rounds the best of each counts. Exit code 1 if any byte or any
result differs.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from archive.captures import captures_of
from archive.ledger import Ledger
from archive.models import Capture
from archive.route import reading
from archive.storage import Address, Bucket, Home, bind
from bench.workers import Row, fill, rows
from tests.storage.server import ENVIRONMENT, WHY_NOT, client, has_server, serving

ADDRESS = Address("made-up", "bench")


@dataclass(frozen=True, slots=True)
class Speed:
    """Documents a second by the clock, milliseconds of CPU of this process and its children for each, requests."""

    rate: float
    cpu: float
    requests: int

    def __str__(self) -> str:
        return f"{self.rate:8.1f} documents a second, {self.cpu:6.2f} ms of CPU each, {self.requests:5} requests"


@contextmanager
def counted() -> Iterator[list[int]]:
    """Counts the ranges that are asked of a bucket."""
    asked: list[int] = []
    real = Bucket.read

    def read(self: Bucket, name: str, start: int, end: int) -> bytes:
        asked.append(end - start)
        return real(self, name, start, end)

    with mock.patch.object(Bucket, "read", read):
        yield asked


def cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def measured(documents: int, work: Callable[[], object]) -> Speed:
    """The speed of work on so many documents."""
    with counted() as asked:
        started, used = time.perf_counter(), cpu()
        work()
        seconds, spent = time.perf_counter() - started, cpu() - used
    return Speed(documents / seconds, 1000 * spent / documents, len(asked))


def captures(data: Path, shuffled: bool = False) -> list[Capture]:
    """The captures of DATA in the order of the ledger, or in none."""
    with Ledger(data / "ledger.db") as ledger:
        found = list(ledger.captures())
    if shuffled:
        random.Random(1).shuffle(found)
    return found


def read_all(data: Path, wanted: list[Capture], *, ahead: bool = True) -> bytes:
    """Reads captures and returns the digest of all their bytes; without `ahead` each is a request of its own."""
    digest, store = hashlib.sha256(), captures_of(data)
    for capture in wanted:
        digest.update(store.read(capture.warc, capture.offset).payload)
        if not ahead:
            store = captures_of(data)
    return digest.digest()


def parsed(data: Path) -> list[Row]:
    """What a whole pass over a copy of the ledger leaves in it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(data, Path(folder) / "data"))
        reading.read_captures(copy)
        return rows(copy)


def main(arguments: list[str] | None = None) -> int:
    """Prints the figures and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.s3", description=__doc__.partition("\n")[0])
    parser.add_argument("--documents", type=int, default=1000, metavar="N", help="made-up documents to read")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="turns of each way")
    options = parser.parse_args(arguments)
    if not has_server():
        sys.exit(WHY_NOT)
    os.environ |= ENVIRONMENT
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        os.environ["AWS_ENDPOINT_URL"] = server
        client().create_bucket(Bucket=ADDRESS.bucket)
        here = fill(Path(folder) / "here", options.documents)
        there = bind(Home(Path(shutil.copytree(here, Path(folder) / "there")), ADDRESS))
        started = time.perf_counter()
        _, size = reading.upload_captures(there)
        print(f"{options.documents} documents, {size / 1e6:.1f} MB of WARC, put and proved in", end=" ")
        print(f"{time.perf_counter() - started:.1f} s; the best of {options.rounds} rounds:")
        return _compare(here, there, options.rounds)


def _compare(here: Path, there: Path, rounds: int) -> int:
    in_order, in_none = captures(here), captures(here, shuffled=True)
    ways: dict[str, Callable[[], object]] = {
        "records in order, disk": lambda: read_all(here, in_order),
        "records in order, S3": lambda: read_all(there, in_order),
        "a request a record, S3": lambda: read_all(there, in_order, ahead=False),
        "records in no order, disk": lambda: read_all(here, in_none),
        "records in no order, S3": lambda: read_all(there, in_none),
        "gongkai parse, disk": lambda: parsed(here),
        "gongkai parse, S3": lambda: parsed(there),
    }
    best: dict[str, Speed] = {}
    came: dict[str, list[object]] = {}
    for _ in range(rounds):
        for way, work in ways.items():
            results: list[object] = []
            speed = measured(len(in_order), lambda work=work, results=results: results.append(work()))
            came.setdefault(way.rpartition(",")[0].replace("a request a record", "records in order"), []).extend(
                results
            )
            kept = best.get(way, speed)
            best[way] = Speed(max(kept.rate, speed.rate), min(kept.cpu, speed.cpu), speed.requests)
    for way, speed in best.items():
        print(f"  {way:26}{speed}")
    for what in ("records in order", "records in no order", "gongkai parse"):
        ratio = best[f"{what}, S3"].rate / best[f"{what}, disk"].rate
        print(f"  {what}: S3 gives {ratio:.2f} times what the disk gives")
    different = [what for what, results in came.items() if any(one != results[0] for one in results)]
    for what in different:
        print(f"  {what}: not the same from S3 as from the disk")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
