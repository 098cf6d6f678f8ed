"""Characters of forms (ISO 32000-2, 8.10) put where they are printed.

Where a file says itself which text a shape stands for (ActualText, 14.9.4), as browsers do for the shapes that words
share with radicals, pdfium leaves the place of that text in the space of the form that draws it. All other characters
have theirs in the space of the page.
"""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from archive.readers.pages.matrix import UNIT, Matrix, apply, inverse, is_near, times

_AWAY = 2.0  # points outside of the box of its text from which a character is at another place
_SAME = 1e-3

Box = tuple[float, float, float, float]


class Pieces:
    """Tells for the characters of one page which of them are out of place."""

    def __init__(self, text_page: Any) -> None:
        """`text_page` is a handle of pdfium's."""
        self._page = text_page
        self._known: dict[int | None, tuple[Matrix, Box]] = {}

    def move(self, index: int, x: float, y: float) -> Matrix | None:
        """How the character that pdfium has at (x, y) comes to its place on the page; None where it is there."""
        shape = pdfium.FPDFText_GetTextObject(self._page, index)
        if not shape:
            return None
        address = ctypes.cast(shape, ctypes.c_void_p).value
        if address not in self._known:
            self._known[address] = self._form_of(shape, index)
        form, box = self._known[address]
        if form is UNIT or _holds(moved(form, box), x, y):
            return None
        return form

    def _form_of(self, shape: Any, index: int) -> tuple[Matrix, Box]:
        """How the form of a text is put on the page, and where in the form the text stands."""
        own, whole = pdfium.FS_MATRIX(), pdfium.FS_MATRIX()
        edges = [ctypes.c_float() for _ in range(4)]
        if not (
            pdfium.FPDFPageObj_GetMatrix(shape, own)
            and pdfium.FPDFText_GetMatrix(self._page, index, whole)
            and pdfium.FPDFPageObj_GetBounds(shape, *edges)
        ):
            return UNIT, (0.0, 0.0, 0.0, 0.0)
        left, bottom, right, top = (edge.value for edge in edges)
        back = inverse((own.a, own.b, own.c, own.d, own.e, own.f))
        form = UNIT if back is None else times(back, (whole.a, whole.b, whole.c, whole.d, whole.e, whole.f))
        return (UNIT if is_near(form, UNIT, _SAME) else form), (left, bottom, right, top)


def moved(form: Matrix, box: Box) -> Box:
    """The box on the page of one in a form: left, bottom, right, top."""
    (ax, ay), (bx, by) = apply(form, box[0], box[1]), apply(form, box[2], box[3])
    return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] - _AWAY <= x <= box[2] + _AWAY and box[1] - _AWAY <= y <= box[3] + _AWAY
