"""The loudest findings for the home page: the largest sum that fails, the largest break between years, the latest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from archive.checks.confidence import ConfidenceStatus
from archive.models import CheckStatus, Era
from archive.report.form import load_form
from archive.site.database import rows
from archive.site.language import LANGUAGES
from archive.site.pages.report.failures import addresses, where

SHOWN = 4
LOOKED_AT = 400
"""Several of the largest may be of one report: so many are looked through for different ones."""
CARRY_OVER = "Y1"
SURE = (str(ConfidenceStatus.VERIFIED), str(ConfidenceStatus.INCONSISTENT))
"""Reports of which every cell was read surely: only there is a sum that fails the report's own."""


@dataclass(frozen=True, slots=True)
class Loud:
    """One finding: what should hold, and both sides as printed; `n` is its number on the page of the report, or None.

    `statement` and `place` are texts by language. `before_id` is the report of the year before, where that is one side.
    """

    report_id: str
    agency: str
    year: int
    rule: str
    statement: dict[str, str]
    place: dict[str, str]
    left: int | float
    right: int | float
    delta: int | float
    unit: str | None
    n: int | None = None
    before_id: str | None = None


@dataclass(frozen=True, slots=True)
class Late:
    """A report that came late, by the dates that it or its address states."""

    report_id: str
    agency: str
    year: int
    due_on: str
    came_on: str
    days: int


@dataclass(frozen=True, slots=True)
class Loudest:
    """The loudest findings of each kind, the loudest first."""

    sums: tuple[Loud, ...]
    breaks: tuple[Loud, ...]
    late: tuple[Late, ...]


def loudest(connection: sqlite3.Connection) -> Loudest:
    """The loudest findings of an archive, no report twice in one list."""
    return Loudest(failed_sums(connection), carry_overs(connection), latest(connection))


def failed_sums(connection: sqlite3.Connection) -> tuple[Loud, ...]:
    """The largest differences of sums that must hold, in reports whose every cell was read surely."""
    found = rows(
        connection,
        "select r.report_id, r.agency, r.year, r.era, r.version_no, f.check_no, k.rule, k.key, k.applicant, k.cells,"
        " u.statement_zh, u.statement_en, f.left_value, f.right_value, f.delta"
        " from reports r join checks f on f.version_no = r.version_no"
        " join check_items k on k.check_no = f.check_no join rules u on u.rule = k.rule"
        " where r.confidence = ? and u.severity = 'hard' and f.status = (select code from statuses where status = ?)"
        " and typeof(f.delta) in ('integer', 'real')"
        " order by abs(f.delta) desc, r.report_id, f.check_no limit ?",
        str(ConfidenceStatus.INCONSISTENT),
        str(CheckStatus.FAIL),
        LOOKED_AT,
    )
    return tuple(
        _loud(
            line,
            line["left_value"],
            line["right_value"],
            unit_of(line["era"], addresses(line["cells"])[0]),
            n=number_on_page(connection, line["version_no"], line["check_no"]),
        )
        for line in first_of_each(found)
    )


def carry_overs(connection: sqlite3.Connection) -> tuple[Loud, ...]:
    """The largest breaks between what one year carried forward and what the next one says was brought forward."""
    found = rows(
        connection,
        "select x.report_id, x.agency, x.year, r.era, x.rule, x.key, x.applicant, u.statement_zh, u.statement_en,"
        " x.left, x.right, x.delta, x.other_id"
        " from cross_checks x join rules u using (rule) join reports r on r.report_id = x.report_id"
        " join reports b on b.report_id = x.other_id"
        " where x.rule = ? and x.status = ? and r.confidence in (?, ?) and b.confidence in (?, ?)"
        " and typeof(x.delta) in ('integer', 'real')"
        " order by abs(x.delta) desc, x.applicant = 'total' desc, x.report_id limit ?",
        CARRY_OVER,
        str(CheckStatus.FAIL),
        *SURE,
        *SURE,
        LOOKED_AT,
    )
    unit = unit_of(Era.C, ("requests_brought_forward", "total"))
    return tuple(
        _loud(line, line["left"], line["right"], unit, before_id=line["other_id"]) for line in first_of_each(found)
    )


def latest(connection: sqlite3.Connection) -> tuple[Late, ...]:
    """The reports that came the most days after their deadline."""
    return tuple(
        Late(**dict(line))
        for line in rows(
            connection,
            "select report_id, agency, year, due_on, coalesce(min(stated_date, url_date), stated_date, url_date)"
            " as came_on, days_late as days from publication where timeliness = 'late' and report_id is not null"
            " and days_late > 0 order by days_late desc, report_id limit ?",
            SHOWN,
        )
    )


def first_of_each(found: Iterable[sqlite3.Row]) -> list[sqlite3.Row]:
    """The first line of each report, as many as are shown."""
    by_report: dict[str, sqlite3.Row] = {}
    for line in found:
        by_report.setdefault(line["report_id"], line)
    return list(by_report.values())[:SHOWN]


def number_on_page(connection: sqlite3.Connection, version_no: int, check_no: int) -> int | None:
    """The number that the page of a report gives to a failed check: its place by severity and rule."""
    failed = rows(
        connection,
        "select f.check_no from checks f join check_items k using (check_no) join rules u using (rule)"
        " join statuses t on t.code = f.status where f.version_no = ? and t.status in (?, ?)"
        " order by u.severity, f.check_no",
        version_no,
        str(CheckStatus.FAIL),
        str(CheckStatus.FAIL_WITH_BLANKS),
    )
    places = [line["check_no"] for line in failed]
    return places.index(check_no) + 1 if check_no in places else None


def unit_of(era: str, cell: tuple[str, str | None]) -> str | None:
    """The unit that the form prints for a cell."""
    return next((item.unit for item in load_form().eras[Era(era)].items if item.key == cell[0]), None)


def _loud(line: sqlite3.Row, left: Any, right: Any, unit: str | None, **more: Any) -> Loud:
    era = Era(line["era"])
    return Loud(
        report_id=line["report_id"],
        agency=line["agency"],
        year=line["year"],
        rule=line["rule"],
        statement={lang: line[f"statement_{lang}"] for lang in LANGUAGES},
        place={lang: where(era, line["key"], line["applicant"], lang) for lang in LANGUAGES},
        left=left,
        right=right,
        delta=line["delta"],
        unit=unit,
        **more,
    )
