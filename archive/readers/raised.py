"""Digits that stand above the line (footnote marks, exponents) as raised characters: `2` with a mark 1 is never 21."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789０１２３４５６７８９", "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2)
# What stands raised is short and holds no part of a table; every repetition is possessive or bounded.
_INSIDE = r"((?:[^<]++|<(?!/?+(?:{end}|t[drh]|table)\b)[^<>]*+>){{0,24}}+)(?=</{end}\b)"
_SUP = re.compile(r"(?<=<sup)((?:\s[^<>]*+)?>)" + _INSIDE.format(end="sup"), re.I)
_STYLED = re.compile(r"(?<=vertical-align)(:\s*+super\b[^<>]*+>)" + _INSIDE.format(end="span"), re.I)
_KEPT = re.compile(r"(<[^<>]*+>|&#?+\w{1,10}+;)")


def raised(text: str) -> str:
    """`text` with its digits as superscript characters."""
    return text.translate(_RAISED)


def raised_in_markup(source: str) -> str:
    """Markup with the digits inside of `sup`, and of spans styled as such, as superscript characters."""
    lowered = source.lower()
    if "<sup" in lowered:
        source = _SUP.sub(_raise, source)
    if "vertical-align" in lowered and "super" in lowered:
        source = _STYLED.sub(_raise, source)
    return source


def _raise(match: re.Match[str]) -> str:
    pieces = _KEPT.split(match[2])
    return match[1] + "".join(piece if index % 2 else raised(piece) for index, piece in enumerate(pieces))
