"""What shows that a site goes on without end: the same rows page after page, the same steps level after level. Pure.

Each page leaves marks in the detail of its ledger row; a page is compared with those that led to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from crawler.platforms import PageReading
from crawler.platforms.pagers import MAX_PAGES

Marks = frozenset[str]

_ROWS, _STEPS = "rows=", "steps="
_LEVELS = 2
"""Pages on the way whose steps may read alike: a body's pages often have the menu of the body above it."""
_STEPS_NEEDED = 2  # with one link a page, the clicks from the start page are limit enough


def marks_of(reading: PageReading) -> Marks:
    """The marks of a page: what two pages share that hold the same rows, or lead on in the same words."""
    # Rows of other matters count too: a report at the head of every page (置顶) does not make two pages one.
    rows = [entry.url for entry in reading.entries]
    if rows:
        rows += [row.url for row in reading.excluded]
    steps = [f"{link.role} {link.text}" for link in reading.follow if link.entry is None]
    kinds = ((_ROWS, rows, 1), (_STEPS, steps, _STEPS_NEEDED))
    return frozenset(f"{name}{_digest(parts)}" for name, parts, least in kinds if len(parts) >= least)


def _digest(parts: list[str]) -> str:
    joined = "\n".join(sorted(parts))
    return f"{crc32(joined.encode()):08x}"


def marks_in(detail: str | None) -> Marks:
    """The marks that the detail of a page names."""
    return frozenset(part for part in (detail or "").split("; ") if part.startswith((_ROWS, _STEPS)))


def repeats_rows(marks: Marks, pages: Sequence[Marks]) -> bool:
    """Whether one of the pages of the list before it held the same rows, reports among them."""
    return any(mark in page for mark in marks if mark.startswith(_ROWS) for page in pages)


def repeats_steps(marks: Marks, before: Sequence[Marks]) -> bool:
    """Whether the pages that led here lead on in the same words, as where every address answers with one page."""
    steps = [mark for mark in marks if mark.startswith(_STEPS)]
    return any(sum(mark in page for page in before) >= _LEVELS for mark in steps)


def past_the_end(reading: PageReading, turns: int, repeated: bool) -> str | None:
    """Why a list is not turned any further after so many pages, in words, or None.

    A list that gives its pages new addresses at each view, or one page under all of them, would be turned without end.
    """
    if repeated:
        return "the rows of this page stood on one before it"
    most = reading.pages_owed if reading.pages_stated and reading.pages_owed is not None else MAX_PAGES
    return f"{turns} pages turned" if turns >= most else None
