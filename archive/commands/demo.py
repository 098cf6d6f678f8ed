"""`gongkai demo`: the whole route on the made-up portals of demo/, over HTTP on this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from archive.commands import crawl, processes
from archive.commands.common import DataType, Problem, progress, route_problems, say
from archive.commands.exits import EXIT_CODES_HELP, Exit
from archive.commands.parse import parse_data
from archive.exports.names import MANIFEST_FILE
from archive.registry import registry_of
from archive.route import building, exporting
from archive.site.serve import DEFAULT_PORT, ServeError, serve
from archive.steps import EXPORTS

DEMO_PORT = 8702
DELAY = 0.02
"""Seconds between two requests to a host. The portals are ours and on this machine; no real portal gets so little."""


@click.command(epilog=EXIT_CODES_HELP)
@click.option(
    "--data",
    type=DataType(file_okay=False),
    metavar="DIR",
    default=Path("demo-data"),
    show_default=True,
    help="Directory to work in; a second run goes on with what is there.",
)
@click.option("--no-serve", is_flag=True, help="End after the exports instead of serving the site.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="Port of the site."
)
@click.option(
    "--demo-port", type=click.IntRange(1, 65535), default=DEMO_PORT, show_default=True, help="Port of the portals."
)
def demo(data: Path, no_serve: bool, port: int, demo_port: int) -> None:
    """Walk the whole route on made-up portals: crawl over HTTP, parse, build, export, then serve.

    The portals of demo/ are played by a small server on loopback; their agencies and reports are invented. Some of them
    block, break half-way or close a path by robots.txt, as real ones do: the crawl reports each with its reason.
    """
    with tempfile.TemporaryDirectory(prefix="gongkai-demo-") as folder, route_problems():
        registry = Path(folder)
        say("1/4 The made-up portals start, and the crawl begins.")
        if processes.run("demo", "--write-registry", folder, "--port", str(demo_port)):
            raise Problem("the registry of the demo portals could not be written; the reason stands above")
        _crawl(data, registry / "portals.csv", registry / "agencies.csv", demo_port)
        say("2/4 The captures are read.")
        parse_data(data)
        say("3/4 The archive is built, verified and published, with its exports.")
        with progress() as report:
            published = building.build(data, registry_of(data), progress=report)
    held = published.holdings
    say(f"    generation {published.generation.number}: {len(held.reports)} reports of {len(held.agencies)} agencies")
    exports = data / EXPORTS
    files = exporting.export(data, exports)
    say(f"    {len(files)} files for re-users in {exports}; {exports / MANIFEST_FILE} lists them")
    if no_serve:
        return
    say("4/4 The site starts; Ctrl-C ends it. Try a search for 行政复议.")
    try:
        serve(data, port=port)
    except ServeError as error:
        raise Problem(str(error)) from error


def _crawl(data: Path, portals: Path, agencies: Path, port: int) -> None:
    """Crawls the demo portals while their server runs; failed portals are part of the demonstration."""
    settings = (f"DOWNLOAD_DELAY={DELAY}", "GONGKAI_RETRY_DELAY=0.2")
    try:
        with processes.running("demo", ["--port", str(port)], ready="Ctrl-C ends"):
            code = processes.run("crawler", *crawl.arguments(data, portals, agencies, settings=settings))
    except RuntimeError as error:
        raise Problem(f"{error}. Is port {port} taken? Try --demo-port") from error
    if code not in (Exit.DONE, Exit.WITH_FAILURES):
        raise Problem("the crawl of the demo portals failed; the reason stands above", Exit(code))
