"""What a reader saw of a document, as it travels from the process that read it: blocks in order, within a bound."""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from archive.models import Block, Document, Grid, GridCell, Heading, Paragraph

MOST_CHARACTERS = 300_000
"""Of the text of a document; a long report has thirty thousand."""
MOST_PARTS = 20_000
"""Blocks and cells of a document; the three tables of a report have some three hundred cells."""


class NotSeen(ValueError):
    """Raised where there is nothing to be shown; the message says why."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The blocks that a reader made of a document, in reading order; `left_out` counts those beyond the bounds.

    `format` is the name of the reader, `encoding` the character set of a text that has one.
    """

    format: str
    encoding: str | None
    blocks: tuple[Block, ...]
    left_out: int = 0


def encode(document: Document, wanted: AbstractSet[str]) -> bytes:
    """A document as JSON: blocks that hold one of the `wanted` places whatever they take, the others as they fit.

    What stands around the main text of a page comes in only where it is wanted.
    """
    blocks: list[list[object]] = []
    left_out = characters = parts = 0
    outside = [block for block in document.outside if not wanted.isdisjoint(_places(block))]
    for block in (*document.blocks, *outside):
        length, count = _size(block)
        if characters + length <= MOST_CHARACTERS and parts + count <= MOST_PARTS:
            characters, parts = characters + length, parts + count
        elif wanted.isdisjoint(_places(block)):
            left_out += 1
            continue
        blocks.append(_written(block))
    seen = {"format": document.format, "encoding": document.encoding, "blocks": blocks, "left_out": left_out}
    return json.dumps(seen, ensure_ascii=False).encode("utf-8", "replace")


def refuse(why: str) -> bytes:
    """The answer where there is nothing to show, and why."""
    return json.dumps({"why": why}).encode()


def decode(answer: bytes) -> Seen:
    """What `encode` wrote, every field looked at, as a stranger's document had a hand in it.

    Raises `NotSeen` with the reason of a refusal, and for what neither function writes.
    """
    try:
        told = json.loads(answer)
        if "why" in told:
            raise NotSeen(str(told["why"]))
        blocks = tuple(_read(*block) for block in told["blocks"])
        encoding = told["encoding"]
        return Seen(str(told["format"]), encoding and str(encoding), blocks, int(told["left_out"]))
    except NotSeen:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotSeen(f"the reader's answer is not understood: {error}") from error


def _places(block: Block) -> Iterator[str]:
    yield block.place
    if isinstance(block, Grid):
        yield from (cell.place for row in block.rows for cell in row)


def _size(block: Block) -> tuple[int, int]:
    """The characters of a block, and how many parts it has."""
    if isinstance(block, Grid):
        lengths = [len(cell.text) for row in block.rows for cell in row]
        return sum(lengths), len(lengths) + 1
    return len(block.text), 1


def _written(block: Block) -> list[object]:
    if isinstance(block, Grid):
        rows = [[[c.text, c.row, c.column, c.rowspan, c.colspan, c.place] for c in row] for row in block.rows]
        return ["grid", rows, block.place, block.spans_known]
    if isinstance(block, Heading):
        return ["heading", block.text, block.place, block.level]
    return ["paragraph", block.text, block.place, 0]


def _read(kind: str, content: Any, place: str, more: int) -> Block:
    if kind == "grid":
        return Grid(tuple(tuple(_cell(*cell) for cell in row) for row in content), str(place), bool(more))
    if kind == "heading":
        return Heading(str(content), int(more), str(place))
    if kind == "paragraph":
        return Paragraph(str(content), str(place))
    raise ValueError(f"a block of the kind {kind!r:.40}")


def _cell(text: str, row: int, column: int, rowspan: int, colspan: int, place: str) -> GridCell:
    return GridCell(str(text), int(row), int(column), int(rowspan), int(colspan), str(place))
