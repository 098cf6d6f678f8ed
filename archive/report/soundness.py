"""What makes a parsed report one that an archive can hold: its cells are those of its form, each once, with no lie.

The parser makes sure of this. Still a report is looked at again before it is taken, because one that is unsound (made
by a parser with a mistake, or damaged where it was kept) would else stop the archive of all others.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from archive.models import Cell, Era, State
from archive.report.form import load_form

WITH_VALUE = frozenset({State.NUMBER, State.ZERO, State.INFERRED})
"""The states in which a cell has a value, and must have one."""


def unsound(era: Era, cells: Iterable[Cell]) -> str | None:
    """Why a report of an era with these cells cannot be held, or None where it can.

    Reports of the forms before 2019 may lack their statistics wholly; those of eras B and C never do.
    """
    form = _form_cells(era)
    seen: set[tuple[str, str | None]] = set()
    for cell in cells:
        at = (cell.key, cell.applicant)
        if at not in form:
            return f"the form of era {era} has no cell {_name(*at)}"
        if at in seen:
            return f"the cell {_name(*at)} occurs twice"
        if (cell.value is not None) != (cell.state in WITH_VALUE):
            return f"the cell {_name(*at)} is {cell.state} and has the value {cell.value}"
        seen.add(at)
    if len(seen) != len(form) and (seen or era in (Era.B, Era.C)):
        missing = next(at for at in load_form().eras[era].cells if at not in seen)
        return f"{len(form) - len(seen)} cells of the form of era {era} are left out, such as {_name(*missing)}"
    return None


@cache
def _form_cells(era: Era) -> frozenset[tuple[str, str | None]]:
    return frozenset(load_form().eras[era].cells)


def _name(key: str, applicant: str | None) -> str:
    return key if applicant is None else f"{key}/{applicant}"
