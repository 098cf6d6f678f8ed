"""One page of a PDF as glyphs and ruling lines."""

from __future__ import annotations

from typing import Any

from archive.readers.pages.model import Page
from archive.readers.pages.turn import make_page
from archive.readers.pdf import raw as pdf_raw

_SCAN = 0.5  # the share of a page that a picture under invisible text covers if the text is that of a scan


def read_page(number: int, page: Any, text_page: Any) -> tuple[Page, bool]:
    """The page, and whether its text is the invisible layer over a scan; `number` counts from 1.

    Raises pdf_raw.TooMuch for more characters than any page has.
    """
    box = pdf_raw.bounding_box(page)
    drawn = pdf_raw.drawing(page, (box.x1 - box.x0) * (box.y1 - box.y0))
    glyphs = list(pdf_raw.glyphs(text_page, look_for_invisible=drawn.invisible_text, forms=drawn.forms))
    hidden = sum(1 for glyph in glyphs if not glyph.printed)
    scanned = 2 * hidden > len(glyphs) and drawn.picture >= _SCAN
    if scanned:
        glyphs = [glyph._replace(printed=True) for glyph in glyphs]
    warnings = []
    if not drawn.full:
        warnings.append(f"page {number} has more than {pdf_raw.MAX_OBJECTS:,} objects; its ruling lines are left out")
    made = make_page(
        number,
        box,
        glyphs,
        drawn.strokes if drawn.full else (),
        picture=drawn.picture,
        lost=drawn.lost,
        warnings=warnings,
    )
    return made, scanned
