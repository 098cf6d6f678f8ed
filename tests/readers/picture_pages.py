"""Reports whose tables are pictures, made for the tests: as a page, a Word file and an OpenDocument text."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib

from tests.readers.docx_builder import docx, par
from tests.report.made import HEADINGS

TITLE = "云溪县水务局2023年政府信息公开工作年度报告"
_ROWS_2 = (
    ("第二十条第（一）项",),
    ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"),
    ("规章", "1", "2", "3"),
    ("行政规范性文件", "4", "5", "6"),
)
_CELLS_2 = ("".join(f"<td>{text}</td>" for text in row) for row in _ROWS_2)
TABLE_2 = f"<table>{''.join(f'<tr>{cells}</tr>' for cells in _CELLS_2)}</table>"
"""The head of the first table of the form, as text."""

_PICT = "<w:r><w:drawing><a:blip xmlns:a='x' embed='r9'/></w:drawing></w:r>"


def png(size: int = 5000) -> bytes:
    """A picture of nothing, with so many bytes that it may be a table."""
    raw = b"\0" + bytes(100)
    parts = [b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", struct.pack(">IIBBBBB", 100, 1, 8, 0, 0, 0, 0))]
    parts += [_chunk(b"IDAT", zlib.compress(raw)), _chunk(b"tEXt", b"Comment\0" + b"x" * size), _chunk(b"IEND", b"")]
    return b"".join(parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def image(picture: bytes | None = None) -> str:
    """An element that shows a picture: its bytes, or those of another address."""
    where = "/images/t2.png" if picture is None else f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    return f'<p><img alt="" src="{where}"></p>'


def page(inside: dict[int, str]) -> bytes:
    """A page with six sections, something in some of them beside their text."""
    body = "".join(
        f"<p>{heading}</p><p>本局依法办理，按时公开。</p>{inside.get(number, '')}"
        for number, heading in enumerate(HEADINGS, 1)
    )
    return f"<html><head><title>{TITLE}</title></head><body><div class='TRS_Editor'>{body}</div></body></html>".encode()


def word(pictured: set[int], pictures: list[bytes]) -> bytes:
    """A Word file with six sections, a picture in some of them, and these pictures among its media."""
    lines = [par(TITLE)]
    for number, heading in enumerate(HEADINGS, 1):
        lines += [par(heading), par("本局依法办理，按时公开。"), *([par(_PICT)] if number in pictured else [])]
    out = io.BytesIO(docx("".join(lines)))
    with zipfile.ZipFile(out, "a") as package:
        for number, picture in enumerate(pictures, 1):
            package.writestr(f"word/media/image{number}.png", picture)
    return out.getvalue()
