"""The generations on disk: which there are, which one is published, and moving the link between them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

KEEP = 3
ARCHIVE = "archive.db"
INSPECT = "inspect.json"


class GenerationError(Exception):
    """Raised where a generation that was asked for is not there; the message says what there is."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One finished generation. `size` is that of its archive in bytes; `reports` None = the file cannot be read."""

    number: int
    path: Path
    current: bool
    size: int
    built_at: str | None = None
    reports: int | None = None

    @property
    def archive(self) -> Path:
        """Its database."""
        return self.path / ARCHIVE


def directory(data: Path) -> Path:
    """Where the generations of a data directory stand."""
    return data / "generations"


def generations(data: Path) -> tuple[Generation, ...]:
    """All finished generations, the oldest first."""
    home = directory(data)
    numbers = sorted(int(path.name) for path in home.iterdir() if path.name.isdecimal()) if home.is_dir() else []
    published = _published_path(data)
    return tuple(_read(home / str(number), published) for number in numbers)


def current(data: Path) -> Generation | None:
    """The published generation, or None if there is none."""
    return next((generation for generation in generations(data) if generation.current), None)


def _published_path(data: Path) -> Path | None:
    link = data / "current"
    return link.resolve() if link.is_symlink() else None


def _read(path: Path, published: Path | None) -> Generation:
    archive = path / ARCHIVE
    size = archive.stat().st_size if archive.is_file() else 0
    row: tuple[str | None, int | None] = (None, None)
    if size:
        connection = sqlite3.connect(f"{archive.resolve().as_uri()}?immutable=1", uri=True)
        try:
            row = connection.execute("select built_at, reports from build_info").fetchone() or row
        except sqlite3.DatabaseError:
            row = (None, None)  # shown as unreadable; it is listed, not used
        finally:
            connection.close()
    return Generation(int(path.name), path, path.resolve() == published, size, *row)


def next_number(data: Path) -> int:
    """One more than any generation there ever was, as far as the directory shows."""
    home = directory(data)
    stems = (path.name.partition(".")[0] for path in home.iterdir()) if home.is_dir() else ()
    return max((int(stem) for stem in stems if stem.isdecimal()), default=0) + 1


def point_to(data: Path, path: Path) -> None:
    """Publishes a generation: moves the link in one step, so that a reader sees the old one or the new one."""
    fresh = data / "current.new"
    fresh.unlink(missing_ok=True)  # left by a run that was killed here
    fresh.symlink_to(path.relative_to(data))
    fresh.replace(data / "current")
    sync_directory(data)


def rollback(data: Path, to: int | None = None) -> Generation:
    """Publishes an older generation again: number `to`, or the last one before the current one that is sound.

    Nothing is removed, so that one can go forward again. Raises GenerationError if there is no such generation, or if
    it is damaged.
    """
    kept = generations(data)
    now = next((generation for generation in kept if generation.current), None)
    if to is None:
        wanted = [generation for generation in kept if now is not None and generation.number < now.number]
    else:
        wanted = [generation for generation in kept if generation.number == to]
    found = next((generation for generation in reversed(wanted) if not_as_published(generation) is None), None)
    if found is None:
        have = ", ".join(f"{g.number}{' (current)' if g.current else ''}" for g in kept) or "none"
        what = "older generation" if to is None else f"generation {to}"
        raise GenerationError(
            f"there is no {what} that can be read and is as it was published in {directory(data)}; there are: {have}"
        )
    point_to(data, found.path)
    return next(generation for generation in generations(data) if generation.current)


def not_as_published(generation: Generation) -> str | None:
    """Why an archive is not the one that was verified and published; None if it is, byte by byte."""
    try:
        stated = json.loads((generation.path / INSPECT).read_text("utf-8"))[generation.archive.stem]["hash"]
        found = digest_of(generation.archive)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"cannot be compared with what was published ({error!r})"
    return None if stated == found else "is not as it was published: its file was changed or damaged"


def prune(data: Path, keep: int = KEEP) -> tuple[int, ...]:
    """Removes all but the last `keep` generations and the current one; returns the numbers of those removed.

    A site that still serves a removed generation has its file open and goes on undisturbed.
    """
    kept = generations(data)
    old = [generation for generation in kept[: max(0, len(kept) - keep)] if not generation.current]
    for generation in old:
        shutil.rmtree(generation.path)
    return tuple(generation.number for generation in old)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_directory(path: Path) -> None:
    """Forces a directory's entries to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(path: Path) -> None:
    """Forces every file and directory below `path` to the disk.

    A file with another name beside this one is shared with an older generation, and was forced to the disk with that.
    """
    for root, _, names in os.walk(path):
        for name in names:
            with Path(root, name).open("rb") as file:
                if os.fstat(file.fileno()).st_nlink == 1:
                    os.fsync(file.fileno())
        sync_directory(Path(root))
