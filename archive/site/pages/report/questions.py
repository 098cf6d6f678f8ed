"""Where the text of a report and its tables differ: questions to put to the body, never errors."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.models import Era
from archive.site import language
from archive.site.database import rows
from archive.site.numerals import plain, signed
from archive.site.pages.report.cells import Address, Links, Printed, name_of

PERCENT = ("share", "growth")
"""Claims whose numbers are in per cent."""
CELLS_SHOWN = 4
"""Cells of a reading named one by one; of more, those that are zero are only counted."""


@dataclass(frozen=True, slots=True)
class ReadingCell:
    """A cell that a reading takes in; `href` None where it is of another report."""

    name: str
    shown: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One way of understanding the words: its value by the tables, and the cells; `zeros` more are zero."""

    value: str
    cells: tuple[ReadingCell, ...]
    zeros: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question: what the text states at `place` of the section's text, and what the tables give."""

    n: int
    rule: str
    claim: str
    statement: str
    section: int
    place: int
    stated: str
    computed: str | None
    delta: str | None
    readings: tuple[Reading, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class TextChecks:
    """The questions of a report by section, and how many of its statements agree or cannot be compared."""

    questions: Mapping[int, list[Question]]
    agree: int
    open: int

    @property
    def asked(self) -> int:
        """How many questions there are."""
        return sum(map(len, self.questions.values()))


def read_questions(
    connection: sqlite3.Connection,
    report_id: str,
    era: Era,
    cells: Mapping[Address, Printed],
    links: Links,
    lang: str,
) -> TextChecks:
    """What comparing the text with the tables has given, the questions in the order of the text."""
    found = rows(
        connection,
        f"select t.status, t.rule, t.claim as code, t.section_id, t.place, t.stated, t.computed, t.delta, t.readings,"
        f" c.label_{lang} as claim, u.statement_{lang} as statement from text_checks t"
        " join claims c on c.claim = t.claim join rules u on u.rule = t.rule where t.report_id = ?"
        " order by t.section_id, t.place, t.text_check_id",
        report_id,
    )
    tally = Counter(entry["status"] for entry in found)
    by_section: dict[int, list[Question]] = {}
    for n, entry in enumerate((entry for entry in found if entry["status"] == "question"), 1):
        section = int(entry["section_id"].rpartition("-s")[2])
        by_section.setdefault(section, []).append(_question(n, section, entry, report_id, era, cells, links, lang))
    return TextChecks(by_section, tally["pass"], tally["undetermined"])


def _question(
    n: int,
    section: int,
    entry: sqlite3.Row,
    report_id: str,
    era: Era,
    cells: Mapping[Address, Printed],
    links: Links,
    lang: str,
) -> Question:
    percent = entry["code"] in PERCENT
    computed = _number(entry["computed"], percent)
    delta = signed(round(entry["delta"], 2) if percent and entry["delta"] is not None else entry["delta"])
    if percent and delta is not None:
        delta = language.text("ask.points", lang, points=delta)
    key = "ask.summary" if computed is not None else "ask.summary_none"
    return Question(
        n=n,
        rule=entry["rule"],
        claim=entry["claim"],
        statement=entry["statement"],
        section=section,
        place=entry["place"],
        stated=entry["stated"],
        computed=computed,
        delta=delta,
        readings=tuple(
            _reading(told, report_id, era, cells, links, lang, percent) for told in json.loads(entry["readings"])
        ),
        summary=language.text(key, lang, stated=entry["stated"], computed=computed),
    )


def _reading(
    told: Mapping[str, Any],
    report_id: str,
    era: Era,
    cells: Mapping[Address, Printed],
    links: Links,
    lang: str,
    percent: bool,
) -> Reading:
    shown, zeros = [], 0
    met: set[Address] = set()
    for cell in told["cells"]:
        address = (cell["key"], cell["applicant"])
        if len(told["cells"]) > CELLS_SHOWN and cell["value"] == 0:
            zeros += 1
            continue
        own = cells.get(address)
        # The cells of the year before follow those of the year: a cell met twice, or another value, is of that one.
        mine = address not in met and own is not None and own.value == cell["value"]
        met.add(address)
        name = name_of(era, address, lang)
        shown.append(
            ReadingCell(
                name if mine else language.text("ask.year_before", lang, name=name),
                cell["raw"] if cell["raw"] else plain(cell["value"]) or language.text("state." + cell["state"], lang),
                links.cell(report_id, address) if mine else None,
            )
        )
    return Reading(_number(told["value"], percent) or "–", tuple(shown), zeros)


def _number(value: float | int | None, percent: bool) -> str | None:
    return f"{value:.2f}%" if percent and value is not None else plain(value)
