"""The renderers: every style prints tables whose spans fit and whose figures are the true ones, in order."""

from __future__ import annotations

import io
import zipfile

import pytest
from lxml import etree
from lxml import html as parser

from demo.render import docx, html
from demo.render.layout import Table, blocks
from demo.reports import many
from demo.truth import TrueReport

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WIDTHS = [4, 10, 15]


@pytest.fixture(scope="module")
def reports() -> list[TrueReport]:
    chosen = list(many(80, quirk_share=0.4))
    assert {report.era.value for report in chosen} == {"B", "C"}
    return chosen


def grid(table: parser.HtmlElement) -> dict[tuple[int, int], parser.HtmlElement]:
    """The cells of an HTML table by place, spans resolved; asserts that no two cells overlap."""
    taken: dict[tuple[int, int], parser.HtmlElement] = {}
    for row, line in enumerate(table.iter("tr")):
        column = 0
        for cell in line:
            while (row, column) in taken:
                column += 1
            for down in range(int(cell.get("rowspan", 1))):
                for right in range(int(cell.get("colspan", 1))):
                    assert (row + down, column + right) not in taken
                    taken[row + down, column + right] = cell
    return taken


def printed(report: TrueReport) -> list[str]:
    return [cell.raw or "" for cell in report.cells]


@pytest.mark.parametrize("style", sorted(html.STYLES))
def test_html_tables_are_whole_and_hold_the_figures(style: str, reports: list[TrueReport]) -> None:
    for report in reports:
        page = parser.document_fromstring(html.page(report, style), parser=parser.HTMLParser(encoding="utf-8"))
        tables = list(page.iter("table"))
        figures: list[str] = []
        for table, width in zip(tables, WIDTHS, strict=True):
            cells = grid(table)
            height = max(row for row, _ in cells) + 1
            assert len(cells) == height * width, (report.id, style)
            rows = [
                [cell.text_content().strip() for cell in dict.fromkeys(cells[row, column] for column in range(width))]
                for row in range(height)
            ]
            if width == 4:  # captions are alone in their row, header rows name columns, figures stand after a label
                figures += [text for row in rows if not HEADERS & {*row} for text in row[1:]]
            else:  # figures fill the last seven columns of table 3 and the last row of table 4
                figures += [
                    cells[row, column].text_content().strip()
                    for row in range(3, height)
                    for column in range(width - 7 if width == 10 else 0, width)
                ]
        assert figures == printed(report), (report.id, style)


HEADERS = {
    "本年新制作数量", "本年新公开数量", "对外公开总数量", "上一年项目数量", "本年增/减", "处理决定数量", "采购项目数量",
    "采购总金额", "本年制发件数", "本年废止件数", "现行有效件数", "本年处理决定数量", "本年收费金额（单位：万元）",
}  # fmt: skip


@pytest.mark.parametrize("style", sorted(html.STYLES))
def test_html_keeps_every_paragraph(style: str, reports: list[TrueReport]) -> None:
    for report in reports[:20]:
        page = parser.document_fromstring(html.page(report, style), parser=parser.HTMLParser(encoding="utf-8"))
        whole = page.text_content().replace("\xa0", "")
        for line in (report.title, *report.preamble, *(each for s in report.sections for each in s.text.splitlines())):
            assert line in whole


def test_pages_in_gbk_hold_the_same_characters(reports: list[TrueReport]) -> None:
    report = reports[0]
    utf8, gbk = html.page(report, "trs"), html.page(report, "trs", "gb18030")
    assert gbk.decode("gb18030").replace("gb18030", "utf-8") == utf8.decode()


@pytest.mark.parametrize(("numbered", "tracked"), [(False, False), (True, False), (False, True)])
def test_docx_grids_fit_and_hold_the_figures(numbered: bool, tracked: bool, reports: list[TrueReport]) -> None:
    for report in reports[:20]:
        package = zipfile.ZipFile(io.BytesIO(docx.render(report, numbered=numbered, tracked=tracked)))
        assert package.testzip() is None
        for name in package.namelist():
            etree.fromstring(package.read(name))
        body = etree.fromstring(package.read("word/document.xml"))
        for table, width, block in zip(
            body.iter(WORD + "tbl"), WIDTHS, (b for b in blocks(report) if isinstance(b, Table)), strict=True
        ):
            texts = []
            for row in table.iter(WORD + "tr"):
                spans = [int(span.get(WORD + "val")) for span in row.iter(WORD + "gridSpan")]
                assert len(row.findall(WORD + "tc")) - len(spans) + sum(spans) == width
                for cell in row.iter(WORD + "tc"):
                    merge = cell.find(f"{WORD}tcPr/{WORD}vMerge")
                    if merge is None or merge.get(WORD + "val") == "restart":
                        texts.append("".join(each.text or "" for each in cell.iter(WORD + "t")))
            assert texts == [box.text for line in block.rows for box in line]
        words = "".join(each.text or "" for each in body.iter(WORD + "t"))
        assert report.preamble[0] in words
        assert ("一、总体情况" in words) is not numbered
        assert (next(body.iter(WORD + "ins"), None) is not None) is tracked
        assert "待核实" not in words
