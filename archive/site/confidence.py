"""How sure the reading of reports is: the facts of one report in words, and how many reports have each status."""

from __future__ import annotations

import json
import sqlite3

from archive.checks.confidence import ConfidenceStatus
from archive.site import language
from archive.site.database import rows


def reasons(stored: str, lang: str) -> tuple[str, ...]:
    """The facts of `reports.confidence_reason` in words; a code that is newer than the text table stands as it is."""
    return tuple(
        language.text(f"reason.{fact['code']}", lang, n=fact["count"])
        if language.known(f"reason.{fact['code']}")
        else f"{fact['code']} {fact['count']}"
        for fact in json.loads(stored)
    )


def count_statuses(connection: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """Every status, the best first, with the number of reports that have it."""
    counted = {
        line["confidence"]: line["n"]
        for line in rows(connection, "select confidence, count(*) as n from reports group by 1")
    }
    return tuple((str(status), counted.get(status, 0)) for status in ConfidenceStatus)
