"""Two archives row by row, and night after night of made-up evidence."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive.database.build import build_database
from archive.database.inputs import report_digests
from archive.database.passages import load
from archive.database.upon import Base
from archive.holdings import Holdings, Reports
from tests.made_holdings import BUILT_AT

INDEX = "sections_fts"


def tables(archive: Path) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every table in the order in which they stand; of the search index every token of every text.

    The pieces in which the index keeps them may be others, and so may what the planner of SQLite knows of them.
    """
    with closing(sqlite3.connect(archive)) as connection:
        connection.execute(f"create virtual table temp.tokens using fts5vocab(main, {INDEX}, instance)")
        names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        rows = {
            name: connection.execute(f'select * from "{name}"').fetchall()
            for name in names
            if not name.startswith((INDEX, "sqlite_"))
        }
        indexes = connection.execute("select name, tbl_name, sql from sqlite_master order by name").fetchall()
        return rows | {
            INDEX: connection.execute("select * from temp.tokens").fetchall(),
            f"{INDEX}_docsize": connection.execute(f"select * from {INDEX}_docsize").fetchall(),
            "sqlite_master": indexes,
        }


@dataclass(slots=True)
class Nights:
    """Archives of one holdings after another, each beside a directory of its own, with rows taken over or without."""

    home: Path
    last: Path | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    number: int = 0
    said: list[str] = field(default_factory=list)

    def build(self, holdings: Holdings, *, remembered: bool = True) -> tuple[Path, Path, frozenset[str]]:
        """The archive built upon the last one, the one built anew, and the reports of which rows were taken over."""
        self.number += 1
        digests = dict(report_digests(holdings))
        kept = frozenset(report for report, digest in digests.items() if self.digests.get(report) == digest)
        base = None
        if self.last is not None:
            base = Base(self.last, kept, load(self.last.parent) if remembered else None)
        upon, anew = self.home / f"{self.number}", self.home / f"{self.number}-anew"
        for directory, start in ((upon, base), (anew, None)):
            directory.mkdir()
            build_database(
                directory / "archive.db",
                holdings,
                built_at=BUILT_AT,
                base=start,
                numbers=self.last,
                remember=directory,
                said=self.said.append,
            )
        self.last, self.digests = upon / "archive.db", digests
        return self.last, anew / "archive.db", kept


def without(holdings: Holdings, *gone: str) -> Holdings:
    """The holdings without some reports and what is said of them."""
    return replace(
        holdings,
        reports=Reports(report for report in holdings.reports if report.id not in gone),
        coverage=tuple(entry for entry in holdings.coverage if entry.report_id not in gone),
    )
