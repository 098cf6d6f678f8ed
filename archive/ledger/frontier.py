"""The frontier: every URL that was found, whose turn it is, how it ended, and the budgets of the hosts."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator

from archive.ledger import rows
from archive.ledger.connection import utc_now
from archive.ledger.part import Part
from archive.ledger.records import FAILURES, Completeness, Found, FrontierUrl, HostState, LedgerError, Standing
from archive.models import Outcome, Role

REDIRECT = "redirect"
"""The reason (`why`) of a URL that was found as the target of a redirect."""


class Frontier(Part):
    """The URLs and hosts of a ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._chosen: str | None = None

    def open_round(self, portal: str, *, due: Callable[[Standing], bool]) -> bool:
        """Opens what is due again at a portal, and says whether a new round began.

        A portal with open URLs is in the middle of a round: nothing is changed, and the crawl goes on where it stopped.
        Otherwise every URL that `due` says is due is open again: lists first, what is new before what is known. URLs
        that were left out are not asked about, but for those that a budget left out. Its hosts get fresh budgets.
        """
        with self.transaction():
            going_on = self._db.execute(
                "SELECT 1 FROM urls WHERE portal = ? AND state = 'open' LIMIT 1", (portal,)
            ).fetchone()
            if going_on:
                return False
            self._db.execute(
                "UPDATE hosts SET paused_until = 0, pause_reason = NULL, pages = 0, bytes = 0, seconds = 0,"
                " block_streak = 0 WHERE host IN (SELECT host FROM urls WHERE portal = ?)",
                (portal,),
            )
            known = self._db.execute(rows.STANDINGS, (portal,))
            opened = [(row["id"],) for row in known if due(rows.standing(row))]
            self._db.executemany(rows.REOPEN_DUE, opened)
        return True

    def add(self, run: int, found: Iterable[Found]) -> int:
        """Enters URLs and returns how many of them are now open that were not known, or only as left out, before.

        A known URL keeps its row; hints that were missing are filled. One that was left out is opened when it is now
        found with a reason to follow it, unless the budget had ended.
        """
        now = utc_now()
        opened = 0
        for item in found:
            opened += self._add(run, item, now)
            # A redirect leads to its target for as long as it stands; only a link says that a page is still offered.
            if not item.excluded and item.why != REDIRECT:
                self._db.execute(rows.NAME, (run, item.url, item.method, item.body))
            if item.role is Role.PICTURE and item.why != REDIRECT and item.referrer:
                self._db.execute(rows.SHOW, (item.referrer, item.url))
        return opened

    def _add(self, run: int, item: Found, now: str) -> int:
        state, outcome = ("done", "excluded") if item.excluded else ("open", None)
        key = (item.url, item.method, item.body)
        cursor = self._db.execute(
            rows.INSERT_URL,
            (
                *(item.url, item.host, item.portal, item.role, state, outcome, item.excluded, item.detail, item.depth),
                *(item.priority, item.referrer, item.title_hint, item.date_hint, item.agency_hint, item.why),
                *(item.link_text, now, run, now if item.excluded else None, run if item.excluded else None),
                *(item.method, item.body, json.dumps(item.headers)),
            ),
        )
        if cursor.rowcount == 1:
            return int(not item.excluded)
        if item.excluded:
            return 0
        place = (item.host, item.portal, item.role, item.depth, item.priority, item.referrer, item.why, item.link_text)
        opened = self._db.execute(rows.OPEN_EXCLUDED, (*place, *key)).rowcount
        hints = (item.title_hint, item.date_hint, item.agency_hint)
        if any(hints):
            self._db.execute(rows.FILL_HINTS, (*hints, *key))
        return opened

    def url(self, url: str) -> FrontierUrl | None:
        """The row of one URL, asked for by GET."""
        row = self._db.execute("SELECT * FROM urls WHERE url = ? AND method = 'GET'", (url,)).fetchone()
        return rows.frontier_url(row) if row else None

    def ancestors(self, url: FrontierUrl, limit: int) -> list[FrontierUrl]:
        """The pages that led to a URL, nearest first, at most `limit`."""
        chain: list[FrontierUrl] = []
        seen = {url.url}
        while len(chain) < limit and url.referrer and url.referrer not in seen and (parent := self.url(url.referrer)):
            chain.append(parent)
            seen.add(parent.url)
            url = parent
        return chain

    def urls(
        self, *, portal: str | None = None, outcome: Outcome | None = None, open_only: bool = False
    ) -> Iterator[FrontierUrl]:
        """The URLs of a portal (or of all), with that outcome (or any), in the order in which they were found."""
        query, values = rows.where(
            "SELECT * FROM urls",
            {"portal = ?": portal, "outcome = ?": outcome, "state = ?": "open" if open_only else None},
        )
        for row in self._db.execute(query + " ORDER BY id", values):
            yield rows.frontier_url(row)

    def missing(self) -> Iterator[FrontierUrl]:
        """The pages and files that were not there when they were last asked for, or not yet, as they were found."""
        return map(rows.frontier_url, self._db.execute(rows.MISSING))

    def outcomes(self) -> dict[tuple[str, str, str], int]:
        """The number of URLs by portal, role and outcome, which is `open` for those not yet fetched; in order."""
        return {(portal, role, outcome): number for portal, role, outcome, number in self._db.execute(rows.OUTCOMES)}

    def last_modified(self, url: str) -> str | None:
        """The header of that name in the last answer of an address that had one."""
        row = self._db.execute(rows.LAST_MODIFIED, (url,)).fetchone()
        return row["last_modified"] if row else None

    def held_below(self, beginning: str) -> Iterator[tuple[FrontierUrl, str]]:
        """The URLs that begin so and of which bytes are held, with the digest of their latest ones, oldest first."""
        for row in self._db.execute(rows.HELD_BELOW, (beginning, beginning)):
            yield rows.frontier_url(row), row["sha256"]

    def open_hosts(self, portals: Collection[str]) -> dict[str, int]:
        """The hosts at which URLs of these portals are open, with their number."""
        query = (
            f"SELECT host, count(*) FROM urls WHERE state = 'open' AND {rows.IN_JSON.format('portal')} GROUP BY host"
        )
        return dict(self._db.execute(query, (json.dumps(sorted(portals)),)).fetchall())

    def next_open(self, host: str, portals_json: str, now: float, *, horizon: float = math.inf) -> FrontierUrl | None:
        """The open URL of the host whose turn it is: highest priority, then first found, due at `now`.

        `portals_json` is the JSON list of the portals that the run is about. No URL waits beyond `horizon`: one that
        seems to was put off before the clock was set back, and is due.
        """
        self._choose(portals_json)
        row = self._db.execute(rows.NEXT_OPEN, (host, now, horizon)).fetchone()
        return rows.frontier_url(row) if row else None

    def any_open(self, portals_json: str) -> bool:
        """Whether any URL of these portals is open."""
        self._choose(portals_json)
        return self._db.execute(rows.ANY_OPEN).fetchone() is not None

    def next_due(self, host: str, portals_json: str) -> float | None:
        """When the first open URL of the host is due (seconds since 1970); None if nothing is open there."""
        self._choose(portals_json)
        row = self._db.execute(rows.NEXT_DUE, (host,)).fetchone()
        return None if row[0] is None else float(row[0])

    def _choose(self, portals_json: str) -> None:
        """Makes these the portals that the next open URL is looked for among."""
        if portals_json != self._chosen:
            make, clear, fill = rows.CHOOSE
            self._db.execute(make)
            self._db.execute(clear)
            self._db.execute(fill, (portals_json,))
            self._chosen = portals_json

    def reopen(self, url: str) -> FrontierUrl:
        """Opens a known URL again at once; raises LedgerError for one that is not known."""
        self._db.execute(f"{rows.REOPEN} WHERE url = ? AND method = 'GET'", (url,))
        found = self.url(url)
        if found is None:
            raise LedgerError(f"{url} is not in the ledger")
        return found

    def close_url(self, run: int, url: int, outcome: Outcome, reason: str, detail: str | None = None) -> None:
        """Ends an open URL without an attempt: robots.txt forbids it, the host was stopped, the budget is used up."""
        self._db.execute(
            f"{rows.CLOSE} WHERE id = ?7 AND state = 'open'",
            (outcome, reason, detail, utc_now(), run, outcome in FAILURES, url),
        )

    def close_host(
        self, run: int, host: str, portals: Collection[str], outcome: Outcome, reason: str, detail: str | None = None
    ) -> int:
        """Ends all open URLs of these portals at a host without an attempt, and returns their number."""
        query = f"{rows.CLOSE} WHERE host = ?7 AND state = 'open' AND portal IN (SELECT value FROM json_each(?8))"
        failed = outcome in FAILURES
        values = (outcome, reason, detail, utc_now(), run, failed, host, json.dumps(sorted(portals)))
        return self._db.execute(query, values).rowcount

    def host_state(self, host: str) -> HostState:
        """What a host has used of its budget, and until when it is left alone."""
        row = self._db.execute("SELECT * FROM hosts WHERE host = ?", (host,)).fetchone()
        return HostState(**dict(row)) if row else HostState(host)

    def pause_host(self, host: str, until: float, reason: str) -> None:
        """Leaves a host alone until an instant (seconds since 1970); a longer pause already set stays."""
        self._db.execute(rows.PAUSE_HOST, (host, until, reason))

    def completeness(self, *, portal: str | None = None) -> Completeness:
        """The balance of a portal, or of all: what became of every URL that was ever found, each by its latest end."""
        where, values = rows.where("", {"portal = ?": portal})
        discovered = self._db.execute(f"SELECT count(*) FROM urls{where}", values).fetchone()[0]
        ends: dict[str, int] = {}
        failed: dict[str, int] = {}
        excluded: dict[str, int] = {}
        for outcome, reason, number in self._db.execute(rows.ENDS.format(where=where), values):
            if outcome == Outcome.EXCLUDED:
                excluded[reason] = number
            elif outcome in FAILURES:
                failed[outcome] = failed.get(outcome, 0) + number
            else:
                ends[outcome] = ends.get(outcome, 0) + number
        return Completeness(
            discovered=discovered,
            fetched=ends.get("ok", 0),
            redirected=ends.get("redirected", 0),
            not_modified=ends.get("not_modified", 0),
            failed=failed,
            excluded=excluded,
            open=ends.get("open", 0),
        )
