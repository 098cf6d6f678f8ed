"""Made-up reports as scans: printed on page images with a font of the system, and worn as a bad scanner would do it.

`python -m tests.readers.scanned_report` draws the pictures of `demo/data/pictures` anew.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from demo.farm import build_farm
from demo.portals.huaiyu import PICTURES
from demo.truth import TrueReport
from tests.readers.printed_report import Style, print_report

FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSerifCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
)
"""Fonts with Chinese letters that systems have, and the number of the simplified face in each file."""


def font() -> tuple[str, int] | None:
    """The first of the fonts that is installed."""
    return next(((path, index) for path, index in FONTS if Path(path).exists()), None)


@dataclass
class Sheet:
    """A page of A4 in pixels, printed on in points from the lower left corner."""

    dpi: int
    width: float = 595.0
    height: float = 842.0
    image: Any = field(init=False)

    def __post_init__(self) -> None:
        self._scale = self.dpi / 72
        self.image = Image.new("L", (round(self.width * self._scale), round(self.height * self._scale)), 255)
        self._pen = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, text: str, size: float = 12.0) -> None:
        path, index = font() or FONTS[0]
        face = ImageFont.truetype(path, size * self._scale, index=index)
        for char in text:
            at = x * self._scale, (self.height - y) * self._scale
            self._pen.text(at, char, font=face, fill=0, anchor="ls")
            x += size / 2 if char.isascii() else size

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        ends = [x0 * self._scale, (self.height - y0) * self._scale, x1 * self._scale, (self.height - y1) * self._scale]
        self._pen.line(ends, fill=0, width=max(1, round(0.5 * self._scale)))

    def bar(self, x: float, y: float, wide: float, high: float) -> None:
        top, bottom = (self.height - y - high) * self._scale, (self.height - y) * self._scale
        self._pen.rectangle((x * self._scale, top, (x + wide) * self._scale, bottom), fill=0)


def pictures(report: TrueReport, dpi: int) -> list[Any]:
    """The pages of a report as grey images of `dpi` pixels an inch."""
    return [sheet.image for sheet in print_report(report, lambda: Sheet(dpi), Style())]


def for_the_web(report: TrueReport) -> list[Any]:
    """The pages in the four greys and at the resolution in which the demo portals publish one."""
    return [image.quantize(4, dither=Image.Dither.NONE) for image in pictures(report, 150)]


def worn(image: Any, *, seed: int = 1, angle: float = 0.6) -> Any:
    """The page as a bad scan: turned by `angle` degrees, blurred, with noise, as a JPEG of quality 40."""
    turned = image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)
    blurred = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32)
    noise = np.random.default_rng(seed).normal(0, 12, blurred.shape)
    noisy = Image.fromarray(np.clip(blurred + noise, 0, 255).astype(np.uint8))
    packed = io.BytesIO()
    noisy.save(packed, "JPEG", quality=40)
    return Image.open(io.BytesIO(packed.getvalue())).convert("L")


def shrunk(image: Any, wide: int = 900) -> Any:
    """The page as web pages show it: `wide` dots, as a JPEG of quality 75 that says nothing of its size on paper."""
    small = image.convert("L").resize((wide, round(image.height * wide / image.width)), Image.Resampling.BILINEAR)
    packed = io.BytesIO()
    small.save(packed, "JPEG", quality=75)
    return Image.open(io.BytesIO(packed.getvalue())).convert("L")


def scanned_pdf(images: list[Any], dpi: int) -> bytes:
    """A PDF file whose pages are the images and nothing else."""
    written = io.BytesIO()
    first, *others = (image.copy() for image in images)  # saving leaves settings of the format behind on an image
    first.save(written, "PDF", save_all=True, append_images=others, resolution=dpi)
    return written.getvalue()


def file_of(images: list[Any], kind: str, dpi: int) -> bytes:
    """The images as one file (`PNG`, `TIFF`)."""
    written = io.BytesIO()
    first, *others = (image.copy() for image in images)
    more = {"save_all": True, "append_images": others} if others else {}
    first.save(written, kind, dpi=(dpi, dpi), **more)
    return written.getvalue()


def main() -> None:
    """Writes the pictures of every report that the demo portals publish as pictures."""
    for publication in build_farm().drawn:
        for number, image in enumerate(for_the_web(publication.report), start=1):
            image.save(PICTURES / f"{publication.report.id}-{number}.png", optimize=True, bits=2)


if __name__ == "__main__":
    main()
