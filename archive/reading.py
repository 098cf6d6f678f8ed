"""Bytes → report: the readers and the parser in one step, with an unreadable document as a result, not an exception."""

from __future__ import annotations

from archive import readers
from archive.models import ParseResult, Unreadable, UnreadableDocument
from archive.report.parser import parse_document


def read_report(
    data: bytes,
    *,
    name: str | None = None,
    media_type: str | None = None,
    charset: str | None = None,
    title_hint: str | None = None,
    date_hint: str | None = None,
    agency_hint: str | None = None,
) -> ParseResult:
    """Reads `data` as an annual report; what no reader can read gives `Unreadable` with the reader's reason."""
    try:
        document = readers.read(data, media_type=media_type, charset=charset, name=name)
    except UnreadableDocument as error:
        return Unreadable(str(error))
    return parse_document(document, title_hint=title_hint, date_hint=date_hint, agency_hint=agency_hint)
