"""Where WARC files lie: in a directory, in a bucket, or those that are finished there and the rest here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from archive.captures.sealed import read_sealed
from archive.storage import Bucket, NoSuchObject

Pread = Callable[[int, int], bytes]
"""Up to so many bytes from a position on, as pread(2): fewer are no end, none is."""

FIRST_RANGE = 256 << 10
LONGEST_RANGE = 8 << 20
"""One range asked of a bucket for a record somewhere; and at the most, where record after record is read."""

_PIECE = 4 << 20


class Place(Protocol):
    """Where the files of a store are read from."""

    def __str__(self) -> str: ...

    def size(self, name: str) -> int:
        """Bytes of a file, 0 where there is none."""
        ...

    def opened(self, name: str) -> AbstractContextManager[Pread]:
        """A file open for reading; raises FileNotFoundError, and StorageError where a bucket fails."""
        ...


class Directory:
    """Files in a directory of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def size(self, name: str) -> int:
        """Bytes of a file, 0 where there is none."""
        path = self.path / name
        return path.stat().st_size if path.is_file() else 0

    @contextmanager
    def opened(self, name: str) -> Iterator[Pread]:
        """A file open for reading; raises FileNotFoundError."""
        # Opened anew each time: a site's threads then share no descriptor, and it costs far less than inflating.
        fd = os.open(self.path / name, os.O_RDONLY)
        try:
            yield lambda count, position: os.pread(fd, count, position)
        finally:
            os.close(fd)


class InBucket:
    """Files in a bucket, by ranges: small ones for a record here and there, longer ones where reading goes on behind.

    The last range is kept, so a stretch of records is one request, and not one for each.
    """

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._sizes: dict[str, int] = {}
        self._name = ""
        self._start = 0
        self._data = b""
        self._range = FIRST_RANGE

    def __str__(self) -> str:
        return str(self.bucket)

    def size(self, name: str) -> int:
        """Bytes of a file, 0 where there is none."""
        if name not in self._sizes:
            stored = self.bucket.stat(name)
            if stored is None:
                return 0
            self._sizes[name] = stored.size
        return self._sizes[name]

    @contextmanager
    def opened(self, name: str) -> Iterator[Pread]:
        """A file open for reading; whether it is there shows when it is read."""
        yield lambda count, position: self._read(name, count, position)

    def _read(self, name: str, count: int, position: int) -> bytes:
        end = self._start + len(self._data)
        if name != self._name or not self._start <= position < end:
            goes_on = name == self._name and end <= position < end + self._range
            self._range = min(2 * self._range, LONGEST_RANGE) if goes_on else FIRST_RANGE
            try:
                data = self.bucket.read(name, position, position + max(count, self._range))
            except NoSuchObject as error:
                raise FileNotFoundError(str(error)) from error
            self._name, self._start, self._data = name, position, data
        at = position - self._start
        return self._data[at : at + count]


class Both:
    """Files in a directory; those that are not there any more, in a bucket."""

    def __init__(self, path: Path, bucket: Bucket) -> None:
        self._here = Directory(path)
        self._there = InBucket(bucket)

    def __str__(self) -> str:
        return f"{self._here} or {self._there}"

    def size(self, name: str) -> int:
        """Bytes of a file, 0 where there is none; the bucket is asked only where this machine has no note of it."""
        if size := self._here.size(name):
            return size
        sealed = read_sealed(self._here.path, name)
        return sealed.size if sealed is not None else self._there.size(name)

    @contextmanager
    def opened(self, name: str) -> Iterator[Pread]:
        """A file open for reading; raises FileNotFoundError, and StorageError where the bucket fails."""
        with ExitStack() as stack:
            try:
                pread = stack.enter_context(self._here.opened(name))
            except FileNotFoundError:
                pread = stack.enter_context(self._there.opened(name))
            yield pread


def stretch(pread: Pread, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` to before `end`, in pieces; fewer where the file ends."""
    while start < end and (piece := pread(min(end - start, _PIECE), start)):
        start += len(piece)
        yield piece
