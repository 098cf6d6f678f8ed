"""What changed: two versions of a report, or two years of a body, cell by cell and sentence by sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import unquote

from markupsafe import Markup, escape

from archive.checks.changes import Run, aligned
from archive.models import Era, State
from archive.report.form import load_form
from archive.report.text import strip_marks
from archive.site.database import read, row, rows
from archive.site.middleware import VISIT
from archive.site.numerals import signed
from archive.site.pages.report.cells import Address, Links, Printed, links_of, name_of, read_cells
from archive.site.respond import Route, missing, page

CHARACTERS_COMPARED = 600
"""Two runs of sentences longer than this are shown side by side without marking the characters that differ."""
COMPARED_IN_ALL = 12_000
RATIO_MARKED = 0.6
"""Sentences with less in common than this are simply different: marks between them would only confuse."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts compared: a version of a report."""

    report_id: str
    year: int
    version: int
    version_id: str
    version_no: int
    current: bool
    era: Era
    sha256: str
    first_seen: str


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs; the addresses lead to the page of the number, None for a version that was replaced."""

    name: str
    before: Printed | None
    after: Printed | None
    before_href: str | None
    after_href: str | None
    delta: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Sentences side by side: `kind` is same, added, removed or replaced; `sentences` is their number."""

    kind: str
    before: Markup
    after: Markup
    sentences: int


@dataclass(frozen=True, slots=True)
class Part:
    """A section compared; `changed` counts the places that differ."""

    number: int
    name: str
    pairs: tuple[Pair, ...]
    changed: int


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """All that the page of a comparison shows; `by_year` tells two years from two versions."""

    report: sqlite3.Row
    older: Side | None
    newer: Side
    by_year: bool
    cells: tuple[CellChange, ...]
    same_cells: int
    unmatched: int
    parts: tuple[Part, ...]
    versions: tuple[Side, ...]
    years: list[sqlite3.Row]


def changes_page(
    connection: sqlite3.Connection,
    report_id: str,
    lang: str,
    links: Links,
    *,
    before: int | None = None,
    after: int | None = None,
    year: int | None = None,
) -> ChangesPage | None:
    """The comparison asked for; None where there is no such report, version or year.

    Without a choice it is the current version beside the one before it, else the report beside that of the year before.
    """
    report = row(connection, "select * from reports where report_id = ?", report_id)
    if report is None:
        return None
    versions = _sides(connection, report_id)
    by_number = {side.version: side for side in versions}
    years = rows(
        connection, "select report_id, year from reports where agency_id = ? order by year", report["agency_id"]
    )
    newer = by_number.get(report["version"] if after is None else after)
    older: Side | None
    if year is None and before is None and (newer is None or newer.version - 1 not in by_number):
        year = max((one["year"] for one in years if one["year"] < report["year"]), default=None)
    if year is not None:
        older = _current_of(connection, next((one["report_id"] for one in years if one["year"] == year), None))
        wanted = True
    else:
        chosen = before if before is not None else (newer.version - 1 if newer else None)
        older = by_number.get(chosen) if chosen is not None else None
        wanted = before is not None
    if newer is None or (older is None and wanted):
        return None
    cells, same, unmatched = _cells(connection, older, newer, links, lang) if older else ((), 0, 0)
    return ChangesPage(
        report=report,
        older=older,
        newer=newer,
        by_year=older is not None and older.report_id != newer.report_id,
        cells=cells,
        same_cells=same,
        unmatched=unmatched,
        parts=tuple(_parts(connection, older, newer, lang)) if older else (),
        versions=versions,
        years=years,
    )


def _sides(connection: sqlite3.Connection, report_id: str) -> tuple[Side, ...]:
    found = rows(
        connection,
        "select v.*, r.year, coalesce(v.era, r.era) as form from versions v join reports r on r.report_id = v.report_id"
        " where v.report_id = ? order by v.version",
        report_id,
    )
    return tuple(
        Side(
            report_id=entry["report_id"],
            year=entry["year"],
            version=entry["version"],
            version_id=entry["version_id"],
            version_no=entry["version_no"],
            current=bool(entry["current"]),
            era=Era(entry["form"]),
            sha256=entry["sha256"],
            first_seen=entry["first_seen"],
        )
        for entry in found
    )


def _current_of(connection: sqlite3.Connection, report_id: str | None) -> Side | None:
    if report_id is None:
        return None
    return next((side for side in _sides(connection, report_id) if side.current), None)


def _cells(
    connection: sqlite3.Connection, older: Side, newer: Side, links: Links, lang: str
) -> tuple[tuple[CellChange, ...], int, int]:
    """The cells that differ in the order of the newer form, how many are the same, and how many only one form has."""
    old, new = read_cells(connection, older.version_no), read_cells(connection, newer.version_no)
    changed: list[CellChange] = []
    same = 0
    for address in load_form().eras[newer.era].cells:
        before, after = old.get(address), new.get(address)
        if before is None or after is None:
            continue
        if (before.state, before.value, before.raw) == (after.state, after.value, after.raw):
            same += 1
            continue
        changed.append(
            CellChange(
                name=name_of(newer.era, address, lang),
                before=before,
                after=after,
                before_href=_href(links, older, address),
                after_href=_href(links, newer, address),
                delta=_delta(before, after),
            )
        )
    return tuple(changed), same, len(old.keys() ^ new.keys())


def _href(links: Links, side: Side, address: Address) -> str | None:
    return links.cell(side.report_id, address) if side.current else None


def _delta(before: Printed, after: Printed) -> str | None:
    values = before.value, after.value
    if isinstance(values[0], int | float) and isinstance(values[1], int | float):
        return signed(values[1] - values[0])
    return None


def _texts(connection: sqlite3.Connection, side: Side) -> Mapping[int, str]:
    if side.current:
        found = rows(connection, "select number, text from sections where report_id = ?", side.report_id)
    else:
        found = rows(connection, "select number, text from version_sections where version_id = ?", side.version_id)
    return {entry["number"]: strip_marks(entry["text"] or "") for entry in found}


def _parts(connection: sqlite3.Connection, older: Side, newer: Side, lang: str) -> Iterator[Part]:
    old, new = _texts(connection, older), _texts(connection, newer)
    left = COMPARED_IN_ALL
    for section in load_form().sections:
        before, after = old.get(section.number, ""), new.get(section.number, "")
        if not before and not after:
            continue
        pairs = []
        for run in aligned(before, after, numbers_apart=older.report_id != newer.report_id):
            cost = sum(map(len, run.before)) + sum(map(len, run.after)) if run.kind == "replaced" else 0
            pairs.append(pair(run, mark=0 < cost <= min(2 * CHARACTERS_COMPARED, left)))
            left -= cost
        name = section.label if lang == "zh" else section.label_en
        yield Part(section.number, name, tuple(pairs), sum(1 for one in pairs if one.kind != "same"))


def pair(run: Run, *, mark: bool = True) -> Pair:
    """A run of sentences as HTML; where one replaced the other, what differs within them is marked."""
    before, after = ("".join(each) for each in (run.before, run.after))
    kind = "same" if run.kind is None else str(run.kind)
    if run.kind == "replaced" and mark:
        return Pair(kind, *_marked(before, after), len(run.after))
    return Pair(kind, escape(before), escape(after), max(len(run.before), len(run.after)))


def _marked(before: str, after: str) -> tuple[Markup, Markup]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < RATIO_MARKED:
        return escape(before), escape(after)
    old, new = Markup(), Markup()
    for tag, i, j, m, n in matcher.get_opcodes():
        if tag == "equal":
            old, new = old + before[i:j], new + after[m:n]
            continue
        old += Markup("<del>{}</del>").format(before[i:j]) if j > i else ""
        new += Markup("<ins>{}</ins>").format(after[m:n]) if n > m else ""
    return old, new


def shown_value(cell: Printed) -> str | None:
    """What a cell prints where it prints a number; None where its state has to be told."""
    if cell.state in (State.NUMBER, State.ZERO, State.INFERRED) and cell.value is not None:
        return cell.raw or str(cell.value)
    return None


def _number(request: Any, name: str) -> int | None:
    """An argument that is a small number; None where it is anything else."""
    given = request.args.get(name) or ""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 4 else None


async def changes_view(datasette: Any, request: Any) -> Any:
    """`/report/<report_id>/changes?from=1&to=2` between versions, `?year=2022` between years."""
    report_id = unquote(request.url_vars["report_id"])
    lang, links = VISIT.get().language, links_of(datasette)
    before, after, year = (_number(request, name) for name in ("from", "to", "year"))
    shown = await read(
        datasette,
        lambda connection: changes_page(connection, report_id, lang, links, before=before, after=after, year=year),
    )
    if shown is None:
        return await missing(datasette, request, "report", report_id)
    return await page(datasette, request, "changes.html", page=shown, shown_value=shown_value)


ROUTES: list[Route] = [(r"^/report/(?P<report_id>[^/]+)/changes$", changes_view)]
