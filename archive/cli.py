"""The `gongkai` command: every subcommand is a module of `archive.commands`."""

from __future__ import annotations

import importlib
from importlib.metadata import version

import click

from archive.commands.common import EXIT_CODES_HELP

SUBCOMMANDS = (
    "discover",
    "portals",
    "crawl",
    "parse",
    "build",
    "export",
    "serve",
    "nightly",
    "coverage",
    "check",
    "show",
    "demo",
    "savefixture",
)


class LazyGroup(click.Group):
    """Imports a subcommand only when it is asked for, so that `gongkai --help` and shell loops stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The subcommands in the order of the route, not of the alphabet."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of this name, or None."""
        if cmd_name not in SUBCOMMANDS:
            return None
        command = getattr(importlib.import_module(f"archive.commands.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, epilog=EXIT_CODES_HELP, context_settings={"max_content_width": 100})
@click.version_option(version("gongkai"), prog_name="gongkai")
def main() -> None:
    """Gongkai (公开): crawl, read and publish the annual disclosure reports of Chinese public bodies.

    Who is crawled is kept with `gongkai portals`. The route is crawl, parse, build, serve; `gongkai nightly` walks it
    under a lock, and `gongkai demo` shows all of it on made-up portals on this machine. Every subcommand takes
    --data DIR.
    """
