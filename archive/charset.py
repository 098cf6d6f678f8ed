"""Bytes to text, decided by us and never believed from a declaration alone.

The rule, in order: byte order mark; UTF-16 shown by its zero bytes; strict UTF-8 (a body cut inside its last character
is still UTF-8); a declared Big5 or Shift-JIS that decodes cleanly; strict GB18030, the superset of GB2312 and GBK; else
whichever of UTF-8 and GB18030 leaves fewer replacement characters. Declarations are wrong too often on government pages
(UTF-8 declared over GBK bytes, ISO-8859-1 filled in by the server) to come first; they only break a tie.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

REPLACEMENT = "\ufffd"

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16-LE, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_GB_NAMES = frozenset({"gb2312", "gb18030", "gbk", "hz", "euc_cn", "cp936", "ms936"})
# Multi-byte sets that some declared page may really be in; single-byte sets decode anything and so prove nothing.
_BELIEVED_IF_CLEAN = frozenset({"big5", "big5hkscs", "cp950", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949"})
_SAMPLE = 4096


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and how it was come by.

    `encoding` is the character set used, `declared` the one claimed (as written) or None, `problem` a sentence for a
    person when the two disagree or characters were lost, else None.
    """

    text: str
    encoding: str
    declared: str | None = None
    problem: str | None = None


def decode_bytes(data: bytes, declared: str | None = None) -> Decoded:
    """Decodes a document's bytes; never raises, and says in `problem` what was wrong with them."""
    encoding, text, problem = _decode(data, _canonical(declared))
    if problem is None and (lost := text.count(REPLACEMENT)):
        problem = f"{lost} characters could not be decoded as {encoding}"
    if problem is None and declared and not _same_family(encoding, declared) and not text.isascii():
        problem = f"declared as {declared.strip()}, decoded as {encoding}"
    return Decoded(text, encoding, declared, problem)


def _decode(data: bytes, declared: str | None) -> tuple[str, str, str | None]:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name, data[len(mark) :].decode(name, "replace"), None
    if wide := _utf16_by_zero_bytes(data):
        return wide, data.decode(wide, "replace"), None
    text, cut = _utf8(data)
    if text is not None:
        if declared in _GB_NAMES and not cut and _only_two_byte(text):
            # A few GBK words can look like two-byte UTF-8 (Armenian, Hebrew); here the declaration decides.
            gb = _strict(data, "gb18030")
            if gb is not None:
                return "gb18030", gb, None
        return "utf-8", text, "the last character is cut short" if cut else None
    if declared in _BELIEVED_IF_CLEAN and declared is not None:
        other = _strict(data, declared)
        if other is not None:
            return declared, other, None
    gb = _strict(data, "gb18030")
    if gb is not None:
        return "gb18030", gb, None
    candidates = [(name, data.decode(name, "replace")) for name in ("utf-8", "gb18030")]
    name, best = min(candidates, key=lambda pair: pair[1].count(REPLACEMENT))
    return name, best, None


def _utf8(data: bytes) -> tuple[str | None, bool]:
    """Text and whether the last character was cut, or (None, False) where the bytes are not UTF-8."""
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data" or error.start == 0:
            return None, False
        return data[: error.start].decode("utf-8") + REPLACEMENT, True


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _only_two_byte(text: str) -> bool:
    return not text.isascii() and all(character < "\u0800" for character in text)


def _utf16_by_zero_bytes(data: bytes) -> str | None:
    """UTF-16 without a mark: markup in it has a zero in every second byte, and no other text has."""
    sample = data[:_SAMPLE]
    if len(sample) < 4 or sample.count(0) * 4 < len(sample):
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 3 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 3 * odd else None


def _canonical(declared: str | None) -> str | None:
    """Python's name of a declared character set, GB names kept apart, or None for an unknown one."""
    name = (declared or "").strip().strip("\"';").lower()
    if not name:
        return None
    try:
        return codecs.lookup(name).name.replace("-", "_")
    except (LookupError, ValueError):  # ValueError: an embedded zero character
        return None


def _same_family(encoding: str, declared: str) -> bool:
    name = _canonical(declared)
    if name is None:
        return False
    if name in _GB_NAMES:
        return encoding == "gb18030"
    mine = encoding.replace("-", "_")
    return name == mine or (name == "utf_16" and mine.startswith("utf_16"))
