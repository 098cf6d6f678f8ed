"""`/coverage`: bodies by years with the reason of every gap; who owes what, who was late; the same as CSV and JSON."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.site import listing
from archive.site.database import read, rows
from archive.site.environment import linker
from archive.site.listing import Sifted, Wish
from archive.site.pages.coverage.lines import (
    BODIES_BY,
    OWED_BY,
    TIMED_BY,
    Body,
    Owed,
    YearTotal,
    covered,
    totals,
)
from archive.site.respond import Route, page, passing
from archive.site.vocabulary import COVERAGE

MATRIX, OWED, TIMED = "matrix", "owed", "late"
COLUMNS = (
    "agency_id", "agency", "province", "level", "year", "status", "reason", "reason_zh", "timeliness", "due_on",
    "due_by", "stated_date", "url_date", "http_date", "first_seen", "days_late", "absent_on", "dates_disagree",
    "report_id", "page",
)  # fmt: skip
"""What a row of CSV and JSON has: a body and a year, each kind of date by itself."""
KINDS_OF_DATES = ("stated_date", "url_date", "http_date", "first_seen")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a wish gives: the bodies for the matrix or the lines of a list, and totals by year."""

    bodies: Sifted[Body] | None
    owed: Sifted[Owed] | None
    totals: tuple[YearTotal, ...]

    @property
    def sifted(self) -> Sifted[Any]:
        """The list that is shown in pages."""
        found = self.bodies or self.owed
        assert found is not None
        return found


def asked(arguments: Any) -> tuple[str, Wish]:
    """Which view, and what of it."""
    show = arguments.get("show")
    show = show if show in (OWED, TIMED) else MATRIX
    return show, listing.read_wish(arguments, names_of(show))


def names_of(show: str) -> tuple[str, ...]:
    """The filters of a view."""
    return {MATRIX: BODIES_BY, OWED: OWED_BY, TIMED: TIMED_BY}[show]


async def select(datasette: Any, show: str, wish: Wish) -> Selection:
    """What a wish asks for, remembered with its counts."""
    found = await covered(datasette)

    async def choose() -> Selection:
        if show == MATRIX:
            bodies = listing.sift(found.bodies, wish.filters)
            return Selection(bodies, None, totals(line for body in bodies.lines for line in body.years))
        return Selection(None, listing.sift(found.owed if show == OWED else found.timed, wish.filters), ())

    return await passing.recall(datasette, ("coverage", show, tuple(wish.filters.items())), choose)


def details(connection: sqlite3.Connection, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], sqlite3.Row]:
    """Deadline, dates and reason of bodies and years, by both."""
    found = {}
    agencies = sorted({agency_id for agency_id, _ in wanted})
    for start in range(0, len(agencies), 100):
        some = agencies[start : start + 100]
        marks = ", ".join("?" * len(some))
        for line in rows(
            connection,
            "select p.*, c.reason, c.reason_zh from publication p"
            " join coverage c on c.agency_id = p.agency_id and c.year = p.year"
            f" where p.agency_id in ({marks})",
            *some,
        ):
            found[line["agency_id"], line["year"]] = line
    return found


async def coverage_view(datasette: Any, request: Any) -> Any:
    """`/coverage`."""
    show, wish = asked(request.args)
    found = await select(datasette, show, wish)
    known = await covered(datasette)
    shown = found.sifted.page(wish.page)
    owed = [line for body in shown for line in body.years] if show == MATRIX else shown
    dated = await read(datasette, lambda connection: details(connection, [(one.agency_id, one.year) for one in owed]))
    every = await select(datasette, MATRIX, Wish({}))
    return await page(
        datasette,
        request,
        "coverage.html",
        show=show,
        wish=wish,
        found=found.sifted,
        totals=found.totals,
        shown=shown,
        dated=dated,
        years=known.years,
        by_year={body.agency_id: {line.year: line for line in body.years} for body in shown} if show == MATRIX else {},
        counts={
            OWED: sum(total.owed - total.held for total in every.totals),
            TIMED: sum(total.late for total in every.totals),
        },
        statuses=COVERAGE,
        kinds_of_dates=KINDS_OF_DATES,
        kept={} if show == MATRIX else {"show": show},
    )


def as_row(line: Owed, dated: Mapping[tuple[str, int], sqlite3.Row], link: Any) -> dict[str, object]:
    """One body and year as a row."""
    found = dated[line.agency_id, line.year]
    row: dict[str, object] = {name: found[name] for name in COLUMNS if name != "page"}
    row["page"] = link(f"/report/{found['report_id']}") if found["report_id"] else link(f"/agency/{line.agency_id}")
    return row


async def _rows(datasette: Any, owed: Sequence[Owed]) -> list[dict[str, object]]:
    keys = [(line.agency_id, line.year) for line in owed]
    dated = await read(datasette, lambda connection: details(connection, keys))
    return [as_row(line, dated, linker(datasette)) for line in owed]


async def json_view(datasette: Any, request: Any) -> Any:
    """`/coverage.json`: a page of the list; for the matrix, all years of a page of bodies."""
    show, wish = asked(request.args)
    found = await select(datasette, show, wish)
    shown = found.sifted.page(wish.page)
    owed = [line for body in shown for line in body.years] if show == MATRIX else shown
    more = {"totals": [total._asdict() for total in found.totals]} if show == MATRIX else {}
    return listing.json_of(found.sifted, wish, await _rows(datasette, owed), show=show, **more)


async def csv_view(datasette: Any, request: Any) -> Any:
    """`/coverage.csv`: the whole list, a line for each body and year."""
    show, wish = asked(request.args)
    found = (await select(datasette, show, wish)).sifted
    owed = [line for body in found.lines for line in body.years] if show == MATRIX else found.lines

    async def batches() -> AsyncIterator[list[dict[str, object]]]:
        for start in range(0, len(owed), listing.BATCH):
            yield await _rows(datasette, owed[start : start + listing.BATCH])

    return listing.csv_of(f"coverage-{show}.csv", COLUMNS, batches(), len(owed))


ROUTES: list[Route] = [
    (r"^/coverage$", coverage_view),
    (r"^/coverage\.json$", json_view),
    (r"^/coverage\.csv$", csv_view),
]
