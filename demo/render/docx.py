"""A report as DOCX, by hand: the least of OOXML that a word processor opens, with merges, numbering, tracked changes.

Element names are those of ECMA-376 part 1, chapter 17 (WordprocessingML).
"""

from __future__ import annotations

import io
import zipfile
from html import escape

from demo.prose import HEADINGS
from demo.render.layout import Box, Kind, Line, Table, blocks
from demo.truth import TrueReport

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MOMENT = (2024, 1, 1, 0, 0, 0)
"""The time stamp of every member: the same report gives the same bytes."""

PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{WORD}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{WORD}.styles+xml"/>'
        f'<Override PartName="/word/numbering.xml" ContentType="{WORD}.numbering+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
    ),
    "word/_rels/document.xml.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/styles" Target="styles.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/numbering" Target="numbering.xml"/></Relationships>'
    ),
    "word/styles.xml": (
        f"<w:styles {W}>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>'
        '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/>'
        '<w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style></w:styles>'
    ),
    "word/numbering.xml": (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCountingThousand"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    ),
}

STYLE = {Kind.TITLE: "Title", Kind.SECTION: "Heading1", Kind.SUBHEADING: "Heading2", Kind.TEXT: "Normal"}
CHANGE = 'w:id="1" w:author="办公室" w:date="2024-01-01T00:00:00Z"'


def run(text: str, tag: str = "t") -> str:
    """A run of text; `tag` is delText inside a deletion."""
    return f'<w:r><w:{tag} xml:space="preserve">{escape(text, quote=False)}</w:{tag}></w:r>'


def paragraph(line: Line, *, numbered: bool, tracked: bool) -> str:
    """A paragraph; `numbered` takes the ordinal of a section from the numbering, `tracked` makes its end a change."""
    properties, text = f'<w:pStyle w:val="{STYLE[line.kind]}"/>', line.text
    if numbered and line.kind is Kind.SECTION:
        properties += '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
        text = next(name for name in HEADINGS if text.endswith(name))
    inner = run(text)
    if tracked:
        kept, inserted = text[:-6], text[-6:]
        inner = (
            f"{run(kept)}<w:del {CHANGE}>{run('（待核实）', 'delText')}</w:del><w:ins {CHANGE}>{run(inserted)}</w:ins>"
        )
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def cell(text: str, colspan: int, merge: str) -> str:
    """A cell of the grid. `merge` is empty, restart or continue: the vertical merge it belongs to."""
    properties = (f'<w:gridSpan w:val="{colspan}"/>' if colspan > 1 else "") + (
        f'<w:vMerge w:val="{merge}"/>' if merge else ""
    )
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text) if text else ''}</w:p></w:tc>"


def table(block: Table) -> str:
    """A table: OOXML has no row spans, so every row repeats the tall cells above it as continued merges."""
    tall: dict[int, tuple[int, int]] = {}  # column -> (rows still to cover, width)
    rows = []
    for row in block.rows:
        column, cells, waiting = 0, [], list(row)
        while column < block.width:
            if column in tall:
                left, width = tall.pop(column)
                cells.append(cell("", width, "continue"))
                if left > 1:
                    tall[column] = (left - 1, width)
            else:
                box: Box = waiting.pop(0)
                width = box.colspan
                cells.append(cell(box.text, width, "restart" if box.rowspan > 1 else ""))
                if box.rowspan > 1:
                    tall[column] = (box.rowspan - 1, width)
            column += width
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
    grid = "<w:gridCol/>" * block.width
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def render(report: TrueReport, *, numbered: bool = False, tracked: bool = False) -> bytes:
    """The bytes of the document. `tracked` makes the end of the first paragraph an insertion beside a deletion."""
    first = Line(Kind.TEXT, report.preamble[0])
    body = "".join(
        paragraph(block, numbered=numbered, tracked=tracked and block == first)
        if isinstance(block, Line)
        else table(block)
        for block in blocks(report)
    )
    document = f"<w:document {W}><w:body>{body}<w:sectPr/></w:body></w:document>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in {**PARTS, "word/document.xml": document}.items():
            package.writestr(zipfile.ZipInfo(name, MOMENT), DECLARATION + part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
