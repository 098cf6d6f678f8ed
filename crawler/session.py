"""One run of the crawler over one data directory: the lock, the ledger, the captures, and what the run is about."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from urllib.request import getproxies

from scrapy.settings import BaseSettings

from archive.captures import TailReport, captures_of
from archive.ledger import CRAWL_LOCK, Found, Ledger, LedgerError, locked
from archive.models import Portal, Role
from archive.registry import keep_registry, load_registry
from archive.storage import StorageError
from crawler.detours import Detours
from crawler.guard import AllowList, BadUrl, read_url
from crawler.lease import Lease
from crawler.options import Options, WrongUse, choose_portals, policy_of, user_agent
from crawler.recheck import is_due
from crawler.robots import RobotsBook
from crawler.shards import in_shard
from crawler.tokens import Tokens

SEED_PRIORITY = 900
ROBOTS_PRIORITY = 1000
LOOK_ONLY = "look_only"


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
        self.detours = Detours()
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
            try:
                self.ledger.end_run(self.run, state, summary)
            except sqlite3.OperationalError as error:
                raise LedgerError(f"{self.ledger.path}: the end of the run could not be recorded: {error}") from error
            if self.store.bucket is not None:
                try:
                    self.store.cut_torn_tail(self.ledger.committed_ends())
                except StorageError as error:
                    self.kept_here = str(error)
