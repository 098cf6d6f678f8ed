"""The crawl's only state in one SQLite file: every URL found, its outcome, where its bytes are, and how they parsed.

A URL is entered once and ends in one outcome, or is still open; what happens to it is recorded in one transaction after
its bytes are on disk, so that a killed crawl loses nothing that it acknowledged. The file is read while it is written.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

from archive.ledger import rows
from archive.ledger.connection import SCHEMA_VERSION, connect, transaction, utc_now
from archive.ledger.records import (
    FAILURES,
    Attempt,
    Completeness,
    Fetch,
    Found,
    FrontierUrl,
    HostState,
    LedgerError,
    Parse,
    Run,
    Standing,
)
from archive.models import Capture, Outcome, Role

__all__ = ["SCHEMA_VERSION", "Ledger"]

REDIRECT = "redirect"
"""The reason (`why`) of a URL that was found as the target of a redirect."""
_LONGEST_CHAIN = 10
_GONE = frozenset({Outcome.NOT_FOUND, Outcome.SOFT_404})


class Ledger:
    """A ledger file, open. Close it, or use it as a context manager; `create=False` refuses to make a new one.

    Raises LedgerError for a file that is not a ledger or that a newer version of the program wrote.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self._db = connect(path, create=create)
        self._chosen: str | None = None

    def close(self) -> None:
        """Closes the file; the write-ahead log is folded into it."""
        self._db.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def transaction(self) -> AbstractContextManager[None]:
        """A write transaction over several reads and writes of this ledger; does not nest."""
        return transaction(self._db)

    # ------------------------------------------------------------------ runs and rounds

    def begin_run(self, user_agent: str, settings: Mapping[str, object], portals: Collection[str]) -> int:
        """Enters a new run and returns its number; runs that never ended (their process died) are marked `killed`."""
        with self.transaction():
            self._db.execute("UPDATE runs SET state = 'killed' WHERE state = 'running'")
            values = (utc_now(), user_agent, json.dumps(settings, ensure_ascii=False), json.dumps(sorted(portals)))
            cursor = self._db.execute(
                "INSERT INTO runs (started_at, state, user_agent, settings, portals) VALUES (?, 'running', ?, ?, ?)",
                values,
            )
        return _last_id(cursor)

    def end_run(self, run: int, state: str, summary: Mapping[str, object]) -> None:
        """Closes a run as `complete`, `interrupted` or `failed`, with its summary."""
        self._db.execute(
            "UPDATE runs SET ended_at = ?, state = ?, summary = ? WHERE id = ?",
            (utc_now(), state, json.dumps(summary, ensure_ascii=False), run),
        )

    def runs(self) -> Iterator[Run]:
        """All runs, the latest first."""
        for row in self._db.execute("SELECT * FROM runs ORDER BY id DESC"):
            yield rows.run(row)

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

    # ------------------------------------------------------------------ frontier

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

    # ------------------------------------------------------------------ attempts

    def record(self, run: int, attempt: Attempt) -> int:
        """Records one attempt in one transaction and returns how many URLs it opened; its bytes must be on disk."""
        with self.transaction():
            capture = self._add_capture(attempt) if attempt.capture else None
            number = attempt.url.attempts + 1
            self._db.execute(
                rows.INSERT_FETCH,
                (
                    *(
                        run,
                        attempt.url.id,
                        number,
                        attempt.started_at,
                        attempt.seconds,
                        attempt.status,
                        attempt.outcome,
                    ),
                    *(attempt.reason, attempt.evidence, attempt.bytes, attempt.final, capture),
                    self._named(run, attempt.url) if attempt.outcome in _GONE else None,
                ),
            )
            if attempt.final:
                # A 304 or a failure says nothing about the last capture, so that one stays the URL's capture.
                self._db.execute(
                    rows.FINISH_URL,
                    (
                        *(
                            attempt.outcome,
                            attempt.reason,
                            attempt.evidence,
                            utc_now(),
                            run,
                            number,
                            attempt.redirect_to,
                        ),
                        *(attempt.etag, attempt.last_modified, capture),
                        *(attempt.outcome in FAILURES, attempt.url.id),
                    ),
                )
            else:
                self._db.execute(
                    "UPDATE urls SET attempts = ?, next_try_at = ? WHERE id = ?",
                    (number, attempt.next_try_at, attempt.url.id),
                )
            answered = attempt.status is not None
            self._db.execute(
                rows.CHARGE_HOST,
                (attempt.url.host, attempt.bytes, attempt.seconds, int(attempt.blocked), attempt.blocked, answered),
            )
            return self.add(run, attempt.found)

    def _named(self, run: int, url: FrontierUrl) -> bool | None:
        """Whether a page named a URL in a run; None if the list that it stood on was not read in full in that run."""
        row = self._db.execute(rows.NAMED_BY, (url.url,)).fetchone() if url.method == "GET" else None
        for _ in range(_LONGEST_CHAIN):
            if row is None:
                return None
            if row["named_run"] == run:
                return True
            referrer = row["referrer"]
            above = self._db.execute(rows.NAMED_BY, (referrer,)).fetchone() if referrer else None
            if row["why"] != REDIRECT:
                break
            row = above
        else:
            return None
        if above is None or above["done_run"] != run:
            return None
        gone = above["outcome"] in _GONE
        read = above["outcome"] == Outcome.OK and above["reason"] != "partial"
        return False if gone or read else None

    def _add_capture(self, attempt: Attempt) -> int:
        capture = attempt.capture
        assert capture is not None
        refers_to = self._capture_id(attempt.refers_to) if attempt.refers_to else None
        cursor = self._db.execute(
            rows.INSERT_CAPTURE,
            (
                *(capture.sha256, capture.url, capture.warc, capture.offset, capture.length, capture.fetched_at),
                *(capture.status, attempt.outcome, capture.media_type, capture.charset, attempt.url.role),
                *(attempt.url.portal, attempt.url.referrer, attempt.url.title_hint, attempt.url.date_hint),
                *(attempt.url.agency_hint, capture.truncated, capture.problem, refers_to),
            ),
        )
        return _last_id(cursor)

    def _capture_id(self, capture: Capture) -> int:
        row = self._db.execute(
            "SELECT id FROM captures WHERE warc = ? AND offset = ?", (capture.warc, capture.offset)
        ).fetchone()
        if row is None:
            raise LedgerError(
                f"the capture of {capture.url} ({capture.warc}, offset {capture.offset}) is not in the ledger"
            )
        return int(row[0])

    def fetches(self, *, run: int | None = None, url: str | None = None) -> Iterator[Fetch]:
        """The attempts of a run (or of all) at a URL (or at all), in order: what each sighting of a page came to."""
        query, values = rows.where(rows.FETCHES, {"f.run = ?": run, "u.url = ?": url})
        for row in self._db.execute(query + " ORDER BY f.id", values):
            yield rows.fetch(row)

    def tallies(self) -> dict[int, dict[str, dict[str, int]]]:
        """The finished requests of each run by portal and outcome; those to robots.txt are left out."""
        runs: dict[int, dict[str, dict[str, int]]] = {}
        for run, portal, outcome, number in self._db.execute(rows.TALLIES):
            runs.setdefault(run, {}).setdefault(portal, {})[outcome] = number
        return runs

    # ------------------------------------------------------------------ hosts

    def host_state(self, host: str) -> HostState:
        """What a host has used of its budget, and until when it is left alone."""
        row = self._db.execute("SELECT * FROM hosts WHERE host = ?", (host,)).fetchone()
        return HostState(**dict(row)) if row else HostState(host)

    def pause_host(self, host: str, until: float, reason: str) -> None:
        """Leaves a host alone until an instant (seconds since 1970); a longer pause already set stays."""
        self._db.execute(rows.PAUSE_HOST, (host, until, reason))

    # ------------------------------------------------------------------ captures and parses

    def captures(
        self,
        *,
        roles: Collection[Role] | None = None,
        outcomes: Collection[Outcome] = (Outcome.OK,),
        portal: str | None = None,
        url: str | None = None,
        repeats: bool = False,
    ) -> Iterator[Capture]:
        """The captures in the order in which they were made: whole pages that were content, unless asked otherwise.

        `outcomes` empty means any (challenge pages and error pages too). `repeats` adds those that only repeat an
        earlier payload (WARC `revisit` records, unchanged pages).
        """
        query, values = rows.where(
            "SELECT * FROM captures",
            {
                rows.IN_JSON.format("role"): None if roles is None else json.dumps(sorted(roles)),
                rows.IN_JSON.format("outcome"): json.dumps(sorted(outcomes)) if outcomes else None,
                "portal = ?": portal,
                "url = ?": url,
            },
        )
        if not repeats:
            query += (" AND" if values else " WHERE") + " refers_to IS NULL"
        for row in self._db.execute(query + " ORDER BY id", values):
            yield rows.capture(row)

    def last_capture(self, url: str) -> Capture | None:
        """The latest capture of a URL that holds a payload, if there is one."""
        row = self._db.execute(
            "SELECT * FROM captures WHERE url = ? AND refers_to IS NULL AND outcome = 'ok' ORDER BY id DESC LIMIT 1",
            (url,),
        ).fetchone()
        return rows.capture(row) if row else None

    def committed_ends(self) -> dict[str, int]:
        """For each WARC file the offset at which the last recorded capture ends: what lies behind it is a torn tail."""
        return dict(self._db.execute("SELECT warc, max(offset + length) FROM captures GROUP BY warc").fetchall())

    def unparsed(self, parser_version: str, *, roles: Collection[Role] | None = None) -> Iterator[Capture]:
        """The captures of content that this parser version has not read yet."""
        query = (
            "SELECT * FROM captures c WHERE outcome = 'ok' AND refers_to IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM parses p WHERE p.capture = c.id AND p.parser_version = ?)"
        )
        values: list[str] = [parser_version]
        if roles is not None:
            query += " AND " + rows.IN_JSON.format("role")
            values.append(json.dumps(sorted(roles)))
        # Fetched at once: the caller records parses while it iterates.
        for row in self._db.execute(query + " ORDER BY id", values).fetchall():
            yield rows.capture(row)

    def record_parse(
        self, capture: Capture, parser_version: str, status: str, *, result: str | None = None, why: str | None = None
    ) -> None:
        """Records how a parser version read a capture: `ok` with its JSON, `not_a_report` or `unreadable` with why."""
        self._db.execute(
            "INSERT INTO parses (capture, parser_version, parsed_at, status, why, result) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET parsed_at = excluded.parsed_at, status = excluded.status, why = excluded.why,"
            " result = excluded.result",
            (self._capture_id(capture), parser_version, utc_now(), status, why, result),
        )

    def parses(self, parser_version: str) -> Iterator[Parse]:
        """What a parser version made of each capture, in the order of the captures."""
        query = (
            "SELECT p.parser_version, p.parsed_at, p.status AS parse_status, p.why, p.result, c.* FROM parses p"
            " JOIN captures c ON c.id = p.capture WHERE p.parser_version = ? ORDER BY c.id"
        )
        for row in self._db.execute(query, (parser_version,)):
            yield Parse(
                *(rows.capture(row), row["parser_version"], row["parsed_at"]),
                *(row["parse_status"], row["why"], row["result"]),
            )

    # ------------------------------------------------------------------ balance

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


def _last_id(cursor: sqlite3.Cursor) -> int:
    assert cursor.lastrowid is not None
    return cursor.lastrowid
