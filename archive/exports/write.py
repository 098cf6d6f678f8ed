"""All exports of one generation, in one go: tables, years, JSON Lines, and what describes them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from archive.database.schema import load_schema
from archive.exports.datapackage import LICENSE, data_package
from archive.exports.dictionary import dictionary
from archive.exports.feed_files import write_feeds
from archive.exports.files import Written, describe, write_file
from archive.exports.json_lines import export_reports
from archive.exports.names import CITATION, DICTIONARY_FILE, MANIFEST_FILE, PACKAGE_FILE, SCHEMA_FILE
from archive.exports.previous import Before, NotUsable, Previous, made_by, open_previous
from archive.exports.report_schema import report_schema
from archive.exports.resources import load_resources
from archive.exports.rows import report_ids
from archive.exports.tables import write_table
from archive.exports.wide import write_years
from archive.holdings import Holdings

TITLE = "政府信息公开工作年度报告档案 · Archive of annual disclosure reports"

Progress = Callable[[str, int, int], None]
"""Is told the name of a step, how much of it is done and how much there is."""


def export_all(
    holdings: Holdings,
    archive: Path,
    to: Path,
    *,
    digest: str | None = None,
    before: Before | None = None,
    progress: Progress | None = None,
    said: Callable[[str], None] = lambda _: None,
) -> tuple[Path, ...]:
    """Writes every export of the archive.db at `archive` and of the holdings it was built from; returns the files,
    those of single agencies excepted.

    Tables come from the database, so that they equal it row for row; the reports from the holdings. `digest` is the
    SHA-256 of the archive, where it is known. What is said of
    the reports that are as they were `before` is taken over from there, which gives the same files, byte by byte; where
    that cannot be done, `said` is told why and everything is made anew. Files appear whole or not at all,
    `manifest.json` last: a directory with a manifest is complete. Raises OSError, sqlite3 errors, and
    pyarrow.ArrowInvalid for a value that is not of its column's type.
    """
    to.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(f"{archive.resolve().as_uri()}?immutable=1", uri=True)) as connection:
        facts, tell = _facts(connection), progress or _silent
        source = describe(archive, archive.name, digest)
        if before is not None:
            try:
                previous = open_previous(before, report_ids(connection), facts)
                return _export(connection, holdings, source, to, facts, previous, tell)
            except NotUsable as why:
                said(f"the exports are made anew; nothing was taken over from those before: {why}")
        return _export(connection, holdings, source, to, facts, None, tell)


def _export(
    connection: sqlite3.Connection,
    holdings: Holdings,
    source: Written,
    to: Path,
    facts: Mapping[str, Any],
    previous: Previous | None,
    tell: Progress,
) -> tuple[Path, ...]:
    resources, reports = load_resources(), report_ids(connection)
    files: list[Written] = []
    for number, resource in enumerate(resources, 1):
        files += write_table(connection, resource, to, reports, previous)
        tell("writing the tables", number, len(resources))
    files += write_years(connection, to, previous)
    feeds = write_feeds(connection, to, previous)
    files += [
        export_reports(
            holdings, to, previous=previous, progress=lambda done, total: tell("writing the reports", done, total)
        ),
        write_file(to / SCHEMA_FILE, pretty(report_schema()), SCHEMA_FILE),
        write_file(to / DICTIONARY_FILE, dictionary().encode(), DICTIONARY_FILE),
    ]
    package = data_package(
        resources,
        files,
        title=TITLE,
        built_at=facts["built_at"],
        version=f"{facts['schema_version']}.{facts['generation']}",
    )
    files += [*feeds, write_file(to / PACKAGE_FILE, pretty(package), PACKAGE_FILE)]
    write_file(to / MANIFEST_FILE, pretty(_manifest(facts, [*files, source])), MANIFEST_FILE)
    return tuple(to / name for name in (*(file.name for file in files), MANIFEST_FILE))


def _manifest(facts: Mapping[str, Any], files: Sequence[Written]) -> dict[str, Any]:
    """What was made, from what, and when each portal last had a good night."""
    return {
        **facts,
        "title": TITLE,
        "license": LICENSE,
        "citation": CITATION.format(generation=facts["generation"], day=facts["built_at"][:10]),
        "files": [in_manifest(file) for file in files],
    }


def in_manifest(file: Written) -> dict[str, Any]:
    """The entry of a file in the manifest."""
    entry = {"name": file.name, "bytes": file.size, "sha256": file.sha256}
    return entry if file.rows is None else entry | {"rows": file.rows}


def _facts(connection: sqlite3.Connection) -> dict[str, Any]:
    columns = load_schema()["build_info"].column_names()
    row = connection.execute(f"select {', '.join(columns)} from build_info").fetchone()
    # Complete, and nothing failed: the last night on which a portal's gaps are the portal's own.
    nights = connection.execute(
        "select p.portal_id, max(n.started_at) from portals p left join portal_nights n"
        " on n.portal_id = p.portal_id and n.state = 'complete' and n.failed = 0 and n.warnings = '[]'"
        " group by p.portal_id"
    )
    return dict(zip(columns, row, strict=True)) | {"last_good_night": dict(nights), "made_by": made_by()}


def pretty(value: object) -> bytes:
    """A description as JSON that people can read."""
    return f"{json.dumps(value, ensure_ascii=False, indent=1)}\n".encode()


def _silent(step: str, done: int, total: int) -> None:
    """Tells nobody."""
