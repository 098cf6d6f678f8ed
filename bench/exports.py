"""Exports of many reports: seconds, peak memory and bytes; and whether what was written says what the database says.

Run: `python -m bench.exports [REPORTS] [--night [N]] [--validate]`; `--night` makes them once more as after a night in
which one in N reports (100) was new or corrected, and compares; `--validate` has the frictionless validator read
everything, which takes longer than all the rest.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from pyarrow import RecordBatch, csv, parquet

from archive import wire
from archive.database.build import build_database
from archive.database.inputs import report_digests
from archive.exports.names import PACKAGE_FILE
from archive.exports.previous import Before
from archive.exports.resources import Resource, load_resources
from archive.exports.rows import ARROW
from archive.exports.write import export_all
from archive.holdings import Holdings, PackedReport, Report, Reports
from bench.made_archive import holdings as made_holdings

BUILT_AT = "2026-03-01T00:00:00Z"
BLOCK = 64 * 1024 * 1024


def equal(archive: Path, folder: Path, table: Resource) -> int:
    """Compares both files of a table with the database, batch by batch, and returns its rows; exits if they differ."""
    with closing(sqlite3.connect(archive)) as connection:
        typed = parquet.ParquetFile(folder / table.parquet).iter_batches(20_000)
        count = _rows_as_held(connection, table, table.parquet, typed)
        printed = csv.open_csv(
            folder / table.csv,
            read_options=csv.ReadOptions(block_size=BLOCK),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types={field.name: ARROW[field.type] for field in table.fields},
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        )
        _rows_as_held(connection, table, table.csv, printed)
    return count


def _rows_as_held(connection: sqlite3.Connection, table: Resource, name: str, batches: Iterable[RecordBatch]) -> int:
    """The number of rows of a file, which must be those of the database; exits if they are not."""
    held = connection.execute(table.select())
    count = 0
    for batch in batches:
        rows = list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
        if rows != held.fetchmany(len(rows)):
            raise SystemExit(f"{name} differs from the database")
        count += len(rows)
    if held.fetchone() is not None:
        raise SystemExit(f"{name} has fewer rows than the database")
    return count


def evening(now: Holdings, changed: int) -> Holdings:
    """The holdings before the night in which one in `changed` reports was new or corrected, by turns."""
    gone, other = set(), {}
    for place, report in enumerate(now.reports):
        if place % (2 * changed) == changed // 3:
            gone.add(report.id)
        elif place % (2 * changed) == changed // 3 + changed:
            other[report.id] = misprinted(report)
    return replace(
        now,
        reports=Reports(other.get(report.id, report) for report in now.reports if report.id not in gone),
        coverage=tuple(entry for entry in now.coverage if entry.report_id not in gone),
    )


def misprinted(report: Report) -> Report:
    """The report with one more in a number and a sentence more in its text."""
    body = report.current.packed.json()
    cell = next(cell for cell in body["statistics"] if cell["state"] == "number")
    cell["value"] += 1
    cell["raw"] = str(cell["value"])
    body["sections"][0]["text"] += "\n另有说明。"
    packed = PackedReport.pack(wire.dumps(body))
    return replace(report, versions=(*report.versions[:-1], replace(report.current, packed=packed)))


@dataclass(frozen=True)
class Cost:
    """What writing took: seconds of the clock and of the CPU, files, and what was said."""

    wall: float
    cpu: float
    files: tuple[Path, ...]
    said: tuple[str, ...]

    @classmethod
    def of(cls, holdings: Holdings, archive: Path, to: Path, before: Before | None = None) -> Cost:
        """Writes the exports and says what that took."""
        said: list[str] = []
        start, cpu = time.perf_counter(), time.process_time()
        files = export_all(holdings, archive, to, before=before, said=said.append)
        return cls(time.perf_counter() - start, time.process_time() - cpu, files, tuple(said))


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compare_night(now: Holdings, archive: Path, folder: Path, full: Cost, changed: int) -> None:
    """Prints what the exports cost after a night, beside those made in full; exits if a file differs."""
    then = evening(now, changed)
    (folder / "then").mkdir()
    build_database(folder / "then" / "archive.db", then, built_at=BUILT_AT)
    Cost.of(then, folder / "then" / "archive.db", folder / "then" / "exports")
    digests = dict(report_digests(then))
    kept = frozenset(report for report, digest in report_digests(now) if digests.get(report) == digest)
    before = peak()
    night = Cost.of(now, archive, folder / "night", Before(folder / "then" / "exports", kept))
    if night.said:
        raise SystemExit(night.said[0])
    for path in sorted((folder / "exports").rglob("*")):
        name = path.relative_to(folder / "exports")
        if path.is_file() and path.read_bytes() != (folder / "night" / name).read_bytes():
            raise SystemExit(f"{name} differs from the one that was made in full")
    share, others = 1 - len(kept) / len(now.reports), night.cpu / full.cpu
    print(f"  after a night that changed 1 in {changed} (rows of {share:.1%} of all reports are others):", end=" ")
    print(f"{night.wall:.1f} s ({night.cpu:.1f} s CPU), {others:.1%} of the CPU of all anew; every file is the same")
    print(f"  peak memory {peak():.0f} MB, {before:.0f} MB of it before")


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints what the exports of so many made-up reports take."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("reports", type=int, nargs="?", default=20_000)
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--night", type=int, metavar="N", nargs="?", const=100, help="also after one in N was changed")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = folder / "archive.db"
        holdings = made_holdings(options.reports)
        build_database(archive, holdings, built_at=BUILT_AT)
        before = peak()
        full = Cost.of(holdings, archive, folder / "exports")
        size = sum(path.stat().st_size for path in full.files) / 1e6
        print(f"{options.reports} reports: written in {full.wall:.1f} s ({full.cpu:.1f} s CPU);", end=" ")
        print(f"{len(full.files)} files, {size:.0f} MB;")
        print(f"  peak memory {peak():.0f} MB, {before:.0f} MB of it before the exports began (holdings and database)")
        rows = sum(equal(archive, folder / "exports", table) for table in load_resources())
        print(f"  CSV and Parquet re-read equal to the database: {rows:,} rows of {len(load_resources())} tables")
        if options.night:
            compare_night(holdings, archive, folder, full, options.night)
        if options.validate:
            validate(folder / "exports")


def validate(folder: Path) -> None:
    """Prints what frictionless makes of the package."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", "--json", PACKAGE_FILE],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = json.loads(done.stdout)
    print(f"  frictionless: {report['stats']['errors']} errors in {report['stats']['tasks']} files,", end=" ")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
