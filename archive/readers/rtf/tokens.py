"""The tokens of an RTF file: braces, control words and symbols, bytes written in hexadecimal, and text.

Source: Rich Text Format (RTF) Specification 1.9.1, "Conventions of an RTF Reader".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.readers.limits import refuse
from archive.readers.rtf.words import MEANT

_MAX_TOKENS = 3_000_000
_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,40})(-?\d{1,10})?\ ?"  # control word
    r"|\\'([0-9a-fA-F]{2})"
    r"|\\([^a-zA-Z])"  # control symbol
    r"|([{}])"
    r"|([^\\{}\r\n\x00]+)"
    r"|[\r\n\x00]+|\\\Z",
    re.S,
)


Token = tuple[str, str, int | None]
"""Kind (`brace`, `word`, `symbol`, `byte`, `text`, `other` for a word without meaning), value, argument of a word."""

_WORD, _NUMBER, _BYTE, _SYMBOL, _BRACE, _TEXT = range(1, 7)  # groups of the pattern
_KINDS = {_BYTE: "byte", _SYMBOL: "symbol", _BRACE: "brace", _TEXT: "text"}
_OTHER: Token = ("other", "", None)


def tokens(data: bytes) -> Iterator[Token]:
    """The tokens in order, binary data and words without meaning left out, save those that may begin a group.

    Raises UnreadableDocument where there are more than any report has.
    """
    text = data.decode("latin-1")
    at = count = 0
    opening = False  # whether the next word begins a group that is to be skipped if it is not known
    while at < len(text):
        start = at
        for match in _TOKEN.finditer(text, start):
            at = match.end()
            count += 1
            if count > _MAX_TOKENS:
                raise refuse(f"has more than {_MAX_TOKENS:,} pieces of markup")
            which = match.lastindex
            if which is None:
                continue
            if which <= _NUMBER:
                word = match[_WORD]
                if word == "bin":
                    at += max(int(match[_NUMBER] or 0), 0)
                    break
                if opening or word in MEANT:
                    yield "word", word, int(match[_NUMBER]) if which == _NUMBER else None
                else:
                    yield _OTHER
                opening = False
            else:
                opening = which == _SYMBOL and match[which] == "*"
                yield _KINDS[which], match[which], None
        else:
            at = len(text)
