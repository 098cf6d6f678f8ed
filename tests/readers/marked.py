"""Made-up files in which a raised, lowered, struck, hidden or deleted digit stands beside a number, in every way.

`python -m tests.readers.marked FOLDER` writes marked.docx and marked.xlsx; the other fixtures were converted from these
by `soffice --headless --convert-to doc|rtf|odt marked.docx` and `--convert-to xls|ods marked.xlsx`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from archive.models import Document, Grid
from archive.report.numbers import read_value
from tests.readers.docx_builder import cell, docx, par, row, run, table
from tests.readers.features import complete
from tests.readers.xlsx_builder import sheet, xlsx

_STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Gone"><w:name w:val="Gone"/><w:basedOn w:val="Normal"/>'
    "<w:rPr><w:strike/></w:rPr></w:style>"
    '<w:style w:type="paragraph" w:styleId="Heir"><w:name w:val="Heir"/><w:basedOn w:val="Gone"/></w:style>'
    '<w:style w:type="character" w:styleId="Mark"><w:name w:val="Mark"/>'
    '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Unseen"><w:name w:val="Unseen"/><w:rPr><w:vanish/></w:rPr></w:style>'
)
_CHANGE = 'w:author="办公室" w:date="2024-01-01T00:00:00Z"'

# What stands in the second cell of a row, and the text that it must be read as.
WORDS: dict[str, tuple[str, str]] = {
    "上标": (par("12", run("1", '<w:vertAlign w:val="superscript"/>')), "12¹"),
    "样式上标": (par("12", run("2", '<w:rStyle w:val="Mark"/>')), "12²"),
    "下标": (par("12", run("3", '<w:vertAlign w:val="subscript"/>')), "12₃"),
    "提升": (par("12", run("4", '<w:position w:val="10"/><w:sz w:val="14"/>')), "12⁴"),
    "删除线": (par(run("9", "<w:strike/>"), "12"), "9\u033612"),
    "双删除线": (par(run("8", "<w:dstrike/>"), "12"), "8\u033612"),
    "段落样式": (par("12", properties='<w:pStyle w:val="Heir"/>'), "1\u03362\u0336"),
    "隐藏": (par(run("9", "<w:vanish/>"), "12"), "12"),
    "样式隐藏": (par(run("9", '<w:rStyle w:val="Unseen"/>'), "12"), "12"),
    "修订": (
        par(
            f"<w:del w:id='1' {_CHANGE}><w:r><w:delText>9</w:delText></w:r></w:del>",
            f"<w:ins w:id='2' {_CHANGE}>{run('12')}</w:ins>",
        ),
        "12",
    ),
    "不变": (par(run("12", '<w:strike w:val="0"/><w:position w:val="0"/>')), "12"),
}


def word_file() -> bytes:
    """A Word file with one table, a row for each way."""
    rows = (row(cell(name), cell(content)) for name, (content, _) in WORDS.items())
    columns = '<w:gridCol w:w="2000"/>' * 2
    grid = table(*rows).replace("<w:tblGrid/>", f"<w:tblGrid>{columns}</w:tblGrid>")
    return docx(par("甲") + grid + par("乙"), styles=_STYLES)


def check_words(document: Document) -> None:
    """Fails unless every cell is read as `WORDS` says; what has a mark is never a number."""
    (grid,) = [block for block in document.blocks if isinstance(block, Grid)]
    assert {cells[0].text: cells[1].text for cells in grid.rows} == {name: text for name, (_, text) in WORDS.items()}
    for cells in grid.rows:
        assert read_value(cells[1].text).value == (12 if cells[1].text == "12" else None)


_FONT = "<font><sz val='11'/><name val='Calibri'/></font>"
_STRUCK = "<font><strike/><sz val='11'/><name val='Calibri'/></font>"
_RAISED = "<font><vertAlign val='superscript'/><sz val='11'/><name val='Calibri'/></font>"
_PLAIN_STYLE, _STRUCK_STYLE, _RAISED_STYLE, _SILENT_STYLE = range(4)
_FORMATS = "".join(
    f'<xf numFmtId="{form}" fontId="{font}" fillId="0" borderId="0" xfId="0" applyFont="1" applyNumberFormat="1"/>'
    for font, form in ((0, 0), (1, 0), (2, 0), (0, 164))
)
SHEET_STYLES = (
    '<numFmts count="1"><numFmt numFmtId="164" formatCode=";;;"/></numFmts>'
    f'<fonts count="3">{_FONT}{_STRUCK}{_RAISED}</fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    f'<cellXfs count="4">{_FORMATS}</cellXfs>'
)


def rich(*parts: tuple[str, str]) -> str:
    """A text of runs: what the font of each says, and its text."""
    return "".join(f"<r><rPr>{font}<sz val='11'/></rPr><t>{text}</t></r>" for font, text in parts)


# The second cell of a row: a shared string, or the style and value of a number; and the text that it must be read as.
LOST = "上标的数"
CELLS: dict[str, tuple[str | tuple[int, str], str]] = {
    "上标": (rich(("", "12"), ("<vertAlign val='superscript'/>", "1")), "12¹"),
    "下标": (rich(("", "12"), ("<vertAlign val='subscript'/>", "3")), "12₃"),
    "删除线": (rich(("<strike/>", "9"), ("", "12")), "9\u033612"),
    "删除的数": ((_STRUCK_STYLE, "12"), "1\u03362\u0336"),
    "上标的数": ((_RAISED_STYLE, "1"), "¹"),
    "不显示": ((_SILENT_STYLE, "7"), ""),
    "不变": ((_PLAIN_STYLE, "12"), "12"),
    "长": (rich(("", "甲乙" * 3000), ("<vertAlign val='superscript'/>", "5")), "甲乙" * 3000 + "⁵"),
    "后": (rich(("", "12"), ("<strike/>", "6")), "126\u0336"),
}


def workbook() -> bytes:
    """A workbook: a sheet with a row for each way, and one with hidden rows and columns and merged cells."""
    strings = [content for content, _ in CELLS.values() if isinstance(content, str)]
    body = ""
    for number, (name, (content, _)) in enumerate(CELLS.items(), 1):
        value = (
            f'<c r="B{number}" t="s"><v>{strings.index(content)}</v></c>'
            if isinstance(content, str)
            else f'<c r="B{number}" s="{content[0]}"><v>{content[1]}</v></c>'
        )
        body += f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{name}</t></is></c>{value}</row>'
    marks = sheet(()).replace("<sheetData>", f"<sheetData>{body}")
    rows = (("项目", "旧", "新", "注"), ("甲", "91", "1", "x"), ("乙", "92", "2", "y"), ("丙", "93", "3", "z"))
    unseen = sheet(rows, merges=["D2:D3"]).replace('<row r="2">', '<row r="2" hidden="1">')
    unseen = unseen.replace("<sheetData>", '<cols><col min="2" max="2" width="9" hidden="1"/></cols><sheetData>')
    return xlsx({"标记": marks, "隐藏": unseen}, styles=SHEET_STYLES, strings=strings)


def check_cells(document: Document, lost: str = "") -> None:
    """Fails unless every cell is read as `CELLS` says, and nothing hidden is among what is seen.

    `lost` is the row whose mark the conversion lost: Calc raises no whole cells.
    """
    marks, unseen = [block for block in document.blocks if isinstance(block, Grid)]
    expected = {name: text for name, (_, text) in CELLS.items() if name != lost}
    found = {cells[0].text: cells[1].text for cells in marks.rows if cells[0].text != lost}
    assert found == expected
    for text in found.values():
        assert read_value(text).value == (12 if text == "12" else None)
    seen = [[cell.text for cell in cells] for cells in unseen.rows]
    assert seen == [["项目", "新", "注"], ["乙", "2", "x"], ["丙", "3", "z"]]
    assert [cell.place for cell in unseen.rows[1]] == [f"sheet 隐藏, row 3, column {column}" for column in (1, 3, 4)]
    hidden = [block.text for block in document.outside if not isinstance(block, Grid) and "隐藏" in block.place]
    assert sorted(hidden) == sorted(["旧", "甲", "91", "1", "92", "93", "y"])
    assert "sheet 隐藏: 1 hidden rows and 1 hidden columns stand apart" in document.warnings


if __name__ == "__main__":
    Path(sys.argv[1], "marked.docx").write_bytes(complete(word_file()))
    Path(sys.argv[1], "marked.xlsx").write_bytes(workbook())
