"""A real FTS5 index over a few texts, as archive.db has one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from archive.search import FTS_OPTIONS, index_text, match_expression


class Index:
    """Texts by number, and the numbers that a query finds."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = list(texts)
        self.db = sqlite3.connect(":memory:")
        self.db.execute(f"create virtual table texts using fts5(text, {FTS_OPTIONS})")
        rows = ((number, index_text(text)) for number, text in enumerate(self.texts))
        self.db.executemany("insert into texts (rowid, text) values (?, ?)", rows)

    def find(self, query: str) -> set[int]:
        found = self.db.execute("select rowid from texts where texts match ?", (match_expression(query),))
        return {number for (number,) in found}

    def close(self) -> None:
        self.db.close()
