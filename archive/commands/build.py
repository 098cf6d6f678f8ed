"""`gongkai build`: archive.db and the exports from the parsed captures, verified, then published."""

from __future__ import annotations

from pathlib import Path

import click

from archive import generations
from archive.commands.common import data_option, existing, progress, registry_options, route_problems, say
from archive.commands.exits import EXIT_CODES_HELP, Exit
from archive.ledger import locked
from archive.registry import registry_of
from archive.route.building import build as build_archive
from archive.steps import BUILD_LOCK


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@registry_options
@click.option("--full", is_flag=True, help="Build every row anew; the archive is the same, and takes longer.")
@click.option("--rollback", is_flag=True, help="Publish the generation before the current one again; builds nothing.")
@click.pass_context
def build(
    context: click.Context, data: Path, portals: Path | None, agencies: Path | None, full: bool, rollback: bool
) -> None:
    """Build archive.db and the exports from what `gongkai parse` read, verify them, and publish them.

    The new archive is a generation of its own, DATA/generations/N. It is published by moving the link DATA/current, and
    only if it passes: integrity, foreign keys, no loss of rows against the last generation, and sample searches that
    find what a scan finds. Otherwise the old one stays and the exit code is 5. The last three generations are kept.
    Reports that are as they were in the last generation are taken over from it, row by row, where it is sound and was
    made by the same version of parser, rules and tables; else everything is built anew, and why is said.
    What the parser made of a document may be unsound; such a report is left out and listed, and the exit code is 3.
    """
    with route_problems():
        if rollback:
            existing(data)
            with locked(data / BUILD_LOCK):  # a build that is at work would publish over it
                generation = generations.rollback(data)
            say(f"published again: generation {generation.number}, built {generation.built_at}")
            return
        registry = registry_of(data, portals, agencies)
        with progress() as report:
            published = build_archive(data, registry, full=full, progress=report, said=say)
    holdings = published.holdings
    say(
        f"published generation {published.generation.number}: {len(holdings.reports)} reports of "
        f"{len(holdings.agencies)} agencies, {len(holdings.unplaced)} documents that belong to no report"
    )
    if (start := published.start).base is not None:
        say(f"{len(start.base.kept)} of them as they were in generation {start.generation}, whose rows were taken over")
    for item in holdings.unsound:
        say(f"left out as unsound: {item.capture.url}: {item.reason}")
    if holdings.unsound:
        context.exit(Exit.WITH_FAILURES)
