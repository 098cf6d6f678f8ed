"""Reads captures into the ledger: each article and attachment that this parser version has not read yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice

from archive import wire
from archive.captures import CaptureStore, DamagedRecord
from archive.ledger import Ledger
from archive.models import Capture, NotAReport, ParsedReport, ParseResult, Role, Unreadable
from archive.reading import Read
from archive.report.parser import PARSER_VERSION
from archive.sandbox import Sandbox

DOCUMENTS = (Role.ARTICLE, Role.ATTACHMENT)
_BATCH = 50

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class ParsingSummary:
    """What a pass over the captures came to; `unreadable` are (address, why) of documents that could not be read."""

    ok: int = 0
    not_a_report: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All captures that were read in this pass."""
        return self.ok + self.not_a_report + len(self.unreadable)


def parse_captures(
    ledger: Ledger,
    store: CaptureStore,
    *,
    parser_version: str = PARSER_VERSION,
    read: Read | None = None,
    again: bool = False,
    portals: Collection[str] | None = None,
    ocr: bool = True,
    progress: Progress | None = None,
) -> ParsingSummary:
    """Reads each article and attachment that has no result of this parser version, and records one result for each.

    Results are recorded by the batch, so a pass that is ended at any moment goes on where it stopped. `again` reads
    also what has a result; `portals` limits the pass to some portals; `progress` is told (captures read, captures in
    all). A document that cannot be read is recorded as `unreadable` with the reason and never stops the others: unless
    another `read` is given, each is read in a sandbox. `ocr` False leaves scans unread (`archive.sandbox.Sandbox`).
    """
    with ExitStack() as stack:
        chosen = read or stack.enter_context(Sandbox(ocr=ocr)).read
        return _parse(ledger, store, parser_version, chosen, again, portals, progress)


def _parse(
    ledger: Ledger,
    store: CaptureStore,
    parser_version: str,
    read: Read,
    again: bool,
    portals: Collection[str] | None,
    progress: Progress | None,
) -> ParsingSummary:
    todo = list(ledger.captures(roles=DOCUMENTS) if again else ledger.unparsed(parser_version, roles=DOCUMENTS))
    if portals is not None:
        todo = [capture for capture in todo if capture.portal in portals]
    summary = ParsingSummary()
    if progress:
        progress(0, len(todo))
    for batch in _batches(todo):
        results = []
        for capture in batch:
            results.append((capture, _result(store, capture, read)))
            if progress:
                progress(summary.total + len(results), len(todo))
        # Read first, then one short transaction: a crawl that runs at the same time is not kept waiting.
        with ledger.transaction():
            for capture, result in results:
                _record(ledger, capture, parser_version, result, summary)
    return summary


def _batches(captures: Sequence[Capture]) -> Iterator[list[Capture]]:
    remaining = iter(captures)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _result(store: CaptureStore, capture: Capture, read: Read) -> ParseResult:
    try:
        stored = store.read(capture.warc, capture.offset)
    except DamagedRecord as error:
        return Unreadable(f"the capture is damaged: {error}")
    return read(
        stored.payload,
        name=capture.url,
        media_type=capture.media_type or None,
        charset=capture.charset,
        title_hint=capture.title_hint,
        date_hint=capture.date_hint,
        agency_hint=capture.agency_hint,
    )


def _record(
    ledger: Ledger, capture: Capture, parser_version: str, result: ParseResult, summary: ParsingSummary
) -> None:
    match result:
        case ParsedReport():
            summary.ok += 1
            text = wire.encode(result, capture.url).decode()
            ledger.record_parse(capture, parser_version, "ok", result=text)
        case NotAReport(why):
            summary.not_a_report += 1
            ledger.record_parse(capture, parser_version, "not_a_report", why=why)
        case Unreadable(why):
            summary.unreadable.append((capture.url, why))
            ledger.record_parse(capture, parser_version, "unreadable", why=why)
