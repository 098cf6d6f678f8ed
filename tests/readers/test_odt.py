"""The reader of OpenDocument texts on files made for each rule, and on one that LibreOffice wrote."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from archive.models import Document, Grid, Heading, UnreadableDocument
from archive.readers import read
from tests.readers.snapshots import check

FIXTURES = Path(__file__).parent / "fixtures" / "office"
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"),
    )
)  # fmt: skip
MANIFEST = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{}</m:manifest>'


def packed(body: str, styles: str = "", prolog: str = "", manifest: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        file.writestr("META-INF/manifest.xml", MANIFEST.format(manifest))
        file.writestr(
            "content.xml",
            f'{prolog}<office:document-content {_SPACES} xmlns:xlink="http://www.w3.org/1999/xlink">'
            f"<office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
    return out.getvalue()


def odt(body: str, styles: str = "") -> Document:
    return read(packed(body, styles))


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if not isinstance(block, Grid)]


def p(text: str, attributes: str = "") -> str:
    return f"<text:p {attributes}>{text}</text:p>"


def cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{p(text)}</table:table-cell>"


COVERED = "<table:covered-table-cell/>"


def grid(document: Document) -> list[list[tuple[str, int, int, int]]]:
    (block,) = [block for block in document.blocks if isinstance(block, Grid)]
    return [[(c.text, c.column, c.rowspan, c.colspan) for c in cells] for cells in block.rows]


def table(*rows: str) -> str:
    return "<table:table>" + "".join(f"<table:table-row>{row}</table:table-row>" for row in rows) + "</table:table>"


def test_a_file_with_one_of_everything_reads_as_expected() -> None:
    check(read((FIXTURES / "features.odt").read_bytes()), "office/features.odt")


def test_spans_covered_and_repeated_cells() -> None:
    made = table(
        cell("a", 'table:number-columns-spanned="2" table:number-rows-spanned="2"') + COVERED + cell("b"),
        COVERED + COVERED + cell("c"),
        cell("0", 'table:number-columns-repeated="3"'),
    )
    assert grid(odt(made)) == [
        [("a", 0, 2, 2), ("b", 2, 1, 1)],
        [("c", 2, 1, 1)],
        [("0", 0, 1, 1), ("0", 1, 1, 1), ("0", 2, 1, 1)],
    ]


def test_header_rows_and_repeated_rows() -> None:
    made = table(cell("x") + cell("1")).replace(
        "<table:table-row>",
        f"<table:table-header-rows><table:table-row>{cell('h')}{cell('i')}</table:table-row></table:table-header-rows>"
        '<table:table-row table:number-rows-repeated="2">',
    )
    assert [[c[0] for c in row] for row in grid(odt(made))] == [["h", "i"], ["x", "1"], ["x", "1"]]


def test_deletions_are_elsewhere_and_insertions_in_place() -> None:
    changes = (
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion>'
        f"{p('2999')}</text:deletion></text:changed-region></text:tracked-changes>"
    )
    document = odt(changes + p('全年<text:change text:change-id="c1"/>3001件'))
    assert texts(document) == ["全年3001件"]
    assert document.warnings == ("tracked changes were read as accepted: 0 insertions, 1 deletions",)


def test_blanks_tabs_breaks_frames_notes_and_hidden_text() -> None:
    hide = '<style:text-properties text:display="none"/>'
    styles = f'<style:style style:name="H" style:family="text">{hide}</style:style>'
    box = f"<draw:frame><draw:text-box>{p('框')}</draw:text-box></draw:frame>"
    note = (
        f"<text:note><text:note-citation>1</text:note-citation><text:note-body>{p('注')}</text:note-body></text:note>"
    )
    hidden = '<text:span text:style-name="H">暗</text:span>'
    body = p(f'a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d{note}{hidden}{box}') + p("e")
    document = odt(body, styles)
    assert texts(document) == ["a  b\tc\nd", "框", "e"]
    assert [(block.place) for block in document.outside] == ["hidden text", "footnote 1"]


def test_lists_show_their_numbers() -> None:
    styles = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-suffix="、" '
        'style:num-format="一, 二, 三, ..."/><text:list-level-style-number text:level="2" style:num-prefix="（" '
        'style:num-suffix="）" style:num-format="1"/></text:list-style>'
    )

    def listed(inside: str, more: str = "") -> str:
        return f'<text:list text:style-name="L" {more}><text:list-item>{inside}</text:list-item></text:list>'

    inner = "<text:list><text:list-item>" + p("c") + "</text:list-item></text:list>"
    body = listed(p("a")) + listed(p("b") + inner, 'text:continue-numbering="true"') + listed(p("d"))
    assert texts(odt(body, styles)) == ["一、a", "二、b", "（1）c", "一、d"]


def test_headings_and_titles() -> None:
    styles = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    body = p("t", 'text:style-name="P1"') + '<text:h text:outline-level="2">h</text:h>' + p("x")
    assert [(b.text, b.level) for b in odt(body, styles).blocks if isinstance(b, Heading)] == [("t", 0), ("h", 2)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (packed(p("x"), prolog='<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hosts">]>'), "document type declaration"),
        (packed(p("x"), manifest="<m:file-entry><m:encryption-data/></m:file-entry>"), "encrypted"),
        (packed(table(cell("1", 'table:number-columns-repeated="16384"') + cell("2"))), "repeats a cell"),
        (packed(table(cell("1")).replace("row>", 'row table:number-rows-repeated="99999">', 1)), "repeats a row"),
        (packed("<text:section>" * 200 + "</text:section>" * 200), "nested deeper"),
        (packed(p("x"))[:-60], "damaged"),
        (packed("<text:p>"), "damaged OpenDocument file: content.xml"),
    ],
)  # fmt: skip
def test_refusals_have_reasons(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        read(data)


def test_a_bomb_is_refused_by_its_declared_size() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        file.writestr("content.xml", b" " * (20 << 20))
    with pytest.raises(UnreadableDocument, match=r"would unpack content\.xml"):
        read(out.getvalue())
