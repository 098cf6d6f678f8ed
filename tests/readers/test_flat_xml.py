"""Office files in one XML file read as the packages they stand for, and refused by name where they are hostile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from archive.models import Document, Grid, Heading, UnreadableDocument
from archive.readers import read, sniff
from archive.readers.flat_xml import MAX_FLAT
from tests.readers import flat_builder as flat
from tests.readers.docx_builder import cell, docx, level, numbered, numbering, par, row, table
from tests.shared import SHARED, needs_shared

FIXTURES = Path(__file__).parent / "fixtures" / "office"
TABLE = table(
    row(cell("一、本年新收", "<w:gridSpan w:val='2'/><w:vMerge w:val='restart'/>"), "3"),
    row(cell("", "<w:gridSpan w:val='2'/><w:vMerge/>"), "0"),
)
DTD = '<!DOCTYPE x [<!ENTITY a "b">]>'


def grid(document: Document) -> list[list[tuple[str, int, int, int]]]:
    (block,) = [block for block in document.blocks if isinstance(block, Grid)]
    return [[(c.text, c.column, c.rowspan, c.colspan) for c in cells] for cells in block.rows]


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if not isinstance(block, Grid)]


def test_a_flat_word_file_reads_as_its_package() -> None:
    lists = numbering(level(0, "chineseCountingThousand", "%1、"))
    package = docx(numbered("总体情况", 1) + TABLE, numbering=lists)
    data = flat.flat_opc(package)
    assert sniff(data) == "flat opc"
    assert read(data) == read(package)
    assert texts(read(data)) == ["一、总体情况"]


def test_flat_open_documents_read_as_their_packages() -> None:
    whole = (FIXTURES / "features.odt").read_bytes()
    data = flat.fodt(whole)
    assert sniff(data) == "fodt"
    assert replace(read(data), format="odt") == read(whole)
    sheets = (FIXTURES / "table.ods").read_bytes()
    assert sniff(flat.fods(sheets)) == "fods"
    assert read(flat.fods(sheets)) == read(sheets)


def test_word_2003_tables_have_the_grid_of_the_later_format() -> None:
    data = flat.as_word_2003(docx(TABLE))
    assert sniff(data) == "word xml"
    assert grid(read(data)) == [[("一、本年新收", 0, 2, 2), ("3", 2, 1, 1)], [("0", 2, 1, 1)]]
    assert grid(read(data)) == grid(read(docx(TABLE)))


def test_word_2003_list_numbers_are_those_shown() -> None:
    shown = "<w:listPr><w:ilvl w:val='0'/><w:ilfo w:val='1'/><wx:t wx:val='一、'/></w:listPr>"
    lost = "<w:listPr><w:ilvl w:val='0'/><w:ilfo w:val='1'/></w:listPr>"
    style = "<w:style w:type='paragraph' w:styleId='1'><w:name w:val='heading 1'/><w:pPr>" + lost + "</w:pPr></w:style>"
    body = par("总体情况", properties=f"<w:pStyle w:val='1'/>{shown}") + par("其他", properties=lost)
    document = read(flat.word_2003(body, style, properties="<o:Title>年度报告</o:Title>"))
    assert document.blocks[0] == Heading("一、总体情况", 1, "paragraph 1")
    assert texts(document) == ["一、总体情况", "其他"]
    assert document.title == "年度报告"
    assert "the numbers of 1 paragraphs of lists are not stored in the file" in document.warnings


def test_word_2003_revisions_comments_and_notes() -> None:
    def annotation(kind: str, content: str) -> str:
        return f"<aml:annotation w:type='Word.{kind}'><aml:content>{content}</aml:content></aml:annotation>"

    gone, new = "<w:r><w:delText>2999</w:delText></w:r>", "<w:r><w:t>3001</w:t></w:r>"
    note = f"<w:r><w:footnote>{par('脚注7')}</w:footnote></w:r>"
    link = "<w:hlink w:dest='http://a.example/b.doc'><w:r><w:t>附件</w:t></w:r></w:hlink>"
    remark = annotation("Comment", par("批注8"))
    line = par(annotation("Deletion", gone), annotation("Insertion", new), f"<w:r>{remark}</w:r>", note, link)
    document = read(flat.word_2003(line + annotation("Insertion", par("整段")) + annotation("Deletion", par("旧段"))))
    assert texts(document) == ["3001附件", "整段"]
    assert [block.text for block in document.outside if not isinstance(block, Grid)] == ["脚注7"]
    assert [(found.url, found.text) for found in document.links] == [("http://a.example/b.doc", "附件")]


def test_excel_2003_places_merges_and_values() -> None:
    rows = (
        f"<Row>{flat.excel_cell('标题', MergeAcross=2)}</Row>"
        f"<Row ss:Index='3'>{flat.excel_cell('甲', MergeDown=1)}{flat.excel_cell('96171.6', Index=3)}</Row>"
        f"<Row>{flat.excel_cell('2<html:Sup>1</html:Sup>', Index=2)}{flat.excel_cell('1E2')}</Row>"
        "<Row><Cell/><Cell ss:Formula='=A1'/><Cell ss:Formula='=1'><Data ss:Type='Number'>5</Data></Cell></Row>"
    )
    data = flat.excel_2003({"表 <1>": rows})
    assert sniff(data) == "sheet xml"
    document = read(data, name="报告.xls")
    assert document.format == "sheet"
    assert texts(document) == ["标题"]
    assert grid(document) == [
        [("甲", 0, 2, 1), ("", 1, 1, 1), ("96171.6", 2, 1, 1)],
        [("2¹", 1, 1, 1), ("100", 2, 1, 1)],
        [("", 0, 1, 1), ("[formula without a result]", 1, 1, 1), ("5", 2, 1, 1)],
    ]
    assert document.blocks[1].place == "sheet 表 <1>, table 1"


def test_excel_2003_hidden_rows_and_columns_and_struck_cells() -> None:
    fonts = ("ss:StrikeThrough='1'", "ss:VerticalAlign='Superscript'", "ss:VerticalAlign='Subscript'")
    styles = "".join(f"<Style ss:ID='s{n}'><Font {font}/></Style>" for n, font in enumerate(fonts, 1))
    styles = f"<Styles>{styles}</Styles>"
    rows = (
        "<Column/><Column ss:Hidden='1'/>"
        f"<Row>{flat.excel_cell('甲')}{flat.excel_cell('7')}{flat.excel_cell('1')}</Row>"
        f"<Row ss:Hidden='1'>{flat.excel_cell('乙')}{flat.excel_cell('8')}{flat.excel_cell('2')}</Row>"
        f"<Row>{flat.excel_cell('丙')}<Cell/>{flat.excel_cell('3')}</Row>"
    )
    plain = flat.excel_2003({"x": rows})
    assert [[c[0] for c in row] for row in grid(read(plain))] == [["甲", "1"], ["丙", "3"]]
    marked = plain.replace(b"<Worksheet", styles.encode() + b"<Worksheet").decode()
    struck = marked.replace('<Cell><Data ss:Type="Number">3', '<Cell ss:StyleID="s1"><Data ss:Type="Number">3')
    assert grid(read(struck.encode()))[1][1][0] == "3\u0336"
    raised = marked.replace('<Cell><Data ss:Type="Number">3', '<Cell ss:StyleID="s2"><Data ss:Type="Number">3')
    assert grid(read(raised.encode()))[1][1][0] == "³"
    lowered = marked.replace("<Row><Cell>", "<Row ss:StyleID='s3'><Cell>")
    lowered = lowered.replace("3</Data>", "3<html:S>4</html:S></Data>")
    assert grid(read(lowered.encode()))[1][1][0] == "₃₄\u0336"


def test_excel_2003_hidden_sheets_stand_apart() -> None:
    visible = "<Visible>SheetHidden</Visible>"
    option = f"<WorksheetOptions xmlns='urn:schemas-microsoft-com:office:excel'>{visible}</WorksheetOptions>"
    data = flat.excel_2003({"一": f"<Row>{flat.excel_cell('1')}{flat.excel_cell('2')}</Row>"})
    hidden = data.replace(b"</Table></Worksheet>", f"</Table>{option}</Worksheet>".encode())
    assert len(read(data).blocks) == 1
    assert (len(read(hidden).blocks), len(read(hidden).outside)) == (0, 1)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (flat.word_2003(par("x"), prolog=DTD), "Word 2003 XML file with a document type declaration"),
        (flat.excel_2003({"x": ""}, prolog=DTD), "Excel 2003 XML file with a document type declaration"),
        (flat.flat_opc(docx(par("x"))).replace(b"<pkg:package", DTD.encode() + b"<pkg:package"), "type declaration"),
        (flat.word_2003(par("x"))[:-30], "Word 2003 XML file, damaged"),
        (flat.word_2003("").replace(b"w:body", b"w:bodies"), "without a body"),
        (flat.excel_2003({}), "without a sheet"),
        (flat.excel_2003({"x": f"<Row ss:Index='999999'>{flat.excel_cell('1')}</Row>"}), "999,999 rows"),
        (flat.excel_2003({"x": f"<Row>{flat.excel_cell('1', Index=3000)}</Row>"}), "3,000 columns"),
        (flat.excel_2003({"x": "<Row>" + "<Cell/>" * 60_000 + "</Row>"}), "more than 50,000 table cells|257 columns"),
        (flat.word_2003("<w:r>" * 9000), "damaged"),
        (flat.word_2003("<wx:sub-section>" * 250 + "</wx:sub-section>" * 250), "damaged|deeper"),
        (flat.word_2003(par("x")) + b" " * MAX_FLAT, "bytes, more than"),
    ],
    ids=range(12),
)
def test_hostile_and_damaged_files_are_refused_by_name(data: bytes, why: str) -> None:
    with pytest.raises(UnreadableDocument, match=why):
        read(data)


def test_a_merged_cell_of_a_million_columns_is_clamped() -> None:
    rows = f"<Row>{flat.excel_cell('1', MergeAcross=999999999, MergeDown=999999999)}</Row>"
    document = read(flat.excel_2003({"x": rows + f"<Row>{flat.excel_cell('2')}</Row>"}))
    assert texts(document) == ["1"]
    assert [block.place for block in document.outside] == ["sheet x, row 2, column 1, hidden"]


@needs_shared
@pytest.mark.parametrize("name", ["hangzhou2025", "tengzhou2023"])
def test_whole_reports_read_as_their_packages(name: str) -> None:
    whole = (SHARED / "reports" / "formats" / f"{name}.docx").read_bytes()
    assert read(flat.flat_opc(whole)) == read(whole)
    grids = [
        [block for block in read(data).blocks if isinstance(block, Grid)] for data in (whole, flat.as_word_2003(whole))
    ]
    assert grids[0] == grids[1]
    odt = (SHARED / "reports" / "formats" / f"{name}.odt").read_bytes()
    assert read(flat.fodt(odt)).blocks == read(odt).blocks
