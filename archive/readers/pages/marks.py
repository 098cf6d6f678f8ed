"""Digits on a page that are no part of the number beside them, told by size, base line and lines through them.

A raised or lowered digit becomes a superscript or subscript character, a digit with a line through it is kept with the
stroke, and a small one on the common base line is unknown (U+FFFD): a mark as well as a digit.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median, median_low

from archive.readers.pages.model import Glyph, Page, Rule
from archive.readers.raised import LOWERED, RAISED, STRUCK, marked

UNKNOWN = "\ufffd"

_SMALL = 0.75  # of the size of the digits beside it; marks have about 0.6
_SHIFT = 0.15  # em between the base lines of a digit and of a mark beside it
_HIGHEST = 0.7  # em; no mark stands higher above the base line of its word
_NEAR = 0.5  # em between a word and its mark
_MOST_DIGITS = 2  # of a mark
_LARGE = 2.0  # times the usual size of letters; of larger digits, as watermarks have, the borders of cells strike none
_LINE_FROM, _LINE_TO = 0.12, 0.65  # em above the base line, between which a line strikes a digit
_OVER = 1.0  # em that such a line may be longer than the text at either end


def told_apart(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs of one line from left to right, the marks beside a number marked."""
    found = list(glyphs)
    for first, last in _numbers(found):
        run = found[first:last]
        whole = max(run, key=lambda glyph: glyph.em)
        for at, glyph in enumerate(run, first):
            drop = (glyph.base - whole.base) / whole.em
            if glyph.text.isdigit() and (abs(drop) > _SHIFT or glyph.em < _SMALL * whole.em):
                look = RAISED if drop < -_SHIFT / 2 else LOWERED if drop > _SHIFT / 2 else None
                found[at] = glyph._replace(text=marked(glyph.text, look) if look else UNKNOWN)
    return found


def _numbers(glyphs: Sequence[Glyph]) -> Iterator[tuple[int, int]]:
    """Where runs of two or more digits and points begin and end."""
    start: int | None = None
    for at in range(len(glyphs) + 1):
        inside = at < len(glyphs) and (glyphs[at].text.isdigit() or glyphs[at].text in (".", ","))
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            if at - start > 1:
                yield start, at
            start = None


def is_mark_beside(before: Glyph, glyph: Glyph) -> bool:
    """Whether one of two glyphs in the order of the file is a small digit that stands high or low beside the other."""
    big, small = (before, glyph) if before.em > glyph.em else (glyph, before)
    return (
        small.text.isdigit()
        and big.text.strip() != ""
        and small.em < _SMALL * big.em
        and abs(small.base - big.base) <= _HIGHEST * big.em
        and abs(glyph.x0 - before.x1) <= _NEAR * big.em
    )


def lone_marks(cells: Sequence[Sequence[Glyph]]) -> set[int]:
    """The numbers of those cells of a table that hold nothing but one or two digits far smaller than all others."""
    sizes = [glyph.em for cell in cells for glyph in cell if glyph.text.isdigit()]
    if not sizes:
        return set()
    usual = median(sizes)
    found = set()
    for number, cell in enumerate(cells):
        inked = [glyph for glyph in cell if glyph.text.strip()]
        digits = [glyph for glyph in inked if glyph.text.isdigit()]
        if digits and len(digits) == len(inked) <= _MOST_DIGITS and max(g.em for g in digits) < _SMALL * usual:
            found.add(number)
    return found


def without_struck(page: Page) -> Page:
    """The page with the digits marked that a line of their own strikes, and without those lines."""
    found = [glyph for glyph in page.glyphs if glyph.text.isdigit()]
    if not found:
        return page
    usual = median_low(glyph.em for glyph in page.glyphs)
    digits = sorted((glyph for glyph in found if glyph.em <= _LARGE * usual), key=lambda glyph: glyph.base)
    bases = [glyph.base for glyph in digits]
    largest = max(glyph.em for glyph in digits)
    struck: set[Glyph] = set()
    rules: list[Rule] = []
    for rule in page.rules:
        near = digits[bisect_left(bases, rule.at) : bisect_right(bases, rule.at + largest)] if rule.horizontal else []
        hit = [glyph for glyph in near if _strikes(rule, glyph)]
        if hit and _is_its_own(rule, hit, page.glyphs):
            struck.update(hit)
        else:
            rules.append(rule)
    if not struck:
        return page
    glyphs = [glyph._replace(text=marked(glyph.text, STRUCK)) if glyph in struck else glyph for glyph in page.glyphs]
    return replace(page, glyphs=glyphs, rules=rules)


def _strikes(rule: Rule, glyph: Glyph) -> bool:
    return (
        rule.start <= (glyph.x0 + glyph.x1) / 2 <= rule.end
        and _LINE_FROM * glyph.em <= glyph.base - rule.at <= _LINE_TO * glyph.em
    )


def _is_its_own(rule: Rule, hit: Sequence[Glyph], glyphs: Sequence[Glyph]) -> bool:
    """Whether a line is as long as the text that it goes through: the border of a cell is longer."""
    same = [glyph for glyph in glyphs if glyph.text.strip() and abs(glyph.base - hit[0].base) < _SHIFT * hit[0].em]
    under = [glyph for glyph in same if rule.start <= (glyph.x0 + glyph.x1) / 2 <= rule.end]
    over = _OVER * hit[0].em
    return min(g.x0 for g in under) - rule.start < over and rule.end - max(g.x1 for g in under) < over
