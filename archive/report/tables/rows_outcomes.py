"""Reader A, table 4: fifteen outcomes of review and litigation under three header rows, in one row without a label."""

from __future__ import annotations

from collections.abc import Sequence

from archive.models import Grid, GridCell
from archive.report.tables.grid_cells import Cells, end_of, is_blank, is_value, place_of, stand_under
from archive.report.tables.headings import AFTER_REVIEW, OUTCOME_ORDER, OUTCOMES, WITHOUT_REVIEW, few_words
from archive.report.tables.readings import Found, Readings
from archive.report.tables.side_words import is_added_column
from archive.report.text import squeeze


def _groups(heads: Sequence[Cells]) -> dict[str, GridCell]:
    found: dict[str, GridCell] = {}
    for row in heads:
        for cell in row:
            text = squeeze(cell.text)
            name = {
                "行政复议": "review",
                WITHOUT_REVIEW: "litigation_direct",
                AFTER_REVIEW: "litigation_after_review",
            }.get(text)
            if name and name not in found:
                found[name] = cell
    return found


def _table_4_keys(heads: Sequence[Cells], spans_known: bool) -> tuple[list[str], list[GridCell] | None] | None:
    """The keys of the fifteen columns in printed order, and their heading cells where these line up."""
    groups = _groups(heads)
    leaves = [(OUTCOMES[t], c) for row in heads for c in row if (t := squeeze(c.text)) in OUTCOMES]
    if len(groups) != 3 or len(leaves) != 15:
        return None
    if spans_known and len({cell.column for _, cell in leaves}) == 15:
        keys: dict[int, str] = {}
        for outcome, cell in leaves:
            over = [g for g, c in groups.items() if c.column <= cell.column < c.column + c.colspan]
            if len(over) == 1:
                keys[cell.column] = f"{over[0]}_{outcome}"
        if len(set(keys.values())) == 15:
            heads_in_order = sorted((cell for _, cell in leaves), key=lambda cell: cell.column)
            return [keys[cell.column] for cell in heads_in_order], heads_in_order
    names = [outcome for outcome, _ in leaves]
    if any(tuple(names[i : i + 5]) != OUTCOME_ORDER for i in (0, 5, 10)) or list(groups) != sorted(
        groups, key=lambda g: (groups[g].row, groups[g].column)
    ):
        return None
    if list(groups) != ["review", "litigation_direct", "litigation_after_review"]:
        return None
    return [f"{group}_{outcome}" for group in groups for outcome in OUTCOME_ORDER], None


def _has_outcome(row: Cells) -> bool:
    return any(squeeze(cell.text) in OUTCOMES for cell in row)


def _is_a_torn_table_4(grid: Grid) -> bool:
    """Whether a row names the outcomes of more than one procedure: the row above it, with their names, is lost."""
    rows = (row for row in grid.rows if any("维持" in cell.text for cell in row))
    return any(sum(squeeze(cell.text) in OUTCOMES for cell in row) > len(OUTCOME_ORDER) for row in rows)


def read_outcomes(grid: Grid, readings: Readings) -> None:
    """Adds the fifteen values of table 4, if the grid holds it; what cannot be placed surely is refused."""
    everything = {
        (f"{g}_{o}", None) for g in ("review", "litigation_direct", "litigation_after_review") for o in OUTCOME_ORDER
    }
    at = next((i for i, row in enumerate(grid.rows) if any(squeeze(c.text) == AFTER_REVIEW for c in row)), None)
    if at is None:
        if _is_a_torn_table_4(grid):
            readings.refused |= everything  # of this table or of another one beside it: which is the report's?
        return
    above = at > 0 and any(squeeze(c.text) == "行政复议" for c in grid.rows[at - 1])
    last = max(i for i in range(at, min(at + 3, len(grid.rows))) if i == at or _has_outcome(grid.rows[i]))
    heads = grid.rows[at - 1 if above else at : last + 1]
    keys = _table_4_keys(heads, grid.spans_known)
    below = [row for row in grid.rows[last + 1 :] if sum(map(is_value, row)) > 7]
    body = [row for row in below if not all(map(is_blank, row))] or [row for row in below if len(row) == 15]
    if keys is None or len(body) != 1:
        if len(body) > 1:
            readings.clashes.add(4)
        readings.refused |= everything
        return
    names, leaves = keys
    cells = list(body[0])
    if leaves is None and any(is_added_column(cell.text) for row in heads for cell in row):
        readings.refused |= everything
        return
    if leaves is not None and end_of(body[0]) != max(end_of(row) for row in heads if row):
        readings.refused |= everything  # a cell is lost on one side, and which one cannot be told
        return
    columns = [leaf.column for leaf in leaves or ()]
    if leaves is not None and len(cells) > 15:  # columns without a heading are left out where nothing stands in them
        spare = [cell for cell in cells if cell.column not in columns]
        label = spare[:1] if spare[0].column < columns[0] and not is_value(spare[0]) else []
        if all(map(is_blank, spare[len(label) :])):
            cells = [cell for cell in cells if cell.column in columns]
    words = [cell.text for cell in cells if not is_value(cell)]
    sure = is_value(cells[0]) or [cell.column for cell in cells] == columns  # no label
    lone = all((cell.rowspan, cell.colspan) == (1, 1) for cell in cells)
    in_place = len(cells) == 15 and (lone or (leaves is not None and stand_under(cells, leaves)))
    if not (in_place and sure and few_words(words)):
        readings.refused |= everything
        return
    found = ((key, None) for key in names)
    readings.add(4, ((key, Found(c.text, place_of(grid, c))) for key, c in zip(found, cells, strict=True)))
