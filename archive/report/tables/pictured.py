"""Tables of the form that are pictures: their cells were published, and cannot be read without recognising characters.

A table none of whose cells was met, in a section in which a picture stands, is that picture; its cells are unreadable
and not missing, as those of a body that left the table out are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archive.models import Cell, Document, Era, Grid, ParsedReport, Section, State
from archive.report.form import load_form
from archive.report.text import squeeze

PLACE = "picture"
"""The place of a cell whose table is a picture."""

_TABLES = (2, 3, 4)  # each stands in the section of its number


def without_pictured(
    document: Document, era: Era, sections: Sequence[Section], cells: tuple[Cell, ...]
) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The cells of a report of era B or C, those of tables that are pictures unreadable, and a warning for each."""
    if not document.pictures:
        return cells, ()
    table_of = {item.key: item.table for item in load_form().eras[era].items}
    met = {table_of[cell.key] for cell in cells if cell.state is not State.MISSING}
    ranges = _ranges(document, sections)
    pictured = [
        table
        for table in _TABLES
        if table not in met and table in ranges and any(at in ranges[table] for at in document.pictures)
    ]
    if not pictured:
        return cells, ()
    told = tuple(
        f"table {table} is a picture: it was published, and its cells cannot be read without recognising characters"
        for table in pictured
    )
    return tuple(
        replace(cell, state=State.UNREADABLE, place=PLACE) if table_of[cell.key] in pictured else cell for cell in cells
    ), told


def is_pictured(report: ParsedReport) -> bool:
    """Whether any table of the report is a picture that was not read."""
    return any(cell.place == PLACE and cell.state is State.UNREADABLE for cell in report.cells)


def without_lost(report: ParsedReport) -> ParsedReport:
    """The report, of whose pictures some or a part could not be had or read: what is met nowhere may stand there."""
    return replace(
        report,
        cells=tuple(
            replace(cell, state=State.UNREADABLE, place=PLACE) if cell.state is State.MISSING else cell
            for cell in report.cells
        ),
    )


def _ranges(document: Document, sections: Sequence[Section]) -> dict[int, range]:
    """For each section that was met, the numbers of blocks that may stand before a picture in it."""
    texts = ["" if isinstance(block, Grid) else squeeze(block.text) for block in document.blocks]
    starts: list[tuple[int, int]] = []
    at = 0
    for section in sections:
        heading = squeeze(section.heading or "")
        place = next((i for i in range(at, len(texts)) if heading and heading in texts[i]), None)
        if place is not None:
            starts.append((section.number, place))
            at = place
    ends = [*(place for _, place in starts[1:]), len(texts)][: len(starts)]
    return {number: range(place + 1, end + 1) for (number, place), end in zip(starts, ends, strict=True)}
