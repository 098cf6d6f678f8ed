"""What the holdings need to know of each parsed report, worked out once and kept beside the ledger.

The facts follow from the JSON of a parse alone, so that a night works them out for what is new. The file in which they
are kept may be deleted at any time, and is made anew where it was made by other code or cannot be read.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from archive import wire
from archive.holdings.content import Fullness, fingerprint, fullness
from archive.holdings.model import digest_of
from archive.ledger import Parse
from archive.report.soundness import unsound

MADE_BY = ("models", "wire.py", "holdings/content.py", "holdings/facts.py", "holdings/model.py", "report")
"""The modules that say what the facts of a parse are."""


NOTHING = Fullness(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one parse: the digest of its JSON, why no archive can hold it (None: it can), and what places it."""

    content: str
    unsound: str | None
    title: str | None = None
    agency: str | None = None
    year: int | None = None
    era: str = ""
    published: str | None = None
    fingerprint: str = ""
    fullness: Fullness = NOTHING


def facts_of(text: bytes) -> Facts:
    """The facts of the JSON text of one parse; text that is none is unsound, with the fault."""
    content = digest_of(text)
    try:
        body = wire.loads(text)
        report = wire.report_from_json(body)
        why = unsound(report.era, report.cells)
        if why is not None:
            return Facts(content, why)
        return Facts(
            content=content,
            unsound=None,
            title=report.title,
            agency=report.agency,
            year=report.year,
            era=str(report.era),
            published=report.published,
            fingerprint=fingerprint(body),
            fullness=fullness(body),
        )
    except (ValueError, KeyError, TypeError, IndexError) as fault:
        return Facts(content, f"what the parser made of it cannot be read: {type(fault).__name__}: {fault}")


def code_digest_of(names: Iterable[str]) -> str:
    """The digest of modules and rules of the archive, named as paths in its package."""
    digest = hashlib.sha256()
    for name in names:
        for path, source in _sources(files("archive").joinpath(name), name):
            digest.update(f"{path}\0".encode() + hashlib.sha256(source.read_bytes()).digest())
    return digest.hexdigest()


def _sources(entry: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    if entry.is_file():
        yield path, entry
    elif entry.is_dir() and entry.name != "__pycache__":
        for below in sorted(entry.iterdir(), key=lambda item: item.name):
            yield from _sources(below, f"{path}/{below.name}")


_DECODER = msgspec.json.Decoder(Facts)
_TABLES = (
    "create table made_by (words text not null)",
    "create table facts (capture integer primary key, parsed_at text not null, facts blob not null)",
)


class KnownFacts:
    """The facts worked out before, by capture and time of the parse, in a file that is open until `close`.

    A file that is damaged, or was made by other code, is made anew. Raises OSError and sqlite3 errors where that fails.
    """

    def __init__(self, path: Path, parser_version: str) -> None:
        made_by = f"{parser_version} {code_digest_of(MADE_BY)}"
        self._db = sqlite3.connect(path, isolation_level=None)
        if not self._made_by(made_by):
            self._db.close()
            path.unlink()
            self._db = sqlite3.connect(path, isolation_level=None)
            for statement in _TABLES:
                self._db.execute(statement)
            self._db.execute("insert into made_by values (?)", (made_by,))

    def _made_by(self, words: str) -> bool:
        try:
            sound = self._db.execute("pragma quick_check(1)").fetchall() == [("ok",)]
            return sound and self._db.execute("select words from made_by").fetchall() == [(words,)]
        except sqlite3.DatabaseError:
            return False

    def beside(self, parses: Iterable[Parse]) -> Iterator[tuple[Parse, Facts | None]]:
        """Each parse, in the order of the captures, with its facts, None where they are not known."""
        rows = self._db.execute("select capture, parsed_at, facts from facts order by capture")
        known = next(rows, None)
        for parse in parses:
            while known is not None and known[0] < parse.number:
                known = next(rows, None)
            fits = known is not None and known[:2] == (parse.number, parse.parsed_at)
            yield parse, _DECODER.decode(known[2]) if fits and known is not None else None

    def keep(self, found: Iterable[tuple[int, str, Facts]]) -> None:
        """Adds facts by capture and time of the parse, in place of older ones of the same capture."""
        rows = ((capture, parsed_at, msgspec.json.encode(facts)) for capture, parsed_at, facts in found)
        self._db.execute("begin")
        self._db.executemany("insert or replace into facts values (?, ?, ?)", rows)
        self._db.execute("commit")

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
