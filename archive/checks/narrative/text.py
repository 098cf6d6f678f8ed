"""The text of a section as sentences that can be matched, each character with its place in the section."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from archive.models import Number
from archive.report.numbers import read_value

_WIDE = str.maketrans("０１２３４５６７８９％．(),;", "0123456789%.（），；")
_THOUSANDS = re.compile(r"(?<=\d)[，,](?=\d{3}(?!\d))")
_ENDS = re.compile(r"[。！？!?]")
_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}

NUMBER = (
    r"(?<![\d.])(?P<about>约|将近|近|大约|超过|超|逾|不足|不少于|至少|接近)?"
    r"(?P<n>\d+(?:,\d{3})*(?:\.\d+)?|[〇零一二两三四五六七八九十百千万]+)(?P<more>[万亿余多来]*)"
)
"""A number in digits or in Chinese numerals, with what makes it approximate."""
UNIT = r"(?P<unit>件|宗|起|份|条|次|个|例|项)(?P<or_so>左右|以上|上下|余|多)?"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without blanks, `places` being the place in the section text of each of its characters."""

    text: str
    places: tuple[int, ...]


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a section. Lines are joined, since converters break them anywhere; but not digit to digit."""
    characters, places = _flat(text)
    start = 0
    ends = [match.end() for match in _ENDS.finditer(characters)]
    for end in (*ends, len(characters)):
        if end > start:
            yield Sentence(characters[start:end], tuple(places[start:end]))
            start = end


def _flat(text: str) -> tuple[str, list[int]]:
    kept: list[str] = []
    places: list[int] = []
    gap = False
    for place, char in enumerate(text.translate(_WIDE)):
        if char.isspace() or char in "\u200b\ufeff\u2060\u00ad":
            gap = True
            continue
        if gap and kept and kept[-1].isdigit() and char.isdigit():
            # Whether these are one number or two cannot be told, so that neither may be taken for a number.
            kept.append("\n")
            places.append(place - 1)
        gap = False
        kept.append(char)
        places.append(place)
    joined = "".join(kept)
    return _THOUSANDS.sub(",", joined), places


def number_of(match: re.Match[str]) -> Number | None:
    """The number that a match of `NUMBER` (and `UNIT`) states exactly; None for an approximate or an unclear one.

    `14万件` is approximate: a count in ten thousands was rounded.
    """
    groups = match.groupdict()
    if groups.get("about") or groups.get("more") or groups.get("or_so"):
        return None
    return value_of(groups["n"])


def value_of(printed: str) -> Number | None:
    """The value of digits or of Chinese numerals (`一百零五`); None where it cannot be told."""
    if printed[0].isdigit():
        return read_value(printed, "money" if "." in printed else "count").value
    return _chinese(printed)


def _chinese(numerals: str) -> int | None:
    if "万" in numerals:
        return None
    if all(char in _DIGITS for char in numerals):
        return int("".join(str(_DIGITS[char]) for char in numerals)) if len(numerals) == 1 else None
    total, digit, smallest = 0, None, 10_000
    for char in numerals:
        if char in _DIGITS:
            if digit is not None and digit != 0:
                return None
            digit = _DIGITS[char]
        else:
            place = _PLACES[char]
            if place >= smallest:
                return None
            total += (1 if digit is None else digit) * place
            digit, smallest = None, place
    return total + (digit or 0)


def decimals(printed: str) -> int:
    """How many decimal places a printed number has."""
    return len(printed.partition(".")[2])


def rounds_to(exact: Decimal, printed: str) -> bool:
    """Whether an exact number is as printed when rounded to as many places, a half either way."""
    return abs(exact - Decimal(printed)) <= Decimal("0.5").scaleb(-decimals(printed))
