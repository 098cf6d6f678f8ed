"""Other people's reports beside the project: every figure of theirs stands in a cell of the document, in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.models import Document, Grid
from archive.readers import read
from tests.shared import SHARED, needs_shared

REPORTS = SHARED / "reports"
TABLED = {
    "pingtan_zone_2024.html": "pingtan_zone_2024",
    "tengzhou_kjj_2023_seed.txt": "tengzhou_kjj_2023",
    "formats/h21_hangzhou2025.html": "formats/hangzhou2025",
    "formats/hangzhou2025.html": "formats/hangzhou2025",
    "formats/hangzhou2025.docx": "formats/hangzhou2025",
    "formats/tika_hangzhou2025.doc.txt": "formats/hangzhou2025",
    "formats/tika_hangzhou2025.docx.txt": "formats/hangzhou2025",
    "formats/tengzhou2023.html": "formats/tengzhou2023",
    "formats/tengzhou2023.docx": "formats/tengzhou2023",
}


def figures(document: Document) -> list[str]:
    """The numbers of all tables, row by row."""
    cells = (cell.text.strip() for b in document.blocks if isinstance(b, Grid) for row in b.rows for cell in row)
    return [text for text in cells if text.replace(".", "", 1).isdecimal()]


def expected_figures(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in expected_figures(item)]
    if isinstance(value, list):
        return [number for item in value for number in expected_figures(item)]
    return [float(value)] if isinstance(value, int | float) else []


@needs_shared
@pytest.mark.parametrize("name", TABLED)
def test_every_figure_stands_in_a_cell(name: str) -> None:
    document = read((REPORTS / name).read_bytes())
    truth = json.loads((REPORTS / f"{TABLED[name]}.expected.json").read_text("utf-8"))
    found = [float(figure) for figure in figures(document)]
    assert len(found) == 200
    assert sorted(found) == sorted(expected_figures(truth["statistics"]))


@needs_shared
def test_the_sections_of_the_real_page_are_exact() -> None:
    document = read((REPORTS / "pingtan_zone_2024.html").read_bytes())
    truth = json.loads((REPORTS / "pingtan_zone_2024.expected.json").read_text("utf-8"))["sections"]
    texts = ["".join(block.text.split()) for block in document.blocks if not isinstance(block, Grid)]
    headings = [texts.index(truth[str(number)]["title"]) for number in range(1, 7)] + [len(texts)]
    for number in (1, 5, 6):
        body = "".join(texts[headings[number - 1] + 1 : headings[number]])
        section = truth[str(number)]
        assert (body[:20], body[-20:], len(body)) == (
            section["first_20_chars"],
            section["last_20_chars"],
            section["chars_without_whitespace"],
        )


@needs_shared
def test_all_cells_of_the_blank_template_can_be_reached() -> None:
    document = read((REPORTS / "official_template_blank_2021.docx").read_bytes())
    blanks = [cell for b in document.blocks if isinstance(b, Grid) for row in b.rows for cell in row if not cell.text]
    assert len(blanks) == 200


@needs_shared
@pytest.mark.parametrize("path", sorted(REPORTS.glob("*.page.txt")), ids=lambda path: Path(path).name)
def test_dumps_of_one_line_keep_their_text(path: Path) -> None:
    document = read(path.read_bytes())
    assert not any(isinstance(block, Grid) for block in document.blocks)
    assert document.title
    assert document.metadata["发布时间"]
    lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    kept = [block.text for block in (*document.outside, *document.blocks) if not isinstance(block, Grid)]
    assert [" ".join(text.split()) for text in kept] == [" ".join(line.split()) for line in lines]
