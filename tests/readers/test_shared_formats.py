"""The same report in every format, as other people made it: all of them give the same tables."""

from __future__ import annotations

import pytest

from archive.models import Document, Grid
from archive.readers import read
from tests.shared import SHARED, needs_shared

FORMATS = SHARED / "reports" / "formats"


def parts(document: Document) -> list[object]:
    return [
        [[(c.text, c.column, c.rowspan, c.colspan) for c in row] for row in block.rows]
        if isinstance(block, Grid)
        else block.text
        for block in document.blocks
    ]


@needs_shared
@pytest.mark.parametrize("suffix", ["doc", "rtf", "odt"])
@pytest.mark.parametrize("stem", ["hangzhou2025", "tengzhou2023"])
def test_text_and_tables_are_those_of_the_docx(stem: str, suffix: str) -> None:
    expected = parts(read((FORMATS / f"{stem}.docx").read_bytes()))
    assert parts(read((FORMATS / f"{stem}.{suffix}").read_bytes())) == expected


@needs_shared
def test_both_spreadsheets_hold_the_same_cells() -> None:
    old, new = (read((FORMATS / f"hangzhou2025.{suffix}").read_bytes()) for suffix in ("xls", "xlsx"))
    assert parts(old) == parts(new)
    numbers = [
        cell.text
        for block in new.blocks
        if isinstance(block, Grid)
        for row in block.rows
        for cell in row
        if cell.text.replace(".", "", 1).isdigit()
    ]
    assert "14069" in numbers
    assert not [number for number in numbers if number.endswith(".0")]
