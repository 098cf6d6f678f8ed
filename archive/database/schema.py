"""The tables and views of archive.db as data (`schema.yaml`), and their making with sqlite-utils.

Every table and column carries its description in Chinese and English beside its type, so that the schema, the metadata
of the site and the data dictionary cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import sqlite_utils
import yaml
from sqlite_utils.db import DescIndex

from archive.search import FTS_OPTIONS

FTS_TABLE = "sections_fts"
FTS_KEY = "docid"


@dataclass(frozen=True, slots=True)
class Text:
    """The same thing said in Chinese and in English."""

    zh: str
    en: str

    def both(self) -> str:
        """Both languages in one line, Chinese first."""
        return f"{self.zh} · {self.en}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `type` is a SQLite type name; None for a column of a view."""

    name: str
    type: str | None
    about: Text
    not_null: bool = False
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table, or a view where `sql` is given; `foreign_keys` maps a column to (table, column)."""

    name: str
    title: Text
    about: Text
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: Mapping[str, tuple[str, str]] | None = None
    indexes: tuple[tuple[str, ...], ...] = ()
    facets: tuple[str, ...] = ()
    size: int | None = None
    label: str | None = None
    hidden: bool = False
    without_rowid: bool = False
    fts: bool = False
    sql: str | None = None

    def column_names(self) -> tuple[str, ...]:
        """The names of the columns in order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a fixed vocabulary; its code is its place in it, from 0."""

    name: str
    label: Text
    has_value: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """The whole database: tables in the order of making, then views; and the fixed vocabularies of two tables."""

    version: int
    tables: tuple[Table, ...]
    views: tuple[Table, ...]
    states: tuple[Word, ...]
    statuses: tuple[Word, ...]

    def __getitem__(self, name: str) -> Table:
        for table in (*self.tables, *self.views):
            if table.name == name:
                return table
        raise KeyError(name)


@cache
def load_schema() -> Schema:
    """The schema as written in `schema.yaml`; raises ValueError naming the table and column that is not well-formed."""
    text = files("archive.database").joinpath("schema.yaml").read_text("utf-8")
    source = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # libyaml's, eight times as fast
    return Schema(
        version=source["version"],
        tables=tuple(_table(name, entry) for name, entry in source["tables"].items()),
        views=tuple(_table(name, entry) for name, entry in source["views"].items()),
        states=tuple(Word(name, Text(zh, en), has_value) for name, zh, en, has_value in source["states"]),
        statuses=tuple(Word(name, Text(zh, en)) for name, zh, en in source["statuses"]),
    )


def _table(name: str, entry: Mapping[str, Any]) -> Table:
    is_view = "sql" in entry
    columns = tuple(_column(name, column, spec, is_view) for column, spec in entry["columns"].items())
    keys = {column: _reference(name, target) for column, target in entry.get("foreign_keys", {}).items()}
    return Table(
        name=name,
        title=Text(*entry["title"]),
        about=Text(*entry["about"]),
        columns=columns,
        primary_key=tuple(entry.get("primary_key", ())),
        foreign_keys=keys,
        indexes=tuple(tuple(index) for index in entry.get("indexes", ())),
        facets=tuple(entry.get("facets", ())),
        size=entry.get("size"),
        label=entry.get("label"),
        hidden=entry.get("hidden", False),
        without_rowid=entry.get("without_rowid", False),
        fts=entry.get("fts", False),
        sql=entry.get("sql"),
    )


def _column(table: str, name: str, spec: list[str], is_view: bool) -> Column:
    if len(spec) != (2 if is_view else 3) or not all(isinstance(part, str) and part for part in spec):
        raise ValueError(
            f"schema.yaml: {table}.{name} needs {'' if is_view else 'a type, '}a Chinese and an English text"
        )
    if is_view:
        return Column(name, None, Text(spec[0], spec[1]))
    declared = spec[0].rstrip("!")
    marks = len(spec[0]) - len(declared)
    return Column(name, declared.upper(), Text(spec[1], spec[2]), not_null=marks >= 1, unique=marks >= 2)


def _reference(table: str, target: str) -> tuple[str, str]:
    other, dot, column = target.partition(".")
    if not dot:
        raise ValueError(f"schema.yaml: a foreign key of {table} must name table.column, not {target!r}")
    return other, column


def create_tables(db: sqlite_utils.Database, schema: Schema | None = None) -> None:
    """Make all tables and views, empty, and the search index; indexes come later (`create_indexes`), after the rows."""
    schema = schema or load_schema()
    for table in schema.tables:
        sql = db.create_table_sql(
            table.name,
            {column.name: column.type for column in table.columns},
            pk=table.primary_key[0] if len(table.primary_key) == 1 else table.primary_key,
            not_null=[column.name for column in table.columns if column.not_null],
            foreign_keys=[],
        )
        db.execute(_with_constraints(sql, table))
    db.execute(f"create virtual table {FTS_TABLE} using fts5(text, {FTS_OPTIONS})")
    for view in schema.views:
        db.create_view(view.name, view.sql or "")


def _with_constraints(sql: str, table: Table) -> str:
    """The statement of sqlite-utils with what it cannot say: unique columns, keys, no rowid."""
    constraints = [f'UNIQUE ("{column.name}")' for column in table.columns if column.unique]
    constraints += [
        f'FOREIGN KEY ("{column}") REFERENCES "{other}" ("{key}")'
        for column, (other, key) in (table.foreign_keys or {}).items()
    ]
    head, bracket, tail = sql.rstrip().rstrip(";").rpartition(")")
    body = ",\n   ".join([head.rstrip(), *constraints])
    return f"{body}\n{bracket}{tail}{' WITHOUT ROWID' if table.without_rowid else ''}"


def create_indexes(db: sqlite_utils.Database, schema: Schema | None = None) -> None:
    """Make every index of the schema; done once the rows are in, which is faster and leaves them compact."""
    for table in (schema or load_schema()).tables:
        for columns in table.indexes:
            ordered = [DescIndex(name[1:]) if name.startswith("-") else name for name in columns]
            db.table(table.name).create_index(ordered)
