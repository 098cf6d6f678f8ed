"""Opens the published archive for the subcommands that show what is in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from archive.commands.common import Problem
from archive.generations import current


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
