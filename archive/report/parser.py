"""A document → an annual report with every cell of its form, or the reason why it is none. A pure function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archive.models import Document, Era, Heading, NotAReport, ParsedReport, ParseResult, Section
from archive.report.annex.tables import annexed_form, annexed_rows, read_annex
from archive.report.identity.stated import Identity, identify, paragraphs_length
from archive.report.identity.titles import rejected
from archive.report.lines import Line, lines_of
from archive.report.sections.parts import read_outline, six_section_count
from archive.report.sections.table_lines import without_tables
from archive.report.tables.cells import Tables, detect_era, read_tables
from archive.report.tables.pictured import without_pictured
from archive.report.text import squeeze
from archive.report.unfolded import unfolded
from archive.report.version import PARSER_VERSION
from archive.report.whole_reports import the_report_meant
from archive.report.years import of_the_year

_NARRATIVE = 300  # characters: a report without any heading or table has at least as much text
_ATTACHMENTS = (".doc", ".docx", ".pdf", ".wps", ".xls", ".xlsx", ".zip", ".rar", ".ofd", ".et", ".rtf")
_FRONT = 15  # blocks among which a heading may tell what the page holds
_WHOLE = "-10-01"  # a period that ends before this day of its year is a part of it

IN_PICTURES = "the page holds the title of a report and pictures in place of its text"
"""Why a page is no report whose report may stand on its pictures."""


def parse_document(
    document: Document,
    *,
    title_hint: str | None = None,
    date_hint: str | None = None,
    agency_hint: str | None = None,
) -> ParseResult:
    """Reads a document as an annual report; the hints are what the list it was found in said of it."""
    document = replace(document, blocks=unfolded(document.blocks))
    meant = the_report_meant(document, lines_of(document.blocks), title_hint)
    if isinstance(meant, str):
        return NotAReport(meant)
    document, lines = meant.document, meant.lines
    identity = identify(document, lines, title_hint=title_hint, date_hint=date_hint, agency_hint=agency_hint)
    era = detect_era(document.blocks) or annexed_form(document.blocks)
    headings = six_section_count(lines)
    why = _why_not(document, lines, identity, era, headings) or _other_work(document, identity, title_hint)
    if why is not None:
        return NotAReport(why)
    warnings = [*document.warnings, *meant.warnings, *identity.warnings]
    return _report(document, lines, identity, _era(era, headings, identity.year, warnings), warnings)


def _report(
    document: Document, lines: Sequence[Line], identity: Identity, era: Era, warnings: Sequence[str]
) -> ParsedReport:
    """The report with its sections and cells, after what is to be noted of it already."""
    outline = read_outline(lines, era)
    if era in (Era.B, Era.C):
        outline = without_tables(outline)
        tables = _tables(document, outline.sections, identity, era)
    else:
        tables = read_annex(document.blocks, era, identity.year, identity.agency)
    return ParsedReport(
        title=identity.title,
        agency=identity.agency,
        year=identity.year,
        era=era,
        sections=outline.sections,
        cells=tables.cells,
        extra_rows=tables.extra_rows,
        leftovers=outline.leftovers,
        warnings=(*warnings, *_unusual(era, identity.year), *outline.warnings, *tables.warnings),
        published=identity.published,
        period=identity.period,
        parser_version=PARSER_VERSION,
    )


def _tables(document: Document, sections: Sequence[Section], identity: Identity, era: Era) -> Tables:
    """The cells of a report of era B or C, and the rows of a statistics table that is annexed to it."""
    own = of_the_year(document.blocks, identity.year, identity.agency)
    left_out = own != document.blocks
    tables = read_tables(own, era, identity.year, identity.agency, cut=left_out)
    cells, pictured = without_pictured(document, era, sections, tables.cells)
    noted = ("what stands under the name of another year or body was not read as tables",) if left_out else ()
    return Tables(cells, (*tables.extra_rows, *annexed_rows(document.blocks)), (*noted, *tables.warnings, *pictured))


def _why_not(
    document: Document, lines: Sequence[Line], identity: Identity, era: Era | None, headings: int
) -> str | None:
    """Why the document is not an annual report, or None if it is one."""
    title = identity.title or ""
    body = era is not None or headings >= 4
    if (refusal := rejected(title)) and (refusal.always or not body):
        return f"{refusal.why}: {title}{_attached(document, lines)}"
    if body:
        return None
    length = paragraphs_length(document)
    if identity.is_title and length >= _NARRATIVE and _is_narrative(lines):
        return None
    attached = _attached(document, lines)
    if identity.is_title and attached:
        return f"the page holds the title of a report and no text of it{attached}"
    if identity.is_title and document.pictures:
        return IN_PICTURES
    if identity.is_title:
        return "the page holds the title of a report and no text or table of it"
    return f"no title, section headings or table of an annual report{attached}"


def _other_work(document: Document, identity: Identity, title_hint: str | None) -> str | None:
    """Why a text that looks like an annual report is none: its period, or a heading where no title names its body."""
    period = identity.period
    if period and period[0][:4] == period[1][:4] and period[1] < period[1][:4] + _WHOLE:
        return f"not a report of a whole year: {' to '.join(period)}"
    if identity.is_title and identity.agency:
        return None
    headings = [block.text for block in document.blocks[:_FRONT] if isinstance(block, Heading)]
    titles = (text for text in (title_hint or "", *headings) if "公开" in text)
    found = ((text, refusal) for text in titles if (refusal := rejected(text)) and refusal.always)
    return next((f"{refusal.why}: {text}" for text, refusal in found), None)


def _is_narrative(lines: Sequence[Line]) -> bool:
    """Whether the text speaks of disclosure in sentences, as a report without a form does; a list of links does not."""
    sentences = [line for line in lines if "。" in line.squeezed and len(line.squeezed) > 30]
    text = "".join(line.squeezed for line in sentences)
    return len(text) >= _NARRATIVE and "公开" in text


def _attached(document: Document, lines: Sequence[Line]) -> str:
    """`; attachment only: name` if the page offers files or names one, else nothing."""
    names = [link.text or link.url for link in document.links if link.url.lower().split("?")[0].endswith(_ATTACHMENTS)]
    if not names and paragraphs_length(document) < _NARRATIVE:
        names = [word for line in lines for word in line.text.split() if squeeze(word).lower().endswith(_ATTACHMENTS)]
    return f"; attachment only: {', '.join(' '.join(name.split()) for name in names[:3])}" if names else ""


def _era(detected: Era | None, headings: int, year: int | None, warnings: list[str]) -> Era:
    """The era that the labels tell; six-section reports without any table label (tables as pictures) go by the year."""
    old = detected in (Era.A1, Era.A2)
    if detected is not None and not (old and headings >= 5 and year is not None and year > 2019):
        return detected
    if headings < 4 or (year is not None and year < 2019):
        return Era.A0
    warnings.append("era: no table with a known label; the form of the year is assumed and its cells are missing")
    return Era.B if year in (2019, 2020) else Era.C


def _unusual(era: Era, year: int | None) -> tuple[str, ...]:
    """What is to be noted of an era that is not that of the year."""
    if year is None:
        return ()
    expected = (Era.C,) if year >= 2021 else (Era.B,) if year >= 2019 else (Era.A0, Era.A1, Era.A2)
    told = f"era: the form is that of {era}, reports for {year} use {' or '.join(expected)}"
    return () if era in expected else (told,)
