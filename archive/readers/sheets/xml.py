"""Excel 2003 XML (`urn:schemas-microsoft-com:office:spreadsheet`) to a document: written over as .xlsx, read as that.

Source: the Office 2003 XML reference schemas (excelss.xsd): `ss:Index` places a row or a cell, the next ones follow it;
`ss:MergeAcross` and `ss:MergeDown` count the further columns and rows of a merged cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from lxml import etree

from archive.models import Document, UnreadableDocument
from archive.readers.flat_xml import flat_tree, package_of
from archive.readers.limits import MAX_CELLS, refuse
from archive.readers.raised import LOWERED, PLAIN, RAISED, STRUCK, Look, marked
from archive.readers.sheets.format import MAX_COLUMNS, MAX_ROWS
from archive.readers.sheets.guard import far_out
from archive.readers.sheets.reader import read_sheet

NAME = "sheet xml"

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_LOOKS = {"sup": RAISED, "sub": LOWERED, "s": STRUCK}
_SHIFTS = {"Superscript": RAISED, "Subscript": LOWERED}
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


@dataclass(slots=True)
class _Written:
    """A sheet on the way: its rows and merged ranges as XML; `looks` are those of its styles."""

    looks: Mapping[str, Look]
    rows: list[str] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    cells: int = 0


def read_sheet_xml(data: bytes, *, charset: str | None = None) -> Document:
    """Reads an Excel 2003 XML workbook; raises UnreadableDocument as `read_sheet` does, and for any DTD."""
    root = flat_tree(data, charset, "an Excel 2003 XML file")
    sheets = root.findall(f"{_SS}Worksheet")
    if not sheets:
        raise UnreadableDocument("an Excel 2003 XML file without a sheet")
    parts = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _relations(f'<Relationship Id="r1" Type="{_R}/officeDocument" Target="xl/workbook.xml"/>'),
    }
    looks = {style.get(f"{_SS}ID", ""): _look(style) for style in root.iterfind(f"{_SS}Styles/{_SS}Style")}
    entries = relations = ""
    for number, sheet in enumerate(sheets, 1):
        name = escape(sheet.get(f"{_SS}Name") or f"{number}")
        shown = sheet.findtext(f"{_X}WorksheetOptions/{_X}Visible", "SheetVisible") == "SheetVisible"
        state = "visible" if shown else "hidden"
        entries += f'<sheet name="{name}" sheetId="{number}" state="{state}" r:id="r{number}"/>'
        relations += f'<Relationship Id="r{number}" Type="{_R}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(sheet, _Written(looks))
    book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_R}"><sheets>{entries}</sheets></workbook>'
    parts["xl/workbook.xml"] = book.encode()
    parts["xl/_rels/workbook.xml.rels"] = _relations(relations)
    return read_sheet(package_of(parts))


def _relations(entries: str) -> bytes:
    return f'<Relationships xmlns="{_PACKAGE}">{entries}</Relationships>'.encode()


def _look(style: etree._Element) -> Look:
    """How a style shows text; it states again what it takes over from another one."""
    font = style.find(f"{_SS}Font")
    if font is None:
        return PLAIN
    look = _SHIFTS.get(font.get(f"{_SS}VerticalAlign", ""), PLAIN)
    return look._replace(struck=font.get(f"{_SS}StrikeThrough") == "1")


def _sheet(sheet: etree._Element, out: _Written) -> bytes:
    at = -1
    for row in sheet.iterfind(f"{_SS}Table/{_SS}Row"):
        at = _index(row, at)
        hidden = ' hidden="1"' if row.get(f"{_SS}Hidden") == "1" else ""
        out.rows.append(f'<row r="{at + 1}"{hidden}>{"".join(_cells(row, at, out))}</row>')
        for _ in range(min(_whole(row.get(f"{_SS}Span")), MAX_ROWS - at)):  # rows without cells, alike
            at += 1
            out.rows.append(f'<row r="{at + 1}"{hidden}/>' if hidden else "")
    merges = f"<mergeCells>{''.join(out.merges)}</mergeCells>" if out.merges else ""
    columns = "".join(_hidden_columns(sheet))
    columns = f"<cols>{columns}</cols>" if columns else ""
    data = f"{columns}<sheetData>{''.join(out.rows)}</sheetData>{merges}"
    return f'<worksheet xmlns="{_MAIN}">{data}</worksheet>'.encode()


def _hidden_columns(sheet: etree._Element) -> Iterator[str]:
    at = -1
    for column in sheet.iterfind(f"{_SS}Table/{_SS}Column"):
        at = _index(column, at)
        last = min(at + _whole(column.get(f"{_SS}Span")), MAX_COLUMNS)
        if column.get(f"{_SS}Hidden") == "1":
            yield f'<col min="{at + 1}" max="{last + 1}" hidden="1"/>'
        at = last


def _cells(row: etree._Element, at: int, out: _Written) -> Iterator[str]:
    column = -1
    for cell in row.iterfind(f"{_SS}Cell"):
        out.cells += 1
        if out.cells > MAX_CELLS:
            raise refuse(f"has more than {MAX_CELLS:,} table cells")
        column = _index(cell, column)
        if at >= MAX_ROWS or column >= MAX_COLUMNS:
            raise far_out(at, column)
        across, down = _whole(cell.get(f"{_SS}MergeAcross")), _whole(cell.get(f"{_SS}MergeDown"))
        if across or down:
            last = min(at + down, MAX_ROWS - 1), min(column + across, MAX_COLUMNS - 1)
            out.merges.append(f'<mergeCell ref="{_reference(at, column)}:{_reference(*last)}"/>')
        style = cell.get(f"{_SS}StyleID") or row.get(f"{_SS}StyleID") or ""
        yield _content(cell, _reference(at, column), out.looks.get(style, PLAIN))
        column += min(across, MAX_COLUMNS)


def _content(cell: etree._Element, reference: str, look: Look) -> str:
    data = cell.find(f"{_SS}Data")
    formula = "<f>0</f>" if cell.get(f"{_SS}Formula") else ""
    text = _text(data) if data is not None else ""
    kind = data.get(f"{_SS}Type", "String") if data is not None else ""
    if look != PLAIN:
        text, kind = marked(text, look), "String"
    if kind == "Number" and _is_number(text):
        return f'<c r="{reference}">{formula}<v>{text.strip()}</v></c>'
    if kind == "Boolean" and text.strip() in ("0", "1"):
        return f'<c r="{reference}" t="b"><v>{text.strip()}</v></c>'
    if text.strip():
        return f'<c r="{reference}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
    return f'<c r="{reference}">{formula}</c>' if formula and kind != "String" else ""


def _text(data: etree._Element) -> str:
    """The text of a cell, its raised, lowered and struck digits kept apart from the number beside them."""
    found = data.text or ""
    for child in data:
        look = _LOOKS.get(etree.QName(child).localname.lower(), PLAIN)
        found += marked(_text(child), look) + (child.tail or "")
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip().lower().strip("+-") not in ("nan", "inf", "infinity")


def _index(element: etree._Element, last: int) -> int:
    """The zero-based place of a row or a cell; `last` is that of the one before it."""
    stated = _whole(element.get(f"{_SS}Index"))
    return stated - 1 if stated else last + 1


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 9 else 0


def _reference(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
