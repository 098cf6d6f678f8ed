"""`gongkai crawl`: fetch what is new into DATA."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands import processes
from archive.commands.common import data_option, registry_options
from archive.commands.exits import EXIT_CODES_HELP


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@registry_options
@click.option("--portal", "portal_ids", metavar="ID", multiple=True, help="Only this portal; may be given again.")
@click.option("--years", metavar="A-B", help="Only reports of these report years, such as 2021-2023 or 2023.")
@click.option("--shard", metavar="I/N", help="Only the sites of part I of N, such as 1/3; the same on every machine.")
@click.option("--vantage", metavar="NAME", help="Where this crawl is run from; recorded with what portals answered.")
@click.option(
    "-s",
    "settings",
    metavar="SETTING=VALUE",
    multiple=True,
    help="Set a Scrapy setting, such as DOWNLOAD_DELAY=5; may be given again.",
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
    quiet: bool,
) -> None:
    """Fetch what is new into DATA, politely.

    Obeys robots.txt and Crawl-delay, asks each host one thing at a time, and stops at a block instead of passing it.
    Every URL found ends in a named outcome in DATA/ledger.db. Ctrl-C ends cleanly; the same command goes on where it
    stopped. Proxies are taken from http_proxy and https_proxy. Set the contact that portals see with
    -s GONGKAI_CONTACT=you@example.org or the environment variable GONGKAI_CONTACT.

    With --shard several crawls share the work, each with a DATA of its own; `gongkai merge` unites them.
    """
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
    for portal in portal_ids:
        result += ["--portal", portal]
    if years:
        result += ["--years", years]
    for setting in settings:
        result += ["-s", setting]
    return [*result, "--quiet"] if quiet else result
