"""Hostile SQL and addresses against a running site: what each is answered, how soon, and what other readers feel.

    python -m bench.hostile_queries [REPORTS]

Every line must end in an error (or a harmless answer) within two seconds, no process may grow beyond its cap, and the
readers who ask for pages meanwhile must go on getting them.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

import aiohttp

from bench.made_archive import make
from bench.served import Served, served

REPORTS = 2000
SECONDS = 2.0
"""Until an error must be there."""
SECONDS_FOR_PAGES = 12.0
CAP = 300_000_000
"""Resident bytes that no process may reach."""

COUNT = "with recursive c(x) as (select 1 union all select x + 1 from c limit {n})"
LONG = "replace(hex(zeroblob(2000000)), '0', 'a')"

MANY_TERMS = " OR ".join(["公+开"] * 700)
NEAR = f"NEAR({' '.join(['公', '开', '信', '息'] * 50)}, 9999)"

QUERIES: dict[str, str] = {
    # those that other people measured on a plain Datasette
    "a blob of 400 MB": "select length(hex(zeroblob(400000000)))",
    "all texts in one value": "select group_concat(a.text || b.text) from sections a, sections b",
    "a width of 900 million": "select length(printf('%25.*c', 900000000, 'x'))",
    "an endless recursion": "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c",
    "an extension": "select load_extension('/tmp/x.so')",
    "another file": "attach database '/etc/passwd' as p",
    "writing a file": "select writefile('/tmp/gongkai-hostile', 'x')",
    "a pragma": "pragma database_list",
    "the path of the file": "select * from pragma_database_list",
    "many rows of megabytes": f"{COUNT.format(n=2000)} select hex(zeroblob(900000)) || x from c",
    # our own
    "a format of 900 million": "select length(format('%900000000d', 1))",
    "random bytes, again and again": f"{COUNT.format(n=100000)} select sum(length(randomblob(7000000))) from c",
    "replace by product of lengths": f"select length(replace({LONG}, substr({LONG}, 1, 1000000) || 'b', 'c'))",
    "instr by product of lengths": f"select instr({LONG}, substr({LONG}, 1, 1000000) || 'b')",
    "LIKE with many wildcards": f"select {LONG} like '{'%a' * 95}b'",
    "GLOB with many wildcards": f"select {LONG} glob '{'*a' * 95}b'",
    "a long LIKE pattern": f"select text like '{'%_' * 1500}x' from sections",
    "a cross join that is sorted": "select a.text from sections a, sections b, sections c order by b.text || c.text",
    "a distinct cross join": "select distinct a.text || b.text from sections a, sections b",
    "a window over a cross join": "select sum(length(a.text)) over (order by b.text) from sections a, sections b",
    "a cross join counted": "select count(*) from cells a, cells b, cells c",
    "a json array of everything": "select json_group_array(a.text) from sections a, sections b",
    "deep json": "select json_valid(replace(hex(zeroblob(2000000)), '0', '['))",
    "json each of millions": f"select count(*) from json_each('[' || replace({LONG}, 'a', '1,') || '1]') a, "
    "json_each('[1,2,3]')",
    "quotes of quotes": f"select length(quote(quote(quote(replace({LONG}, 'a', '''')))))",
    "a deep expression": "select " + "(" * 2000 + "1" + ")" * 2000,
    "a long sum": "select " + "+".join(["1"] * 1500),
    "many unions": " union ".join(["select 1"] * 500),
    "a fifty-table join": "select count(*) from " + ", ".join(f"sections s{n}" for n in range(50)),
    "an FTS search of many terms": f"select count(*) from sections_fts where sections_fts match '{MANY_TERMS}'",
    "FTS with NEAR": f"select count(*) from sections_fts where sections_fts match '{NEAR}'",
    "a highlight of megabytes": f"select search_highlight({LONG}, 'a a a a a a')",
    "a normalisation of megabytes": f"select length(search_normalise({LONG}))",
    "three searches in one": "select search_snippet(group_concat(text), '公 开') from sections",
    "a regular expression": "select 'x' regexp '(a+)+$'",
    "temp table": "create temp table t as select * from sections",
    "a deletion": "delete from reports",
    "a second statement": "select 1; delete from reports",
    "upper of megabytes": f"{COUNT.format(n=100000)} select sum(length(upper({LONG}))) from c",
    "bytes as text": "select cast(x'ff41' as text)",
    "an infinity": "select 9e999, -9e999",
}

HARMLESS = frozenset({"bytes as text", "an infinity", "quotes of quotes", "deep json", "a highlight of megabytes"})
"""May be answered as well as refused: small, and quickly worked out."""

ADDRESSES: dict[str, str] = {
    "_where with a cross join": "/archive/sections.json?_where=(select+count(*)+from+cells+a,cells+b,cells+c)>0",
    "_where with a union": "/archive/reports.json?_where=1%3D1)+union+select+name,+sql,1,2+from+sqlite_master--",
    "_where with a path": "/archive/reports.json?_where=exists(select+file+from+pragma_database_list)",
    "every facet at once": "/archive/statistics?" + "&".join(f"_facet=key&_facet_{n}=x" for n in range(40)),
    "a raw search": f"/archive/sections.json?_searchmode=raw&_search={quote(' OR '.join(['公'] * 900))}",
    "a stream of a view": "/archive/statistics.csv?_stream=on",
    "a stream of a cross join": f"/archive.csv?_stream=on&sql={quote('select a.text from sections a, sections b')}",
    "a page of a million": "/archive/reports.json?_size=1000000",
    "a next that is not one": "/archive/reports.json?_next=%27%22,%00,~ff",
    "a sort that is not one": "/archive/reports.json?_sort=text;drop",
    "a time limit of its own": f"/archive.json?_timelimit=60000&sql={quote(QUERIES['a cross join counted'])}",
    "a time limit that is none": f"/archive.json?_timelimit=x&sql={quote('select 1')}",
    "an address of 60 kB": "/search?q=" + "a" * 60_000,
    "a GLOB over the texts": "/archive/sections?text__glob=" + "*a" * 200,
    "a path upwards": "/-/static/../../../../etc/passwd",
    "a coded path upwards": "/-/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "a capture upwards": "/capture/..%2f..%2f..%2fetc%2fpasswd",
    "the path of the file": "/-/databases.json",
    "the threads": "/-/threads.json",
    "another database": "/_internal/databases.json",
    "a null byte": "/report/%00",
    "an array of facets": "/archive/reports.json?_facet_array=title&_facet_date=title",
    "a through that is not one": "/archive/reports.json?_through={%22table%22:%22x%22",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a hostile request got."""

    name: str
    status: int
    seconds: float
    body: bytes


def path_of(sql: str) -> str:
    """The address that asks for a query."""
    return f"/archive.json?_shape=array&sql={quote(sql)}"


async def ask(session: aiohttp.ClientSession, base: str, name: str, path: str) -> Answer:
    """Asks once; an address stays as it is written, dots and all."""
    from yarl import URL

    begun = time.perf_counter()
    async with session.get(URL(base + path, encoded=True)) as response:
        body = await response.read()
        return Answer(name, response.status, time.perf_counter() - begun, body)


async def all_answers(base: str, at_once: int) -> list[Answer]:
    """The answers to everything hostile, so many at a time."""
    paths = [(name, path_of(sql)) for name, sql in QUERIES.items()] + list(ADDRESSES.items())
    gate = asyncio.Semaphore(at_once)
    async with aiohttp.ClientSession(max_line_size=1 << 17, max_field_size=1 << 17) as session:

        async def one(name: str, path: str) -> Answer:
            async with gate:
                return await ask(session, base, name, path)

        return list(await asyncio.gather(*(one(name, path) for name, path in paths)))


@dataclass(slots=True)
class Others:
    """Readers who ask for ordinary pages: how long they waited, and what failed."""

    seconds: list[float]
    failures: list[str]

    def percentile(self, share: float) -> float:
        """The time within which such a share was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def others(base: str, paths: list[str]) -> Iterator[Others]:
    """Four readers who ask for the pages in turn, as long as the block runs."""
    stop = Event()
    felt = Others([], [])

    async def read() -> None:
        async with aiohttp.ClientSession() as session:

            async def reader(offset: int) -> None:
                number = offset
                while not stop.is_set():
                    begun = time.perf_counter()
                    path = paths[number % len(paths)]
                    try:
                        async with session.get(base + path) as response:
                            await response.read()
                            if response.status != 200:
                                felt.failures.append(f"{path}: {response.status}")
                    except aiohttp.ClientError as error:
                        felt.failures.append(f"{path}: {error!r}")
                    felt.seconds.append(time.perf_counter() - begun)
                    number += 1
                    await asyncio.sleep(0.05)  # a reader, not a load test

            await asyncio.gather(*(reader(offset) for offset in range(4)))

    thread = Thread(target=lambda: asyncio.run(read()))
    thread.start()
    try:
        yield felt
    finally:
        stop.set()
        thread.join()


PAGES = ["/", "/archive/reports", "/search?q=公开", "/archive/agencies.json"]


def main(reports: int = REPORTS) -> None:
    """Prints each request with its answer and time, then memory, and the other readers alone and meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), reports)
        with served(Path(folder)) as site:
            run(site)


def run(site: Served) -> None:
    """The measurement on a running site."""
    with others(site.base, PAGES) as calm:
        time.sleep(SECONDS_FOR_PAGES)
    with others(site.base, PAGES) as disturbed:
        answers = asyncio.run(all_answers(site.base, at_once=1))
    peaks = site.memory()
    with others(site.base, PAGES) as flooded:
        flood = asyncio.run(all_answers(site.base, at_once=12))
    for answer in answers:
        late = "  LATE" if answer.seconds > SECONDS else ""
        said = answer.body[:70].decode("utf-8", "replace").replace("\n", " ")
        print(f"  {answer.name:32} {answer.status} {answer.seconds:6.2f} s{late}  {said}")
    print(f"  slowest {max(answer.seconds for answer in answers):.2f} s, one at a time")
    busy = sum(answer.status == 503 for answer in flood)
    print(f"  twelve at a time: slowest {max(answer.seconds for answer in flood):.2f} s, {busy} told to come again")
    highest = {"one at a time": max(peaks.values()), "in the flood": max(site.memory().values())}
    shown = (f"{most / 1e6:.0f} MB {when}{'  OVER' if most > CAP else ''}" for when, most in highest.items())
    print("  highest resident memory of a process:", ", ".join(shown))
    for name, felt in (("alone", calm), ("with hostile requests", disturbed), ("in the flood", flooded)):
        print(
            f"  other readers {name}: {len(felt.seconds)} pages, p50 {1000 * felt.percentile(0.5):.0f} ms,"
            f" p95 {1000 * felt.percentile(0.95):.0f} ms, {len(felt.failures)} failed"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS)
