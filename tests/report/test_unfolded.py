"""A report that is one single table: its text is read as text, its tables as tables, on a grid however fine."""

from __future__ import annotations

import pytest

from archive.models import Block, Document, Era, Grid, Paragraph, ParsedReport, SectionStatus, State
from archive.report.parser import parse_document
from archive.report.tables.cells import read_tables
from archive.report.unfolded import unfolded
from tests.report.made import HEADINGS, Made, Source, Table, make, resolve
from tests.report.test_sections import BODIES

FINE = (3, 2, 3, 3, 2, 3, 2, 4, 2, 2)
"""How many columns of a sheet stand for each of table 3."""


def on_a_fine_grid(table: Table) -> Table:
    """Table 3 as a sheet sets it beside wider tables: every cell spans several columns."""
    return [
        [Source(c.text, c.rowspan, sum(FINE[c.column : c.column + c.colspan])) for c in row]
        for row in resolve(table).rows
    ]


def as_one_table(made: Made) -> Grid:
    rows: Table = [[Source(made.title, 1, sum(FINE))]]
    for number, (heading, body) in enumerate(zip(HEADINGS, BODIES, strict=True), 1):
        rows.append([Source(heading, 1, sum(FINE))])
        if number == 3:
            rows += on_a_fine_grid(made.tables[1])
        elif number in (2, 4):
            rows += made.tables[number - 2]
        rows += [[Source(line, 1, sum(FINE))] for line in body.splitlines()]
    return resolve(rows)


@pytest.mark.parametrize("blank", [0.0, 0.6])
@pytest.mark.parametrize("era", [Era.B, Era.C])
def test_a_report_in_one_table_is_read_whole(era: Era, blank: float) -> None:
    made = make(4, era, blank=blank)
    report = parse_document(Document(None, (as_one_table(made),)))
    assert isinstance(report, ParsedReport)
    printed = {cell: value for cell, value in made.truth.items() if value or not blank}
    assert {(c.key, c.applicant): c.value for c in report.cells if (c.key, c.applicant) in printed} == printed
    assert [section.status for section in report.sections] == [SectionStatus.FOUND] * 6
    assert report.sections[0].text == BODIES[0]
    assert report.title == made.title
    rules = next(cell for cell in report.cells if cell.key.startswith("rules_"))
    assert rules.place == f"table, row {4 + 2 + len(BODIES[0].splitlines())}, column 2"


def test_cells_over_several_columns_of_a_sheet_stand_under_their_headings() -> None:
    made = make(4)
    for cell in (cell for table in made.tables for row in table for cell in row if cell.text.isdigit()):
        cell.text = "0"
    row = next(row for row in made.tables[1] if "2.重复申请" in row[0].text)
    row[-1].text = ""  # had a cell been lost, the total would be empty too
    tables = [resolve(table) for table in (made.tables[0], on_a_fine_grid(made.tables[1]), made.tables[2])]
    cells = [cell for cell in read_tables(tables, made.era).cells if cell.key == "not_processed_repeat"]
    assert [cell.value for cell in cells] == [0, 0, 0, 0, 0, 0, None]
    assert cells[-1].state is State.BLANK


def test_a_table_with_few_headings_or_none_stays_as_it_is() -> None:
    made = make(4)
    tables = [resolve(table) for table in made.tables]
    contents = resolve([[Source(heading), Source(str(page))] for page, heading in enumerate(HEADINGS)])
    layout = resolve([[Source(heading)] for heading in HEADINGS[:3]])
    blocks: tuple[Block, ...] = (*tables, contents, layout, Paragraph("正文。"))
    assert unfolded(blocks) == blocks
