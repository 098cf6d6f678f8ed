"""A run from its options to its exit code: `python -m crawler` is this."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from pathlib import Path

import click
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.captures import CaptureError, StoreLocked
from archive.ledger import LedgerError, LockedError
from archive.registry import RegistryError
from crawler import settings as own_settings
from crawler.guard import is_public, read_url
from crawler.monitors import PortalEnd, portal_end, warnings
from crawler.session import Options, Session, WrongUse, read_years
from crawler.spiders.annual_reports import HOW_TO_GO_ON, AnnualReportsSpider

DONE, FAILED, WRONG_USE, WITH_FAILURES, LOCKED = 0, 1, 2, 3, 4
SHOWN_FAILURES = 20


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), default=Path("data"), help="Where to keep it all."
)
@click.option("--portals", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Registry of portals.")
@click.option("--agencies", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Registry of agencies.")
@click.option("--portal", "portal_ids", multiple=True, metavar="ID", help="Only this portal; may be given again.")
@click.option("--years", metavar="A-B", help="Only reports of these years.")
@click.option("-s", "assignments", multiple=True, metavar="NAME=VALUE", help="A setting, as in Scrapy.")
@click.option("--quiet", is_flag=True, help="No progress, only the summary.")
def main(
    data: Path,
    portals: Path | None,
    agencies: Path | None,
    portal_ids: tuple[str, ...],
    years: str | None,
    assignments: tuple[str, ...],
    quiet: bool,
) -> None:
    """Fetch what is new into DATA."""
    try:
        settings = read_settings(assignments, quiet=quiet)
        options = Options(data, portals, agencies, portal_ids, read_years(years))
        sys.exit(crawl(options, settings))
    except (WrongUse, RegistryError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(WRONG_USE)
    except (LockedError, StoreLocked) as error:
        click.echo(f"Error: another crawl is at work in {data}: {error}", err=True)
        sys.exit(LOCKED)
    except (LedgerError, CaptureError, OSError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(FAILED)


def read_settings(assignments: tuple[str, ...], *, quiet: bool = False) -> Settings:
    """The settings of the crawler with NAME=VALUE pairs over them; raises WrongUse for a pair that is none."""
    settings = Settings()
    settings.setmodule(own_settings, priority="project")
    settings.set("GONGKAI_QUIET", quiet, priority="project")
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            raise WrongUse(f"-s takes NAME=VALUE, such as DOWNLOAD_DELAY=5, not {assignment!r}")
        if settings.get(name) is None and name not in settings and not name.startswith("GONGKAI_"):
            raise WrongUse(f"there is no setting {name}")
        settings.set(name, value, priority="cmdline")
    return settings


def crawl(options: Options, settings: Settings) -> int:
    """Runs a crawl and returns its exit code; everything it has to say goes to standard output and error."""
    session = Session(options, settings)
    state = "failed"
    ends: dict[str, PortalEnd] = {}
    try:
        _announce(session, settings)
        process = AsyncCrawlerProcess(settings)
        process.crawl(AnnualReportsSpider, session=session)
        _watch_interrupts(session)
        process.start(install_signal_handlers=True)
        if process.bootstrap_failed:
            session.fatal = session.fatal or "the crawl could not start; the reason stands above"
        ends = {name: portal_end(session.ledger, name, seed) for name, seed in session.seeds().items()}
        if session.fatal is None:
            state = "interrupted" if session.interrupted else "complete"
        return _report(session, ends)
    finally:
        summary: dict[str, object] = {
            "portals": {name: end.summary() for name, end in ends.items()},
            "fatal": session.fatal,
        }
        session.close(state, summary)


def _announce(session: Session, settings: Settings) -> None:
    local = all(
        (address := read_url(seed).address) is not None and not is_public(address) for seed in session.seeds().values()
    )
    if not settings.get("GONGKAI_CONTACT") and not local:
        click.echo(
            "Warning: no contact is set, so site owners cannot reach you. Set one: -s GONGKAI_CONTACT=you@example.org",
            err=True,
        )
    if session.tail.bytes_cut:
        click.echo(
            f"Note: the last run died while writing; {session.tail.bytes_cut} unacknowledged bytes are cut off",
            err=True,
        )
    if session.resumed:
        click.echo(f"Going on where the last run stopped: {', '.join(session.resumed)}", err=True)


def _watch_interrupts(session: Session) -> None:
    """Lets the session know of a Ctrl-C that Scrapy handles, and says what it does."""
    from twisted.internet import reactor

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

    reactor.addSystemEventTrigger("after", "startup", installed)  # type: ignore[arg-type]


def _report(session: Session, ends: dict[str, PortalEnd]) -> int:
    for end in ends.values():
        click.echo(_line(end))
    problems = list(warnings(ends, tuple(run for run in session.ledger.runs() if run.id != session.run)))
    failures = [url for end in ends.values() for url in end.failures]
    for url in failures[:SHOWN_FAILURES]:
        click.echo(f"  {url.outcome} ({url.reason}): {url.url}", err=True)
    if len(failures) > SHOWN_FAILURES:
        click.echo(f"  … and {len(failures) - SHOWN_FAILURES} more; DATA/ledger.db has them all", err=True)
    for problem in problems:
        click.echo(f"Warning: {problem}", err=True)
    for bug in session.bugs:
        click.echo(f"Warning: a bug of ours, please report it: {bug}", err=True)
    if session.fatal:
        click.echo(f"Error: {session.fatal}. Nothing acknowledged is lost; {HOW_TO_GO_ON}", err=True)
        return FAILED
    if session.interrupted:
        click.echo(f"Stopped as asked. Nothing is lost; {HOW_TO_GO_ON}", err=True)
        return WITH_FAILURES
    return WITH_FAILURES if failures or problems or session.bugs else DONE


def _line(end: PortalEnd) -> str:
    balance = end.balance
    parts = [f"{balance.fetched} fetched"]
    for number, name in ((balance.not_modified, "not modified"), (balance.redirected, "redirected")):
        if number:
            parts.append(f"{number} {name}")
    parts += [f"{number} {name}" for name, number in sorted(balance.failed.items())]
    if left_out := sum(balance.excluded.values()):
        reasons = Counter({name.partition(":")[0]: 0 for name in balance.excluded})
        for name, number in balance.excluded.items():
            reasons[name.partition(":")[0]] += number
        parts.append(f"{left_out} excluded ({', '.join(f'{number} {name}' for name, number in reasons.most_common())})")
    parts.append(f"{balance.open} open")
    return f"{end.portal}: {end.held} report pages and files held; {balance.discovered} URLs = {' + '.join(parts)}"
