"""`gongkai parse`: read files, or (re)read every capture in DATA, without the network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from archive import wire
from archive.checks.within import check_report
from archive.commands.common import Problem, data_option, route_problems, say
from archive.commands.exits import EXIT_CODES_HELP, Exit
from archive.commands.pace import paced
from archive.commands.readers import one_way_to_read, reader_options
from archive.doing import doing
from archive.models import ParsedReport, Unreadable
from archive.reading import Read
from archive.route.reading import read_captures
from archive.sandbox import Sandbox
from archive.workers import WorkersFailed


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--all", "again", is_flag=True, help="Read again what this parser version has already read.")
@click.option("--ocr/--no-ocr", default=True, help="Read scans, if the extra `ocr` is installed: seconds a page.")
@reader_options
@click.pass_context
def parse(
    context: click.Context,
    data: Path,
    files: tuple[Path, ...],
    again: bool,
    ocr: bool,
    workers: int | None,
    scheduler: str | None,
) -> None:
    """Read annual reports: sections, every cell of the statistics, and whether the sums hold.

    With FILES (or folders of files), prints one JSON object per file on stdout, in the form that docs/json.md
    describes. A file that is not an annual report gives {"file": …, "not_a_report": why}, one that could not be read
    {"file": …, "unreadable": why}, and the command goes on. Without FILES, reads every capture in DATA that this
    version of the parser has not read yet, and stores the result in the ledger. This may be ended at any moment: the
    same command goes on where it stopped.
    """
    if one_way_to_read(workers, scheduler) and files:
        raise click.UsageError("--workers and --scheduler are for the captures of DATA; FILES are read one by one")
    if files:
        context.exit(Exit.WITH_FAILURES if print_files(files, ocr=ocr) else Exit.DONE)
    context.exit(parse_data(data, again=again, ocr=ocr, workers=workers, scheduler=scheduler))


def print_files(files: tuple[Path, ...], *, ocr: bool = True) -> int:
    """Prints the JSON of every file and returns how many could not be read."""
    unreadable = 0
    with Sandbox(
        ocr=ocr, scans=lambda name: say(f"{name}: a scan, read by OCR, which takes seconds a page")
    ) as sandbox:
        for path in _walk(files):
            line = file_to_json(path, sandbox.read)
            unreadable += "unreadable" in line
            click.echo(wire.dumps(line))
            sys.stdout.flush()
    return unreadable


def file_to_json(path: Path, read: Read) -> dict[str, object]:
    """Reads one file to the JSON of a report; a file that cannot be opened is `unreadable` with the reason."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return wire.result_to_json(str(path), Unreadable(error.strerror or str(error)))
    result = read(data, name=path.name)
    findings = check_report(result) if isinstance(result, ParsedReport) else ()
    return wire.result_to_json(str(path), result, findings)


def _walk(paths: tuple[Path, ...]) -> Iterator[Path]:
    """The files named, and the files below the folders named, in the order of their names."""
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            if not found:
                say(f"{path}: no file in this folder or below it")
            yield from found
        else:
            yield path


def parse_data(
    data: Path, *, again: bool = False, ocr: bool = True, workers: int | None = None, scheduler: str | None = None
) -> Exit:
    """Reads the captures of DATA into the ledger; documents that could not be read are listed and make exit code 3."""
    try:
        with route_problems(), paced() as report, doing(data, "parse", report) as tell:
            summary = read_captures(
                data, again=again, ocr=ocr, workers=workers, scheduler=scheduler, progress=tell, said=say
            )
    except WorkersFailed as error:
        raise Problem(str(error)) from error
    say(
        f"{summary.total} documents read: {summary.ok} annual reports, {summary.not_a_report} other pages, "
        f"{len(summary.unreadable)} unreadable"
    )
    for address, why in summary.unreadable:
        say(f"  unreadable: {address}: {why}")
    return Exit.WITH_FAILURES if summary.unreadable else Exit.DONE
