"""Whose a table is, as the short lines above it say: of another year than the report's, or of another body.

The nearest line that names a year or a body decides. A line that holds nothing but a date dates the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archive.models import Block, Grid
from archive.report.form import load_form
from archive.report.identity.dates import in_digits
from archive.report.sections.words import any_heading
from archive.report.tables.side_words import years_named
from archive.report.text import squeeze

_LONGEST = 60  # characters of a line that may say which table stands below it
_LINES = 3  # above a table, and rows at its head, in which it may say so
_FEW = 2  # cells of a row that is a caption within the table


class Owner(NamedTuple):
    """The year of a report and its body, as far as they are known."""

    year: int | None
    agency: str | None


def is_of_another(caption: str, owner: Owner) -> bool | None:
    """Whether a line above a table names a part of it, or another year or body than the report's; None if nothing."""
    text = in_digits(squeeze(caption))
    words = load_form().captions
    if len(text) > _LONGEST or "。" in text or words["date"].fullmatch(text):
        return None
    body = words["body"].fullmatch(text)
    if words["others"].fullmatch(text) or words["parts"].fullmatch(text):
        return True
    if body and _is_another_body(body["name"], owner.agency, attached=bool(body["mark"])):
        return True
    years = years_named(text)
    if years and owner.year is not None:
        return owner.year not in years
    return True if words["last_year"].fullmatch(text) else None


def _is_another_body(name: str, agency: str | None, *, attached: bool) -> bool:
    """Whether a caption is the name of another body; where the report's own is not known, an annex may be of any."""
    if name.startswith(("我", "本")) or not name.endswith(load_form().agency_endings):
        return False
    if agency is None:
        return attached
    one, other = (squeeze(each).replace("人民政府", "政府") for each in (name, agency))
    return one not in other and other not in one


def is_captioned_for_another(blocks: Sequence[Block], number: int, owner: Owner) -> bool:
    """Whether the table at `number` stands under the name of another year or body."""
    return _verdict(blocks, number, owner) is True


def is_plainly_own(blocks: Sequence[Block], number: int, owner: Owner) -> bool:
    """Whether the table at `number` stands under the report's own year, or right under the heading of its section."""
    verdict = _verdict(blocks, number, owner)
    return verdict is False or (verdict is None and any(map(_is_section, _captions(blocks, number))))


def _verdict(blocks: Sequence[Block], number: int, owner: Owner) -> bool | None:
    grid = blocks[number]
    assert isinstance(grid, Grid)
    alone = (row[0].text for row in grid.rows if len(row) == 1)
    if any(_is_caption(text) and is_of_another(text, owner) for text in alone):
        return True
    verdicts = (is_of_another(line, owner) for line in _captions(blocks, number))
    return next((verdict for verdict in verdicts if verdict is not None), None)


def _is_caption(text: str) -> bool:
    """Whether a text is nothing but a caption, as which it may stand between the rows of a table."""
    squeezed = in_digits(squeeze(text))
    return any(load_form().captions[kind].fullmatch(squeezed) for kind in ("year", "last_year", "others"))


def _captions(blocks: Sequence[Block], number: int) -> Iterator[str]:
    """The lines that may say whose the table at `number` is, the nearest first: its own heads, the lines above it."""
    grid = blocks[number]
    assert isinstance(grid, Grid)
    yield grid.place  # in which the name of a sheet stands
    heads = grid.rows[:_LINES]
    yield " ".join(cell.text for row in heads for cell in row if years_named(cell.text))
    yield from (cell.text for row in heads if len(row) <= _FEW for cell in row)
    for block in reversed(blocks[max(0, number - _LINES) : number]):
        text = "" if isinstance(block, Grid) else squeeze(block.text)
        if not text or load_form().title.match(text) or len(text) > _LONGEST or "。" in text:
            return
        yield text
        if _is_section(text):
            return


def _is_section(text: str) -> bool:
    return bool(any_heading()[0].match(squeeze(text)))
