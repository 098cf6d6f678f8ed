"""The readers by format, and why a format without one is not read. A new format is one module and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from archive.models import Document, Ocr
from archive.readers import doc, docx, html, mhtml, odt, ofd, pdf, rtf, scan, sheet, text


class Reader(Protocol):
    """Bytes to a document; raises UnreadableDocument, and nothing else, for bytes that it cannot read."""

    def __call__(self, data: bytes, *, charset: str | None = None) -> Document: ...


class PictureReader(Protocol):
    """A reader of files whose pages may be pictures; raises NeedsOcr too if `ocr` is `defer`."""

    def __call__(self, data: bytes, *, charset: str | None = None, ocr: Ocr = Ocr.OFF) -> Document: ...


READERS: Mapping[str, Reader] = {
    doc.NAME: doc.read_doc,
    docx.NAME: docx.read_docx,
    html.NAME: html.read_html,
    mhtml.NAME: mhtml.read_mhtml,
    odt.NAME: odt.read_odt,
    "ods": sheet.read_sheet,
    rtf.NAME: rtf.read_rtf,
    text.NAME: text.read_text,
    "xls": sheet.read_sheet,
    "xlsx": sheet.read_sheet,
}

PICTURE_READERS: Mapping[str, PictureReader] = {
    ofd.NAME: ofd.read_ofd,
    pdf.NAME: pdf.read_pdf,
    scan.NAME: scan.read_image_file,
}

REASONS: Mapping[str, str] = {
    "empty": "the file is empty",
    "unknown": "a binary file of no known format",
    "word xml": "a Word 2003 XML file (no reader for it yet)",
    "ppt": "a PowerPoint file (no reader for it yet)",
    "ole": "a compound file of an unknown program (no reader for it yet)",
    "encrypted": "an Office file encrypted with a password",
    "pptx": "a PowerPoint file (no reader for it yet)",
    "zip": "a ZIP archive of other files, which are read one by one",
    "damaged zip": "a damaged ZIP archive or Office file",
    "rar": "a RAR archive of other files, which are read one by one",
    "7z": "a 7-Zip archive of other files, which are read one by one",
    "gzip": "a gzip-compressed file (no reader for it yet)",
}
