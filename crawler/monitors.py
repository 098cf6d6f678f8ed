"""What a finished run must look like: the books balance, every portal gave something, nothing fell off since."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from archive.concerns import Concern
from archive.ledger import FAILURES, Completeness, FrontierUrl, Ledger, Run
from archive.models import Outcome, Role
from crawler.platforms import IS_REPORT
from crawler.platforms.contract import SERVICE

HELD = frozenset({Outcome.OK, Outcome.NOT_MODIFIED})
LEAST_SHARE = 0.7
"""A portal that now holds less than this share of what it held after an earlier run has a problem."""


LEAST_ERRORS, GROWTH = 5, 2.0
"""Errors are up where there are at least so many, and at least so many times those of an earlier run."""

_OWED = re.compile(r"(\d+) of (\d+) (rows|pages) reached: (.*)", re.DOTALL)
"""How the detail of a page that is `partial` begins (`crawler.answers`)."""


@dataclass(frozen=True, slots=True)
class PortalEnd:
    """How a portal stands at the end of a run: its balance, the report pages and files held, and what failed."""

    portal: str
    balance: Completeness
    held: int
    failures: tuple[FrontierUrl, ...]
    partial: tuple[FrontierUrl, ...]
    seed: FrontierUrl | None

    def summary(self) -> dict[str, object]:
        """The figures that later runs are compared with."""
        return {
            "held": self.held,
            "discovered": self.balance.discovered,
            "failed": dict(self.balance.failed),
            "errors": len(self.failures),
        }


def is_trouble(url: FrontierUrl) -> bool:
    """Whether an end is one to act on: not a path that robots.txt keeps to itself, nor a page past a list's end.

    A report that was asked for and is not had is trouble by whatever name its end goes.
    """
    if url.outcome in FAILURES:
        return url.outcome is not Outcome.ROBOTS_DISALLOWED and url.reason != "stub:list_end"
    return url.role in (Role.ARTICLE, Role.ATTACHMENT) and _led_astray(url)


def _led_astray(url: FrontierUrl) -> bool:
    """Whether a URL was asked for and led to where nobody is asked: another host, a private address, ever further."""
    if url.outcome is Outcome.REDIRECTED:
        return url.reason is not None
    # What is left out without being asked for is a decision; what turns out to be private when it is asked for is not.
    return url.outcome is Outcome.EXCLUDED and (
        url.reason == "too_many_redirects" or (url.reason == "private_address" and url.attempts > 0)
    )


def _is_document(url: FrontierUrl) -> bool:
    """Whether what came is a report page or file, also where it was asked for as a list and turned out to be one."""
    return url.role in (Role.ARTICLE, Role.ATTACHMENT) or f"{IS_REPORT};" in f"{url.detail};"


def portal_end(ledger: Ledger, portal: str, seed: str) -> PortalEnd:
    """Reads from the ledger how a portal stands."""
    held = 0
    failures: list[FrontierUrl] = []
    partial: list[FrontierUrl] = []
    services: dict[str, list[FrontierUrl]] = {}
    for url in ledger.urls(portal=portal):
        if url.referrer and (url.why or "").startswith(SERVICE):
            services.setdefault(url.referrer, []).append(url)
        # Known pages go last in a night: where the budget ended before them, they are held none the less.
        there = url.outcome in HELD or (url.reason == "budget" and url.capture is not None)
        if there and _is_document(url):
            held += 1
        if is_trouble(url):
            failures.append(url)
        if url.reason == "partial":
            partial.append(url)
    balance = ledger.completeness(portal=portal)
    settled = {url.url for url in partial if _settled(url, services.get(url.url, ()))}
    needless = {one.id for name in settled for one in services[name] if one.outcome is Outcome.NOT_FOUND}
    trouble = tuple(url for url in failures if url.id not in needless)
    owing = tuple(url for url in partial if url.url not in settled)
    return PortalEnd(portal, balance, held, trouble, owing, ledger.url(seed))


def _settled(page: FrontierUrl, asked: Collection[FrontierUrl]) -> bool:
    """Whether the services behind a list gave the rows that its page owes: one answered, and so did all there are.

    A service that is not there (404) is one of several that a page without an address of its own might have meant. A
    list that was cut for its length owes pages, not rows, and stays so.
    """
    answered = [url for url in asked if url.outcome in HELD and url.reason != "partial"]
    by_rows = " rows reached: " in (page.detail or "")
    return by_rows and bool(answered) and all(url in answered or url.outcome is Outcome.NOT_FOUND for url in asked)


def warnings(ends: Mapping[str, PortalEnd], past: Iterable[Run]) -> Iterator[tuple[str, Concern]]:
    """What is wrong with a run, each with its portal; `past` are earlier runs, the latest first."""
    past = tuple(past)
    before, errors = _before(past, "held"), _before(past, "errors")
    for end in ends.values():
        for concern in _wrong(end, before.get(end.portal, 0), errors.get(end.portal)):
            yield end.portal, concern


def _wrong(end: PortalEnd, held_before: int, errors_before: int | None) -> Iterator[Concern]:
    balance, seed = end.balance, end.seed
    if not balance.balanced:
        yield Concern("unbalanced", {"discovered": balance.discovered, "accounted": balance.accounted})
    if balance.open:
        yield Concern("still_open", {"open": balance.open})
    elif seed is None:
        yield Concern("start_unknown", {})
    elif seed.outcome in FAILURES or seed.outcome is Outcome.EXCLUDED or _led_astray(seed):
        yield Concern("start_failed", {"outcome": str(seed.outcome), "reason": str(seed.reason)})
    elif not end.held and held_before:
        yield Concern("suddenly_empty", {"before": held_before})
    elif not end.held:
        yield Concern("no_report", {})
    elif end.held < LEAST_SHARE * held_before:
        yield Concern("fewer", {"held": end.held, "before": held_before})
    failed = len(end.failures)
    if errors_before is not None and failed >= max(LEAST_ERRORS, GROWTH * errors_before):
        yield Concern("errors_up", {"failed": failed, "before": errors_before})
    if astray := [url for url in end.failures if _led_astray(url)]:
        yield Concern("astray", {"number": len(astray), "url": astray[0].url, "reason": str(astray[0].reason)})
    for url in end.partial:
        yield _owing(url)


def _owing(url: FrontierUrl) -> Concern:
    """What a list says that it has and that was not reached, from the detail that was recorded with its page."""
    told = (url.detail or "").partition(";")[0]
    match = _OWED.fullmatch(told)
    if match is None:
        return Concern("as_written", {"text": f"the list at {url.url} says that it has more: {told}"})
    reached, owed, unit, why = match.groups()
    return Concern(f"owes_{unit}", {"url": url.url, "reached": int(reached), "owed": int(owed), "why": why})


def _before(past: Iterable[Run], figure: str) -> dict[str, int]:
    """A figure of each portal after its latest complete run."""
    found: dict[str, int] = {}
    for run in past:
        portals = (run.summary or {}).get("portals")
        if run.state != "complete" or not isinstance(portals, dict):
            continue
        for portal, figures in portals.items():
            if figure in figures:
                found.setdefault(portal, int(figures[figure]))
    return found
