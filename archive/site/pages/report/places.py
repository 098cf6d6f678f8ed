"""Where in its source a number stands: as stored, in the readers' words, and in those of the page."""

from __future__ import annotations

import re
from functools import lru_cache

from archive.site import language

GRID, ROW = 100_000_000, 10_000
"""How a place is packed into one integer (see `cells.place` in the schema)."""
WORD = re.compile(
    r"(?:^|, )(?:(?P<sheet>sheet) (?P<name>.+?)(?=, (?:table|row) \d|$)"
    r"|(?P<word>page|picture|table|row|column|line|paragraph|footnote) (?P<number>\d+))"
)
"""One step of a place in the readers' words; what matches no step is shown as it is."""


def place_words(place: int | str | None) -> str:
    """A stored place in the readers' words, as in `GridCell.place`; empty where none is known."""
    if not isinstance(place, int):
        return place or ""
    grid, rest = divmod(place, GRID)
    row, column = divmod(rest, ROW)
    return f"table {grid}, row {row}, column {column}"


@lru_cache(maxsize=8192)
def place_text(place: int | str | None, lang: str) -> str:
    """Where in the source a cell stands, in words of the language."""
    steps = located(place_words(place), lang)
    return language.text("cell.place", lang, steps=steps) if steps else ""


def located(words: str, lang: str) -> str:
    """A place in the readers' words (`page 2, table 1`) in those of the language."""

    def said(step: re.Match[str]) -> str:
        joint = language.text("place.joint", lang) if step.start() else ""
        return joint + language.text(f"place.{step['sheet'] or step['word']}", lang, n=step["name"] or step["number"])

    return WORD.sub(said, words)
