"""Which passages two sections have in common, as places in their texts: the overlap of `archive.checks.copied`, shown.

The same letters count (no blanks, punctuation or numbers) and the same runs of them; phrases of the official form are
cut out and told apart. Stock phrases are not: which runs many agencies print is only known while an archive is built.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from archive.checks.rulebook import load
from archive.report.text import MARK, squeeze

SHINGLE = 12
"""Characters in a row that must be the same to count as text in common."""
NOT_LETTERS = re.compile(r"[\W\d_]+")
CUT = "\x00"
"""Stands in the letters of a section where a phrase of the form was cut out."""


@dataclass(frozen=True, slots=True)
class Common:
    """A passage of a text that the other one has too: `start` to `end` in characters, `letters` of which count.

    `other` is the number (from 0) of the passage of the other text that has its beginning.
    """

    start: int
    end: int
    letters: int
    other: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of two texts: the passages in common, and the phrases of the form as (start, end), each in reading order."""

    common: tuple[Common, ...]
    form: tuple[tuple[int, int], ...]
    letters: int

    @property
    def common_letters(self) -> int:
        """How many letters the other text has too."""
        return sum(passage.letters for passage in self.common)


@cache
def form_phrases() -> re.Pattern[str]:
    """The phrases of the official form, as letters, the longest first."""
    phrases = {NOT_LETTERS.sub("", squeeze(phrase)) for group in load("template.yaml").values() for phrase in group}
    return re.compile("|".join(sorted(map(re.escape, phrases), key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters of a text with cuts, where each stands in it (-1 for a cut), and the phrases that were cut out."""

    kept: str
    places: list[int]
    form: tuple[tuple[int, int], ...]
    count: int


def _letters(text: str) -> _Letters:
    letters: list[str] = []
    places: list[int] = []
    for start, end in _outside_marks(text):
        for place in range(start, end):
            for letter in NOT_LETTERS.sub("", squeeze(text[place])):
                letters.append(letter)
                places.append(place)
    whole = "".join(letters)
    kept: list[str] = []
    kept_places: list[int] = []
    form: list[tuple[int, int]] = []
    done = 0
    for phrase in form_phrases().finditer(whole):
        kept += [whole[done : phrase.start()], CUT]
        kept_places += [*places[done : phrase.start()], -1]
        form.append((places[phrase.start()], places[phrase.end() - 1] + 1))
        done = phrase.end()
    return _Letters("".join([*kept, whole[done:]]), kept_places + places[done:], tuple(form), len(whole))


def _outside_marks(text: str) -> Iterator[tuple[int, int]]:
    done = 0
    for mark in MARK.finditer(text):
        yield done, mark.start()
        done = mark.end()
    yield done, len(text)


def _shingles(kept: str) -> Iterator[tuple[int, str]]:
    for start in range(len(kept) - SHINGLE + 1):
        run = kept[start : start + SHINGLE]
        if CUT not in run:
            yield start, run


def common_passages(one: str, other: str) -> tuple[Side, Side]:
    """The passages that two texts have in common, as seen from each of them."""
    first, second = _letters(one), _letters(other)
    first_spans, first_to = _spans(first, second)
    second_spans, second_to = _spans(second, first)
    return (
        _side(first, first_spans, first_to, second_spans),
        _side(second, second_spans, second_to, first_spans),
    )


def _spans(one: _Letters, other: _Letters) -> tuple[list[tuple[int, int]], list[int]]:
    """The stretches of letters that stand in a common run, and where the other text has the beginning of each."""
    known: dict[str, int] = {}
    for start, run in _shingles(other.kept):
        known.setdefault(run, start)
    spans: list[tuple[int, int]] = []
    begins: list[int] = []
    for start, run in _shingles(one.kept):
        found = known.get(run)
        if found is None:
            continue
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], start + SHINGLE)
        else:
            spans.append((start, start + SHINGLE))
            begins.append(found)
    return spans, begins


def _side(one: _Letters, spans: list[tuple[int, int]], begins: list[int], others: list[tuple[int, int]]) -> Side:
    starts = [start for start, _ in others]
    return Side(
        common=tuple(
            Common(one.places[start], one.places[end - 1] + 1, end - start, bisect_right(starts, begin) - 1)
            for (start, end), begin in zip(spans, begins, strict=True)
        ),
        form=one.form,
        letters=one.count,
    )
