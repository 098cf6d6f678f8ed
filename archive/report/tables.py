"""The cells of the form from the tables of a document: two independent readings that must agree.

Rule. Where the source has cells, a value is taken only if the row reader and the label stream placed the same text in
the same cell of the form; anything else is `unreadable`. Where the source is running text only the stream can read; it
is believed if every row of the table has exactly its number of values, or if the row's own sum holds. A table that
stands in the document twice with different values belongs to two reports: nothing of it is taken. Digits run together
in running text are cut where exactly one cut is possible (`glued`) and marked `inferred`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.models import Block, Cell, Era, ExtraRow, Grid, State
from archive.report.broken import mend
from archive.report.form import EraForm, Item, load_form
from archive.report.headings import table_3_rows
from archive.report.numbers import in_form_unit, read_value
from archive.report.readings import CANONICAL, CellKey, Found, Readings
from archive.report.rows import read_rows
from archive.report.stream import read_stream
from archive.report.text import squeeze

_HEADING = 12  # characters between two column headings of one table, at most


@dataclass(frozen=True, slots=True)
class Tables:
    """Every cell of the era's form, rows that the form does not know, and what went wrong."""

    cells: tuple[Cell, ...]
    extra_rows: tuple[ExtraRow, ...]
    warnings: tuple[str, ...]


def detect_era(document: Sequence[Block]) -> Era | None:
    """The era that the labels of the tables tell, or None where there is no known label.

    A label counts in a table cell; in running text two of an era's labels are needed, as a sentence may use one.
    """
    grids = [{squeeze(cell.text) for row in grid.rows for cell in row} for grid in document if isinstance(grid, Grid)]
    cell_text = "\n".join(set().union(*grids))
    text = "\n".join(squeeze(block.text) for block in document if not isinstance(block, Grid))
    for rule in load_form().era_rules:
        if rule.any_of:
            if any(label in cell_text for label in rule.any_of) or sum(label in text for label in rule.any_of) >= 2:
                return rule.era
        elif any(all(label in cells for label in rule.all_of) for cells in grids) or _near(text, rule.all_of):
            return rule.era
    rows = {row.key: row.pattern for row in table_3_rows()}
    if rows["requests_received"].search(cell_text) and rows["requests_carried_forward"].search(cell_text):
        return Era.C if rows["other_not_corrected"].search(cell_text) else Era.B
    return None


def _near(text: str, labels: Sequence[str]) -> bool:
    """Whether the labels stand close together in this order, as the headings of one table do."""
    return bool(re.search(f".{{0,{_HEADING}}}?".join(map(re.escape, labels)), text.replace("\n", "")))


def read_tables(document: Sequence[Block], era: Era) -> Tables:
    """Reads the three tables of an era B or C report, both ways."""
    form = load_form().eras[era]
    rows = read_rows([block for block in document if isinstance(block, Grid)], era)
    stream = read_stream(document, era)
    clashes = rows.clashes | stream.clashes
    warnings: list[str] = []
    if clashes:
        warnings.append(
            "more than one report in the document: table "
            + ", ".join(str(table) for table in sorted(clashes))
            + " stands in it twice with different values; no cell of any table is taken"
        )
    cells = []
    differing: list[str] = []
    items = {item.key: item for item in form.items}
    for key, applicant in form.cells:
        cell = _cell(items[key], (key, applicant), rows, stream, bool(clashes), differing)
        cells.append(cell)
    cells = list(mend(cells, era)) if not clashes else cells
    if differing:
        warnings.append(
            f"the two ways of reading the tables differ in {len(differing)} cells: {', '.join(differing[:8])}"
        )
    unplaced = sum(cell.state is State.UNREADABLE for cell in cells)
    if unplaced and not clashes:
        warnings.append(f"{unplaced} cells have a label in the document and no value that could be placed surely")
    return Tables(tuple(cells), tuple(_extras(rows, form)), tuple(warnings))


def _cell(item: Item, at: CellKey, rows: Readings, stream: Readings, clash: bool, differing: list[str]) -> Cell:
    key, applicant = at
    a, b = rows.cells.get(at), stream.cells.get(at)
    guess = stream.inferred.get(at)
    if a is None and b is None and guess is not None and not clash and at not in rows.refused:
        return Cell(key, applicant, guess.value, State.INFERRED, guess.raw, item.unit, guess.place)
    if a is None and b is None:
        met = at in rows.refused or at in stream.refused
        return Cell(key, applicant, None, State.UNREADABLE if met else State.MISSING)
    chosen = a or b
    assert chosen is not None
    if clash or at in rows.refused or at in stream.refused or not _sure(a, b):
        if a is not None and b is not None and not clash:
            differing.append(f"{key}/{applicant}" if applicant else key)
        return Cell(key, applicant, None, State.UNREADABLE, chosen.raw, item.unit, chosen.place)
    return make_cell(item, applicant, chosen)


def _sure(a: Found | None, b: Found | None) -> bool:
    if a is not None and b is not None:
        return squeeze(a.raw) == squeeze(b.raw)
    return a is None and b is not None and b.from_text


def make_cell(item: Item, applicant: str | None, found: Found) -> Cell:
    """The cell of `item` that `found` gives: value and state by the rules of `numbers`, unit printed or of the form."""
    reading = read_value(found.raw, item.kind)
    value, unit = in_form_unit(reading, item.unit, found.unit)
    return Cell(item.key, applicant, value, reading.state, found.raw.strip(), unit, found.place)


def _extras(rows: Readings, form: EraForm) -> Iterable[ExtraRow]:
    yield from rows.extra
    known = {key for key, _ in form.cells}
    labels = {row.key: row.label for row in table_3_rows()}
    for key in sorted({key for key, applicant in rows.cells if key not in known and applicant is not None}):
        found = [rows.cells[(key, name)] for name in CANONICAL if (key, name) in rows.cells]
        values = tuple(read_value(cell.raw).value for cell in found)
        yield ExtraRow(labels[key], "件", values, found[0].place if found else None, key)
