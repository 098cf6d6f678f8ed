"""`digests.db` beside each archive.db: for every report a digest of all that its rows follow from.

Two generations in which a report has the same digest have the same rows of it, so that a night need only work on the
reports whose digest is another.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

DIGESTS = "digests.db"


def write_digests(directory: Path, digests: Mapping[str, str], made_by: Mapping[str, str]) -> Path:
    """Writes the digests of a generation's reports into its directory, and what else its rows follow from.

    Raises sqlite3 errors, also where digests stand there already.
    """
    path = directory / DIGESTS
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = off", "synchronous = off"):  # nobody reads it before the generation is whole
            connection.execute(f"pragma {pragma}")
        connection.execute("begin")
        connection.execute("create table reports (report_id text primary key, digest text not null) without rowid")
        connection.execute("create table made_by (name text primary key, value text not null) without rowid")
        connection.executemany("insert into reports values (?, ?)", digests.items())
        connection.executemany("insert into made_by values (?, ?)", made_by.items())
        connection.execute("commit")
    return path


def read_digests(directory: Path) -> dict[str, str]:
    """The digest of each report of a generation; raises sqlite3.DatabaseError where the file is not there or torn."""
    return dict(_rows(directory, "select report_id, digest from reports"))


def read_made_by(directory: Path) -> dict[str, str]:
    """What else the rows of a generation follow from; raises as `read_digests`."""
    return dict(_rows(directory, "select name, value from made_by"))


def _rows(directory: Path, query: str) -> Iterable[tuple[str, str]]:
    path = (directory / DIGESTS).resolve()
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        return connection.execute(query).fetchall()
