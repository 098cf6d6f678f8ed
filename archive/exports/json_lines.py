"""What is held as one JSON object a line: `reports.jsonl`, in the form of docs/json.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from mmap import mmap
from pathlib import Path

from archive import wire
from archive.checks.within import check_report
from archive.exports.files import whole
from archive.exports.previous import NotUsable, Previous
from archive.holdings import Holdings, Report

REPORTS_FILE = "reports.jsonl"

Progress = Callable[[int, int], None]


def export_reports(
    holdings: Holdings, to: Path, *, previous: Previous | None = None, progress: Progress | None = None
) -> Path:
    """Writes `reports.jsonl` into directory `to` and returns its path: reports in the order of their ids.

    Each line is the JSON of the current version of a report, as `gongkai parse` prints it, and then where it was
    published and captured; the lines of reports that are as they were are those of the file before. The file appears
    whole or not at all. Raises OSError, and NotUsable where lines cannot be taken over from `previous`.
    """
    to.mkdir(parents=True, exist_ok=True)
    path = to / REPORTS_FILE
    with ExitStack() as stack:
        out = stack.enter_context(stack.enter_context(whole(path)).open("wb"))
        before = stack.enter_context(previous.mapped(REPORTS_FILE)) if previous else b""
        kept = _kept(before, previous) if previous else {}
        for number, report in enumerate(_ordered(holdings), 1):
            held = before[kept[report.id]] if report.id in kept else None
            if held is None or (previous and report.id in previous.sample):
                line = wire.line(report_line(report))
                if held not in (None, line):
                    raise NotUsable(f"{REPORTS_FILE} has another line of {report.id}, which is said to be unchanged")
                held = line
            out.write(held)
            if progress:
                progress(number, len(holdings.reports))
    return path


def _ordered(holdings: Holdings) -> Iterator[Report]:
    return iter(sorted(holdings.reports, key=lambda report: report.id))


def _kept(before: bytes | mmap, previous: Previous) -> dict[str, slice]:
    """Where the lines of the reports that are as they were stand in the file before."""
    found: dict[str, slice] = {}
    start = 0
    for report in previous.reports:
        end = before.find(b"\n", start) + 1
        if not end or before.rfind(wire.field_in_line("report_id", report), start, end) < 0:
            raise NotUsable(f"{REPORTS_FILE} has no line of {report} where it is due")
        if report in previous.kept:
            found[report] = slice(start, end)
        start = end
    if start != len(before):
        raise NotUsable(f"{REPORTS_FILE} has lines of more reports than there were")
    return found


def report_line(report: Report) -> dict[str, object]:
    """The JSON object of one report: its content, then its place in the archive."""
    current = report.current
    parsed = current.parsed()
    line = wire.fields_of(current.capture.url, parsed, check_report(parsed))
    line["warnings"] = [*parsed.warnings, *report.warnings]
    return line | {
        "report_id": report.id,
        "portal": report.portal,
        "url": report.url,
        "urls": list(report.urls),
        "published": current.published,
        "version": current.number,
        "first_seen": report.first_seen,
        "vanished_on": report.vanished_on,
        "capture": {
            "sha256": current.capture.sha256,
            "warc": current.capture.warc,
            "offset": current.capture.offset,
        },
    }
