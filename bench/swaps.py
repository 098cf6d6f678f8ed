"""A hundred swaps of generations under load: failed requests, pages that mix two generations, corrupt ones refused.

    python -m bench.swaps [SWAPS [REPORTS [SECONDS]]]

Two generations of one archive differ in nothing but a mark that every page shows; four clients read pages all the time,
two of them over connections that they keep. A page that shows both marks, or an answer that goes back to a generation
that was left, is counted. The supervisor is told of every second swap and finds the others by looking; after SECONDS
(330) no further swap is begun, and the number of those that were made is printed.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.made_archive import make
from bench.served import Served, served

SWAPS = 100
REPORTS = 200
SECONDS = 330
CORRUPT_EVERY = 10
PATIENCE = 60.0
PATHS = ("/archive/build_info.json?_shape=array", "/archive/build_info?_where=1", "/archive/reports.json?_size=100")
MARK = re.compile(rb"generation-mark-([ab])")


@dataclass(slots=True)
class Client:
    """One reader: what was answered, and what went wrong."""

    keeps: bool
    requests: int = 0
    failed: list[str] = field(default_factory=list)
    mixed: int = 0
    seen: bytes = b""
    changes: int = 0
    longest: float = 0.0

    async def read(self, base: str, stop: asyncio.Event) -> None:
        """Reads the pages in turn until told to stop."""
        connector = aiohttp.TCPConnector(limit=1, force_close=not self.keeps)
        async with aiohttp.ClientSession(connector=connector) as session:
            while not stop.is_set():
                await self.once(session, base + PATHS[self.requests % len(PATHS)])
                self.requests += 1

    async def once(self, session: aiohttp.ClientSession, address: str) -> None:
        """Reads one page and looks at its marks."""
        begun = time.perf_counter()
        try:
            async with session.get(address) as response:
                body = await response.read()
                if response.status != 200:
                    self.failed.append(f"{address}: {response.status}")
                    return
        except (aiohttp.ClientError, TimeoutError) as error:
            self.failed.append(f"{address}: {error!r}")
            return
        self.longest = max(self.longest, time.perf_counter() - begun)
        marks = set(MARK.findall(body))
        if len(marks) != 1:
            self.mixed += 1
            return
        mark = marks.pop()
        self.changes += mark != self.seen
        self.seen = mark


def mark(archive: Path, letter: str) -> None:
    """Writes the mark of a generation into everything that the clients read."""
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("update reports set title = title || ?", (f" generation-mark-{letter}",))
        connection.execute("update build_info set parser_version = ?", (f"generation-mark-{letter}",))


def prepare(data: Path, reports: int) -> tuple[str, str, str]:
    """Two sound generations and a corrupt one in a data directory; their directories, relative to it."""
    first = make(data, reports).archive.parent
    names = tuple(f"generations/{number}" for number in (101, 102, 103))
    for name, letter in zip(names, "abb", strict=True):
        shutil.copytree(first, data / name)
        mark(data / name / "archive.db", letter)
    corrupt = data / names[2] / "archive.db"
    whole = corrupt.read_bytes()
    corrupt.write_bytes(whole[: len(whole) // 2] + os.urandom(len(whole) // 4))
    return names[0], names[1], names[2]


def point(data: Path, name: str) -> None:
    """Moves the link, as publishing does."""
    link = data / "current.new"
    link.symlink_to(name)
    link.replace(data / "current")


async def run(
    data: Path, site: Served, names: tuple[str, str, str], swaps: int, seconds: float
) -> tuple[list[Client], int, int]:
    """The clients, the number of corrupt generations offered and that of swaps made, so many or for so long."""
    stop = asyncio.Event()
    end = time.monotonic() + seconds
    made = 0
    clients = [Client(keeps) for keeps in (True, True, False, False)]
    readers = [asyncio.create_task(client.read(site.base, stop)) for client in clients]
    offered = 0

    async def all_see(letter: bytes) -> None:
        deadline = time.monotonic() + PATIENCE
        while any(client.seen != letter for client in clients):
            if time.monotonic() > deadline:
                raise RuntimeError(f"not every client saw generation {letter.decode()} in {PATIENCE:.0f} s")
            await asyncio.sleep(0.02)

    try:
        await all_see(b"a")
        for number in range(1, swaps + 1):
            if time.monotonic() > end:
                break
            if number % CORRUPT_EVERY == 0:
                point(data, names[2])
                offered += 1
                await asyncio.sleep(3.0)  # long enough to be looked at, and refused
            point(data, names[number % 2])
            if number % 2:
                site.process.send_signal(signal.SIGHUP)
            made = number
            await all_see(b"ab"[number % 2 : number % 2 + 1])
    finally:
        stop.set()
        await asyncio.gather(*readers)
    return clients, offered, made


def main(swaps: int = SWAPS, reports: int = REPORTS, seconds: int = SECONDS) -> None:
    """Prints what the clients saw."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        names = prepare(data, reports)
        point(data, names[0])
        with served(data) as site:
            begun = time.monotonic()
            clients, offered, made = asyncio.run(run(data, site, names, swaps, seconds))
            spent = time.monotonic() - begun
    print(f"swaps: {made} in {spent:.0f} s, {sum(client.requests for client in clients)} requests of four clients")
    print(f"  failed requests: {sum(len(client.failed) for client in clients)}")
    for failure in [failure for client in clients for failure in client.failed][:10]:
        print(f"    {failure}")
    print(f"  pages with two generations or none: {sum(client.mixed for client in clients)}")
    back = sum(client.changes - 1 - made for client in clients)
    print(f"  answers that went back to a generation left before: {back}")
    print(f"  corrupt generations offered: {offered}; a page of one would show no mark or fail, and be counted above")
    print(f"  longest wait for an answer: {max(client.longest for client in clients):.2f} s")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
