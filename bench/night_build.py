"""A build after a night that changed 1 % of the reports, against a full build: `python -m bench.night_build [REPORTS]`.

DATA is generated, with what the parser makes of its captures. A full build is published; then a night corrects some
reports and brings some new ones, and the archive is built twice: upon the last one, and in full. Each build is a
process of its own, so that its CPU time and peak memory are its own. Both archives are then compared row by row, the
search index token by token, and all exports byte by byte. Exit code 1 if anything differs.
"""

from __future__ import annotations

import argparse
import hashlib
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import zip_longest
from pathlib import Path

from archive.generations import current
from bench.made_data import AGENCIES, PORTALS, fill, night
from bench.measure import Cost, measured

REPORTS, SHARE = 3_000, 0.01
TIMED = ("build_info.csv", "build_info.parquet", "datapackage.json", "manifest.json")
"""Exports that say when they were built, and of which generation they are."""


def build(data: Path, *more: str) -> tuple[Cost, str]:
    """Builds and publishes DATA as `gongkai build` does."""
    registry = ("--portals", str(data / PORTALS), "--agencies", str(data / AGENCIES))
    return measured(["build", "--data", str(data), *registry, *more])


def differences(one: Path, other: Path) -> Iterator[str]:
    """Where two archives differ: tables row by row in the order in which they stand, the index token by token."""
    with closing(sqlite3.connect(one)) as left, closing(sqlite3.connect(other)) as right:
        names = [name for (name,) in left.execute("select name from sqlite_master where type = 'table' order by name")]
        for connection in (left, right):
            connection.execute("create virtual table temp.tokens using fts5vocab(main, sections_fts, instance)")
        tables = [name for name in names if not name.startswith(("sections_fts", "sqlite_", "build_info"))]
        for table in (*tables, "sections_fts_docsize", "tokens"):
            query = f'select * from "{table}"'
            for number, (row, its) in enumerate(zip_longest(left.execute(query), right.execute(query)), 1):
                if row != its:
                    yield f"{table}, row {number}: {row} and {its}"
                    break


def other_exports(one: Path, other: Path) -> Iterator[str]:
    """The exports that are not the same byte by byte, those apart that name their generation."""
    files = {path.relative_to(home) for home in (one, other) for path in home.rglob("*") if path.is_file()}
    for name in sorted(files):
        if name.name in TIMED or "feed" in name.name or name.suffix in (".xml", ".atom"):
            continue
        paths = (one / name, other / name)
        if not all(path.is_file() for path in paths):
            yield f"{name} is in one only"
        elif len({hashlib.sha256(path.read_bytes()).digest() for path in paths}) > 1:
            yield f"{name} is not the same"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.night_build", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reports", nargs="?", type=int, default=REPORTS)
    parser.add_argument("--share", type=float, default=SHARE, help="share of the reports that the night changes")
    parser.add_argument("--nights", type=int, default=1, help="nights in a row, each built upon the last")
    options = parser.parse_args(arguments)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        room = max(2, round(options.reports * options.share)) * options.nights
        fill(data, options.reports, read=True, more=room)
        print(f"{options.reports} reports, the first build: {build(data, '--full')[0]}", flush=True)
        count = options.reports
        for _ in range(options.nights):
            corrected, new = night(data, count, options.share)
            count += new
            print(f"a night with {corrected} corrected and {new} new reports", flush=True)
            upon, said = build(data)
            print("  " + "\n  ".join(line for line in said.splitlines() if "taken over" in line or "anew" in line))
            print(f"  upon the last archive: {upon}", flush=True)
        last = current(data)
        full, _ = build(data, "--full")
        anew = current(data)
        assert last is not None
        assert anew is not None
        print(f"  in full:               {full}")
        print(f"  {100 * upon.cpu / full.cpu:.1f} % of the CPU time, {100 * upon.wall / full.wall:.1f} % by the clock")
        wrong += differences(last.archive, anew.archive)
        wrong += other_exports(last.path / "exports", anew.path / "exports")
    print(
        "\n".join(wrong) if wrong else "both archives are the same, row by row and token by token, and so are exports"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
