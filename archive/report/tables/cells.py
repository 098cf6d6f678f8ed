"""The cells of the form from the tables of a document: two independent readings that must agree.

Rule. Where the source has cells, a value is taken only if the row reader and the label stream placed the same text in
the same cell of the form; anything else is `unreadable`. Where the source is running text only the stream can read; it
is believed if every row of the table has exactly its number of values, or if the row's own sum holds. A table that
stands in the document twice with different values belongs to two reports: nothing of it is taken. Digits run together
in running text are cut where exactly one cut is possible (`glued`) and marked `inferred`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archive.models import Block, Cell, Era, ExtraRow, Grid, State
from archive.report.form import EraForm, Item, load_form
from archive.report.numbers import in_form_unit, read_value
from archive.report.tables.broken import mend
from archive.report.tables.captions import Owner
from archive.report.tables.displaced import without_displaced
from archive.report.tables.headings import table_3_rows
from archive.report.tables.own import KINDS, doubled, own_tables, stands_alone, table_3_keys
from archive.report.tables.readings import CANONICAL, CellKey, Found, Readings
from archive.report.tables.rows import read_rows
from archive.report.tables.shapes import Unsure, read_shape
from archive.report.tables.shapes_outcomes import read_outcome_shapes
from archive.report.tables.stream import read_stream
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


def read_tables(
    document: Sequence[Block], era: Era, year: int | None = None, agency: str | None = None, *, cut: bool = False
) -> Tables:
    """Reads the three tables of an era B or C report, both ways; `year` and `agency` are the report's, if known.

    `cut` says that text with tables of another year or body was left out of the document.
    """
    form = load_form().eras[era]
    own, foreign, beside = own_tables(document, era, Owner(year, agency))
    rows = read_rows([block for block in own if isinstance(block, Grid)], era)
    stream = read_stream(own, era)
    warnings = [
        f"table {table} stands under the name of another year or body; no cell of it is taken"
        for table in sorted(foreign)
    ]
    unsure: list[str] = []
    shaped, resolved = _shaped(own, era, year, rows, stream, unsure)
    pieces = _pieces(era, KINDS if cut else beside, {*shaped, *rows.met(), *stream.met()})
    warnings += [
        f"of table {table} only a piece stands beside one of another year or body; no cell of it is taken"
        for table in sorted(pieces)
    ]
    resolved -= pieces
    clashes = (rows.clashes | stream.clashes) - resolved
    if clashes:
        alone = len(clashes) == 1 and stands_alone(own, min(clashes))
        warnings.append(_told_of_clashes(clashes, alone=alone))
        clashes = clashes if alone else {2, 3, 4}
    warnings += unsure
    refused = clashes | pieces | {table for table in doubled(own) - resolved if not _is_whole(era, table, rows, stream)}
    differing: list[str] = []
    items = {item.key: item for item in form.items}
    cells: list[Cell] = []
    for at in form.cells:
        item = items[at[0]]
        if item.table in resolved:
            cells.append(_shaped_cell(item, at, shaped, rows, stream, differing))
        else:
            cells.append(_cell(item, at, rows, stream, item.table in refused, differing))
    cells = list(mend(cells, era)) if not clashes else cells
    kept, moved = without_displaced(cells, era)
    unplaced = 0 if clashes else sum(cell.state is State.UNREADABLE for cell in cells)
    warnings += _told_of_cells(moved, differing, unplaced)
    if own != list(document):  # what was set aside stays beside the cells
        rows.extra = read_rows([block for block in document if isinstance(block, Grid)], era).extra
    return Tables(kept, tuple(_extras(rows, form)), tuple(warnings))


def _pieces(era: Era, tables: Collection[int], met: Collection[CellKey]) -> set[int]:
    """The tables of which only some labels were met: what stands there may be a piece of another's."""
    known = {table: [at in met for at in _cells_of(era, table)] for table in tables}
    return {table for table, labels in known.items() if any(labels) and not all(labels)}


def _told_of_clashes(clashes: Collection[int], *, alone: bool) -> str:
    tables = ", ".join(map(str, sorted(clashes)))
    return (
        f"more than one report in the document: table {tables} stands in it twice with different values; "
        f"no cell of {'it' if alone else 'any table'} is taken"
    )


def _told_of_cells(moved: int, differing: Sequence[str], unplaced: int) -> Iterator[str]:
    """What is to be noted of rows that moved, cells that were read in two ways, and those without a sure value."""
    if moved:
        yield f"the values of {moved} rows do not add up, or an empty cell stands among them, as if they had moved"
    if differing:
        yield f"the two ways of reading the tables differ in {len(differing)} cells: {', '.join(differing[:8])}"
    if unplaced:
        yield f"{unplaced} cells have a label in the document and no value that could be placed surely"


def _shaped(
    document: Sequence[Block], era: Era, year: int | None, rows: Readings, stream: Readings, unsure: list[str]
) -> tuple[dict[CellKey, Found], set[int]]:
    """The cells of tables 3 and 4 that stand in another shape, and which of these tables were read so.

    Only a table that the two ways of reading leave open is tried.
    """
    found: dict[CellKey, Found] = {}
    resolved: set[int] = set()
    for table, read in ((3, _table_3_shapes), (4, _table_4_shapes)):
        if _is_whole(era, table, rows, stream):
            continue
        try:
            cells = read(document, era, year)
        except Unsure as why:
            unsure.append(f"table {table} stands in a shape that could not be read surely: {why}")
            continue
        if cells:
            found |= cells
            resolved.add(table)
    return found, resolved


def _is_whole(era: Era, table: int, rows: Readings, stream: Readings) -> bool:
    """Whether both ways of reading placed every cell of a table alike."""
    refused = rows.refused | stream.refused
    return table not in rows.clashes | stream.clashes and all(
        at not in refused and _sure(rows.cells.get(at), stream.cells.get(at)) for at in _cells_of(era, table)
    )


@lru_cache(maxsize=16)
def _cells_of(era: Era, table: int) -> tuple[CellKey, ...]:
    form = load_form().eras[era]
    tables = {item.key: item.table for item in form.items}
    return tuple(at for at in form.cells if tables[at[0]] == table)


def _table_3_shapes(document: Sequence[Block], era: Era, year: int | None) -> dict[CellKey, Found]:
    found: dict[CellKey, Found] = {}
    if 3 in doubled(document):
        raise Unsure("its rows stand in more than one table")
    grids = [block for block in document if isinstance(block, Grid)]
    met = Counter(key for grid in grids for key in table_3_keys(grid))
    for grid in grids:
        cells = read_shape(grid, era, year)
        found |= {at: cell for at, cell in cells.items() if at not in found and met[at[0]] <= 1}
    return found


def _table_4_shapes(document: Sequence[Block], era: Era, year: int | None) -> dict[CellKey, Found]:
    return read_outcome_shapes(document, year)


def _shaped_cell(
    item: Item, at: CellKey, shaped: Mapping[CellKey, Found], rows: Readings, stream: Readings, differing: list[str]
) -> Cell:
    """The cell of a table in another shape, unless one of the two ways of reading has set another text there."""
    key, applicant = at
    met = [found for readings in (rows, stream) if (found := readings.cells.get(at)) is not None]
    chosen = shaped.get(at)
    if item.table not in rows.clashes | stream.clashes and any(
        chosen is not None and squeeze(found.raw) != squeeze(chosen.raw) for found in met
    ):
        differing.append(f"{key}/{applicant}" if applicant else key)
        return Cell(key, applicant, None, State.UNREADABLE, met[0].raw, item.unit, met[0].place)
    if chosen is None:
        return _cell(item, at, rows, stream, item.table in rows.clashes | stream.clashes, differing)
    return make_cell(item, applicant, chosen)


def _cell(item: Item, at: CellKey, rows: Readings, stream: Readings, clash: bool, differing: list[str]) -> Cell:
    key, applicant = at
    a, b = rows.cells.get(at), stream.cells.get(at)
    chosen = a or b
    if chosen is None:
        guess = stream.inferred.get(at)
        if guess is not None and not clash and at not in rows.refused:
            return Cell(key, applicant, guess.value, State.INFERRED, guess.raw, item.unit, guess.place)
        met = at in rows.refused or at in stream.refused
        return Cell(key, applicant, None, State.UNREADABLE if met else State.MISSING)
    if clash or at in rows.refused or at in stream.refused or not _sure(a, b):
        if a is not None and b is not None and not clash:
            differing.append(f"{key}/{applicant}" if applicant else key)
        return Cell(key, applicant, None, State.UNREADABLE, chosen.raw, item.unit, chosen.place)
    return make_cell(item, applicant, chosen)


def _sure(a: Found | None, b: Found | None) -> bool:
    if a is not None and b is not None:  # the same words from two places agree by chance only
        return squeeze(a.raw) == squeeze(b.raw) and (a.place == b.place or b.from_text)
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
