"""The tokens of an RTF file: braces, control words and symbols, bytes written in hexadecimal, and text.

Source: Rich Text Format (RTF) Specification 1.9.1, "Conventions of an RTF Reader".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from archive.readers.limits import refuse

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


class Token(NamedTuple):
    """`kind` is `{`, `}`, `word`, `symbol`, `byte` or `text`; `number` is the argument of a word, None without one."""

    kind: str
    value: str
    number: int | None = None


def tokens(data: bytes) -> Iterator[Token]:
    """The tokens in order, binary data left out; raises UnreadableDocument where there are more than any report has."""
    text = data.decode("latin-1")
    at = count = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            at += 1
            continue
        at = match.end()
        count += 1
        if count > _MAX_TOKENS:
            raise refuse(f"has more than {_MAX_TOKENS:,} pieces of markup")
        word, number, byte, symbol, brace, run = match.groups()
        if run is not None:
            yield Token("text", run)
        elif word is not None:
            argument = int(number) if number is not None else None
            if word == "bin":
                at += max(argument or 0, 0)
            else:
                yield Token("word", word, argument)
        elif byte is not None:
            yield Token("byte", byte)
        elif brace is not None:
            yield Token(brace, "")
        elif symbol is not None:
            yield Token("symbol", symbol)
