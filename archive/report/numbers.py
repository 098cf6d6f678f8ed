"""Printed text of one cell → value, state and unit. Nothing is guessed: what is not plainly a number has no value.

Rules: `values` of `form.yaml`. A blank is not a zero, a slash is not a blank, a footnote mark makes text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from archive.models import Number, State
from archive.report.form import load_form
from archive.report.text import strip_marks

UNKNOWN = "\ufffd"
"""Stands for a character that is printed and could not be told, by a font without a key or by recognition."""

_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff]")
_TURNING = re.compile(r"(?<=[0-9.,+-])[\u200e\u200f]+(?=[0-9.,+-])")  # digits need not be printed in their order
_SOFT_HYPHEN = "\u00ad"
_EDGES = " \t\r\n\f\v\xa0\u3000"
_MINUS = str.maketrans({"－": "-", "−": "-", "‐": "-", "‑": "-", "﹣": "-", "＋": "+", "﹢": "+"})
_PLAIN = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?\Z", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?\Z", re.ASCII)
_MOST_DIGITS = 14
"""Sums of so long numbers still are exact in binary floating point, and so in any spreadsheet. No printed count comes
near it, but seven numbers that ran together do."""
_RUN = re.compile(r"[+\-]{0,3}[\d.,]+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell says: a value only for the states `number` and `zero`; `unit` only if printed in the cell."""

    value: Number | None
    state: State
    unit: str | None = None


_BLANK = Reading(None, State.BLANK)
_UNREADABLE = Reading(None, State.UNREADABLE)
_TEXT = Reading(None, State.TEXT)
_MALFORMED = Reading(None, State.MALFORMED)


def is_mark(char: str) -> bool:
    """Whether a character is a footnote mark (superscript, enclosed number): NFKC would turn it into a digit."""
    return ord(char) > 127 and unicodedata.category(char) in ("No", "Nl")


_WITHOUT_MARKS = re.compile("[\x00-\x7f\u2010-\u206f\u3000-\u3006\u3008-\u3020\u4e00-\u9fff\uff00-\uffef]*")


def has_mark(text: str) -> bool:
    """Whether a footnote mark stands in a text."""
    return not _WITHOUT_MARKS.fullmatch(text) and any(map(is_mark, text))


def _split_unit(text: str) -> tuple[str, str | None]:
    for unit in load_form().values.units:
        if text.endswith(unit) and len(text) > len(unit):
            return text[: -len(unit)].rstrip(_EDGES), unit
    return text, None


def _number(text: str) -> Number | None:
    if _GROUPED.match(text):
        text = text.replace(",", "")
    elif not _PLAIN.match(text):
        return None
    if sum(map(str.isdigit, text)) > _MOST_DIGITS:
        return None
    return Decimal(text) if "." in text else int(text)


@lru_cache(maxsize=8192)
def read_value(raw: str | None, kind: str = "count") -> Reading:
    """Reads the text of one cell; `kind` is that of the item (`count`, `signed_count`, `money`).

    White space between digits is never closed up: `0 0 0` may be three cells run together, `12\\n3` a number broken
    over lines or two numbers, so both are `unreadable`. A sign or a sign word (减4) is read in a signed column only;
    elsewhere it says that the value belongs to another column and the cell is `malformed`, and so does
    the unit of money behind a count. Digits are those of ASCII and their full-width forms; what only looks like one
    makes text.
    """
    if raw is None:
        return Reading(None, State.MISSING)
    text = strip_marks(raw)
    if _may_be_a_sign(text) or _TURNING.search(text):
        return _TEXT
    text = _INVISIBLE.sub("", text).strip(_EDGES + _SOFT_HYPHEN)
    if not text:
        return _BLANK
    if UNKNOWN in text:
        return _UNREADABLE
    if has_mark(text):
        return _TEXT
    text = unicodedata.normalize("NFKC", text.translate(_MINUS)).strip()
    rules = load_form().values
    if rules.placeholder.match(re.sub(r"\s+", "", text)):
        return Reading(None, State.PLACEHOLDER)
    sign = next((word for word in sorted(rules.signs, key=len, reverse=True) if text.startswith(word)), None)
    return _plain(text, kind) if sign is None else _signed(text[len(sign) :].strip(), rules.signs[sign], kind)


def _may_be_a_sign(text: str) -> bool:
    """Whether a soft hyphen stands beside other signs: it stands for nothing, or for the minus sign of a font."""
    return _SOFT_HYPHEN in text and bool(text.strip(_EDGES + _SOFT_HYPHEN))


def _signed(text: str, sign: int, kind: str) -> Reading:
    """Reads what stands behind a sign word."""
    number, unit = _split_unit(text)
    if not re.fullmatch(r"0|[1-9][0-9]*", number):
        return _TEXT
    if len(number) > _MOST_DIGITS or kind != "signed_count":
        return _MALFORMED
    return _reading(int(number) * sign, unit)


def _plain(text: str, kind: str) -> Reading:
    """Reads a number without a sign word."""
    number, unit = _split_unit(text)
    if re.search(r"[0-9]\s+[0-9.,]", number):
        return _UNREADABLE if re.fullmatch(r"[0-9\s.,+-]+", number) else _TEXT
    value = _number(number)
    if value is None:
        return _MALFORMED if _RUN.match(number) else _TEXT
    if number[0] in "+-" and kind != "signed_count":
        return _MALFORMED
    if unit is not None and (unit in load_form().values.money) != (kind == "money"):
        return _MALFORMED
    return _reading(value, unit)


def _reading(value: Number, unit: str | None) -> Reading:
    return Reading(value, State.ZERO if value == 0 else State.NUMBER, unit)


def in_form_unit(
    reading: Reading, form_unit: str | None, header_unit: str | None = None
) -> tuple[Number | None, str | None]:
    """The value in the unit of the form, and the unit to store beside it.

    The printed unit (in the cell, else in the column's header) is kept. Money is converted only where the form names a
    money unit and the source prints another one; a form without a unit (采购总金额) keeps the value as printed.
    """
    printed = reading.unit or header_unit
    value = reading.value
    if value is None or printed is None:
        return value, printed or form_unit
    money = load_form().values.money
    if form_unit is not None and form_unit in money and printed in money and printed != form_unit:
        converted = Decimal(value) * Decimal(money[printed]) / Decimal(money[form_unit])
        return (int(converted) if converted == converted.to_integral_value() else converted.normalize()), form_unit
    return value, printed
