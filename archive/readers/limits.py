"""Bounds that keep one document from costing a machine; what is beyond one is refused by name, never cut silently."""

from __future__ import annotations

import zipfile
import zlib

from archive.models import UnreadableDocument

MAX_BYTES = 64 << 20
MAX_COLSPAN = 64
MAX_ROWSPAN = 200
MAX_CELLS = 50_000
MAX_GRID_AREA = 500_000
MAX_ELEMENTS = 120_000
MAX_BLOCKS = 100_000
MAX_TABLE_DEPTH = 24


def refuse(why: str) -> UnreadableDocument:
    """The exception to raise for a document beyond a bound; `why` completes "the document …"."""
    return UnreadableDocument(f"the document {why}")


def check_blocks(count: int) -> None:
    """Raises UnreadableDocument where a document falls into more blocks than any report has."""
    if count > MAX_BLOCKS:
        raise refuse(f"falls into more than {MAX_BLOCKS:,} paragraphs and tables")


ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What `zipfile` raises on damaged, encrypted and unsupported archives (the last as NotImplementedError)."""
