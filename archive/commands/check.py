"""`gongkai check`: the findings of the published archive, or the soundness of the stored captures."""

from __future__ import annotations

from pathlib import Path

import click

from archive import route
from archive.captures import CaptureStore
from archive.commands.common import data_option, route_problems, say
from archive.commands.exits import EXIT_CODES_HELP, Exit
from archive.commands.published import published_archive


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option("--captures", is_flag=True, help="Check every stored record instead: lengths, digests, ledger and files.")
@click.option("--rule", metavar="RULE", help="Only this rule, such as T3.BAL.")
@click.option("--year", type=int, help="Only this report year.")
@click.pass_context
def check(context: click.Context, data: Path, captures: bool, rule: str | None, year: int | None) -> None:
    """Show where published numbers do not add up, each with both sides of the sum.

    A failed check is a statement about the report as its agency published it, never a correction of it. With
    --captures, reads every WARC record in DATA instead and reports damage by file and byte; damage makes the exit
    code 3.
    """
    if captures:
        context.exit(_check_captures(data))
    with published_archive(data) as archive:
        rows = archive.execute(
            "select * from findings where status like 'fail%' and (? is null or rule = ?) and (? is null or year = ?)"
            " order by year desc, report_id, rule, key, applicant",
            (rule, rule, year, year),
        ).fetchall()
    for row in rows:
        what = " ".join(filter(None, (row["key"], row["applicant"])))
        click.echo(
            f"{row['year']}  {row['agency']}  {row['rule']} {what}: {row['left']} against {row['right']}"
            f" ({row['delta']:+}, {row['severity']}){'  ' + row['note'] if row['note'] else ''}"
        )
    say(f"{len(rows)} checks failed")


def _check_captures(data: Path) -> Exit:
    damaged = 0
    with route_problems(), route.open_ledger(data) as ledger:
        for report in CaptureStore(data / route.CAPTURES).verify(ledger.committed_ends()):
            click.echo(f"{report.warc}  {report.records} records  {report.size:,} bytes  {len(report.damage)} damaged")
            for damage in report.damage:
                click.echo(f"  byte {damage.offset}: {damage.kind}: {damage.detail}")
            damaged += len(report.damage)
    say(f"{damaged} damaged records" if damaged else "every record is sound")
    return Exit.WITH_FAILURES if damaged else Exit.DONE
