"""archive.db: the published database, built whole from the holdings. Its tables are described in `schema.yaml`."""

from __future__ import annotations

from archive.database.build import build_database
from archive.database.cells import UnsoundReport
from archive.database.schema import FTS_KEY, FTS_TABLE, Column, Schema, Table, Text, load_schema

__all__ = [
    "FTS_KEY",
    "FTS_TABLE",
    "Column",
    "Schema",
    "Table",
    "Text",
    "UnsoundReport",
    "build_database",
    "load_schema",
]
