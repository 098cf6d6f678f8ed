"""Where the pictures of a fixed-layout file may stand between its blocks."""

from __future__ import annotations

from archive.models import Grid, GridCell, Paragraph
from archive.readers.pages.model import Glyph, Page
from archive.readers.pages.pictures import picture_places

BLOCKS = (
    Paragraph("一、总体情况", "page 1, paragraph 1"),
    Paragraph("二、主动公开", "page 2, paragraph 1"),
    Grid(((GridCell("规章", 0, 0),),), "table 1"),
    Paragraph("三、申请", "page 3, paragraph 1"),
)
TEXT = (Glyph("字", 0, 0, 10, 10, 10, 10),)


def test_a_picture_may_stand_anywhere_on_its_page() -> None:
    pages = [Page(1, 595, 842, TEXT), Page(2, 595, 842, TEXT, picture=0.2), Page(3, 595, 842, TEXT)]
    assert picture_places(BLOCKS, pages) == (1, 2, 3)


def test_seals_and_pages_that_are_wholly_a_picture_are_none() -> None:
    pages = [Page(1, 595, 842, TEXT, picture=0.01), Page(2, 595, 842, (), picture=0.9)]
    assert picture_places(BLOCKS, pages) == ()


def test_a_picture_on_the_last_page_may_stand_behind_everything() -> None:
    assert picture_places(BLOCKS, [Page(3, 595, 842, TEXT, picture=0.5)]) == (3, 4)
