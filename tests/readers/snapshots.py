"""Documents beside the JSON that is expected of them: a missing expectation is written once, and the test fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.models import Block, Document, Grid, Heading

FIXTURES = Path(__file__).parent / "fixtures"


def as_json(document: Document) -> dict[str, Any]:
    """A document as plain data; spans of 1 are left out."""
    return {
        "title": document.title,
        "format": document.format,
        "encoding": document.encoding,
        "metadata": dict(document.metadata),
        "warnings": list(document.warnings),
        "links": [[link.url, link.text] for link in document.links],
        "blocks": [block_json(block) for block in document.blocks],
        "outside": [block_json(block) for block in document.outside],
    }


def block_json(block: Block) -> dict[str, Any]:
    if isinstance(block, Grid):
        rows = [[_cell(cell.text, cell.column, cell.rowspan, cell.colspan) for cell in row] for row in block.rows]
        return {"grid": rows, "place": block.place, "spans_known": block.spans_known}
    if isinstance(block, Heading):
        return {"heading": block.text, "level": block.level, "place": block.place}
    return {"paragraph": block.text, "place": block.place}


def _cell(text: str, column: int, rowspan: int, colspan: int) -> str:
    spans = "" if (rowspan, colspan) == (1, 1) else f" [{rowspan}x{colspan}]"
    return f"{column}{spans}: {text}"


def check(document: Document, name: str) -> None:
    """Compares a document with `fixtures/NAME.json`."""
    path = FIXTURES / f"{name}.json"
    found = as_json(document)
    if not path.exists():
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail(f"{path.name} was written: review it and run again")
    assert found == json.loads(path.read_text("utf-8"))
