"""The feeds as files: of everything, of each province and of each agency."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from archive.exports.feeds import Feed, atom, json_feed, read_feed
from archive.exports.files import Written, write_file
from archive.exports.previous import Previous

DIRECTORY = "feeds"
AGENCY = "agency/"
SUMS = "agencies.sha256"
"""The hashes of the feeds of agencies, as `sha256sum --check` reads them; the manifest names this file, not them."""
FORMS: Mapping[str, Callable[[Feed], bytes]] = {"atom": atom, "json": lambda feed: json_feed(feed).encode()}
"""How a feed is written, by the last part of the name of its file."""


def write_feeds(connection: sqlite3.Connection, to: Path, previous: Previous | None = None) -> tuple[Written, ...]:
    """Writes `feeds/all`, one pair of files a province and one an agency; describes those that are not of an agency.

    Each is there as `.atom` and `.json`. What the files of agencies must be stands in one list of their hashes, so that
    those of an agency of whose reports nothing changed can be taken over. Raises OSError, and NotUsable where files
    cannot be taken over from `previous`.
    """
    home = to / DIRECTORY
    written: list[Written] = []
    sums: dict[str, str] = {}
    held = _same(connection, previous) if previous else {}
    for folder in ("province", "agency"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    for name in _names(connection):
        files = [f"{name}.{form}" for form in FORMS]
        if previous and held.keys() >= set(files):
            for file in files:
                previous.copy_small(f"{DIRECTORY}/{file}", held[file], home / file)
                sums[file] = held[file]
            continue
        feed = read_feed(connection, name)
        if feed is None:
            raise LookupError(f"{name}: the archive has reports of it, but no agency")
        for file, write in zip(files, FORMS.values(), strict=True):
            made = write_file(home / file, write(feed), f"{DIRECTORY}/{file}")
            if name.startswith(AGENCY):
                sums[file] = made.sha256
            else:
                written.append(made)
    lines = "".join(f"{digest}  {file}\n" for file, digest in sums.items())
    return (*written, write_file(home / SUMS, lines.encode(), f"{DIRECTORY}/{SUMS}"))


def _same(connection: sqlite3.Connection, previous: Previous) -> dict[str, str]:
    """The files of agencies that need not be written anew, with their hashes: all its reports are as they were."""
    there: dict[str, set[str]] = defaultdict(set)
    here: dict[str, set[str]] = defaultdict(set)
    for report in previous.reports:
        there[report.rpartition("-")[0]].add(report)
    for report, agency in connection.execute("select report_id, agency_id from reports"):
        here[agency].add(report)
    stay = {agency for agency, reports in here.items() if reports == there[agency] and reports <= previous.kept}
    with previous.proven(f"{DIRECTORY}/{SUMS}") as file:
        listed = file.read()
    sums = (line.partition("  ") for line in listed.decode().splitlines())
    return {file: digest for digest, _, file in sums if file.removeprefix(AGENCY).rpartition(".")[0] in stay}


def _names(connection: sqlite3.Connection) -> Iterator[str]:
    """The name of every feed that has entries, and of that of all."""
    yield "all"
    for kind, column in (("province", "province"), ("agency", "agency_id")):
        for (value,) in connection.execute(
            f"select distinct {column} from reports where {column} is not null order by {column}"
        ).fetchall():
            yield f"{kind}/{value}"
