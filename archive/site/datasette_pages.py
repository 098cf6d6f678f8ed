"""What the templates of Datasette's own pages call: questions in one language, messages, and what may stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from datasette.utils import to_css_class
from markupsafe import Markup, escape

from archive.database.queries import load_queries
from archive.site.database import DATABASE, archive_of
from archive.site.errors import explained
from archive.site.gate import MOST_STREAMED
from archive.site.middleware import VISIT


@dataclass(frozen=True, slots=True)
class Question:
    """A canned query in the language of the visit."""

    title: str
    about: str


def question_of(name: str) -> Question | None:
    """The words of one of our canned queries; None for a query of the operator's own."""
    chinese = VISIT.get().language == "zh"
    for query in load_queries():
        if query.name == name:
            return Question(query.title.zh, query.about.zh) if chinese else Question(query.title.en, query.about.en)
    return None


def body_rows(rows: Iterable[Iterable[Mapping[str, Any]]]) -> Markup:
    """The rows of a table of Datasette as HTML.

    Not in its template: Datasette's environment awaits every expression, and a page has three thousand cells.
    """
    return Markup("".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in rows))


def _cell(cell: Mapping[str, Any]) -> str:
    return f"{_opening(cell['column'], cell['value_type'])}{escape(cell['value'])}</td>"


@lru_cache(maxsize=1024)
def _opening(column: str, value_type: str) -> str:
    classes = escape(f"col-{to_css_class(column)} type-{value_type}")
    lang = ' lang="en"' if column.endswith("_en") else ""
    return f'<td class="{classes}"{lang}>'


def prepare(env: Any, datasette: Any) -> None:
    """Adds these to Datasette's Jinja environment."""
    env.globals.update(
        explained=explained, question_of=question_of, may_stream=_streams(datasette), body_rows=body_rows
    )


def _streams(datasette: Any) -> Callable[[str, str], bool]:
    """Whether the gate lets all rows of a table through at once."""

    def may_stream(database: str, table: str) -> bool:
        archive = archive_of(datasette)
        if database != DATABASE or archive is None or archive.is_mutable:
            return True
        count = (archive.cached_table_counts or {}).get(table)
        return count is not None and count <= MOST_STREAMED

    return may_stream
