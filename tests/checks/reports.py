"""Reports made of cells for the tests of the checks."""

from __future__ import annotations

from archive.models import Cell, Era, Number, ParsedReport, State
from archive.report.form import load_form
from tests.report.made import make

Values = dict[tuple[str, str | None], Number | State | None]


def consistent(era: Era) -> Values:
    """Values for which every check of the era passes."""
    if era in (Era.B, Era.C):
        values: Values = dict(make(3, era).truth)
        for key in values:
            if key[0].startswith("rules_"):
                values[key] = 0
            elif key[0].endswith(("_disclosed_total", "_in_force")):
                values[key] = 9999
        return values
    return dict.fromkeys(load_form().eras[era].cells, 0)


def report(era: Era, values: Values, agency: str = "青石县河东镇人民政府") -> ParsedReport:
    """A report with these cells; a State in place of a value makes a cell of that state, absent keys are missing."""
    cells = []
    for key, applicant in load_form().eras[era].cells:
        value = values.get((key, applicant), State.MISSING)
        if isinstance(value, State):
            cells.append(Cell(key, applicant, None, value))
        elif value is None:
            cells.append(Cell(key, applicant, None, State.BLANK, ""))
        else:
            cells.append(Cell(key, applicant, value, State.ZERO if value == 0 else State.NUMBER, str(value)))
    return ParsedReport(None, agency, 2022, era, (), tuple(cells))
