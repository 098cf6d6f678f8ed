"""Packages of documents (.zip, .rar, .7z): their members one by one, for somebody else to read and to choose from.

ZIP files are opened here. RAR and 7-Zip files are opened by `bsdtar` or `unar` where the machine has one of them.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from archive.charset import decode_bytes
from archive.models import UnreadableDocument
from archive.readers.archive_tools import unpacked
from archive.readers.limits import MAX_BYTES, ZIP_FAULTS, refuse
from archive.readers.sniff import sniff

PACKAGES = frozenset({"zip", "rar", "7z"})
"""What `sniff` calls the kinds of file that `members` opens."""

MAX_MEMBERS = 500
MAX_TOTAL = 256 << 20
_MAX_RATIO = 400
_RATIO_MATTERS = 4 << 20
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1
_JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$|\._)", re.I)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a package: its name inside of it (`outer.zip/inner.doc` for nested ones) and its bytes.

    `problem` says for a person why the bytes are missing, and is None where they are there.
    """

    name: str
    data: bytes
    problem: str | None = None


def members(data: bytes) -> Iterator[Member]:
    """The files of a package in its order, unpacked one at a time, packages inside of it opened one level deep.

    Folders and the litter of operating systems are left out. A member that cannot be unpacked is yielded with its
    problem. Raises UnreadableDocument for a package that is damaged as a whole or beyond the limits.
    """
    budget = _Budget()
    yield from _members(data, "", budget, nested=False)


class _Budget:
    """Counts what has been unpacked of one package, nested ones included."""

    def __init__(self) -> None:
        self.left, self.members = MAX_TOTAL, 0

    def take(self, size: int) -> None:
        self.left -= size
        self.members += 1
        if self.left < 0:
            raise refuse(f"would unpack to more than {MAX_TOTAL:,} bytes")
        if self.members > MAX_MEMBERS:
            raise refuse(f"holds more than {MAX_MEMBERS} files")


def _members(data: bytes, folder: str, budget: _Budget, *, nested: bool) -> Iterator[Member]:
    kind = sniff(data)
    if kind not in PACKAGES:
        raise UnreadableDocument("a damaged ZIP archive" if kind == "damaged zip" else f"no package but {kind}")
    found = _zip_members(data, budget) if kind == "zip" else _other_members(data, budget)
    for member in found:
        name = posixpath.join(folder, member.name)
        if member.problem is not None or sniff(member.data) not in PACKAGES:
            yield Member(name, member.data, member.problem)
        elif nested:
            yield Member(name, b"", "a package inside of a package inside of a package")
        else:
            try:
                yield from _members(member.data, name, budget, nested=True)
            except UnreadableDocument as fault:
                yield Member(name, b"", str(fault))


def _zip_members(data: bytes, budget: _Budget) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except ZIP_FAULTS as fault:
        raise UnreadableDocument(f"a damaged ZIP archive: {fault}") from fault
    for info in archive.infolist():
        name = _name(info)
        if info.is_dir() or name.endswith("/") or _JUNK.search(name):
            continue
        if info.flag_bits & _ENCRYPTED:
            budget.take(0)
            yield Member(name, b"", "encrypted with a password")
            continue
        ratio = info.file_size / max(info.compress_size, 1)
        if info.file_size > MAX_BYTES or (info.file_size > _RATIO_MATTERS and ratio > _MAX_RATIO):
            budget.take(0)
            yield Member(name, b"", f"would unpack from {info.compress_size:,} to {info.file_size:,} bytes")
            continue
        budget.take(info.file_size)
        try:
            with archive.open(info) as part:
                yield Member(name, part.read(info.file_size + 1))
        except ZIP_FAULTS as fault:
            yield Member(name, b"", f"damaged: {fault}")


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member; without the UTF-8 flag it is in whatever its maker used, GBK on most machines here."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        name = decode_bytes(name.encode("cp437", "replace")).text
    return name.replace("\\", "/").replace("\x00", "")


def _other_members(data: bytes, budget: _Budget) -> Iterator[Member]:
    for name, content in unpacked(data, limit=MAX_TOTAL):
        if not _JUNK.search(name):
            budget.take(len(content))
            yield Member(name, content)
