"""`gongkai export`: the files for re-users, as they were made with the published archive."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.common import data_option, progress, route_problems, say
from archive.commands.exits import EXIT_CODES_HELP, Exit
from archive.route import exchanging, exporting
from archive.steps import EXPORTS
from archive.storage import Bucket, kept_at, read_address


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option(
    "--to",
    metavar="DIR",
    help="Where to put the files; exports, in DATA or in its bucket, if not given. Files of the same name are "
    "replaced. Below s3://BUCKET/PREFIX each generation has a place of its own, and nothing is replaced.",
)
@click.option(
    "--wacz",
    is_flag=True,
    help="Write the captures instead: one WACZ file a portal, which replay tools open as it is (docs/operating.md).",
)
@click.option("--portal", "portals", multiple=True, metavar="ID", help="With --wacz: only these portals.")
def export(data: Path, to: str | None, wacz: bool, portals: tuple[str, ...]) -> None:
    """Copy the exports of the published archive to a directory.

    \b
    archive.db           the whole archive as one SQLite file
    reports.jsonl        one report a line, every cell with its state (docs/json.md)
    *.csv, *.parquet     every table (docs/dictionary.md); the longest CSV are gzipped
    wide-YEAR.csv        a report a row, for a spreadsheet
    feeds/               Atom and JSON feeds of new and changed reports: all, by province, by agency
    datapackage.json     the tables and their columns (frictionless data package)
    report.schema.json   JSON Schema of a line of reports.jsonl
    manifest.json        sha256, size and rows of each file, when and from what it was made; written last

    The files belong to the archive that is served now, row for row. They were made when it was built; this command
    only copies them, and unpacks reports.jsonl.
    """
    if to is not None and "://" not in to and Path(to).is_file():
        raise click.BadParameter(f"{to} is a file; name a directory", param_hint="--to")
    if portals and not wacz:
        raise click.UsageError("--portal goes with --wacz; the other exports are of the whole archive")
    bucket = _bucket(data, to, wacz=wacz)
    home = data / EXPORTS if to is None else Path(to)
    if wacz:
        _write_wacz(data, home / "wacz" if to is None else home, portals)
    elif bucket is not None:
        with route_problems(), progress() as report:
            place, stored = exporting.export_to_bucket(data, bucket, progress=report)
        say(f"{place}  {len(stored):,} files, {sum(one.size for one in stored):,} bytes")
    else:
        with route_problems(), progress() as report:
            files = exporting.export(data, home, progress=report)
        for path in files:
            if path.parent == home:
                say(f"{path}  {path.stat().st_size:,} bytes")
        feeds = sum(path.parent != home for path in files)
        say(f"{home / 'feeds'}  {feeds:,} files")


def _bucket(data: Path, to: str | None, *, wacz: bool) -> Bucket | None:
    """Where the exports go, if that is in a bucket."""
    if to is not None and "://" in to:
        try:
            address = read_address(to)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--to") from error
        if wacz:
            raise click.UsageError("--wacz writes into a directory; copy the files to the bucket from there")
        return Bucket(address)
    with route_problems():
        kept = kept_at(data)
    return None if to is not None or kept is None else Bucket(kept.below(EXPORTS))


def _write_wacz(data: Path, to: Path, portals: tuple[str, ...]) -> None:
    """One WACZ file a portal; captures that are damaged are named, and the exit code is then 3."""
    damaged = []
    with route_problems(), progress() as report:
        for written in exchanging.export_wacz(data, to, portals, progress=report):
            say(f"{written.path}  {written.path.stat().st_size:,} bytes, {written.records:,} records")
            damaged += written.damaged
    for problem in damaged:
        say(f"left out: {problem}")
    if damaged:
        raise SystemExit(Exit.WITH_FAILURES)
