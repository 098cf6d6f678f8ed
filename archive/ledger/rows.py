"""The ledger's statements, and its rows turned into records."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from sys import intern

from archive import models
from archive.ledger.records import Fetch, FrontierUrl, Run, Standing
from archive.models import Capture, Outcome, Role

IN_JSON = "{} IN (SELECT value FROM json_each(?))"

REOPEN = (
    "UPDATE urls SET state = 'open', outcome = NULL, reason = NULL, detail = NULL, redirect_to = NULL, attempts = 0,"
    " next_try_at = 0, done_at = NULL, done_run = NULL"
)

# What is asked again goes after what is new, so that the budget of a host never ends before a new report; lists first.
REOPEN_DUE = (
    f"{REOPEN}, priority = CASE WHEN role IN ('home', 'listing') THEN max(priority, 800)"
    " WHEN outcome = 'excluded' THEN priority ELSE -1 END WHERE id = ?"
)

STANDINGS = (
    "SELECT u.id, u.url, u.role, u.outcome, u.reason, u.title_hint, u.link_text, u.date_hint, u.found_at, u.done_at,"
    " u.done_run, u.failed_rounds, u.referrer, u.capture IS NOT NULL AS held, u.named_run,"
    " CASE WHEN l.outcome = 'ok' AND l.reason IS NOT 'partial' THEN l.done_run END AS list_run FROM urls u"
    " LEFT JOIN urls l ON l.url = u.referrer AND l.method = 'GET' AND l.body = x''"
    " WHERE u.portal = ? AND u.state = 'done' AND u.role <> 'robots'"
    " AND (u.outcome <> 'excluded' OR u.reason = 'budget')"
)

SHOW = "INSERT OR IGNORE INTO shown (page, picture) VALUES (?, ?)"

# A picture that moved is held under the address that it moved to.
PICTURES = (
    "SELECT s.page, s.picture, f.run, c.sha256, ifnull(o.warc, c.warc) AS warc, ifnull(o.offset, c.offset) AS offset"
    " FROM shown s LEFT JOIN urls a ON a.url = s.picture AND a.method = 'GET' AND a.body = x''"
    " LEFT JOIN urls u ON u.url IN (a.url, a.redirect_to) AND u.method = 'GET' AND u.body = x''"
    " LEFT JOIN fetches f ON f.url = u.id AND f.outcome IN ('ok', 'not_modified')"
    " LEFT JOIN captures c ON c.id = f.capture LEFT JOIN captures o ON o.id = c.refers_to"
    " ORDER BY s.page, s.picture, f.run, f.id"
)

SHOWING = (
    "SELECT c.*, f.run AS seen_in, o.warc AS of_warc, o.offset AS of_offset, p.capture IS NOT NULL AS parsed,"
    " p.pictures AS made_of FROM (SELECT DISTINCT page FROM shown) s"
    " JOIN urls u ON u.url = s.page AND u.method = 'GET' AND u.body = x''"
    " JOIN fetches f ON f.url = u.id AND f.outcome IN ('ok', 'not_modified') JOIN captures c ON c.id = f.capture"
    " LEFT JOIN captures o ON o.id = c.refers_to"
    " LEFT JOIN parses p ON p.capture = c.id AND p.parser_version = ? ORDER BY u.id, f.run, f.id"
)

NAME = "UPDATE urls SET named_run = ? WHERE url = ? AND method = ? AND body = ?"

NAMED_BY = "SELECT referrer, why, outcome, reason, done_run, named_run FROM urls WHERE url = ? AND method = 'GET'"

CLOSE = (
    "UPDATE urls SET state = 'done', outcome = ?1, reason = ?2, detail = ?3, done_at = ?4, done_run = ?5,"
    " failed_rounds = CASE WHEN ?6 THEN failed_rounds + 1 ELSE failed_rounds END"
)

INSERT_URL = (
    "INSERT INTO urls (url, host, portal, role, state, outcome, reason, detail, depth, priority, referrer, title_hint,"
    " date_hint, agency_hint, why, link_text, found_at, found_run, done_at, done_run, method, body, headers) VALUES"
    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (url, method, body) DO NOTHING"
)

OPEN_EXCLUDED = (
    "UPDATE urls SET state = 'open', outcome = NULL, reason = NULL, detail = NULL, done_at = NULL, done_run = NULL,"
    " host = ?, portal = ?, role = ?, depth = ?, priority = ?, referrer = ?, why = ?, link_text = ?, attempts = 0,"
    " next_try_at = 0 WHERE url = ? AND method = ? AND body = ? AND outcome = 'excluded' AND reason <> 'budget'"
)

FILL_HINTS = (
    "UPDATE urls SET title_hint = coalesce(title_hint, ?), date_hint = coalesce(date_hint, ?),"
    " agency_hint = coalesce(agency_hint, ?) WHERE url = ? AND method = ? AND body = ?"
)

# A range and no LIKE, so that the index of URLs is used; no character of a URL comes after U+10FFFF.
HELD_BELOW = (
    "SELECT u.*, c.sha256 FROM urls u JOIN captures c ON c.id = u.capture"
    " WHERE u.url >= ? AND u.url < ? || char(1114111) AND u.method = 'GET' ORDER BY u.id"
)

NEXT_OPEN = (
    "SELECT * FROM urls WHERE state = 'open' AND host = ? AND (next_try_at <= ? OR next_try_at > ?)"
    " AND portal IN (SELECT portal FROM temp.chosen) ORDER BY priority DESC, id LIMIT 1"
)

NEXT_DUE = (
    "SELECT min(next_try_at) FROM urls WHERE state = 'open' AND host = ? AND portal IN (SELECT portal FROM temp.chosen)"
)

ANY_OPEN = "SELECT 1 FROM urls WHERE state = 'open' AND portal IN (SELECT portal FROM temp.chosen) LIMIT 1"

# A run asks for the next URL with every request: reading three thousand portals from JSON each time would take longer
# than all else that the ledger does.
CHOOSE = (
    "CREATE TEMP TABLE IF NOT EXISTS chosen (portal TEXT PRIMARY KEY) WITHOUT ROWID",
    "DELETE FROM temp.chosen",
    "INSERT OR IGNORE INTO temp.chosen SELECT value FROM json_each(?)",
)

INSERT_FETCH = (
    "INSERT INTO fetches (run, url, attempt, started_at, seconds, status, outcome, reason, evidence, bytes, final,"
    " capture, named) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

FINISH_URL = (
    "UPDATE urls SET state = 'done', outcome = ?, reason = ?, detail = ?, done_at = ?, done_run = ?, attempts = ?,"
    " redirect_to = ?, etag = coalesce(?, etag), last_modified = coalesce(?, last_modified),"
    " capture = coalesce(?, capture), failed_rounds = CASE WHEN ? THEN failed_rounds + 1 ELSE 0 END WHERE id = ?"
)

INSERT_CAPTURE = (
    "INSERT INTO captures (sha256, url, warc, offset, length, fetched_at, status, outcome, media_type, charset, role,"
    " portal, referrer, title_hint, date_hint, agency_hint, truncated, problem, refers_to)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

CHARGE_HOST = (
    "INSERT INTO hosts (host, pages, bytes, seconds, block_streak) VALUES (?1, 1, ?2, ?3, ?4)"
    " ON CONFLICT (host) DO UPDATE SET pages = pages + 1, bytes = bytes + ?2, seconds = seconds + ?3,"
    " block_streak = CASE WHEN ?5 THEN block_streak + 1 WHEN ?6 THEN 0 ELSE block_streak END"
)

PAUSE_HOST = (
    "INSERT INTO hosts (host, paused_until, pause_reason) VALUES (?1, ?2, ?3) ON CONFLICT (host) DO UPDATE SET"
    " paused_until = ?2, pause_reason = ?3 WHERE ?2 > paused_until"
)

FETCHES = (
    "SELECT f.run, u.url, u.portal, u.role, f.attempt, f.started_at, f.seconds, f.status, f.outcome, f.reason,"
    " f.evidence, f.bytes, f.final, f.named, c.sha256 FROM fetches f JOIN urls u ON u.id = f.url"
    " LEFT JOIN captures c ON c.id = f.capture"
)

DOCUMENTS, THERE = (
    "({})".format(", ".join(f"'{word}'" for word in words))
    for words in (models.DOCUMENTS, (Outcome.OK, Outcome.NOT_MODIFIED))
)
"""Values of ours as SQL has them behind IN."""

LOOKS = (
    f"SELECT f.started_at, f.outcome IN {THERE} FROM urls u JOIN fetches f ON f.url = u.id"
    f" WHERE u.url = ? AND u.role IN {DOCUMENTS} AND f.final"
    f" AND (f.outcome IN {THERE} OR (f.outcome IN ('not_found', 'soft_404') AND f.named = 0))"
)

# The documents in which a parser version found no report, or which it has not read: some repeat one that it has read.
UNREPORTED = (
    f"SELECT * FROM captures WHERE role IN {DOCUMENTS} AND outcome IN {THERE}"
    " AND id NOT IN (SELECT capture FROM parses WHERE parser_version = ? AND status = 'ok') ORDER BY id"
)

MISSING = f"SELECT * FROM urls WHERE role IN {DOCUMENTS} AND (outcome IS NULL OR outcome NOT IN {THERE}) ORDER BY id"

OUTCOMES = (
    "SELECT portal, role, ifnull(outcome, 'open') AS outcome, count(*) FROM urls GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)

LAST_MODIFIED = "SELECT last_modified FROM urls WHERE url = ? AND last_modified <> '' ORDER BY id DESC LIMIT 1"

TALLIES = (
    "SELECT f.run, u.portal, f.outcome, count(*) FROM fetches f JOIN urls u ON u.id = f.url"
    " WHERE f.run >= ? AND f.final AND u.role <> 'robots' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)

# `ok` is counted only where the capture is in the index: a page without its bytes falls out of the sum.
ENDS = (
    "SELECT CASE WHEN state = 'open' THEN 'open' ELSE outcome END AS end,"
    " CASE WHEN outcome = 'excluded' THEN reason END AS why, count(*) FROM"
    " (SELECT u.* FROM urls u LEFT JOIN captures c ON c.id = u.capture"
    "  WHERE u.outcome IS NOT 'ok' OR c.id IS NOT NULL){where} GROUP BY 1, 2"
)


def where(query: str, conditions: Mapping[str, object | None]) -> tuple[str, list[object]]:
    """The query with those conditions joined by AND whose value is not None, and the values."""
    given = {condition: value for condition, value in conditions.items() if value is not None}
    clause = " WHERE " + " AND ".join(given) if given else ""
    return query + clause, list(given.values())


def frontier_url(row: sqlite3.Row) -> FrontierUrl:
    """A row of `urls`."""
    outcome = row["outcome"]
    return FrontierUrl(
        id=row["id"],
        url=row["url"],
        host=row["host"],
        portal=row["portal"],
        role=Role(row["role"]),
        state=row["state"],
        outcome=None if outcome is None else Outcome(outcome),
        reason=row["reason"],
        detail=row["detail"],
        depth=row["depth"],
        priority=row["priority"],
        referrer=row["referrer"],
        redirect_to=row["redirect_to"],
        title_hint=row["title_hint"],
        date_hint=row["date_hint"],
        agency_hint=row["agency_hint"],
        why=row["why"],
        link_text=row["link_text"],
        found_at=row["found_at"],
        done_at=row["done_at"],
        attempts=row["attempts"],
        next_try_at=row["next_try_at"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        capture=row["capture"],
        method=row["method"],
        body=row["body"],
        headers=tuple((name, value) for name, value in json.loads(row["headers"])),
    )


def fetch(row: sqlite3.Row) -> Fetch:
    """A row of the query FETCHES."""
    return Fetch(
        run=row["run"],
        url=row["url"],
        portal=row["portal"],
        role=Role(row["role"]),
        attempt=row["attempt"],
        started_at=row["started_at"],
        seconds=row["seconds"],
        status=row["status"],
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        evidence=row["evidence"],
        bytes=row["bytes"],
        final=bool(row["final"]),
        named=None if row["named"] is None else bool(row["named"]),
        sha256=row["sha256"],
    )


def standing(row: sqlite3.Row) -> Standing:
    """A row of the query STANDINGS."""
    return Standing(
        url=row["url"],
        role=Role(row["role"]),
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        title=row["title_hint"] or row["link_text"],
        date=row["date_hint"],
        found_at=row["found_at"],
        done_at=row["done_at"],
        failed_rounds=row["failed_rounds"],
        held=bool(row["held"]),
        dropped=row["list_run"] is not None and (row["named_run"] or 0) < row["list_run"],
        asked_since_dropped=(row["done_run"] or 0) > (row["named_run"] or 0),
        referrer=row["referrer"],
    )


def _shared(text: str | None) -> str | None:
    return None if text is None else intern(text)


def capture(row: sqlite3.Row) -> Capture:
    """A row of `captures`; what thousands of them have in common is one text in memory."""
    return Capture(
        sha256=row["sha256"],
        url=row["url"],
        fetched_at=row["fetched_at"],
        status=row["status"],
        media_type=intern(row["media_type"]),
        warc=intern(row["warc"]),
        offset=row["offset"],
        length=row["length"],
        role=None if row["role"] is None else Role(row["role"]),
        portal=_shared(row["portal"]),
        referrer=_shared(row["referrer"]),
        title_hint=row["title_hint"],
        date_hint=_shared(row["date_hint"]),
        agency_hint=_shared(row["agency_hint"]),
        charset=_shared(row["charset"]),
        truncated=row["truncated"],
        problem=row["problem"],
    )


def run(row: sqlite3.Row) -> Run:
    """A row of `runs`."""
    return Run(
        id=row["id"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        state=row["state"],
        user_agent=row["user_agent"],
        settings=json.loads(row["settings"]),
        portals=tuple(json.loads(row["portals"])),
        summary=None if row["summary"] is None else json.loads(row["summary"]),
    )
