"""Failed checks of a report, and where on the tables they belong: at a row, at a column, or at the numbers."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from markupsafe import escape

from archive.models import CheckStatus, Era
from archive.report.form import load_form
from archive.site import language
from archive.site.database import once, rows
from archive.site.numerals import signed
from archive.site.pages.report.cells import Address, column_name, name_of, row_name

MEETING = re.compile(r"row (?P<key>\w+) and column (?P<applicant>\w+) differ by the same amount")
"""What `archive.checks.within` notes of such a row and column."""
FAILED = (CheckStatus.FAIL, CheckStatus.FAIL_WITH_BLANKS)


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed check: `n` numbers it on the page, `statement` says what should hold, `suspect` names the cell where a
    row and a column that are off by the same amount meet."""

    n: int
    rule: str
    severity: str
    statement: str
    status: str
    key: str | None
    applicant: str | None
    left: int | float | None
    right: int | float | None
    delta: int | float | None
    cells: tuple[Address, ...]
    where: str
    suspect: str

    @property
    def difference(self) -> str:
        """The difference with its sign, as it stands in the flags; a plain mark where there is none to give."""
        return signed(self.delta) or "!"


def read_failures(connection: sqlite3.Connection, version_no: int, era: Era, lang: str) -> tuple[Failure, ...]:
    """The failed checks of a version, hard ones first, in the order of the rules."""
    found = rows(
        connection,
        "select k.rule, k.key, k.applicant, k.cells, t.status, f.left_value, f.right_value, f.delta, f.note,"
        f" u.severity, u.statement_{lang} as statement from checks f join check_items k on k.check_no = f.check_no"
        " join rules u on u.rule = k.rule join statuses t on t.code = f.status"
        " where f.version_no = ? and t.status in (?, ?) order by u.severity, f.check_no",
        version_no,
        *FAILED,
    )
    return tuple(
        Failure(
            n=n,
            rule=entry["rule"],
            severity=entry["severity"],
            statement=entry["statement"],
            status=entry["status"],
            key=entry["key"],
            applicant=entry["applicant"],
            left=entry["left_value"],
            right=entry["right_value"],
            delta=entry["delta"],
            cells=addresses(entry["cells"]),
            where=where(era, entry["key"], entry["applicant"], lang),
            suspect=_suspect(era, entry["note"] or "", lang),
        )
        for n, entry in enumerate(found, 1)
    )


def _suspect(era: Era, note: str, lang: str) -> str:
    found = MEETING.match(note)
    return name_of(era, (found["key"], found["applicant"]), lang) if found else ""


def count_statuses(connection: sqlite3.Connection, version_no: int) -> dict[str, int]:
    """How many checks of a version ended in each status."""
    statuses = once(connection, _statuses)
    counting = "select status, count(*) from checks where version_no = ? group by status"
    return {statuses[code]: n for code, n in connection.execute(counting, (version_no,))}


def _statuses(connection: sqlite3.Connection) -> dict[int, str]:
    """What checks end in, by code."""
    return dict(map(tuple, connection.execute("select code, status from statuses")))


def addresses(stored: str) -> tuple[Address, ...]:
    """The cells of a check from their JSON."""
    return tuple((entry["key"], entry["applicant"]) for entry in json.loads(stored))


def where(era: Era, key: str | None, applicant: str | None, lang: str) -> str:
    """The row and the column that a check was applied to, by their printed names."""
    parts = []
    if key is not None:
        parts.append(language.text("failure.row", lang, label=row_name(era, key, lang)))
    if applicant is not None:
        parts.append(language.text("failure.column", lang, label=column_name(applicant, lang)))
    return language.text("cell.joint", lang).join(parts)


@dataclass(slots=True)
class Marks:
    """Failures by the places at which a page shows them; `ends` are the cells at which a sum of tables 2 and 4 ends."""

    lang: str
    rows: dict[str, list[Failure]] = field(default_factory=dict)
    columns: dict[str, list[Failure]] = field(default_factory=dict)
    ends: dict[Address, list[Failure]] = field(default_factory=dict)
    cells: dict[Address, list[Failure]] = field(default_factory=dict)

    def cell(self, address: Address) -> str:
        """What failed checks say about a cell; empty if none takes it in."""
        failures = self.cells.get(address)
        if not failures:
            return ""
        return language.text("failure.cell", self.lang, notes="; ".join(failure.statement for failure in failures))

    def row(self, key: str) -> str:
        """The flags of a row of table 3, as HTML."""
        return flags(self.rows.get(key, ()), self.lang)

    def column(self, applicant: str) -> str:
        """The flags of an applicant's column of table 3, as HTML."""
        return flags(self.columns.get(applicant, ()), self.lang)

    def end(self, address: Address) -> str:
        """The flags in a cell, as HTML."""
        return flags(self.ends.get(address, ()), self.lang)


def marks(failures: Iterable[Failure], era: Era, lang: str) -> Marks:
    """Puts each failure at its row or column of table 3 or at the last of its cells, and at all cells it takes in."""
    placed = Marks(lang)
    rows_of_table_3 = {row.key for row in load_form().eras[era].rows}
    for failure in failures:
        if failure.applicant is not None:
            placed.columns.setdefault(failure.applicant, []).append(failure)
        elif failure.key in rows_of_table_3:
            placed.rows.setdefault(str(failure.key), []).append(failure)
        elif failure.cells:
            placed.ends.setdefault(failure.cells[-1], []).append(failure)
        for address in failure.cells:
            placed.cells.setdefault(address, []).append(failure)
    return placed


def flags(failures: Iterable[Failure], lang: str) -> str:
    """Links from the table to what is said of each failure beneath it, showing by how much it fails."""
    return " ".join(
        f'<a class="flag" href="#check-{failure.n}" title="{escape(failure.statement)}">'
        f'<span class="hidden">{escape(language.text("failure.flag", lang))} </span>≠ {escape(failure.difference)}</a>'
        for failure in failures
    )


def by_section(failures: Iterable[Failure], era: Era) -> Mapping[int, list[Failure]]:
    """Failures under the section whose table they are about; 0 for those about more or about none."""
    sections = {item.key: item.section for item in load_form().eras[era].items}
    found: dict[int, list[Failure]] = {}
    for failure in failures:
        touched = {sections.get(key, 0) for key, _ in failure.cells}
        found.setdefault(touched.pop() if len(touched) == 1 else 0, []).append(failure)
    return found
