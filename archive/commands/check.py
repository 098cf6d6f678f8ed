"""`gongkai check`: the findings of the published archive, or the soundness of the stored captures."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from archive.captures import captures_of
from archive.commands.common import data_option, route_problems, say
from archive.commands.exits import EXIT_CODES_HELP, Exit
from archive.commands.published import YEARS, must_know, published_archive
from archive.route import opening

WITHIN = (
    "select * from findings where status in ('fail', 'fail_with_blanks') and (:rule is null or rule = :rule)"
    " and (:year is null or year = :year) order by year desc, report_id, rule, key, applicant"
)
ACROSS = (
    "select * from cross_checks where status in ('fail', 'fail_with_blanks') and (:rule is null or rule = :rule)"
    " and (:year is null or year = :year) order by year desc, report_id, rule, check_id"
)
QUESTIONS = (
    "select * from questions where (:rule is null or rule = :rule) and (:year is null or year = :year)"
    " order by year desc, report_id, text_check_id"
)


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option("--captures", is_flag=True, help="Check every stored record instead: lengths, digests, ledger and files.")
@click.option(
    "--years",
    is_flag=True,
    help="Only the checks across reports: neighbouring years (Y1 to Y6), copies (D1), consolidated reports (D2).",
)
@click.option("--questions", is_flag=True, help="Only the questions of text against table (N1 to N10, D3).")
@click.option("--rule", metavar="RULE", help="Only this rule, such as T3.BAL, Y1 or N2.")
@click.option("--year", type=int, help="Only this report year; across years the later of the two.")
@click.pass_context
def check(
    context: click.Context,
    data: Path,
    captures: bool,
    years: bool,
    questions: bool,
    rule: str | None,
    year: int | None,
) -> None:
    """Show where published numbers do not add up, each with both sides of the sum.

    \b
    Three lists, one finding a line:
      within a report     totals and balances of its own tables (T3.ROW, T3.BAL, T4.REVIEW, ...)
      across reports      what a year carries over, copies of one report, consolidated reports (Y1, Y2, D1, ...)
      questions           a number of the text that the tables give in no reading (N1, N2, ...)

    A failed check is a statement about the report as its agency published it, never a correction of it; a question is
    something to ask the agency, and no error. --years or --questions shows one list alone, both show these two. The
    exit code does not depend on what is found.

    With --captures, reads every WARC record in DATA instead and reports damage by file and byte; damage makes the exit
    code 3.

    \b
    Examples:
      gongkai check --year 2023              everything about the reports of 2023
      gongkai check --years --rule Y1        requests carried over that the next year does not open with
      gongkai check --questions > ask.txt    what to ask, with the sentences
    """
    if captures:
        if years or questions:
            raise click.UsageError("--captures checks the stored bytes and goes with neither --years nor --questions")
        if rule is not None or year is not None:
            raise click.UsageError("--captures checks every stored record; --rule and --year are for findings")
        context.exit(_check_captures(data))
    every = not (years or questions)
    wanted = {"rule": rule, "year": year}
    with published_archive(data) as archive:
        must_know(archive, "rule", rule, "select rule from rules")
        must_know(archive, "report year", year, YEARS)
        if every:
            said = _print(archive.execute(WITHIN, wanted), _within)
            say(f"{said} checks failed")
        if every or years:
            said = _print(archive.execute(ACROSS, wanted), _across)
            say(f"{said} checks across reports failed")
        if every or questions:
            said = _print(archive.execute(QUESTIONS, wanted), _question)
            say(f"questions of text against table: {said}")


def _print(rows: Iterable[sqlite3.Row], line: Callable[[sqlite3.Row], str]) -> int:
    number = 0
    for row in rows:
        click.echo(line(row))
        number += 1
    return number


def _within(row: sqlite3.Row) -> str:
    return _failure(row, f"{row['severity']}")


def _across(row: sqlite3.Row) -> str:
    beside = row["other_id"] or row["url"]
    return _failure(row, ", ".join(filter(None, (row["severity"], f"beside {beside}" if beside else ""))))


def _failure(row: sqlite3.Row, about: str) -> str:
    what = " ".join(filter(None, (row["rule"], row["key"], row["applicant"])))
    return (
        f"{row['year']}  {row['agency']}  {what}: {_sides(row)}({_difference(row['delta'])}{about})  {row['report_id']}"
        f"{'  ' + row['note'] if row['note'] else ''}"
    )


def _sides(row: sqlite3.Row) -> str:
    """Both sides; a comparison of copies has none."""
    if row["left"] is None and row["right"] is None:
        return ""
    return f"{row['left']} against {row['right']} "


def _difference(delta: float | None) -> str:
    return "" if delta is None else f"{delta:+}, "


def _question(row: sqlite3.Row) -> str:
    tables = "the tables have no one number" if row["computed"] is None else f"the tables {row['computed']}"
    return (
        f"{row['year']}  {row['agency']}  {row['rule']} {row['label_en']}: the text has {row['stated']}, {tables}"
        f"  {row['report_id']}  {row['sentence']}"
    )


def _check_captures(data: Path) -> Exit:
    damaged = 0
    with route_problems(), opening.open_ledger(data) as ledger:
        for report in captures_of(data).verify(ledger.committed_ends()):
            click.echo(f"{report.warc}  {report.records} records  {report.size:,} bytes  {len(report.damage)} damaged")
            for damage in report.damage:
                click.echo(f"  byte {damage.offset}: {damage.kind}: {damage.detail}")
            damaged += len(report.damage)
    say(f"{damaged} damaged records" if damaged else "every record is sound")
    return Exit.WITH_FAILURES if damaged else Exit.DONE
