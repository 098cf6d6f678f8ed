"""The RTF reader on files made for each rule, and on one that LibreOffice wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.models import Document, Grid, Heading, UnreadableDocument
from archive.readers import read
from tests.readers.features import features
from tests.readers.snapshots import as_json, check

FIXTURES = Path(__file__).parent / "fixtures" / "office"
FONTS = r"{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset134 SimSun;}{\f2\fcharset2 Wingdings;}}"


def rtf(body: str, head: str = r"\ansi\ansicpg936\deff0") -> Document:
    return read(f"{{\\rtf1{head}{FONTS}{body}}}".encode("latin-1"))


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if not isinstance(block, Grid)]


def grid(document: Document) -> list[list[tuple[str, int, int, int]]]:
    (block,) = [block for block in document.blocks if isinstance(block, Grid)]
    return [[(c.text, c.column, c.rowspan, c.colspan) for c in cells] for cells in block.rows]


def escaped(text: str, codec: str = "gbk") -> str:
    return "".join(f"\\'{byte:02x}" for byte in text.encode(codec))


def test_a_file_with_one_of_everything_reads_as_expected() -> None:
    document = read((FIXTURES / "features.rtf").read_bytes())
    check(document, "office/features.rtf")
    source = as_json(read(features()))
    grids = [block["grid"] for block in source["blocks"] if "grid" in block]
    assert [block["grid"] for block in as_json(document)["blocks"] if "grid" in block] == grids


def test_character_sets_of_fonts_and_file() -> None:
    assert texts(rtf(rf"{{\f1 {escaped('镕基')}}}\par")) == ["镕基"]
    assert texts(rtf(rf"{{\f0 {escaped('中国')}}}\par")) == ["中国"]  # the font is Western, the file is not
    assert texts(rtf(r"{\f0 caf\'e9 \'93x\'94}\par", head=r"\ansi\ansicpg1252")) == ["café “x”"]
    assert texts(rtf(rf"{{\f3 {escaped('中國', 'big5')}}}\par", head=r"\ansi\ansicpg950")) == ["中國"]
    assert texts(rtf(r"{\f2 \'fc}1\par")) == ["\uf0fc1"]  # a tick of Wingdings is no letter


def test_a_second_byte_may_be_a_plain_letter() -> None:
    char = b"\x81a".decode("gbk")
    assert texts(rtf(rf"{{\f1 \'81a{escaped('中')}}}\par")) == [f"{char}中"]


def test_unicode_with_its_replacements() -> None:
    assert texts(rtf(r"\u20013?\u22269\'3f!\par")) == ["中国!"]
    assert texts(rtf(r"{\uc2\u20013\'d6\'d0}\u22269?\par")) == ["中国"]
    assert texts(rtf(r"{\uc0\u20013\u22269}x\par")) == ["中国x"]
    assert texts(rtf(r"\u-10174?\u-8265?\par")) == ["𠮷"]
    assert texts(rtf(r"\u20013\par b\par")) == ["中", "b"]  # a lost replacement never costs a paragraph


def test_characters_and_what_is_no_text() -> None:
    body = (
        r"{\header no}{\*\generator no;}{\info{\title T}{\author A}}{\pict 00ff}a\tab b\line c\emdash\~\_\ldblquote"
        r"{\object{\*\objdata 00}{\result d}}{\*\bkmkstart x}\bin4 {{{{e\par"
    )
    document = rtf(body)
    assert texts(document) == ["a\tb\nc— -“de"]
    assert document.title == "T"
    assert document.metadata == {"title": "T", "creator": "A"}


def test_revisions_and_hidden_text() -> None:
    document = rtf(r"1{\deleted 2}{\revised 3}\par a{\deleted\par}b\par c{\v hidden}\v0 d\par")
    assert texts(document) == ["13", "ab", "cd"]
    assert "tracked changes were read as accepted: 1 insertions, 2 deletions" in document.warnings
    assert [block.text for block in document.outside if not isinstance(block, Grid)] == ["hidden"]


def test_a_raised_digit_is_no_digit_of_the_number_before_it() -> None:
    assert texts(rtf(r"2{\super 1}\par 3\super 4\nosupersub 5\par 6{\sub 7}\par 8\super 9\plain 0\par")) == [
        "2¹",
        "3⁴5",
        "6₇",
        "8⁹0",
    ]


def test_fields_links_lists_notes_and_boxes() -> None:
    body = (
        r'{\field{\*\fldinst HYPERLINK "http://a.example/"}{\fldrslt link}}{\footnote note\par}\par'
        rf"\pard{{\listtext {escaped('一、')}\tab}}x\par\pard{{\listtext\'b7\tab}}y\par"
        r"\pard p{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt box\par}}{\shprslt no}}\par q\par"
    )
    document = rtf(body)
    assert texts(document) == ["link", "一、x", "y", "p", "box", "q"]
    assert [(link.url, link.text) for link in document.links] == [("http://a.example/", "link")]
    assert [(block.place) for block in document.outside] == ["footnote 1"]


def test_headings_by_style_and_outline_level() -> None:
    styles = r"{\stylesheet{\s0 Normal;}{\s1 heading 2;}{\s2\outlinelevel0 Own;}{\s3 Title;}}"
    document = rtf(styles + r"\s1 a\par\pard\s2 b\par\pard\s3 c\par\pard\outlinelevel2 d\par\pard\s0 e\par")
    assert [(block.text, block.level) for block in document.blocks if isinstance(block, Heading)] == [
        ("a", 2), ("b", 1), ("c", 0), ("d", 3),
    ]  # fmt: skip


def test_merges_and_edges() -> None:
    body = (
        r"\trowd\trleft-108\clvmgf\cellx1000\clmgf\cellx2000\clmrg\cellx3000 \pard\intbl a\cell b\cell\cell\row"
        r"\trowd\trleft-108\clvmrg\cellx1000\cellx2000\cellx3000\pard\intbl\cell c\par d\cell 1\cell\row"
        r"\trowd\trleft-108\cellx2000\cellx3000\pard\intbl e\cell 2\cell\row\pard after\par"
    )
    document = rtf(body)
    assert grid(document) == [
        [("a", 0, 2, 1), ("b", 1, 1, 2)],
        [("c\nd", 1, 1, 1), ("1", 2, 1, 1)],
        [("e", 0, 1, 2), ("2", 2, 1, 1)],
    ]
    assert texts(document) == ["after"]


def test_a_table_whose_paragraphs_do_not_say_so() -> None:
    document = rtf(r"\trowd\cellx1\cellx2000 a\par b\cell 1\cell\row\trowd\cellx1\cellx2000 c\cell 2\cell\row x\par")
    assert grid(document) == [[("a\nb", 0, 1, 1), ("1", 1, 1, 1)], [("c", 0, 1, 1), ("2", 1, 1, 1)]]
    assert texts(document) == ["x"]


def test_a_cell_more_than_defined_leaves_merges_unknown() -> None:
    document = rtf(r"\trowd\cellx1000\cellx2000\pard\intbl a\cell b\cell c\cell\row\pard x\par")
    (block,) = [block for block in document.blocks if isinstance(block, Grid)]
    assert not block.spans_known
    assert [cell.text for cell in block.rows[0]] == ["a", "b", "c"]
    assert any("merges are not known" in warning for warning in document.warnings)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rb"{\rtf1\trowd\cellx1000\cellx2000\pard\intbl a\cell 12", "cut short"),
        (rb"{\rtf1 a{\b b", "cut short"),
        (rb"{\rtf1 " + b"{" * 2000, "nested deeper than 1,000 groups"),
        (rb"{\rtf1\itap30\par}", "tables nested deeper"),
        (rb"{\rtf1\trowd" + rb"\cellx9\cell" * 60_000 + rb"\row}", "more than 50,000 table cells"),
    ],
)
def test_refusals_have_reasons(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        read(data)


def test_a_missing_last_brace_is_only_a_warning() -> None:
    document = read(rb"{\rtf1 a\par b\par")
    assert texts(document) == ["a", "b"]
    assert document.warnings == ("the end of the RTF file is missing",)
