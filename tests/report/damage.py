"""Damage to the source cells of made-up tables: what editors, converters and page breaks do to real ones."""

from __future__ import annotations

import random
from collections.abc import Callable

from archive.models import Block, Grid, Paragraph
from tests.report.made import Source, Table, as_cells, as_lines, resolve

Damage = Callable[[list[Table], random.Random, int], None]


def drop_cells(tables: list[Table], rng: random.Random, times: int) -> None:
    """Removes cells anywhere; the rest of the row moves left."""
    for _ in range(times):
        row = rng.choice(rng.choice(tables))
        if row:
            row.pop(rng.randrange(len(row)))


def drop_heading_cells(tables: list[Table], rng: random.Random, times: int) -> None:
    """Removes cells of the heading rows."""
    for _ in range(times):
        row = rng.choice(rng.choice(tables)[:4])
        if row:
            row.pop(rng.randrange(len(row)))


def drop_rows(tables: list[Table], rng: random.Random, times: int) -> None:
    """Removes whole rows."""
    for _ in range(times):
        table = rng.choice(tables)
        if len(table) > 1:
            table.pop(rng.randrange(len(table)))


def lose_spans(tables: list[Table], rng: random.Random, times: int) -> None:
    """Sets spans to one here and there."""
    for cell in (cell for table in tables for row in table for cell in row):
        if rng.random() < times / 10:
            which = rng.random()
            cell.rowspan = 1 if which < 0.6 else cell.rowspan
            cell.colspan = 1 if which > 0.4 else cell.colspan


def write_spans_out(tables: list[Table], rng: random.Random, times: int) -> None:
    """Turns a spanning cell into itself and blank cells."""
    for row in (row for table in tables for row in table):
        written: list[Source] = []
        for cell in row:
            written.append(cell)
            if cell.colspan > 1 and rng.random() < times / 3:
                written += [Source("") for _ in range(cell.colspan - 1)]
                cell.colspan = 1
        row[:] = written


def empty_cells(tables: list[Table], rng: random.Random, times: int) -> None:
    """Empties cells, labels and values alike."""
    for _ in range(times):
        row = rng.choice(rng.choice(tables))
        if row:
            rng.choice(row).text = ""


def break_labels(tables: list[Table], rng: random.Random, times: int) -> None:
    """Puts white space of all kinds into labels."""
    for cell in (cell for table in tables for row in table for cell in row):
        if len(cell.text) > 2 and not cell.text.isdigit() and rng.random() < 0.3:
            at = rng.randrange(1, len(cell.text))
            cell.text = cell.text[:at] + rng.choice(["\n", " ", "\u3000", "\xa0"]) + cell.text[at:]


def add_remarks(tables: list[Table], rng: random.Random, times: int) -> None:
    """Adds a blank column at the right of table 3, with or without a heading."""
    if len(tables) > 1 and len(tables[1]) > 4:
        tables[1][0].append(Source(rng.choice(["备注", ""]), 3))
        for row in tables[1][3:]:
            row.append(Source(""))


def cut_by_a_page(tables: list[Table], rng: random.Random, times: int) -> None:
    """Cuts table 3 in two; the second half has no heading."""
    table = tables[1]
    if len(table) > 12:
        at = rng.randrange(5, len(table) - 3)
        tables[1:2] = [table[:at], table[at:]]


DAMAGES: tuple[Damage, ...] = (
    drop_cells,
    drop_heading_cells,
    drop_rows,
    lose_spans,
    write_spans_out,
    empty_cells,
    break_labels,
    add_remarks,
    cut_by_a_page,
)


def blocks_of(tables: list[Table], mode: str, rng: random.Random) -> list[Block]:
    """The tables as a reader may deliver them: grids, grids without spans, or bare text in several shapes."""
    if mode == "grids":
        return [resolve(table) for table in tables]
    if mode == "grids without spans":
        return [resolve(table, spans_known=False) for table in tables]
    if mode == "a paragraph a row":
        joint = rng.choice([" ", "\t", " | "])
        return [line for table in tables for line in as_lines(table, joint)]
    if mode == "a paragraph a cell":
        return [line for table in tables for line in as_cells(table)]
    joint = rng.choice([" ", ""])
    return [Paragraph(joint.join(line.text for table in tables for line in as_cells(table)))]


MODES = ("grids", "grids without spans", "a paragraph a row", "a paragraph a cell", "one line")

__all__ = ["DAMAGES", "MODES", "Damage", "Grid", "blocks_of"]
