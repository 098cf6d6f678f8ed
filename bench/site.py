"""Requests a second of the site at 20,000 generated reports: one serving process, four connections, loopback."""

from __future__ import annotations

import asyncio
import json
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import aiohttp

from archive.search import match_expression
from bench.made_archive import make

REPORTS = 20_000
SECONDS = 5.0
CONNECTIONS = 4


async def load(base: str, paths: list[str]) -> tuple[float, float]:
    """Requests a second and median milliseconds over the paths, taken in turn for a few seconds."""
    latencies: list[float] = []
    deadline = time.perf_counter() + SECONDS
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:

        async def client(offset: int) -> None:
            number = offset
            while time.perf_counter() < deadline:
                start = time.perf_counter()
                async with session.get(base + paths[number % len(paths)]) as response:
                    body = await response.read()
                    if response.status != 200:
                        raise SystemExit(f"{paths[number % len(paths)]}: {response.status} {body[:200]!r}")
                latencies.append(time.perf_counter() - start)
                number += CONNECTIONS

        await asyncio.gather(*(client(n) for n in range(CONNECTIONS)))
    latencies.sort()
    return len(latencies) / SECONDS, 1000 * latencies[len(latencies) // 2]


def rare_word(archive: Path, chance: random.Random) -> str:
    """A piece of four to eight characters that stands in one to forty of the texts."""
    with closing(sqlite3.connect(archive)) as connection:
        texts = [text for (text,) in connection.execute("select text from sections where text <> '' limit 2000")]
        while True:
            text, length = chance.choice(texts), chance.randint(4, 8)
            start = chance.randrange(max(1, len(text) - length))
            word = text[start : start + length]
            query = "select count(*) from sections_fts where sections_fts match ?"
            if word.isalnum() and 1 <= connection.execute(query, (match_expression(word),)).fetchone()[0] <= 40:
                return word


async def measure(base: str, ids: list[str], rare: str) -> None:
    """Prints a line per kind of page; the health of each answer is checked."""
    chance = random.Random(1)
    some = chance.sample(ids, min(200, len(ids)))
    pages = {
        "home": ["/"],
        "report page": [f"/report/{report}" for report in some],
        "search page, rare word": [f"/search?q={rare}"],
        "search page, common word": ["/search?q=公开"],
        "search JSON, rare word": [f"/archive/sections.json?_search={rare}&_size=20"],
        "search JSON, rare, no count": [f"/archive/sections.json?_search={rare}&_size=20&_nocount=1&_nofacet=1"],
        "table page": ["/archive/reports"],
        "table JSON": ["/archive/reports.json?_size=20&_nofacet=1"],
        "static file (floor)": ["/assets/site.css"],
    }
    async with aiohttp.ClientSession() as session, session.get(base + pages["search JSON, rare word"][0]) as response:
        hits = (await response.json()).get("filtered_table_rows_count")
    print(f"  the rare word, {rare}, stands in {hits} texts")
    for name, paths in pages.items():
        try:
            rate, median = await load(base, paths)
        except SystemExit as error:
            print(f"  {name:28} failed: {error}")
            continue
        print(f"  {name:28} {rate:7.1f} requests/s   median {median:6.1f} ms")


def main(reports: int = REPORTS) -> None:
    """Builds the archive, serves it with `gongkai serve`, and prints requests a second."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        generation = make(Path(folder), reports)
        size = generation.archive.stat().st_size / 1e6
        print(f"site: {reports} reports, archive.db {size:.0f} MB, made in {time.perf_counter() - start:.0f} s")
        command = [sys.executable, "-m", "archive", "serve", "--data", folder, "--port", "0"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            try:
                base = next(
                    found.group(0).rstrip("/")
                    for line in server.stderr
                    if (found := re.search(r"http://[\d.:]+", line))
                )
                ids = json.loads(_get(f"{base}/archive/reports.json?_shape=arrayfirst&_col=report_id&_size=1000"))
                asyncio.run(measure(base, ids, rare_word(generation.archive, random.Random(7))))
            finally:
                server.send_signal(signal.SIGTERM)


def _get(url: str) -> bytes:
    from urllib.request import urlopen

    with urlopen(url) as response:
        return bytes(response.read())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS)
