"""Whether a build may take over rows from the published generation, and why not where it may not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from archive.database.passages import PASSAGES, NotRemembered, load
from archive.database.upon import Base
from archive.generations.digests import read_digests, read_made_by
from archive.generations.store import Generation, generations, not_as_published

WORDS = {
    "schema": "its table definitions are of version {before}, now {after}",
    "parser": "its reports were read by parser {before}, now {after}",
    "code": "the code or the rules of the archive have changed since",
}


MOST_CHANGED = 1 / 3
"""Where more reports than this share are not as they were, a build upon the last one saves little."""
MOST_UNUSED = 0.1
"""A file of which a larger share is no longer in use is made anew, without it."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a build starts from: `base` and the number of its generation, or None; and `why` not all is taken over.

    `numbers` is the archive from which a full build takes the numbers of versions and sections, if there is one.
    """

    base: Base | None
    generation: int | None = None
    why: str | None = None
    numbers: Path | None = None


def start_from(
    published: Generation | None, digests: Mapping[str, str], made_by: Mapping[str, str], *, full: bool = False
) -> Start:
    """What the build of reports with these digests may start from; `full` asks for one from nothing.

    An archive counts only if every byte is as it was when it passed its verification.
    """
    if published is None:
        return Start(None, why="there is no generation before")
    name = f"generation {published.number}"
    try:
        before, made = read_digests(published.path), read_made_by(published.path)
    except sqlite3.DatabaseError as error:
        return Start(None, why=f"{name} does not say what its rows follow from ({error})")
    others = [
        f"{name}: " + words.format(before=made.get(part), after=made_by[part])
        for part, words in WORDS.items()
        if made.get(part) != made_by[part]
    ]
    if made.get("schema") != made_by["schema"]:
        return Start(None, why=others[0])
    if why := not_as_published(published):
        return Start(None, why=f"{name} {why}")
    kept = frozenset(report for report, digest in digests.items() if before.get(report) == digest)
    if full:
        return Start(None, why="it was asked for", numbers=published.archive)
    if why := next(chain(others, _unlike(name, len(digests), len(kept)), _wasteful(name, published.archive)), None):
        return Start(None, why=why, numbers=published.archive)
    try:
        return Start(Base(published.archive, kept, load(published.path)), published.number)
    except NotRemembered as error:
        return Start(Base(published.archive, kept), published.number, f"{name}: {error}; all texts were compared anew")


def _unlike(name: str, reports: int, kept: int) -> Iterator[str]:
    if not kept:
        yield f"{name} has no report that is as it was"
    elif reports - kept > MOST_CHANGED * reports:
        yield f"{reports - kept} of {reports} reports are not as they were in {name}"


def _wasteful(name: str, archive: Path) -> Iterator[str]:
    """So that a file which is only ever changed does not keep for good what was freed in it."""
    with closing(sqlite3.connect(f"{archive.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        (pages,) = connection.execute("pragma page_count").fetchone()
        (unused,) = connection.execute("pragma freelist_count").fetchone()
    if unused > MOST_UNUSED * pages:
        yield f"{100 * unused / pages:.0f} % of the file of {name} are no longer in use"


def forget(data: Path) -> None:
    """Deletes what is remembered of the texts of all generations but the published one: only that is built upon."""
    for generation in generations(data):
        if not generation.current:
            shutil.rmtree(generation.path / PASSAGES, ignore_errors=True)
