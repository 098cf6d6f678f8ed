"""The size of a picture is read from its first bytes, whatever follows them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.readers.picture_size import may_be_table, size_of
from tests.readers.picture_pages import png


def jpeg(wide: int, high: int) -> bytes:
    """A JPEG with an application segment and a table before its frame."""
    segments = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
    segments += b"\xff\xdb" + struct.pack(">H", 67) + bytes(65) + b"\xff\xff"
    return b"\xff\xd8" + segments + b"\xc2" + struct.pack(">HBHH", 17, 8, high, wide) + bytes(10)


def webp(kind: bytes, body: bytes) -> bytes:
    return b"RIFF" + bytes(4) + b"WEBP" + kind + bytes(4) + body


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 1240, 1754), (1240, 1754)),
        (b"GIF89a" + struct.pack("<HH", 800, 600), (800, 600)),
        (b"BM" + bytes(16) + struct.pack("<ii", 640, -480), (640, 480)),
        (jpeg(1000, 1400), (1000, 1400)),
        (webp(b"VP8 ", bytes(6) + struct.pack("<HH", 900, 1200)), (900, 1200)),
        (webp(b"VP8L", b"\x2f" + struct.pack("<I", 899 | 1199 << 14)), (900, 1200)),
        (webp(b"VP8X", bytes(4) + (899).to_bytes(3, "little") + (1199).to_bytes(3, "little")), (900, 1200)),
        (b"II*\0" + bytes(40), None),
        (b"\xff\xd8\xff\xe0", None),
        (b"", None),
    ],
    ids=["png", "gif", "bmp", "jpeg", "webp", "webp lossless", "webp extended", "tiff", "cut jpeg", "nothing"],
)
def test_the_size_of_each_kind(data: bytes, size: tuple[int, int] | None) -> None:
    assert size_of(data) == size
    assert size_of(data + bytes(50)) == size


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8", b"RIFF\0\0\0\0WEBPVP8X", b"BM", b"GIF8"]))
def test_no_bytes_raise(data: bytes, beginning: bytes) -> None:
    size_of(beginning + data)


@pytest.mark.parametrize(
    ("wide", "high", "may"),
    [(1240, 1754, True), (700, 200, True), (1000, 100, False), (300, 300, False), (64, 64, False), (480, 240, True)],
)
def test_icons_codes_and_banners_are_no_tables(wide: int, high: int, may: bool) -> None:
    assert may_be_table(jpeg(wide, high)) is may


def test_what_does_not_tell_its_size_may_be_one() -> None:
    assert may_be_table(b"II*\0")
    assert not may_be_table(png())
