"""A pass over the captures in this process, one document after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice

from archive.captures import CaptureReader, DamagedRecord
from archive.ledger import Ledger
from archive.models import Capture, Unreadable
from archive.parsing.results import Parsed, as_stored, read_capture
from archive.parsing.work import ParsingSummary, Progress, Work
from archive.reading import Read
from archive.report.version import PARSER_VERSION
from archive.sandbox import Sandbox

_BATCH = 50


def parse_captures(
    ledger: Ledger,
    store: CaptureReader,
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
    work = Work(ledger, parser_version=parser_version, again=again, portals=portals)
    if progress:
        progress(0, work.total)
    with ExitStack() as stack:
        chosen = read or stack.enter_context(Sandbox(ocr=ocr)).read
        for batch in _batches(work.captures()):
            results = []
            for capture in batch:
                results.append((capture, read_here(store, capture, chosen)))
                if progress:
                    progress(work.summary.total + len(results), work.total)
            work.record(results)
    return work.summary


def read_here(store: CaptureReader, capture: Capture, read: Read) -> Parsed:
    """What the ledger is to keep of a capture, which may be damaged."""
    try:
        result = read_capture(store, capture, read)
    except DamagedRecord as error:
        result = damaged(error)
    return as_stored(result, capture.url)


def damaged(error: DamagedRecord) -> Unreadable:
    """The result of a capture whose bytes in the store are not those that were received."""
    return Unreadable(f"the capture is damaged: {error}")


def _batches(captures: Iterable[Capture]) -> Iterator[list[Capture]]:
    remaining = iter(captures)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
