"""The Word reader on files made for each rule."""

from __future__ import annotations

import io
import zipfile

import pytest

from archive.models import Document, Grid, Heading, Paragraph, UnreadableDocument
from archive.readers import read
from archive.readers.docx.numbering import format_number
from tests.readers.docx_builder import W, cell, control, docx, level, numbered, numbering, par, row, run, table

CHINESE = (
    level(0, "chineseCountingThousand", "%1、"),
    level(1, "japaneseCounting", "（%2）"),
    level(2, "decimal", "%3."),
)


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if not isinstance(block, Grid)]


def grid(document: Document) -> list[list[tuple[str, int, int, int]]]:
    (block,) = [block for block in document.blocks if isinstance(block, Grid)]
    return [[(c.text, c.column, c.rowspan, c.colspan) for c in cells] for cells in block.rows]


def test_runs_breaks_tabs_and_hyphens_are_text() -> None:
    body = par("<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t><w:noBreakHyphen/><w:t>丁</w:t></w:r>")
    assert texts(read(docx(body + par(" ") + par("20", "23", "年")))) == ["甲\n乙\t丙-丁", "2023年"]


def test_a_raised_digit_is_no_digit_of_the_number_before_it() -> None:
    raised = "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>1</w:t></w:r>"
    assert texts(read(docx(par(run("2") + raised)))) == ["2¹"]
    struck = "<w:r><w:rPr><w:strike/></w:rPr><w:t>9</w:t></w:r>"
    assert texts(read(docx(par(struck + run("7"))))) == ["9\u03367"]


def test_tracked_changes_are_read_as_accepted() -> None:
    body = par(
        "<w:del w:id='1'><w:r><w:delText>2999</w:delText></w:r></w:del>",
        f"<w:ins w:id='2'>{run('3001')}</w:ins>",
        f"<w:moveFrom>{run('旧')}</w:moveFrom><w:moveTo>{run('新')}</w:moveTo>",
    )
    gone = f"<w:del>{par('整段')}</w:del>"
    joined = par("前半", properties="<w:rPr><w:del w:id='3'/></w:rPr>") + par("后半")
    rows = table(row("1", "2"), row("3", "4", properties="<w:del w:id='4'/>"), row("5", "6"))
    document = read(docx(body + gone + joined + rows))
    assert texts(document) == ["3001新", "前半后半"]
    assert [[c[0] for c in cells] for cells in grid(document)] == [["1", "2"], ["5", "6"]]
    assert "tracked changes were read as accepted: 1 insertions, 5 deletions" in document.warnings


def test_a_deleted_paragraph_mark_joins_within_its_cell_only() -> None:
    mark = "<w:rPr><w:del w:id='3'/></w:rPr>"
    rows = table(row(cell(par("1", properties=mark)), "2"), row(cell(par("3", properties=mark) + par("4")), "5"))
    assert [[c[0] for c in cells] for cells in grid(read(docx(rows)))] == [["1", "2"], ["34", "5"]]


def test_content_controls_are_dissolved_at_every_level() -> None:
    body = control(par("段")) + control(
        table(row("1", control(cell("2"))), control(row(cell(par(control(run("3")))), "4")))
    )
    document = read(docx(body))
    assert texts(document) == ["段"]
    assert [[c[0] for c in cells] for cells in grid(document)] == [["1", "2"], ["3", "4"]]


def test_fields_show_their_result() -> None:
    body = par(
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>FORMTEXT 99</w:instrText></w:r>"
        "<w:r><w:fldChar w:fldCharType='separate'/></w:r>",
        "61",
        "<w:r><w:fldChar w:fldCharType='end'/></w:r>",
        f"<w:fldSimple w:instr='DATE'>{run('件')}</w:fldSimple>",
    )
    assert texts(read(docx(body))) == ["61件"]


def test_list_numbers_are_restored() -> None:
    body = (
        numbered("总体情况", 1)
        + numbered("主动公开", 1, 1)
        + numbered("依申请", 1, 1)
        + numbered("甲", 1, 2)
        + numbered("主动公开政府信息情况", 1)
        + numbered("再", 1, 1)
        + numbered("", 1, 1)
        + numbered("再", 1, 1)
        + par("无号", properties="<w:numPr><w:ilvl w:val='0'/><w:numId w:val='0'/></w:numPr>")
    )
    assert texts(read(docx(body, numbering=numbering(CHINESE)))) == [
        "一、总体情况",
        "（一）主动公开",
        "（二）依申请",
        "1. 甲",
        "二、主动公开政府信息情况",
        "（一）再",
        "（三）再",
        "无号",
    ]


def test_lists_restart_where_a_number_says_so_and_bullets_have_no_text() -> None:
    more = (
        '<w:num w:numId="2"><w:abstractNumId w:val="5"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        '</w:lvlOverride></w:num><w:num w:numId="3"><w:abstractNumId w:val="5"/></w:num>'
        f'<w:abstractNum w:abstractNumId="6">{level(0, "bullet", "●")}</w:abstractNum>'
        '<w:num w:numId="4"><w:abstractNumId w:val="6"/></w:num>'
    )
    body = "".join(numbered(str(n), list_id) for n, list_id in enumerate((1, 1, 3, 2, 2, 4, 9)))
    assert texts(read(docx(body, numbering=numbering(CHINESE, more)))) == [
        "一、0", "二、1", "三、2", "一、3", "二、4", "5", "6",
    ]  # fmt: skip


def test_styles_give_headings_and_numbers() -> None:
    styles = (
        "<w:style w:type='paragraph' w:styleId='1' w:default='1'><w:name w:val='Normal'/></w:style>"
        "<w:style w:type='paragraph' w:styleId='2'><w:name w:val='heading 1'/><w:pPr><w:numPr><w:numId w:val='1'/>"
        "</w:numPr></w:pPr></w:style>"
        "<w:style w:type='paragraph' w:styleId='3'><w:name w:val='own'/><w:basedOn w:val='2'/></w:style>"
        "<w:style w:type='paragraph' w:styleId='4'><w:name w:val='Title'/></w:style>"
        "<w:style w:type='paragraph' w:styleId='5'><w:name w:val='x'/><w:basedOn w:val='5'/></w:style>"
    )
    body = (
        par("题", properties="<w:pStyle w:val='4'/>")
        + par("总体情况", properties="<w:pStyle w:val='3'/>")
        + par("小节", properties="<w:outlineLvl w:val='2'/>")
        + par(
            "正文", properties="<w:pStyle w:val='2'/><w:outlineLvl w:val='9'/><w:numPr><w:numId w:val='0'/></w:numPr>"
        )
        + par("环", properties="<w:pStyle w:val='5'/>")
        + par("长" * 201, properties="<w:outlineLvl w:val='0'/>")
    )
    document = read(docx(body, styles=styles, numbering=numbering(CHINESE)))
    found = [
        (b.text[:6], b.level if isinstance(b, Heading) else None) for b in document.blocks if not isinstance(b, Grid)
    ]
    assert found == [
        ("题", 0),
        ("一、总体情况", 1),
        ("小节", 3),
        ("正文", None),
        ("环", None),
        ("长" * 6, None),
    ]  # fmt: skip


def test_merged_cells_are_resolved() -> None:
    rows = table(
        row(cell("甲", "<w:vMerge w:val='restart'/>"), cell("乙", "<w:gridSpan w:val='2'/>")),
        row(cell("", "<w:vMerge/>"), "丙", "丁"),
        row(cell("戊", "<w:vMerge/><w:gridSpan w:val='2'/>"), "己"),
        row("庚", properties="<w:gridBefore w:val='2'/>"),
        row(cell("辛", "<w:hMerge w:val='restart'/>"), cell("", "<w:hMerge/>"), "壬"),
    )
    document = read(docx(rows))
    assert grid(document) == [
        [("甲", 0, 3, 1), ("乙", 1, 1, 2)],
        [("丙", 1, 1, 1), ("丁", 2, 1, 1)],
        [("己", 2, 1, 1)],
        [("庚", 2, 1, 1)],
        [("辛", 0, 1, 2), ("壬", 2, 1, 1)],
    ]
    assert [block.text for block in document.outside if isinstance(block, Paragraph)] == ["戊"]


def test_a_layout_table_falls_apart_and_a_table_in_data_becomes_text() -> None:
    data = table(*(row(f"行{n}", str(n), "0") for n in range(4)))
    layout = read(docx(table(row(cell(par("布局") + data + par("后"))))))
    assert texts(layout) == ["布局", "后"]
    assert len(grid(layout)) == 4
    inner = cell(table(row("内甲", "内乙")) + par())
    outer = table(*(row(f"行{n}", str(n), inner if n == 2 else "0") for n in range(4)))
    assert [[c[0] for c in cells] for cells in grid(read(docx(outer)))] == [
        ["行0", "0", "0"],
        ["行1", "1", "0"],
        ["行2", "2", "内甲\n内乙"],
        ["行3", "3", "0"],
    ]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{par('框内')}</w:txbxContent>"
    shape = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    old = f"<w:r><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r>"
    assert texts(read(docx(par("前", shape, "后") + par("旧", old)))) == ["前后", "框内", "旧", "框内"]


def test_hidden_text_and_footnotes_are_kept_apart() -> None:
    separator = f"<w:footnote w:type='separator' w:id='0'>{par('—')}</w:footnote>"
    notes = f"{separator}<w:footnote w:id='1'>{par('注文')}</w:footnote>"
    body = table(
        row(cell(par("12", "<w:r><w:footnoteReference w:id='1'/></w:r>", run("9", "<w:vanish/>"))), "2"), row("3", "4")
    )
    document = read(docx(body, footnotes=notes))
    assert grid(document)[0][0][0] == "12"
    assert [(b.text, b.place) for b in document.outside if isinstance(b, Paragraph)] == [
        ("9", "hidden text"),
        ("注文", "footnote 1"),
    ]
    assert "1 footnotes are kept apart from the text" in document.warnings


def test_a_cell_with_only_an_image_is_not_blank() -> None:
    document = read(docx(table(row(cell(par("<w:r><w:drawing/></w:r>")), "2"), row("", "4"))))
    assert [[c[0] for c in cells] for cells in grid(document)] == [["\ufffc", "2"], ["", "4"]]
    assert document.warnings == ("table 1, row 1, column 1 holds an image and no text",)


def test_symbols_ruby_and_formulas() -> None:
    body = par(
        "<w:r><w:sym w:font='Wingdings' w:char='F0FC'/></w:r><w:r><w:sym w:char='zz'/></w:r>",
        f"<w:r><w:ruby><w:rt>{run('hàn')}</w:rt><w:rubyBase>{run('汉')}</w:rubyBase></w:ruby></w:r>",
        "<m:oMath><m:r><m:t>5</m:t></m:r></m:oMath>",
    )
    assert texts(read(docx(body))) == ["\uf0fc汉5"]


def test_links_properties_and_embedded_documents() -> None:
    core = (
        "<cp:coreProperties xmlns:cp='c' xmlns:dc='d'><dc:title> 年报 </dc:title><dc:creator>某局</dc:creator>"
        "<cp:keywords/></cp:coreProperties>"
    )
    body = par(f"<w:hyperlink r:id='r9'>{run('附件')}</w:hyperlink>") + "<w:altChunk r:id='r8'/>"
    document = read(docx(body, core=core, links={"r9": "http://example.invalid/a.pdf"}))
    assert document.title == "年报"
    assert document.metadata == {"title": "年报", "creator": "某局"}
    assert [(link.url, link.text) for link in document.links] == [("http://example.invalid/a.pdf", "附件")]
    assert document.warnings == ("1 embedded documents (altChunk) were not read",)
    broken = read(docx(par("文"), core="<x"))
    assert texts(broken) == ["文"]
    assert "properties could not be read" in broken.warnings[0]


def test_other_part_names_and_the_strict_namespace() -> None:
    assert texts(read(docx(par("甲"), main="word/document2.xml"))) == ["甲"]
    assert texts(read(docx(par("乙"), namespace="http://purl.oclc.org/ooxml/wordprocessingml/main"))) == ["乙"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (table(row("1", "2")).replace("<w:tc>", "<w:tc>" + "<w:tbl><w:tr><w:tc>" * 40, 1), "damaged Word file"),
        ("<w:tbl><w:tr><w:tc>" * 30 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 30, "nested deeper than 24"),
        ("<w:sdt><w:sdtContent>" * 80 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 80, "nested deeper than 150"),
        ("<w:ins>" * 400 + "</w:ins>" * 400, "deeper than the XML reader allows"),
        (table(*[row(*["1"] * 50)] * 1001), "more than 50,000 table cells"),
        ("<w:p/>" * 120_001, "more than 120,000 elements"),
        (
            table(
                *[row(*[cell("1", "<w:gridSpan w:val='2000000000'/><w:vMerge/>")] * 10)] * 1,
                *[row(*[cell("1", "<w:gridSpan w:val='99'/><w:vMerge w:val='continue'/>")] * 10)] * 1000,
                *[row(*[cell("1", "<w:gridSpan w:val='99'/>")] * 10)] * 800,
            ),
            "span more than 500,000 places",
        ),
    ],
)
def test_a_file_beyond_the_limits_is_refused_by_name(body: str, why: str) -> None:
    with pytest.raises(UnreadableDocument, match=why):
        read(docx(body))


def test_document_types_are_refused() -> None:
    for prolog in (
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>",
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>",
    ):
        with pytest.raises(UnreadableDocument, match="document type declaration"):
            read(docx(par("文"), prolog=prolog))


def test_a_part_that_would_unpack_too_far_is_refused() -> None:
    out = io.BytesIO(docx(par("文")))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/numbering.xml", b"<w:numbering xmlns:w='" + W.encode() + b"'>" + b" " * (20 << 20))
    with pytest.raises(UnreadableDocument, match="would unpack"):
        read(out.getvalue())


def test_damaged_files_say_so() -> None:
    whole = docx(par("文" * 500))
    for size in (30, len(whole) // 2, len(whole) - 30):
        with pytest.raises(UnreadableDocument, match="damaged"):
            read(whole[:size])
    with pytest.raises(UnreadableDocument, match="without a body"):
        read(_without_body())


def _without_body() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("word/document.xml", f"<w:document xmlns:w='{W}'/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("count", "form", "expected"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCounting", "十"),
        (11, "chineseCountingThousand", "十一"),
        (20, "japaneseCounting", "二十"),
        (21, "taiwaneseCountingThousand", "二十一"),
        (101, "chineseCountingThousand", "一百零一"),
        (110, "chineseCountingThousand", "一百一十"),
        (1001, "chineseCountingThousand", "一千零一"),
        (2023, "ideographDigital", "二〇二三"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (3, "decimalEnclosedCircleChinese", "③"),
        (2, "decimalEnclosedParen", "⑵"),
        (21, "decimalEnclosedCircle", "21"),
        (3, "ideographTraditional", "丙"),
        (12, "ideographZodiac", "亥"),
        (12, "decimalFullWidth", "１２"),
        (7, "decimalZero", "07"),
        (14, "upperRoman", "XIV"),
        (28, "lowerLetter", "bb"),
        (5, "ordinal", "5"),
        (0, "chineseCounting", "零"),
        (10_000, "chineseCounting", "10000"),
    ],
)
def test_number_formats(count: int, form: str, expected: str) -> None:
    assert format_number(count, form) == expected
