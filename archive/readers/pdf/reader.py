"""PDF to a document: ruled tables by their lines, other text as paragraphs, what cannot be read refused by name."""

from __future__ import annotations

import time
from collections.abc import Sequence

from archive.models import Document, NeedsOcr, Ocr, ReadBy, UnreadableDocument
from archive.readers import scan
from archive.readers.limits import MAX_BYTES, refuse
from archive.readers.pages.blocks import lay_out
from archive.readers.pages.check import HOW, pictured
from archive.readers.pages.model import Page
from archive.readers.pages.pictures import picture_places
from archive.readers.pdf import guard as pdf_guard
from archive.readers.pdf import raw as pdf_raw
from archive.readers.pdf.page import read_page
from archive.readers.radicals import restore

NAME = "pdf"

MAX_PAGES = 300
MAX_SECONDS = 40.0
_FACTS = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate")


def read_pdf(data: bytes, *, charset: str | None = None, ocr: Ocr = Ocr.OFF) -> Document:
    """Reads a PDF; `charset` is of no use to it and is ignored, `ocr` is for pages that are pictures.

    Files attached to it are the document's `embedded` files. Raises UnreadableDocument for a file that is damaged,
    locked with a password, without a text layer (a scan), without a key to its fonts, or beyond the limits.
    """
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    pdf_guard.check(data)
    try:
        file = pdf_raw.File(data)
    except pdf_raw.Closed as fault:
        raise UnreadableDocument(str(fault)) from fault
    try:
        pages, scanned, warnings = _pages(file)
        unread = pictured(pages) if ocr is not Ocr.OFF else []
        if unread and ocr is Ocr.DEFER:
            raise NeedsOcr(f"a scan on {len(unread)} of {len(pages)} pages; {HOW}")
        recognised = scan.recognise(unread, lambda number: file.picture(number - 1, scan.DPI))
        embedded, kept_back = file.attachments()
        if kept_back:
            warnings.append(f"{kept_back} files attached to it could not be taken out")
        metadata = {name.lower(): restore(text) for name in _FACTS if (text := file.fact(name))}
    except pdf_raw.Closed as fault:
        raise UnreadableDocument(str(fault)) from fault
    finally:
        file.close()
    pages, more = scan.put_in(pages, recognised, "a PDF file")
    warnings += more
    layout = lay_out(pages)
    if scanned:
        metadata["text_layer"] = "ocr"
        warnings.append(
            f"the text of {_list(scanned)} is the invisible layer that character recognition put over a scan"
        )
    return Document(
        title=metadata.get("title"),
        blocks=tuple(layout.blocks),
        pictures=picture_places(layout.blocks, pages),
        embedded=embedded,
        metadata=metadata,
        format=scan.FORMAT if len(recognised) == len(pages) else NAME,
        warnings=(*warnings, *layout.warnings),
        outside=tuple(layout.outside),
        read_by=ReadBy.OCR if recognised or scanned else ReadBy.TEXT,
    )


def _pages(file: pdf_raw.File) -> tuple[list[Page], list[int], list[str]]:
    """The pages, the numbers of those with the text layer of a scan, and warnings."""
    count = len(file)
    if count == 0:
        raise UnreadableDocument("a damaged PDF file: it has no pages")
    if count > MAX_PAGES:
        raise refuse(f"claims {count:,} pages, more than {MAX_PAGES}")
    pages: list[Page] = []
    scanned: list[int] = []
    warnings: list[str] = []
    until = time.monotonic() + MAX_SECONDS
    for number in range(1, count + 1):
        if time.monotonic() > until:
            raise refuse(f"took more than {MAX_SECONDS:.0f} seconds for {number - 1} of its {count} pages")
        try:
            with file.page(number - 1) as (handle, text):
                page, from_scan = read_page(number, handle, text)
        except pdf_raw.Closed as fault:
            warnings.append(str(fault))
            continue
        except pdf_raw.TooMuch as fault:
            raise refuse(f"has {fault} on page {number}") from fault
        pages.append(page)
        if from_scan:
            scanned.append(number)
    if not pages:
        raise UnreadableDocument(f"a damaged PDF file: none of its {count} pages could be read")
    return pages, scanned, warnings


def _list(numbers: Sequence[int]) -> str:
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
