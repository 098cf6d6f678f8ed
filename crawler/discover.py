"""`python -m crawler.discover URL`: looks at one portal from its home page, and tells what a crawl would find.

It is a run of the crawler like any other, over a directory of its own, that leaves the reports themselves out.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import click

from archive.models import Portal
from archive.registry import CENTRAL, load_divisions, portal_lines, propose_id
from crawler.ending import DONE, FAILED, WITH_FAILURES, problems_said
from crawler.guard import read_url
from crawler.options import Options, read_settings
from crawler.run import crawl
from crawler.session import Session
from crawler.walk import Walk, read_walk
from crawler.walk_text import as_json, as_text

FOLDER = "discover"
"""Where in a data directory walks are kept: apart from its archive, since nobody has reviewed them."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("url")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep the pages in DIR/discover.")
@click.option("--clicks", type=click.IntRange(1, 4), default=4, help="Steps from the home page to a column.")
@click.option("--pages", type=click.IntRange(1), default=80, help="Pages to ask a host for at most.")
@click.option("-s", "assignments", multiple=True, metavar="NAME=VALUE", help="A setting, as in Scrapy.")
@click.option("--json", "as_data", is_flag=True, help="JSON instead of text.")
@click.option("--quiet", is_flag=True, help="No progress.")
def main(
    url: str, data: Path | None, clicks: int, pages: int, assignments: tuple[str, ...], as_data: bool, quiet: bool
) -> None:
    """Look at the portal whose home page is URL."""
    with problems_said("another run is at work there"):
        settings = read_settings((f"GONGKAI_HOST_PAGES={pages}", *assignments), quiet=quiet)
        with ExitStack() as stack:
            folder = data / FOLDER if data else Path(stack.enter_context(tempfile.TemporaryDirectory()))
            portal = portal_of(url)
            options = Options(
                folder / portal.id, write_registry(folder, portal), portal_ids=(portal.id,), clicks=clicks
            )
            sys.exit(crawl(options, settings, lambda session: end(session, portal, as_data=as_data)))


def portal_of(url: str) -> Portal:
    """A portal of which only the home page is known (http:// is added where no scheme is given); raises BadUrl."""
    target = read_url(url if "://" in url else f"http://{url}")
    return Portal(propose_id(target.url), urlsplit(target.url).netloc, CENTRAL, None, target.url)


def write_registry(folder: Path, portal: Portal) -> Path:
    """Writes the registry of one portal for its walk; its division is not known yet, and stays in that file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{portal.id}.csv"
    path.write_text(portal_lines([portal], header=True), encoding="utf-8")
    return path


def end(session: Session, portal: Portal, *, as_data: bool) -> int:
    """Ends a walk: tells what was seen, closes the session, and returns the exit code."""
    state = "failed"
    walk: Walk | None = None
    try:
        if session.fatal is None:
            walk = read_walk(session.ledger, session.store, portal, load_divisions())
            state = "interrupted" if session.interrupted else "complete"
    finally:
        session.close(state, {"portals": {}, "fatal": session.fatal})
    for bug in session.bugs:
        click.echo(f"Warning: a bug of ours, please report it: {bug}", err=True)
    if walk is None:
        click.echo(f"Error: {session.fatal}", err=True)
        return FAILED
    if as_data:
        click.echo(json.dumps(as_json(walk), ensure_ascii=False, indent=1))
    else:
        for line in as_text(walk):
            click.echo(line)
    return DONE if walk.complete and state == "complete" and not session.bugs else WITH_FAILURES


if __name__ == "__main__":
    main()
