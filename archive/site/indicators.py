"""The figures of a report that the site draws over the years and sets side by side, with what is to be known of each.

A cell is taken as printed. It is not drawn where it holds no number, nor where a sum that must hold and takes it in
fails: the same rule by which measures are given (`archive.checks.measures`).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from archive.checks.cells import Reason
from archive.checks.rulebook import load
from archive.models import State
from archive.site.database import once

FAILED = "select code from statuses where status in ('fail', 'fail_with_blanks')"
"""The codes of checks that fail, in SQL: joined, every check that holds would be looked up too."""
WITH_VALUE = (State.NUMBER, State.ZERO, State.INFERRED)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure: a cell of the form (`applicant` None = tables 2 and 4) or a measure; `percent` for ratios.

    Its words are the text `indicator.NAME`, in pieces (件) where it is no ratio.
    """

    name: str
    applicant: str | None = None
    measure: bool = False
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that are read together: one picture, one part of a table."""

    name: str
    indicators: tuple[Indicator, ...]


def _cells(applicant: str | None, *names: str) -> tuple[Indicator, ...]:
    return tuple(Indicator(name, applicant) for name in names)


def _measures(*names: str, percent: bool = False) -> tuple[Indicator, ...]:
    return tuple(Indicator(name, measure=True, percent=percent) for name in names)


GROUPS = (
    Group("requests", _cells("total", "requests_received", "results_total", "requests_carried_forward")),
    Group(
        "results",
        _cells("total", "result_granted_full", "result_granted_part")
        + _measures("refused_total", "unable_total", "not_processed_total", "other_total"),
    ),
    Group("shares", _measures("disclosure_rate", "refusal_rate", "not_held_share", percent=True)),
    Group("disputes", _cells(None, "review_total") + _measures("litigation_total")),
    Group("corrections", _measures("review_correction_rate", "litigation_correction_rate", percent=True)),
    Group("documents", _cells(None, "rules_in_force", "normative_docs_in_force")),
)
INDICATORS = tuple(indicator for group in GROUPS for indicator in group.indicators)


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator in one report.

    `value` is what may be drawn and compared: a number, or for a ratio numerator by denominator (not a percentage).
    Without one, `reason` is the code that says why (of `archive.checks.cells.Reason`), or `state` that of the cell.
    `printed` is the number as held even where it is not drawn; `numerator` and `denominator` those of a measure.
    """

    value: float | None
    state: str | None = None
    reason: str | None = None
    printed: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    inferred: bool = False

    @property
    def percent(self) -> float | None:
        """The value of a ratio in per cent; not a hundred times `value`, which would miss halves to be rounded."""
        if self.value is None or self.numerator is None or not self.denominator:
            return None
        return 100 * self.numerator / self.denominator


Figures = Mapping[str, Figure]
"""By the name of the indicator; one that the report's form lacks is not there."""


@cache
def reason_labels() -> Mapping[str, Sequence[str]]:
    """Why a measure is not given, by code: Chinese and English."""
    labels: Mapping[str, Sequence[str]] = load("reasons.yaml")
    return labels


def read_figures(connection: sqlite3.Connection, versions: Iterable[int]) -> dict[int, dict[str, Figure]]:
    """Every indicator of some versions of reports, by `version_no`."""
    numbers = tuple(versions)
    found: dict[int, dict[str, Figure]] = {number: {} for number in numbers}
    if not numbers:
        return found
    marks = _marks(numbers)
    failing = _failing(connection, numbers)
    items, states = once(connection, _vocabulary)
    for version, item, value, code in connection.execute(
        f"select version_no, item_id, value, state from cells where version_no in ({marks})"
        f" and item_id in ({_marks(items)})",
        (*numbers, *items),
    ):
        (name, applicant), state = items[item], states[code]
        has_value = state in WITH_VALUE
        fails = has_value and (name, applicant) in failing.get(version, ())
        found[version][name] = Figure(
            value=value if has_value and not fails else None,
            state=state,
            reason=Reason.CHECK_FAILS if fails else None,
            printed=value if has_value else None,
            inferred=state == State.INFERRED,
        )
    measured = tuple(indicator.name for indicator in INDICATORS if indicator.measure)
    for line in connection.execute(
        "select m.version_no, n.measure, m.numerator, m.denominator, m.given, m.reason, m.inferred from measured m"
        f" join measure_names n on n.measure_no = m.measure_no where m.version_no in ({marks})"
        f" and n.measure in ({_marks(measured)})",
        (*numbers, *measured),
    ):
        version, name, numerator, denominator, given, reason, inferred = line
        value = None
        if given and numerator is not None:
            value = numerator if denominator is None else numerator / denominator
        found[version][name] = Figure(
            value=value,
            reason=reason,
            printed=numerator if denominator is None else None,
            numerator=numerator,
            denominator=denominator,
            inferred=bool(inferred),
        )
    return found


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _vocabulary(connection: sqlite3.Connection) -> tuple[dict[int, tuple[str, str | None]], dict[int, str]]:
    """The items that are indicators, number → key and applicant, and the states by code."""
    applicants = {indicator.name: indicator.applicant for indicator in INDICATORS if not indicator.measure}
    found = connection.execute(
        f"select item_id, key, applicant from items where key in ({_marks(applicants)})", tuple(applicants)
    )
    items = {number: (key, applicant) for number, key, applicant in found if applicant == applicants[key]}
    return items, dict(map(tuple, connection.execute("select code, state from states")))


def _failing(connection: sqlite3.Connection, versions: Sequence[int]) -> dict[int, set[tuple[str, str | None]]]:
    """The cells of each version that a check takes in which must hold and fails."""
    found: dict[int, set[tuple[str, str | None]]] = {}
    for version, cells in connection.execute(
        "select f.version_no, k.cells from checks f join check_items k on k.check_no = f.check_no"
        f" join rules u on u.rule = k.rule where f.version_no in ({_marks(versions)}) and f.status in ({FAILED})"
        " and u.severity = 'hard'",
        tuple(versions),
    ):
        found.setdefault(version, set()).update((cell["key"], cell["applicant"]) for cell in json.loads(cells))
    return found
