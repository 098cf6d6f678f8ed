"""What kind of file a document is, told by its bytes alone: names and headers lie too often on disclosure portals."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import islice

from archive.charset import decode_bytes
from archive.readers.limits import ZIP_FAULTS

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAMPLE = 8192
_TAR_AT = 257  # where the first header of a tar file says that it is one (POSIX.1-1988)

# First bytes that settle the format.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
)
_WEBP = re.compile(rb"RIFF.{4}WEBP", re.S)
# A part that only one format has, and that format.
_ZIP_PARTS: tuple[tuple[str, str], ...] = (
    ("word/document.xml", "docx"),
    ("word/document2.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("ppt/presentation.xml", "pptx"),
    ("OFD.xml", "ofd"),
)
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)
_MHTML = re.compile(rb"\A(?:[\w-]++:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*?(?:MIME-Version:|Content-Type:\s*multipart)", re.I)
# Tags that begin a page, or hold it together; one near the beginning settles it.
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title|table|tr|td|div|p)(?:[\s/>]|$)", re.I)
_MARKUP = re.compile(
    rb"</?(?:html|body|table|tr|td|div|p|span|br|a|h[1-6]|ul|ol|li|font|center|b|i|o:p)(?:[\s/>]|$)", re.I
)
_LEAST_TAGS = 3
_FIRST_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*+:)?([A-Za-z_][\w.-]*+)([^>]*+)")
# The root element of an office file in one XML file, what stands in its start tag, and the format.
_XML_ROOTS: tuple[tuple[bytes, bytes, str], ...] = (
    (b"wordDocument", b"", "word xml"),
    (b"package", b"http://schemas.microsoft.com/office/2006/xmlPackage", "flat opc"),
    (b"Workbook", b"urn:schemas-microsoft-com:office:spreadsheet", "sheet xml"),
    (b"document", b"opendocument.spreadsheet", "fods"),
    (b"document", b"urn:oasis:names:tc:opendocument:xmlns:office:1.0", "fodt"),
)
_CONTROLS = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")


def sniff(data: bytes) -> str:
    """The format's name: `html`, `docx`, `text`, another that is known by name, `empty` or `unknown`."""
    if not data.strip(b"\x00 \t\r\n\x0b\x0c\xef\xbb\xbf\xff\xfe"):
        return "empty"
    head = data[:_SAMPLE].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if _WEBP.match(head):
        return "image"
    if data.startswith(_OLE):
        return _ole(data)
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zip(data)
    if data[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return "tar"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    return _textual(data)


def _ole(data: bytes) -> str:
    """Which program wrote a compound file, by the names of its streams (UTF-16 in the directory)."""
    for stream, name in _OLE_STREAMS:
        if (stream.encode("utf-16-le") + b"\x00\x00") in data:
            return name
    return "ole"


def _zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            for part, name in _ZIP_PARTS:
                if part in names:
                    return name
            small = "mimetype" in names and archive.getinfo("mimetype").file_size < 200
            kind = archive.read("mimetype") if small else b""
            if kind.startswith(b"application/vnd.oasis.opendocument"):
                return "ods" if b".spreadsheet" in kind else "odt"
            if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
                return "docx"
    except ZIP_FAULTS:
        return "damaged zip"
    return "zip"


def _textual(data: bytes) -> str:
    sample = data[:_SAMPLE]
    if b"\x00" in sample or sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        decoded = decode_bytes(data[: 4 * _SAMPLE])
        if not decoded.encoding.startswith(("utf-16", "utf-32")):
            return "unknown"
        data = decoded.text.encode("utf-8", "replace")
        sample = data[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) * 50 > len(sample):
        return "unknown"
    if flat := _flat_xml(sample):
        return flat
    if _MHTML.match(sample.lstrip()):  # before the look for tags: the page stands inside of it
        return "mhtml"
    if _PAGE.search(sample):
        return "html"
    tags = sum(1 for _ in islice(_MARKUP.finditer(data), _LEAST_TAGS))
    return "html" if tags >= _LEAST_TAGS else "text"


def _flat_xml(sample: bytes) -> str | None:
    """The format of an office file in one XML file, told by its root element, or None."""
    root = _FIRST_TAG.search(sample)
    if root is None:
        return None
    return next((kind for name, inside, kind in _XML_ROOTS if name == root[1] and inside in root[2]), None)
