"""`gongkai nightly`: the night in order, under a lock."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands import crawl, processes
from archive.commands.common import Problem, data_option, progress, registry_options, route_problems, say
from archive.commands.crawl_options import choice_options
from archive.commands.exits import EXIT_CODES_HELP
from archive.commands.readers import one_way_to_read, reader_options
from archive.nightly import SUMMARIES, Readers, run_night
from archive.registry import registry_of
from archive.workers import HOW, available


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@registry_options
@choice_options
@reader_options
@click.pass_context
def nightly(
    context: click.Context,
    data: Path,
    portals: Path | None,
    agencies: Path | None,
    portal_ids: tuple[str, ...],
    years: str | None,
    settings: tuple[str, ...],
    workers: int | None,
    scheduler: str | None,
) -> None:
    """Crawl, parse, build, verify, and publish the new archive or keep the old one.

    Made for a timer: it runs unattended under a lock, and a night that fails leaves the site as it was. A summary of
    what was published and what needs somebody to look at it is printed, and kept as text and JSON in DATA/nights.
    `gongkai status` says at any time what a night is doing.
    """
    if one_way_to_read(workers, scheduler) and not available():
        raise Problem(f"reading by several workers needs Dask, which is not installed: {HOW}")

    def run_crawl() -> int:
        options = crawl.arguments(data, portals, agencies, portal_ids, years, settings, quiet=True)
        return processes.run("crawler", *options)

    with route_problems(), progress() as report:
        readers = Readers(workers, scheduler, say)
        night = run_night(
            data, lambda: registry_of(data, portals, agencies), run_crawl, readers=readers, progress=report
        )
    for line in night.lines():
        say(line)
    say(f"This summary is kept in {data / SUMMARIES}.")
    context.exit(night.exit_code)
