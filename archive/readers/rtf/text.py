"""Bytes of an RTF file to characters: the character set is that of the font, or of the file.

Source: Rich Text Format (RTF) Specification 1.9.1, "Character Set", "Font Table" and "Unicode RTF".
"""

from __future__ import annotations

import re

_SETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_PAGES = {
    936: "gb18030",
    54936: "gb18030",
    950: "cp950",
    932: "cp932",
    949: "cp949",
    65001: "utf-8",
    10000: "mac_roman",
}
_DOUBLE_BYTE = frozenset({"gb18030", "cp950", "cp932", "cp949", "utf-8"})
_SYMBOL = 2
# Two bytes of a Chinese set; as Western letters they would be two accented ones side by side.
_PAIRS = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xfe][\xa1-\xfe])*")


def codec_of_page(page: int) -> str:
    """The Python codec of a Windows code page, cp1252 for an unknown one."""
    if page in _PAGES:
        return _PAGES[page]
    return f"cp{page}" if 1250 <= page <= 1258 or page in (437, 850, 852, 866, 874) else "cp1252"


class Decoder:
    """Decodes runs of bytes by the font they are in."""

    def __init__(self) -> None:
        self.page = "cp1252"
        self.fonts: dict[int, int] = {}
        self.lost = 0

    def decode(self, raw: bytes, font: int | None) -> str:
        """The characters of a run; `lost` counts those that could not be decoded."""
        if raw.isascii():
            return raw.decode("ascii")
        charset = self.fonts.get(font) if font is not None else None
        if charset == _SYMBOL:  # a dingbat is never a letter or a digit
            return "".join(chr(0xF000 + byte) if byte > 0x20 else chr(byte) for byte in raw)
        codec = _SETS.get(charset, self.page) if charset is not None else self.page
        if codec not in _DOUBLE_BYTE and self.page in _DOUBLE_BYTE and _PAIRS.fullmatch(raw):
            codec = self.page  # the font is named for the Latin letters around
        text = raw.decode(codec, "replace")
        self.lost += text.count("\ufffd")
        return text
