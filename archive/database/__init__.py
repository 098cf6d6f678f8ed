"""archive.db: the published database, built whole from the holdings. Its tables are described in `schema.yaml`.

Here stands what reading an archive needs. What builds one is imported from `archive.database.build`: it loads the
libraries of the checks, which take more memory than the whole site and have no business in its processes.
"""

from __future__ import annotations

from archive.database.schema import FTS_KEY, FTS_TABLE, Column, Schema, Table, Text, load_schema

__all__ = ["FTS_KEY", "FTS_TABLE", "Column", "Schema", "Table", "Text", "load_schema"]
