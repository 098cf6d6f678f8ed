"""What answers a question: its query, the columns that a page shows, and all rows of the answer, packed.

An answer may have as many rows as there are reports, and there are twelve. They are asked for once a generation and
held as JSON text, some hundred rows together and compressed: a tenth of what they take apart. Only the filters stand
beside them.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from archive.database.queries import Query, load_queries
from archive.site.database import REMEMBERED_MILLISECONDS, read
from archive.site.listing import Shelf
from archive.site.respond import memory

FILTERS = ("year", "province", "level")
TOGETHER = 256
"""Rows that are compressed together: a page needs one or two such blocks."""
LEVEL = 3
ANSWER_MILLISECONDS = 4 * REMEMBERED_MILLISECONDS
"""A question goes through all reports of a country, of which some are on the disk only."""
REPORTS_AHEAD = 1024
UNPACKED = 32
"""Blocks that are kept as they were read last: the pages of one answer are asked for one after another."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `words` gives columns whose codes have names; `cells` those that name a cell of the form."""

    id: str
    query: Query
    columns: tuple[str, ...]
    words: Mapping[str, str]
    cells: tuple[str, ...]
    chart: Mapping[str, Any]


class Answer(NamedTuple):
    """All rows of an answer, in the order of the query, and the shares that its chart draws, if it draws any.

    A line is the place of its row; `blocks` have the rows, each as the list of its values.
    """

    columns: tuple[str, ...]
    lines: Shelf[int]
    blocks: tuple[bytes, ...]
    shares: tuple[tuple[int, str, str, float], ...]

    def row(self, place: int) -> dict[str, Any]:
        """A row by column."""
        rows = _unpacked(self.blocks[place // TOGETHER])
        return dict(zip(self.columns, rows[place % TOGETHER], strict=True))


@lru_cache(UNPACKED)
def _unpacked(block: bytes) -> Any:
    return json.loads(zlib.decompress(block))


def _packed(rows: Sequence[Sequence[Any]]) -> bytes:
    text = json.dumps(list(map(tuple, rows)), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), LEVEL)


@cache
def load_questions() -> Mapping[str, Question]:
    """The questions by id, in order; raises KeyError for a query that does not exist or an entry that lacks a part."""
    queries = {query.name: query for query in load_queries()}
    source = yaml.safe_load(files("archive.site").joinpath("questions.yaml").read_text("utf-8"))
    return MappingProxyType(
        {
            name: Question(
                id=name,
                query=queries[entry["query"]],
                columns=tuple(entry["columns"]),
                words=entry.get("words", {}),
                cells=tuple(entry.get("cells", ())),
                chart=entry["chart"],
            )
            for name, entry in source.items()
        }
    )


def read_answer(connection: sqlite3.Connection, question: Question) -> Answer:
    """The whole answer, in the order of its query."""
    cursor = connection.execute(question.query.sql)
    columns = tuple(description[0] for description in cursor.description)

    @lru_cache(REPORTS_AHEAD)  # rows of one report stand together, or nearly
    def place_of(report_id: str) -> tuple[str | None, str | None] | None:
        place: tuple[str | None, str | None] | None = connection.execute(
            "select province, level from reports where report_id = ?", (report_id,)
        ).fetchone()
        return place

    kinds: list[tuple[int | None, str | None, str | None]] = []
    blocks = []
    while found := cursor.fetchmany(TOGETHER):
        blocks.append(_packed(found))
        for values in found:
            row = dict(zip(columns, values, strict=True))
            report_id = _report_of(row)
            place = place_of(report_id) if report_id else None
            kinds.append((row.get("year"), *(place or (row.get("province"), row.get("level")))))
    # Only filters that can tell rows apart.
    used = [place for place in range(len(FILTERS)) if any(kind[place] is not None for kind in kinds)] or [0]
    shelf: Shelf[int] = Shelf([FILTERS[place] for place in used], range(0))
    for kind in kinds:
        shelf.put(tuple(kind[place] for place in used))
    shelf.lines = range(len(shelf))
    return Answer(columns, shelf, tuple(blocks), tuple(_shares(connection, question)))


def _report_of(row: Mapping[str, Any]) -> str | None:
    """The report that a row is about, where it is about one."""
    if "report_id" in row:
        report_id: str | None = row["report_id"]
        return report_id
    section_id = row.get("section_id")
    return section_id.rpartition("-s")[0] if section_id else None


def _shares(connection: sqlite3.Connection, question: Question) -> Iterable[tuple[int, str, str, float]]:
    sql = question.chart.get("sql")
    return [tuple(line) for line in connection.execute(sql)] if sql else []


async def answer_of(datasette: Any, question: Question) -> Answer:
    """The answer of this generation."""
    found: Answer = await memory.recall(
        datasette,
        ("question", question.id),
        lambda: read(datasette, lambda connection: read_answer(connection, question), ANSWER_MILLISECONDS),
    )
    return found
