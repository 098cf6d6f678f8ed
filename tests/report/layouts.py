"""Made-up reports printed as plain text, in the shapes in which converters, editors and people leave tables.

`printed` gives the text of a whole report in one of the layouts of `LAYOUTS`; `expected` what its cells print.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from archive.models import Era
from archive.report.form import load_form
from tests.report.made import CellKey, Made, Source, Table, numbers, resolve, table_2, table_3, table_4

_LABEL_WIDTH = 14  # characters in a label cell of a page
NARRATIVE = "2022年，本镇认真做好政府信息公开工作。"


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the full grid of a table: the cell that covers it and where in the cell it lies."""

    text: str
    below: int
    beside: int


def made_of(
    seed: int, era: Era, *, blank: float = 0.0, scale: int = 1, mark: str = ""
) -> tuple[Made, dict[CellKey, str]]:
    """A report and the printed text of each cell: `blank` of the zeros print `mark`, all figures are times `scale`."""
    rng = random.Random(f"layouts/{seed}")
    truth = {key: value * scale for key, value in numbers(rng, era).items()}
    texts = {key: mark if value == 0 and rng.random() < blank else str(value) for key, value in truth.items()}
    return Made(era, [table_2(era, texts), table_3(era, texts), table_4(era, texts)], truth), texts


def printed(made: Made, layout: str) -> str:
    """The whole report as text in `layout`."""
    write = LAYOUTS[layout]
    parts = [made.title, "", "统计期限自2022年1月1日起至2022年12月31日止。", ""]
    for number, section in enumerate(load_form().sections):
        parts.append(section.label)
        body = write(made.tables[number - 1]) if 1 <= number <= 3 else NARRATIVE
        parts += [body, ""]
    if layout.startswith("one line"):
        joint = " " if layout == "one line" else ""
        return joint.join(part.replace("\n", joint) for part in parts if part)
    return "\n".join(parts)


# --------------------------------------------------------------------------- the full grid


def _full(table: Table) -> list[list[Place]]:
    """Every place of the grid of a table, each row as long as its cells reach."""
    grid = resolve(table)
    width = max((cell.column + cell.colspan for row in grid.rows for cell in row), default=0)
    places: list[list[Place | None]] = [[None] * width for _ in grid.rows]
    for row in grid.rows:
        for cell in row:
            for i in range(cell.rowspan):
                for j in range(cell.colspan):
                    places[cell.row + i][cell.column + j] = Place(cell.text, i, j)
    ends = [max((c + 1 for c in range(width) if row[c] is not None), default=0) for row in places]
    return [[place or Place("", 0, 0) for place in row[:end]] for row, end in zip(places, ends, strict=True)]


def _one_line(text: str) -> str:
    return text.replace("\n", "")


# --------------------------------------------------------------------------- separators


def _tika(table: Table) -> str:
    """A leading tab a cell, a lone tab for a cell merged into the one above, an empty line after each row."""
    lines: list[str] = []
    for row in _full(table):
        lines += ["\t" if place.below else f"\t{place.text}" for place in row if not place.beside]
        lines.append("")
    return "\n".join(lines)


def _tabs(table: Table) -> str:
    """Tabs between cells, an empty cell where one is merged into the one above."""
    return "\n".join(
        "\t".join("" if p.below else _one_line(p.text) for p in row if not p.beside) for row in _full(table)
    )


def _tabs_of_a_sheet(table: Table) -> str:
    """Tabs between cells, an empty cell for every place that another cell covers."""
    return "\n".join("\t".join("" if p.below or p.beside else _one_line(p.text) for p in row) for row in _full(table))


def _tabs_of_cells(table: Table) -> str:
    """Tabs between the cells that the source has, nothing for merged ones."""
    return "\n".join("\t".join(_one_line(cell.text) for cell in row) for row in table)


def _tabs_without_blanks(table: Table) -> str:
    """Tabs between cells, empty cells lost."""
    return "\n".join("\t".join(_one_line(cell.text) for cell in row if cell.text) for row in table)


def _commas(table: Table) -> str:
    """A comma after every cell but the last, as a sheet saved with commas."""
    return "\n".join(",".join("" if p.below or p.beside else _one_line(p.text) for p in row) for row in _full(table))


def _bars(table: Table) -> str:
    """Bars around cells, padded, as antiword draws them."""
    return "\n".join("|" + "|".join(f"{_one_line(c.text):<9}" for c in row) + "|" for row in table)


def _markdown(table: Table) -> str:
    """A table of markdown: a rule below the first row, merged cells empty."""
    rows = [[" " if p.below or p.beside else _one_line(p.text) for p in row] for row in _full(table)]
    return _ruled(rows)


def _markdown_repeated(table: Table) -> str:
    """A table of markdown in which merged cells repeat their text."""
    return _ruled([[_one_line(p.text) for p in row] for row in _full(table)])


def _ruled(rows: Sequence[Sequence[str]]) -> str:
    rows = [row for row in rows if row]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def _drawn(table: Table) -> str:
    """A table drawn with + and -, every place its own cell."""
    rows = [["" if p.below or p.beside else _one_line(p.text) for p in row] for row in _full(table)]
    widths = [max(map(_width, column)) for column in zip_longest(*rows, fillvalue="")]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = [rule]
    for row in rows:
        cells = (f" {text}{' ' * (width - _width(text))} " for text, width in zip(row, widths, strict=False))
        lines += ["|" + "|".join(cells) + "|", rule]
    return "\n".join(lines)


# --------------------------------------------------------------------------- cells and rows as lines


def _a_cell_a_line(table: Table) -> str:
    return "\n".join(_one_line(cell.text) for row in table for cell in row if cell.text)


def _a_cell_a_line_with_empty_ones(table: Table) -> str:
    return "\n".join(_one_line(cell.text) for row in table for cell in row)


def _a_row_a_line(table: Table) -> str:
    return "\n".join(" ".join(_one_line(cell.text) for cell in row if cell.text) for row in table)


def _glued_rows(table: Table) -> str:
    return "\n".join("".join(_one_line(cell.text) for cell in row) for row in table)


def _glued(table: Table) -> str:
    return "".join(_one_line(cell.text) for row in table for cell in row)


def _procedures(table: Table) -> str:
    """Table 4 as a line for each procedure; the others as rows of tabs."""
    if len(table) < 2 or len(table[-1]) < 11 or not table[0][0].text.startswith("行政复议"):
        return _tabs(table)
    heads = [_one_line(cell.text) for cell in table[-2][:5]]
    values = [cell.text for cell in table[-1]]
    names = ("行政复议", "行政诉讼（未经复议直接起诉）", "行政诉讼（复议后起诉）")
    return "\n".join(
        f"{name}：" + "，".join(f"{head}{value}件" for head, value in zip(heads, values[i : i + 5], strict=False))
        for name, i in zip(names, (0, 5, 10), strict=True)
    )


# --------------------------------------------------------------------------- pages


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def _page(table: Table, measure: Callable[[str], int], label_width: int = _LABEL_WIDTH) -> str:
    """The table as pdftotext -layout prints it: columns apart by blanks, labels broken over lines, cells centred."""
    grid = resolve(table)
    places = _full(table)
    width = max(map(len, places), default=0)
    widths = [2] * width
    for row in grid.rows:
        for cell in row:
            if cell.colspan == 1:
                lines = cell.text.split("\n")
                wanted = max(map(measure, lines))
                widths[cell.column] = max(widths[cell.column], min(wanted, measure("宽") * label_width))
    heights = [1] * len(places)
    broken: dict[tuple[int, int], list[str]] = {}
    for row in grid.rows:
        for cell in row:
            room = sum(widths[cell.column : cell.column + cell.colspan]) + 3 * (cell.colspan - 1)
            lines = list(_broken(cell.text, room, measure))
            broken[cell.row, cell.column] = lines
            if cell.rowspan == 1:
                heights[cell.row] = max(heights[cell.row], len(lines))
    for row in grid.rows:
        for cell in row:
            spare = len(broken[cell.row, cell.column]) - sum(heights[cell.row : cell.row + cell.rowspan])
            heights[cell.row + cell.rowspan - 1] += max(0, spare)
    tops = [sum(heights[:i]) for i in range(len(heights) + 1)]
    lefts = [sum(widths[:i]) + 3 * i for i in range(width)]
    page: list[list[tuple[int, str]]] = [[] for _ in range(tops[-1])]
    for row in grid.rows:
        for cell in row:
            lines = broken[cell.row, cell.column]
            room = tops[cell.row + cell.rowspan] - tops[cell.row]
            top = tops[cell.row] + (room - len(lines)) // 2
            span = sum(widths[cell.column : cell.column + cell.colspan]) + 3 * (cell.colspan - 1)
            for i, line in enumerate(lines):
                indent = (
                    (span - measure(line)) // 2 if measure(line) < span and (cell.colspan > 1 or line.isdigit()) else 0
                )
                page[top + i].append((lefts[cell.column] + max(0, indent), line))
    return "\n".join(_set(sorted(pieces), measure) for pieces in page)


def _broken(text: str, room: int, measure: Callable[[str], int]) -> Iterator[str]:
    for part in text.split("\n"):
        line = ""
        for char in part:
            if measure(line + char) > room:
                yield line
                line = ""
            line += char
        yield line


def _set(pieces: Sequence[tuple[int, str]], measure: Callable[[str], int]) -> str:
    line = ""
    for left, text in pieces:
        if text:
            line += " " * max(1 if line else 0, left - measure(line)) + text
    return line


def _layout(table: Table) -> str:
    return _page(table, len)


def _layout_in_columns(table: Table) -> str:
    return _page(table, _width)


def _narrow_layout(table: Table) -> str:
    return _page(table, len, 8)


def _content_order(table: Table) -> str:
    """As pdftotext -raw prints it: the lines of each cell one after another, cells of one line a blank apart."""
    lines: list[str] = []
    for row in table:
        line = ""
        for cell in row:
            first, *more = list(_broken(cell.text, _LABEL_WIDTH, len))
            line = f"{line} {first}".strip()
            for piece in more:
                lines.append(line)
                line = piece
        lines.append(line)
    return "\n".join(lines)


LAYOUTS: dict[str, Callable[[Table], str]] = {
    "a tab before each cell (tika)": _tika,
    "tabs between cells": _tabs,
    "tabs, every place of the grid": _tabs_of_a_sheet,
    "tabs, cells of the source": _tabs_of_cells,
    "tabs, empty cells lost": _tabs_without_blanks,
    "commas": _commas,
    "bars": _bars,
    "markdown": _markdown,
    "markdown, merged cells repeated": _markdown_repeated,
    "drawn with + and -": _drawn,
    "a cell a line": _a_cell_a_line,
    "a cell a line, empty ones kept": _a_cell_a_line_with_empty_ones,
    "a row a line": _a_row_a_line,
    "rows glued": _glued_rows,
    "one line": _a_row_a_line,
    "one line, glued": _glued,
    "a procedure a line": _procedures,
    "columns of a page, characters": _layout,
    "columns of a page, widths": _layout_in_columns,
    "narrow columns of a page": _narrow_layout,
    "content order of a page": _content_order,
}

__all__ = ["LAYOUTS", "Source", "made_of", "printed"]
