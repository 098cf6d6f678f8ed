"""The size of a picture in dots, read from its first bytes: enough to tell a page or a table from an icon.

Sources: PNG (W3C, §11.2.2), GIF89a §18, JPEG (ITU-T T.81, B.2.2), BMP (BITMAPINFOHEADER), WebP (RFC 9649).
"""

from __future__ import annotations

import struct

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # frame headers of JPEG; the others are tables
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_LONG_SIDE, _SHORT_SIDE, _AREA = 480, 120, 100_000
"""Dots from which a picture may be a table of the form, whose seven columns cannot be read on less."""


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height in dots, or None where the bytes do not tell (TIFF, damaged or unknown files)."""
    try:
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            return _pair(">II", data, 16)
        if data[:4] == b"GIF8":
            return _pair("<HH", data, 6)
        if data[:2] == b"BM":
            wide, high = _pair("<ii", data, 18)
            return wide, abs(high)
        if data[:2] == b"\xff\xd8":
            return _of_jpeg(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _of_webp(data)
    except (struct.error, IndexError):  # cut short
        return None
    return None


def may_be_table(data: bytes) -> bool:
    """Whether a picture is large enough for a page or a table; one whose size is not told may be."""
    size = size_of(data)
    if size is None:
        return True
    return max(size) >= _LONG_SIDE and min(size) >= _SHORT_SIDE and size[0] * size[1] >= _AREA


def _pair(form: str, data: bytes, at: int) -> tuple[int, int]:
    first, second = struct.unpack_from(form, data, at)
    return int(first), int(second)


def _of_jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1
        if data[at] != 0xFF:
            return None
        kind = data[at + 1]
        if kind in _SOF:
            high, wide = _pair(">HH", data, at + 5)
            return wide, high
        at += 2 if kind in _STANDALONE else 2 + int(struct.unpack_from(">H", data, at + 2)[0])


def _of_webp(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8 ":
        wide, high = _pair("<HH", data, 26)
        return wide & 0x3FFF, high & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    return None
