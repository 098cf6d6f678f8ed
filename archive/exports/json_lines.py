"""What is held as one JSON object a line, in the form of docs/json.md: `reports.jsonl.gz`, packed report by report.

So a night copies what is packed of the reports that are as they were, and does not go through ten times the bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from archive import wire
from archive.checks.within import check_report
from archive.exports.files import Written, sink
from archive.exports.members import NotInMembers, members, packed
from archive.exports.names import KEPT_REPORTS
from archive.exports.previous import NotUsable, Previous
from archive.holdings import Holdings, Report

Progress = Callable[[int, int], None]


def export_reports(
    holdings: Holdings, to: Path, *, previous: Previous | None = None, progress: Progress | None = None
) -> Written:
    """Writes `reports.jsonl.gz` into directory `to` and describes it: reports in the order of their ids.

    Each line is the JSON of the current version of a report, as `gongkai parse` prints it, and then where it was
    published and captured; the lines of reports that are as they were are those of the file before. The file appears
    whole or not at all. Raises OSError, and NotUsable where lines cannot be taken over from `previous`.
    """
    to.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        out = stack.enter_context(sink(to / KEPT_REPORTS))
        kept: Iterator[tuple[str, bytes]] = iter(())
        if previous is not None:
            kept = _kept(stack.enter_context(previous.proven(KEPT_REPORTS)), previous)
        held = next(kept, None)
        for number, report in enumerate(holdings.reports.ids):
            member = held[1] if held is not None and held[0] == report else None
            if member is None or (previous and report in previous.sample):
                made = packed(wire.line(report_line(holdings.reports[number])))
                if member not in (None, made):
                    raise NotUsable(f"{KEPT_REPORTS} has another line of {report}, which is said to be unchanged")
                out.write(made)
            else:
                out.write(member)
            if member is not None:
                held = next(kept, None)
            if progress:
                progress(number + 1, len(holdings.reports))
        return out.described(KEPT_REPORTS, len(holdings.reports))


def _kept(lines: BinaryIO, previous: Previous) -> Iterator[tuple[str, bytes]]:
    """The reports that are as they were, with their members in the file before, in its order."""
    try:
        for report, member in zip_longest(previous.reports, members(lines)):
            if report is None or member is None:
                much = "more" if report is None else "fewer"
                raise NotUsable(f"{KEPT_REPORTS} has {much} lines than there were reports")
            if report in previous.kept:
                yield report, member
    except NotInMembers as error:
        raise NotUsable(f"{KEPT_REPORTS}: {error}") from error


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
