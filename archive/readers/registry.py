"""The readers by format, and why a format without one is not read. A new format is one module and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from archive.models import Document, Ocr
from archive.readers import flat_xml, mhtml, scan, text, word_xml
from archive.readers.doc import reader as doc
from archive.readers.docx import reader as docx
from archive.readers.html import reader as html
from archive.readers.odt import reader as odt
from archive.readers.ofd import reader as ofd
from archive.readers.pdf import reader as pdf
from archive.readers.rtf import reader as rtf
from archive.readers.sheets import reader as sheet
from archive.readers.sheets import xml as sheet_xml


class Reader(Protocol):
    """Bytes to a document; raises UnreadableDocument, and nothing else, for bytes that it cannot read."""

    def __call__(self, data: bytes, *, charset: str | None = None) -> Document: ...


class PictureReader(Protocol):
    """A reader of files whose pages may be pictures; raises NeedsOcr too if `ocr` is `defer`."""

    def __call__(self, data: bytes, *, charset: str | None = None, ocr: Ocr = Ocr.OFF) -> Document: ...


READERS: Mapping[str, Reader] = {
    doc.NAME: doc.read_doc,
    docx.NAME: docx.read_docx,
    flat_xml.OPC: flat_xml.read_flat_opc,
    flat_xml.SHEET: flat_xml.read_fods,
    flat_xml.TEXT: flat_xml.read_fodt,
    html.NAME: html.read_html,
    mhtml.NAME: mhtml.read_mhtml,
    odt.NAME: odt.read_odt,
    "ods": sheet.read_sheet,
    rtf.NAME: rtf.read_rtf,
    sheet_xml.NAME: sheet_xml.read_sheet_xml,
    text.NAME: text.read_text,
    word_xml.NAME: word_xml.read_word_xml,
    "xls": sheet.read_sheet,
    "xlsb": sheet.read_sheet,
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
    "ppt": "a PowerPoint file: slides hold no report in the official form",
    "ole": "a compound file of an unknown program",
    "encrypted": "an Office file encrypted with a password",
    "pptx": "a PowerPoint file: slides hold no report in the official form",
    "zip": "a ZIP archive of other files, which are read one by one",
    "damaged zip": "a damaged ZIP archive or Office file",
    "rar": "a RAR archive of other files, which are read one by one",
    "7z": "a 7-Zip archive of other files, which are read one by one",
    "gzip": "a file compressed by gzip, which is unpacked before it is read",
    "tar": "a TAR archive of other files, which are read one by one",
    "bzip2": "a file compressed by bzip2, which no portal was seen to use",
    "xz": "a file compressed by xz, which no portal was seen to use",
}
