"""Reader B: the label stream. All text in reading order without white space; between two labels, exactly N values.

It needs no grid, so it also reads tables that arrive as bare paragraphs. Where the source has cells, a value run ends
with its row and a cell is one value; in running text a value is a token that white space or a Chinese character ends.
Digits run together (`291000030`) make too few tokens and are refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archive.models import Block, Era
from archive.report.form import load_form
from archive.report.tables.columns_rows import read_columns
from archive.report.tables.readings import CellKey, Found, Readings
from archive.report.tables.stream_disclosure import read_disclosure
from archive.report.tables.stream_outcomes import read_outcomes
from archive.report.tables.stream_requests import read_requests
from archive.report.tables.tokens import Stream

_PENDING = "审结"
_PROCEDURES = 3  # each with a heading 尚未审结: where there are more of these, two tables may be of two bodies


def read_stream(document: Sequence[Block], era: Era) -> Readings:
    """Everything that reader B can place in the tables of an era B or C report."""
    stream = Stream(document)
    readings = Readings()
    read_disclosure(stream, era, readings)
    read_requests(stream, era, readings)
    read_outcomes(stream, era, readings)
    if not all(map(readings.cells.__contains__, load_form().eras[era].cells)):
        for table, cells in zip((3, 4), read_columns(document, era), strict=True):
            if table == 3 or sum(t.text.endswith(_PENDING) for t in stream.tokens) <= _PROCEDURES:
                _complete(readings, table, cells)
    return readings


def _complete(readings: Readings, table: int, cells: Mapping[CellKey, Found]) -> None:
    """Adds cells of lines in columns; where the stream took another text for one, the cell is refused."""
    differing = {key for key, cell in cells.items() if key in readings.cells and readings.cells[key].raw != cell.raw}
    readings.refused.difference_update(cells)
    readings.refused |= differing
    readings.add(table, ((key, cell) for key, cell in cells.items() if key not in readings.cells))
