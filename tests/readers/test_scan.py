"""Scans and images: cell by cell against what was printed, no wrong figure, and refused by name without the extra."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from archive.models import Grid, NeedsOcr, Ocr, ParsedReport, ReadBy, State, Unreadable
from archive.readers import read, scan
from archive.readers.sniff import sniff
from archive.reading import read_report
from archive.sandbox import Reply, Sandbox
from demo.reports import many
from demo.truth import TrueReport
from tests.readers.ofd_writer import NAMESPACE, ofd
from tests.readers.ofd_writer import Sheet as OfdSheet

if TYPE_CHECKING:
    from tests.readers import scanned_report as paper
else:
    paper = pytest.importorskip("tests.readers.scanned_report", reason="needs the extra `ocr`", exc_type=ImportError)

pytestmark = [
    pytest.mark.skipif(not scan.available(), reason="needs the extra `ocr`"),
    pytest.mark.skipif(paper.font() is None, reason="needs a font with Chinese letters (fonts-noto-cjk)"),
]


@pytest.fixture(scope="module")
def report() -> TrueReport:
    return next(islice(many(1), 1))


@pytest.fixture(scope="module")
def pages(report: TrueReport) -> list[Any]:
    return list(paper.pictures(report, 150))


def tally(report: ParsedReport, truth: TrueReport) -> Counter[str]:
    """Cells that are as printed, without a value, and wrong."""
    cells = {(cell.key, cell.applicant): cell for cell in report.cells}
    found: Counter[str] = Counter()
    for cell in truth.cells:
        other = cells[cell.key, cell.applicant]
        if (other.value, other.state) == (cell.value, cell.state):
            found["right"] += 1
        else:
            found["wrong" if other.value is not None or other.state is State.BLANK else "unread"] += 1
    return found


def test_a_scanned_pdf_is_read_in_the_sandbox_and_marked(report: TrueReport, pages: list[Any]) -> None:
    replies: list[Reply] = []
    told: list[str] = []
    with Sandbox(told=replies.append, scans=told.append) as sandbox:
        result = sandbox.read(paper.scanned_pdf(pages, 150), name="a scan")
    assert isinstance(result, ParsedReport)
    assert told == ["a scan"]
    assert result.read_by is ReadBy.OCR
    assert result.warnings[0].startswith("read by OCR (RapidOCR ")
    assert (result.title, result.year) == (report.title, report.year)
    counted = tally(result, report)
    assert counted["wrong"] == 0
    assert counted["right"] >= 175
    assert replies[-1].peak is not None
    assert replies[-1].peak < 2 << 30


def few_cells() -> Iterator[tuple[str, float]]:
    """Texts of a row of cells."""
    for text in ("名称", "0", "17", "-3", "208", ""):
        yield text, 8.0


def small_table(dpi: int, *, blot: bool = False) -> Any:
    """A table of two rows on a page; `blot` puts ink that is no letter into its last cell."""
    sheet = paper.Sheet(dpi)
    for row in range(2):
        for column, (text, size) in enumerate(few_cells()):
            left, top = 60.0 + 60 * column, 700.0 - 24 * row
            for ends in (
                (left, top, left + 60, top),
                (left, top - 24, left + 60, top - 24),
                (left, top, left, top - 24),
                (left + 60, top, left + 60, top - 24),
            ):
                sheet.line(*ends)
            sheet.text(left + 6, top - 16, text, size)
            if blot and not text:
                for step in range(5):
                    sheet.line(left + 12 + 3 * step, top - 7, left + 26 - 3 * step, top - 17 + step)
    return sheet.image


def cells_of(image: Any, dpi: int = 150) -> list[list[str]]:
    document = read(paper.file_of([image], "PNG", dpi), ocr=Ocr.ON)
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    return [[cell.text for cell in row] for row in grid.rows]


@pytest.mark.parametrize("quarters", [0, 1, 2])
def test_cells_however_the_page_lies(quarters: int) -> None:
    image = small_table(150).rotate(90 * quarters, expand=True)
    assert cells_of(image) == [["名称", "0", "17", "-3", "208", ""]] * 2


def test_a_speck_beside_a_figure_is_dirt_and_alone_is_ink() -> None:
    image = small_table(150)
    scale = 150 / 72
    for column in (0, 2, 5):
        x, y = round((60 + 60 * column + 40) * scale), round((842 - 700 + 2) * scale)
        for dot in range(3):
            image.putpixel((x + dot, y), 0)
    assert cells_of(image) == [["名称", "0", "17", "-3", "208", "\ufffd"], ["名称", "0", "17", "-3", "208", ""]]


def test_a_page_that_lies_askew() -> None:
    assert cells_of(paper.worn(small_table(200), angle=-2.1), 200) == [["名称", "0", "17", "-3", "208", ""]] * 2


def test_a_bad_scan_loses_figures_and_makes_none_up() -> None:
    expected = ["名称", "0", "17", "-3", "208", ""]
    right = 0
    for seed, angle in ((1, 0.6), (2, -0.6), (3, 1.4)):
        rows = cells_of(paper.worn(small_table(150), seed=seed, angle=angle))
        assert [len(row) for row in rows] == [6, 6]
        for row in rows:
            right += sum(map(str.__eq__, row, expected))
            assert all(a == b or not a.lstrip("-").isdigit() for a, b in zip(row, expected, strict=True))
    assert right >= 24


def test_ink_without_text_is_not_blank() -> None:
    for row in cells_of(small_table(150, blot=True)):
        assert row[:5] == ["名称", "0", "17", "-3", "208"]
        assert row[5] != ""
        assert not row[5].isdigit()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "WEBP", "JPEG"])
def test_kinds_of_images(kind: str) -> None:
    data = paper.file_of([small_table(150)], kind, 150)
    assert sniff(data) == "image"
    with pytest.raises(NeedsOcr, match=r"pip install 'gongkai\[ocr\]'"):
        read(data)


def test_scans_without_ocr_are_unreadable_by_name(pages: list[Any]) -> None:
    data = paper.scanned_pdf(pages, 150)
    how = "reading it needs the extra ocr: run `make ocr` in the checkout of Gongkai"
    with Sandbox(ocr=False) as sandbox:
        assert sandbox.read(data) == Unreadable(f"a scan of 3 pages without text; {how}", needs_ocr=True)


def test_damaged_and_huge_images(monkeypatch: pytest.MonkeyPatch) -> None:
    data = paper.file_of([small_table(150)], "PNG", 150)
    assert "a damaged image" in str(read_report(data[: len(data) // 2], ocr=Ocr.ON))
    monkeypatch.setattr(scan, "MAX_PIXELS", 1_000)
    assert "more than 1,000" in str(read_report(data, ocr=Ocr.ON))


def test_an_empty_sheet_has_no_text() -> None:
    blank = paper.file_of([paper.Sheet(100).image], "PNG", 100)
    assert "no text was recognised" in str(read_report(blank, ocr=Ocr.ON))


def test_a_page_of_an_ofd_file_that_is_one_picture() -> None:
    picture = '<ofd:ImageObject ID="1" Boundary="0 0 210 297" ResourceID="7"/>'
    resources = (
        f'<ofd:Res {NAMESPACE} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="7" Type="Image" Format="PNG">'
        "<ofd:MediaFile>scan.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
    )
    common = "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
    sheet = OfdSheet()
    sheet.objects.append(picture)
    file = io.BytesIO(ofd([sheet], common=common, parts={"Doc_0/DocumentRes.xml": resources}))
    with zipfile.ZipFile(file, "a") as package:
        package.writestr("Doc_0/Res/scan.png", paper.file_of([small_table(150)], "PNG", 150))
    document = read(file.getvalue(), ocr=Ocr.ON)
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert [cell.text for cell in grid.rows[1]] == ["名称", "0", "17", "-3", "208", ""]
    assert (document.format, document.read_by) == ("scan", ReadBy.OCR)
