"""Bytes made a little wrong: what transport, converters and people with bad intent do to files."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable, Sequence

LARGEST = 1 << 20
"""Bytes that a mutated input may have at most; what only size can do is for the tests with hostile files."""

TOKENS = tuple(
    token.encode()
    for token in (
        "<table>", "</table>", "<tr>", "<td>", "</td>", "<td colspan=99999 rowspan=99999>", "<!--", "-->",
        "<![CDATA[", "<p>", "</p>", "<div>", "<script>", "<style>", "<base href=x>", "&#x110000;", "&#0;",
        "charset=utf-16", "&lt;", "{\\rtf1", "\\u-1?", "\\bin99999999 ", "\\trowd", "\\cellx-1", "\\row", "{\\*",
        "}", "\\'", "\\ansicpg936", "obj", "endobj", "stream", "endstream", "/Length -1", "/Kids [1 0 R]",
        "/Type /Page", "<<", ">>", "xref", "BT", "ET", '<w:gridSpan w:val="99999"/>',
        '<w:vMerge w:val="continue"/>', "<w:tbl>", "<w:tc>", "<w:numPr/>", "<!DOCTYPE a>",
        'table:number-columns-repeated="99999999"', 'r="XFD1048576"', "MIME-Version: 1.0",
        "Content-Type: multipart/related", "boundary=", "\r\n\r\n", "=E4=", "2023年", "一、总体情况", "\x00", "\ufeff",
        "\u202e", "-1", "99999999999999999999", "NaN",
    )
)  # fmt: skip
"""Words that the formats give a meaning, each of which has ended some reader somewhere."""

Mutate = Callable[[bytes, random.Random], bytes]


def mutate(data: bytes, rng: random.Random, others: Sequence[bytes] = (), plain: Mutate | None = None) -> bytes:
    """A neighbour of `data`; of a ZIP file mostly one with a changed member, packed again, so that it still opens.

    `others` are inputs to splice with. `plain` changes bytes without a structure (else `scramble` does).
    """
    change = plain or (lambda raw, chance: scramble(raw, chance, others))
    if data.startswith(b"PK\x03\x04") and rng.random() < 0.9:
        repacked = _member_changed(data, rng, change)
        if repacked is not None:
            return repacked[:LARGEST]
    return change(data, rng)[:LARGEST]


def scramble(data: bytes, rng: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """One to eight small changes anywhere: bytes and pieces changed, lost, doubled, moved, put in."""
    out = bytearray(data)
    for _ in range(1 << rng.randrange(4)):
        at = rng.randrange(len(out) + 1)
        length = min(len(out) - at, 1 << rng.randrange(10))
        kind = rng.randrange(8)
        if kind == 0:
            out[at : at + length] = b""
        elif kind == 1:
            out[at:at] = out[at : at + length]
        elif kind == 2:
            out[at:at] = rng.choice(TOKENS)
        elif kind == 3 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 4 and at < len(out):
            out[at : at + 4] = rng.choice((b"\x00" * 4, b"\xff" * 4, b"\xff\xff\xff\x7f", b"\x01\x00\x00\x00"))
        elif kind == 5:
            out[at:at] = rng.randbytes(min(length, 16))
        elif kind == 6 and others:
            other = rng.choice(others)
            start = rng.randrange(len(other) + 1)
            out[at : at + length] = other[start : start + length]
        elif kind == 7 and rng.random() < 0.2:
            del out[at:]
    return bytes(out)


def _member_changed(data: bytes, rng: random.Random, change: Mutate) -> bytes | None:
    """The package with one member changed, lost or doubled; None if it cannot be opened any more."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            small = [info for info in package.infolist() if info.file_size <= LARGEST]
            members = [(info.filename, package.read(info)) for info in small]
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, zlib.error):
        return None
    if not members:
        return None
    chosen = rng.randrange(len(members))
    name, body = members[chosen]
    fate = rng.random()
    if fate < 0.9:
        members[chosen] = name, change(body, rng)
    elif fate < 0.95:
        members.pop(chosen)
    else:
        members[chosen] = rng.choice(members)[0], body
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, body in dict(members).items():
            package.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()
