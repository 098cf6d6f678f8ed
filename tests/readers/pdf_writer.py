"""A small writer of PDF files for tests: text in a font of bars, ruling lines, rotated pages.

Source of the syntax: ISO 32000-1, chapters 7 to 9. Coordinates are points from the lower left corner, as in the format.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.readers.box_font import box_font

TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
%s
endcmap end end"""


def to_unicode(first: int = 0) -> bytes:
    """A ToUnicode map under which every code from `first` on is its own character."""
    ranges = [b"<%02X00> <%02XFF> <%02X00>" % (high, high, high) for high in range(first >> 8, 256)]
    blocks = [ranges[start : start + 100] for start in range(0, len(ranges), 100)]
    return TO_UNICODE % b"\n".join(
        b"%d beginbfrange\n%s\nendbfrange" % (len(block), b"\n".join(block)) for block in blocks
    )


def stream(data: bytes, entries: str = "", times: int = 1) -> bytes:
    """A stream object, deflated so many `times` over."""
    for _ in range(times):
        data = zlib.compress(data)
    filters = b"/FlateDecode" if times == 1 else b"[%s]" % (b"/FlateDecode" * times)
    return b"<<%s/Filter%s/Length %d>>stream\n%s\nendstream" % (entries.encode(), filters, len(data), data)


def font_objects(at: int, *, mapped: bool = True) -> list[bytes]:
    """The objects of the font, numbered from `at`; `mapped` False leaves out which characters its shapes stand for."""
    unicode_map = b"/ToUnicode %d 0 R" % (at + 4) if mapped else b""
    return [
        b"<</Type/Font/Subtype/Type0/BaseFont/BOXES+Square/Encoding/Identity-H/DescendantFonts[%d 0 R]%s>>"
        % (at + 1, unicode_map),
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/BOXES+Square/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>/DW 1000/W[0 255 500]/CIDToGIDMap %d 0 R/FontDescriptor %d 0 R>>" % (at + 3, at + 2),
        b"<</Type/FontDescriptor/FontName/BOXES+Square/Flags 4/FontBBox[0 -120 1000 880]/ItalicAngle 0/Ascent 880"
        b"/Descent -120/CapHeight 700/StemV 80/FontFile2 %d 0 R>>" % (at + 5),
        stream(b"\x00\x00" * 33 + b"\x00\x01" * 65503),
        stream(to_unicode()),
        stream(box_font(), f"/Length1 {len(box_font())}"),
    ]


@dataclass
class Sheet:
    """One page: `turn` prints everything turned by quarter circles anticlockwise, `rotate` is the page's /Rotate."""

    width: float = 595.0
    height: float = 842.0
    rotate: int = 0
    turn: int = 0
    operators: list[str] = field(default_factory=list)
    resources: str = ""

    def text(self, x: float, y: float, text: str, size: float = 12.0, *, mode: int = 0) -> None:
        """Prints `text` from (x, y), its base line; `mode` is the rendering mode (3 is invisible)."""
        code = text.encode("utf-16-be").hex()
        self.operators.append(f"BT /F1 {size} Tf {mode} Tr 1 0 0 1 {x:.2f} {y:.2f} Tm <{code}> Tj ET")

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A stroked line."""
        self.operators.append(f"0.5 w {x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l S")

    def bar(self, x: float, y: float, wide: float, high: float) -> None:
        """A filled rectangle, as Word draws its borders."""
        self.operators.append(f"{x:.2f} {y:.2f} {wide:.2f} {high:.2f} re f")

    def content(self) -> bytes:
        """The content stream; a turned page is as wide as the sheet is high."""
        w, h = self.width, self.height
        turns = ("", f"0 1 -1 0 {h} 0 cm", f"-1 0 0 -1 {w} {h} cm", f"0 -1 1 0 0 {w} cm")
        return "\n".join([turns[self.turn], *self.operators]).encode()

    def box(self) -> tuple[float, float]:
        """Width and height of the page as the file states them."""
        return (self.height, self.width) if self.turn % 2 else (self.width, self.height)


def pdf(
    sheets: Iterable[Sheet],
    *,
    info: str = "",
    mapped: bool = True,
    extra: str = "",
    objects: Sequence[bytes] = (),
    password: str | None = None,
    catalogue: str = "",
) -> bytes:
    """A file of the pages; `info` is the body of the information dictionary, `extra` goes into every page.

    `catalogue` goes into the catalogue; `objects` are further objects, numbered from 11. `password`
    encrypts the streams of the file with it.
    """
    bodies: list[bytes] = [
        f"<</Type/Catalog/Pages 2 0 R{catalogue}>>".encode(),
        b"",
        b"null",
        f"<<{info}>>".encode("latin-1"),
    ]
    bodies += [*font_objects(5, mapped=mapped), *objects]
    kids = []
    for sheet in sheets:
        wide, high = sheet.box()
        kids.append(len(bodies) + 1)
        bodies.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide} {high}]/Rotate {sheet.rotate}"
            f"/Contents {len(bodies) + 2} 0 R/Resources<</Font<</F1 5 0 R>>{sheet.resources}>>{extra}>>".encode()
        )
        bodies.append(stream(sheet.content()))
    bodies[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>".encode()
    return assemble(bodies) if password is None else encrypted(bodies, password)


def assemble(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A file of the objects, numbered from 1; the first is the catalogue, the fourth the information dictionary."""
    out = bytearray(b"%PDF-1.5\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R/Info 4 0 R%s>>\n" % (len(objects) + 1, trailer)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def encrypted(objects: Sequence[bytes], password: str) -> bytes:
    """A file of the objects with its streams in RC4 under the user password (ISO 32000-1, 7.6.3, revision 2)."""
    user = (password.encode("latin-1") + _PADDING)[:32]
    owner = _rc4(hashlib.md5(user).digest()[:5], user)
    rights, name = -4, b"0123456789abcdef"
    key = hashlib.md5(user + owner + rights.to_bytes(4, "little", signed=True) + name).digest()[:5]
    hidden = []
    for number, body in enumerate(objects, 1):
        head, mark, rest = body.partition(b"stream\n")
        if mark:
            own = hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10]
            rest = _rc4(own, rest.removesuffix(b"\nendstream")) + b"\nendstream"
        hidden.append(head + mark + rest)
    entry = b"/Encrypt<</Filter/Standard/V 1/R 2/P %d/O<%s>/U<%s>>>/ID[<%s><%s>]" % (
        rights,
        owner.hex().encode(),
        _rc4(key, _PADDING).hex().encode(),
        name.hex().encode(),
        name.hex().encode(),
    )
    return assemble(hidden, entry)


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
