"""`gongkai discover`: look at one portal from its home page, and show the way to its annual reports."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands import processes
from archive.commands.common import Command, DataType
from archive.commands.crawl_options import setting_words, settings_option
from archive.commands.exits import EXIT_CODES_HELP


def walk_options(command: Command) -> Command:
    """Adds how far a walk may go: `--clicks`, `--pages` and `-s`."""
    command = settings_option(command)
    command = click.option(
        "--pages",
        type=click.IntRange(1),
        default=80,
        show_default=True,
        help="Pages to ask a host for at most; a walk that needs more says so.",
    )(command)
    return click.option(
        "--clicks",
        type=click.IntRange(1, 4),
        default=4,
        show_default=True,
        help="Steps from the home page within which the column is looked for.",
    )(command)


@click.command(epilog=EXIT_CODES_HELP)
@click.argument("url")
@click.option(
    "--data",
    type=DataType(file_okay=False),
    metavar="DIR",
    default=None,
    help="Keep the pages seen in DIR/discover, apart from the archive in DIR; without it they are thrown away.",
)
@walk_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every step, instead of text.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def discover(
    context: click.Context,
    url: str,
    data: Path | None,
    clicks: int,
    pages: int,
    settings: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Look at the portal whose home page is URL, and show the way to its annual reports.

    Walks from the home page as politely as a crawl, under the same robots.txt, delays and allowed hosts, but fetches no
    report. Prints each page on the way with the reason for which it was followed and what it came to, the platform with
    the evidence for it, the columns with the number of reports, their years and agencies, and a row for portals.csv.
    The exit code is 3 where no report was found or a page on the way failed.
    """
    flags = (*(("--json",) if as_json else ()), *(("--quiet",) if quiet else ()))
    context.exit(processes.run("crawler.discover", *arguments(url, data, clicks, pages, settings), *flags))


def arguments(url: str, data: Path | None, clicks: int, pages: int, settings: tuple[str, ...]) -> list[str]:
    """The arguments of `python -m crawler.discover` for these options."""
    result = [url, "--clicks", str(clicks), "--pages", str(pages)]
    if data:
        result += ["--data", str(data)]
    return [*result, *setting_words(settings)]
