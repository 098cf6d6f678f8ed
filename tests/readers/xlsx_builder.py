"""Spreadsheets made for the tests, as the least of ECMA-376 part 1 that a reader opens."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def sheet(rows: Sequence[Sequence[str]], merges: Sequence[str] = ()) -> str:
    """A sheet; a value with markup is a whole cell content, a number is a number, everything else is text."""
    body = ""
    for r, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{chr(65 + c)}{r}", value) for c, value in enumerate(row) if value)
        body += f'<row r="{r}">{cells}</row>'
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in merges)
    tail = f'<mergeCells count="{len(merges)}">{merged}</mergeCells>' if merges else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData>{tail}</worksheet>'


def _cell(reference: str, value: str) -> str:
    if value.startswith("<"):
        return f'<c r="{reference}">{value}</c>'
    try:
        float(value)
    except ValueError:
        return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{reference}"><v>{value}</v></c>'


def xlsx(
    sheets: Mapping[str, str], hidden: Sequence[str] = (), *, styles: str = "", strings: Sequence[str] = ()
) -> bytes:
    """The bytes of a workbook of the given sheets; `styles` and `strings` are the content of these parts."""
    out = io.BytesIO()
    shared = "".join(f"<si>{string}</si>" for string in strings)
    more = {"styles": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>'} if styles else {}
    more |= {"sharedStrings": f'<sst xmlns="{_MAIN}">{shared}</sst>'} if strings else {}
    overrides = relations = entries = ""
    for kind in more:
        overrides += f'<Override PartName="/xl/{kind}.xml" ContentType="{_KIND}.{kind}+xml"/>'
        relations += f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="{kind}.xml"/>'
    for n, name in enumerate(sheets, 1):
        overrides += f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        relations += f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        state = ' state="hidden"' if name in hidden else ""
        entries += f'<sheet name="{name}" sheetId="{n}"{state} r:id="r{n}"/>'
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>{overrides}</Types>',
        )
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        file.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
        )
        file.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{entries}</sheets></workbook>',
        )
        for kind, content in more.items():
            file.writestr(f"xl/{kind}.xml", content)
        for n, content in enumerate(sheets.values(), 1):
            file.writestr(f"xl/worksheets/sheet{n}.xml", content)
    return out.getvalue()
