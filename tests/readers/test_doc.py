"""The reader of Word 97–2003 files on files that LibreOffice wrote, on parts of them changed, and on rules alone."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from archive.models import Grid, UnreadableDocument
from archive.readers import read
from archive.readers.doc.formatting import ParagraphState, apply, modifiers
from archive.readers.doc.rows import CellShape, EdgedRow, Merge, build_table
from archive.readers.nodes import Par
from tests.readers.features import features
from tests.readers.snapshots import as_json, check

FIXTURES = Path(__file__).parent / "fixtures" / "office"
FEATURES = (FIXTURES / "features.doc").read_bytes()
LATIN = (FIXTURES / "latin.doc").read_bytes()
HEADER = FEATURES.index(b"\xec\xa5")
TABLE_DEFINITION = 0xD608


def changed(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def test_a_file_with_one_of_everything_reads_as_expected() -> None:
    check(read(FEATURES), "office/features.doc")


def test_a_whole_report_reads_as_expected() -> None:
    check(read((FIXTURES / "report.doc").read_bytes()), "office/report.doc")


@pytest.mark.parametrize("suffix", ["doc", "odt"])
def test_a_converted_file_reads_like_its_source(suffix: str) -> None:
    source, converted = as_json(read(features())), as_json(read((FIXTURES / f"features.{suffix}").read_bytes()))
    for part in ("blocks", "links", "outside", "warnings"):
        assert converted[part] == source[part]


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (0, b"\xdc\xa5", "a Word 6/95 file"),
        (0, b"\xdb\xa5", "a Word 2 file"),
        (2, b"\x65\x00", "a Word 6/95 file"),
        (0, b"\x00\x00", "its header begins with 0000"),
        (0x0A, b"\xff\xff", "encrypted with a password"),
        (0x4C, b"\xff\xff\xff\x7f", "shorter than its header says"),
        (0x1A6, b"\x00\x00\x00\x00", "no piece table"),
        (0x102, b"\x00\x00\x00\x00", "Word file"),
    ],
)
def test_refusals_have_reasons(at: int, value: bytes, reason: str) -> None:
    if at == 0x102:  # the bin table of paragraphs points into nothing: a table would read as text
        value = struct.pack("<I", 4)
    with pytest.raises(UnreadableDocument, match=reason):
        read(changed(FEATURES, HEADER + at, value))


def test_a_compound_file_without_a_document_is_refused() -> None:
    name = "WordDocument".encode("utf-16-le")
    with pytest.raises(UnreadableDocument, match="unknown program"):
        read(FEATURES.replace(name, "WordPerfects".encode("utf-16-le")))
    with pytest.raises(UnreadableDocument, match=r"damaged|unknown program"):
        read(FEATURES[: HEADER + 600])


def one_byte(text: bytes, language: int) -> bytes:
    """The Latin file with its text written one byte a character: the first bytes of it replaced, in a language."""
    header = LATIN.index(b"\xec\xa5")
    wide = "WXYZ plain text\r".encode("utf-16-le")
    at = LATIN.index(wide)
    made = changed(LATIN, at, text + b" plain text\r")
    made = changed(made, header + 6, struct.pack("<H", language))
    pieces = made.index(b"\x02" + struct.pack("<II", 16, 0)) + 13
    return changed(made, pieces + 2, struct.pack("<I", 2 * (at - header) | 0x40000000))


@pytest.mark.parametrize(
    ("raw", "language", "text"),
    [
        (b"\x93\xe9\x97\x94", 0x0409, "“é—”"),
        ("中国".encode("gbk"), 0x0409, "ÖÐ¹ú"),
        ("中国".encode("gbk"), 0x0804, "中国"),
        ("中國".encode("big5"), 0x0404, "中國"),
        (b"\x93ab\x94", 0x0804, "“ab”"),
    ],
)
def test_one_byte_text_is_western_unless_the_document_is_chinese(raw: bytes, language: int, text: str) -> None:
    (block,) = read(one_byte(raw, language)).blocks
    assert not isinstance(block, Grid)
    assert block.text == f"{text} plain text"


def row_of(*modifiers_of_row: bytes, cells: int = 3, flags: tuple[int, ...] = ()) -> list[CellShape]:
    """The shapes of a row of cells 1000 twips wide, after further modifiers."""
    edges = [1000 * n for n in range(cells + 1)]
    definition = bytes([cells]) + struct.pack(f"<{cells + 1}h", *edges)
    definition += b"".join(struct.pack("<H18x", flag) for flag in (*flags, *([0] * (cells - len(flags)))))
    state = ParagraphState()
    head = struct.pack("<HH", TABLE_DEFINITION, len(definition) + 1)
    apply(state, b"".join((head, definition, *modifiers_of_row)), b"")
    return state.cell_shapes()


@pytest.mark.parametrize("flags", [(1, 2, 0), (2, 1, 0), (3, 1, 0), (3, 2, 0)])
def test_a_merge_along_a_row_is_known_by_order_whatever_value_begins_it(flags: tuple[int, ...]) -> None:
    assert [shape.along for shape in row_of(flags=flags)] == [Merge.FIRST, Merge.CONTINUED, Merge.NONE]


def test_two_merges_side_by_side_stay_apart() -> None:
    shapes = row_of(flags=(2, 1, 2, 1), cells=4)
    assert [shape.along for shape in shapes] == [Merge.FIRST, Merge.CONTINUED] * 2


def test_later_modifiers_change_the_row() -> None:
    merged = row_of(struct.pack("<HBB", 0x5624, 1, 3))
    assert [shape.along for shape in merged] == [Merge.NONE, Merge.FIRST, Merge.CONTINUED]
    split = row_of(struct.pack("<HBB", 0x5625, 0, 3), flags=(2, 1, 1))
    assert [shape.along for shape in split] == [Merge.NONE] * 3
    down = row_of(struct.pack("<HBBB", 0xD62B, 2, 1, 3), struct.pack("<HBBB", 0xD62B, 2, 2, 1))
    assert [shape.down for shape in down] == [Merge.NONE, Merge.FIRST, Merge.CONTINUED]
    deleted = row_of(struct.pack("<HBB", 0x5622, 0, 1))
    assert [(shape.left, shape.right) for shape in deleted] == [(0, 1000), (1000, 2000)]
    inserted = row_of(struct.pack("<HBBH", 0x7621, 1, 2, 500))
    assert [(shape.left, shape.right) for shape in inserted] == [
        (0, 1000), (1000, 1500), (1500, 2000), (2000, 3000), (3000, 4000),
    ]  # fmt: skip
    wider = row_of(struct.pack("<HBBH", 0x7623, 0, 1, 1500))
    assert [(shape.left, shape.right) for shape in wider] == [(0, 1500), (1500, 2500), (2500, 3500)]


def test_long_lists_of_modifiers_stand_in_the_data_stream() -> None:
    more = struct.pack("<HB", 0x2416, 1) + struct.pack("<HI", 0x6649, 2)
    state = ParagraphState()
    apply(state, struct.pack("<HI", 0x646B, 4), b"\0\0\0\0" + struct.pack("<H", len(more)) + more)
    assert (state.in_table, state.depth) == (True, 2)


def test_a_torn_modifier_ends_its_list() -> None:
    whole = struct.pack("<HB", 0x2416, 1)
    assert list(modifiers(whole + struct.pack("<HB", 0x6649, 1))) == [(0x2416, b"\x01")]


def edged(*rows: list[tuple[str, int, int, Merge]]) -> list[EdgedRow]:
    return [
        EdgedRow([[Par(text)] for text, *_ in row], [CellShape(a, b, down=down) for _, a, b, down in row])
        for row in rows
    ]


def grid_of(rows: list[EdgedRow]) -> list[list[tuple[int, int, int]]]:
    table, _ = build_table(rows)
    return [[(cell.column, cell.rowspan, cell.colspan) for cell in row] for row in table.rows]


def test_edges_a_hair_apart_are_one_column() -> None:
    none = Merge.NONE
    rows = edged([("a", -108, 2000, none), ("b", 2000, 4000, none)], [("c", -113, 2013, none), ("d", 2013, 3990, none)])
    assert grid_of(rows) == [[(0, 1, 1), (1, 1, 1)]] * 2


def test_edges_of_one_row_are_never_one_column() -> None:
    none = Merge.NONE
    rows = edged([("a", 0, 20, none), ("b", 20, 40, none), ("c", 40, 60, none)])
    assert grid_of(rows) == [[(0, 1, 1), (1, 1, 1), (2, 1, 1)]]


def test_a_row_without_edges_leaves_the_merges_unknown() -> None:
    none = Merge.NONE
    rows = [*edged([("a", 0, 1000, none), ("b", 1000, 3000, none)]), EdgedRow([[Par("c")], [Par("d")]], ())]
    table, _ = build_table(rows)
    assert not table.spans_known
    assert [[cell.column for cell in row] for row in table.rows] == [[0, 1], [0, 1]]


def test_a_merge_down_needs_the_cell_above_in_the_same_column() -> None:
    first, more = Merge.FIRST, Merge.CONTINUED
    rows = edged(
        [("a", 0, 1000, first), ("b", 1000, 2000, Merge.NONE)],
        [("", 0, 1000, more), ("", 1000, 2000, more)],
        [("", 0, 1000, more), ("c", 1000, 2000, Merge.NONE)],
    )
    assert grid_of(rows) == [[(0, 3, 1), (1, 1, 1)], [(1, 1, 1)], [(1, 1, 1)]]
