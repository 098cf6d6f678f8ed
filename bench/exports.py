"""Exports of many reports: seconds, peak memory and bytes; and whether what was written says what the database says.

Run: `python -m bench.exports [REPORTS] [--validate]`; `--validate` has the frictionless validator read everything,
which takes longer than all the rest.
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
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pyarrow import csv, parquet

from archive.database.build import build_database
from archive.exports.names import PACKAGE_FILE
from archive.exports.resources import Resource, load_resources
from archive.exports.tables import ARROW
from archive.exports.write import export_all
from bench.made_archive import holdings as made_holdings

BUILT_AT = "2026-03-01T00:00:00Z"
BLOCK = 64 * 1024 * 1024


def equal(archive: Path, folder: Path, table: Resource) -> int:
    """Compares both files of a table with the database, batch by batch, and returns its rows; exits if they differ."""
    with closing(sqlite3.connect(archive)) as connection:
        held = connection.execute(table.select())
        count = 0
        for batch in parquet.ParquetFile(folder / table.parquet).iter_batches(20_000):
            rows = list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
            if rows != held.fetchmany(len(rows)):
                raise SystemExit(f"{table.parquet} differs from the database")
            count += len(rows)
        if held.fetchone() is not None:
            raise SystemExit(f"{table.parquet} has fewer rows than the database")
        held = connection.execute(table.select())
        reader = csv.open_csv(
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
        for batch in reader:
            rows = list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
            if rows != held.fetchmany(len(rows)):
                raise SystemExit(f"{table.csv} differs from the database")
        if held.fetchone() is not None:
            raise SystemExit(f"{table.csv} has fewer rows than the database")
    return count


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints what the exports of so many made-up reports take."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("reports", type=int, nargs="?", default=20_000)
    parser.add_argument("--validate", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archive = folder / "archive.db"
        holdings = made_holdings(options.reports)
        build_database(archive, holdings, built_at=BUILT_AT)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        start, cpu = time.perf_counter(), time.process_time()
        files = export_all(holdings, archive, folder / "exports")
        took, used = time.perf_counter() - start, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = sum(path.stat().st_size for path in files) / 1e6
        print(
            f"{options.reports} reports: written in {took:.1f} s ({used:.1f} s CPU); {len(files)} files, {size:.0f} MB;"
        )
        print(f"  peak memory {peak:.0f} MB, {before:.0f} MB of it before the exports began (holdings and database)")
        rows = sum(equal(archive, folder / "exports", table) for table in load_resources())
        print(f"  CSV and Parquet re-read equal to the database: {rows:,} rows of {len(load_resources())} tables")
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
