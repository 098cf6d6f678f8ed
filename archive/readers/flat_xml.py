"""Office files written as one XML file: put into the parts of their usual package, and read by the reader of that.

Flat OPC (`pkg:package`, what Word saves as "XML document") and flat OpenDocument (.fodt, .fods) hold the very parts of
a .docx, .odt or .ods. Sources: ECMA-376 part 2 annex on flat OPC as Word 2007 and later write it; OpenDocument 1.3
part 2, §2.2.2 (single XML documents).
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace

from lxml import etree

from archive.charset import decode_bytes
from archive.models import Document, UnreadableDocument
from archive.readers.docx.reader import read_docx
from archive.readers.limits import MAX_BYTES, refuse
from archive.readers.odt.reader import read_odt
from archive.readers.sheets.reader import read_sheet
from archive.readers.zip_parts import safe_parser

OPC, TEXT, SHEET = "flat opc", "fodt", "fods"

MAX_FLAT = 40 << 20
"""Bytes of one XML file, as of one part of a package."""

_PKG = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_MANIFEST = b'<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
_PARTS = {
    "content.xml": ("document-content", ("scripts", "font-face-decls", "automatic-styles", "body")),
    "styles.xml": ("document-styles", ("font-face-decls", "styles", "automatic-styles", "master-styles")),
    "meta.xml": ("document-meta", ("meta",)),
}


def read_flat_opc(data: bytes, *, charset: str | None = None) -> Document:
    """Reads a Word document in one XML file; raises UnreadableDocument for one damaged, with a DTD, or too large."""
    parts: dict[str, bytes] = {}
    for part in flat_tree(data, charset, "a Word file in one XML file").iterfind(f"{_PKG}part"):
        name = (part.get(f"{_PKG}name") or "").lstrip("/")
        content, binary = part.find(f"{_PKG}xmlData/*"), part.findtext(f"{_PKG}binaryData")
        if content is not None:
            parts[name] = etree.tostring(content, encoding="utf-8")
        elif binary:
            try:
                parts[name] = base64.b64decode(binary)
            except binascii.Error as fault:
                raise UnreadableDocument(f"a damaged Word file in one XML file: {name}: {fault}") from fault
    return read_docx(package_of(parts))


def read_fodt(data: bytes, *, charset: str | None = None) -> Document:
    """Reads an OpenDocument text in one XML file; raises UnreadableDocument as `read_odt` does."""
    root = flat_tree(data, charset, "an OpenDocument file in one XML file")
    return replace(read_odt(package_of(_open_document_parts(root))), format=TEXT)


def read_fods(data: bytes, *, charset: str | None = None) -> Document:
    """Reads an OpenDocument spreadsheet in one XML file; raises UnreadableDocument as `read_sheet` does."""
    root = flat_tree(data, charset, "an OpenDocument spreadsheet in one XML file")
    frame = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": _MANIFEST}
    return read_sheet(package_of(frame | _open_document_parts(root)))


def flat_tree(data: bytes, charset: str | None, what: str) -> etree._Element:
    """The root element of a file that is XML; `what` names the file. Raises UnreadableDocument, also for any DTD."""
    if len(data) > MAX_FLAT:
        raise refuse(f"has {len(data):,} bytes, more than {MAX_FLAT:,}")
    text = _DECLARATION.sub("", decode_bytes(data, charset).text)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), safe_parser())
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise UnreadableDocument(f"{what}, damaged: {fault}") from fault
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableDocument(f"{what} with a document type declaration, which no office program writes")
    return root


def package_of(parts: Mapping[str, bytes]) -> bytes:
    """A ZIP file of these parts, unpacked as they are: it is read at once and never kept."""
    if sum(map(len, parts.values())) > MAX_BYTES:
        raise refuse(f"holds more than {MAX_BYTES:,} bytes in its parts")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _open_document_parts(root: etree._Element) -> dict[str, bytes]:
    """The parts of a package that the children of a single document belong to."""
    spaces = {
        prefix: space for prefix, space in root.nsmap.items() if prefix is not None
    }  # the library goes by prefixes
    parts: dict[str, bytes] = {}
    for name, (tag, wanted) in _PARTS.items():
        part = etree.Element(f"{_OFFICE}{tag}", nsmap=spaces)
        for child in wanted:
            for found in root.iterfind(f"{_OFFICE}{child}"):
                part.append(deepcopy(found))  # some belong to two parts
        parts[name] = etree.tostring(part, encoding="utf-8")
    return parts
