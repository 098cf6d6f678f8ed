"""The made-up Word file that the .doc, .rtf and .odt fixtures were converted from: one of each thing to know.

`python -m tests.readers.features FILE` writes it; `soffice --headless --convert-to doc|rtf|odt FILE` makes the others.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.readers.docx_builder import cell, control, docx, level, numbered, numbering, par, run, table

WIDTH = 900
STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>'
    '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
)


def _cell(text: str, span: int = 1, merge: str = "") -> str:
    properties = f'<w:tcW w:w="{WIDTH * span}" w:type="dxa"/>'
    properties += f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties += f'<w:vMerge w:val="{merge}"/>' if merge else ""
    return cell(text, properties)


def _table(*rows: tuple[str, ...]) -> str:
    columns = 5
    made = table(*(f"<w:tr>{''.join(cells)}</w:tr>" for cells in rows))
    return made.replace("<w:tblGrid/>", _columns(WIDTH, columns))


def _columns(width: int, count: int) -> str:
    column = f'<w:gridCol w:w="{width}"/>'
    return f"<w:tblGrid>{column * count}</w:tblGrid>"


def features() -> bytes:
    """The bytes of the file."""
    inner = table(f"<w:tr>{_cell('内一')}{_cell('内二')}</w:tr>", f"<w:tr>{_cell('内三')}{_cell('内四')}</w:tr>")
    inner = inner.replace("<w:tblGrid/>", _columns(WIDTH // 2, 2))
    inner = inner.replace(f'w:w="{WIDTH}"', f'w:w="{WIDTH // 2}"')
    grid = _table(
        (_cell("项目", 2, "restart"), _cell("申请人", 2), _cell("总计", 1, "restart")),
        (_cell("", 2, "continue"), _cell("自然人"), _cell("法人"), _cell("", 1, "continue")),
        (_cell("一、收到", 2), _cell("12"), _cell("3"), _cell("15")),
        (_cell("二、结果", 1, "restart"), _cell("公开"), _cell("1,234.50"), _cell(""), _cell("/")),
        (_cell("", 1, "continue"), _cell(par("不予", "公开") + par("（涉密）")), _cell("0"), _cell("—"), _cell("0")),
        (_cell("三、嵌套"), _cell(inner + par(""), 1), _cell("7"), _cell("8"), _cell("9")),
    )
    box = (
        "<w:r><w:pict><v:shape style='width:200pt;height:60pt'><v:textbox><w:txbxContent>"
        f"{par('文本框里的话')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    link = '<w:hyperlink r:id="h1"><w:r><w:t>链接文字</w:t></w:r></w:hyperlink>'
    fields = "".join(
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>{more}'
        for kind, more in (
            ("begin", "<w:r><w:instrText> FORMTEXT 99 </w:instrText></w:r>"), ("separate", run("61")), ("end", "")
        )
    )  # fmt: skip
    change = 'w:author="办公室" w:date="2024-01-01T00:00:00Z"'
    first = '<w:pStyle w:val="Heading1"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = (
        par("青禾市农业农村局2023年年度报告", properties='<w:pStyle w:val="Title"/>')
        + par("总体情况", properties=first)
        + par(
            "全年受理",
            f"<w:del w:id='1' {change}><w:r><w:delText>2999</w:delText></w:r></w:del>",
            f"<w:ins w:id='2' {change}>{run('3001')}</w:ins>",
            "件，“引号”——破折号𠮷。",
        )
        + par("第一行", "<w:r><w:br/></w:r>", "第二行", "<w:r><w:tab/></w:r>", "制表后", run("看不见", "<w:vanish/>"))
        + par("字段：", fields, "件；", link)
        + par("有脚注", '<w:r><w:footnoteReference w:id="2"/></w:r>', "的句子。")
        + par("有文本框的段落。", box)
        + grid
        + numbered("主动公开", 1)
        + control(par("Plain ASCII and ½ é."))
    )
    numbers = numbering([level(0, "chineseCountingThousand", "%1、", more='<w:suff w:val="nothing"/>')])
    notes = (
        '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
        f'<w:footnote w:id="2">{par("脚注的内容。")}</w:footnote>'
    )
    return docx(body, numbering=numbers, styles=STYLES, footnotes=notes, links={"h1": "http://qinghe.example/a.html"})


def complete(data: bytes) -> bytes:
    """The file with the content types that a real word processor asks for."""
    import io
    import zipfile

    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    overrides = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{kind}.{name}+xml"/>'
        for part, name in (
            ("document", "document.main"), ("styles1", "styles"), ("numbering1", "numbering"),
            ("footnotes1", "footnotes"),
        )
    )  # fmt: skip
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, types if name == "[Content_Types].xml" else old.read(name))
    return out.getvalue()


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(complete(features()))
