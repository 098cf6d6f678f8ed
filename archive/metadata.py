"""datasette-metadata.json, made from the schema's own descriptions, so that the two cannot drift apart.

    python -m archive.metadata > datasette-metadata.json

The file serves plain Datasette (`datasette archive.db -m datasette-metadata.json`); our own server makes the same thing
in memory. Key names are those of https://docs.datasette.io/en/stable/metadata.html.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from archive.database.queries import load_queries
from archive.database.schema import FTS_KEY, FTS_TABLE, Table, load_schema

DATABASE = "archive"

TITLE = "政府信息公开工作年度报告档案 · Archive of annual disclosure reports"
DESCRIPTION = (
    "中国行政机关政府信息公开工作年度报告的全文与统计数据，每个数字均可追溯至抓取的原件。空白不等于零，缺项不等于空白；"
    "校验不改动任何数字。"
    " · Text and statistics of the annual reports that Chinese public bodies publish under the Regulations on Open "
    "Government Information. Every number can be traced to the stored original. A blank is not a zero and a missing "
    "cell is not a blank; no check changes a number."
)
LICENSE = "报告为发布机关的公开文件 · The reports are public documents of the bodies that issued them"
SOURCE = "各级政府信息公开网站，网址见 captures 与 sightings 表 · The disclosure sites named in captures and sightings"


def datasette_metadata() -> dict[str, Any]:
    """The metadata of the instance, of the database, and of every table, view and column; plain JSON values."""
    schema = load_schema()
    tables = {table.name: _table(table) for table in (*schema.tables, *schema.views)}
    tables[FTS_TABLE] = {"hidden": True}
    about = {"title": TITLE, "description": DESCRIPTION, "license": LICENSE, "source": SOURCE}
    queries = {
        query.name: {"title": query.title.both(), "description": query.about.both(), "sql": query.sql}
        for query in load_queries()
    }
    return about | {"databases": {DATABASE: about | {"tables": tables, "queries": queries}}}


def _table(table: Table) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "title": table.title.both(),
        "description": table.about.both(),
        "columns": {column.name: column.about.both() for column in table.columns},
    }
    if table.facets:
        entry["facets"] = list(table.facets)
    if table.size:
        entry["size"] = table.size
    if table.label:
        entry["label_column"] = table.label
    if table.hidden:
        entry["hidden"] = True
    if table.fts:
        # Datasette finds only indexes with a content table by itself; ours has none.
        entry |= {"fts_table": FTS_TABLE, "fts_pk": FTS_KEY}
    return entry


def render() -> str:
    """The text of datasette-metadata.json."""
    return json.dumps(datasette_metadata(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # whatever the locale says
    sys.stdout.write(render())
