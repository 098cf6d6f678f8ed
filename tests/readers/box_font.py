"""A TrueType font of a few hundred bytes in which every letter is a bar, for test PDFs.

Source of the tables: the OpenType specification. A font must be embedded: what pdfium makes of other text depends on
the fonts of the machine.
"""

from __future__ import annotations

import struct
from functools import cache


@cache
def box_font() -> bytes:
    """The font: glyph 0 is empty, glyph 1 is a bar narrower than half an em, every code of its map gives it."""
    bar = struct.pack(">hhhhh", 1, 50, -100, 450, 800)  # one contour and its box
    bar += struct.pack(">HH", 3, 0)  # the last point, no instructions
    bar += bytes([1, 1, 1, 1])  # four points on the curve
    bar += struct.pack(">hhhh", 50, 400, 0, -400) + struct.pack(">hhhh", -100, 0, 900, 0)
    tables = {
        b"cmap": struct.pack(">HHHHL", 0, 1, 1, 0, 12) + struct.pack(">HHH", 0, 262, 0) + bytes([0] + [1] * 255),
        b"glyf": bar,
        b"head": struct.pack(
            ">LLLLHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0, 1000, 0, 0, 50, -100, 450, 800, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">LhhhHhhhhhhhhhhhH", 0x10000, 880, -120, 0, 1000, 0, 0, 450, 1, 0, 0, 0, 0, 0, 0, 0, 2),
        b"hmtx": struct.pack(">HhHh", 1000, 0, 1000, 50),
        b"loca": struct.pack(">LLL", 0, 0, len(bar)),
        b"maxp": struct.pack(">LHHHHHHHHHHHHHH", 0x10000, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    offset = 12 + 16 * len(tables)
    directory, body = b"", b""
    for name, table in tables.items():
        directory += name + struct.pack(">LLL", 0, offset + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return struct.pack(">LHHHH", 0x10000, len(tables), 64, 2, 48) + directory + body
