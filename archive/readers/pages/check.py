"""Whether the pages of a fixed-layout file have text that can be read, and what of it cannot."""

from __future__ import annotations

from collections.abc import Sequence

from archive.models import NeedsOcr, UnreadableDocument
from archive.readers.pages.model import Page
from archive.readers.pages.turn import UNKNOWN

_GARBAGE = 0.2  # the share of unknown characters beyond which the rest is not to be trusted either
_PICTURE = 0.15  # the share of a page from which a picture may hold a table


HOW = "reading it needs the extra ocr: run `make ocr` in the checkout of Gongkai"


def pictured(pages: Sequence[Page]) -> list[int]:
    """The numbers of the pages that only character recognition can read: pictures, shapes, fonts without a key.

    A page of few unknown characters is read as it is, and a page with nothing at all on it is no picture.
    """
    unknown, total = _unknown(pages)
    if unknown > _GARBAGE * total:
        return [page.number for page in pages]
    empty = [page for page in pages if not any(glyph.text.strip() for glyph in page.glyphs)]
    drawn = len(empty) == len(pages)
    return [page.number for page in empty if page.picture > _PICTURE or (drawn and page.rules)]


def check_text(pages: Sequence[Page], kind: str) -> list[str]:
    """Warnings about text that is missing or cannot be told; `kind` names the file (`a PDF file`).

    Raises UnreadableDocument where that is all of the text or so much of it that the rest is not to be trusted.
    """
    empty = [page for page in pages if not any(glyph.text.strip() for glyph in page.glyphs)]
    if len(empty) == len(pages):
        pictures = sum(1 for page in pages if page.picture > _PICTURE)
        if pictures:
            raise NeedsOcr(f"a scan of {len(pages)} pages without text; {HOW}")
        drawn = any(page.rules for page in pages)
        if drawn:
            raise NeedsOcr(f"{kind} of {len(pages)} pages whose text is drawn as shapes; {HOW}")
        raise UnreadableDocument(f"{kind} without anything on its pages ({len(pages)})")
    unknown, total = _unknown(pages)
    if unknown > _GARBAGE * total:
        raise NeedsOcr(
            f"the text layer is unreadable: the fonts do not say which characters {unknown:,} of {total:,} shapes are; "
            f"{HOW}"
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
            warnings.append(f"page {page.number} is a picture without text and is not read; {HOW}")
        elif page.picture > _PICTURE:
            warnings.append(f"page {page.number} holds a picture on {page.picture:.0%} of its area; it is not read")
    return warnings


def _unknown(pages: Sequence[Page]) -> tuple[int, int]:
    """How many characters of all printed ones cannot be told."""
    texts = [glyph.text for page in pages for glyph in page.glyphs if glyph.text.strip()]
    return sum(1 for text in texts if text == UNKNOWN), len(texts)
