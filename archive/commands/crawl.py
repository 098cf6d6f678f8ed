"""`gongkai crawl`: fetch what is new into DATA."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands import processes
from archive.commands.common import Problem, data_option, registry_options, route_problems
from archive.commands.crawl_options import choice_options, choices
from archive.commands.exits import EXIT_CODES_HELP
from archive.commands.readers import SchedulerAddress
from archive.commands.shards import crawl_in_shards
from archive.merging import MergeError


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@registry_options
@choice_options
@click.option("--shard", metavar="I/N", help="Only the sites of part I of N, such as 1/3; the same on every machine.")
@click.option("--vantage", metavar="NAME", help="Where this crawl is run from; recorded with what portals answered.")
@click.option(
    "--scheduler",
    type=SchedulerAddress(),
    metavar="URL",
    help="Crawl in shards on the Dask cluster of this scheduler, such as tcp://HOST:8786, by its workers with the "
    "resource `crawl`, and merge what they bring into DATA. Needs the extra `cluster`.",
)
@click.option("--shards", type=click.IntRange(min=1), metavar="N", help="In so many; default: as the workers take.")
@click.option(
    "--shard-data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where workers keep their shards; default: DATA/shards, at the same path on each. `~` is a worker's own home.",
)
@click.option("--quiet", is_flag=True, help="No progress, only the summary.")
@click.pass_context
def crawl(
    context: click.Context,
    data: Path,
    portals: Path | None,
    agencies: Path | None,
    portal_ids: tuple[str, ...],
    years: str | None,
    shard: str | None,
    vantage: str | None,
    settings: tuple[str, ...],
    scheduler: str | None,
    shards: int | None,
    shard_data: Path | None,
    quiet: bool,
) -> None:
    """Fetch what is new into DATA, politely.

    Obeys robots.txt and Crawl-delay, asks each host one thing at a time, and stops at a block instead of passing it.
    Every URL found ends in a named outcome in DATA/ledger.db. Ctrl-C ends cleanly; the same command goes on where it
    stopped. Proxies are taken from http_proxy and https_proxy. Set the contact that portals see with
    -s GONGKAI_CONTACT=you@example.org or the environment variable GONGKAI_CONTACT.

    With --shard several crawls share the work, each with a DATA of its own; `gongkai merge` unites them. With
    --scheduler that is done by the workers of a Dask cluster: a shard whose worker dies goes on where its disk is, or
    begins anew, and never before the first one has stopped for certain.
    """
    if scheduler is not None:
        if shard is not None:
            raise click.UsageError("give either --shard or --scheduler: a cluster crawls all shards")
        # Each shard is told its progress by its ledger, so its crawler says nothing meanwhile.
        wishes = choices(portal_ids, years, settings, quiet=True)
        try:
            with route_problems():
                ended = crawl_in_shards(
                    *(data, scheduler, wishes),
                    shards=shards,
                    directory=shard_data,
                    portals=portals,
                    agencies=agencies,
                    vantage=vantage,
                    quiet=quiet,
                )
            context.exit(ended)
        except MergeError as error:
            raise Problem(str(error)) from error
    if shards is not None or shard_data is not None:
        raise click.UsageError("--shards and --shard-data are for a crawl on a cluster: give --scheduler too")
    words = arguments(data, portals, agencies, portal_ids, years, settings, quiet)
    part = [word for name, given in (("--shard", shard), ("--vantage", vantage)) if given for word in (name, given)]
    context.exit(processes.run("crawler", *words, *part))


def arguments(
    data: Path,
    portals: Path | None,
    agencies: Path | None,
    portal_ids: tuple[str, ...] = (),
    years: str | None = None,
    settings: tuple[str, ...] = (),
    quiet: bool = False,
) -> list[str]:
    """The arguments of `python -m crawler` for these options."""
    result = ["--data", str(data)]
    if portals:
        result += ["--portals", str(portals)]
    if agencies:
        result += ["--agencies", str(agencies)]
    return [*result, *choices(portal_ids, years, settings, quiet=quiet)]
