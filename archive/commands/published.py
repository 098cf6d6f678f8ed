"""Opens the published archive for the subcommands that show what is in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from archive.commands.common import Problem
from archive.commands.exits import Exit
from archive.generations import current

YEARS = "select distinct year from coverage"
"""Gives every report year that the archive knows anything of, held or not."""


@contextmanager
def published_archive(data: Path) -> Iterator[sqlite3.Connection]:
    """The database of the published generation, read-only; raises Problem where there is none, or it cannot be read."""
    generation = current(data)
    if generation is None:
        raise Problem(f"there is no archive in {data} yet: run `gongkai build --data {data}` first")
    address = f"{generation.archive.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection
    except sqlite3.DatabaseError as error:
        raise Problem(
            f"{generation.archive} cannot be read ({error}): it is damaged, or of another version of Gongkai; "
            f"run `gongkai build --data {data}`, or go back with `gongkai build --rollback --data {data}`"
        ) from error


def must_know(archive: sqlite3.Connection, what: str, wanted: str | int | None, query: str) -> None:
    """Raises Problem where `query` does not give what was asked about: an empty answer would look like a clean one."""
    known = {row[0] for row in archive.execute(query)}
    if wanted is not None and wanted not in known:
        there = ", ".join(map(str, sorted(known))) or "none"
        raise Problem(f"no {what} {wanted} in the archive; it has: {there}", Exit.WRONG_USE)
