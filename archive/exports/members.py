"""A packed file in pieces: a gzip file of members, each with what is said of a few reports, so that those in which
nothing changed are copied as they are.

A member says in its head how long it is (RFC 1952, section 2.3.1.1, extra field), so that the file is its own index. To
every reader it is a gzip file like any other.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

LEVEL = 6
REPORTS_A_STRETCH = 4
_HEAD = struct.Struct("<4sIBBH2sHI")
_MAGIC, _NO_TIME, _FLAGS, _SYSTEM, _EXTRA, _NAME, _SIZE = b"\x1f\x8b\x08\x04", 0, 0, 255, 8, b"GK", 4
_TAIL = struct.Struct("<II")


class NotInMembers(ValueError):
    """Raised for bytes that are no file of such members; says where."""


@lru_cache(2)  # those of an archive and of the one before, which all tables have in common
def stretches(reports: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Reports in order, cut into stretches of about REPORTS_A_STRETCH.

    Where one ends is a matter of the id alone. So the stretches of two lists differ only where the lists do.
    """
    found: list[tuple[str, ...]] = []
    start = 0
    for number, report in enumerate(reports, 1):
        if zlib.crc32(report.encode()) % REPORTS_A_STRETCH == 0:
            found.append(reports[start:number])
            start = number
    if start < len(reports):
        found.append(reports[start:])
    return tuple(found)


def packed(data: bytes) -> bytes:
    """One member with these bytes; the same bytes always give the same member."""
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(data) + deflate.flush()
    length = _HEAD.size + len(body) + _TAIL.size
    head = _HEAD.pack(_MAGIC, _NO_TIME, _FLAGS, _SYSTEM, _EXTRA, _NAME, _SIZE, length)
    return head + body + _TAIL.pack(zlib.crc32(data), len(data) & 0xFFFFFFFF)


def unpacked(member: bytes) -> bytes:
    """The bytes of one member; raises NotInMembers where they are not those that were packed."""
    try:
        return gzip.decompress(member)
    except (OSError, EOFError, zlib.error) as error:
        raise NotInMembers(f"a member cannot be unpacked: {error}") from error


def members(file: BinaryIO) -> Iterator[bytes]:
    """The members of a file from where it stands, one after another; raises NotInMembers."""
    start = 0
    while head := file.read(_HEAD.size):
        if len(head) < _HEAD.size or head[:4] != _MAGIC or head[12:14] != _NAME:
            raise NotInMembers(f"no member begins at byte {start}")
        length = int(_HEAD.unpack(head)[-1])
        rest = file.read(max(0, length - _HEAD.size))
        if len(rest) < max(_TAIL.size, length - _HEAD.size):
            raise NotInMembers(f"the member at byte {start} cannot end at byte {start + length}")
        yield head + rest
        start += length


def member_at(path: Path, number: int) -> bytes:
    """One member of a file, counted from 0; raises LookupError where there are fewer, NotInMembers, and OSError."""
    with path.open("rb") as file:
        member = next(islice(members(file), number, None), None)
    if member is None:
        raise LookupError(f"{path} has no more than {number} members")
    return member
