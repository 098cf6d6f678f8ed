"""Makes one ledger of several: the rules by which rows of several crawls become those of one.

The united ledger is a function of the set of rows that the ledgers hold, whatever their order:

- A run, a fetch, a capture and a parse that several ledgers hold is one, and none is left out. Numbers are given anew,
  by time: a later run has the higher number, as the ledger has it.
- A URL takes its outcome from the latest time it was asked for from each vantage. Of the vantages the portal's own word
  (a page, a redirect, "not there") goes before a refusal (blocked, not reached, no TLS, error, robots.txt), and then
  the later before the earlier. What was asked for goes before what is still open, and that before what was left out.
- Its place (portal, role, referrer, why) is that of the crawl that found it first with a reason to follow it; hints are
  the first that any had; the run that named it is the last; its bytes those of the outcome, or the latest.
- What a URL was united from stays in the table `merged_urls`, where several crawls found it or several vantages asked
  for it. So a merge that is told only of the directories that changed decides as one that is told of all of them.
- What hosts have used of their budgets, and how long they are left alone, is the most that any crawl holds.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from archive.ledger import Ledger
from archive.merging.sources import MergeError, Source, keep_merged

TABLES = ("runs", "captures", "urls", "fetches", "hosts", "shown", "parses", "merged_urls")


@dataclass(frozen=True, slots=True)
class Added:
    """How many rows of each table the united ledger has beyond those of the target; `changed` if any row differs."""

    rows: dict[str, int]
    changed: bool


def unite(target: Source, sources: Sequence[Source], path: Path) -> Added:
    """Writes the ledger that unites those of a target and its sources to `path`, which must be new.

    Files of the same name in the target must hold the same bytes as far as both go. Raises MergeError.
    """
    Ledger(path).close()
    keep_merged(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as united:
        # Only scratch: if this process dies, the next one begins anew.
        united.execute("PRAGMA synchronous = OFF")
        united.execute("PRAGMA foreign_keys = OFF")
        united.create_function("digest", 1, _digest, deterministic=True)
        united.execute("BEGIN")
        _script(united, "gather_tables.sql")
        for number, source in enumerate((target, *sources)):
            _gather(united, number, source)
        _script(united, "unite.sql")
        united.execute("COMMIT")
        if broken := united.execute("PRAGMA foreign_key_check").fetchall():
            raise MergeError(f"the united ledger has {len(broken)} rows that refer to none; nothing was changed")
        united.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return _compare(united, target.ledger)


def _gather(united: sqlite3.Connection, number: int, source: Source) -> None:
    united.create_function("here", 1, _name(source.name), deterministic=True)
    united.execute("COMMIT")  # no ledger is attached or detached within a transaction
    united.execute("ATTACH ? AS source", (str(source.ledger),))
    united.execute("BEGIN")
    _script(united, "gather.sql", number)
    united.execute("COMMIT")
    united.execute("DETACH source")
    united.execute("BEGIN")


def _name(name: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda warc: None if warc is None else name(warc)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _script(connection: sqlite3.Connection, name: str, number: int = 0) -> None:
    text = resources.files("archive.merging").joinpath(name).read_text("utf-8")
    # executescript would commit; no statement of ours holds a semicolon but at its end.
    for statement in text.split(";\n"):
        if statement.strip():
            connection.execute(statement.replace(":input", str(number)))


def _compare(united: sqlite3.Connection, before: Path) -> Added:
    united.execute("ATTACH ? AS source", (str(before),))
    added: dict[str, int] = {}
    changed = False
    for table in TABLES:
        new, old = (united.execute(f"SELECT count(*) FROM {db}.{table}").fetchone()[0] for db in ("main", "source"))
        added[table] = new - old
        changed = (
            changed
            or new != old
            or bool(
                united.execute(f"SELECT * FROM main.{table} EXCEPT SELECT * FROM source.{table} LIMIT 1").fetchone()
            )
        )
    united.execute("DETACH source")
    return Added(added, changed)
