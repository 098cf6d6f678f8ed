"""Holdings to archive.db: from nothing (`full`), or from the archive of the night before (`upon`)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from archive.checks.comparison import Memory
from archive.database import full, upon
from archive.database.copied_rows import write_copied
from archive.database.passages import save, slots_file
from archive.database.places import NoRoom
from archive.database.schema import load_schema
from archive.database.statements import insert
from archive.database.upon import Base
from archive.database.writing import Progress
from archive.holdings import Holdings

CACHE = 64 * 1024
"""KiB of pages that are held in memory: rows come in everywhere, and into a dozen indexes."""


def build_database(
    path: Path,
    holdings: Holdings,
    *,
    built_at: str,
    generation: int = 1,
    base: Base | None = None,
    numbers: Path | None = None,
    remember: Path | None = None,
    progress: Progress | None = None,
    said: Callable[[str], None] = lambda _: None,
) -> bool:
    """Writes archive.db with everything that is held, and returns whether it was made from the `base`.

    `path` must not exist. `built_at` is ISO 8601 in UTC. `progress` is told (reports done, reports in all). The same
    holdings give the same rows on any machine, whether the archive is made from a `base` or from nothing, if the
    `numbers` of versions and sections are taken from the same archive before: that of the base, or one that is named.
    `said` is told why a base would not do. What is to be remembered of the texts for the next archive goes to the
    directory `remember`, if given. Raises FileExistsError, UnsoundReport for a report that breaks its contract, and
    sqlite3 errors; what was written so far is then left for the caller to look at and remove. The file is neither
    checked (see archive.generations) nor forced to the disk.
    """
    if path.exists():
        raise FileExistsError(f"{path} exists; an archive is built into a new file")
    info = {
        "generation": generation,
        "built_at": built_at,
        "schema_version": load_schema().version,
        "parser_version": holdings.parser_version,
    }
    tell = progress or _silent
    if base is not None:
        try:
            shutil.copyfile(base.archive, path)
            with _opened(path) as connection:
                counts = upon.change(connection, holdings, base, tell)
                _end(connection, info | counts, base.memory, remember)
                upon.settle(connection)
            return True
        except NoRoom as why:
            said(f"built anew: {why}")
            path.unlink()
            numbers = base.archive
    with _opened(path) as connection:
        counts = full.fill(connection, holdings, numbers, tell)
        _end(connection, info | counts, None, remember)
        full.settle(connection)
    return False


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    # As a URI, so that the archive before can be opened beside it for reading only.
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rwc", uri=True, isolation_level=None)) as connection:
        # A file that nobody reads before it is whole needs no journal. Foreign keys are checked in one go at the end,
        # by the verification of a generation: a parent may stand behind its child.
        settings = ("page_size = 8192", "journal_mode = off", "synchronous = off", "foreign_keys = off")
        for pragma in (*settings, f"cache_size = -{CACHE}"):
            connection.execute(f"pragma {pragma}")
        yield connection


def _silent(done: int, total: int) -> None:
    """Tells nobody."""


def _end(
    connection: sqlite3.Connection, info: Mapping[str, object], before: Memory | None, remember: Path | None
) -> None:
    """Writes what is said of all reports beside one another, and what the archive says of itself; and commits."""
    with TemporaryFile() if remember is None else slots_file(remember) as slots:
        memory = write_copied(connection, slots, before)
        if remember is not None:
            save(memory, remember)
    insert(connection, "build_info", [dict(info)])
    connection.execute("commit")
