"""How a run begins and ends for whoever watches it: what there is to say, and the exit code."""

from __future__ import annotations

import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click

from archive.captures import CaptureError, StoreLocked
from archive.concerns import Concern
from archive.ledger import LedgerError, LockedError
from archive.registry import RegistryError
from archive.registry.kept import FOLDER
from archive.storage import OtherAddress
from crawler.guard import BadUrl, is_public, read_url
from crawler.monitors import PortalEnd, portal_end, warnings
from crawler.options import WrongUse
from crawler.session import Session

DONE, FAILED, WRONG_USE, WITH_FAILURES, LOCKED = 0, 1, 2, 3, 4
SHOWN_FAILURES = 20
HOW_TO_GO_ON = "run the same command again; it goes on where this run stopped"


@contextmanager
def problems_said(locked: str) -> Iterator[None]:
    """Says in one line what kept a run from its end and leaves with its exit code; `locked` is said of a lock held."""
    try:
        yield
    except (WrongUse, RegistryError, BadUrl, OtherAddress) as error:
        _leave(WRONG_USE, str(error))
    except (LockedError, StoreLocked) as error:
        _leave(LOCKED, f"{locked}: {error}")
    except (LedgerError, CaptureError, OSError, sqlite3.Error) as error:
        _leave(FAILED, str(error))


def _leave(code: int, why: str) -> NoReturn:
    click.echo(f"Error: {why}", err=True)
    sys.exit(code)


def announce(session: Session) -> None:
    """Says on standard error what should be known before a run."""
    click.echo(f"Registry: {_registry_said(session)}, {len(session.portals)} portals in this run", err=True)
    local = all(
        (address := read_url(seed).address) is not None and not is_public(address) for seed in session.seeds().values()
    )
    if not session.contact and not local:
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


def _registry_said(session: Session) -> str:
    """Which registry says who is crawled: what an earlier crawl left in DATA is for the steps after a crawl only."""
    options = session.options
    given = [str(path) for path in (options.portals, options.agencies) if path is not None]
    if given:
        return " and ".join(given)
    kept = options.data / FOLDER
    beside = f", not the one in {kept} (to crawl that: --portals {kept}/portals.csv)" if kept.exists() else ""
    return f"the one that comes with Gongkai{beside}"


def finish(session: Session) -> int:
    """Ends a run: reports it, closes the session, and returns the exit code."""
    ends: dict[str, PortalEnd] = {}
    concerns: list[tuple[str, Concern]] = []
    state = "failed"
    try:
        ends = {name: portal_end(session.ledger, name, seed) for name, seed in session.seeds().items()}
        if session.fatal is None:
            state = "interrupted" if session.interrupted else "complete"
        concerns += warnings(ends, (run for run in session.ledger.runs() if run.crawled and run.id != session.run))
        code = _report(session, ends, concerns)
    finally:
        figures = {
            name: end.summary() | {"warnings": [concern.as_record() for portal, concern in concerns if portal == name]}
            for name, end in ends.items()
        }
        session.close(state, {"portals": figures, "fatal": session.fatal})
    if session.kept_here is not None:
        click.echo(f"Warning: captures stay in DATA/warc until the next run: {session.kept_here}", err=True)
        return code or WITH_FAILURES
    return code


def _report(session: Session, ends: dict[str, PortalEnd], problems: list[tuple[str, Concern]]) -> int:
    for end in ends.values():
        click.echo(_line(end))
    failures = [url for end in ends.values() for url in end.failures]
    for url in failures[:SHOWN_FAILURES]:
        click.echo(f"  {url.outcome} ({url.reason}): {url.url}", err=True)
    if len(failures) > SHOWN_FAILURES:
        click.echo(f"  … and {len(failures) - SHOWN_FAILURES} more; DATA/ledger.db has them all", err=True)
    for portal, problem in problems:
        click.echo(f"Warning: {portal}: {problem.text('en')}", err=True)
    for damage in session.damaged:
        click.echo(f"Warning: an earlier capture is damaged: {damage}", err=True)
    for bug in session.bugs:
        click.echo(f"Warning: a bug of ours, please report it: {bug}", err=True)
    if session.fatal:
        click.echo(f"Error: {session.fatal}. Nothing acknowledged is lost; {HOW_TO_GO_ON}", err=True)
        return FAILED
    if session.interrupted:
        click.echo(f"Stopped as asked. Nothing is lost; {HOW_TO_GO_ON}", err=True)
        return WITH_FAILURES
    return WITH_FAILURES if failures or problems or session.bugs or session.damaged else DONE


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
