"""Opens the ledger's file: schema, version, and transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from archive.ledger.records import LedgerError

APPLICATION_ID = 0x676B6C67  # "gklg"
SCHEMA_VERSION = 3

_UPGRADES: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE urls ADD COLUMN failed_rounds INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE urls ADD COLUMN named_run INTEGER",
        "ALTER TABLE fetches ADD COLUMN named INTEGER",
    ),
    2: (
        "CREATE TABLE shown (page TEXT NOT NULL, picture TEXT NOT NULL, PRIMARY KEY (page, picture))"
        " STRICT, WITHOUT ROWID",
        "ALTER TABLE parses ADD COLUMN pictures TEXT",
    ),
}
"""What makes the schema of one version that of the next; what an older version did not record stays unknown."""

_ADVICE = {
    sqlite3.SQLITE_FULL: " (is the disk full?)",
    sqlite3.SQLITE_IOERR: " (is the disk full?)",
    sqlite3.SQLITE_BUSY: "; another process is writing to it, so run the same command again when that has ended",
}


def utc_now() -> str:
    """The instant in ISO 8601, in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def connect(path: Path, *, create: bool) -> sqlite3.Connection:
    """Opens the ledger at `path`, making it where absent if `create`; raises LedgerError for a file it cannot use."""
    if not create and not path.is_file():
        raise LedgerError(f"{path} does not exist: nothing was crawled into this directory yet (`gongkai crawl` does)")
    path.parent.mkdir(parents=True, exist_ok=True)
    # Scrapy is one thread, but its pipelines may be called from another than the one that opened the file.
    connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        _prepare(connection, path)
    except sqlite3.OperationalError as error:
        connection.close()
        advice = _ADVICE.get(error.sqlite_errorcode & 0xFF, "")  # the lowest byte is the kind, the rest its details
        raise LedgerError(f"{path} cannot be opened: {error}{advice}") from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise LedgerError(f"{path} cannot be used as a ledger: {error}") from error
    except LedgerError:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL: a killed process loses nothing; a power cut may lose the last transactions, and then the WARC tail is cut
    # back to what the ledger knows, so the two stay in step.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    with transaction(connection):
        version = version_of(connection, path)
        if version == 0:
            schema = resources.files("archive.ledger").joinpath("schema.sql").read_text("utf-8")
            # executescript would commit the transaction, and the version is to appear with the tables or not at all.
            for statement in _statements(schema):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        for old in range(version or SCHEMA_VERSION, SCHEMA_VERSION):
            for statement in _UPGRADES[old]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {old + 1}")


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the schema of the ledger at `path`, 0 for an empty file.

    Raises LedgerError, which names `path`, for a database that is none and for a version newer than this program's.
    """
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise LedgerError(
            f"{path} has schema {version}, this program knows {SCHEMA_VERSION}: it was written by a newer version; "
            "use that version, or another data directory"
        )
    empty = version == 0 and not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if not empty and connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise LedgerError(f"{path} is a database, but not a ledger")
    return version


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Runs the block in one write transaction: all of it is kept, or nothing is."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        # A full disk may have ended the transaction already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
