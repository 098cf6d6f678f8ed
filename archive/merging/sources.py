"""A DATA directory that is merged into another: read, never written to (SQLite may lay its `-shm` beside a ledger)."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from archive.captures import CaptureStore, captures_of
from archive.captures.names import is_copied, tag_of, tagged, untagged
from archive.ledger import CRAWL_LOCK, Ledger, LedgerError, LockedError
from archive.ledger.connection import version_of
from archive.ledger.watch import read_only

LEDGER = "ledger.db"


class MergeError(Exception):
    """Raised where directories cannot be united; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """One directory to be united: a copy of its ledger as of one moment, and where its captures end in it.

    `tag` is that of its own WARC files, None where it has none; `home` is that of the target.
    """

    data: Path
    store: CaptureStore
    ledger: Path
    ends: dict[str, int]
    tag: str | None
    home: str | None

    def name(self, warc: str) -> str:
        """The name of a WARC file of this directory in the target; a file of the target's own has no tag there."""
        there = warc if self.tag is None else tagged(warc, self.tag)
        return untagged(there) if self.home is not None and there == tagged(untagged(there), self.home) else there


@contextmanager
def no_crawl(data: Path) -> Iterator[None]:
    """Holds off crawls in a directory, without writing to it; raises LockedError while one is at work."""
    path = data / CRAWL_LOCK
    if not path.exists():
        yield
        return
    with path.open(encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read().strip() or "unknown"
            raise LockedError(f"{path} is held by process {holder}; merge when that crawl has ended") from None
        yield


def check_crawled(data: Path) -> None:
    """Raises MergeError where there is nothing to merge from."""
    if not (data / LEDGER).is_file():
        raise MergeError(f"{data} holds no crawl: there is no {LEDGER} in it")


def open_source(data: Path, copy: Path, home: str | None) -> Source:
    """Reads a directory to be merged; its ledger is copied to `copy`, `home` is the tag of the target.

    Raises MergeError, LedgerError, and LockedError while a crawl is at work there.
    """
    with no_crawl(data):
        copy_ledger(data / LEDGER, copy)
    ends, store = _ends(copy), captures_of(data)
    short = [f"{name} ({size} of {end} bytes)" for name, end in ends.items() if (size := store.size(name)) < end]
    if short:
        raise MergeError(f"{data}: captures that the ledger acknowledges are gone: {', '.join(short)}")
    return Source(data, store, copy, ends, _tag(store, ends), home)


def open_target(data: Path, copy: Path) -> Source:
    """Reads the directory that others are merged into, which may be new; the caller holds its lock."""
    if (data / LEDGER).is_file():
        copy_ledger(data / LEDGER, copy)
    else:
        Ledger(copy).close()
        keep_merged(copy)
    ends, store = _ends(copy), captures_of(data)
    tag = _tag(store, ends)
    return Source(data, store, copy, ends, tag, tag)


def copy_ledger(ledger: Path, copy: Path) -> None:
    """Copies a ledger as it stands at one moment, and brings the copy to the schema of this version.

    Raises LedgerError, which names the original, for a file that is none or that a newer version wrote.
    """
    address = read_only(ledger)
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=30)) as original, closing(sqlite3.connect(copy)) as new:
            original.backup(new)
            version_of(new, ledger)  # before it is brought up to date, which would name the copy
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise LedgerError(f"{copy.parent} has no room for a copy of {ledger}: {error}") from error
        raise LedgerError(f"{ledger} cannot be read as a ledger: {error}") from error
    Ledger(copy, create=False).close()
    keep_merged(copy)


def keep_merged(ledger: Path) -> None:
    """Gives a ledger the table with what its URLs were united from, which only merging knows of."""
    table = resources.files("archive.merging").joinpath("merged_urls.sql").read_text("utf-8")
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute(table)


def _tag(store: CaptureStore, ends: dict[str, int]) -> str | None:
    """The tag of the files that were written there: taken from the first that the ledger acknowledges, which stays."""
    own = sorted(name for name in ends if not is_copied(name))
    return tag_of(store.read_member(own[0], 0)[0]) if own else None


def _ends(ledger: Path) -> dict[str, int]:
    with Ledger(ledger, create=False) as opened:
        return opened.committed_ends()
