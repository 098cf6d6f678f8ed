"""Checks that look beyond a report: against the years before and after it, against its copies, against its parts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from archive.models import Era
from archive.site import language
from archive.site.database import rows
from archive.site.numerals import plain, signed
from archive.site.pages.report.cells import Links, changed_name, name_of
from archive.site.pages.report.derived import reason_labels
from archive.site.pages.report.failures import FAILED

DIFFERENCES_SHOWN = 40
LATER_SHOWN = 20


@dataclass(frozen=True, slots=True)
class CellOf:
    """A cell of one of the reports that a check compares."""

    report_id: str
    name: str
    shown: str
    href: str


@dataclass(frozen=True, slots=True)
class CrossFailure:
    """A check across reports that does not hold; `left` and `right` are its two sides with their cells."""

    rule: str
    severity: str
    statement: str
    where: str
    url: str | None
    left: str | None
    right: str | None
    difference: str | None
    left_cells: tuple[CellOf, ...]
    right_cells: tuple[CellOf, ...]
    breaks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Across:
    """What the checks across reports gave: failures, how many hold, and why others cannot be decided."""

    failures: tuple[CrossFailure, ...]
    later: tuple[CrossFailure, ...]
    holds: int
    undecided: tuple[tuple[str, int], ...]
    differences: tuple[tuple[sqlite3.Row, str], ...]
    """Where copies differ, each with the name of the number or of the section."""

    @property
    def any(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.failures or self.later or self.holds or self.undecided)


def read_across(connection: sqlite3.Connection, report_id: str, era: Era, links: Links, lang: str) -> Across:
    """The checks of a report against others, and those of the next year against it that fail."""
    tally = rows(
        connection,
        "select status, reason, count(*) as n from cross_checks where report_id = ? group by 1, 2 order by n desc",
        report_id,
    )
    # The joins are ordered by hand: by its statistics SQLite may come from the rules, through every report.
    select = (
        "select c.*, u.severity as how, u.statement_{lang} as statement, u.breaks_{lang} as breaks"
        " from cross_checks c cross join rules u on u.rule = c.rule where c.{column} = ? and +c.status in (?, ?)"
        " order by c.check_id limit ?"
    )
    failing = sum(entry["n"] for entry in tally if entry["status"] in FAILED)
    found: Iterable[sqlite3.Row] = ()
    if failing:
        found = rows(connection, select.format(lang=lang, column="report_id"), report_id, *FAILED, failing)
    later = rows(connection, select.format(lang=lang, column="other_id"), report_id, *FAILED, LATER_SHOWN)
    copies_differ = any(entry["rule"] == "D1" for entry in found)
    reasons = reason_labels(connection, lang)
    return Across(
        failures=tuple(_failure(entry, era, links, lang) for entry in found),
        later=tuple(_failure(entry, era, links, lang) for entry in later),
        holds=sum(entry["n"] for entry in tally if entry["status"] in ("pass", "pass_with_blanks")),
        undecided=tuple(
            (reasons.get(entry["reason"], ""), entry["n"]) for entry in tally if entry["status"] == "undetermined"
        ),
        differences=_differences(connection, report_id, era, lang) if copies_differ else (),
    )


def _differences(
    connection: sqlite3.Connection, report_id: str, era: Era, lang: str
) -> tuple[tuple[sqlite3.Row, str], ...]:
    found = rows(
        connection,
        "select url, sha256, key, applicant, section, held, copy, kind from copy_differences"
        " where report_id = ? order by difference_id limit ?",
        report_id,
        DIFFERENCES_SHOWN,
    )
    return tuple((one, changed_name(era, one, lang)) for one in found)


def _failure(entry: sqlite3.Row, era: Era, links: Links, lang: str) -> CrossFailure:
    sides: dict[str, list[CellOf]] = {"left": [], "right": []}
    for cell in json.loads(entry["cells"]):
        address = (cell["key"], cell["applicant"])
        shown = cell["raw"] or plain(cell["value"]) or language.text("state.blank", lang)
        sides.setdefault(cell["side"], []).append(
            CellOf(cell["report_id"], name_of(era, address, lang), shown, links.cell(cell["report_id"], address))
        )
    where = name_of(era, (entry["key"], entry["applicant"]), lang) if entry["key"] else ""
    return CrossFailure(
        rule=entry["rule"],
        severity=entry["how"],
        statement=entry["statement"],
        where=where,
        url=entry["url"],
        left=plain(entry["left"]),
        right=plain(entry["right"]),
        difference=signed(entry["delta"]),
        left_cells=tuple(sides["left"]),
        right_cells=tuple(sides["right"]),
        breaks=tuple((entry["breaks"] or "").splitlines()),
    )
