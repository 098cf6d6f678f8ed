"""One capture: its bytes out of the store, through a reader, to what the ledger keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from archive import wire
from archive.captures import CaptureReader
from archive.models import Capture, NotAReport, ParsedReport, ParseResult, Picture, Unreadable
from archive.reading import Hints, Read


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a capture came to, as the ledger keeps it: `result` is the JSON of a report, `why` says why it has none."""

    status: Literal["ok", "not_a_report", "unreadable"]
    why: str | None = None
    result: str | None = None


def as_stored(result: ParseResult, url: str) -> Parsed:
    """A result in the form that the ledger keeps; `url` stands in its JSON as the name of the file."""
    match result:
        case ParsedReport():
            return Parsed("ok", result=wire.encode(result, url).decode())
        case NotAReport(why):
            return Parsed("not_a_report", why)
        case Unreadable(why):
            return Parsed("unreadable", why)


def bytes_of(store: CaptureReader, capture: Capture) -> tuple[bytes, tuple[Picture, ...]]:
    """The document of a capture and the pictures that it showed; raises DamagedRecord and OSError of the store."""
    document = store.read(*(capture.original or (capture.warc, capture.offset))).payload
    pictures = tuple(
        (shown.url, None if shown.sha256 is None else store.read(shown.warc, shown.offset).payload)
        for shown in capture.pictures
    )
    return document, pictures


def read_capture(store: CaptureReader, capture: Capture, read: Read) -> ParseResult:
    """What `read` makes of the document that a capture holds; raises DamagedRecord and OSError of the store."""
    document, pictures = bytes_of(store, capture)
    hints = Hints(
        name=capture.url,
        media_type=capture.media_type or None,
        charset=capture.charset,
        title_hint=capture.title_hint,
        date_hint=capture.date_hint,
        agency_hint=capture.agency_hint,
    )
    if pictures:
        hints["pictures"] = pictures
    return read(document, **hints)
