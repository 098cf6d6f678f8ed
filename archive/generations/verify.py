"""Whether a finished archive.db may be published: the file, its references, its size against the last, and its search.

Every check runs even if one before it failed, so that a refused night is understood at one look.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from archive.database.schema import FTS_KEY, FTS_TABLE, load_schema
from archive.search import match_expression, normalise, parse_query

TOLERANCE = 0.02
"""Share of the rows of the last generation that may be missing: a stricter parser drops a few, a fault many."""
FLOOR_TABLES = ("agencies", "captures", "reports", "versions", "sightings", "sections", "cells", "coverage", "portals")
SEARCH_TEXTS = 3000
SEARCH_QUERIES = 24
SHOWN = 5
CACHE = 64 * 1024
"""KiB of pages that are held in memory: every index is held against its table, back and forth."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at (`counts` of rows by table, `searches` compared) and what was found wrong."""

    failures: tuple[str, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    searches: int = 0
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing was wrong."""
        return not self.failures


def verify(
    archive: Path,
    previous: Path | None = None,
    *,
    copied: bool = False,
    tolerance: float = TOLERANCE,
    seed: int = 0,
) -> Verification:
    """Verifies an archive, against the published one where there is one; never raises for what is wrong with the file.

    `copied` says that it is a copy of an archive that was proved to be as it was when it passed, with some rows
    changed. `seed` chooses the texts and queries that search is tried with; a night passes its generation's number.
    """
    if not archive.is_file():
        return Verification((f"the file: there is no archive {archive}",))
    connection = sqlite3.connect(f"{archive.resolve().as_uri()}?mode=rw", uri=True)
    failures: list[str] = []
    counts: dict[str, int] = {}
    searches = 0
    try:
        connection.execute(f"pragma cache_size = -{CACHE}")
        if not _passes(failures, "the file", lambda: _integrity(connection, copied)):
            return Verification(tuple(failures))
        if not _passes(failures, "the schema", lambda: _schema(connection)):
            return Verification(tuple(failures))
        _passes(failures, "references", lambda: _references(connection))
        counts = row_counts(connection)
        _passes(failures, "identities", lambda: _identities(connection, counts))
        _passes(failures, "the search index", lambda: _index(connection))
        searches = _searches(connection, failures, seed)
    except sqlite3.DatabaseError as error:
        failures.append(f"the file cannot be read: {error}")
    finally:
        connection.close()
    notes = (
        _floor(previous, counts, tolerance, failures) if previous is not None else ("there is no generation before",)
    )
    return Verification(tuple(failures), counts, searches, notes)


def _passes(failures: list[str], what: str, look: Callable[[], Iterator[str]]) -> bool:
    try:
        found = [f"{what}: {failure}" for failure in look()]
    except sqlite3.DatabaseError as error:
        found = [f"{what}: {error}"]
    failures += found
    return not found


def _integrity(connection: sqlite3.Connection, copied: bool) -> Iterator[str]:
    """What is wrong with pages, values and indexes.

    Whether each row stands in each index under its own values takes longer to find out than all else. Of a copy whose
    indexes were right, and in which SQLite alone changed rows, every page and value is looked at, and how many rows
    each index has.
    """
    for (line,) in connection.execute(f"pragma {'quick_check' if copied else 'integrity_check'}({SHOWN})"):
        if line != "ok":
            yield line
    if copied:
        yield from _short_indexes(connection)


def _short_indexes(connection: sqlite3.Connection) -> Iterator[str]:
    indexes = connection.execute("select tbl_name, name from sqlite_master where type = 'index' order by 1").fetchall()
    for table, its in groupby(indexes, itemgetter(0)):
        (rows,) = connection.execute(f'select count(*) from "{table}" not indexed').fetchone()
        for _, index in its:
            (entries,) = connection.execute(f'select count(*) from "{table}" indexed by "{index}"').fetchone()
            if rows != entries:
                yield f"wrong # of entries in index {index}: {entries}, and {rows} rows in {table}"


def _schema(connection: sqlite3.Connection) -> Iterator[str]:
    schema = load_schema()
    for table in (*schema.tables, *schema.views):
        columns = tuple(name for _, name, *_ in connection.execute(f'pragma table_info("{table.name}")'))
        if columns != table.column_names():
            wanted = ", ".join(table.column_names())
            yield f"{table.name} has the columns {', '.join(columns) or '(none)'}, not {wanted}"
    versions = connection.execute("select schema_version from build_info").fetchall()
    if versions != [(schema.version,)]:
        yield f"build_info must have one row with schema version {schema.version}, not {versions}"


def _references(connection: sqlite3.Connection) -> Iterator[str]:
    broken: dict[tuple[str, str], int] = {}
    for table, _, parent, _ in connection.execute("pragma foreign_key_check"):
        broken[table, parent] = broken.get((table, parent), 0) + 1
    for (table, parent), number in broken.items():
        yield f"{number} rows of {table} refer to rows of {parent} that are not there"


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """The number of rows of every table of the schema."""
    return {
        table.name: connection.execute(f'select count(*) from "{table.name}"').fetchone()[0]
        for table in load_schema().tables
    }


# The cells of each form that has tables, counted once and not for each report.
_FORMS = "with forms as materialized (select era, count(*) as of_form from items where era in ('B', 'C') group by era)"

# What must be equal in any archive: (what it says, one side, the other side).
_EQUAL = (
    (
        "reports, and current versions",
        "select count(*) from reports",
        "select count(*) from versions where current = 1",
    ),
    (
        "reports, and those whose current version is theirs",
        "select count(*) from reports",
        "select count(*) from reports join versions using (version_no, report_id) where current = 1",
    ),
    ("versions, and those that reports count", "select count(*) from versions", "select total(versions) from reports"),
    (
        "sightings, and those that reports count",
        "select count(*) from sightings",
        "select total(sightings) from reports",
    ),
    ("reports, and those that agencies count", "select count(*) from reports", "select total(reports) from agencies"),
    (
        "reports, and those with an id of their agency and year",
        "select count(*) from reports",
        "select count(*) from reports where report_id = agency_id || '-' || year",
    ),
    (
        "cells of current versions (all, with a value), and those that reports count",
        "select count(*), count(value) from cells join versions using (version_no) where current = 1",
        "select total(cells_total), total(cells_read) from reports",
    ),
    (
        "reports with all cells of their form, and reports of eras with tables",
        f"{_FORMS} select count(*) from reports join forms using (era) where cells_total = of_form",
        "select count(*) from reports where era in ('B', 'C')",
    ),
    (
        "versions with all cells of their form, and versions of eras with tables",
        f"{_FORMS} select count(*) from versions v join forms using (era)"
        " where (select count(*) from cells c where c.version_no = v.version_no) = of_form",
        "select count(*) from versions where era in ('B', 'C')",
    ),
    (
        "texts in the search index, and sections",
        f"select count(*) from {FTS_TABLE}",
        f"select count(distinct {FTS_KEY}) from sections",
    ),
)


def _identities(connection: sqlite3.Connection, counts: Mapping[str, int]) -> Iterator[str]:
    for what, left, right in _EQUAL:
        one, other = (tuple(map(int, connection.execute(query).fetchone())) for query in (left, right))
        if one != other:
            yield f"{what} differ: {' / '.join(map(str, one))} and {' / '.join(map(str, other))}"
    stated = connection.execute(
        "select portals, agencies, reports, versions, sections, findings, captures, unplaced from build_info"
    ).fetchone()
    names = ("portals", "agencies", "reports", "versions", "sections", "checks", "captures", "unplaced")
    for name, number in zip(names, stated, strict=True):
        if counts[name] != number:
            yield f"build_info states {number} {name}, the table has {counts[name]}"


def _index(connection: sqlite3.Connection) -> Iterator[str]:
    # The command is FTS5's own check of its structures; it writes nothing.
    connection.execute(f"insert into {FTS_TABLE} ({FTS_TABLE}) values ('integrity-check')")
    connection.rollback()
    yield from ()


def _searches(connection: sqlite3.Connection, failures: list[str], seed: int) -> int:
    """Compares the index with a scan on a sample of the texts; returns the number of queries tried."""
    chance = random.Random(seed)
    ids = [docid for (docid,) in connection.execute(f"select {FTS_KEY} from sections order by {FTS_KEY}")]
    sample = chance.sample(ids, min(SEARCH_TEXTS, len(ids)))
    texts = {docid: _text(connection, docid) for docid in sample}
    folded = {docid: normalise(text) for docid, text in texts.items()}
    filled = [docid for docid in sample if texts[docid].strip()]
    queries = [_piece(texts[chance.choice(filled)], chance) for _ in range(SEARCH_QUERIES if filled else 0)]
    for query in queries:
        hits = connection.execute(
            f"select rowid from {FTS_TABLE} where {FTS_TABLE} match ?", (match_expression(query),)
        )
        found = {docid for (docid,) in hits} & texts.keys()
        parsed = parse_query(query)
        wanted = {docid for docid, text in folded.items() if parsed.finds(text)}
        if found != wanted:
            failures.append(
                f"search: {query!r} misses {len(wanted - found)} and adds {len(found - wanted)} of {len(texts)} texts"
            )
    return len(queries)


def _text(connection: sqlite3.Connection, docid: int) -> str:
    row: tuple[str] = connection.execute(f"select text from sections where {FTS_KEY} = ?", (docid,)).fetchone()
    return row[0]


def _piece(text: str, chance: random.Random) -> str:
    """One to eight characters of a text, not blank."""
    while True:
        start = chance.randrange(len(text))
        piece = text[start : start + chance.randint(1, 8)]
        if piece.strip():
            return piece


def _floor(previous: Path, counts: Mapping[str, int], tolerance: float, failures: list[str]) -> tuple[str, ...]:
    """Compares the numbers of rows with those of the last generation; returns what could not be compared."""
    connection = sqlite3.connect(f"{previous.resolve().as_uri()}?immutable=1", uri=True)
    notes = []
    try:
        present = {name for (name,) in connection.execute("select name from sqlite_master")}
        for table in FLOOR_TABLES:
            if table not in present:
                notes.append(f"the last generation has no table {table} to compare with")
                continue
            before: int = connection.execute(f'select count(*) from "{table}"').fetchone()[0]
            now = counts.get(table, 0)
            if now < before - int(before * tolerance):
                failures.append(
                    f"row floor: {table} has {now} rows, the last generation had {before}"
                    f" (a loss of up to {tolerance:.0%} is let pass)"
                )
    except sqlite3.DatabaseError as error:
        notes.append(f"the last generation cannot be read, so nothing was compared with it: {error}")
    finally:
        connection.close()
    return tuple(notes)
