"""OFD files: whole reports, templates, turned and composed text, and what is refused by name."""

from __future__ import annotations

import contextlib
import io
import random
import zipfile
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.models import Document, Grid, UnreadableDocument
from archive.readers import read
from archive.readers.ofd.content import subpaths
from archive.readers.ofd.reader import read_ofd
from demo.reports import many
from tests.readers.ofd_writer import NAMESPACE, Sheet, ofd
from tests.readers.printed_report import Style, print_report
from tests.readers.report_truth import differences

REPORTS = list(islice(many(60), 60))
STYLES: dict[str, tuple[Style, dict[str, Any]]] = {
    "lines": (Style(), {}),
    "bars": (Style("bars", header="柳矶市政府信息公开"), {}),
    "no lines": (Style("none"), {}),
    "landscape": (Style(), {"width": 842.0, "height": 595.0}),
    "small pages": (Style(), {"height": 420.0}),
}


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if not isinstance(block, Grid)]


def page(*objects: str, after: str = "") -> Sheet:
    return Sheet(objects=list(objects), after=after)


def text_object(text: str, x: int, y: int, more: str = "", code: str = "") -> str:
    return (
        f'<ofd:TextObject ID="1" Boundary="{x} {y} 100 10" Font="3" Size="4"{more}>'
        f'<ofd:TextCode X="0" Y="4"{code}>{text}</ofd:TextCode></ofd:TextObject>'
    )


@pytest.mark.parametrize("name", STYLES)
def test_a_report_in_every_style(name: str) -> None:
    style, size = STYLES[name]
    for number in (1, 17, 44):
        data = ofd(print_report(REPORTS[number], lambda: Sheet(**size), style))
        assert differences(read(data), REPORTS[number], sections=style.rules != "none") == []


def test_metadata_and_all_documents_of_a_file_are_read() -> None:
    data = ofd(
        [page(text_object("第一份", 20, 20))], [page(text_object("第二份", 20, 20))], info="<ofd:Title>标题</ofd:Title>"
    )
    document = read_ofd(data)
    assert (document.title, document.format) == ("标题", "ofd")
    assert texts(document) == ["第一份", "第二份"]
    assert any("2 documents" in warning for warning in document.warnings)


def test_templates_and_composed_graphics_are_part_of_a_page() -> None:
    unit = (
        f'<ofd:Res {NAMESPACE}><ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="7"><ofd:Content>'
        f"{text_object('合成', 0, 0)}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>"
    )
    layer = f'<ofd:Layer ID="1">{text_object("模板", 20, 15)}</ofd:Layer>'
    template = f"<ofd:Page {NAMESPACE}><ofd:Content>{layer}</ofd:Content></ofd:Page>"
    sheet = page(
        '<ofd:CompositeObject ID="4" ResourceID="7" Boundary="20 60 90 90"/>',
        text_object("正文", 20, 30),
        after='<ofd:Template TemplateID="5"/>',
    )
    common = '<ofd:PublicRes>Public.xml</ofd:PublicRes><ofd:TemplatePage ID="5" BaseLoc="Tpls/T.xml"/>'
    data = ofd([sheet], common=common, parts={"Doc_0/Public.xml": unit, "Doc_0/Tpls/T.xml": template})
    assert texts(read_ofd(data)) == ["模板", "正文", "合成"]


def test_letters_are_placed_by_their_steps_and_their_matrix() -> None:
    steps = page(text_object("一二三四五", 20, 20, code=' DeltaX="g 2 4 20 4"'))
    assert texts(read_ofd(ofd([steps]))) == ["一二三 四五"]
    lying = page(*(text_object("竖着的字", 20 + 9 * n, 20, ' CTM="0 1 -1 0 0 0"') for n in range(3)))
    assert texts(read_ofd(ofd([lying]))) == ["竖着的字"] * 3
    assert texts(read_ofd(ofd([page(text_object("没有步长", 20, 20))]))) == ["没有步长"]
    doubled = page(text_object("放大", 20, 20, ' CTM="2 0 0 2 0 0"', ' DeltaX="4"'))
    assert texts(read_ofd(ofd([doubled]))) == ["放大"]


def test_letters_printed_over_each_other_are_one() -> None:
    twice = page(*(text_object("加粗11", 20, 20, f' CTM="1 0 0 1 {shift} 0"') for shift in (0, 0.1, 0.2)))
    assert texts(read_ofd(ofd([twice]))) == ["加粗11"]


def test_what_is_not_printed_or_has_no_character_is_told_apart() -> None:
    sheet = page(
        text_object("看得见的很多字", 20, 20),
        text_object("隐藏", 20, 40, ' Visible="false"'),
        text_object("¤", 20, 60),
    )
    document = read_ofd(ofd([sheet]))
    assert texts(document) == ["看得见的很多字", "\ufffd"]
    assert [block.text for block in document.outside if not isinstance(block, Grid)] == ["隐藏"]
    assert any("1 of 8 characters" in warning for warning in document.warnings)


def test_paths_are_cut_at_curves() -> None:
    data = "M 0 0 L 10 0 L 10 5 B 1 1 2 2 3 3 L 9 9 C M 1 1 Q 2 2 3 3 A 1 1 0 0 1 5 5 L 6 6"
    assert list(subpaths(data)) == [
        [(0, 0), (10, 0), (10, 5)],
        [(3, 3), (9, 9), (0, 0)],
        [(5, 5), (6, 6)],
    ]


REFUSED = {
    "a scan of 1 pages": ofd([page('<ofd:ImageObject ID="1" Boundary="0 0 210 297" ResourceID="2"/>')]),
    "without anything on its pages": ofd([page()]),
    "no number": ofd([page('<ofd:PathObject ID="1" Boundary="a b c d"/>')]),
    "no path operator": ofd(
        [page('<ofd:PathObject Boundary="0 0 1 1"><ofd:AbbreviatedData>X 1</ofd:AbbreviatedData></ofd:PathObject>')]
    ),
    "a template that the document does not have": ofd([page(after='<ofd:Template TemplateID="5"/>')]),
    "nests its objects": ofd([page("<ofd:PageBlock>" * 40 + "</ofd:PageBlock>" * 40)]),
    "encrypted": ofd([page(text_object("一", 9, 9))], parts={"Encryptions.xml": "<a/>"}),
    "document type declaration": ofd([], parts={"OFD.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}),
    "names no document": ofd(),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(why: str) -> None:
    with pytest.raises(UnreadableDocument, match=why):
        read(REFUSED[why])


def test_a_graphic_that_holds_itself_ends() -> None:
    unit = (
        f'<ofd:Res {NAMESPACE}><ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="7"><ofd:Content>'
        '<ofd:CompositeObject ID="4" ResourceID="7"/></ofd:Content></ofd:CompositeGraphicUnit>'
        "</ofd:CompositeGraphicUnits></ofd:Res>"
    )
    sheet = page('<ofd:CompositeObject ID="4" ResourceID="7"/>')
    data = ofd([sheet], common="<ofd:PublicRes>P.xml</ofd:PublicRes>", parts={"Doc_0/P.xml": unit})
    with pytest.raises(UnreadableDocument, match="nests its objects"):
        read_ofd(data)


@given(st.randoms(use_true_random=False), st.integers(1, 6))
@settings(max_examples=150, deadline=None)
def test_damaged_parts_end_in_a_document_or_a_reason(rng: random.Random, changes: int) -> None:
    data = ofd(print_report(REPORTS[3], Sheet, Style("none"))[:1])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = bytearray(source.read(name))
            for _ in range(changes):
                part[rng.randrange(len(part))] = rng.choice(b'0 <>"/.-gLM9')
            target.writestr(name, bytes(part))
    with contextlib.suppress(UnreadableDocument):
        assert isinstance(read_ofd(out.getvalue()), Document)


@given(st.randoms(use_true_random=False), st.integers(1, 6))
@settings(max_examples=100, deadline=None)
def test_a_damaged_file_ends_in_a_document_or_a_reason(rng: random.Random, changes: int) -> None:
    data = bytearray(ofd([page(text_object("一二三", 20, 20))]))
    for _ in range(changes):
        data[rng.randrange(len(data))] = rng.randrange(256)
    with contextlib.suppress(UnreadableDocument):
        assert isinstance(read(bytes(data)), Document)
