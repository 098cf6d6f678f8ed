"""A document as one stream of tokens: cells, and words of running text, with the way back from a place to its token."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from archive.models import Block, Grid
from archive.report.numbers import has_mark, is_mark
from archive.report.tables.grid_cells import place_of
from archive.report.tables.readings import Found
from archive.report.text import squeeze, strip_marks

_LONG_CELL = 120  # a cell with more characters is layout: its text is read as running text
_VALUE = re.compile(
    r"[+-]{0,3}[0-9][0-9.,]*(?:万元|亿元|元|人次|件|条|项|个|次|人|篇|笔|宗|份)?+(?=$|[\u4e00-\u9fff\"]|\([一二三四五六七]\))"
    r"|(?:/+|-{1,4}|—+|–+|_+|无)(?=$)"
)
_DIGITS = re.compile("[0-9]+")
_NOTE = re.compile(r"\([^()\d]*\)?")
_MARK = "\u203b"
_HYPHEN = re.compile(r"[\u00ad\u200e\u200f]+(?=[0-9０-９])|(?<=[0-9０-９])[\u00ad\u200e\u200f]+(?=.)")
_NO_COUNT = re.compile(
    r"[年月日号页时点万亿余多倍分至到级期注%]|(?:人次|[件条项个次人篇笔宗份])?\((?![一二三四五六七]\)|本列)"
)
"""What makes the number before it a date, a page, a part of a sentence or one with a note."""
_NO_COUNT_APART = re.compile(r"[年月日]|\(注")  # the same in a word of its own
_MOST_DIGITS = 9  # of one number in running text: more are numbers of merged cells that ran together


class Token(NamedTuple):
    """A cell (`row` tells its table row, `column` its grid column where spans are known) or a word of running text."""

    text: str
    raw: str
    place: str
    row: int | None
    column: int | None = None


class Stream:
    """The whole document as tokens and as one string, with the way back from a position to its token."""

    def __init__(self, document: Sequence[Block]) -> None:
        self.tokens: list[Token] = list(_tokens(document))
        texts = [token.text for token in self.tokens]
        self._starts = list(accumulate(map(len, texts), initial=0))[:-1]
        self.text = "".join(texts)

    def token_at(self, position: int) -> int:
        """The index of the token that holds the character at `position`."""
        return bisect_right(self._starts, position) - 1

    def offset(self, index: int) -> int:
        """Where token `index` begins in `text`."""
        return self._starts[index] if index < len(self._starts) else len(self.text)

    def run(self, start: int, end: int) -> list[Found] | None:
        """The values after the label that ends before `start`, up to `end`; None if they cannot be told apart."""
        if start == 0 or start > len(self.text):
            return None
        index = self.token_at(start - 1)
        row = self.tokens[index].row
        return self._text_run(start, end) if row is None else self._row_run(index, row, start, end)

    def is_torn(self, stop: int, cells: Iterable[Found]) -> bool:
        """Whether values stand partly on the last line of the label that ends before `stop`, partly below it.

        The label may be broken there, and a value of its first line, or within it, have gone before the others.
        """
        line = self.tokens[self.token_at(stop - 1)].place
        return len({cell.place == line for cell in cells}) > 1

    def _row_run(self, index: int, row: int, start: int, end: int) -> list[Found] | None:
        token = self.tokens[index]
        rest = token.text[start - self.offset(index) :]
        if rest and not _NOTE.fullmatch(rest):
            return None
        found: list[Found] = []
        for position in range(index + 1, len(self.tokens)):
            text, raw, place, its_row, column = self.tokens[position]
            if its_row != row or (text and self._starts[position] >= end):
                break
            found.append(Found(raw, place, None, False, column))
        return found

    def digits(self, start: int, end: int) -> tuple[tuple[str, ...], str] | None:
        """The runs of digits of running text after the label that ends before `start`, and their place.

        None where the source has cells, where something but a digit comes first, or a digit run ends in another sign.
        """
        index = self.token_at(start) if start < len(self.text) else len(self.tokens)
        note = _NOTE.match(self.text, start, end)
        position = note.end() if note else start
        groups: list[str] = []
        place = ""
        while index < len(self.tokens) and position < end and self.tokens[index].row is None:
            stop = min(self.offset(index) + len(self.tokens[index].text), end)
            match = _DIGITS.match(self.text, position, stop)
            if match:
                groups.append(match.group())
                place = place or self.tokens[index].place
                position = match.end()
            if groups and self._goes_on(position, stop):
                return None
            if position < stop:
                after = self.text[position]
                return (tuple(groups), place) if groups and ("\u4e00" <= after <= "\u9fff" or after == "(") else None
            index += 1
        return (tuple(groups), place) if groups else None

    def _goes_on(self, position: int, stop: int) -> bool:
        """Whether the word of a number, that ends at `stop`, goes on at `position` as no count does."""
        return bool((_NO_COUNT if position < stop else _NO_COUNT_APART).match(self.text, position))

    def _text_run(self, start: int, end: int) -> list[Found]:
        found: list[Found] = []
        index = self.token_at(start)
        note = _NOTE.match(self.text, start, end)
        position = note.end() if note else start
        while index < len(self.tokens) and position < end:
            token = self.tokens[index]
            stop = min(self.offset(index) + len(token.text), end)
            while position < stop:
                piece = self.text[position:stop]
                match = _VALUE.match(piece)
                if (
                    match is None or token.row is not None or match.group().endswith(".")
                ):  # 5.存在的问题: a label's number
                    return found
                digits = max(sum(map(str.isdigit, part)) for part in match.group().split(".", 1))
                if digits > _MOST_DIGITS or (digits and self._goes_on(position + match.end(), stop)):
                    return found
                found.append(Found(match.group(), token.place, from_text=True))
                position += match.end()
                if match.end() < len(piece) and not _VALUE.match(self.text[position:stop]):
                    return found
            index += 1
        return found


def _tokens(document: Sequence[Block]) -> Iterator[Token]:
    row_number = 0
    for block in document:
        if isinstance(block, Grid):
            for row in block.rows:
                row_number += 1
                for cell in row:
                    text = squeeze(cell.text)
                    if len(text) > _LONG_CELL:
                        yield from _words(cell.text, place_of(block, cell))
                    else:
                        column = cell.column if block.spans_known else None
                        yield Token(text, cell.text, cell.place or place_of(block, cell), row_number, column)
        else:
            yield from _words(block.text, block.place or "text")


def _words(text: str, place: str) -> Iterator[Token]:
    for word in re.split(r"[\s|]+", strip_marks(text)):
        squeezed = squeeze(_told_apart(word))
        if squeezed:
            yield Token(squeezed, word, place, None)


def _told_apart(word: str) -> str:
    """`word` with another sign for what would become or leave digits of a number (12①, 3²) when squeezed.

    A mark that begins a word numbers the label behind it (①属于国家秘密). A soft hyphen at a digit may be a minus.
    """
    if word.isascii():
        return word
    word = _HYPHEN.sub(_MARK, word)
    if not has_mark(word):
        return word
    labelled = is_mark(word[0]) and len(word) > 1 and not (is_mark(word[1]) or word[1].isdigit())
    return word[:labelled] + "".join(_MARK if is_mark(char) else char for char in word[labelled:])
