"""`gongkai coverage`: what is held against what is owed, with the reason for every gap."""

from __future__ import annotations

import csv
import sqlite3
import sys
from collections import Counter
from pathlib import Path

import click

from archive.checks.confidence import ConfidenceStatus
from archive.commands.common import data_option, say
from archive.commands.exits import EXIT_CODES_HELP
from archive.commands.published import YEARS, must_know, published_archive
from archive.site import language

_COLUMNS = (
    *("agency_id", "agency", "year", "status", "reason", "portal_id", "confidence", "due_on", "due_by", "timeliness"),
    *("stated_date", "url_date", "http_date", "first_seen"),
)
_MARKS = {
    ConfidenceStatus.VERIFIED: "■",
    ConfidenceStatus.INCONSISTENT: "≠",
    ConfidenceStatus.PARTIAL: "◧",
    ConfidenceStatus.UNPARSED: "□",
}
_HELD = ("held", "vanished")
_WIDTH = 6
"""Of a column of the table: a year and two blanks."""


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option("--portal", metavar="ID", help="Only the agencies of this portal.")
@click.option("--year", type=int, help="Only this report year.")
@click.option("--gaps", is_flag=True, help="One line per missing report with its reason, instead of the table.")
@click.option("--csv", "as_csv", is_flag=True, help="Every agency and year as CSV on stdout.")
def coverage(data: Path, portal: str | None, year: int | None, gaps: bool, as_csv: bool) -> None:
    """Show what the published archive holds, agency by agency and year by year, and why something is missing.

    What is held is marked by how sure its reading is: ■ verified, ≠ inconsistent at the source, ◧ partial, □ tables
    not read (docs/json.md explains them), with V where the portal has it no more. A gap is never silent: its mark,
    which is explained below the table, says that the portal blocked us or could not be reached, that the document was
    found and could not be read, that no list names it though it is due, that it is not due yet, or that nobody has
    looked. A report counts as late only if it states a date after the deadline, or its address does, and nothing speaks
    for an earlier day.
    """
    with published_archive(data) as archive:
        must_know(archive, "portal", portal, "select portal_id from portals")
        must_know(archive, "report year", year, YEARS)
        rows = _rows(archive, portal, year)
    if as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(_COLUMNS)
        writer.writerows(rows)
    elif gaps:
        for row in rows:
            if row["status"] not in _HELD:
                click.echo(f"{row['year']}  {row['agency']}  {row['status']}: {row['reason'] or ''}")
    else:
        _table(rows)
    held = sum(row["status"] in _HELD for row in rows)
    sure = Counter(row["confidence"] for row in rows if row["confidence"] is not None)
    late = sum(row["timeliness"] == "late" for row in rows)
    by_status = ", ".join(f"{mark} {sure[status]} {status}" for status, mark in _MARKS.items() if sure[status])
    not_due = sum(row["status"] == "not_due" for row in rows)
    also = "".join(f"; {number} {what}" for number, what in ((late, "late"), (not_due, "not due yet")) if number)
    say(f"{held} of {len(rows)} reports are held{f': {by_status}' if by_status else ''}{also}")


def _rows(archive: sqlite3.Connection, portal: str | None, year: int | None) -> list[sqlite3.Row]:
    return archive.execute(
        "select c.agency_id, a.name as agency, c.year, c.status, c.reason, c.portal_id, r.confidence,"
        " c.due_on, c.due_by, c.timeliness, c.stated_date, c.url_date, c.http_date, c.first_seen"
        " from coverage c join agencies a using (agency_id) left join reports r on r.report_id = c.report_id"
        " where (? is null or c.portal_id = ? or a.portal_id = ?) and (? is null or c.year = ?)"
        " order by a.portal_id, a.agency_id, c.year",
        (portal, portal, portal, year, year),
    ).fetchall()


def _table(rows: list[sqlite3.Row]) -> None:
    """One line an agency, one column a year, with a mark for what is held or for why it is not; then the marks used."""
    years = sorted({row["year"] for row in rows})
    names = {row["agency_id"]: row["agency"] for row in rows}  # many bodies have the same name
    marks = {(row["agency_id"], row["year"]): _mark(row) for row in rows}
    click.echo("".join(f"{year:>{_WIDTH}}" for year in years) + "  agency")
    for agency_id, name in names.items():
        click.echo("".join(f"{marks.get((agency_id, year), ''):>{_WIDTH}}" for year in years) + "  " + name)
    met = {row["status"] for row in rows} - {"held"}
    for status in sorted(met):
        say(f"{language.text(f'mark.{status}', 'en')}  {language.term('coverage', status, 'en')}")


def _mark(row: sqlite3.Row) -> str:
    of_status = language.text(f"mark.{row['status']}", "en")
    if row["status"] not in _HELD:
        return of_status
    mark = _MARKS[ConfidenceStatus(row["confidence"])]
    return mark if row["status"] == "held" else mark + of_status
