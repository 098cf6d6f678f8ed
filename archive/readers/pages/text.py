"""Glyphs to lines of text: by the base lines they stand on, with a blank where the page leaves one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.readers.pages.marks import is_mark_beside, told_apart
from archive.readers.pages.model import Glyph

_SAME_BASE = 0.4  # em between base lines of one line (subscripts, mixed fonts)
COLUMN_GAP = 0.9  # em of blank paper that no justified line leaves between two characters
_WORD_GAP = 0.22  # em of blank paper between two Latin words
_NUMBER_GAP = 0.12  # em of blank paper between two numbers: better a number in pieces than two run together
_SECOND_PRINT = 0.2  # em between two prints of one line, one over the other
_SAME_PLACE = 0.35  # of its width between two prints of one letter; no two letters stand so close
_BOLD = 4  # lines before it of which a line may be the second print
_COLUMN, _WORD = "column", "word"
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line as printed; `gapped` says that it falls into columns, `em` is the size of its letters in points."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    em: float
    gapped: bool = False


def lines_in_order(glyphs: Iterable[Glyph]) -> list[TextLine]:
    """Lines in the order of the file: a new one where the base line changes or the text steps back."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        before = runs[-1][-1] if runs else None
        if before is not None and _goes_on(before, glyph):
            runs[-1].append(glyph)
        elif glyph.text.strip():
            runs.append([glyph])
    lines = [line for run in runs if (line := make_line(run)) is not None]
    return [
        line for number, line in enumerate(lines) if not _is_second_print(line, lines[max(0, number - _BOLD) : number])
    ]


def _goes_on(before: Glyph, glyph: Glyph) -> bool:
    em = max(before.em, glyph.em)
    if is_mark_beside(before, glyph):
        return True
    return abs(glyph.base - before.base) <= _SAME_BASE * em and glyph.x0 >= before.x0 - 0.3 * em


def _is_second_print(line: TextLine, before: Sequence[TextLine]) -> bool:
    """Whether a line is printed over one of those before it: so some programs make letters bold."""
    near = _SECOND_PRINT * line.em
    return any(
        other.text == line.text and abs(other.x0 - line.x0) < near and abs(other.base - line.base) < near
        for other in before
    )


def lines_by_place(glyphs: Sequence[Glyph]) -> list[TextLine]:
    """Lines from top to bottom and left to right, whatever the order of the file."""
    lines = (make_line(sorted(row, key=lambda glyph: glyph.x0)) for row in rows_of(glyphs))
    return [line for line in lines if line is not None]


def rows_of(glyphs: Iterable[Glyph], near: float = _SAME_BASE) -> list[list[Glyph]]:
    """Glyphs that share a base line, from top to bottom; `near` is how far apart, in em, those of one line may be."""
    rows: list[list[Glyph]] = []
    for glyph in sorted((g for g in glyphs if g.text), key=lambda g: g.base):
        if rows and abs(glyph.base - rows[-1][0].base) <= near * max(rows[-1][0].em, glyph.em):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return rows


def make_line(glyphs: Sequence[Glyph]) -> TextLine | None:
    """The line that glyphs from left to right make; None if nothing is printed in it."""
    parts: list[str] = []
    before: Glyph | None = None
    gapped = False
    for glyph in told_apart(glyphs):
        if not glyph.text.strip():
            if parts:
                parts.append(" ")
            continue
        if before is not None:
            if glyph.text == before.text and abs(glyph.x0 - before.x0) < _SAME_PLACE * (glyph.x1 - glyph.x0):
                continue
            gap = glyph.x0 - before.x1
            if gap > 0 and (blank := _blank(before, glyph, gap / max(before.em, glyph.em))):
                gapped = gapped or blank is _COLUMN
                parts.append(" ")
        parts.append(glyph.text)
        before = glyph
    inked = [glyph for glyph in glyphs if glyph.text.strip()]
    if not inked:
        return None
    return TextLine(
        _BLANKS.sub(" ", "".join(parts)).strip(),
        min(glyph.x0 for glyph in inked),
        max(glyph.x1 for glyph in inked),
        min(glyph.y0 for glyph in inked),
        max(glyph.y1 for glyph in inked),
        inked[0].base,
        max(glyph.em for glyph in ([g for g in inked if not g.text.isascii()] or inked)),
        gapped,
    )


def _blank(before: Glyph, glyph: Glyph, gap: float) -> str:
    """What a gap of so many em between two glyphs parts: columns, words, numbers, or nothing."""
    if gap > COLUMN_GAP:
        return _COLUMN
    if not (_is_latin(before.text) and _is_latin(glyph.text)):
        return ""
    figures = before.text.isdigit() and glyph.text.isdigit()
    return _WORD if gap > (_NUMBER_GAP if figures else _WORD_GAP) else ""


def _is_latin(text: str) -> bool:
    return text.isascii() and text.isalnum()


def join(first: str, second: str) -> str:
    """Two lines of one paragraph as one text: a blank only between Latin words."""
    blank = first[-1:].isascii() and first[-1:].isalpha() and second[:1].isascii() and second[:1].isalpha()
    return f"{first} {second}" if blank else first + second


def cell_text(lines: Sequence[TextLine], left: float, right: float) -> tuple[str, bool]:
    """The text of a cell from `left` to `right`, and whether its last line is full, so that it may go on elsewhere.

    A full line and the next one are joined, digits included: they were parted by the width of the cell alone.
    """
    text, full = "", False
    for line in lines:
        text = line.text if not text else join(text, line.text) if full else f"{text}\n{line.text}"
        full = is_full(line, left, right)
    return text, full


def is_full(line: TextLine, left: float, right: float) -> bool:
    """Whether no further letter of its size has room in the line, however it is aligned in its cell."""
    padding = max(0.0, min(line.x0 - left, right - line.x1))
    margins = min(2 * padding, 12.0)  # points; no wider are the inner margins of a cell
    needed = 0.6 if line.text[-1:].isascii() else 1.05
    return (right - left) - margins - (line.x1 - line.x0) < needed * line.em
