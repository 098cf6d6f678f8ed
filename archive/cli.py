"""The `gongkai` command: every subcommand is a module of `archive.commands`."""

from __future__ import annotations

import importlib
from keyword import iskeyword
from types import MappingProxyType

import click

from archive.commands.exits import EXIT_CODES_HELP

SUBCOMMANDS = MappingProxyType(
    {
        "discover": "Look at the portal whose home page is URL",
        "portals": "Keep the list of portals",
        "platforms": "Keep the platforms",
        "crawl": "Fetch what is new into DATA, politely",
        "import": "Take in captures that other tools made: WARC and WACZ files",
        "merge": "Unite the DATA of several crawls in one",
        "parse": "Read annual reports: sections, every cell of the statistics, and whether the sums hold",
        "build": "Build archive.db and the exports from what `gongkai parse` read",
        "export": "Copy the exports of the published archive to a directory",
        "serve": "Serve the published archive as a site",
        "storage": "Show where captures and exports are kept",
        "nightly": "Crawl, parse, build, verify, and publish the new archive or keep the old one",
        "status": "Show what a night is doing now, and how DATA stands",
        "coverage": "Show what the published archive holds",
        "check": "Show where published numbers do not add up",
        "show": "Show one report of the published archive",
        "demo": "Walk the whole route on made-up portals",
        "savefixture": "Record a document as a fixture",
    }
)
"""The subcommands in the order of the route, each with the first words of its own help."""


class LazyGroup(click.Group):
    """Imports a subcommand only when it is asked for, so that `gongkai --help` and shell loops stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The subcommands in the order of the route, not of the alphabet."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of this name, or None."""
        if cmd_name not in SUBCOMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command = getattr(importlib.import_module(f"archive.commands.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of subcommands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, f"{says}.") for name, says in SUBCOMMANDS.items()])


@click.group(cls=LazyGroup, epilog=EXIT_CODES_HELP, context_settings={"max_content_width": 100})
@click.version_option(package_name="gongkai", prog_name="gongkai")
def main() -> None:
    """Gongkai (公开): crawl, read and publish the annual disclosure reports of Chinese public bodies.

    Who is crawled is kept with `gongkai portals`. The route is crawl, parse, build, serve; `gongkai nightly` walks it
    under a lock, and `gongkai demo` shows all of it on made-up portals on this machine. Whatever reads or writes
    DATA takes --data DIR.
    """
