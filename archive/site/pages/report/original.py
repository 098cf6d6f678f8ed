"""An original as its reader saw it, as HTML: the place that a number was read from marked, the others linked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from archive.models import Grid, GridCell, Heading, Paragraph
from archive.originals.seen import Seen
from archive.site.pages.report.cells import MARK
from archive.site.pages.report.places import located

IN_GRID = re.compile(r"row (\d+), column (\d+)$")
MOST_NARROW = 6
"""Columns of a table that may be as narrow as a phone."""
BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the report: its name, and the address of its own place in the original."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Original:
    """What is shown of an original: `found` is whether the place is in it, `same` whether what stands there is what is
    stored of the number."""

    html: Markup
    found: bool
    same: bool
    left_out: int


def shown(seen: Seen, place: str, raw: str | None, numbers: Mapping[str, Number], lang: str) -> Original:
    """The original with `place` marked, where `raw` ought to stand; `numbers` has those of the report by place."""
    text = _text_at(seen, place) if place else None
    drawn = _Drawing(place, raw, numbers, lang)
    return Original(
        html=Markup("\n".join(part for block in seen.blocks for part in drawn.block(block))),
        found=text is not None,
        same=text is not None and _bare(raw or "") in _bare(text),
        left_out=seen.left_out,
    )


def _bare(text: str) -> str:
    return BLANKS.sub("", text)


def _text_at(seen: Seen, place: str) -> str | None:
    """What stands at a place, None where the document has no such place."""
    for block in seen.blocks:
        cells = [cell for row in block.rows for cell in row] if isinstance(block, Grid) else [block]
        for one in cells:
            if one.place == place:
                return one.text
    return None


class _Drawing:
    """Draws the blocks of one original; the first thing at the place is marked."""

    def __init__(self, place: str, raw: str | None, numbers: Mapping[str, Number], lang: str) -> None:
        self.place = place
        self.raw = (raw or "").strip()
        self.numbers = numbers
        self.lang = lang
        self.marked = False

    def block(self, block: Heading | Paragraph | Grid) -> Iterator[str]:
        if isinstance(block, Grid):
            yield from self.grid(block)
            return
        here = self._mark(block.place)
        text = str(escape(block.text))
        if here and self.raw and block.text.count(self.raw) == 1:  # of a long paragraph, the number is the place
            before, _, after = block.text.partition(self.raw)
            text = f"{escape(before)}<mark{here}>{escape(self.raw)}</mark>{escape(after)}"
            here = ""
        classes = ' class="head"' if isinstance(block, Heading) else ""
        yield f"<p{here}{classes}>{_lines(text)}</p>"

    def grid(self, grid: Grid) -> Iterator[str]:
        """A table under the numbers of its rows and columns, those of the marked cell lit up with it."""
        target = next((cell for row in grid.rows for cell in row if cell.place == self.place), None)
        name = escape(located(grid.place, self.lang))
        rows, columns = _row_numbers(grid), _column_numbers(grid)
        wide = " wide" if len(columns) > MOST_NARROW else ""
        yield f'<div class="scroll" tabindex="0" role="group" aria-label="{name}"><table class="as-read{wide}">'
        yield f"<caption>{name}</caption><thead><tr><td></td>"
        for column, number in enumerate(columns):
            along = target is not None and target.column <= column < target.column + target.colspan
            yield f'<th scope="col"{_class("along" if along else "")}>{number}</th>'
        yield "</tr></thead><tbody>"
        for at, (row, number) in enumerate(zip(grid.rows, rows, strict=True)):
            along = target is not None and target.row <= at < target.row + target.rowspan
            yield f'<tr><th scope="row"{_class("along" if along else "")}>{number}</th>'
            yield from (self.cell(cell, target) for cell in row)
            yield "</tr>"
        yield "</tbody></table></div>"

    def cell(self, cell: GridCell, target: GridCell | None) -> str:
        spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
        spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
        here = self._mark(cell.place)
        along = "" if here or target is None or not _beside(cell, target) else "along"
        text = _lines(str(escape(cell.text)))
        if (number := self.numbers.get(cell.place)) and text and not here:
            text = f'<a href="{escape(number.href)}" title="{escape(number.name)}">{text}</a>'
        return f"<td{here}{_class(along)}{spans}>{text}</td>"

    def _mark(self, place: str) -> str:
        """The attributes of the marked place, once; nothing elsewhere."""
        if self.marked or not place or place != self.place:
            return ""
        self.marked = True
        return f' id="{MARK}" aria-current="true"'


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _lines(text: str) -> str:
    return text.replace("\n", "<br>")


def _beside(cell: GridCell, target: GridCell) -> bool:
    """Whether a cell is in the same row or column as another."""
    in_row = cell.row < target.row + target.rowspan and target.row < cell.row + cell.rowspan
    in_column = cell.column < target.column + target.colspan and target.column < cell.column + cell.colspan
    return in_row or in_column


def _row_numbers(grid: Grid) -> list[int | str]:
    """The numbers by which places name the rows: a sheet counts from its own top, and may have hidden rows."""
    known = {cell.row: int(at[1]) for row in grid.rows for cell in row if (at := IN_GRID.search(cell.place))}
    return _numbered(known, len(grid.rows))


def _column_numbers(grid: Grid) -> list[int | str]:
    known = {cell.column: int(at[2]) for row in grid.rows for cell in row if (at := IN_GRID.search(cell.place))}
    width = max((cell.column + cell.colspan for row in grid.rows for cell in row), default=0)
    return _numbered(known, width)


def _numbered(known: Mapping[int, int], count: int) -> list[int | str]:
    """One number for each; where no cell begins, its position, if that is how the others are counted."""
    plain = all(number == position + 1 for position, number in known.items())
    return [known.get(position, position + 1 if plain else "") for position in range(count)]
