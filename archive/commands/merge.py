"""`gongkai merge`: the DATA of several crawls, united in one."""

from __future__ import annotations

from pathlib import Path

import click

from archive import merging
from archive.commands.common import Problem, home_option, progress, route_problems, say
from archive.commands.exits import EXIT_CODES_HELP

_SHOWN = {
    "runs": "runs",
    "urls": "URLs",
    "fetches": "requests",
    "captures": "captures",
    "parses": "documents as read",
}


@click.command(epilog=EXIT_CODES_HELP)
@home_option(
    "--to",
    "--data",
    "data",
    help="The data directory that they are united in; it may be new, or hold a crawl of its own.",
)
@click.argument("directories", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="DIR...")
@click.option("--dry-run", is_flag=True, help="Say what would be added, and write nothing.")
def merge(data: Path, directories: tuple[Path, ...], dry_run: bool) -> None:
    """Unite the DATA of several crawls in one: shards of a registry, or the same portals seen from several places.

    Each DIR is a data directory of `gongkai crawl`; it is only read, and no crawl may be at work in it. Every capture
    and every request is kept. An address that several crawls asked for takes the latest answer; what a portal answered
    to one place goes before a refusal that another met. What is held already is not added twice, so the command may be
    repeated; in which order directories are named makes no difference, and only those need be named that changed since
    the last time. Run `gongkai parse` and `gongkai build` next.
    """
    try:
        with route_problems(), progress() as report:
            step = None if report is None else lambda done, total: report("copying captures", done, total)
            summary = merging.merge(directories, data, dry_run=dry_run, progress=step)
    except merging.MergeError as error:
        raise Problem(str(error)) from error
    added = [f"{number} {_SHOWN[table]}" for table, number in summary.rows.items() if number and table in _SHOWN]
    if not summary.changed:
        say("Nothing to add: all of it is held already")
        return
    verb = "would be added" if dry_run else "added"
    say(f"{', '.join(added) or 'later answers'} {verb}; {summary.bytes / 1e6:.1f} MB of captures")
