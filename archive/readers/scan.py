"""Pictures of pages: image files, and pages of other files that are pictures, read by the optional extra `ocr`."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from typing import Any

from archive.models import Block, Document, Grid, NeedsOcr, Ocr, ReadBy, UnreadableDocument
from archive.readers.limits import MAX_BYTES, refuse
from archive.readers.pages.blocks import lay_out
from archive.readers.pages.check import HOW, check_text
from archive.readers.pages.model import Page

NAME = "image"
FORMAT = "scan"

DPI = 200
MAX_PAGES = 60
MAX_PIXELS = 60_000_000
MAX_SECONDS = 540.0
_PAGE = re.compile(r"\bpage (\d+)\b")
_PARTS = ("rapidocr", "onnxruntime", "numpy", "PIL")
_PLAUSIBLE_DPI = (100, 620)  # stated by scanners; cameras and editors state 72 or 96 whatever the picture is
_LONG_SIDE, _SHORT_SIDE = 842.0, 595.0  # points of A4, which a picture of a page is taken for if it says no better
_OF_A4 = (1.25, 1.6)  # long by short side; the margins may be cut off
_LONGER = 1.6
_TEXT_WIDTH = 480.0  # points
_SMALLEST, _LARGEST = 200.0, 1_700.0  # points of the long side; what states another size is mistaken


@cache
def available() -> bool:
    """Whether the extra `ocr` is installed; nothing of it is imported to find out."""
    return all(find_spec(part) is not None for part in _PARTS)


def read_image_file(data: bytes, *, charset: str | None = None, ocr: Ocr = Ocr.OFF) -> Document:
    """Reads an image (PNG, JPEG, TIFF of several pages, BMP, WebP, GIF) by character recognition.

    Raises NeedsOcr unless `ocr` is `on`, and UnreadableDocument for a damaged image or one beyond the limits.
    """
    if ocr is not Ocr.ON:
        raise NeedsOcr(f"an image; {HOW}")
    if len(data) > MAX_BYTES:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_BYTES:,}")
    return _read(_images(data))


def read_pictures(pictures: Sequence[bytes]) -> tuple[Document | None, list[str]]:
    """Reads image files as the pages of one scan, and names those that are damaged; None where nothing is on them.

    Places and warnings say `picture` for `page`, by the number of the file.
    """
    images: list[tuple[Any, float]] = []
    of_file: list[int] = []
    damaged: list[str] = []
    for number, picture in enumerate(pictures, 1):
        try:
            pages = _images(picture)
        except UnreadableDocument as fault:
            damaged.append(f"picture {number}: {fault}")
            continue
        images += pages
        of_file += [number] * len(pages)
    if not images:
        return None, damaged

    def renamed(text: str) -> str:
        return _PAGE.sub(lambda page: f"picture {of_file[int(page[1]) - 1]}", text)

    try:
        read = _read(images)
    except UnreadableDocument as fault:
        return None, [*damaged, f"the pictures: {fault}"]
    return replace(
        read,
        blocks=tuple(_placed(block, renamed) for block in read.blocks),
        outside=tuple(_placed(block, renamed) for block in read.outside),
        warnings=tuple(map(renamed, read.warnings)),
    ), damaged


def _placed(block: Block, renamed: Callable[[str], str]) -> Block:
    if not isinstance(block, Grid):
        return replace(block, place=renamed(block.place))
    rows = tuple(tuple(replace(cell, place=renamed(cell.place)) for cell in row) for row in block.rows)
    return replace(block, rows=rows, place=renamed(block.place))


def _read(images: Sequence[tuple[Any, float]]) -> Document:
    recognised = recognise(range(1, len(images) + 1), lambda number: images[number - 1])
    pages, warnings = put_in((), recognised, "an image")
    layout = lay_out(pages)
    return Document(
        title=None,
        blocks=tuple(layout.blocks),
        format=FORMAT,
        warnings=(*warnings, *layout.warnings),
        outside=tuple(layout.outside),
        read_by=ReadBy.OCR,
    )


def recognise(numbers: Sequence[int], draw: Callable[[int], tuple[Any, float]]) -> Mapping[int, Page]:
    """The pages with these numbers, recognised; `draw` gives the picture of one in grey and its dots an inch.

    Raises UnreadableDocument beyond the limits and where the extra is not installed.
    """
    if not numbers:
        return {}
    if not available():
        raise NeedsOcr(f"a scan of {len(numbers)} pages without text; {HOW}")
    if len(numbers) > MAX_PAGES:
        raise refuse(f"has {len(numbers):,} pages that are pictures, more than {MAX_PAGES}")
    from archive.readers.ocr.engine import engine
    from archive.readers.ocr.pages import read_image

    until = time.monotonic() + MAX_SECONDS
    pages: dict[int, Page] = {}
    for number in numbers:
        if time.monotonic() > until:
            raise refuse(f"took more than {MAX_SECONDS:.0f} seconds for {len(pages)} of {len(numbers)} pictures")
        picture, dpi = draw(number)
        pages[number] = read_image(number, picture, dpi, engine())
    return pages


def put_in(pages: Sequence[Page], recognised: Mapping[int, Page], kind: str) -> tuple[list[Page], list[str]]:
    """All pages, those recognised in their places, and the warnings about both kinds.

    Raises UnreadableDocument where there is no text in any of them; `kind` names the file (`a PDF file`).
    """
    written = [page for page in pages if page.number not in recognised]
    warnings = check_text(written, kind) if written and not _is_bare(written, recognised) else []
    merged = sorted([*written, *recognised.values()], key=lambda page: page.number)
    if recognised:
        from archive.readers.ocr.engine import engine_name

        if not any(page.glyphs for page in merged):
            raise UnreadableDocument(f"a scan of {len(merged)} pages on which no text was recognised")
        which = "" if not written else f"page{'s' if len(recognised) > 1 else ''} {', '.join(map(str, recognised))} "
        warnings.insert(0, f"{which}read by OCR ({engine_name()}, {DPI} dpi); figures may be misread")
    return merged, warnings


def _is_bare(written: Sequence[Page], recognised: Mapping[int, Page]) -> bool:
    """Whether the pages beside those recognised are only empty ones."""
    return bool(recognised) and not any(glyph.text.strip() for page in written for glyph in page.glyphs)


def _images(data: bytes) -> list[tuple[Any, float]]:
    """The pages of an image file in grey, each with its dots an inch; raises UnreadableDocument."""
    import numpy as np
    from PIL import Image, ImageOps, ImageSequence

    found = []
    try:
        with Image.open(io.BytesIO(data)) as file:
            if getattr(file, "n_frames", 1) > MAX_PAGES:
                raise refuse(f"has {file.n_frames:,} pages that are pictures, more than {MAX_PAGES}")
            for frame in ImageSequence.Iterator(file):
                if frame.width * frame.height > MAX_PIXELS:
                    raise refuse(f"has {frame.width:,} × {frame.height:,} dots, more than {MAX_PIXELS:,}")
                dpi = dots_an_inch(frame)
                grey = _on_paper(ImageOps.exif_transpose(frame))
                if dpi > 1.3 * DPI:
                    size = max(1, round(grey.width * DPI / dpi)), max(1, round(grey.height * DPI / dpi))
                    grey, dpi = grey.resize(size, Image.Resampling.LANCZOS), float(DPI)
                found.append((np.asarray(grey), dpi))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as fault:
        raise UnreadableDocument(f"a damaged image: {fault}") from fault
    return found


def one_picture(data: bytes, long_side: float) -> tuple[Any, float]:
    """The first page of an image file in grey and its dots an inch, if its long side has so many points.

    Raises UnreadableDocument for a damaged image or one beyond the limits.
    """
    picture = _images(data)[0][0]
    return picture, 72 * max(picture.shape) / long_side


def _on_paper(image: Any) -> Any:
    """The image in grey; what is transparent shows white paper."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L")


def dots_an_inch(image: Any) -> float:
    """The dots an inch that the image states, if that makes it the size of a page; else by what it is likely to be.

    That is a page of A4 if it has its proportions, pages one below the other if it is longer than that, and else a
    table cut out of a page, as wide as the text.
    """
    long: int = max(image.size)
    try:
        stated: float = float(image.info.get("dpi", (0, 0))[0])
    except (TypeError, ValueError, ZeroDivisionError):
        stated = 0.0
    if _PLAUSIBLE_DPI[0] <= stated <= _PLAUSIBLE_DPI[1] and _SMALLEST <= long * 72 / stated <= _LARGEST:
        return stated
    wide, high = image.size
    if high > _LONGER * wide:
        return float(72 * wide / _SHORT_SIDE)
    if _OF_A4[0] <= long / min(image.size) <= _OF_A4[1]:
        return float(72 * long / _LONG_SIDE)
    return float(72 * wide / _TEXT_WIDTH)
