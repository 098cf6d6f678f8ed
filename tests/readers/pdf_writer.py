"""A small writer of PDF files for tests: text by UniGB-UCS2-H (no font embedded), ruling lines, rotated pages.

Source of the syntax: ISO 32000-1, chapters 7 to 9. Coordinates are points from the lower left corner, as in the format.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    b"/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
    b"/DW 1000/W[1 95 500]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[0 -120 1000 880]"
    b"/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700/StemV 80>>>>]>>"
)


def width(text: str, size: float) -> float:
    """How wide `text` is printed: Latin letters and digits are half as wide as the others."""
    return sum(size / 2 if char.isascii() else size for char in text)


@dataclass
class Sheet:
    """One page: `turn` prints everything turned by quarters of a circle anticlockwise, `rotate` is the page's /Rotate."""

    width: float = 595.0
    height: float = 842.0
    rotate: int = 0
    turn: int = 0
    operators: list[str] = field(default_factory=list)

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


def pdf(sheets: Iterable[Sheet], *, info: str = "", font: bytes = FONT, extra: str = "") -> bytes:
    """A file of the pages; `info` is the body of the information dictionary, `extra` goes into every page."""
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b"", font, f"<<{info}>>".encode("latin-1")]
    kids = []
    for sheet in sheets:
        wide, high = sheet.box()
        body = sheet.content()
        kids.append(len(objects) + 1)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide} {high}]/Rotate {sheet.rotate}/Contents {len(objects) + 2} 0 R"
            f"/Resources<</Font<</F1 3 0 R>>>>{extra}>>".encode()
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(body), body))
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>".encode()
    return assemble(objects)


def assemble(objects: Sequence[bytes]) -> bytes:
    """A file of the objects, numbered from 1; the first is the catalogue, the fourth the information dictionary."""
    out = bytearray(b"%PDF-1.5\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer<</Size %d/Root 1 0 R/Info 4 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
