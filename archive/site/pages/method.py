"""`/method`: how numbers are read, what every status means, and what the archive does not know."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from archive.checks.confidence import ConfidenceStatus
from archive.checks.measures import load_measures
from archive.models import CheckStatus, Outcome, SectionStatus, State
from archive.site.database import read, rows
from archive.site.pages.findings.lines import DOCUMENTS, TEXT, WITHIN, YEARS
from archive.site.respond import Route, memory, page
from archive.site.vocabulary import COVERAGE, DEADLINES, TIMELINESS, UNPLACED

FINDINGS = (WITHIN, YEARS, DOCUMENTS, TEXT)
SEVERITIES = ("hard", "hard_with_explanation", "soft", "information")
KINDS_OF_DATES = ("stated_date", "url_date", "http_date", "first_seen")
UNKNOWN = ("elsewhere", "before", "between", "truth", "scope", "blocked", "words", "early")
"""What the archive does not know, each a key of the text table."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The parts of the vocabulary that stand in the database: rules, reasons, measures and versions."""

    rules: list[sqlite3.Row]
    reasons: list[sqlite3.Row]
    measures: list[sqlite3.Row]
    build: sqlite3.Row | None


def read_vocabulary(connection: sqlite3.Connection) -> Vocabulary:
    """Rules by scope, reasons and measures."""
    build = rows(connection, "select * from build_info order by generation desc limit 1")
    return Vocabulary(
        rules=rows(connection, "select * from rules order by rowid"),
        reasons=rows(connection, "select * from reasons order by rowid"),
        measures=rows(connection, "select * from measure_names order by measure_no"),
        build=build[0] if build else None,
    )


async def method_view(datasette: Any, request: Any) -> Any:
    """`/method`."""
    vocabulary = await memory.recall(datasette, ("method",), lambda: read(datasette, read_vocabulary))
    return await page(
        datasette,
        request,
        "method.html",
        known=vocabulary,
        states=tuple(State),
        verdicts=tuple(CheckStatus),
        confidences=tuple(ConfidenceStatus),
        coverages=COVERAGE,
        timeliness=TIMELINESS,
        sections=tuple(SectionStatus),
        outcomes=tuple(Outcome),
        unplaced=UNPLACED,
        findings=FINDINGS,
        severities=SEVERITIES,
        dates=KINDS_OF_DATES,
        deadlines=DEADLINES,
        unknown=UNKNOWN,
        minimum=load_measures()[-1].minimum,
    )


ROUTES: list[Route] = [(r"^/method$", method_view)]
