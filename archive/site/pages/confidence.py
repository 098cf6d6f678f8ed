"""How sure the reading of reports is: what each status means, and how many reports have it."""

from __future__ import annotations

import sqlite3
from typing import Any

from archive.checks.confidence import ConfidenceStatus
from archive.site.database import REMEMBERED_MILLISECONDS, read, rows
from archive.site.respond import Route, memory, page


def count_statuses(connection: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    """Every status, the best first, with the number of reports that have it."""
    counted = {
        line["confidence"]: line["n"]
        for line in rows(connection, "select confidence, count(*) as n from reports group by 1")
    }
    return tuple((str(status), counted.get(status, 0)) for status in ConfidenceStatus)


async def confidence_view(datasette: Any, request: Any) -> Any:
    """`/confidence`: what each status means, and how many reports have it."""
    counted = await memory.recall(
        datasette, ("confidence",), lambda: read(datasette, count_statuses, REMEMBERED_MILLISECONDS)
    )
    return await page(datasette, request, "confidence.html", counted=counted)


ROUTES: list[Route] = [(r"^/confidence$", confidence_view)]
