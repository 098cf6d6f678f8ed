"""What changed between two texts, sentence by sentence: two versions of a report, or two years of an agency."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from archive.report.text import squeeze

_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?[”’）]?")
_HEADING = re.compile(r"(?:（[一二三四五六七八九十]+）|[一二三四五六七八九十]+、)([^。！？；，]{0,24}$)?")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_MANY = 2_000
_NAMES = {"insert": "added", "delete": "removed", "replace": "replaced"}


class TextChangeKind(StrEnum):
    """What happened to sentences."""

    ADDED = "added"
    REMOVED = "removed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class TextChange:
    """A run of sentences that changed; `before` and `after` are as printed, None = was not there."""

    kind: TextChangeKind
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """Sentences of two texts that stand beside each other, as printed; `kind` None where they are the same."""

    kind: TextChangeKind | None
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """How many sentences of a text are the same as in another, are new, and are gone."""

    kept: int
    added: int
    removed: int


def sentences_of(text: str) -> list[str]:
    """The sentences of a text as printed; a numbered heading is one too.

    A line ends a sentence only behind a full stop, or before or behind a heading: converters break lines anywhere.
    """
    joined = ""
    for line in text.split("\n"):
        heading = _HEADING.match(line.strip())
        ended = not joined or joined[-1] in "。！？；：\n"
        joined += ("" if ended or not heading else "\n") + line.strip() + ("\n" if heading and heading[1] else "")
    return [sentence.strip() for sentence in _SENTENCE.findall(joined) if sentence.strip()]


def aligned(before: str, after: str, *, numbers_apart: bool = False) -> Iterator[Run]:
    """Two whole texts as runs of sentences side by side, in order; blanks and the width of characters are no change.

    With `numbers_apart` sentences that differ in years and other numbers only stand side by side, one to one, and are
    called replaced.
    """
    old, new = sentences_of(before), sentences_of(after)
    first, second = ([squeeze(text) for text in each] for each in (old, new))
    a, b = ([_NUMBERS.sub("0", text) for text in each] if numbers_apart else each for each in (first, second))
    # A text of thousands of sentences that repeat would take minutes without the shortcut for frequent ones.
    matcher = SequenceMatcher(None, a, b, autojunk=len(old) + len(new) > _MANY)
    for tag, i, j, m, n in matcher.get_opcodes():
        if tag != "equal":
            yield Run(TextChangeKind(_NAMES[tag]), tuple(old[i:j]), tuple(new[m:n]))
            continue
        for same, places in groupby(range(j - i), key=lambda place: first[i + place] == second[m + place]):
            run = [(old[i + place], new[m + place]) for place in places]
            if same:
                yield Run(None, tuple(one for one, _ in run), tuple(other for _, other in run))
            else:
                yield from (Run(TextChangeKind.REPLACED, (one,), (other,)) for one, other in run)


def text_changes(before: str, after: str) -> Iterator[TextChange]:
    """The runs of sentences that changed, in order; blanks and the width of characters are no change."""
    for run in aligned(before, after):
        if run.kind is not None:
            yield TextChange(run.kind, "".join(run.before) or None, "".join(run.after) or None)


def kept_sentences(before: str, after: str) -> Kept:
    """How much of a section was taken over from the year before, years and other numbers apart."""
    old, new = ([_NUMBERS.sub("0", squeeze(text)) for text in sentences_of(each)] for each in (before, after))
    kept = (Counter(old) & Counter(new)).total()
    return Kept(kept, len(new) - kept, len(old) - kept)
