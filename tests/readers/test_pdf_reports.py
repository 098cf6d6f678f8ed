"""Whole reports as PDF, made up and real: every cell and every sentence as printed."""

from __future__ import annotations

import json
import random
import shutil
from itertools import islice
from typing import Any

import pytest

from archive.models import Grid, Number, ParsedReport
from archive.readers.pdf.reader import read_pdf
from archive.reading import read_report
from demo.reports import many
from tests.readers import pdf_fixtures
from tests.readers.pdf_writer import Sheet, pdf, stream
from tests.readers.printed_report import Style, print_report
from tests.readers.report_truth import differences
from tests.shared import SHARED, needs_shared

REPORTS = list(islice(many(60), 60))
STYLES: dict[str, tuple[Style, dict[str, Any]]] = {
    "lines": (Style(), {}),
    "bars, as Word prints": (Style("bars", header="柳矶市政府信息公开"), {}),
    "dots": (Style("dots"), {}),
    "no lines": (Style("none"), {}),
    "landscape": (Style(), {"width": 842.0, "height": 595.0}),
    "small pages": (Style(), {"height": 420.0}),
    "lying, turned by the page": (Style(), {"turn": 1, "rotate": 90}),
    "lying": (Style("bars"), {"turn": 1}),
    "turned for nothing": (Style(), {"rotate": 270}),
    "upside down": (Style(), {"turn": 2, "rotate": 180}),
    "lying the other way": (Style(), {"turn": 3, "rotate": 270}),
}


@pytest.mark.parametrize("name", pdf_fixtures.VARIANTS)
def test_a_report_as_libreoffice_prints_it(name: str) -> None:
    document = read_pdf((pdf_fixtures.FOLDER / f"{name}.pdf").read_bytes())
    ruled = pdf_fixtures.VARIANTS[name][2]
    assert differences(document, pdf_fixtures.report(name), sections=ruled) == []
    assert any(isinstance(block, Grid) for block in document.blocks) == ruled


@pytest.mark.parametrize("name", STYLES)
def test_a_report_in_every_style(name: str) -> None:
    style, page = STYLES[name]
    for number in (1, 17, 44):
        sheets = print_report(REPORTS[number], lambda: Sheet(**page), style)
        document = read_pdf(pdf(sheets))
        assert differences(document, REPORTS[number], sections=style.rules != "none") == []
        assert "".join(block.text for block in document.outside if not isinstance(block, Grid)).startswith(
            style.header + "1"
        )


@pytest.mark.parametrize("seed", range(12))
def test_lost_ink_never_gives_a_wrong_number(seed: int) -> None:
    """Texts and lines are taken away at random: what is read is right, the rest is not read."""
    rng = random.Random(seed)
    truth = REPORTS[rng.randrange(60)]
    sheets = print_report(truth, Sheet, Style(rng.choice(["lines", "bars", "none"])))
    for sheet in sheets:
        sheet.operators = [operator for operator in sheet.operators if rng.random() > 0.01 * (1 + seed % 3)]
    wrong = [line for line in differences(read_pdf(pdf(sheets)), truth) if line.startswith("WRONG")]
    assert wrong == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_fixtures_are_what_libreoffice_prints_with_its_own_fonts() -> None:
    data = pdf_fixtures.printed(pdf_fixtures.word_file("portrait"))
    assert differences(read_pdf(data), pdf_fixtures.report("portrait")) == []


@needs_shared
@pytest.mark.parametrize("name", ["hangzhou2025", "tengzhou2023"])
def test_every_cell_of_other_peoples_reports(name: str) -> None:
    folder = SHARED / "reports" / "formats"
    report = read_report((folder / f"{name}.pdf").read_bytes(), name=f"{name}.pdf")
    assert isinstance(report, ParsedReport)
    truth: dict[tuple[str, str | None], Number] = {
        (key, applicant): value
        for key, applicant, value in json.loads((folder / f"{name}.expected.json").read_text("utf-8"))["statistics"]
    }
    assert {(cell.key, cell.applicant): cell.value for cell in report.cells} == truth
    by_word = read_report((folder / f"{name}.docx").read_bytes(), name=f"{name}.docx")
    assert isinstance(by_word, ParsedReport)
    assert ["".join(section.text.split()) for section in report.sections] == [
        "".join(section.text.split()) for section in by_word.sections
    ]


def test_a_report_attached_to_a_page_that_only_says_so_is_read() -> None:
    cover = Sheet()
    cover.text(50, 700, "请打开本文件中的附件")
    attached = stream(pdf(print_report(REPORTS[1], Sheet, Style())), "/Type/EmbeddedFile")
    names = b"<</Type/Filespec/F(report.pdf)/EF<</F 12 0 R>>>>"
    data = pdf([cover], objects=[names, attached], catalogue="/Names<</EmbeddedFiles<</Names[(report)11 0 R]>>>>")
    report = read_report(data)
    assert isinstance(report, ParsedReport)
    assert report.title == REPORTS[1].title
