"""OpenDocument workbooks in which a mark stands beside a number, or in which something is hidden."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from archive.readers import read
from tests.readers.marked import LOST, check_cells
from tests.readers.test_marked_xlsx import hidden, words

MARKED = (Path(__file__).parent / "fixtures" / "office" / "marked.ods").read_bytes()


def test_every_way_of_marking_a_digit() -> None:
    check_cells(read(MARKED), LOST)


def test_a_struck_cell_style_by_column_and_parent() -> None:
    with zipfile.ZipFile(io.BytesIO(MARKED)) as file:
        parts = {name: file.read(name).decode() for name in file.namelist() if name.endswith(".xml")}
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for name, space in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"))
    )
    styles = (
        '<style:style style:name="Gone" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="Heir" style:family="table-cell" style:parent-style-name="Gone"/>'
    )

    def cell(value: str, more: str = "") -> str:
        kind = (
            f'office:value-type="float" office:value="{value}"' if value.isdecimal() else 'office:value-type="string"'
        )
        return f"<table:table-cell {kind} {more}><text:p>{value}</text:p></table:table-cell>"

    columns = (
        '<table:table-column/><table:table-column table:default-cell-style-name="Heir"/>'
        '<table:table-column table:visibility="collapse"/>'
    )
    spanned = 'table:number-columns-spanned="2"'
    covered = cell("8").replace("table:table-cell", "table:covered-table-cell")
    rows = (
        f"<table:table-row>{cell('甲')}{cell('12')}{cell('9')}{cell('4')}</table:table-row>"
        f"<table:table-row table:visibility='filter'>{cell('乙')}{cell('5')}</table:table-row>"
        f"<table:table-row>{cell('丙', spanned)}{covered}{cell('9')}{cell('6')}</table:table-row>"
    )
    parts["content.xml"] = (
        f'<office:document-content {spaces} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f'<office:body><office:spreadsheet><table:table table:name="表">{columns}{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        for name, text in parts.items():
            file.writestr(name, text)
    document = read(out.getvalue())
    assert words(document) == [["甲", "1\u03362\u0336", "4"], ["丙", "6"]]
    assert sorted(hidden(document)) == sorted(["9", "乙", "5\u0336", "8", "9"])
