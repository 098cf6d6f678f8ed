"""Characters that no text can hold are taken out where a document enters, and said so."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import wire
from archive.models import Document, Grid, GridCell, Heading, Link, Paragraph, ParsedReport
from archive.readers import read
from archive.readers.repair import repaired, repaired_text
from archive.reading import read_report
from archive.search import index_text
from tests.readers.docx_builder import docx, par

TOLD = "2 characters that no text can hold (NUL, or half of a surrogate pair) were read as \ufffd"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("公\x00开", "公\ufffd开"),
        ("公\ud83d开", "公\ufffd开"),
        ("\ude00公", "\ufffd公"),
        ("\ud842\udfb7村", "𠮷村"),  # a pair in two pieces is a character
        ("\ud842\ud842\udfb7", "\ufffd𠮷"),
        ("报告", "报告"),
    ],
)
def test_each_such_character_is_replaced_and_pairs_are_joined(text: str, wanted: str) -> None:
    assert repaired_text(text) == wanted


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_can_be_stored_searched_and_read_back(text: str) -> None:
    kept = repaired_text(text)
    with sqlite3.connect(":memory:") as connection:
        assert connection.execute("select ?, length(?)", (kept, kept)).fetchone() == (kept, len(kept))
    connection.close()
    assert index_text(kept).encode("utf-8", "strict").decode() == index_text(kept)
    assert repaired_text(kept) == kept


def test_every_part_of_a_document_is_looked_at_and_the_repair_is_told() -> None:
    bad = "甲\x00"
    good = "甲\ufffd"
    grid = Grid(((GridCell(bad, 0, 0, place=bad),),), bad)
    document = Document(
        title=bad,
        blocks=(Heading(bad, 1, bad), Paragraph(bad, bad), grid),
        metadata={bad: bad},
        encoding=bad,
        declared_encoding=bad,
        warnings=(bad,),
        links=(Link(bad, bad),),
        outside=(Paragraph(bad),),
    )
    told, *rest = repaired(document).warnings
    assert told.startswith("16 characters that no text can hold")
    assert "\x00" not in repr(repaired(document)).replace("\\x00", "\x00")
    assert rest == [good]
    assert repaired(document).blocks[2] == Grid(((GridCell(good, 0, 0, place=good),),), good)


def test_a_sound_document_is_not_copied() -> None:
    document = Document(title=None, blocks=(Paragraph("损坏的字\ufffd"),))
    assert repaired(document) is document


def test_a_symbol_of_a_word_file_may_be_half_a_character() -> None:
    symbols = "<w:r><w:sym w:font='X' w:char='D83D'/></w:r><w:r><w:t>年</w:t></w:r><w:r><w:sym w:char='0000'/></w:r>"
    document = read(docx(par(symbols)))
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["\ufffd年\ufffd"]
    assert TOLD in document.warnings


def test_a_report_with_such_characters_is_written_with_a_warning() -> None:
    parts = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况", "政府信息公开行政复议、行政诉讼情况")
    body = "".join(par(f"{number}、{name}") + par("本节正文。") for number, name in zip("一二三四", parts, strict=True))
    symbol = par("<w:r><w:t>本机关</w:t></w:r><w:r><w:sym w:char='DFFF'/></w:r><w:r><w:sym w:char='0000'/></w:r>")
    result = read_report(docx(par("某某局2023年政府信息公开工作年度报告") + body + symbol), title_hint="某某\x00局")
    assert isinstance(result, ParsedReport)
    assert TOLD in result.warnings
    assert "\x00" not in wire.dumps(wire.result_to_json("", result)).replace("\\u0000", "\x00")
