"""Office files in one XML file, made from the packages they stand for, as Word and LibreOffice save them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

from lxml import etree

_OOXML = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WORDML = "http://schemas.microsoft.com/office/word/2003/wordml"
_PKG = "http://schemas.microsoft.com/office/2006/xmlPackage"
_SS = "urn:schemas-microsoft-com:office:spreadsheet"
WORD_2003_SPACES = (
    f'xmlns:w="{_WORDML}" xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" '
    'xmlns:aml="http://schemas.microsoft.com/aml/2001/core" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def parts_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as file:
        return {name: file.read(name) for name in file.namelist()}


def _inner(part: bytes) -> str:
    return etree.tostring(etree.fromstring(part)).decode()


def flat_opc(docx: bytes) -> bytes:
    """A .docx as Word's "XML document"."""
    parts = "".join(
        f'<pkg:part pkg:name="/{name}"><pkg:xmlData>{_inner(part)}</pkg:xmlData></pkg:part>'
        for name, part in parts_of(docx).items()
        if name.endswith((".xml", ".rels")) and name != "[Content_Types].xml"
    )
    return f'{XML}<pkg:package xmlns:pkg="{_PKG}">{parts}</pkg:package>'.encode()


def word_2003(body: str, styles: str = "", *, prolog: str = "", properties: str = "") -> bytes:
    """A Word 2003 XML document of this body."""
    return (
        f'{XML}<?mso-application progid="Word.Document"?>{prolog}<w:wordDocument {WORD_2003_SPACES}>'
        f"<o:DocumentProperties>{properties}</o:DocumentProperties><w:styles>{styles}</w:styles>"
        f"<w:body><wx:sect>{body}</wx:sect></w:body></w:wordDocument>"
    ).encode()


def as_word_2003(docx: bytes) -> bytes:
    """A .docx written back as the older format writes its tables, without the numbers of its lists."""
    parts = parts_of(docx)
    root = etree.fromstring(parts["word/document.xml"])
    (body,) = root.iterchildren()
    text = "".join(etree.tostring(child).decode() for child in body).replace(_OOXML, _WORDML)
    return word_2003(text.replace("w:vMerge", "w:vmerge").replace("w:hMerge", "w:hmerge"))


def fodt(odt: bytes) -> bytes:
    """An OpenDocument text in one file."""
    return _flat(odt, "text", ("meta.xml", "styles.xml", "content.xml"))


def fods(ods: bytes) -> bytes:
    """An OpenDocument spreadsheet in one file."""
    return _flat(ods, "spreadsheet", ("content.xml",))


def _flat(package: bytes, kind: str, names: Sequence[str]) -> bytes:
    parts = parts_of(package)
    children = "".join(
        etree.tostring(child).decode() for name in names if name in parts for child in etree.fromstring(parts[name])
    )
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    start = f'<office:document xmlns:office="{office}" office:mimetype="{mimetype}">'
    return f"{XML}{start}{children}</office:document>".encode()


def excel_2003(sheets: Mapping[str, str], *, prolog: str = "") -> bytes:
    """An Excel 2003 XML workbook; each sheet is the content of its table, by `rows` or by hand."""
    inside = "".join(
        f'<Worksheet ss:Name="{escape(name)}"><Table>{table}</Table></Worksheet>' for name, table in sheets.items()
    )
    return (
        f'{XML}<?mso-application progid="Excel.Sheet"?>{prolog}<Workbook xmlns="{_SS}" xmlns:ss="{_SS}" '
        f'xmlns:html="http://www.w3.org/TR/REC-html40">{inside}</Workbook>'
    ).encode()


def excel_cell(value: str, **attributes: int) -> str:
    """A cell: a number where the value is one, else text; markup stays."""
    try:
        float(value)
    except ValueError:
        kind = "String"
    else:
        kind = "Number"
    inside = "".join(f' ss:{name}="{number}"' for name, number in attributes.items())
    return f'<Cell{inside}><Data ss:Type="{kind}">{value}</Data></Cell>'
