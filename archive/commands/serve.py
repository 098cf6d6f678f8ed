"""`gongkai serve`: the site on the published archive."""

from __future__ import annotations

import re
from pathlib import Path

import click

from archive.commands.common import Problem, data_option
from archive.commands.exits import EXIT_CODES_HELP
from archive.site.serve import DEFAULT_HOST, DEFAULT_PORT, ServeError
from archive.site.serve import serve as serve_site

_PATH = re.compile(r"/?(?:[A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*")
"""A path of the unreserved characters of RFC 3986; anything else is written in more than one way, and not found."""


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option("--host", default=DEFAULT_HOST, show_default=True, help="Address to listen on; put a proxy before it.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0 takes a free one."
)
@click.option("--base-url", default="/", show_default=True, help="Path under which a proxy shows the site: /gongkai/")
@click.option("--no-sql", is_flag=True, help="Turn off queries in SQL by readers; filters, search and downloads stay.")
@click.option(
    "--ops-port",
    type=click.IntRange(0, 65535),
    help="Answer /-/health and /-/metrics on this port, to this machine only; 0 takes a free one.",
)
def serve(data: Path, host: str, port: int, base_url: str, *, no_sql: bool, ops_port: int | None) -> None:
    """Serve the published archive as a site, and follow it when a new one is published.

    One process serves one generation. When DATA/current moves, a new process is started and looked at before the old
    one finishes what it is answering and ends, so no request fails; a damaged archive is refused and the old one
    stays. Before it takes over, the new one answers the pages that take its first reader long, for a minute at most.
    Readers may query in SQL, in processes of their own with little time and memory. Ctrl-C or SIGTERM ends it.
    """
    if not _PATH.fullmatch(base_url):
        raise click.BadParameter(f"{base_url!r} is no path such as /gongkai/", param_hint="--base-url")
    if port and port == ops_port:
        raise click.UsageError("give --ops-port another port than --port")
    try:
        serve_site(data, host, port, allow_sql=not no_sql, prefix=base_url, operators_port=ops_port)
    except ServeError as error:
        raise Problem(str(error)) from error
