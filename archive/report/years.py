"""Documents that set the reports of two years or bodies side by side: the tables of the other one left out.

Comparisons head what belongs to a year with a line that holds nothing but the year and the word for a report. What
follows such a line of another year, up to the next one or to the next section heading, is not read as tables. Where the
year of the report is not known, it is that of the first such line. A line of another year or body above a table in
running text (2021年情况) does the same; above a table in cells its caption tells (`own_tables`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archive.models import Block, Grid, Paragraph
from archive.report.form import load_form
from archive.report.sections.words import numbered_headings
from archive.report.tables.captions import Owner, is_of_another
from archive.report.text import squeeze

_LONG = 200  # characters of a paragraph that may hold tables


def of_the_year(document: Sequence[Block], year: int | None, agency: str | None = None) -> tuple[Block, ...]:
    """The blocks of a document without those that stand under the heading of another year, or the name of a body."""
    kept: list[Block] = []
    other = False
    for number, block in enumerate(document):
        text = "" if isinstance(block, Grid) else squeeze(block.text)
        if headed := load_form().side_words["report_of_year"].fullmatch(text):
            year = year or int(headed[1])
            other = int(headed[1]) != year
        elif (captioned := _captioned(document, number, Owner(year, agency))) is not None:
            other = captioned
        elif other and _is_heading(text):
            other = False
        if not other:
            kept.append(_cut(block, year) if isinstance(block, Paragraph) and year is not None else block)
    return tuple(kept)


def _captioned(document: Sequence[Block], number: int, owner: Owner) -> bool | None:
    """Whether a line above a table in running text names another year or body; None if it is no such line."""
    block = document[number]
    if isinstance(block, Grid) or _is_heading(squeeze(block.text)):
        return None
    verdict = is_of_another(block.text, owner)
    return verdict if verdict is not None and _is_text_of_a_table(document[number + 1 : number + 3]) else None


def _cut(block: Paragraph, year: int) -> Paragraph:
    """A paragraph without what stands in it from a caption of another year above a table to the next section."""
    text = block.text
    if len(text) < _LONG:
        return block
    for found in reversed(list(load_form().side_words["caption_within"].finditer(text))):
        if int(found[1]) != year:
            ends = (
                each.start() for pattern in numbered_headings().values() for each in pattern.finditer(text, found.end())
            )
            text = text[: found.start()] + text[min(ends, default=len(text)) :]
    return block if text == block.text else replace(block, text=text)


def _is_text_of_a_table(blocks: Sequence[Block]) -> bool:
    begins = load_form().side_words["table_begins"]
    return any(not isinstance(block, Grid) and begins.match(squeeze(block.text)) for block in blocks)


def _is_heading(text: str) -> bool:
    return any(pattern.match(text) for pattern in numbered_headings().values())
