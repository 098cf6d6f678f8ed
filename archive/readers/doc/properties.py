"""What an Office 97–2003 file states of itself: the texts of its SummaryInformation stream.

Source: [MS-OLEPS] 2.21 (PropertySetStream), 2.15 (TypedPropertyValue), 2.18.2 (CodePage).
"""

from __future__ import annotations

import struct

_NAMES = {2: "title", 3: "subject", 4: "creator", 5: "keywords", 8: "lastmodifiedby"}
_CODE_PAGE = 1
_I2, _LPSTR, _LPWSTR = 2, 30, 31
_CODECS = {65001: "utf-8", 1200: "utf-16-le", 936: "gb18030", 950: "cp950"}
_MOST = 1_000


def summary(stream: bytes) -> dict[str, str]:
    """Title, author and the like, as far as they are filled; raises ValueError for a stream that is torn."""
    try:
        return _texts(stream) if stream else {}
    except struct.error as fault:
        raise ValueError(f"a torn property set: {fault}") from fault


def _texts(stream: bytes) -> dict[str, str]:
    (start,) = struct.unpack_from("<I", stream, 44)
    (count,) = struct.unpack_from("<I", stream, start + 4)
    if count > _MOST:
        raise ValueError(f"{count:,} properties")
    found: list[tuple[str, bytes, str | None]] = []
    codec = "cp1252"
    for n in range(count):
        key, offset = struct.unpack_from("<II", stream, start + 8 + 8 * n)
        at = start + offset
        kind, length = struct.unpack_from("<II", stream, at)
        if key == _CODE_PAGE and kind == _I2:
            codec = _CODECS.get(length & 0xFFFF, "cp1252")
        elif key in _NAMES and kind in (_LPSTR, _LPWSTR):
            size = length if kind == _LPSTR else 2 * length
            found.append((_NAMES[key], stream[at + 8 : at + 8 + size], "utf-16-le" if kind == _LPWSTR else None))
    texts = {name: raw.decode(own or codec, "replace").strip("\x00 \r\n\t") for name, raw, own in found}
    return {name: text for name, text in texts.items() if text}
