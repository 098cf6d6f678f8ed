"""Archives made for the tests: ZIP with names in GBK, and RAR, which no library writes, with stored members."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping


def zipped(files: Mapping[str, bytes], *, encoding: str = "utf-8") -> bytes:
    """A ZIP file; with another encoding than UTF-8 its names are written as Windows tools write them."""
    out = io.BytesIO()
    stand_ins: dict[bytes, bytes] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n, (name, data) in enumerate(files.items()):
            raw = name.encode(encoding)
            if encoding == "utf-8":
                archive.writestr(name, data)
                continue
            stand_in = f"{n:0{len(raw)}d}"
            stand_ins[stand_in.encode()] = raw
            archive.writestr(stand_in, data)
    made = out.getvalue()
    for stand_in_raw, raw in stand_ins.items():
        made = made.replace(stand_in_raw, raw)
    return made


def rar(files: Mapping[str, bytes]) -> bytes:
    """A RAR 4 archive with stored members (technote.txt of RAR 4, "RAR archive file format")."""
    parts = [b"Rar!\x1a\x07\x00", _block(0x73, 0, b"\0" * 6)]
    for name, data in files.items():
        raw = name.encode("ascii")
        fields = struct.pack(
            "<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data), 0x58210000, 20, 0x30, len(raw), 0o100644
        )
        parts += _block(0x74, 0x8000, fields + raw), data
    parts.append(_block(0x7B, 0x4000, b""))
    return b"".join(parts)


def tarred(files: Mapping[str, bytes], kind: int = tarfile.GNU_FORMAT, encoding: str = "utf-8") -> bytes:
    """A TAR archive of these files, and a link that leads out of it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind, encoding=encoding) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("passwd")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def _block(kind: int, flags: int, rest: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head
