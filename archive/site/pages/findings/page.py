"""`/findings`: what does not add up, with the printed cells side by side; the same as CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from archive.site import listing
from archive.site.database import read, rows
from archive.site.environment import linker
from archive.site.listing import Sifted, Wish
from archive.site.middleware import VISIT
from archive.site.pages.findings.lines import FAILURES_BY, QUESTIONS_BY, Line, findings
from archive.site.pages.findings.shown import Shown, read_shown
from archive.site.pages.report.cells import links_of
from archive.site.respond import Route, page, passing

FAILURES, QUESTIONS = "failures", "questions"
COLUMNS = (
    "finding_id", "kind", "rule", "severity", "status", "statement_zh", "statement_en", "report_id", "agency", "year",
    "province", "level", "where", "left", "right", "delta", "cells", "sentence", "other_id", "copy_url", "note", "page",
)  # fmt: skip
"""What a row of CSV and JSON has. `cells` is a JSON list: side, report_id, key, applicant, printed, state."""


def asked(arguments: Any) -> tuple[str, Wish]:
    """Which of the two lists, and what of it."""
    show = QUESTIONS if arguments.get("show") == QUESTIONS else FAILURES
    return show, listing.read_wish(arguments, QUESTIONS_BY if show == QUESTIONS else FAILURES_BY)


async def sifted(datasette: Any, show: str, wish: Wish) -> Sifted[Line]:
    """The findings that a wish asks for; what was counted for a wish is remembered."""
    lines = await findings(datasette)

    async def count() -> Sifted[Line]:
        return listing.sift(lines.questions if show == QUESTIONS else lines.failures, wish.filters)

    return await passing.recall(datasette, ("findings", show, tuple(wish.filters.items())), count)


async def findings_view(datasette: Any, request: Any) -> Any:
    """`/findings`."""
    show, wish = asked(request.args)
    found = await sifted(datasette, show, wish)
    every = await findings(datasette)
    links, lang = links_of(datasette), VISIT.get().language
    lines = found.page(wish.page)
    shown = await read(datasette, lambda connection: read_shown(connection, lines, links, lang))
    sentences = await read(datasette, lambda connection: _statements(connection, lang))
    return await page(
        datasette,
        request,
        "findings.html",
        show=show,
        wish=wish,
        found=found,
        shown=shown,
        totals={FAILURES: len(every.failures), QUESTIONS: len(every.questions)},
        kept={"show": QUESTIONS} if show == QUESTIONS else {},
        statements=sentences,
    )


def _statements(connection: Any, lang: str) -> dict[str, str]:
    found = rows(connection, f"select rule, statement_{lang} as statement from rules")
    return {line["rule"]: line["statement"] for line in found}


def as_row(zh: Shown, en: Shown, link: Any) -> dict[str, object]:
    """One finding as a row; names are Chinese, as printed."""
    line = zh.line
    cells = [
        {"side": number, "report_id": cell.report_id or line.report_id}
        | {"key": cell.address[0], "applicant": cell.address[1], "printed": cell.printed, "state": cell.state}
        for number, side in enumerate(zh.sides, 1)
        for cell in side.cells
    ]
    return {
        "finding_id": zh.id,
        "kind": line.kind,
        "rule": line.rule,
        "severity": line.severity,
        "status": zh.status,
        "statement_zh": zh.statement,
        "statement_en": en.statement,
        "report_id": line.report_id,
        "agency": line.agency,
        "year": line.year,
        "province": line.province,
        "level": line.level,
        "where": zh.where,
        "left": zh.left,
        "right": zh.right,
        "delta": zh.delta.replace("−", "-") if zh.delta else None,
        "cells": json.dumps(cells, ensure_ascii=False),
        "sentence": zh.sentence,
        "other_id": zh.other_id,
        "copy_url": zh.url,
        "note": zh.note,
        "page": link(f"/report/{line.report_id}") + zh.fragment,
    }


async def _rows(datasette: Any, lines: Sequence[Line]) -> list[dict[str, object]]:
    links, link = links_of(datasette), linker(datasette)
    both = await read(
        datasette,
        lambda connection: tuple(read_shown(connection, lines, links, lang) for lang in ("zh", "en")),
        listing_milliseconds(len(lines)),
    )
    return [as_row(zh, en, link) for zh, en in zip(*both, strict=True)]


def listing_milliseconds(lines: int) -> int:
    """What reading so many lines may take: a batch of a long list more than a page."""
    return 2000 + 10 * lines


async def json_view(datasette: Any, request: Any) -> Any:
    """`/findings.json`: a page of the list, its cells as JSON."""
    show, wish = asked(request.args)
    found = await sifted(datasette, show, wish)
    made = [
        entry | {"cells": json.loads(str(entry["cells"]))} for entry in await _rows(datasette, found.page(wish.page))
    ]
    return listing.json_of(found, wish, made, show=show)


async def csv_view(datasette: Any, request: Any) -> Any:
    """`/findings.csv`: the whole list."""
    show, wish = asked(request.args)
    found = await sifted(datasette, show, wish)

    async def batches() -> AsyncIterator[list[dict[str, object]]]:
        for start in range(0, found.count, listing.BATCH):
            yield await _rows(datasette, found.lines[start : start + listing.BATCH])

    return listing.csv_of(f"{show}.csv", COLUMNS, batches(), found.count)


ROUTES: list[Route] = [
    (r"^/findings$", findings_view),
    (r"^/findings\.json$", json_view),
    (r"^/findings\.csv$", csv_view),
]
