"""Whole reports printed as plain text in every layout: read whole where the layout tells, and never wrongly."""

from __future__ import annotations

import random

import pytest

from archive.models import Cell, Era, ParsedReport, State
from archive.reading import read_report
from tests.report.damage import drop_cells, drop_heading_cells, drop_rows
from tests.report.layouts import LAYOUTS, NARRATIVE, made_of, printed
from tests.report.made import CellKey

OPEN: dict[str, int] = {
    "commas": 200,
    "markdown, merged cells repeated": 4,
    "narrow columns of a page": 6,
    "rows glued": 200,
    "one line, glued": 200,
}
"""Cells that a layout may leave unfilled: what ran together has many cuts, merged figures repeat, a label is torn."""
KEPT = ("commas", "a procedure a line")
"""Layouts whose tables stay in the text of their sections: sentences, and what is not known to be a table."""
BLANKS_TOLD = (
    "a tab before each cell (tika)",
    "tabs between cells",
    "tabs, every place of the grid",
    "tabs, cells of the source",
    "bars",
    "markdown",
    "drawn with + and -",
)


def cells_of(text: str, era: Era) -> list[Cell]:
    report = read_report(text.encode(), name="report.txt")
    return list(report.cells) if isinstance(report, ParsedReport) and report.era is era else []


def sections_of(text: str) -> dict[int, str]:
    report = read_report(text.encode(), name="report.txt")
    assert isinstance(report, ParsedReport)
    return {section.number: section.text for section in report.sections}


def wrong(cells: list[Cell], texts: dict[CellKey, str]) -> list[str]:
    """A line for each cell that says something else than what is printed."""
    found = []
    for cell in cells:
        text = texts[cell.key, cell.applicant]
        empty = cell.state in (State.BLANK, State.PLACEHOLDER)
        if (cell.value is not None and str(cell.value) != text) or (empty and text.isdigit()):
            found.append(f"{cell.key}/{cell.applicant}: {cell.value} ({cell.state}) instead of {text!r}")
    return found


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("era", "scale"), [(Era.B, 1), (Era.C, 137)])
def test_every_figure_is_read(layout: str, era: Era, scale: int) -> None:
    made, texts = made_of(11, era, scale=scale)
    cells = cells_of(printed(made, layout), era)
    assert wrong(cells, texts) == []
    sections = sections_of(printed(made, layout))
    assert [sections[number] for number in (1, 5, 6)] == [NARRATIVE] * 3
    if layout not in KEPT:
        assert [sections[number] for number in (2, 3, 4)] == ["", "", ""]
    unfilled = len(texts) - sum(cell.value is not None for cell in cells)
    assert unfilled <= OPEN.get(layout, 0)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("mark", ["", "/"])
def test_empty_cells_are_told_or_left_unread(layout: str, mark: str) -> None:
    made, texts = made_of(12, Era.C, blank=0.4, mark=mark)
    cells = cells_of(printed(made, layout), Era.C)
    assert wrong(cells, texts) == []
    if layout in BLANKS_TOLD:
        read = {(c.key, c.applicant) for c in cells if c.state not in (State.UNREADABLE, State.MISSING)}
        assert read == set(texts)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("seed", range(3))
def test_lost_cells_never_yield_a_wrong_value(layout: str, seed: int) -> None:
    rng = random.Random(f"{layout}/{seed}")
    made, texts = made_of(seed, Era.C)
    for loss in rng.sample((drop_cells, drop_heading_cells, drop_rows), 2):
        loss(made.tables, rng, rng.randint(1, 5))
    made.tables = [[row for row in table if row] for table in made.tables]
    assert wrong(cells_of(printed(made, layout), Era.C), texts) == []
