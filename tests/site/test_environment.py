"""What templates see of a row of the database."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

from archive.site.worker import make_site


def test_a_template_reads_a_row_by_column_and_finds_nothing_where_there_is_none(database: Path) -> None:
    site: Any = make_site(database)
    asyncio.run(site.invoke_startup())
    with sqlite3.connect(":memory:") as connection:
        connection.row_factory = sqlite3.Row
        row = connection.execute("select 7 as count, null as title, 'x' as keys").fetchone()
    connection.close()
    template = site.jinja_env.from_string(
        "{{ row.count }}|{{ row.title is none }}|{{ row.keys }}|"
        "{{ row.nothing is defined }}|{{ row.nothing }}|{{ 'abb'.count('b') }}"
    )
    assert template.render(row=row) == "7|True|x|False||2"
    site.get_database("archive").close()
    site.executor.shutdown()
