"""`gongkai platforms`: begin the module of a CMS that none reads yet."""

from __future__ import annotations

from pathlib import Path

import click

from archive.commands import processes
from archive.commands.common import data_option
from archive.commands.discover import arguments
from archive.commands.exits import EXIT_CODES_HELP, Exit

PAGES_OF_A_LOOK = 5
"""robots.txt, the list, and what may redirect to it."""


@click.group(epilog=EXIT_CODES_HELP)
def platforms() -> None:
    """Keep the platforms: begin the module of a CMS that no module reads yet.

    This is for a checkout of the project. CONTRIBUTING.md says what makes a good one.
    """


@platforms.command("new", epilog=EXIT_CODES_HELP)
@click.argument("name")
@click.option(
    "--from", "sources", metavar="FILE|URL", multiple=True, required=True, help="A page of a list; may be given again."
)
@click.option(
    "--url", "addresses", metavar="URL", multiple=True, help="The address of a FILE that does not say it, in order."
)
@click.option("--where", metavar="TEXT", help="Which portals use the CMS, for the module's docstring.")
@click.option(
    "--to",
    "checkout",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    help="The checkout to write into. [default: this directory]",
)
@data_option
@click.option("--look", is_flag=True, help="Fetch each URL first, politely, as `gongkai discover` does.")
@click.option("-s", "settings", metavar="SETTING=VALUE", multiple=True, help="A Scrapy setting for --look.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.pass_context
def new_platform(
    context: click.Context,
    name: str,
    sources: tuple[str, ...],
    addresses: tuple[str, ...],
    where: str | None,
    checkout: Path,
    data: Path,
    look: bool,
    settings: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Begin the platform NAME from pages of its lists of annual reports.

    A page is a saved file, or a URL that DATA holds from a crawl, from `gongkai discover --data DIR` or from --look.
    Proposes signs to know the CMS by that no recorded page of another platform shows; writes a module that reads lists
    as any portal's are read, the pages as fixtures on a made-up host, the expected entries beside them marked as not
    reviewed (the tests fail until they are), and registers it; then says what to do next.
    """
    if look:
        for url in sources:
            if "://" in url:
                words = arguments(url, data, 1, PAGES_OF_A_LOOK, settings)
                code, _ = processes.output("crawler.discover", *words, "--quiet")
                if code not in (Exit.DONE, Exit.WITH_FAILURES):
                    context.exit(code)
    words = [name, "--data", str(data), "--to", str(checkout)]
    for option, values in (("--from", sources), ("--url", addresses), ("--where", (where,) if where else ())):
        for value in values:
            words += [option, value]
    context.exit(processes.run("crawler.newplatform", *words, *(("--dry-run",) if dry_run else ())))
