"""A report as HTML: the same content as four kinds of editor leave it. Each style is one small class below.

Only the body of the article is made here, the page around it belongs to the portal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from itertools import cycle
from typing import ClassVar, Protocol

from demo.render.layout import Box, Kind, Line, Table, blocks, split_label
from demo.truth import TrueReport


class Style(Protocol):
    """How one editor writes lines and tables. `box` gets whether it stands in a table of many columns."""

    before: str
    after: str

    def line(self, line: Line) -> str:
        """The markup of one paragraph."""

    def table(self, table: Table) -> str:
        """The markup of one table."""


def spans(box: Box) -> str:
    """The span attributes of a cell, with the blank before them; empty for a plain cell."""
    return "".join(
        f' {name}="{count}"' for name, count in (("colspan", box.colspan), ("rowspan", box.rowspan)) if count > 1
    )


def rows(table: Table, one: str, cell: Mapping[bool, str]) -> Iterator[str]:
    """The rows of a table, each written with the format `one`, each cell with the format for header or figure."""
    for row in table.rows:
        inner = "".join(cell[box.header].format(spans=spans(box), text=escape(box.text, quote=False)) for box in row)
        yield one.format(inner)


class Clean:
    """A careful editor: headings are headings, labels are th."""

    before = '<article class="article-content">\n'
    after = "</article>\n"
    tags: ClassVar[Mapping[Kind, str]] = {Kind.TITLE: "h1", Kind.SECTION: "h2", Kind.SUBHEADING: "h3", Kind.TEXT: "p"}

    def line(self, line: Line) -> str:
        tag = self.tags[line.kind]
        return f"<{tag}>{escape(line.text, quote=False)}</{tag}>\n"

    def table(self, table: Table) -> str:
        cell = {True: "<th{spans}>{text}</th>", False: "<td{spans}>{text}</td>"}
        return "<table>\n" + "\n".join(rows(table, "<tr>{}</tr>", cell)) + "\n</table>\n"


class Trs:
    """The editor of the TRS system: everything is a paragraph, headings differ by font only."""

    before = '<div class="TRS_Editor">'
    after = "</div>"
    fonts: ClassVar[Mapping[Kind, str]] = {Kind.SECTION: "黑体, SimHei", Kind.SUBHEADING: "楷体_GB2312, SimKai"}
    border = "padding: 5px;border: 1px solid windowtext"

    def line(self, line: Line) -> str:
        text = escape(line.text, quote=False)
        if line.kind is Kind.TITLE:
            return f'<p style="text-align: center;"><strong>{text}</strong></p>'
        if line.kind in self.fonts:
            text = f'<span style="font-family: {self.fonts[line.kind]};">{text}&nbsp;</span>'
        return f'<p style="text-indent: 2em;">{text}</p>'

    def table(self, table: Table) -> str:
        one = f'<td style="{self.border}"{{spans}} valign="center"><p style="text-indent: 0em;">{{text}}</p></td>'
        inner = "".join(rows(table, '<tr style="height: 19px">{}</tr>', {True: one, False: one}))
        return f'<table border="1" cellspacing="0" align="center"><tbody>{inner}</tbody></table>'


class Word:
    """Pasted from Word: conditional comments, mso styles, fonts in fonts, digits in spans of their own."""

    before = (
        '<div id="zoom"><!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml>'
        "<![endif]--><style>p.MsoNormal {mso-style-name:正文;}</style>"
    )
    after = "</div>"
    digits = re.compile(r"\d+")

    def runs(self, text: str) -> str:
        """The text with its digits set apart, as Word exports runs of another language."""
        return self.digits.sub(
            lambda found: f'<span lang="EN-US" style="mso-hansi-font-family:仿宋">{found[0]}</span>',
            escape(text, quote=False),
        )

    def line(self, line: Line) -> str:
        style = "text-align:center;mso-pagination:none" if line.kind is Kind.TITLE else "text-indent:32.0pt"
        font = "黑体" if line.kind in (Kind.TITLE, Kind.SECTION) else "仿宋_GB2312"
        return (
            f'<p class="MsoNormal" style="{style}"><font face="{font}"><font size="4"><span style="mso-bidi-font-size:'
            f'16.0pt">{self.runs(line.text)}<o:p></o:p></span></font></font></p>\r\n'
        )

    def table(self, table: Table) -> str:
        one = (
            '<td{spans} style="border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt">'
            '<p class="MsoNormal" align="center"><span style="mso-font-kerning:0pt">{text}<o:p></o:p></span></p></td>'
        )
        inner = "\r\n".join(rows(table, '<tr style="mso-yfti-irow:0">{}</tr>', {True: one, False: one}))
        return (
            '<div align="center"><!--[if !supportMisalignedColumns]><!--><!--<![endif]-->'
            f'<table class="MsoNormalTable" border="1" cellspacing="0">{inner}</table></div>\r\n'
        )


class Split(Trs):
    """A narrow page: header labels are broken by <br> in one cell and into two paragraphs in the next."""

    before = '<div class="article-con"><div class="TRS_UEDITOR">'
    after = "</div></div>"

    def table(self, table: Table) -> str:
        breaks = cycle(("<br/>", "</p><p>"))
        out = []
        for row in table.rows:
            cells = []
            for box in row:
                parts = split_label(box.text) if box.header else None
                text = next(breaks).join(parts) if parts else escape(box.text, quote=False)
                cells.append(f"<td{spans(box)}><p>{text}</p></td>")
            out.append(f"<tr>{''.join(cells)}</tr>")
        return f'<table border="1" width="96%">{"".join(out)}</table>'


STYLES: Mapping[str, Style] = {"clean": Clean(), "trs": Trs(), "word": Word(), "split": Split()}


def render(report: TrueReport, style: str = "clean", *, title: bool = True) -> str:
    """The body of the article in one of `STYLES`. Without `title` where the page around it prints the title.

    Raises KeyError for a style that does not exist.
    """
    how = STYLES[style]
    body = "".join(
        how.line(block) if isinstance(block, Line) else how.table(block)
        for block in blocks(report)
        if title or not (isinstance(block, Line) and block.kind is Kind.TITLE)
    )
    return how.before + body + how.after


def page(report: TrueReport, style: str = "clean", charset: str = "utf-8") -> bytes:
    """A whole page with nothing around the article, as a browser saves it; for benchmarks and tests of the readers."""
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="{charset}"><title>{escape(report.title)}</title></head>\n'
        f"<body>\n{render(report, style)}\n</body></html>\n"
    ).encode(charset)
