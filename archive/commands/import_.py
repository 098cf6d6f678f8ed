"""`gongkai import`: captures that other tools made, taken into DATA as if the crawler had met them then."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands.common import Problem, data_option, progress, route_problems, say
from archive.commands.exits import EXIT_CODES_HELP, Exit
from archive.route import exchanging
from archive.webarchives.foreign import NotAWebArchive


@click.command("import", epilog=EXIT_CODES_HELP)
@data_option
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="FILE|DIR...")
@click.option(
    "--portals",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Portals as CSV, if DATA was not crawled with a registry of its own yet.",
)
@click.option("--portal", metavar="ID", help="Give everything to this portal, whatever its host.")
@click.option("--dry-run", is_flag=True, help="Say what would be taken in, and write nothing.")
def import_(data: Path, sources: tuple[Path, ...], portals: Path | None, portal: str | None, dry_run: bool) -> None:
    """Take in captures that other tools made: WARC and WACZ files, or all below a directory.

    Files of pywb, Browsertrix, wget, Heritrix and Gongkai itself will do. Pages and files that were answered with
    status 200 are taken, with the dates of their archive, and go through the same route as what was crawled: run
    `gongkai parse` and `gongkai build` next. An answer belongs to the portal of the registry that names its host.
    What is held already is not taken twice, so the command may be repeated. Every answer that is passed over is
    counted with its reason.
    """
    try:
        with route_problems(), progress() as report:
            taken = exchanging.import_captures(
                data, sources, portals=portals, portal=portal, dry_run=dry_run, progress=report
            )
    except NotAWebArchive as error:
        raise Problem(str(error), Exit.WRONG_USE) from error
    read = "1 answer" if taken.answers == 1 else f"{taken.answers} answers"
    say(f"{read}: {taken.taken} {'would be ' if dry_run else ''}taken in")
    for reason, number in taken.passed.most_common():
        say(f"  {number} passed over: {reason}")
    for host, number in taken.hosts.most_common():
        say(
            f"    {number} from {host}: no portal of the registry names this host (--portal ID takes them all the same)"
        )
    for name in taken.without_answers:
        say(f"  {name} holds no answers: nothing of it was taken in")
    for problem in taken.damaged:
        say(f"  {problem}")
    if taken.damaged:
        raise SystemExit(Exit.WITH_FAILURES)
