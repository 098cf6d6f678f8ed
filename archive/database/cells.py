"""Cells in their compact form: what a reader of the form can work out is not stored two hundred times a report.

The view `statistics` puts everything back; a round trip loses nothing (see the tests). A number of more than fifteen
digits is the nearest that SQLite can hold, and its text as printed stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from archive.database.dictionaries import item_ids, item_units, state_codes
from archive.models import Cell, Number, ParsedReport, State
from archive.report.soundness import unsound

CellRow = tuple[int, int, int | str | None, int, str | None, str | None, int | str | None]
PRINTED = (State.NUMBER, State.ZERO)

_PLACE = re.compile(r"table ([1-9]\d{0,3}), row (0|[1-9]\d{0,3}), column (0|[1-9]\d{0,3})")


class UnsoundReport(ValueError):
    """Raised for a parsed report that breaks the contract of its type, so that the archive cannot hold it as it is."""


def cell_rows(version_no: int, report: ParsedReport) -> Iterator[CellRow]:
    """The rows of `cells` for one version.

    Raises UnsoundReport for a report that `archive.report.soundness` finds unsound; the holdings hold none.
    """
    if why := unsound(report.era, report.cells):
        raise UnsoundReport(why)
    ids, units, states = item_ids()[report.era], item_units(), state_codes()
    for cell in report.cells:
        item_id = ids[cell.key, cell.applicant]
        yield (
            version_no,
            item_id,
            sql_number(cell.value),
            states[cell.state],
            _raw(cell),
            None if cell.unit == units[item_id] else cell.unit or "",
            _place(cell.place),
        )


def _is_small(value: Number | None) -> bool:
    """Whether SQLite holds it as a whole number."""
    return isinstance(value, int) and -(2**63) <= value < 2**63


def sql_number(value: Number | None) -> int | str | None:
    """A number for a column of numeric affinity, which takes text as a number without going through binary."""
    if value is None or isinstance(value, int):
        return value if value is None or _is_small(value) else str(value)
    return f"{value:f}"


def _raw(cell: Cell) -> str | None:
    """NULL where it says what the value says; an empty text for a printed number whose print was not kept."""
    if cell.state not in PRINTED:
        return cell.raw
    if cell.raw is None:
        return ""
    return None if _is_small(cell.value) and cell.raw == str(cell.value) else cell.raw


@lru_cache(20_000)  # the same few thousand places in every report
def _place(place: str | None) -> int | str | None:
    match = _PLACE.fullmatch(place) if place is not None else None
    if match is None:
        return place
    grid, row, column = map(int, match.groups())
    return grid * 100_000_000 + row * 10_000 + column
