"""RTF files in which a mark stands beside a number: what is raised, struck or hidden is no digit of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.readers import read
from tests.readers.marked import check_words
from tests.readers.test_rtf import grid, rtf, texts

FIXTURES = Path(__file__).parent / "fixtures" / "office"


def test_every_way_of_marking_a_digit() -> None:
    check_words(read((FIXTURES / "marked.rtf").read_bytes()))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"12{\super 1}", "12¹"),
        (r"12{\sub 1}", "12₁"),
        (r"12{\up6 1}", "12¹"),
        (r"12{\up 1}", "12¹"),
        (r"12{\dn6 1}", "12₁"),
        (r"12{\up2 1}", "121"),
        (r"12\up6 1\up0 3", "12¹3"),
        (r"{\strike 9}12", "9\u033612"),
        (r"{\striked1 9}12", "9\u033612"),
        (r"\strike 9\strike0 12", "9\u033612"),
        (r"\striked1 9\plain 12", "9\u033612"),
        (r"{\strike\striked0 9}12", "912"),
        (r"{\v 9}12", "12"),
        (r"{\deleted 9}{\revised 12}", "12"),
        (r"{\strike 9{\strike0 12}}", "9\u033612"),
    ],
)
def test_words_of_a_run(body: str, text: str) -> None:
    assert texts(rtf(rf"\pard {body}\par")) == [text]


def test_a_deleted_row_is_gone() -> None:
    def row(label: str, value: str, more: str = "") -> str:
        return rf"\trowd\cellx1000\cellx2000\pard\intbl{{{more} {label}\cell {value}\cell\row}}"

    made = rtf(row("a", "1") + row("a", "9", r"\deleted") + row("b", "2") + r"\pard x\par")
    assert [[found[0] for found in cells] for cells in grid(made)] == [["a", "1"], ["b", "2"]]
