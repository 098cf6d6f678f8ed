"""pdfium's C interface, as far as the PDF reader needs it: all pointers stay in here. Units are points, y upwards.

Functions are those of `fpdf_text.h`, `fpdf_edit.h` and `fpdf_annot.h` of PDFium.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from archive.readers.pages.matrix import UNIT, Matrix, apply, times
from archive.readers.pages.turn import RawGlyph, Stroke
from archive.readers.pdf.pieces import Pieces, moved

MAX_OBJECTS = 200_000
MAX_GLYPHS = 200_000
MAX_ATTACHMENTS = 20
_MAX_SEGMENTS = 4_000
_MAX_PIXELS = 16e6  # of a page drawn; A4 at 200 dots an inch has 3.9
_MAX_FORM_DEPTH = 8
_THIN = 3.0  # points; a filled area no wider than this is a line
_INVISIBLE = (3, 7)  # text rendering modes that print nothing
_NO_SIZE = 0.01
_LATIN_FONTS = (b"Helvetica", b"Arial", b"Times", b"Courier", b"Calibri", b"Cambria", b"Verdana", b"Tahoma")
_PRINTED_ANNOTATIONS = (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP)

_REASONS = {
    pdfium.FPDF_ERR_PASSWORD: "a PDF file locked with a password",
    pdfium.FPDF_ERR_SECURITY: "a PDF file encrypted in a way that its reader does not know",
}


@dataclass(slots=True)
class Drawing:
    """What a page draws besides text; `full` False where it has more objects than are looked at.

    `lost` are the places of texts without size, which pdfium leaves out: blanks, or letters of a font that is neither
    in the file nor on the machine.
    """

    strokes: list[Stroke] = field(default_factory=list)
    picture: float = 0.0
    invisible_text: bool = False
    forms: bool = False
    lost: list[tuple[float, float]] = field(default_factory=list)
    objects: int = 0
    full: bool = True


class TooMuch(Exception):
    """Raised for a page with more characters than any report has."""


class Closed(Exception):
    """Raised for a file, or a page of one, that pdfium cannot open; the message says why, for a person."""


class File:
    """An open PDF; to be closed after use."""

    def __init__(self, data: bytes) -> None:
        """Opens a file with the empty password; raises Closed."""
        try:
            self._file = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as fault:
            reason = _REASONS.get(getattr(fault, "err_code", None), "a damaged PDF file: no pages could be found in it")
            raise Closed(reason) from fault

    def __len__(self) -> int:
        return len(self._file)

    def fact(self, name: str) -> str:
        """What the file states of itself under `name` (`Title`), or nothing."""
        return str(self._file.get_metadata_value(name) or "").strip()

    @contextmanager
    def page(self, index: int) -> Iterator[tuple[Any, Any]]:
        """The handles of a page and of its text; the values of form fields are made part of it first. Raises Closed."""
        try:
            page = self._file[index]
            if print_annotations(page.raw):
                page.close()
                page = self._file[index]
            text = page.get_textpage()
        except pypdfium2.PdfiumError as fault:
            raise Closed(f"page {index + 1} is damaged and could not be read") from fault
        try:
            yield page.raw, text.raw
        finally:
            text.close()
            page.close()

    def picture(self, index: int, dpi: float) -> tuple[Any, float]:
        """A page drawn in grey as an array (needs numpy), and its true dots an inch: huge pages get fewer.

        Raises Closed for a damaged page.
        """
        try:
            page = self._file[index]
            wide, high = page.get_size()
            dpi = min(dpi, 72 * math.sqrt(_MAX_PIXELS / max(wide * high, 1.0)))
            drawn = page.render(scale=dpi / 72, grayscale=True).to_numpy().copy()
            page.close()
        except pypdfium2.PdfiumError as fault:
            raise Closed(f"page {index + 1} is damaged and could not be drawn") from fault
        return drawn.reshape(drawn.shape[:2]), dpi

    def attachments(self) -> tuple[tuple[bytes, ...], int]:
        """The files that lie in this one, and how many more there are: damaged, or beyond MAX_ATTACHMENTS."""
        count = self._file.count_attachments()
        found = []
        for index in range(min(count, MAX_ATTACHMENTS)):
            try:
                found.append(bytes(self._file.get_attachment(index).get_data()))
            except pypdfium2.PdfiumError:
                continue  # counted below
        return tuple(found), count - len(found)

    def close(self) -> None:
        """Gives the memory of the file back."""
        self._file.close()


def bounding_box(page: Any) -> Stroke:
    """The part of the plane that the page shows, turned back by none of its rotation."""
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page, box):
        return Stroke(0.0, 0.0, 595.0, 842.0)
    return Stroke(box.left, box.bottom, box.right, box.top)


def print_annotations(page: Any) -> bool:
    """Makes the values of form fields and other printed annotations part of the page; True if there were any."""
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), 2_000)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind in _PRINTED_ANNOTATIONS:
            return bool(pdfium.FPDFPage_Flatten(page, pdfium.FLAT_PRINT) == pdfium.FLATTEN_SUCCESS)
    return False


def glyphs(text_page: Any, *, look_for_invisible: bool, forms: bool) -> Iterator[RawGlyph]:
    """The characters of a page in the order of the file, without those that pdfium adds itself (spaces, line ends).

    `forms` says that some may be drawn by forms. Raises TooMuch beyond MAX_GLYPHS.
    """
    count = pdfium.FPDFText_CountChars(text_page)
    if count > MAX_GLYPHS:
        raise TooMuch(f"{count:,} characters")
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    unicode_of, is_generated = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_IsGenerated
    loose_box, origin, angle_of = (
        pdfium.FPDFText_GetLooseCharBox,
        pdfium.FPDFText_GetCharOrigin,
        pdfium.FPDFText_GetCharAngle,
    )
    has_error = pdfium.FPDFText_HasUnicodeMapError
    pieces = Pieces(text_page) if forms else None
    high = 0
    for index in range(count):
        code = unicode_of(text_page, index)
        if code in (10, 13) or is_generated(text_page, index) == 1:
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
            high = 0
        if code in (2, 0xFFFE):  # a hyphen at the end of a line, which pdfium marks so
            code = 0x2D
        if not loose_box(text_page, index, box) or not origin(text_page, index, x, y):
            continue
        angle = angle_of(text_page, index)
        quarter: int | None = 0
        if angle:
            turns = angle / 1.5707963267948966
            quarter = -round(turns) % 4 if abs(turns - round(turns)) < 0.06 else None
        printed = True
        if look_for_invisible:
            shape = pdfium.FPDFText_GetTextObject(text_page, index)
            printed = not shape or pdfium.FPDFTextObj_GetTextRenderMode(shape) not in _INVISIBLE
        known = code != 0 and has_error(text_page, index) != 1
        edges, place = (box.left, box.bottom, box.right, box.top), (x.value, y.value)
        if pieces is not None and (form := pieces.move(index, *place)) is not None:
            edges, place = moved(form, edges), apply(form, *place)
        yield RawGlyph(code, *edges, *place, quarter, known, printed)


def drawing(page: Any, page_area: float) -> Drawing:
    """The straight lines of a page, in forms within forms too, and the share of it that its largest picture covers."""
    found = Drawing()
    count = pdfium.FPDFPage_CountObjects(page)
    for index in range(count):
        _object(pdfium.FPDFPage_GetObject(page, index), UNIT, 0, page_area, found)
        if found.objects > MAX_OBJECTS:
            found.full = False
            break
    return found


def _object(shape: Any, matrix: Matrix, depth: int, page_area: float, found: Drawing) -> None:
    found.objects += 1
    if found.objects > MAX_OBJECTS:
        return
    kind = pdfium.FPDFPageObj_GetType(shape)
    if kind == pdfium.FPDF_PAGEOBJ_PATH:
        _path(shape, matrix, found)
    elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
        if not found.invisible_text:
            found.invisible_text = pdfium.FPDFTextObj_GetTextRenderMode(shape) in _INVISIBLE
        box = _box(shape, matrix)
        if box is not None and box.x1 - box.x0 < _NO_SIZE and not _has_known_font(shape):
            found.lost.append(apply(times(_matrix(shape), matrix), 0.0, 0.0))
    elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
        box = _box(shape, matrix)
        if box is not None and min(box.x1 - box.x0, box.y1 - box.y0) <= _THIN:
            found.strokes.append(box)
        elif box is not None and page_area > 0:
            found.picture = max(found.picture, (box.x1 - box.x0) * (box.y1 - box.y0) / page_area)
    elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
        found.forms = True
        inner = times(_matrix(shape), matrix)
        for index in range(pdfium.FPDFFormObj_CountObjects(shape)):
            _object(pdfium.FPDFFormObj_GetObject(shape, index), inner, depth + 1, page_area, found)
            if found.objects > MAX_OBJECTS:
                return


def _has_known_font(shape: Any) -> bool:
    """Whether the font of a text is in the file, or one of the Latin fonts that pdfium always has."""
    font = pdfium.FPDFTextObj_GetFont(shape)
    if not font or pdfium.FPDFFont_GetIsEmbedded(font) == 1:
        return True
    name = ctypes.create_string_buffer(64)
    pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
    return name.value.startswith(_LATIN_FONTS)


def _box(shape: Any, matrix: Matrix) -> Stroke | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(shape, left, bottom, right, top):
        return None
    if matrix is UNIT:
        return Stroke(left.value, bottom.value, right.value, top.value)
    x0, y0 = apply(matrix, left.value, bottom.value)
    x1, y1 = apply(matrix, right.value, top.value)
    return Stroke(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _path(shape: Any, matrix: Matrix, found: Drawing) -> None:
    segments = pdfium.FPDFPath_CountSegments(shape)
    if segments < 2 or segments > _MAX_SEGMENTS:
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(shape, fill, stroke)
    if not (fill.value or stroke.value):
        return
    if segments <= 5 and (segments == 2 or not stroke.value):
        box = _box(shape, matrix)
        if box is None:
            return
        if min(box.x1 - box.x0, box.y1 - box.y0) <= _THIN:
            found.strokes.append(box)
            return
        if not stroke.value:
            return
    inner = times(_matrix(shape), matrix)
    for points in _subpaths(shape, segments, inner):
        if stroke.value:
            found.strokes += [Stroke(*a, *b) for a, b in pairwise(points)]
            continue
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        if min(max(xs) - min(xs), max(ys) - min(ys)) <= _THIN:
            found.strokes.append(Stroke(min(xs), min(ys), max(xs), max(ys)))


def _subpaths(shape: Any, segments: int, matrix: Matrix) -> list[list[tuple[float, float]]]:
    """The straight parts of a path, point by point; a curve ends a part."""
    x, y = ctypes.c_float(), ctypes.c_float()
    parts: list[list[tuple[float, float]]] = []
    part: list[tuple[float, float]] = []
    first: tuple[float, float] | None = None
    for index in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(shape, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if not pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = apply(matrix, x.value, y.value)
        if kind == pdfium.FPDF_SEGMENT_LINETO:
            part.append(point)
        else:
            part = [point]
            parts.append(part)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                first = point
        if first is not None and pdfium.FPDFPathSegment_GetClose(segment) and part[-1] != first:
            part.append(first)
    return [part for part in parts if len(part) >= 2]


def _matrix(shape: Any) -> Matrix:
    m = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(shape, m):
        return UNIT
    return (m.a, m.b, m.c, m.d, m.e, m.f)
