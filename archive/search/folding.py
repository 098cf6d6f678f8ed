"""How characters are made equal before they are compared: one function for the text of the index and for the query.

Two texts that differ only in width, script variant, case or invisible characters fold to the same string. Nothing else
is lost: every other character, white space and punctuation included, stays a character of its own, so that "contains"
has one plain meaning everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

# Characters that no reader sees: format characters (zero-width blanks, soft hyphens, byte-order marks, direction marks)
# and variation selectors. Portals' editors and PDF converters scatter them inside words.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)

# Radical forms that NFKC leaves alone although PDF fonts print them for the whole character, each followed by that
# character (Unicode's EquivalentUnifiedIdeograph property).
_RADICAL_PAIRS = (
    "⺁厂⺌小⺕彐⺝月⺠民⺨犭⺫目⺬示⺮竹⺳网⺶羊⺼肉⻁虎⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青"
    "⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻰龙"
)
_RADICALS = dict(zip(_RADICAL_PAIRS[::2], _RADICAL_PAIRS[1::2], strict=True))

_NO_CHARACTER = "\ufffd"
_REACHES = "\0"  # stands for a character that may combine with the one before it; a text folds to none (see _fold)


@cache
def traditional_to_simplified() -> dict[str, str]:
    """The committed table of `t2s.txt` (see tools/make_t2s.py): one character to one character."""
    lines = files("archive.search").joinpath("t2s.txt").read_text("utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return dict(zip(pairs[::2], pairs[1::2], strict=True))


def _fold(character: str) -> str:
    """What stands for one character of NFKC text."""
    # Neither is text, and neither goes through SQLite unharmed: a lone surrogate has no UTF-8, NUL ends a C string.
    if character == "\0" or "\ud800" <= character <= "\udfff":
        return _NO_CHARACTER
    simplified = traditional_to_simplified().get(character, character)
    return _RADICALS.get(simplified, simplified).lower()


def fold_whole(text: str) -> str:
    """The definition of `normalise`, without its short cuts."""
    compatible = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    # Again, since a small letter may combine with an accent where its capital could not (J̌ → ǰ).
    return unicodedata.normalize("NFKC", "".join(map(_fold, compatible)))


def _continues(character: str) -> bool:
    """Whether it may combine with the character before: marks, Korean vowels and finals, what decomposes to them."""
    first = unicodedata.normalize("NFKD", character)[0]
    return unicodedata.category(first).startswith("M") or "\u1160" <= first <= "\u11ff"


class _Single(dict[str, str]):
    """One character to what it folds to, worked out once per character met."""

    def __missing__(self, character: str) -> str:
        invisible = _INVISIBLE.match(character)
        self[character] = _REACHES if not invisible and _continues(character) else fold_whole(character)
        return self[character]


_single = _Single().__getitem__


def normalise(text: str) -> str:
    """The text as search sees it: NFKC, simplified characters, lower case, without invisible characters.

    White space is kept (NFKC makes most kinds of blank the same); a line end stays a line end. Folding twice changes
    nothing. Lower case is taken character by character, so that a part of a text folds as it does inside the text.
    """
    # Character by character is four times as fast as NFKC of the whole, and the same unless characters combine.
    folded = "".join(map(_single, text))
    return fold_whole(text) if _REACHES in folded else folded


def located(text: str) -> tuple[str, list[tuple[int, str]] | None]:
    """The folded text, and the pieces it is made of: (start in the text, folded piece), in order.

    None instead of pieces means that character i of the one is character i of the other. A piece is one character with
    the marks that combine with it; it may fold to nothing or to several characters.
    """
    single = list(map(_single, text))
    folded = "".join(single)
    if _REACHES in folded:
        return fold_whole(text), _clusters(text, single)
    if set(map(len, single)) <= {1}:
        return folded, None
    return folded, list(enumerate(single))


def _clusters(text: str, single: list[str]) -> list[tuple[int, str]]:
    """The text cut where folding cannot reach across: before a character that neither combines nor is invisible."""
    starts = [at for at, folded in enumerate(single) if at == 0 or folded not in (_REACHES, "")]
    ends = [*starts[1:], len(text)]
    return [(start, fold_whole(text[start:end])) for start, end in zip(starts, ends, strict=True)]
