"""One run of the crawler over one data directory: the lock, the ledger, the captures, and what the run is about."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.request import getproxies

from scrapy.settings import BaseSettings

from archive.captures import TailReport, captures_of
from archive.ledger import CRAWL_LOCK, Found, Ledger, locked
from archive.models import Portal, Role
from archive.registry import keep_registry, load_registry
from archive.storage import StorageError
from crawler.guard import AllowList, BadUrl, read_url
from crawler.lease import Lease
from crawler.politeness import Policy
from crawler.recheck import is_due
from crawler.robots import RobotsBook
from crawler.shards import Shard, in_shard, read_shard
from crawler.tokens import Tokens

SEED_PRIORITY = 900
ROBOTS_PRIORITY = 1000
LOOK_ONLY = "look_only"
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
_VANTAGE = re.compile(r"[\w.-]{1,40}")


class WrongUse(Exception):
    """Raised for options that make no sense; the message says what to give instead."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do. Empty `portal_ids` means all portals; `years` are inclusive; None means all years.

    With `clicks` the run only looks: it goes that many steps from a home page towards the columns of annual reports,
    reads their lists, and leaves the reports themselves out as `LOOK_ONLY`. With `shard` it is about the portals of one
    part of the registry. `vantage` names the place it is run from, for the record. `lease` says until when it may ask.
    """

    data: Path
    portals: Path | None = None
    agencies: Path | None = None
    portal_ids: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    clicks: int | None = None
    shard: Shard | None = None
    vantage: str | None = None
    lease: Path | None = None


def read_years(text: str | None) -> tuple[int, int] | None:
    """Reads `2021-2023` or `2023`; raises WrongUse for anything else."""
    if not text:
        return None
    match = _YEARS.fullmatch(text.strip())
    if not match or int(match[2] or match[1]) < int(match[1]):
        raise WrongUse(f"--years takes a range such as 2021-2023 or one year such as 2023, not {text!r}")
    return int(match[1]), int(match[2] or match[1])


def read_part(text: str | None) -> Shard | None:
    """Reads `2/3`; raises WrongUse for anything else."""
    try:
        return read_shard(text) if text else None
    except ValueError as error:
        raise WrongUse(f"--shard: {error}") from error


def read_vantage(text: str | None) -> str | None:
    """Reads the name of a place, such as `beijing-1`; raises WrongUse for one that is no plain word."""
    if text and not _VANTAGE.fullmatch(text):
        raise WrongUse(f"--vantage takes a plain name such as beijing-1 (letters, digits, `.`, `-`, `_`), not {text!r}")
    return text or None


def policy_of(settings: BaseSettings) -> Policy:
    """The limits of a run from its settings; raises WrongUse for values that make no sense."""
    try:
        policy = Policy(
            delay=settings.getfloat("GONGKAI_DELAY", settings.getfloat("DOWNLOAD_DELAY")),
            jitter=settings.getfloat("DOWNLOAD_DELAY_JITTER"),
            attempts=settings.getint("GONGKAI_ATTEMPTS"),
            retry_delay=settings.getfloat("GONGKAI_RETRY_DELAY"),
            max_pause=settings.getfloat("GONGKAI_MAX_PAUSE"),
            max_crawl_delay=settings.getfloat("GONGKAI_MAX_CRAWL_DELAY"),
            block_limit=settings.getint("GONGKAI_BLOCK_LIMIT"),
            failure_limit=settings.getint("GONGKAI_FAILURE_LIMIT"),
            max_pages=settings.getint("GONGKAI_HOST_PAGES"),
            max_bytes=settings.getint("GONGKAI_HOST_BYTES"),
            max_seconds=settings.getfloat("GONGKAI_HOST_SECONDS"),
            max_depth=settings.getint("GONGKAI_MAX_DEPTH"),
            max_redirects=settings.getint("GONGKAI_MAX_REDIRECTS"),
            recheck_days=settings.getfloat("GONGKAI_RECHECK_DAYS"),
            attachment_timeout=settings.getfloat("GONGKAI_ATTACHMENT_TIMEOUT"),
        )
    except ValueError as error:
        raise WrongUse(f"a setting has no number where one belongs: {error}") from error
    if policy.delay < 0 or not 0 <= policy.jitter <= 1 or policy.attempts < 1 or policy.block_limit < 1:
        raise WrongUse(
            "DOWNLOAD_DELAY must not be negative, DOWNLOAD_DELAY_JITTER lies between 0 and 1, limits from 1 up"
        )
    return policy


def user_agent(settings: BaseSettings) -> str:
    """The name that we give, with the contact where there is one."""
    name, contact = str(settings.get("USER_AGENT")), settings.get("GONGKAI_CONTACT")
    return f"{name} (+{contact})" if contact else name


def choose_portals(all_portals: Iterable[Portal], wanted: Collection[str]) -> dict[str, Portal]:
    """The portals asked for, by id; raises WrongUse where one does not exist."""
    portals = {portal.id: portal for portal in all_portals}
    if unknown := sorted(set(wanted) - portals.keys()):
        raise WrongUse(f"no portal {', '.join(unknown)} in the registry; it has: {', '.join(sorted(portals))}")
    return {name: portal for name, portal in portals.items() if not wanted or name in wanted}


def _allow_lists(portals: Mapping[str, Portal]) -> dict[str, AllowList]:
    try:
        return {name: AllowList.of(portal) for name, portal in portals.items()}
    except BadUrl as error:
        raise WrongUse(f"a portal of the registry has a URL that cannot be asked for: {error}") from error


class Session:
    """A run with everything it holds open; raises LockedError, LedgerError, CaptureError, RegistryError, WrongUse.

    On opening, the tail of the captures that the ledger never acknowledged is cut back, what was in flight when the
    last run died is open again by itself, and each portal either goes on in its round or begins a new one.
    """

    def __init__(self, options: Options, settings: BaseSettings) -> None:
        self.options = options
        self.policy = policy_of(settings)
        self.user_agent = user_agent(settings)
        self.contact = str(settings.get("GONGKAI_CONTACT") or "")
        registry = load_registry(options.portals, options.agencies)
        self.portals = choose_portals(registry.portals.values(), options.portal_ids)
        if options.shard is not None:
            part = in_shard(registry.portals, _allow_lists(registry.portals), options.shard)
            self.portals = {name: portal for name, portal in self.portals.items() if name in part}
        self.portals_json = json.dumps(sorted(self.portals))
        self.allow = _allow_lists(self.portals)
        self.robots = RobotsBook()
        self.lease = Lease(options.lease) if options.lease else None
        self.interrupted = False
        self.fatal: str | None = None
        self.kept_here: str | None = None
        self.bugs: list[str] = []
        self.damaged: list[str] = []
        self._resources = ExitStack()
        with ExitStack() as opening:
            opening.enter_context(locked(options.data / CRAWL_LOCK))
            self.ledger = opening.enter_context(Ledger(options.data / "ledger.db"))
            keep_registry(options.data, registry, own=options.portals is not None or options.agencies is not None)
            self.tokens = Tokens(self.ledger)
            self.store = opening.enter_context(captures_of(options.data))
            self.tail: TailReport = self.store.cut_torn_tail(self.ledger.committed_ends())
            self.rest = self._rest()
            self.run = self.ledger.begin_run(self.user_agent, self._kept(settings), self.portals)
            self.resumed = self._open_rounds()
            self._resources = opening.pop_all()

    def _rest(self) -> float:
        """How long hosts are left alone at the start (seconds): the run before may have asked them a moment ago."""
        before = next((run for run in self.ledger.runs() if run.crawled), None)
        if before is None:
            return 0.0
        ended = before.ended_at and datetime.now(UTC) - datetime.fromisoformat(before.ended_at)
        return self.policy.left_of_delay(ended.total_seconds() if ended else None)

    def _kept(self, settings: BaseSettings) -> dict[str, object]:
        kept: dict[str, object] = {
            name: value for name, value in settings.copy_to_dict().items() if name.startswith("GONGKAI_")
        }
        kept.update(delay=self.policy.delay, years=self.options.years, proxies=sorted(getproxies()))
        kept.update(shard=self.options.shard and str(self.options.shard), vantage=self.options.vantage)
        return json.loads(json.dumps(kept, default=str))  # type: ignore[no-any-return]

    def _open_rounds(self) -> list[str]:
        due = partial(is_due, now=datetime.now(UTC), longest=self.policy.recheck_days)
        resumed = [name for name in self.portals if not self.ledger.open_round(name, due=due)]
        with self.ledger.transaction():
            self.ledger.add(self.run, (self._seed(portal) for portal in self.portals.values()))
        return resumed

    def _seed(self, portal: Portal) -> Found:
        column = portal.annual_report_url
        target = read_url(column or portal.home_url)
        return Found(
            url=target.url,
            host=target.host,
            portal=portal.id,
            role=Role.LISTING if column else Role.HOME,
            priority=SEED_PRIORITY,
            why="the registry names it",
        )

    def seeds(self) -> dict[str, str]:
        """The URL that each portal starts from, by portal."""
        return {portal.id: self._seed(portal).url for portal in self.portals.values()}

    def close(self, state: str, summary: dict[str, object]) -> None:
        """Ends the run in the ledger, puts its captures where they are kept, and gives everything back.

        What cannot be put into a bucket stays here, as `kept_here` says, and is put there by the next run.
        """
        with self._resources:
            self.ledger.end_run(self.run, state, summary)
            if self.store.bucket is not None:
                try:
                    self.store.cut_torn_tail(self.ledger.committed_ends())
                except StorageError as error:
                    self.kept_here = str(error)
