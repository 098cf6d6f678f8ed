"""Whether a build may take over rows from the published generation, and why not where it may not."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.database.carried import Base
from archive.database.passages import PASSAGES, NotRemembered, load
from archive.generations.digests import read_digests, read_made_by
from archive.generations.store import INSPECT, Generation, digest_of, generations

WORDS = {
    "schema": "its table definitions are of version {before}, now {after}",
    "parser": "its reports were read by parser {before}, now {after}",
    "code": "the code or the rules of the archive have changed since",
}


@dataclass(frozen=True, slots=True)
class Start:
    """What a build starts from: `base` and the number of its generation, or None; and `why` not all is taken over."""

    base: Base | None
    generation: int | None = None
    why: str | None = None


def start_from(published: Generation | None, digests: Mapping[str, str], made_by: Mapping[str, str]) -> Start:
    """What the build of reports with these digests may start from.

    An archive counts only if every byte is as it was when it passed its verification.
    """
    if published is None:
        return Start(None, why="there is no generation before")
    name = f"generation {published.number}"
    try:
        before, made = read_digests(published.path), read_made_by(published.path)
    except sqlite3.DatabaseError as error:
        return Start(None, why=f"{name} does not say what its rows follow from ({error})")
    for part, words in WORDS.items():
        if made.get(part) != made_by[part]:
            return Start(None, why=f"{name}: " + words.format(before=made.get(part), after=made_by[part]))
    if why := not_as_published(published.archive, published.path):
        return Start(None, why=f"{name} {why}")
    kept = frozenset(report for report, digest in digests.items() if before.get(report) == digest)
    if not kept:
        return Start(None, why=f"{name} has no report that is as it was")
    try:
        return Start(Base(published.archive, kept, load(published.path)), published.number)
    except NotRemembered as error:
        return Start(Base(published.archive, kept), published.number, f"{name}: {error}; all texts were compared anew")


def not_as_published(archive: Path, directory: Path) -> str | None:
    """Why an archive is not the one that was verified and published; None if it is, byte by byte."""
    try:
        stated = json.loads((directory / INSPECT).read_text("utf-8"))[archive.stem]["hash"]
        found = digest_of(archive)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"cannot be compared with what was published ({error!r})"
    return None if stated == found else "is not as it was published: its file was changed or damaged"


def forget(data: Path) -> None:
    """Deletes what is remembered of the texts of all generations but the published one: only that is built upon."""
    for generation in generations(data):
        if not generation.current:
            shutil.rmtree(generation.path / PASSAGES, ignore_errors=True)
