"""Digits that are no part of the number beside them: raised and lowered ones (footnote marks), struck and unseen ones.

They are kept as what they are, as superscript or subscript characters or with a stroke through them, so that `2` with a
mark 1 is never 21 and a struck 9 before a 7 never 97.
"""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple, TypedDict

_DIGITS = "0123456789０１２３４５６７８９"
_RAISED = str.maketrans(_DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹" * 2)
_LOWERED = str.maketrans(_DIGITS, "₀₁₂₃₄₅₆₇₈₉" * 2)
_STROKE = "\u0336"
COUNTED = f"{_DIGITS}.,．，+＋-－−增减负万亿"
"""What gets a stroke: digits, and what decides on the value of those beside it (signs, points, money units)."""

_COUNTED = re.compile(f"[{re.escape(COUNTED)}]")
# What stands raised or struck in a table is short and ends with its cell; every repetition is possessive or bounded.
_INSIDE = r"(?P<inside>(?:[^<]++|<(?!/?+(?:{end}|t[drh]|table)\b)[^<>]*+>){{0,24}}+)(?=</?+(?:{end}|t[drh]|table)\b)"
_KEPT = re.compile(r"(<[^<>]*+>|&#?+\w{1,10}+;)")


class Look(NamedTuple):
    """How a run of text stands: `shift` 1 is raised, -1 lowered; `struck` has a line through it; `hidden` is unseen."""

    shift: int = 0
    struck: bool = False
    hidden: bool = False


class Stated(TypedDict, total=False):
    """What a style or a run states of a look; what it does not state is as around it."""

    shift: int
    struck: bool
    hidden: bool


PLAIN = Look()
RAISED = Look(shift=1)
LOWERED = Look(shift=-1)
STRUCK = Look(struck=True)


def marked(text: str, look: Look) -> str:
    """`text` with its digits as those of its look: superscript or subscript characters, or each with a stroke."""
    if look.struck:
        text = _COUNTED.sub(lambda match: match[0] + _STROKE, text)
    if look.shift:
        text = text.translate(_RAISED if look.shift > 0 else _LOWERED)
    return text


def inside_of(name: str) -> str:
    """The pattern of what stands `inside` an element up to its end or that of its cell."""
    return _INSIDE.format(end=name)


def _element(name: str, opening: str, look: Look) -> tuple[re.Pattern[str], Look]:
    return re.compile(rf"(?<=<{name})(?P<start>{opening})" + inside_of(name), re.I), look


def _style(words: str, look: Look) -> tuple[re.Pattern[str], Look]:
    start = rf"(?P<start><(?P<name>[a-z]\w{{0,9}}+)\s[^<>]{{0,500}}?{words}[^<>]{{0,500}}+>)"
    return re.compile(start + inside_of("(?P=name)"), re.I), look


_ANY = r"(?:\s[^<>]*+)?>"
_NO_SIZE = _style(r"font-size: ?0(?:p[xt]|r?em|%)?+\s{0,9}+[;\"']", STRUCK)
# Each after what must stand in the markup, in lower case, for a search to be worth its time.
_MARKUP = (
    (("<sup",), *_element("sup", _ANY, RAISED)),
    (("<sub",), *_element("sub", _ANY, LOWERED)),
    (("<s>",), *_element("s", ">", STRUCK)),
    (("<s ",), *_element("s", r"\s[^<>]*+>", STRUCK)),
    (("<strike",), *_element("strike", _ANY, STRUCK)),
    (("<del",), *_element("del", _ANY, STRUCK)),
    (("vertical-align", "super"), *_style(r"vertical-align:\s{0,9}+super\b", RAISED)),
    (("vertical-align", "sub"), *_style(r"vertical-align:\s{0,9}+sub\b", LOWERED)),
    (("line-through",), *_style("line-through", STRUCK)),
    # A style that one program hides text by and another shows it in spite of: as good as struck.
    (("mso-hide",), *_style(r"mso-hide:\s{0,9}+all", STRUCK)),
    (("visibility", "hidden"), *_style(r"visibility:\s{0,9}+hidden", STRUCK)),
    *((word, *_NO_SIZE) for word in (("font-size:0",), ("font-size: 0",))),
    (("opacity",), *_style(r"opacity:\s{0,9}+0(?:\.0{1,3})?+\s{0,9}+[;\"']", STRUCK)),
    (("<rt",), *_element("rt", _ANY, RAISED)),
)


def marked_digits(source: str) -> str:
    """Markup with the digits of raised, lowered and struck elements and spans as such."""
    lowered = source.lower()
    for needles, pattern, look in _MARKUP:
        if all(needle in lowered for needle in needles):
            source = pattern.sub(partial(mark, look=look), source)
    return source


def mark(match: re.Match[str], look: Look) -> str:
    """The element that a pattern has found, of a `start` and what is `inside`, with its digits as those of its look."""
    pieces = _KEPT.split(match["inside"])
    return match["start"] + "".join(piece if index % 2 else marked(piece, look) for index, piece in enumerate(pieces))
