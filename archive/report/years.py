"""Documents that set the reports of two years side by side: the tables of the other year left out.

Comparisons head what belongs to a year with a line that holds nothing but the year and the word for a report. What
follows such a line of another year, up to the next one or to the next section heading, is not read as tables. Where the
year of the report is not known, it is that of the first such line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.models import Block, Grid
from archive.report.form import load_form
from archive.report.text import squeeze

_YEAR = re.compile(r"\(?(20\d\d)年度?报告\)?:?")


def of_the_year(document: Sequence[Block], year: int | None) -> tuple[Block, ...]:
    """The blocks of a document without those that stand under the heading of another year."""
    kept: list[Block] = []
    other = False
    for block in document:
        text = "" if isinstance(block, Grid) else squeeze(block.text)
        headed = _YEAR.fullmatch(text)
        if headed:
            year = year or int(headed[1])
            other = int(headed[1]) != year
        elif other and _is_heading(text):
            other = False
        if not other:
            kept.append(block)
    return tuple(kept)


def _is_heading(text: str) -> bool:
    form = load_form()
    return any(re.match(f"{form.section_ordinal}(?:{section.pattern})", text) for section in form.sections)
