"""The whole site under load, beside the table page of a plain Datasette on the same file in the same run.

    python -m bench.site [--reports 20000] [--data DIR] [--seconds 3] [--only WORD]

Serves a generated archive (that in DIR, made there if there is none) with `gongkai serve`, and the same file with stock
`datasette serve` without our plugin. Four clients ask for each kind of page. Pages are asked for by addresses that no
one has asked for before, so that nothing comes out of a memory; the lines marked "again" repeat one address. Printed
are requests a second, the median and the 95th percentile in milliseconds, the CPU milliseconds of the serving process
for one request (they do not depend on what else the machine does), and how long the first request took; at the end the
memory of each process, as its proportional share (PSS) now and as the most that was ever resident (RSS).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

import aiohttp

from archive.generations import current
from archive.search import match_expression
from bench.made_archive import make
from bench.served import cpu_seconds, memory_of, plain_datasette, served

REPORTS = 20_000
SECONDS = 3.0
CLIENTS = 4
SAMPLE = 4000
"""Reports, and agencies, that are asked for in turn."""
RARE, COMMON = 400, 40
"""Words that are tried, each once."""
LOOKING_SECONDS = 15.0
MOST_HITS = 40
"""Texts in which a rare word stands."""
QUESTIONS = 12
FACETS = "_facet=year&_facet=province&_facet=level&_facet=era&_facet=confidence"
"""Those that our table page of reports counts by itself."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page: its addresses (`fresh` makes each one new) and, where there is one, our goal."""

    name: str
    paths: tuple[str, ...]
    fresh: bool = True
    goal: str = ""
    once: bool = False
    """Whether each address is asked for once only, however much time is left."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What is asked for: ids of the archive, and words of its texts."""

    reports: tuple[str, ...]
    agencies: tuple[str, ...]
    portal: str
    rare: tuple[str, ...]
    common: tuple[str, ...]


def sample(archive: Path, chance: random.Random) -> Sample:
    """Reports, agencies, rare words (numbers with their neighbours), and words of two that stand in many texts."""
    with closing(sqlite3.connect(f"{archive.resolve().as_uri()}?immutable=1", uri=True)) as connection:
        reports = [row[0] for row in connection.execute("select report_id from reports")]
        agencies = [row[0] for row in connection.execute("select agency_id from agencies")]
        portal = connection.execute("select portal_id from portals order by portal_id limit 1").fetchone()[0]
        texts = [
            text
            for report in chance.sample(reports, min(500, len(reports)))
            for (text,) in connection.execute("select text from sections where report_id = ? and text <> ''", (report,))
        ]
        sections = connection.execute("select count(*) from sections").fetchone()[0]

        def hits(word: str) -> int:
            query = "select count(*) from sections_fts where sections_fts match ?"
            found: int = connection.execute(query, (match_expression(word),)).fetchone()[0]
            return found

        def words(pattern: str, wanted: int, low: float, high: float) -> tuple[str, ...]:
            tried = list(dict.fromkeys(word for text in texts for word in re.findall(pattern, text)))
            chance.shuffle(tried)
            deadline = time.monotonic() + LOOKING_SECONDS
            found: list[str] = []
            for word in tried:
                if len(found) == wanted or time.monotonic() > deadline:
                    break
                if low <= hits(word) <= high:
                    found.append(word)
            return tuple(found)

        return Sample(
            reports=tuple(chance.sample(reports, min(SAMPLE, len(reports)))),
            agencies=tuple(chance.sample(agencies, min(SAMPLE, len(agencies)))),
            portal=portal,
            rare=words(r"[\u4e00-\u9fff]{1,3}\d{2,5}[\u4e00-\u9fff]{1,3}", RARE, 1, MOST_HITS),
            common=words(r"[\u4e00-\u9fff]{2}", COMMON, 0.2 * sections, sections),
        )


def kinds(some: Sample) -> Iterator[Kind]:
    """Every kind of page of our site."""

    def search(words: tuple[str, ...], path: str = "/search") -> tuple[str, ...]:
        return tuple(f"{path}?q={quote(word)}" for word in words)

    pairs = zip(some.agencies, some.agencies[1:], strict=False)
    yield Kind("home", ("/",))
    yield Kind("home, again", ("/",), fresh=False)
    yield Kind("search, rare word", search(some.rare), goal="≥ 50/s")
    yield Kind("search, common, first time", search(some.common), goal="≥ 10/s, p95 ≤ 400", once=True)
    yield Kind("search, common, known", search(some.common[:5]), goal="≥ 10/s, p95 ≤ 400")
    yield Kind("search JSON, rare word", search(some.rare, "/search.json"))
    yield Kind("report", tuple(f"/report/{quote(report)}" for report in some.reports), goal="≥ 150/s")
    yield Kind("report, again", (f"/report/{quote(some.reports[0])}",), fresh=False)
    yield Kind("agency", tuple(f"/agency/{quote(agency)}" for agency in some.agencies), goal="≥ 150/s")
    yield Kind("compare two agencies", tuple(f"/compare?a={quote(one)}&a={quote(other)}" for one, other in pairs))
    yield Kind("agencies", ("/agencies",))
    for name in ("findings", "coverage", "portals", "questions", "data", "method"):
        yield Kind(name, (f"/{name}",))
    yield Kind("findings, a filter", tuple(f"/findings?year={year}" for year in range(2019, 2026)))
    yield Kind("one portal", (f"/portal/{some.portal}",))
    for number in range(1, QUESTIONS + 1):
        yield Kind(f"question Q{number}", (f"/questions/Q{number}",))
    yield Kind("table page, our facets", ("/archive/reports",))
    yield Kind("table page, again", ("/archive/reports",), fresh=False)
    yield Kind("table page, no facets", ("/archive/reports?_nofacet=1",))
    yield Kind("style sheet (floor)", ("/assets/site.css",))


STOCK = (
    Kind("stock: table page", ("/archive/reports",)),
    Kind("stock: with our facets", (f"/archive/reports?{FACETS}",)),
    Kind("stock: no facets", ("/archive/reports?_nofacet=1&_nosuggest=1",)),
)


@dataclass(slots=True)
class Result:
    """What four clients felt."""

    seconds: list[float]
    elapsed: float
    cpu: float
    first: float

    def percentile(self, share: float) -> float:
        """Milliseconds within which such a share was answered."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Fresh:
    """Addresses that nobody has asked for: each has a number of its own behind it, which means nothing."""

    def __init__(self) -> None:
        self.numbers = count(1)

    def address(self, path: str) -> str:
        """The address with the next number."""
        return f"{path}{'&' if '?' in path else '?'}_fresh={next(self.numbers)}"


async def load(base: str, kind: Kind, fresh: Fresh, pid: int, seconds: float) -> Result:
    """Asks for a kind of page, once alone and then by four clients for a while; raises SystemExit for a failure."""
    latencies: list[float] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CLIENTS)) as session:

        async def ask(path: str) -> float:
            address = base + (fresh.address(path) if kind.fresh else path)
            begun = time.perf_counter()
            async with session.get(address, headers={"accept-language": "zh"}) as response:
                body = await response.read()
                if response.status != 200:
                    raise SystemExit(f"{address}: {response.status} {body[:200]!r}")
            return time.perf_counter() - begun

        first = await ask(kind.paths[0])
        if not kind.fresh:
            await ask(kind.paths[0])  # what is asked for twice is kept, and that is what is measured here
        queue = iter(kind.paths[1:]) if kind.once else None
        cpu, begun = cpu_seconds(pid), time.perf_counter()
        deadline = begun + seconds * (4 if kind.once else 1)

        async def client(offset: int) -> None:
            number = offset
            while time.perf_counter() < deadline:
                path = kind.paths[number % len(kind.paths)] if queue is None else next(queue, None)
                if path is None:
                    return
                latencies.append(await ask(path))
                number += CLIENTS

        await asyncio.gather(*(client(offset) for offset in range(CLIENTS)))
        elapsed = time.perf_counter() - begun
        return Result(latencies, elapsed, cpu_seconds(pid) - cpu, first)


async def measure(base: str, pid: int, wanted: Iterator[Kind] | tuple[Kind, ...], seconds: float, only: str) -> None:
    """Prints a line per kind of page."""
    fresh = Fresh()
    for kind in wanted:
        if only not in kind.name or not kind.paths:
            continue
        try:
            result = await load(base, kind, fresh, pid, seconds)
        except SystemExit as error:
            print(f"  {kind.name:28} failed: {error}", flush=True)
            continue
        if not result.seconds:
            print(f"  {kind.name:28} nothing to ask for", flush=True)
            continue
        number = len(result.seconds)
        print(
            f"  {kind.name:28} {number / result.elapsed:7.1f}/s   p50 {result.percentile(0.5):7.1f}"
            f"   p95 {result.percentile(0.95):7.1f} ms   CPU {1000 * result.cpu / number:7.2f} ms"
            f"   first {1000 * result.first:7.0f} ms   {kind.goal}",
            flush=True,
        )


def tell_memory(pids: dict[str, int]) -> None:
    """Prints the memory of processes by name."""
    for name, pid in pids.items():
        share, peak = memory_of(pid)
        print(f"  memory of {name:24} PSS {share / 1e6:6.0f} MB   peak RSS {peak / 1e6:6.0f} MB")


@contextmanager
def data_of(given: Path | None, reports: int) -> Iterator[Path]:
    """A data directory with a generated archive: the one given, filled if it is empty, or one for this run."""
    with tempfile.TemporaryDirectory() as folder:
        data = given or Path(folder)
        data.mkdir(parents=True, exist_ok=True)
        if current(data) is None:
            begun = time.perf_counter()
            make(data, reports)
            print(f"site: the archive was made in {time.perf_counter() - begun:.0f} s")
        yield data


def main(arguments: Sequence[str] = ()) -> None:
    """Measures our site, then the plain Datasette."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reports", type=int, default=REPORTS)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--only", default="")
    options = parser.parse_args(arguments)
    with data_of(options.data, options.reports) as data:
        generation = current(data)
        assert generation is not None
        some = sample(generation.archive, random.Random(7))
        size = generation.archive.stat().st_size / 1e6
        print(f"site: {generation.archive}, {size:.0f} MB; {len(some.rare)} rare and {len(some.common)} common words")
        begun = time.perf_counter()
        with served(data) as site:
            print(f"  started in {time.perf_counter() - begun:.1f} s")
            asyncio.run(measure(site.base, site.worker(), kinds(some), options.seconds, options.only))
            tell_memory(site.named())
        with plain_datasette(generation.archive) as (base, pid):
            asyncio.run(measure(base, pid, STOCK, options.seconds, options.only))
            tell_memory({"stock datasette": pid})


if __name__ == "__main__":
    main(sys.argv[1:])
