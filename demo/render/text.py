"""A report as plain text, the way converters leave it: the merges of the tables are gone."""

from __future__ import annotations

from collections.abc import Callable

from demo.render.layout import Box, Kind, Line, blocks
from demo.truth import TrueReport


def cell_lines(rows: tuple[tuple[Box, ...], ...]) -> list[str]:
    """A line for each cell, an empty line after each row, the way Tika writes tables."""
    return [line for row in rows for line in (*(f"\t{box.text}" for box in row), "")]


def tab_lines(rows: tuple[tuple[Box, ...], ...]) -> list[str]:
    """A line for each row, its cells between tabs."""
    return ["\t".join(box.text for box in row) for row in rows]


def render(report: TrueReport, table: Callable[[tuple[tuple[Box, ...], ...]], list[str]] = cell_lines) -> str:
    """The text of the report; `table` is `cell_lines` or `tab_lines`."""
    lines: list[str] = []
    for block in blocks(report):
        if isinstance(block, Line):
            lines += [block.text, ""] if block.kind is Kind.TITLE else [f"  {block.text}"]
        else:
            lines += table(block.rows)
    return "\n".join(lines) + "\n"
