"""`gongkai export`: the files for re-users, as they were made with the published archive."""

from __future__ import annotations

from pathlib import Path

import click

from archive import route
from archive.commands.common import data_option, route_problems, say
from archive.commands.exits import EXIT_CODES_HELP


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to put the files; DATA/exports if not given. Files of the same name are replaced.",
)
def export(data: Path, to: Path | None) -> None:
    """Copy the exports of the published archive to a directory.

    `reports.jsonl` has one line per report: sections, every cell with its state, findings, and where it was published
    and captured; docs/json.md explains each field. The files belong to the archive that is served now, row for row.
    """
    with route_problems():
        files = route.export(data, to or data / "exports")
    for path in files:
        say(f"{path}  {path.stat().st_size:,} bytes")
