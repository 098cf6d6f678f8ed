"""PDF to a document: ruled tables by their lines, other text as paragraphs, what cannot be read refused by name."""

from __future__ import annotations

import time
from collections.abc import Sequence

from archive.models import Document, UnreadableDocument
from archive.readers import pdf_guard, pdf_raw
from archive.readers.limits import MAX_BYTES, refuse
from archive.readers.page_blocks import lay_out
from archive.readers.page_model import Page
from archive.readers.pdf_page import read_page, unknown_share
from archive.readers.radicals import restore

NAME = "pdf"

MAX_PAGES = 300
MAX_SECONDS = 40.0
_GARBAGE = 0.2  # the share of unknown characters beyond which the rest is not to be trusted either
_PICTURE = 0.15  # the share of a page from which a picture may hold a table
_FACTS = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate")


def read_pdf(data: bytes, *, charset: str | None = None) -> Document:
    """Reads a PDF; `charset` is of no use to it and is ignored.

    Raises UnreadableDocument for a file that is damaged, locked with a password, without a text layer (a scan), without
    a key to its fonts, or beyond the limits.
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
        metadata = {name.lower(): restore(text) for name in _FACTS if (text := file.fact(name))}
    finally:
        file.close()
    warnings += _check_text(pages)
    layout = lay_out(pages)
    if scanned:
        metadata["text_layer"] = "ocr"
        warnings.append(
            f"the text of {_list(scanned)} is the invisible layer that character recognition put over a scan"
        )
    return Document(
        title=metadata.get("title"),
        blocks=tuple(layout.blocks),
        metadata=metadata,
        format=NAME,
        warnings=(*warnings, *layout.warnings),
        outside=tuple(layout.outside),
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


def _check_text(pages: Sequence[Page]) -> list[str]:
    """Warnings about text that is missing or cannot be told; raises UnreadableDocument if that is all or most of it."""
    empty = [page for page in pages if not any(glyph.text.strip() for glyph in page.glyphs)]
    if len(empty) == len(pages):
        pictures = sum(1 for page in pages if page.picture > _PICTURE)
        if pictures:
            raise UnreadableDocument(f"a scan of {len(pages)} pages without text; needs OCR")
        drawn = any(page.rules for page in pages)
        raise UnreadableDocument(
            f"a PDF of {len(pages)} pages whose text is drawn as shapes; needs OCR"
            if drawn
            else f"a PDF of {len(pages)} empty pages"
        )
    unknown, total = unknown_share(pages)
    if unknown > _GARBAGE * total:
        raise UnreadableDocument(
            f"the text layer is unreadable: the fonts do not say which characters {unknown:,} of {total:,} shapes are"
        )
    warnings = []
    if unknown:
        warnings.append(f"{unknown} of {total:,} characters cannot be told by their fonts and are marked \ufffd")
    if lost := sum(len(page.lost) for page in pages):
        warnings.append(
            f"{lost} texts, perhaps blanks, are in fonts that the file lacks; table cells with one are marked \ufffd"
        )
    for page in pages:
        if page in empty and page.picture > _PICTURE:
            warnings.append(f"page {page.number} is a picture without text; it needs OCR and is not read")
        elif page.picture > _PICTURE:
            warnings.append(f"page {page.number} holds a picture on {page.picture:.0%} of its area; it is not read")
    return warnings


def _list(numbers: Sequence[int]) -> str:
    return f"page{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
