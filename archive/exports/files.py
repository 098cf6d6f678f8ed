"""Files that appear whole or not at all, hashed while they are written: none is read again to be described."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

BLOCK = 256 * 1024
"""Bytes that are read or written at once: so many stay in the cache of a core while they are hashed."""


@dataclass(frozen=True, slots=True)
class Written:
    """One file of the exports: its size in bytes, the sha256 of its bytes, and its rows where it is a table."""

    name: str
    size: int
    sha256: str
    rows: int | None = None


class Sink(RawIOBase):
    """A file that is written from its start to its end, and knows size and hash of what it was given."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = 0
        self._digest = hashlib.sha256()

    def writable(self) -> bool:
        """It is written to, and nothing else."""
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Takes the bytes that come next, all of them."""
        self._digest.update(data)
        count = self._file.write(data)
        self._size += count
        return count

    def tell(self) -> int:
        """The bytes so far."""
        return self._size

    def described(self, name: str, rows: int | None = None) -> Written:
        """What it was given, as the file of that name."""
        return Written(name, self._size, self._digest.hexdigest(), rows)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to, moved to `path` once the block is through and removed if it raises."""
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def sink(path: Path) -> Iterator[Sink]:
    """A file to write from its start to its end, which is at `path` once the block is through, or never."""
    with whole(path) as part, part.open("wb", buffering=BLOCK) as file:
        yield Sink(file)


def write_file(path: Path, content: bytes, name: str) -> Written:
    """Writes a small file in one go; `name` is what the exports call it."""
    with sink(path) as out:
        out.write(content)
        return out.described(name)


def describe(path: Path, name: str, digest: str | None = None) -> Written:
    """Size and hash (which may be known: `digest`) of a file that stands there, as the file of that name; raises
    OSError."""
    if digest is None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Written(name, path.stat().st_size, digest)
