"""Table 4 written out in running text, one procedure after another: `行政复议：结果维持3件，结果纠正0件，…，总计3件`.

Each of the three procedures must be named once, followed by its five outcomes in the order of the form. A figure stands
right behind its outcome, or the five figures stand behind the five outcomes. Nothing is taken unless all three
procedures are there and no sum of theirs fails.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

from archive.report.numbers import read_value
from archive.report.tables.headings import AFTER_REVIEW, OUTCOME_ORDER, OUTCOMES, WITHOUT_REVIEW
from archive.report.tables.readings import CellKey, Found
from archive.report.tables.tokens import Stream

_PROCEDURES = {
    "review": "行政复议",
    "litigation_direct": WITHOUT_REVIEW,
    "litigation_after_review": AFTER_REVIEW,
}
_VALUE = r"(?:\d{1,3}(?:,\d{3})+|\d+|/|-+|—+|无)(?=[\s,;、|。)\u4e00-\u9fff]|$)"  # no mark of a footnote behind it
_COUNTED = r"\s*(?:件|宗|起|次|个)?"
_CELL = "\x00"  # stands for what has cells: no text goes on across it
_BETWEEN = r"(?:(?!复议|起诉|诉讼)[^\d。\x00]){0,20}?"


def _spaced(word: str) -> str:
    return r"\s*".join(map(re.escape, word))


@lru_cache(maxsize=1)
def _patterns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]]:
    """For each procedure the pattern of its first outcome, of outcomes with their figures, and of five outcomes before
    five figures.
    """
    names = {
        outcome: "|".join(_spaced(word) for word, key in OUTCOMES.items() if key == outcome)
        for outcome in OUTCOME_ORDER
    }
    values = [rf"(?P<{outcome}>{_VALUE}){_COUNTED}" for outcome in OUTCOME_ORDER]
    one_by_one = r"\s*[,;、|。]?\s*".join(
        rf"(?:{names[outcome]})\s*[:为]?\s*{value}" for outcome, value in zip(OUTCOME_ORDER, values, strict=True)
    )
    heads = r"\s*[,;、|]?\s*".join(f"(?:{names[outcome]})" for outcome in OUTCOME_ORDER)
    in_turn = rf"{heads}\s*:?\s+" + r"\s+".join(values) + rf"(?!\s*{_VALUE})"
    return {
        key: (
            re.compile(f"{_spaced(name)}{_BETWEEN}(?:{names[OUTCOME_ORDER[0]]})"),
            re.compile(f"{_spaced(name)}{_BETWEEN}{one_by_one}"),
            re.compile(f"{_spaced(name)}{_BETWEEN}{in_turn}"),
        )
        for key, name in _PROCEDURES.items()
    }


def read_procedures(stream: Stream) -> dict[CellKey, Found]:
    """The fifteen cells of table 4, or nothing."""
    if not all(name in stream.text for name in _PROCEDURES.values()):
        return {}
    words = [token.text if token.row is None else _CELL for token in stream.tokens]
    text = " ".join(words)
    starts = [0, *accumulate(len(word) + 1 for word in words)]
    cells: dict[CellKey, Found] = {}
    for key, (first, *patterns) in _patterns().items():
        named = sum(1 for _ in first.finditer(text))  # a second time without figures: perhaps these are another body's
        found = [match for pattern in patterns for match in pattern.finditer(text)]
        if named != 1 or len(found) != 1 or not _may_add_up(found[0]):
            return {}
        for outcome in OUTCOME_ORDER:
            token = stream.tokens[bisect_right(starts, found[0].start(outcome)) - 1]
            cells[f"{key}_{outcome}", None] = Found(found[0][outcome], token.place, from_text=True)
    return cells


def _may_add_up(match: re.Match[str]) -> bool:
    """Whether the outcomes add up to their total, or one of the five is no number."""
    values = [read_value(match[outcome]).value for outcome in OUTCOME_ORDER]
    numbers = [value for value in values if value is not None]
    return len(numbers) < len(values) or sum(numbers[:-1]) == numbers[-1]
