"""The page of one number: what is printed, the same number of other years, and its place in the original."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from archive.models import Era
from archive.site import language
from archive.site.database import read, row, rows
from archive.site.middleware import VISIT
from archive.site.pages.capture import Unavailable
from archive.site.pages.originals import original
from archive.site.pages.report import failures as failing
from archive.site.pages.report.around import citation
from archive.site.pages.report.cells import (
    Address,
    Links,
    Printed,
    column_name,
    links_of,
    name_of,
    read_cells,
    row_name,
)
from archive.site.pages.report.failures import Failure
from archive.site.pages.report.original import Number, Original, shown
from archive.site.pages.report.places import place_text, place_words
from archive.site.respond import Route, missing, page


@dataclass(frozen=True, slots=True)
class NumberPage:
    """All that the page of one number shows; `place` is in words, empty where it is not known."""

    report: sqlite3.Row
    capture: sqlite3.Row | None
    key: str
    applicant: str | None
    row: str
    column: str | None
    section: int
    cell: Printed
    place: str
    failures: tuple[Failure, ...]
    years: list[sqlite3.Row]
    cited: str


def number_page(connection: sqlite3.Connection, report_id: str, address: Address, lang: str) -> NumberPage | None:
    """The page of one cell of the current version of a report; None where there is no such report or cell."""
    report = row(connection, "select * from reports where report_id = ?", report_id)
    if report is None:
        return None
    key, applicant = address
    cell = read_cells(connection, report["version_no"]).get(address)
    if cell is None:
        return None
    era = Era(report["era"])
    found = failing.read_failures(connection, report["version_no"], era, lang) if report["checks_failed"] else ()
    item = row(
        connection, "select table_id from items where era = ? and key = ? and applicant is ?", era, key, applicant
    )
    table = str(item["table_id"]) if item else ""
    return NumberPage(
        report=report,
        capture=row(connection, "select * from captures where sha256 = ?", report["sha256"]),
        key=key,
        applicant=applicant,
        row=row_name(era, key, lang),
        column=column_name(applicant, lang) if applicant else None,
        section=int(table[1:]) if table[1:].isdigit() else 0,
        cell=cell,
        place=place_text(cell.place, lang),
        failures=tuple(failure for failure in found if address in failure.cells),
        years=rows(
            connection,
            "select r.report_id, r.year, c.value, s.state, c.raw from reports r"
            " join items i on i.era = r.era and i.key = ? and i.applicant is ?"
            " join cells c on c.version_no = r.version_no and c.item_id = i.item_id"
            " join states s on s.code = c.state where r.agency_id = ? order by r.year",
            key,
            applicant,
            report["agency_id"],
        ),
        cited=_cited(era, address, cell),
    )


def _cited(era: Era, address: Address, cell: Printed) -> str:
    """The number as a citation names it: in Chinese, as it stands in the source."""
    value = f"{cell.value}{cell.unit or ''}" if cell.value is not None else language.text(f"state.{cell.state}", "zh")
    place = place_text(cell.place, "zh")
    return f"{name_of(era, address, 'zh')} {value}" + (f"（{place}）" if place else "")


async def number_view(datasette: Any, request: Any) -> Any:
    """`/report/<report_id>/cell/<key>` and `/report/<report_id>/cell/<key>/<applicant>`."""
    return await _answer(datasette, request, source=False)


async def source_view(datasette: Any, request: Any) -> Any:
    """The same with `/source` at its end: the original as its reader saw it, with the number marked."""
    return await _answer(datasette, request, source=True)


async def _answer(datasette: Any, request: Any, *, source: bool) -> Any:
    report_id, key = unquote(request.url_vars["report_id"]), request.url_vars["key"]
    applicant = request.url_vars.get("applicant")
    lang, links = VISIT.get().language, links_of(datasette)
    found = await read(datasette, lambda connection: number_page(connection, report_id, (key, applicant), lang))
    if found is None:
        return await missing(datasette, request, "page", request.path)
    own = "/".join(filter(None, (f"/report/{quote(report_id)}/cell/{key}", applicant)))
    address = datasette.absolute_url(request, datasette.urls.path(own))
    seen = await _original(datasette, found, links, lang) if source else None
    status = seen.status if isinstance(seen, Unavailable) and not seen.expected else 200
    return await page(
        datasette,
        request,
        "number.html",
        status,
        page=found,
        address=address,
        citation=citation,
        source=links.source(report_id, (key, applicant)) if found.place else "",
        asked=source,
        original=seen if isinstance(seen, Original) else None,
        problem=seen if isinstance(seen, Unavailable) else None,
    )


async def _original(datasette: Any, found: NumberPage, links: Links, lang: str) -> Original | Unavailable:
    """The original of a number, or why it cannot be shown."""
    report = found.report
    if found.capture is None:
        return Unavailable("capture.no_file", expected=True)
    if report["read_by"] == "ocr":
        return Unavailable("original.recognised", expected=True)
    seen = await original(datasette, found.capture, *await read(datasette, lambda c: _listed(c, report)))
    if isinstance(seen, Unavailable):
        return seen
    era = Era(report["era"])
    cells = await read(datasette, lambda connection: read_cells(connection, report["version_no"]))
    numbers = {
        place_words(cell.place): Number(name_of(era, at, lang), links.source(report["report_id"], at))
        for at, cell in cells.items()
        if cell.place
    }
    return shown(seen, place_words(found.cell.place), found.cell.raw, numbers, lang)


def _listed(connection: sqlite3.Connection, report: sqlite3.Row) -> tuple[str | None, str | None]:
    """The title and the date under which these bytes stood in a list: what their reader was told of them."""
    listed = row(
        connection,
        "select listed_title, listed_date from sightings where report_id = ? and sha256 = ? order by seen_at limit 1",
        report["report_id"],
        report["sha256"],
    )
    return (listed["listed_title"], listed["listed_date"]) if listed else (None, None)


CELL = r"^/report/(?P<report_id>[^/]+)/cell/(?P<key>[a-z0-9_]{1,80})"
ROUTES: list[Route] = [
    (CELL + r"(?:/(?P<applicant>[a-z_]{1,40}))?/source$", source_view),
    (CELL + r"(?:/(?P<applicant>[a-z_]{1,40}))?$", number_view),
]
