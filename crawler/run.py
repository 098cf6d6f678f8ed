"""A run from its options to its exit code: `python -m crawler` is this."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.ending import announce, finish, problems_said
from crawler.options import Options, read_part, read_settings, read_vantage, read_years
from crawler.session import Session
from crawler.spiders.annual_reports import AnnualReportsSpider

COLLECT_AFTER = (20_000, 20, 20)
"""Python's default (700, 10, 10) walks the trees of pages still being read 9,000 times in 20,000 pages: a fifth of the
crawl's CPU, against 1 % more memory."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("data"), help="Where to keep it all."
)
@click.option("--portals", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Registry of portals.")
@click.option("--agencies", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Registry of agencies.")
@click.option("--portal", "portal_ids", multiple=True, metavar="ID", help="Only this portal; may be given again.")
@click.option("--years", metavar="A-B", help="Only reports of these years.")
@click.option("--shard", metavar="I/N", help="Only the sites of part I of N.")
@click.option("--vantage", metavar="NAME", help="Where this crawl is run from, for the record.")
@click.option(
    "--lease",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file that says until when this run may ask portals; without leave it ends at once.",
)
@click.option("-s", "assignments", multiple=True, metavar="NAME=VALUE", help="A setting, as in Scrapy.")
@click.option("--quiet", is_flag=True, help="No progress, only the summary.")
def main(
    data: Path,
    portals: Path | None,
    agencies: Path | None,
    portal_ids: tuple[str, ...],
    years: str | None,
    shard: str | None,
    vantage: str | None,
    lease: Path | None,
    assignments: tuple[str, ...],
    quiet: bool,
) -> None:
    """Fetch what is new into DATA."""
    with problems_said(f"another crawl is at work in {data}"):
        settings = read_settings(assignments, quiet=quiet)
        part, place = read_part(shard), read_vantage(vantage)
        options = Options(
            data, portals, agencies, portal_ids, read_years(years), shard=part, vantage=place, lease=lease
        )
        sys.exit(crawl(options, settings))


def crawl(options: Options, settings: Settings, end: Callable[[Session], int] = finish) -> int:
    """Runs a crawl and returns its exit code; everything it has to say goes to standard output and error.

    `end` reports on the session, closes it and says the exit code.
    """
    gc.set_threshold(*COLLECT_AFTER)
    session = Session(options, settings)
    try:
        announce(session)
        process = AsyncCrawlerProcess(settings)
        process.crawl(AnnualReportsSpider, session=session)
        _watch_interrupts(session)
        process.start(install_signal_handlers=True)
        if process.bootstrap_failed:
            session.fatal = session.fatal or "the crawl could not start; the reason stands above"
    except BaseException as error:
        session.fatal = session.fatal or f"the crawl broke off ({type(error).__name__}: {error})"
        raise
    finally:
        code = end(session)
    return code


def _watch_interrupts(session: Session) -> None:
    """Lets the session know of a Ctrl-C that Scrapy handles, and says what it does."""
    from twisted.internet import reactor as installed_reactor

    reactor: Any = installed_reactor

    def installed() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            scrapys = signal.getsignal(number)

            def handler(signum: int, frame: object, scrapys: object = scrapys) -> None:
                session.interrupted = True
                if callable(scrapys):
                    scrapys(signum, frame)
                reactor.callFromThread(
                    click.echo, "\nStopping: requests on their way are finished first. Again to stop at once.", err=True
                )

            signal.signal(number, handler)

    # Once the reactor runs: Scrapy installs its own handlers while it starts.
    reactor.callLater(0, installed)
