"""Every finding of the archive as one line, with what the filters need; read once a generation."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

from archive.models import CheckStatus
from archive.site.database import REMEMBERED_MILLISECONDS, read, rows
from archive.site.listing import Shelf
from archive.site.respond import memory

FAILED = (CheckStatus.FAIL, CheckStatus.FAIL_WITH_BLANKS)
WITHIN, YEARS, DOCUMENTS, TEXT = "within_report", "between_years", "between_documents", "narrative"
"""Kinds of findings: the scopes of the rules."""
FAILURES_BY = ("kind", "rule", "year", "province", "level", "severity")
QUESTIONS_BY = ("rule", "year", "province", "level")
_STRICTEST = {"hard": 0, "hard_with_explanation": 1, "soft": 2, "information": 3}


class Line(NamedTuple):
    """One finding. `key` is what its details are read by; `n` its number on the page of its report, 0 for none."""

    kind: str
    key: tuple[int, int] | str
    rule: str
    severity: str
    year: int
    province: str | None
    level: str | None
    report_id: str
    agency: str
    n: int


class Lines(NamedTuple):
    """All failures, and all questions of text against table."""

    failures: Shelf[Line]
    questions: Shelf[Line]


def read_lines(connection: sqlite3.Connection) -> Lines:
    """All findings, the latest year first, and within a year the strictest rules first."""
    failures = [*_within(connection), *_across(connection)]
    questions = [*_questions(connection)]
    for lines in (failures, questions):
        lines.sort(key=lambda line: (-line.year, _STRICTEST.get(line.severity, 9), line.agency, line.rule, line.n))
    return Lines(Shelf(FAILURES_BY, failures), Shelf(QUESTIONS_BY, questions))


def _within(connection: sqlite3.Connection) -> list[Line]:
    """Failed checks of current versions, numbered as on the page of their report."""
    made: list[Line] = []
    before, n = None, 0
    for found in rows(
        connection,
        "select f.version_no, f.check_no, k.rule, u.severity, r.year, r.province, r.level, r.report_id, r.agency"
        " from statuses t join checks f on f.status = t.code join check_items k on k.check_no = f.check_no"
        " join rules u on u.rule = k.rule join reports r on r.version_no = f.version_no"
        " where t.status in (?, ?) order by r.report_id, u.severity, f.check_no",
        *FAILED,
    ):
        version_no, check_no, rule, severity, year, province, level, report_id, agency = found
        n = n + 1 if version_no == before else 1
        before = version_no
        made.append(Line(WITHIN, (version_no, check_no), rule, severity, year, province, level, report_id, agency, n))
    return made


def _across(connection: sqlite3.Connection) -> list[Line]:
    return [
        Line(scope, check_id, rule, severity, year, province, level, report_id, agency, 0)
        for scope, check_id, rule, severity, year, province, level, report_id, agency in connection.execute(
            "select u.scope, c.check_id, c.rule, c.severity, c.year, r.province, r.level, c.report_id, c.agency"
            " from rules u join cross_checks c on c.rule = u.rule and c.status in (?, ?)"
            " join reports r on r.report_id = c.report_id",
            FAILED,
        )
    ]


def _questions(connection: sqlite3.Connection) -> list[Line]:
    """Questions, numbered as on the page of their report."""
    made: list[Line] = []
    before, n = None, 0
    for found in connection.execute(
        "select t.text_check_id, t.rule, u.severity, t.year, r.province, r.level, t.report_id, t.agency"
        " from rules u join text_checks t on t.rule = u.rule and t.status = 'question'"
        " join reports r on r.report_id = t.report_id"
        " order by t.report_id, t.section_id, t.place, t.text_check_id"
    ):
        check_id, rule, severity, year, province, level, report_id, agency = found
        n = n + 1 if report_id == before else 1
        before = report_id
        made.append(Line(TEXT, check_id, rule, severity, year, province, level, report_id, agency, n))
    return made


async def findings(datasette: Any) -> Lines:
    """All findings of this generation."""
    lines: Lines = await memory.recall(
        datasette, ("findings",), lambda: read(datasette, read_lines, REMEMBERED_MILLISECONDS)
    )
    return lines
