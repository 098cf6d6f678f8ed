"""Binary workbooks made for the tests: the records of [MS-XLSB] that a reader of values needs, and no more."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"

Value = str | float


def record(kind: int, body: bytes = b"") -> bytes:
    """A record: its type, its length in sevens of bits, and what it holds."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(body)
    packed = b""
    while length >= 0x80:
        packed += bytes([length & 0x7F | 0x80])
        length >>= 7
    return head + packed + bytes([length]) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def sheet(rows: Mapping[int, Mapping[int, Value]], merges: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A sheet of values by zero-based row and column; merges are (first row, last row, first column, last column)."""
    last_row, last_column = max(rows), max(column for cells in rows.values() for column in cells)
    out = record(129) + record(148, struct.pack("<IIII", min(rows), last_row, 0, last_column)) + record(145)
    for row, cells in rows.items():
        out += record(0, struct.pack("<I", row) + bytes(21))
        for column, value in cells.items():
            start = struct.pack("<II", column, 0)
            if isinstance(value, str):
                out += record(6, start + wide(value))
            else:
                out += record(5, start + struct.pack("<d", value))
    out += record(146)
    if merges:
        out += record(177, struct.pack("<I", len(merges)))
        out += b"".join(record(176, struct.pack("<IIII", *merge)) for merge in merges) + record(178)
    return out + record(130)


def xlsb(sheets: Mapping[str, bytes], **parts: bytes) -> bytes:
    """The bytes of a workbook of the given sheets; `parts` are the records of further ones (`styles`)."""
    bundle = relations = b""
    for kind in parts:
        relations += f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="{kind}.bin"/>'.encode()
    for number, name in enumerate(sheets, 1):
        bundle += record(156, struct.pack("<II", 0, number) + wide(f"r{number}") + wide(name))
        relations += (
            f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.bin"/>'.encode()
        )
    root = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.bin"/>'
    frame = f'<Relationships xmlns="{_PACKAGE}/relationships">%s</Relationships>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')
        file.writestr("_rels/.rels", frame % root)
        file.writestr("xl/_rels/workbook.bin.rels", frame % relations.decode())
        file.writestr("xl/workbook.bin", record(131) + record(143) + bundle + record(144) + record(132))
        for kind, content in parts.items():
            file.writestr(f"xl/{kind}.bin", content)
        for number, content in enumerate(sheets.values(), 1):
            file.writestr(f"xl/worksheets/sheet{number}.bin", content)
    return out.getvalue()
