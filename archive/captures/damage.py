"""Reads WARC files member by member, and walks whole files to name what is wrong with them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from archive.captures.places import Pread
from archive.captures.records import DamagedRecord, Record, parse_record

_CHUNK = 1 << 16
_MAGIC = b"\x1f\x8b\x08"
ANSWERS = frozenset({"response", "revisit"})


@dataclass(frozen=True, slots=True)
class Damage:
    """One damaged stretch of a file: from byte `offset`, `length` bytes; `kind` as in DamagedRecord."""

    warc: str
    offset: int
    length: int
    kind: str
    detail: str

    def __str__(self) -> str:
        return f"{self.warc} at byte {self.offset} ({self.length} bytes): {self.kind}: {self.detail}"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What stands in one file: bytes, whole records, answers among them (response, revisit), damage by name."""

    warc: str
    size: int
    records: int
    answers: int
    damage: tuple[Damage, ...]


def unpack_member(pread: Pread, offset: int, warc: str) -> tuple[bytes, int]:
    """Inflates the gzip member at `offset`; returns its content and its length in the file.

    Raises DamagedRecord: torn (the file ends first) or gzip (not a member, or its checksum fails).
    """
    stream = zlib.decompressobj(31)
    out: list[bytes] = []
    position = offset
    try:
        while not stream.eof:
            piece = pread(_CHUNK, position)
            if not piece:
                raise DamagedRecord(warc, offset, "torn", "the file ends inside this record")
            out.append(stream.decompress(piece))
            position += len(piece)
    except zlib.error as error:
        raise DamagedRecord(warc, offset, "gzip", str(error)) from error
    return b"".join(out), position - len(stream.unused_data) - offset


def read_record(pread: Pread, offset: int, warc: str) -> Record:
    """The record at `offset`, its length and digest checked; raises DamagedRecord."""
    content, length = unpack_member(pread, offset, warc)
    return parse_record(content, length, warc, offset)


def walk(pread: Pread, size: int, warc: str, start: int = 0) -> Iterator[tuple[int, Record | Damage]]:
    """Yields (offset, record) from `start` to the end of a file, and a Damage for each stretch between records.

    After damage it goes on at the next place where a record begins, so one flipped bit hides no more than one record.
    """
    offset = start
    while offset < size:
        try:
            record = read_record(pread, offset, warc)
        except DamagedRecord as error:
            following = _next_start(pread, offset + 1, size)
            kind, detail = error.kind, error.detail
            if kind == "torn" and following < size:
                kind, detail = "gzip", "the record does not end before the next one begins"
            yield offset, Damage(warc, offset, following - offset, kind, detail)
            offset = following
        else:
            yield offset, record
            offset += record.length


def _next_start(pread: Pread, position: int, size: int) -> int:
    """The next offset at which a gzip member begins that holds a WARC record, or `size`."""
    while position < size:
        window = pread(_CHUNK, position)
        at = window.find(_MAGIC)
        while at >= 0:
            if _begins_record(pread(_CHUNK, position + at)):
                return position + at
            at = window.find(_MAGIC, at + 1)
        if len(window) < len(_MAGIC):
            break
        position += len(window) - len(_MAGIC) + 1  # the magic may stand across two windows
    return size


def _begins_record(data: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(data, 7) == b"WARC/1."
    except zlib.error:
        return False


def report_file(pread: Pread, size: int, warc: str) -> FileReport:
    """Walks one file from its beginning."""
    records = answers = 0
    damage: list[Damage] = []
    for _, item in walk(pread, size, warc):
        if isinstance(item, Damage):
            damage.append(item)
        else:
            records += 1
            answers += item.type in ANSWERS
    return FileReport(warc, size, records, answers, tuple(damage))
