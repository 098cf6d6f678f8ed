"""What is known of a file that was put into a bucket: its size and its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """Size in bytes and SHA-256 in hex; `sha256` is empty for an object of which nobody wrote it down."""

    size: int
    sha256: str


def digest_of(pieces: Iterable[bytes]) -> Stored:
    """Size and digest of bytes that come in pieces."""
    size, digest = 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        digest.update(piece)
    return Stored(size, digest.hexdigest())


def digest_of_file(path: Path, size: int | None = None) -> Stored:
    """Size and digest of a file, or of its first `size` bytes; raises OSError."""
    return digest_of(_pieces(path, path.stat().st_size if size is None else size))


def _pieces(path: Path, left: int) -> Iterable[bytes]:
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(min(left, _CHUNK))):
            left -= len(piece)
            yield piece
