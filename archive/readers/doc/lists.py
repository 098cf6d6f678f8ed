"""The lists of a Word 97–2003 file, handed to the counter of the newer format.

Source: [MS-DOC] 2.9.147 (LSTF), 2.9.150 (LVLF), 2.9.131 (LFO), 2.9.134 (LFOLVL); [MS-OSHARED] 2.2.1.3 (MSONFC).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from lxml import etree

from archive.readers.doc.file import U16, U32, WordFile
from archive.readers.docx.numbering import Numbering
from archive.readers.docx.package import W

_FORMS = {
    0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 10: "ideographDigital",
    11: "japaneseCounting", 14: "decimalFullWidth", 16: "japaneseLegal", 17: "japaneseDigitalTenThousand",
    18: "decimalEnclosedCircle", 22: "decimalZero", 23: "bullet", 26: "decimalEnclosedFullstop",
    27: "decimalEnclosedParen", 28: "decimalEnclosedCircleChinese", 29: "ideographEnclosedCircle",
    30: "ideographTraditional", 31: "ideographZodiac", 33: "taiwaneseCounting", 35: "taiwaneseCountingThousand",
    36: "taiwaneseDigital", 37: "chineseCounting", 38: "chineseLegalSimplified", 39: "chineseCountingThousand",
    255: "none",
}  # fmt: skip
_SUFFIXES = {0: "tab", 1: "space", 2: "nothing"}
_MOST_LISTS = 2_000
_LISTS, _OVERRIDES = 73, 74
_LSTF, _LVLF, _LFO = 28, 28, 16


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    pattern: str
    suffix: str
    legal: bool
    size: int


class DocLists:
    """Counts the lists of one file in reading order."""

    def __init__(self, file: WordFile) -> None:
        self._file = file
        self._numbering: Numbering | None = None

    def label(self, index: int, level: int) -> str:
        """Counts a paragraph on in the list with that index (0 = none) and returns the text before it."""
        if not 0 < index < 0x7FFF or level > 8:
            return ""
        if self._numbering is None:
            self._numbering = Numbering(self._tree())
        return self._numbering.label(str(index), level)

    def _tree(self) -> etree._Element:
        """The lists as WordprocessingML has them. What is torn ends its part, so that labels go missing, not wrong."""
        root = etree.Element(f"{W}numbering")
        offset, length = struct.unpack_from("<II", self._file.main, 0x9A + 8 * _LISTS)
        if not length or len(self._file.main) < 0x9A + 8 * (_OVERRIDES + 1):
            return root
        table = self._file.table
        count = min(U16(table, offset)[0], _MOST_LISTS)
        at = offset + length  # the levels of all lists follow on the lists
        for n in range(count):
            head = offset + 2 + n * _LSTF
            abstract = etree.SubElement(root, f"{W}abstractNum", {f"{W}abstractNumId": str(U32(table, head)[0])})
            for place in range(1 if table[head + 26] & 1 else 9):
                level = _level(table, at)
                if level is None:
                    return root
                _add_level(abstract, place, level)
                at += level.size
        self._overrides(root, table)
        return root

    def _overrides(self, root: etree._Element, table: bytes) -> None:
        plf = self._file.structure(_OVERRIDES)
        count = min(U32(plf, 0)[0], _MOST_LISTS) if len(plf) >= 4 else 0
        at = 4 + count * _LFO
        for n in range(count):
            head = 4 + n * _LFO
            if head + _LFO > len(plf):
                return
            item = etree.SubElement(root, f"{W}num", {f"{W}numId": str(n + 1)})
            etree.SubElement(item, f"{W}abstractNumId", {f"{W}val": str(U32(plf, head)[0])})
            at += 4
            for _ in range(plf[head + 12]):
                if at + 8 > len(plf):
                    return
                start, flags = struct.unpack_from("<II", plf, at)
                at += 8
                override = etree.SubElement(item, f"{W}lvlOverride", {f"{W}ilvl": str(flags & 0xF)})
                if flags & 0x10:
                    etree.SubElement(override, f"{W}startOverride", {f"{W}val": str(start)})
                if flags & 0x20:
                    level = _level(plf, at)
                    if level is None:
                        return
                    _add_level(override, flags & 0xF, level)
                    at += level.size


def _level(data: bytes, at: int) -> _Level | None:
    if at + _LVLF + 2 > len(data):
        return None
    start, form, flags = struct.unpack_from("<IBB", data, at)
    size = _LVLF + data[at + 24] + data[at + 25]
    if at + size + 2 > len(data):
        return None
    length = U16(data, at + size)[0]
    raw = data[at + size + 2 : at + size + 2 + 2 * length].decode("utf-16-le", "replace")
    pattern = "".join(f"%{ord(char) + 1}" if ord(char) < 9 else char if char >= " " else "" for char in raw)
    suffix = _SUFFIXES.get(data[at + 15], "tab")
    return _Level(start, _FORMS.get(form, "decimal"), pattern, suffix, bool(flags & 4), size + 2 + 2 * length)


def _add_level(parent: etree._Element, place: int, level: _Level) -> None:
    element = etree.SubElement(parent, f"{W}lvl", {f"{W}ilvl": str(place)})
    for name, value in (
        ("start", str(level.start)), ("numFmt", level.form), ("lvlText", level.pattern), ("suff", level.suffix),
    ):  # fmt: skip
        etree.SubElement(element, f"{W}{name}", {f"{W}val": value})
    if level.legal:
        etree.SubElement(element, f"{W}isLgl")
