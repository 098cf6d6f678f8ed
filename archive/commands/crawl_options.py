"""The options that say what a crawl asks for and how, the same for every command that crawls."""

from __future__ import annotations

from collections.abc import Iterable

import click

from archive.commands.common import Command


def settings_option(command: Command) -> Command:
    """Adds `-s SETTING=VALUE`."""
    return click.option(
        "-s",
        "settings",
        metavar="SETTING=VALUE",
        multiple=True,
        help="Set a Scrapy setting, such as DOWNLOAD_DELAY=5; may be given again.",
    )(command)


def choice_options(command: Command) -> Command:
    """Adds `--portal ID`, `--years A-B` and `-s SETTING=VALUE`."""
    command = settings_option(command)
    command = click.option(
        "--years", metavar="A-B", help="Only reports of these report years, such as 2021-2023 or 2023."
    )(command)
    return click.option(
        "--portal", "portal_ids", metavar="ID", multiple=True, help="Only this portal; may be given again."
    )(command)


def setting_words(settings: Iterable[str]) -> list[str]:
    """The settings as arguments of the crawler's own commands."""
    return [word for setting in settings for word in ("-s", setting)]


def choices(portal_ids: Iterable[str], years: str | None, settings: Iterable[str], *, quiet: bool) -> list[str]:
    """The arguments of `python -m crawler` that say what to fetch and how, wherever it is kept."""
    result = [word for portal in portal_ids for word in ("--portal", portal)]
    if years:
        result += ["--years", years]
    result += setting_words(settings)
    return [*result, "--quiet"] if quiet else result
