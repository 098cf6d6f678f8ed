"""`gongkai show`: one report in the terminal."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click
import msgspec

from archive import wire
from archive.commands.common import Problem, data_option, route_problems
from archive.commands.exits import EXIT_CODES_HELP
from archive.commands.published import published_archive
from archive.exports.members import NotInMembers, member_at, unpacked
from archive.exports.names import KEPT_REPORTS
from archive.generations import current
from archive.site import language
from archive.site.reasons import reasons
from archive.steps import EXPORTS


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.argument("report_id")
@click.option("--json", "as_json", is_flag=True, help="The line of reports.jsonl instead, one field a line.")
def show(data: Path, report_id: str, as_json: bool) -> None:
    """Show one report of the published archive: its source, its sections, its numbers, and what does not add up.

    REPORT_ID is the agency's id and the year, as on the site and in reports.jsonl, such as qinghe-jyj-2023.
    """
    with published_archive(data) as archive:
        report = archive.execute("select * from reports where report_id = ?", (report_id,)).fetchone()
        if report is None:
            raise Problem(f"there is no report {report_id} in the archive.{_similar(archive, report_id)}")
        if as_json:
            line = _line(data, archive, report_id)
            click.echo(msgspec.json.format(line, indent=1))  # keeps every number digit by digit
            return
        click.echo_via_pager(_pages(archive, report))


def _similar(archive: sqlite3.Connection, report_id: str) -> str:
    rows = archive.execute(
        "select report_id from reports where report_id like ? or agency like ? order by report_id limit 5",
        (f"%{report_id}%", f"%{report_id}%"),
    ).fetchall()
    return " Did you mean " + ", ".join(row["report_id"] for row in rows) + "?" if rows else ""


def _line(data: Path, archive: sqlite3.Connection, report_id: str) -> bytes:
    generation = current(data)
    assert generation is not None
    (before,) = archive.execute("select count(*) from reports where report_id < ?", (report_id,)).fetchone()
    with route_problems():
        try:
            line = unpacked(member_at(generation.path / EXPORTS / KEPT_REPORTS, before))
        except (LookupError, NotInMembers) as error:
            raise Problem(f"{report_id} cannot be read from the exports: {error}; build them again") from error
    if wire.field_in_line("report_id", report_id) not in line:
        raise Problem(f"{report_id} stands in the archive but not in its exports; build it again")
    return line


def _pages(archive: sqlite3.Connection, report: sqlite3.Row) -> list[str]:
    key = (report["report_id"],)
    sure = language.text(f"confidence.{report['confidence']}", "en")
    lines = [
        click.style(report["title"] or report["report_id"], bold=True),
        f"{report['agency']}, {report['year']}, form {report['era']}, version {report['version']}",
        f"source   {report['url']}",
        f"capture  sha256 {report['sha256']}",
        f"read     {report['cells_read']} of {report['cells_total']} cells; {report['checks_failed']} checks failed",
        f"reading  {sure}: {'; '.join(reasons(report['confidence_reason'], 'en'))}",
    ]
    for section in archive.execute("select * from sections where report_id = ? order by number", key):
        lines += ["", click.style(section["heading"] or f"Section {section['number']}: {section['status']}", bold=True)]
        lines += [section["text"]] if section["text"] else []
    lines += ["", click.style("Statistics", bold=True)]
    for row in archive.execute("select * from statistics where report_id = ? order by position", key):
        label = " / ".join(filter(None, (row["headings"], row["label_zh"], row["applicant_zh"])))
        printed = row["raw"] if row["raw"] is not None else ""
        mark = "" if row["state"] in ("number", "zero") else f"  [{row['state']}]"
        lines.append(f"{printed:>12} {row['unit'] or '':<3} {label}{mark}")
    failed = archive.execute("select * from findings where report_id = ? and status like 'fail%'", key).fetchall()
    if failed:
        lines += ["", click.style("Does not add up", bold=True)]
    for row in failed:
        what = " ".join(filter(None, (row["key"], row["applicant"])))
        lines.append(f"{row['rule']} {what}: {row['left']} against {row['right']}")
    return [line + "\n" for line in lines]
