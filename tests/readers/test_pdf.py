"""What the PDF reader makes of pages, and what it refuses by name."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archive.models import Document, Grid, UnreadableDocument
from archive.readers import read
from archive.readers.pages.turn import RawGlyph, Stroke, make_page
from archive.readers.pdf.reader import read_pdf
from tests.readers.pdf_writer import Sheet, pdf, stream
from tests.shared import SHARED, needs_shared

LONG = "机关依照条例的规定按时公开信息并且接受公众的监督"


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if not isinstance(block, Grid)]


def outside(document: Document) -> list[str]:
    return [block.text for block in document.outside if not isinstance(block, Grid)]


def grids(document: Document) -> list[list[list[str]]]:
    return [[[cell.text for cell in row] for row in block.rows] for block in document.blocks if isinstance(block, Grid)]


def table(sheet: Sheet, top: float, rows: list[list[str]], widths: tuple[float, ...] = (80.0, 60.0, 60.0)) -> float:
    """A ruled table from `top` down, 20 points a row; gives the place of its lower border."""
    for number, row in enumerate(rows):
        y = top - 20 * number
        for column, text in enumerate(row):
            left = 50 + sum(widths[:column])
            for line in ((left, y, left + widths[column], y), (left, y - 20, left + widths[column], y - 20)):
                sheet.line(*line)
            sheet.line(left, y, left, y - 20)
            sheet.line(left + widths[column], y, left + widths[column], y - 20)
            for index, part in enumerate(text.split("|")):
                sheet.text(left + 2, y - 9 - 9 * index, part, 8)
    return top - 20 * len(rows)


def test_title_metadata_and_place() -> None:
    sheet = Sheet()
    sheet.text(50, 700, "正文")
    table(sheet, 600, [["项目", "一", "二"], ["规章", "3", "5"]])
    document = read(pdf([sheet], info="/Title(Report 2024)/Author(Office)"))
    assert (document.title, document.format) == ("Report 2024", "pdf")
    assert document.metadata["author"] == "Office"
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert grid.rows[1][2].place == "page 1, table 1, row 2, column 3"
    assert document.blocks[0].place == "page 1, paragraph 1"


def test_lines_are_joined_into_paragraphs_by_indentation_and_fill() -> None:
    sheet = Sheet()
    first = LONG * 2
    sheet.text(98, 700, first[:38])
    sheet.text(74, 680, first[38:])
    sheet.text(98, 660, "短的一行。")
    sheet.text(98, 640, "一、标题")
    sheet.text(98, 620, (LONG * 2)[:38])
    following = Sheet()
    following.text(74, 760, "接着上一页。")
    assert texts(read_pdf(pdf([sheet, following]))) == [
        first,
        "短的一行。",
        "一、标题",
        (LONG * 2)[:38] + "接着上一页。",
    ]


def test_text_side_by_side_is_kept_in_the_order_of_the_file() -> None:
    sheet = Sheet()
    for column in (50, 300):
        for line in range(3):
            sheet.text(column, 700 - 20 * line, f"栏{column}行{line}")
    assert texts(read_pdf(pdf([sheet]))) == [f"栏{c}行{n}" for c in (50, 300) for n in range(3)]


def test_numbers_of_columns_without_lines_never_run_together() -> None:
    sheet = Sheet()
    for x, figure in ((50, "规章"), (90, "11398889"), (141, "3"), (150, "65")):
        sheet.text(x, 700, figure)
    assert texts(read_pdf(pdf([sheet]))) == ["规章 11398889 3 65"]


@pytest.mark.parametrize("times", [2, 4])
def test_letters_printed_over_each_other_are_one(times: int) -> None:
    sheet = Sheet()
    for shift in range(times):
        sheet.text(50 + 0.3 * shift, 700, "二、加粗的标题11")
    table(sheet, 600, [["甲", "3", "55"]])
    for shift in range(1, times):
        sheet.text(132 + 0.3 * shift, 591, "3", 8)
        sheet.text(192 + 0.3 * shift, 591 + 0.1 * shift, "55", 8)
    document = read_pdf(pdf([sheet]))
    assert texts(document) == ["二、加粗的标题11"]
    assert grids(document) == [[["甲", "3", "55"]]]


def test_running_headers_and_page_numbers_stand_outside() -> None:
    sheets = []
    for number in range(3):
        sheet = Sheet()
        sheet.text(50, 815, "某市年度报告")
        sheet.text(98, 700, f"第{number}段文字。")
        sheet.text(50, 60, "0")
        sheet.text(280, 25, f"— {number + 4} —")
        sheets.append(sheet)
    document = read_pdf(pdf(sheets))
    assert texts(document) == ["第0段文字。", "0", "第1段文字。", "0", "第2段文字。", "0"]
    assert outside(document) == [text for n in (4, 5, 6) for text in ("某市年度报告", f"— {n} —")]


def test_a_lone_figure_at_the_end_of_a_page_is_no_page_number() -> None:
    sheets = []
    for figure in ("7", "3"):
        sheet = Sheet()
        sheet.text(50, 60, "合计")
        sheet.text(50, 40, figure)
        sheets.append(sheet)
    assert texts(read_pdf(pdf(sheets))) == ["合计", "7", "合计", "3"]


def test_a_table_over_a_page_break_is_one_and_drops_repeated_headings() -> None:
    sheets = [Sheet(), Sheet()]
    table(sheets[0], 100, [["项目", "一", "二"], ["甲", "1", "2"]])
    table(sheets[1], 780, [["项目", "一", "二"], ["乙", "3", "4"]])
    document = read_pdf(pdf(sheets))
    assert grids(document) == [[["项目", "一", "二"], ["甲", "1", "2"], ["乙", "3", "4"]]]
    assert any("repeats 1 heading rows" in warning for warning in document.warnings)
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert grid.rows[2][1].place == "page 2, table 1, row 3, column 2"


TORN = {
    "a full line goes on": (["补正后申请内容仍不", "1", "2"], ["明确", "", ""], True),
    "the figures stand below": (["补正后申请内容仍不", "", ""], ["明确", "1", "2"], True),
    "the next row has its own number": (["补正后申请内容仍不", "1", "2"], ["4.其他", "", ""], False),
    "the line is not full": (["补正后", "1", "2"], ["明确", "", ""], False),
    "both have figures": (["补正后申请内容仍不", "1", "2"], ["明确", "3", "4"], False),
    "nobody has figures": (["补正后申请内容仍不", "", ""], ["明确", "", ""], False),
}


@pytest.mark.parametrize("name", TORN)
def test_a_row_torn_by_the_page_break_is_joined_only_if_sure(name: str) -> None:
    above, below, joined = TORN[name]
    sheets = [Sheet(), Sheet()]
    table(sheets[0], 100, [["项目", "一", "二"], above])
    table(sheets[1], 780, [below, ["乙", "5", "6"]])
    rows = grids(read_pdf(pdf(sheets)))[0]
    assert len(rows) == (3 if joined else 4)
    assert (rows[1] == ["补正后申请内容仍不明确", "1", "2"]) == joined


def test_tables_with_other_columns_stay_apart() -> None:
    sheets = [Sheet(), Sheet()]
    table(sheets[0], 100, [["项目", "一", "二"], ["甲", "1", "2"]])
    table(sheets[1], 780, [["项目", "一", "二"], ["甲", "1", "2"]], (40.0, 80.0, 80.0))
    assert len(grids(read_pdf(pdf(sheets)))) == 2


def test_a_number_cut_by_the_width_of_its_cell_is_one_number() -> None:
    sheet = Sheet()
    table(sheet, 600, [["收费", "1139|8889", "3|5"]], (80.0, 20.0, 60.0))
    assert grids(read_pdf(pdf([sheet]))) == [[["收费", "11398889", "3\n5"]]]


def test_a_number_that_runs_over_its_border_is_in_no_cell() -> None:
    sheet = Sheet()
    table(sheet, 600, [["收费", "1234567890", ""]], (80.0, 20.0, 60.0))
    document = read_pdf(pdf([sheet]))
    (row,) = grids(document)[0]
    assert all("\ufffd" in text for text in row[1:])
    assert any("runs over the border" in warning for warning in document.warnings)


def test_a_frame_around_text_is_no_table() -> None:
    sheet = Sheet()
    for x in (40, 560):
        sheet.line(x, 600, x, 720)
    for y in (600, 720):
        sheet.line(40, y, 560, y)
    sheet.text(50, 700, "框里的文字")
    document = read_pdf(pdf([sheet]))
    assert texts(document) == ["框里的文字"]
    assert not grids(document)


def test_a_table_open_at_its_sides_keeps_its_outer_columns() -> None:
    sheet = Sheet()
    for y in (600, 580, 560):
        sheet.line(50, y, 250, y)
    for x in (120, 190):
        sheet.line(x, 560, x, 600)
    for row, y in enumerate((590, 570)):
        for column, x in enumerate((52, 122, 192)):
            sheet.text(x, y - 4, f"{row}{column}", 8)
    assert grids(read_pdf(pdf([sheet]))) == [[["00", "01", "02"], ["10", "11", "12"]]]


def test_radicals_become_the_characters_they_stand_for() -> None:
    sheet = Sheet()
    sheet.text(50, 700, "⼀⾏⼈⻓⻅豈ﬁ１２①")
    assert texts(read_pdf(pdf([sheet]))) == ["一行人长见豈fi１２①"]


def test_shapes_without_a_character_are_marked_and_too_many_are_refused() -> None:
    sheet = Sheet()
    sheet.text(50, 700, LONG + "\ue123")
    document = read_pdf(pdf([sheet]))
    assert texts(document) == [LONG + "\ufffd"]
    assert any("cannot be told" in warning for warning in document.warnings)
    with pytest.raises(UnreadableDocument, match=r"the text layer is unreadable: .* 25 of 25"):
        read_pdf(pdf([sheet], mapped=False))


def test_text_at_an_angle_across_or_not_printed_is_set_apart() -> None:
    sheet = Sheet()
    sheet.text(50, 700, LONG)
    sheet.text(50, 600, "看不见", mode=3)
    sheet.operators.append("BT /F1 40 Tf 0 Tr 0.7 0.7 -0.7 0.7 200 300 Tm <6C345370> Tj ET")
    sheet.operators.append("BT /F1 9 Tf 0 1 -1 0 580 300 Tm <4FA7> Tj ET")
    document = read_pdf(pdf([sheet]))
    assert texts(document) == [LONG]
    assert sorted(outside(document)) == sorted(["水印", "侧", "看不见"])


def test_values_of_form_fields_are_part_of_the_page() -> None:
    sheet = Sheet()
    sheet.text(50, 700, "收到申请")
    form = "/Type/XObject/Subtype/Form/BBox[0 0 50 20]/Resources<</Font<</F1 5 0 R>>>>"
    field = stream(b"BT /F1 12 Tf 2 4 Td <003400320037> Tj ET", form)
    annotation = "/Annots[<</Type/Annot/Subtype/Widget/FT/Tx/F 4/Rect[110 696 160 716]/AP<</N 11 0 R>>>>]"
    assert texts(read_pdf(pdf([sheet], objects=[field], extra=annotation))) == ["收到申请 427"]


IMAGE = stream(b"\0", "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8")
PICTURE = "q 595 0 0 842 0 0 cm /I1 Do Q"


def scan(*, hidden_text: bool) -> Sheet:
    sheet = Sheet(resources="/XObject<</I1 11 0 R>>")
    sheet.operators.append(PICTURE)
    if hidden_text:
        sheet.text(50, 700, "扫描件的文字层", mode=3)
    return sheet


def test_scans_are_refused_or_marked() -> None:
    with pytest.raises(UnreadableDocument, match="a scan of 2 pages without text; reading it needs the extra ocr"):
        read(pdf([scan(hidden_text=False)] * 2, objects=[IMAGE]))
    layered = read_pdf(pdf([scan(hidden_text=True)], objects=[IMAGE]))
    assert texts(layered) == ["扫描件的文字层"]
    assert layered.metadata["text_layer"] == "ocr"
    assert any("character recognition" in warning for warning in layered.warnings)
    written = Sheet()
    written.text(50, 700, "有字的一页")
    mixed = read_pdf(pdf([written, scan(hidden_text=False)], objects=[IMAGE]))
    assert any(warning.startswith("page 2 is a picture without text") for warning in mixed.warnings)


def test_empty_pages_and_drawn_text_are_told_apart() -> None:
    with pytest.raises(UnreadableDocument, match="without anything on its pages"):
        read_pdf(pdf([Sheet()]))
    drawn = Sheet()
    drawn.line(50, 50, 200, 50)
    with pytest.raises(UnreadableDocument, match="drawn as shapes"):
        read_pdf(pdf([drawn]))


def test_passwords() -> None:
    sheet = Sheet()
    sheet.text(50, 700, "公开的文字")
    assert texts(read_pdf(pdf([sheet], password=""))) == ["公开的文字"]
    with pytest.raises(UnreadableDocument, match="locked with a password"):
        read_pdf(pdf([sheet], password="secret"))


def test_limits() -> None:
    with pytest.raises(UnreadableDocument, match="301 pages"):
        read_pdf(pdf([Sheet()] * 301))
    form = stream(b"/F Do", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 11 0 R>>>>")
    with pytest.raises(UnreadableDocument, match="draws itself"):
        read_pdf(pdf([Sheet()], objects=[form]))
    with pytest.raises(UnreadableDocument, match="would unpack a stream"):
        read_pdf(pdf([Sheet()], objects=[stream(bytes(200 << 20))]))
    with pytest.raises(UnreadableDocument, match=r"would unpack a stream of .* to more than 160 MB"):
        read_pdf(pdf([Sheet()], objects=[stream(bytes(200 << 20), times=3)]))
    with pytest.raises(UnreadableDocument, match="packed 21 times over"):
        read_pdf(pdf([Sheet()], objects=[stream(b"text", times=21)]))
    sheet = Sheet()
    sheet.text(50, 700, "公开的文字")
    assert texts(read_pdf(pdf([sheet], objects=[stream(b"text", times=3)]))) == ["公开的文字"]
    with pytest.raises(UnreadableDocument, match="damaged PDF"):
        read(b"%PDF-1.4\nnothing at all")


def test_a_part_that_is_altered_or_cut_short_is_refused_not_read_on() -> None:
    sheet = Sheet()
    for line in range(30):
        sheet.text(50, 800 - 20 * line, f"第{line}行{LONG}")
    whole = pdf([sheet])
    at = whole.rindex(b"endstream") - 20
    altered = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    for damaged in (altered, whole[:at]):
        with pytest.raises(UnreadableDocument, match="cut short or altered"):
            read_pdf(damaged)
    assert read_pdf(pdf([sheet], password=""))


def test_places_that_are_no_numbers_are_left_out() -> None:
    letter = RawGlyph(0x4E00, 10, 10, 20, 20, 10, 12, 0, True, True)
    page = make_page(1, Stroke(0, 0, 100, 100), [letter], [Stroke(math.nan, 0, 1, 1), Stroke(0, 5, math.inf, 5)])
    assert page.rules == []
    assert [glyph.text for glyph in page.glyphs] == ["一"]


DAMAGE = """
import random, sys
from pathlib import Path
from archive.models import Document, UnreadableDocument
from archive.readers.pdf.reader import read_pdf
source = bytearray(Path(sys.argv[1]).read_bytes())
rng = random.Random(int(sys.argv[2]))
for _ in range(int(sys.argv[3])):
    data = bytearray(source)
    for _ in range(rng.randrange(1, 30)):
        at = rng.randrange(len(data))
        if rng.random() < 0.2:
            del data[at : at + rng.randrange(400)]
        else:
            data[at] = rng.randrange(256)
    try:
        assert isinstance(read_pdf(bytes(data)), Document)
    except UnreadableDocument:
        pass
print("whole")
"""


@pytest.mark.parametrize("seed", range(3))
def test_damaged_files_end_in_a_document_or_a_reason(seed: int, tmp_path: Path) -> None:
    """In a process of its own: pdfium may end the process, which is for the sandbox to bear; no exception may stray."""
    sheet = Sheet()
    sheet.text(50, 700, LONG)
    table(sheet, 600, [["项目", "一", "二"], ["甲", "1", "2"]])
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([sheet]))
    run = subprocess.run(
        [sys.executable, "-c", DAMAGE, str(path), str(seed), "60"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.stdout == "whole\n" or run.returncode < 0, run.stderr


@needs_shared
@pytest.mark.parametrize("path", sorted((SHARED / "hostile").glob("*.pdf")), ids=lambda path: path.name)
def test_hostile_files_are_refused_by_name_and_soon(path: Path) -> None:
    started = time.process_time()
    with pytest.raises(UnreadableDocument):
        read(path.read_bytes())
    assert time.process_time() - started < 10
