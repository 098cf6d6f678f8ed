"""Packages of documents (.zip, .tar, .rar, .7z): their members one by one, for somebody else to read and choose from.

ZIP and TAR files are opened here, and what gzip compressed is unpacked. RAR and 7-Zip files are opened by `bsdtar` or
`unar` where the machine has one of them.
"""

from __future__ import annotations

import io
import posixpath
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from archive.charset import decode_bytes
from archive.models import UnreadableDocument
from archive.readers.archive_tools import unpacked
from archive.readers.limits import MAX_BYTES, ZIP_FAULTS, refuse
from archive.readers.sniff import sniff

PACKAGES = frozenset({"zip", "rar", "7z", "tar"})
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
    found = _OPENED_HERE[kind](data, budget) if kind in _OPENED_HERE else _other_members(data, budget)
    for member in map(partial(_inflated, budget), found):
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


def _inflated(budget: _Budget, member: Member) -> Member:
    """A member that gzip compressed as what it holds."""
    if member.problem is not None or sniff(member.data) != "gzip":
        return member
    try:
        content = gunzipped(member.data)
    except UnreadableDocument as fault:
        return Member(member.name, b"", str(fault))
    budget.take(len(content))
    return Member(member.name.removesuffix(".gz"), content)


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


def _tar_members(data: bytes, budget: _Budget) -> Iterator[Member]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
            for info in archive:
                name = decode_bytes(info.name.encode("utf-8", "surrogateescape")).text.removeprefix("./")
                if not info.isfile() or _JUNK.search(name):
                    continue  # links, devices and folders hold no bytes of their own
                if info.size > MAX_BYTES:
                    budget.take(0)
                    yield Member(name, b"", f"has {info.size:,} bytes")
                    continue
                budget.take(info.size)
                part = archive.extractfile(info)
                content = part.read() if part is not None else b""
                whole = len(content) == info.size
                yield Member(name, content if whole else b"", None if whole else "damaged: it is cut short")
    except (tarfile.TarError, OSError, ValueError, EOFError) as fault:
        raise UnreadableDocument(f"a damaged TAR archive: {fault}") from fault


_OPENED_HERE: Mapping[str, Callable[[bytes, _Budget], Iterator[Member]]] = {"zip": _zip_members, "tar": _tar_members}


def gunzipped(data: bytes) -> bytes:
    """What a gzip file holds, a document or a package; raises UnreadableDocument for a damaged or too large one.

    Servers that compress an answer without saying so hand out such files too.
    """
    most = MAX_BYTES + 1
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = unpacker.decompress(data, most)
    except zlib.error as fault:
        raise UnreadableDocument(f"a damaged gzip file: {fault}") from fault
    if len(content) == most or (len(content) > _RATIO_MATTERS and len(content) > _MAX_RATIO * len(data)):
        raise refuse(f"would unpack from {len(data):,} to {len(content):,} bytes or more")
    if not unpacker.eof:
        raise UnreadableDocument("a damaged gzip file: it is cut short")
    if sniff(content) == "gzip":
        raise UnreadableDocument("a gzip file inside of a gzip file")
    return content


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
