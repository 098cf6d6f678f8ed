"""What is held as one JSON object a line: `reports.jsonl`, in the form of docs/json.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from archive import wire
from archive.checks.within import check_report
from archive.exports.files import whole
from archive.holdings import Holdings, Report

REPORTS_FILE = "reports.jsonl"

Progress = Callable[[int, int], None]


def export_reports(holdings: Holdings, to: Path, *, progress: Progress | None = None) -> Path:
    """Writes `reports.jsonl` into directory `to` and returns its path: reports in the order of their ids.

    Each line is the JSON of the current version of a report, as `gongkai parse` prints it, and then where it was
    published and captured. The file appears whole or not at all. Raises OSError.
    """
    to.mkdir(parents=True, exist_ok=True)
    path = to / REPORTS_FILE
    with whole(path) as part, part.open("w", encoding="utf-8", newline="\n") as out:
        for number, report in enumerate(_ordered(holdings), 1):
            out.write(wire.dumps(report_line(report)) + "\n")
            if progress:
                progress(number, len(holdings.reports))
    return path


def _ordered(holdings: Holdings) -> Iterator[Report]:
    return iter(sorted(holdings.reports, key=lambda report: report.id))


def report_line(report: Report) -> dict[str, object]:
    """The JSON object of one report: its content, then its place in the archive."""
    current = report.current
    parsed = current.parsed()
    line: dict[str, object] = wire.result_to_json(current.capture.url, parsed, check_report(parsed))
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
