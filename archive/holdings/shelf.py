"""A sequence of what is held that stays in a temporary file, and is made into objects where it is looked at.

A report with its captures and versions is 2 kB as objects, and an archive goes through all of them one after another.
"""

from __future__ import annotations

import os
import weakref
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from tempfile import TemporaryFile, gettempdir
from typing import Any, TypeVar, overload

import msgspec

from archive.holdings.model import Packed, PackedReport, Report, StoredReport

T = TypeVar("T")
CONTENT = 16
"""Bytes of the digest of a parsed report."""


class Shelf(Sequence[T]):
    """Records of one kind of dataclass, which can be added and read, but not changed.

    Parsed reports that are in a ledger, the same for all, stay there. Two sequences are equal if their records are.
    """

    def __init__(self, kind: type[T], records: Iterable[T] = ()) -> None:
        """Raises OSError, which names the directory, here and later where there is no room for a temporary file."""
        self._file = TemporaryFile()  # noqa: SIM115, it is open for as long as there is this object
        weakref.finalize(self, self._file.raw.close)  # what was not written yet is not wanted any more
        self._ends = array("q", [0])
        self._read: Callable[[int], bytes] | None = None
        self._encoder = msgspec.msgpack.Encoder(enc_hook=self._packed)
        self._decoder = msgspec.msgpack.Decoder(kind, dec_hook=self._unpacked)
        for record in records:
            self.add(record)

    def add(self, record: T) -> None:
        """Puts a record behind all others."""
        packed = self._encoder.encode(record)
        try:
            self._ends.append(self._ends[-1] + self._file.write(packed))
        except OSError as error:
            raise _named(error) from error

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        places = range(len(self))[place]
        return self._at(places) if isinstance(places, int) else [self._at(one) for one in places]

    def __iter__(self) -> Iterator[T]:
        return map(self._at, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(one == its for one, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def _at(self, place: int) -> T:
        try:
            self._file.flush()
        except OSError as error:
            raise _named(error) from error
        start, end = self._ends[place], self._ends[place + 1]
        return self._decoder.decode(os.pread(self._file.fileno(), end - start, start))

    def _packed(self, value: object) -> tuple[str, int] | bytes:
        if isinstance(value, StoredReport):
            if self._read not in (None, value.read):
                raise ValueError(f"report {value.number} is kept elsewhere than the others on the shelf")
            self._read = value.read
            return value.content, value.number
        if isinstance(value, PackedReport):
            return value.data
        raise TypeError(f"a {type(value).__name__} cannot be kept on a shelf")

    def _unpacked(self, kind: type, value: Any) -> Packed:
        if isinstance(value, bytes):
            return PackedReport(value)
        assert self._read is not None
        content, number = value
        return StoredReport(content, number, self._read)


def _named(error: OSError) -> OSError:
    """The same error with the directory: a temporary file has no name that it could say."""
    return OSError(error.errno, error.strerror, gettempdir())


class Reports(Shelf[Report]):
    """Reports in the order of their ids, which are held in memory, as are the digests of what they say now."""

    def __init__(self, reports: Iterable[Report] = ()) -> None:
        """Raises ValueError, also later, for a report that does not come behind all others by its id."""
        self.ids: list[str] = []
        self._contents = bytearray()
        super().__init__(Report, reports)

    def add(self, record: Report) -> None:
        """Puts a report behind all others."""
        if self.ids and record.id <= self.ids[-1]:
            raise ValueError(f"report {record.id} does not come behind {self.ids[-1]}")
        super().add(record)
        self.ids.append(record.id)
        self._contents += bytes.fromhex(record.current.packed.content)

    def find(self, report_id: str) -> Report | None:
        """The report of that id, if it is held."""
        place = self._place(report_id)
        return None if place is None else self[place]

    def content(self, report_id: str) -> str | None:
        """The digest of what the current version of the report of that id says, if it is held."""
        place = self._place(report_id)
        return None if place is None else self._contents[CONTENT * place : CONTENT * (place + 1)].hex()

    def _place(self, report_id: str) -> int | None:
        place = bisect_left(self.ids, report_id)
        return place if self.ids[place : place + 1] == [report_id] else None
