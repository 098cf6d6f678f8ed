"""Digits that are no part of the number beside them: raised ones (footnote marks) and struck ones (withdrawn figures).

They are kept as what they are, as superscript characters or with a stroke through them, so that `2` with a mark 1 is
never 21 and a struck 9 before a 7 never 97.
"""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789０１２３４５６７８９", "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2)
_STROKE = "\u0336"
_DIGIT = re.compile("[0-9０-９]")
# What stands raised or struck in a table is short and holds no part of one; every repetition is possessive or bounded.
_INSIDE = r"((?:[^<]++|<(?!/?+(?:{end}|t[drh]|table)\b)[^<>]*+>){{0,24}}+)(?=</{end}\b)"
_SUP = re.compile(r"(?<=<sup)((?:\s[^<>]*+)?>)" + _INSIDE.format(end="sup"), re.I)
_STYLED = re.compile(r"(?<=vertical-align)(:\s{0,9}+super\b[^<>]{0,500}+>)" + _INSIDE.format(end="span"), re.I)
_STRUCK = (
    *(
        re.compile(rf"(?<=<{name})((?:\s[^<>]*+)?>)" + _INSIDE.format(end=name), re.I)
        for name in ("s", "strike", "del")
    ),
    re.compile(r"(?<=line-through)([^<>]{0,500}+>)" + _INSIDE.format(end="span"), re.I),
)
_KEPT = re.compile(r"(<[^<>]*+>|&#?+\w{1,10}+;)")


def raised(text: str) -> str:
    """`text` with its digits as superscript characters."""
    return text.translate(_RAISED)


def struck(text: str) -> str:
    """`text` with a stroke through each of its digits."""
    return _DIGIT.sub(lambda match: match[0] + _STROKE, text)


def marked_digits(source: str) -> str:
    """Markup with the digits of raised and of struck elements and spans as such."""
    lowered = source.lower()
    if "<sup" in lowered:
        source = _SUP.sub(_raise, source)
    if "vertical-align" in lowered and "super" in lowered:
        source = _STYLED.sub(_raise, source)
    if "<s>" in lowered or "<s " in lowered or "<strike" in lowered or "<del" in lowered or "line-through" in lowered:
        for pattern in _STRUCK:
            source = pattern.sub(_strike, source)
    return source


def _raise(match: re.Match[str]) -> str:
    pieces = _KEPT.split(match[2])
    return match[1] + "".join(piece if index % 2 else raised(piece) for index, piece in enumerate(pieces))


def _strike(match: re.Match[str]) -> str:
    pieces = _KEPT.split(match[2])
    return match[1] + "".join(piece if index % 2 else struck(piece) for index, piece in enumerate(pieces))
