"""What answers a question: its query, the columns that a page shows, and all rows of the answer, packed.

An answer may have as many rows as there are reports. They are asked for once a generation and held as JSON text, with
only the filters beside them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from archive.database.queries import Query, load_queries
from archive.site.database import REMEMBERED_MILLISECONDS, read
from archive.site.respond import memory

FILTERS = ("year", "province", "level")


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `words` gives columns whose codes have names; `cells` those that name a cell of the form."""

    id: str
    query: Query
    columns: tuple[str, ...]
    words: Mapping[str, str]
    cells: tuple[str, ...]
    chart: Mapping[str, Any]


class Line(NamedTuple):
    """One row of an answer; `packed` is the row as a JSON list, in the order of the query's columns."""

    year: int | None
    province: str | None
    level: str | None
    packed: bytes


class Answer(NamedTuple):
    """All rows of an answer, in the order of the query, and the shares that its chart draws, if it draws any."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    shares: tuple[tuple[int, str, str, float], ...]

    def row(self, line: Line) -> dict[str, Any]:
        """A row by column."""
        return dict(zip(self.columns, json.loads(line.packed), strict=True))


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
    places = {
        report_id: (year, province, level)
        for report_id, year, province, level in connection.execute(
            "select report_id, year, province, level from reports"
        )
    }
    lines = []
    for found in cursor:
        row = dict(zip(columns, found, strict=True))
        _, province, level = places.get(_report_of(row), (None, row.get("province"), row.get("level")))
        packed = json.dumps(list(found), ensure_ascii=False, separators=(",", ":")).encode()
        lines.append(Line(row.get("year"), province, level, packed))
    return Answer(columns, tuple(lines), tuple(_shares(connection, question)))


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
        lambda: read(datasette, lambda connection: read_answer(connection, question), REMEMBERED_MILLISECONDS),
    )
    return found


def filters_of(lines: Sequence[Line]) -> tuple[str, ...]:
    """The filters that can tell rows of an answer apart."""
    return tuple(name for name in FILTERS if any(getattr(line, name) is not None for line in lines))
