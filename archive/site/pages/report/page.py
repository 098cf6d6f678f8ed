"""The page of a report: six sections, three tables as on paper, every number with its state and its source."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from markupsafe import Markup

from archive.models import Era, State
from archive.report.form import load_form
from archive.report.text import strip_marks
from archive.site.database import read, row, rows
from archive.site.language import text
from archive.site.middleware import VISIT
from archive.site.noted import Note, told
from archive.site.pages.report import failures as failing
from archive.site.pages.report.across import Across, read_across
from archive.site.pages.report.around import Around, citation, read_around
from archive.site.pages.report.cells import Links, Printed, changed_name, links_of, read_cells, tally_states, td
from archive.site.pages.report.derived import Words, measure_rows, read_measures, read_words
from archive.site.pages.report.failures import Failure, Marks
from archive.site.pages.report.paper import Slot, foot, paper
from archive.site.pages.report.questions import Question, TextChecks, read_questions
from archive.site.pages.report.text import Paragraph, paragraphs
from archive.site.respond import Route, missing, page, rendered

TABLE_SECTIONS = (2, 3, 4)
SIGHTINGS_SHOWN = 50
CHANGES_SHOWN = 50
NAMED_BY_FORM = (Era.B, Era.C)
"""Eras whose form names six sections; before, reports have as many parts as they like, under their own headings."""
NO_LINKS = Links()


@dataclass(frozen=True, slots=True)
class SectionShown:
    """A section as shown: its table (if the form has one there), its text, and what fails in it.

    `listed` is what the contents call it, `name` what the form calls it.
    """

    number: int
    listed: str
    name: str
    heading: str | None
    status: str
    table: Markup | None
    paragraphs: tuple[Paragraph, ...]
    failures: list[Failure]
    questions: int


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
    leftovers: tuple[str, ...]
    states: Mapping[str, int]
    statuses: Mapping[str, int]
    failures: tuple[Failure, ...]
    other_failures: list[Failure]
    warnings: tuple[Note, ...]
    text_checks: TextChecks
    across: Across
    measures: Markup
    words: tuple[Words, ...]
    around: Around
    generation: sqlite3.Row | None
    versions: list[sqlite3.Row]
    sightings: list[sqlite3.Row]
    changes: tuple[tuple[sqlite3.Row, str], ...]
    """What was noted of its versions, each with the name of the number or section that it is about, or nothing."""

    @property
    def has_sections(self) -> bool:
        """Whether any section was found."""
        return any(section.status != "missing" for section in self.sections)

    @property
    def checks(self) -> int:
        """How many checks could be decided."""
        return sum(n for status, n in self.statuses.items() if status not in ("not_applicable", "undetermined"))


def report_page(
    connection: sqlite3.Connection, report_id: str, lang: str, query: str = "", links: Links = NO_LINKS
) -> ReportPage | None:
    """The page of one report in a language, or None if there is no such report; `query` is marked in its text."""
    report = row(connection, "select * from reports where report_id = ?", report_id)
    if report is None:
        return None
    era, version_no = Era(report["era"]), report["version_no"]
    form = load_form().eras[era]
    cells = read_cells(connection, version_no)
    found = failing.read_failures(connection, version_no, era, lang) if report["checks_failed"] else ()
    tables = Tables(report_id, era, cells, failing.marks(found, era, lang), links, lang)
    sorted_failures = failing.by_section(found, era)
    text_checks = read_questions(connection, report_id, era, cells, links, lang)
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
            _section(
                number,
                stored.get(number),
                tables,
                sorted_failures.get(number, []),
                text_checks.questions.get(number, []),
                query,
            )
            for number in (range(1, 7) if era in NAMED_BY_FORM else sorted(stored))
        ),
        annex=tuple(
            AnnexRow(item.label, item.label_en, Markup(tables.cell((item.key, None))))
            for item in form.items
            if item.table == 0 and (item.key, None) in cells and cells[item.key, None].state != State.MISSING
        ),
        extra_rows=_extra_rows(connection, report_id),
        leftovers=tuple(
            strip_marks(entry["text"])
            for entry in rows(connection, "select text from leftovers where report_id = ? order by position", report_id)
        ),
        states=tally_states(cells.values()),
        statuses=failing.count_statuses(connection, version_no),
        failures=found,
        other_failures=sorted_failures.get(0, []),
        warnings=tuple(told(warning, lang) for warning in json.loads(report["warnings"])),
        text_checks=text_checks,
        across=read_across(connection, report_id, era, links, lang),
        measures=measure_rows(read_measures(connection, version_no, lang), lang),
        words=read_words(connection, report_id),
        around=read_around(connection, report),
        generation=row(connection, "select generation, built_at from build_info"),
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
        changes=tuple(
            (change, changed_name(era, change, lang))
            for change in rows(
                connection,
                "select kind, changed_at, key, applicant, section, before, after, count(*) over () as of_all"
                " from changes where report_id = ?"
                " order by changed_at desc, change_id limit ?",
                report_id,
                CHANGES_SHOWN,
            )
        ),
    )


def _extra_rows(connection: sqlite3.Connection, report_id: str) -> tuple[ExtraRowShown, ...]:
    return tuple(
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
    )


def _section(
    number: int, stored: Any, tables: Tables, found: list[Failure], asked: list[Question], query: str
) -> SectionShown:
    name = _name(number, tables)
    heading = strip_marks(stored["heading"]) if stored and stored["heading"] else None
    return SectionShown(
        number=number,
        listed=name if tables.era in NAMED_BY_FORM else heading or name,
        name=name,
        heading=heading,
        status=stored["status"] if stored else "missing",
        table=tables.table(number) if number in TABLE_SECTIONS else None,
        paragraphs=paragraphs(stored["text"], query, asked, tables.lang) if stored else (),
        failures=found,
        questions=len(asked),
    )


def _name(number: int, tables: Tables) -> str:
    """What the form calls a section; parts of reports before it are called by their number."""
    if tables.era not in NAMED_BY_FORM:
        return text("section.number", tables.lang, n=number)
    form = load_form().sections[number - 1]
    return form.label if tables.lang == "zh" else form.label_en


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one report, to be filled in."""

    report_id: str
    era: Era
    cells: Mapping[tuple[str, str | None], Printed]
    placed: Marks
    links: Links
    lang: str

    def cell(self, address: tuple[str, str | None], attributes: str = "") -> str:
        """One cell as HTML; its number leads to its place in the original, if it has one."""
        printed = self.cells.get(address)
        place = self.links.source if printed is not None and printed.place else self.links.cell
        return td(
            printed,
            self.lang,
            place(self.report_id, address),
            fails=self.placed.cell(address) if self.placed.cells else "",
            flags=self.placed.end(address) if self.placed.ends else "",
            attributes=attributes,
        )

    def table(self, number: int) -> Markup | None:
        """The table of a section with its numbers; None where the form has none, or this report none of its cells."""
        form = paper(self.era, number, self.lang)
        return None if form is None else Markup(form.fill(self._value))

    def _value(self, slot: Slot) -> str:
        if slot.kind == "cell":
            return self.cell((slot.key, slot.applicant), slot.attributes)
        if slot.kind == "row":
            return self.placed.row(slot.key)
        return foot(self.placed.column, self.lang) if self.placed.columns else ""


async def report_view(datasette: Any, request: Any) -> Any:
    """`/report/<report_id>`."""
    report_id = unquote(request.url_vars["report_id"])
    visit = VISIT.get()
    links = links_of(datasette)
    shown = await read(
        datasette, lambda connection: report_page(connection, report_id, visit.language, visit.search, links)
    )
    if shown is None:
        return await missing(datasette, request, "report", report_id)
    address = datasette.absolute_url(request, datasette.urls.path(f"/report/{quote(report_id)}"))
    article = rendered(datasette, "_report.html", page=shown, address=address, citation=citation)
    return await page(datasette, request, "report.html", page=shown, article=article)


ROUTES: list[Route] = [(r"^/report/(?P<report_id>[^/]+)$", report_view)]
