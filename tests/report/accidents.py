"""Accidents of editors and converters, done to the source cells of a made-up report whose printed texts are known.

An accident that prints a cell otherwise changes the truth with it; one that moves, copies or loses cells does not.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from archive.models import Era
from tests.report.made import CellKey, Source, Table, few_numbers, numbers, table_2, table_3, table_4

DENSITIES: dict[str, float | None] = {"zeros": 0.0, "one": 0.01, "sparse": 0.05, "dense": None}
ZEROS = ("0", "0", "0", "", "/", "-")
"""How a report prints its zeros."""


@dataclass(slots=True)
class Printed(Source):
    """A value cell; `key` is the cell of the form that it prints."""

    key: CellKey | None = None


@dataclass(slots=True)
class Report:
    """Three tables, what every cell of the form prints, tables that stand before or behind each of the three, and the
    rows that an accident to their cells has `hit`, by identity.
    """

    era: Era
    tables: list[Table]
    texts: dict[CellKey, str]
    values: dict[CellKey, int]
    before: dict[int, list[tuple[str, Table]]] = field(default_factory=dict)
    behind: dict[int, list[tuple[str, Table]]] = field(default_factory=dict)
    hit: dict[int, list[Source]] = field(default_factory=dict)

    def reprint(self, cell: Source, text: str) -> None:
        """Prints a value cell otherwise, in truth and on paper."""
        cell.text = text
        if isinstance(cell, Printed) and cell.key is not None:
            self.texts[cell.key] = text

    def forget_without_trace(self) -> None:
        """Nothing is printed where table 4 has lost its row, or a row of table 3 with its total all its figures."""
        for row in self.value_rows((1,)):
            keys = [cell.key for cell in row if isinstance(cell, Printed) and cell.key is not None]
            if not any(cell.text for cell in row if is_printed(cell)):
                self.texts |= {key: "" for key in self.texts if key[0] == keys[0][0]}
        behind = [table for tables in self.behind.values() for _, table in tables]
        printed = {c.key for table in [*self.tables, *behind] for row in table for c in row if isinstance(c, Printed)}
        outcomes = {key for key in self.texts if key[0].startswith(("review_", "litigation_"))}
        self.texts |= dict.fromkeys(outcomes if outcomes.isdisjoint(printed) else (), "")

    def value_rows(self, tables: tuple[int, ...] = (0, 1, 2)) -> list[list[Source]]:
        """The rows that print values."""
        return [row for n in tables for row in self.tables[n] if any(map(is_printed, row))]


Accident = Callable[[Report, random.Random], None]


def is_printed(cell: Source) -> bool:
    return isinstance(cell, Printed) and cell.key is not None


def report_of(seed: int, era: Era, density: str) -> Report:
    """A report of made-up numbers, its zeros printed in one way or in several."""
    rng = random.Random(f"accident/{seed}/{era}/{density}")
    share = DENSITIES[density]
    values = numbers(rng, era) if share is None else few_numbers(rng, era, share)
    if density == "one" and not any(values.values()):
        values[rng.choice([key for key, who in values if who is None][:10]), None] = rng.randint(1, 30)
    zero, blanks = rng.choice(ZEROS), rng.choice([0.3, 1.0, 1.0])
    texts = {key: zero if not value and rng.random() < blanks else str(value) for key, value in values.items()}
    return Report(era, tables_of(era, texts), texts, values)


def tables_of(era: Era, texts: dict[CellKey, str]) -> list[Table]:
    """The three tables, each value cell with its key."""
    ids = {f"\ue000{i}": key for i, key in enumerate(texts)}
    back = {key: mark for mark, key in ids.items()}
    tables = [table_2(era, back), table_3(era, back), table_4(era, back)]
    return [
        [
            [Printed(texts[ids[c.text]], c.rowspan, c.colspan, ids[c.text]) if c.text in ids else c for c in row]
            for row in t
        ]
        for t in tables
    ]


def places_of(row: list[Source]) -> list[int]:
    return [i for i, cell in enumerate(row) if is_printed(cell)]


def _row(report: Report, rng: random.Random, tables: tuple[int, ...] = (0, 1, 2)) -> list[Source]:
    """A row with values that has met with no accident yet; rows with something but zeros are taken more often.

    What two accidents do to one row can look like a row that nothing has happened to.
    """
    rows = [row for row in report.value_rows(tables) if id(row) not in report.hit] or [[]]
    rich = [row for row in rows if any(c.text.strip("0/-") for c in row if is_printed(c))]
    if rng.random() < 0.3:
        rich = [row for row in rich if any(row is other for other in report.value_rows((0, 2)))] or rich
    row = rng.choice(rich) if rich and rng.random() < 0.8 else rng.choice(rows)
    report.hit[id(row)] = row
    return row


def _row_with_sums(report: Report, rng: random.Random) -> list[Source]:
    """A row; where the report leaves cells empty none of table 2, as an empty cell there says nothing to anybody."""
    return _row(report, rng, (1, 2) if "" in report.texts.values() else (0, 1, 2))


def _cell(report: Report, rng: random.Random) -> Source | None:
    cells = [cell for cell in _row(report, rng) if is_printed(cell)]
    return rng.choice(cells) if cells else None


def _cut(report: Report, row: list[Source], rng: random.Random) -> None:
    """The row may be cut to its old width; what is cut off a row of table 2 so leaves no trace for anybody."""
    if rng.random() < 0.5 and not any(row is other for other in report.tables[0]):
        row.pop()


# --------------------------------------------------------------------------- cells of a row


def lost_cell(report: Report, rng: random.Random) -> None:
    """A value is lost and the rest of the row moves left."""
    row = _row(report, rng)
    if places := places_of(row):
        row.pop(rng.choice(places))


def lost_cell_padded(report: Report, rng: random.Random) -> None:
    """A value is lost, the rest moves left and an empty cell ends the row."""
    row = _row_with_sums(report, rng)
    if len(places := places_of(row)) > 1:
        lost = row.pop(rng.choice(places))
        row.append(Source("", 1, lost.colspan))


def cell_twice(report: Report, rng: random.Random) -> None:
    """A value stands twice; the last cell of the row may be pushed out."""
    row = _row(report, rng)
    if places := places_of(row):
        at = rng.choice(places)
        row.insert(at, Source(row[at].text))
        _cut(report, row, rng)


def empty_cell_added(report: Report, rng: random.Random) -> None:
    """An empty cell is pushed in; the last one may be pushed out."""
    row = _row(report, rng)
    if places := places_of(row):
        row.insert(rng.choice([*places, places[0]]), Source(rng.choice(["", "", " "])))
        _cut(report, row, rng)


def cells_merged(report: Report, rng: random.Random) -> None:
    """Two neighbours become one cell, over two columns or with an empty one behind."""
    row = _row_with_sums(report, rng)
    places = [i for i in places_of(row) if i + 1 < len(row)]
    if not places:
        return
    at = rng.choice(places)
    joint = rng.choice(["", "", " ", "\n"])
    row[at] = Source(row[at].text + joint + row[at + 1].text, 1, 2)
    row.pop(at + 1)
    if rng.random() < 0.5:
        row[at].colspan = 1
        if rng.random() < 0.7:
            row.insert(rng.choice([at, at + 1, len(row)]), Source(""))


def number_split(report: Report, rng: random.Random) -> None:
    """A number of several digits stands in two cells, or has a blank or a line break in it."""
    cells = [
        (row, c)
        for row in report.value_rows()
        for c in row
        if is_printed(c) and len(c.text) > 1 and c.text.isdigit() and id(row) not in report.hit
    ]
    if not cells:
        return
    row, cell = rng.choice(cells)
    report.hit[id(row)] = row
    at = rng.randrange(1, len(cell.text))
    if rng.random() < 0.5:
        where = next(i for i, other in enumerate(row) if other is cell)
        row[where : where + 1] = [Source(cell.text[:at]), Source(cell.text[at:])]
        _cut(report, row, rng)
    else:
        cell.text = cell.text[:at] + rng.choice([" ", "\n", "\u2009"]) + cell.text[at:]


def column_lost(report: Report, rng: random.Random) -> None:
    """One column of table 3 is lost in all rows, its heading too or not."""
    at = rng.randrange(1, 8)
    for row in report.value_rows((1,)):
        if len(row) > at:
            row.pop(-at)
    if rng.random() < 0.5 and at > 1 and report.tables[1][2:3]:
        heads = report.tables[1][2]
        if len(heads) >= at - 1:
            heads.pop(-(at - 1))
            report.tables[1][0][-1].colspan -= 1


def row_moved(report: Report, rng: random.Random) -> None:
    """All values of a row stand one column further left or right, an empty cell filling the gap."""
    row = _row_with_sums(report, rng)
    places = places_of(row)
    if len(places) < 2:
        return
    if rng.random() < 0.5:
        row.insert(places[0], Source(""))
        row.pop()
    else:
        row.pop(places[0])
        row.append(Source(""))


def label_lost(report: Report, rng: random.Random) -> None:
    """The label of a row is lost, or is empty."""
    row = _row(report, rng)
    at = len(row) - len(places_of(row)) - 1
    if at >= 0:
        if rng.random() < 0.5:
            row.pop(at)
        else:
            row[at].text = ""


def value_in_label(report: Report, rng: random.Random) -> None:
    """The first value of a row stands in the cell of its label."""
    row = _row_with_sums(report, rng)
    places = places_of(row)
    if places and places[0]:
        row[places[0] - 1].text += rng.choice(["", " ", "\n", "："]) + row[places[0]].text
        row.pop(places[0])
        if rng.random() < 0.4:
            row.append(Source(""))


# --------------------------------------------------------------------------- rows


def row_lost(report: Report, rng: random.Random) -> None:
    """A row is lost."""
    table = rng.choice(report.tables)
    if len(table) > 1:
        table.pop(rng.randrange(len(table)))


def row_twice(report: Report, rng: random.Random) -> None:
    """A row stands twice, next to each other or apart."""
    table = rng.choice([table for table in report.tables if table])
    row = [Source(c.text, c.rowspan, c.colspan) for c in rng.choice(table)]
    table.insert(rng.randrange(len(table) + 1), row)


def rows_swapped(report: Report, rng: random.Random) -> None:
    """Two rows change places with their labels."""
    table = rng.choice(report.tables)
    if len(table) > 4:
        a, b = rng.sample(range(3, len(table)), 2)
        table[a], table[b] = table[b], table[a]


def empty_rows(report: Report, rng: random.Random) -> None:
    """Rows of empty cells stand between the rows."""
    table = rng.choice([table for table in report.tables if table])
    for _ in range(rng.randint(1, 3)):
        width = sum(c.colspan for c in table[0]) if rng.random() < 0.7 else 1
        table.insert(rng.randrange(1, len(table) + 1), [Source("") for _ in range(width)])


def footnote_row(report: Report, rng: random.Random) -> None:
    """A row below or within a table holds a note."""
    table = rng.choice([table for table in report.tables if table])
    note = rng.choice(
        ["注：本表数据截至12月31日。", "说明：1.含上年结转；2.不含3件撤回。", "填表人：某某 2022年12月31日", "单位：件"]
    )
    at = len(table) if rng.random() < 0.7 else rng.randrange(1, len(table) + 1)
    table.insert(at, [Source(note, 1, rng.choice([1, sum(c.colspan for c in table[0])]))])


def rows_merged(report: Report, rng: random.Random) -> None:
    """Two rows stand in one: labels and values below each other in the same cells."""
    table = report.tables[rng.choice([0, 1])]
    pairs = [
        i
        for i in range(len(table) - 1)
        if len(places_of(table[i])) == len(places_of(table[i + 1])) > 0 and len(table[i]) >= len(table[i + 1])
    ]
    if not pairs:
        return
    at = rng.choice(pairs)
    upper, lower = table[at], table[at + 1]
    joint = rng.choice(["\n", " ", ""])
    for a, b in zip(reversed(upper), reversed(lower), strict=False):
        a.text = a.text + joint + b.text if a.text and b.text else a.text or b.text
    table.pop(at + 1)


def total_row_lost(report: Report, rng: random.Random) -> None:
    """The sums of a table are not printed: no row, or no column of totals."""
    for row in list(report.tables[1]):
        if any("（七）总计" in c.text for c in row):
            if rng.random() < 0.5:
                report.tables[1].remove(row)
            else:
                for i in places_of(row):
                    report.reprint(row[i], "")
    if rng.random() < 0.4:
        for row in report.value_rows((1,)):
            report.reprint(row[places_of(row)[-1]], "")


def cells(report: Report) -> Iterator[Source]:
    """All cells of the three tables."""
    return (c for table in report.tables for row in table for c in row)
