"""Accidents to the headings, the spans and the extent of tables, done to the source cells of a made-up report."""

from __future__ import annotations

import random

from tests.report.accidents import Report, places_of
from tests.report.made import Source


def spans_lost(report: Report, rng: random.Random) -> None:
    """Spans are lost, in one table or here and there."""
    table = rng.choice(report.tables)
    share = rng.choice([0.1, 0.4, 1.0])
    which = rng.choice(["rowspan", "colspan", "both"])
    for cell in (c for row in table for c in row):
        if rng.random() < share:
            cell.rowspan = 1 if which != "colspan" else cell.rowspan
            cell.colspan = 1 if which != "rowspan" else cell.colspan


def spans_written_out(report: Report, rng: random.Random) -> None:
    """Cells over several columns become themselves and empty ones, or repeat their words."""
    again = rng.random() < 0.3
    for row in rng.choice(report.tables):
        cells: list[Source] = []
        for cell in row:
            more = cell.colspan - 1
            cell.colspan = 1
            cells += [cell, *(Source(cell.text if again else "", cell.rowspan) for _ in range(more))]
        row[:] = cells


def wrong_span(report: Report, rng: random.Random) -> None:
    """A cell spans more or fewer places than it should."""
    cell = rng.choice(rng.choice(rng.choice(report.tables) or [[]]) or [Source("")])
    cell.colspan = max(1, cell.colspan + rng.choice([-1, 1, 1, 2]))
    if rng.random() < 0.4:
        cell.rowspan = max(1, cell.rowspan + rng.choice([-1, 1]))


def heads_again(report: Report, rng: random.Random) -> None:
    """The heading rows stand again within the table, as behind a page break."""
    table = report.tables[rng.choice([1, 2])]
    heads = [[Source(c.text, c.rowspan, c.colspan) for c in row] for row in table[:3]]
    at = rng.randrange(min(3, len(table)), len(table) + 1)
    table[at:at] = heads


def heads_lost(report: Report, rng: random.Random) -> None:
    """Heading rows, or a cell of one, are lost."""
    table = rng.choice(report.tables)
    if table and rng.random() < 0.5:
        table.pop(rng.randrange(min(3, len(table))))
    else:
        row = rng.choice(table[:3] or [[]])
        if row:
            row.pop(rng.randrange(len(row)))


def heads_swapped(report: Report, rng: random.Random) -> None:
    """Two columns of table 2 or of table 3 stand in another order, with their headings and all of their values."""
    number = rng.choice([0, 1])
    opening, width, values = (("信", 4, 3), ("商业", 5, 7))[number]
    heads = [row for row in report.tables[number] if len(row) == width and row[0].text.startswith(opening)]
    rows = report.value_rows((number,))
    if not number:  # the first block alone has three columns in both forms
        rows = [row for row in rows if row[0].text in ("规章", "规范性文件", "行政规范性文件")]
    torn = any(len(places_of(row)) != values for row in rows) or (not number and len(rows) != 2)
    if not heads or report.behind.get(number) or torn:
        return
    a, b = sorted(rng.sample(range(5), 2)) if number else (0, 2)
    for row, at in [
        *((row, 1 - number) for row in heads[: 1 + number]),
        *((r, places_of(r)[0] + number) for r in rows),
    ]:
        row[at + a], row[at + b] = row[at + b], row[at + a]


def page_break(report: Report, rng: random.Random) -> None:
    """A table goes on in another one, with or without its heading."""
    number = rng.choice([0, 1])
    table = report.tables[number]
    if len(table) < 8:
        return
    at = rng.randrange(4, len(table) - 2)
    heads = [[Source(c.text, c.rowspan, c.colspan) for c in row] for row in table[:3]] if rng.random() < 0.4 else []
    report.behind.setdefault(number, []).insert(0, ("", [*heads, *table[at:]]))
    del table[at:]


def glued_tables(report: Report, rng: random.Random) -> None:
    """Two tables stand in one grid."""
    at = rng.choice([0, 1])
    report.tables[at] += report.tables[at + 1]
    report.tables[at + 1] = []
