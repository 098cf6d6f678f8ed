"""Adding up cells: one null policy for every check and every measure.

A blank or a mark counts as zero only beside a printed number; a cell that is missing, unreadable or text makes a sum
unknown (`identities.null_policy` of the form's description).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from archive.models import Cell, CellRef, Number, ParsedReport, State

BLANK = (State.BLANK, State.PLACEHOLDER)
Cells = Mapping[tuple[str, str | None], Cell]


class Reason(StrEnum):
    """Why a check cannot be decided or a measure is not given; the words for it stand in `reasons.yaml`."""

    MISSING_YEAR = "missing_year"
    OTHER_FORM = "other_form"
    NEW_AGENCY = "new_agency"
    CELLS_UNREAD = "cells_unread"
    CELLS_BLANK = "cells_blank"
    APPROXIMATE = "approximate"
    BELOW_MINIMUM = "below_minimum"
    CHECK_FAILS = "check_fails"
    CHECK_UNDECIDED = "check_undecided"
    SCOPE_UNKNOWN = "scope_unknown"
    PARTS_MISSING = "parts_missing"
    NOTHING_TO_COMPARE = "nothing_to_compare"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of cells: None with the reason where it is unknown; `blanks` if one of them counted as zero."""

    value: Number | None
    reason: Reason | None = None
    blanks: bool = False
    inferred: int = 0


def cells_of(report: ParsedReport) -> Cells:
    """The cells of a report by key and applicant."""
    return {(cell.key, cell.applicant): cell for cell in report.cells}


def get(cells: Cells, ref: CellRef) -> Cell:
    """The cell that is named; a missing one where the report's form has no such cell."""
    return cells.get((ref.key, ref.applicant)) or Cell(ref.key, ref.applicant, None, State.MISSING)


def total(plus: Sequence[Cell], minus: Sequence[Cell] = ()) -> Total:
    """The sum of `plus` less that of `minus`, by the null policy; whole if all of them are."""
    everything = (*plus, *minus)
    if any(cell.value is None and cell.state not in BLANK for cell in everything):
        return Total(None, Reason.CELLS_UNREAD)
    if all(cell.value is None for cell in everything):
        return Total(None, Reason.CELLS_BLANK)
    return Total(
        printed_sum(plus, minus),
        blanks=any(cell.value is None for cell in everything),
        inferred=sum(cell.state is State.INFERRED for cell in everything),
    )


def printed_sum(plus: Iterable[Cell], minus: Iterable[Cell]) -> Number:
    """The printed values of `plus` less those of `minus`; whole if all of them are."""
    values = [cell.value for cell in plus if cell.value is not None]
    values += [-cell.value for cell in minus if cell.value is not None]
    if Decimal in map(type, values):
        return sum(map(Decimal, values), Decimal(0))
    return sum(values)


def difference(left: Number, right: Number) -> Number:
    """`left` less `right`, whole if both are."""
    if isinstance(left, int) and isinstance(right, int):
        return left - right
    return Decimal(left) - Decimal(right)
