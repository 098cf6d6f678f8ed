"""Rows in the tables of the form whose labels are none of the form's: kept apart, with their numbers."""

from __future__ import annotations

from archive.models import ExtraRow, Grid
from archive.report.numbers import read_value
from archive.report.tables.grid_cells import Cells, is_blank, is_value, place_of
from archive.report.tables.headings import column_name
from archive.report.tables.readings import Readings
from archive.report.text import squeeze


def keep_extra_row(grid: Grid, row: Cells, readings: Readings) -> None:
    """Keeps a row of a table of the form whose label is not the form's, if behind it stand values only."""
    split = next((i for i, cell in enumerate(row) if is_value(cell) and not is_blank(cell)), None)
    if split is None or split == 0:
        return
    labels = [cell for cell in row[:split] if not is_blank(cell)]
    if not labels or not all(is_value(cell) for cell in row[split:]):
        return
    label = labels[-1]
    if column_name(label.text) or squeeze(label.text) == "信息内容" or label.text.count("\n") > 6:
        return
    first = row.index(label) + 1
    values = tuple(read_value(cell.text, "signed_count").value for cell in row[first:])
    readings.extra.append(ExtraRow(" ".join(label.text.split()), None, values, place_of(grid, label)))
