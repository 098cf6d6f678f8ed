"""`gongkai export`: the files for re-users, as they were made with the published archive."""

from __future__ import annotations

from pathlib import Path

import click

from archive import route
from archive.commands.common import data_option, progress, route_problems, say
from archive.commands.exits import EXIT_CODES_HELP, Exit


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to put the files; DATA/exports if not given. Files of the same name are replaced.",
)
@click.option(
    "--wacz",
    is_flag=True,
    help="Write the captures instead: one WACZ file a portal, which replay tools open as it is (docs/operating.md).",
)
@click.option("--portal", "portals", multiple=True, metavar="ID", help="With --wacz: only these portals.")
def export(data: Path, to: Path | None, wacz: bool, portals: tuple[str, ...]) -> None:
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
    only copies them.
    """
    home = to or data / "exports"
    if portals and not wacz:
        raise click.UsageError("--portal goes with --wacz; the other exports are of the whole archive")
    if wacz:
        _write_wacz(data, home / "wacz" if to is None else home, portals)
        return
    with route_problems(), progress() as report:
        files = route.export(data, home, progress=report)
    for path in files:
        if path.parent == home:
            say(f"{path}  {path.stat().st_size:,} bytes")
    feeds = sum(path.parent != home for path in files)
    say(f"{home / 'feeds'}  {feeds:,} files")


def _write_wacz(data: Path, to: Path, portals: tuple[str, ...]) -> None:
    """One WACZ file a portal; captures that are damaged are named, and the exit code is then 3."""
    damaged = []
    with route_problems(), progress() as report:
        for written in route.export_wacz(data, to, portals, progress=report):
            say(f"{written.path}  {written.path.stat().st_size:,} bytes, {written.records:,} records")
            damaged += written.damaged
    for problem in damaged:
        say(f"left out: {problem}")
    if damaged:
        raise SystemExit(Exit.WITH_FAILURES)
