"""The statements of `claims.yaml` as patterns, and where they stand in the sentences of a report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from archive.checks.narrative.text import NUMBER, UNIT, Sentence, number_of
from archive.checks.rulebook import cells_named, load
from archive.models import CellRef, Era, Number

_YEAR = re.compile(r"(20\d\d)年")
_EARLIER = re.compile(r"(?:上年|去年|上一年|前一年)(?!度?(?:结转|转))")
_NEAR, _BACK = 14, 600
"""How far before a statement its year is looked for: a word for the last one, and a year in digits."""
_TELLS = re.compile(r"[\d一二两三四五六七八九十百千〇零]|没|未|无")
_QUOTED = re.compile(r"“[^”]{0,80}”")
_SUBJECT = re.compile(r"公开|申请|文件|行政复议|行政诉讼|规章|办结")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a statement: cells to add up, only where `when` stands in the sentence."""

    name: str
    cells: tuple[CellRef, ...]
    when: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class ClaimForm:
    """A kind of statement: how it is worded, where it may stand, and its readings by era."""

    name: str
    rule: str
    label: str
    label_en: str
    sections: frozenset[int]
    needs: re.Pattern[str] | None
    patterns: tuple[re.Pattern[str], ...]
    zero: tuple[re.Pattern[str], ...]
    readings: Mapping[Era, tuple[Reading, ...]]


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement as it was found: `start` and `end` are those of the words in the sentence, `at` of the number.

    `value` is None for an approximate number.
    """

    form: ClaimForm
    sentence: Sentence
    start: int
    end: int
    at: int
    stated: str
    value: Number | None

    @property
    def place(self) -> int:
        """The character of the section text at which the number stands."""
        return self.sentence.places[self.at]


@cache
def load_claims() -> tuple[ClaimForm, ...]:
    """Every kind of statement, in the order of the file; raises ValueError naming one that is not well-formed."""
    source = load("claims.yaml")
    words = {**source["words"], "n": NUMBER, "u": UNIT}
    return tuple(_form(entry, words) for entry in source["claims"])


def _form(entry: Mapping[str, Any], words: Mapping[str, str]) -> ClaimForm:
    name = str(entry["claim"])
    try:
        label, label_en = entry["label"]
        needs = entry.get("needs")
        return ClaimForm(
            name=name,
            rule=str(entry["rule"]),
            label=label,
            label_en=label_en,
            sections=frozenset(entry["sections"]),
            needs=re.compile(str(needs)) if needs else None,
            patterns=tuple(_pattern(text, words) for text in entry["patterns"]),
            zero=tuple(_pattern(text, words) for text in entry.get("zero", ())),
            readings={
                era: tuple(
                    Reading(reading, cells, re.compile(spec["when"]) if "when" in spec else None)
                    for reading, spec in entry["readings"].items()
                    if (cells := _cells(spec["cells"], era))
                )
                for era in (Era.B, Era.C)
            },
        )
    except (KeyError, TypeError, re.error) as error:
        raise ValueError(f"claims.yaml: claim {name!r}: {error!r}") from error


def _pattern(text: str, words: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{([a-z]+)\}", lambda match: words[match[1]], text))


def _cells(texts: list[str], era: Era) -> tuple[CellRef, ...]:
    """The cells of a reading in the form of an era; none if that form lacks one of them."""
    refs: list[CellRef] = []
    for text in texts:
        found = cells_named(text, era)
        if not found:
            return ()
        refs += found
    return tuple(refs)


def claims_in(sentence: Sentence, section: int, year: int, before: str = "") -> Iterator[Claim]:
    """Every statement of a sentence about the year reported on, in the order of the kinds; each number once a kind.

    `before` is the sentence before it: what it speaks of may be named there only (共收到申请8件。其中，同意公开3件).
    """
    if not _SUBJECT.search(sentence.text) or not _TELLS.search(sentence.text):
        return
    for form in load_claims():
        if section not in form.sections or (form.needs and not form.needs.search(before + sentence.text)):
            continue
        seen: set[int] = set()
        quoted = [match.span() for match in _QUOTED.finditer(sentence.text)]
        for pattern in form.patterns:
            for match in pattern.finditer(sentence.text):
                at = match.start("n")
                if any(start < at < end for start, end in quoted):
                    continue  # a slogan: “办结一件申请、解决一个问题”
                if at not in seen and _of_this_year(sentence.text, match.start(), at, year):
                    seen.add(at)
                    stated = sentence.text[match.start("n") : match.end()]
                    about = match["about"] or ""
                    yield Claim(form, sentence, match.start(), match.end(), at, about + stated, number_of(match))
        if not seen:
            yield from _zeros(form, sentence, year)


def _zeros(form: ClaimForm, sentence: Sentence, year: int) -> Iterator[Claim]:
    for pattern in form.zero:
        match = pattern.search(sentence.text)
        if match and _of_this_year(sentence.text, match.start(), match.start(), year):
            yield Claim(form, sentence, match.start(), match.end(), match.start(), match[0], 0)
            return


def _of_this_year(text: str, start: int, at: int, year: int) -> bool:
    """Whether no other year is named before the number: the last year before it, and no "last year" close to it."""
    named = _YEAR.findall(text[max(0, at - _BACK) : at])
    if named and int(named[-1]) != year:
        return False
    return _EARLIER.search(text[max(0, start - _NEAR) : at]) is None
