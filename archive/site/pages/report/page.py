"""The page of a report: six sections, three tables as on paper, every number with its state and its source."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from markupsafe import Markup, escape

from archive.models import Era, State
from archive.report.form import load_form
from archive.search import highlight
from archive.site.database import read, row, rows
from archive.site.middleware import VISIT
from archive.site.pages.report import failures as failing
from archive.site.pages.report.cells import Printed, read_cells, tally_states, td
from archive.site.pages.report.failures import Failure, Marks
from archive.site.pages.report.paper import Slot, foot, paper
from archive.site.respond import Route, missing, page

TABLE_SECTIONS = (2, 3, 4)
SUBHEADING = re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)].{1,30}")
"""A line such as （一）主动公开 that heads the paragraphs after it."""
MARKS = re.compile("</?mark>")
SIGHTINGS_SHOWN = 50
CHANGES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class SectionShown:
    """One of the six sections as shown: its table (if the form has one there), its text, and what fails in it."""

    number: int
    name: str
    heading: str | None
    status: str
    table: Markup | None
    text: Markup
    failures: list[Failure]


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """A row of an annexed statistics table (eras A1 and A2) that the report really has."""

    label: str
    english: str
    cell: Markup


@dataclass(frozen=True, slots=True)
class ExtraRowShown:
    """A row beyond the official form; `inferred` says that its values were cut out of digits run together."""

    label: str
    unit: str | None
    values: tuple[str, ...]
    inferred: bool


@dataclass(frozen=True, slots=True)
class ReportPage:
    """All that the page of one report shows."""

    report: sqlite3.Row
    era: str
    capture: sqlite3.Row | None
    portal: sqlite3.Row | None
    sections: tuple[SectionShown, ...]
    annex: tuple[AnnexRow, ...]
    extra_rows: tuple[ExtraRowShown, ...]
    leftovers: list[sqlite3.Row]
    states: Mapping[str, int]
    statuses: Mapping[str, int]
    failures: tuple[Failure, ...]
    other_failures: list[Failure]
    warnings: tuple[str, ...]
    years: list[sqlite3.Row]
    versions: list[sqlite3.Row]
    sightings: list[sqlite3.Row]
    changes: list[sqlite3.Row]

    @property
    def has_sections(self) -> bool:
        """Whether any of the six sections was found."""
        return any(section.status != "missing" for section in self.sections)

    @property
    def checks(self) -> int:
        """How many checks could be applied."""
        return sum(n for status, n in self.statuses.items() if status != "not_applicable")


def report_page(connection: sqlite3.Connection, report_id: str, lang: str, query: str = "") -> ReportPage | None:
    """The page of one report in a language, or None if there is no such report; `query` is marked in its text."""
    report = row(connection, "select * from reports where report_id = ?", report_id)
    if report is None:
        return None
    era, version_no = Era(report["era"]), report["version_no"]
    form = load_form().eras[era]
    cells = read_cells(connection, version_no)
    found = failing.read_failures(connection, version_no, era, lang) if report["checks_failed"] else ()
    placed = failing.marks(found, era, lang)
    sorted_failures = failing.by_section(found, era)
    stored = {
        entry["number"]: entry
        for entry in rows(
            connection,
            "select number, heading, status, text from sections where report_id = ? order by number",
            report_id,
        )
    }
    return ReportPage(
        report=report,
        era=form.label if lang == "zh" else form.label_en,
        capture=row(connection, "select * from captures where sha256 = ?", report["sha256"]),
        portal=row(
            connection, "select portal_id, name, home_url from portals where portal_id = ?", report["portal_id"]
        ),
        sections=tuple(
            _section(number, stored.get(number), era, cells, placed, sorted_failures.get(number, []), lang, query)
            for number in range(1, 7)
        ),
        annex=tuple(
            AnnexRow(
                item.label, item.label_en, Markup(td(cells[item.key, None], lang, fails=placed.cell((item.key, None))))
            )
            for item in form.items
            if item.table == 0 and (item.key, None) in cells and cells[item.key, None].state != State.MISSING
        ),
        extra_rows=tuple(
            ExtraRowShown(
                entry["label"],
                entry["unit"],
                tuple("" if value is None else str(value) for value in json.loads(entry["values"])),
                bool(entry["inferred"]),
            )
            for entry in rows(
                connection,
                'select label, unit, "values", inferred from extra_rows where report_id = ? order by position',
                report_id,
            )
        ),
        leftovers=rows(connection, "select part, text from leftovers where report_id = ? order by position", report_id),
        states=tally_states(cells.values()),
        statuses=failing.count_statuses(connection, version_no),
        failures=found,
        other_failures=sorted_failures.get(0, []),
        warnings=tuple(json.loads(report["warnings"])),
        years=rows(
            connection, "select report_id, year from reports where agency_id = ? order by year", report["agency_id"]
        ),
        versions=rows(
            connection,
            "select version_id, version, sha256, url, first_seen, last_seen, current from versions where report_id = ?"
            " order by version desc",
            report_id,
        ),
        sightings=rows(
            connection,
            "select version_id, url, seen_at, sha256, listed_title, listed_date, listing_url from sightings"
            " where report_id = ? order by seen_at desc limit ?",
            report_id,
            SIGHTINGS_SHOWN,
        ),
        changes=rows(
            connection,
            "select kind, changed_at, key, applicant, section, before, after from changes where report_id = ?"
            " order by changed_at desc, change_id limit ?",
            report_id,
            CHANGES_SHOWN,
        ),
    )


def _section(
    number: int,
    stored: Any,
    era: Era,
    cells: Mapping[tuple[str, str | None], Printed],
    placed: Marks,
    found: list[Failure],
    lang: str,
    query: str,
) -> SectionShown:
    form = load_form().sections[number - 1]
    return SectionShown(
        number=number,
        name=form.label if lang == "zh" else form.label_en,
        heading=stored["heading"] if stored else None,
        status=stored["status"] if stored else "missing",
        table=_table(number, era, cells, placed, lang) if number in TABLE_SECTIONS else None,
        text=paragraphs(stored["text"], query) if stored else Markup(""),
        failures=found,
    )


def _table(
    number: int, era: Era, cells: Mapping[tuple[str, str | None], Printed], placed: Marks, lang: str
) -> Markup | None:
    """The table of a section with its numbers; None where the form has none, or this report none of its cells."""
    form = paper(era, number, lang)
    if form is None:
        return None

    def value(slot: Slot) -> str:
        if slot.kind == "cell":
            address = (slot.key, slot.applicant)
            fails = placed.cell(address) if placed.cells else ""
            flags = placed.end(address) if placed.ends else ""
            return td(cells.get(address), lang, fails=fails, flags=flags, attributes=slot.attributes)
        if slot.kind == "row":
            return placed.row(slot.key)
        return foot(placed.column, lang) if placed.columns else ""

    return Markup(form.fill(value))


def paragraphs(text: str, query: str = "") -> Markup:
    """The text of a section as paragraphs, headings of parts among them told apart, a query marked."""
    lines = str(highlight(text, query) if query else escape(text)).split("\n")
    return Markup(
        "".join(
            f'<p class="sub">{line}</p>' if SUBHEADING.fullmatch(MARKS.sub("", line)) else f"<p>{line}</p>"
            for line in lines
            if line.strip()
        )
    )


async def report_view(datasette: Any, request: Any) -> Any:
    """`/report/<report_id>`."""
    report_id = unquote(request.url_vars["report_id"])
    visit = VISIT.get()
    shown = await read(datasette, lambda connection: report_page(connection, report_id, visit.language, visit.search))
    if shown is None:
        return await missing(datasette, request, "report", report_id)
    return await page(datasette, request, "report.html", page=shown)


ROUTES: list[Route] = [(r"^/report/(?P<report_id>[^/]+)$", report_view)]
