"""Search in 21,000 texts, beside a LIKE scan of the same rows, and against a brute-force scan for exactness."""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from archive.search import index_text, match_expression, normalise
from bench.made_archive import make

REPORTS = 7_000  # three of the six sections of a generated report have text
QUERIES = 300


def timed(run: Callable[[], object]) -> float:
    """The best of three runs, in milliseconds."""
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best * 1000


def draw(texts: list[str], chance: random.Random) -> str:
    """A piece of 1 to 8 characters of some text, as it stands there."""
    while True:
        text = chance.choice(texts)
        length = chance.randint(1, 8)
        start = chance.randrange(max(1, len(text) - length))
        piece = text[start : start + length].strip()
        if piece and normalise(piece).strip() and not set(piece) & set('"\n\r\t -'):
            return piece


def main(reports: int = REPORTS) -> None:
    """Prints index size, times with ratios, and missing and extra rows over random queries."""
    with tempfile.TemporaryDirectory() as folder:
        generation = make(Path(folder), reports)
        with closing(sqlite3.connect(generation.archive)) as archive:
            rows = archive.execute("select docid, text from sections where text <> ''").fetchall()
            report(archive, rows)


def report(archive: sqlite3.Connection, rows: list[tuple[int, str]]) -> None:
    """Prints the figures for an archive and its texts."""
    chance = random.Random(20261122)
    normal = {docid: normalise(text) for docid, text in rows}
    queries = [draw([text for _, text in rows], chance) for _ in range(QUERIES)]
    missing = extra = 0
    for query in queries:
        expression = match_expression(query)
        found = {
            d for (d,) in archive.execute("select rowid from sections_fts where sections_fts match ?", (expression,))
        }
        wanted = normalise(query)
        truth = {docid for docid, text in normal.items() if wanted in text}
        missing += len(truth - found)
        extra += len(found - truth)
    characters = sum(len(text) for _, text in rows)
    print(f"search: {len(rows)} texts, {characters:,} characters; {QUERIES} random queries of 1-8 characters")
    print(f"  against a brute-force scan: {missing} missing, {extra} extra")
    size = sum(len(text.encode()) for _, text in rows)
    index = archive.execute("select sum(length(block)) from sections_fts_data").fetchone()[0]
    print(f"  index {index / size:.2f} x the bytes of the texts")
    some = queries[:60]
    ours = [timed(lambda q=q: count(archive, q)) for q in some]  # type: ignore[misc]
    scan = [timed(lambda q=q: like(archive, q)) for q in some[:10]]  # type: ignore[misc]
    middle, scanned = statistics.median(ours), statistics.median(scan)
    print(f"  median {middle:.2f} ms, worst {max(ours):.1f} ms; LIKE scan median {scanned:.0f} ms")
    print(f"  LIKE / ours {scanned / middle:.0f} x")
    sample = [text for _, text in rows[:2000]]
    start = time.process_time()
    for text in sample:
        index_text(text)
    print(f"  cutting a text for the index: {1e6 * (time.process_time() - start) / len(sample):.0f} µs")


def count(archive: sqlite3.Connection, query: str) -> int:
    """The number of texts that the index finds."""
    row = archive.execute("select count(*) from sections_fts where sections_fts match ?", (match_expression(query),))
    return int(row.fetchone()[0])


def like(archive: sqlite3.Connection, query: str) -> int:
    """The number of texts that a scan finds."""
    return int(archive.execute("select count(*) from sections where text like ?", (f"%{query}%",)).fetchone()[0])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS)
