"""`digests.db` beside each archive.db: for every report a digest of all that its rows follow from.

Two generations in which a report has the same digest have the same rows of it, so that a night need only work on the
reports whose digest is another.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

DIGESTS = "digests.db"


@dataclass(frozen=True, slots=True)
class Changed:
    """The ids of the reports that are not as they were in the generation before."""

    added_or_changed: frozenset[str]
    removed: frozenset[str]


def write_digests(directory: Path, digests: Iterable[tuple[str, str]]) -> Path:
    """Writes the digests of a generation's reports into its directory; raises sqlite3 errors if they stand there."""
    path = directory / DIGESTS
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = off", "synchronous = off"):  # nobody reads it before the generation is whole
            connection.execute(f"pragma {pragma}")
        connection.execute("begin")
        connection.execute("create table reports (report_id text primary key, digest text not null) without rowid")
        connection.executemany("insert into reports values (?, ?)", digests)
        connection.execute("commit")
    return path


def read_digests(directory: Path) -> dict[str, str]:
    """The digest of each report of a generation; raises sqlite3.DatabaseError where the file is not there or torn."""
    path = (directory / DIGESTS).resolve()
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        return dict(connection.execute("select report_id, digest from reports"))


def changed(previous: Path, new: Path) -> Changed:
    """What differs between the generations in two directories (DATA/generations/N, also one that is being built).

    Raises sqlite3.DatabaseError where one of them has no digests.
    """
    return difference(read_digests(previous), read_digests(new))


def difference(before: dict[str, str], after: dict[str, str]) -> Changed:
    """What differs between the digests of two generations."""
    return Changed(
        added_or_changed=frozenset(report for report, digest in after.items() if before.get(report) != digest),
        removed=frozenset(before.keys() - after.keys()),
    )
