"""Which tables and views of archive.db are exported, with the type of every column: derived from the schema, so that
a new table is exported without a word here, and `resources.yaml` says only what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from archive.database.schema import Schema, Table, Text, load_schema

TYPES = {"TEXT": "string", "INTEGER": "integer", "REAL": "number", "ANY": "number"}
"""Types of the Data Package standard (https://specs.frictionlessdata.io/table-schema/) for those of SQLite."""


@dataclass(frozen=True, slots=True)
class Field:
    """One exported column; `type` is string, integer or number."""

    name: str
    type: str
    about: Text
    required: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """One exported table: `packed` CSV is gzipped; `foreign_keys` maps a column to (resource, column).

    Rows of a table `by_report` belong to one report each; `numbered` are its columns of text that repeats, and
    `follows` says which columns follow from others by another table: (from, table, columns).
    """

    name: str
    title: Text
    about: Text
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: Mapping[str, tuple[str, str]]
    packed: bool
    by_report: bool = False
    numbered: frozenset[str] = frozenset()
    follows: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()

    @property
    def csv(self) -> str:
        """The name of its CSV file."""
        return f"{self.name}.csv.gz" if self.packed else f"{self.name}.csv"

    @property
    def parquet(self) -> str:
        """The name of its Parquet file."""
        return f"{self.name}.parquet"

    @property
    def order(self) -> tuple[str, ...]:
        """The columns by which its rows are in order; no two rows are equal in all of them."""
        return tuple(dict.fromkeys((*(["report_id"] if self.by_report else []), *self.primary_key)))

    @property
    def ids(self) -> frozenset[str]:
        """The column whose texts each name one row, if there is one."""
        return frozenset(f.name for f in self.fields if f.type == "string" and self.primary_key == (f.name,))

    @property
    def repeats(self) -> bool:
        """Whether it is long, and has no texts but its ids and those that repeat."""
        texts = {field.name for field in self.fields if field.type == "string"}
        return self.packed and texts <= self.numbered | self.ids

    def select(self, where: str = "1", columns: Sequence[str] | None = None) -> str:
        """The SQL that reads its rows (those of a condition; all columns or some), in order."""
        listed, order = (", ".join(f'"{name}"' for name in names) for names in (columns or self.columns, self.order))
        return f'select {listed} from "{self.name}" where {where} order by {order}'

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(field.name for field in self.fields)


@cache
def load_resources() -> tuple[Resource, ...]:
    """Every exported table and view, in the order of the schema; raises KeyError for a name that `resources.yaml`
    has and the schema has not."""
    plan = yaml.safe_load(files("archive.exports").joinpath("resources.yaml").read_text("utf-8"))
    schema = load_schema()
    lists = ("by_report", "packed", "seldom_repeated", "follows", "left_out", "views", "not_exported")
    for name in (name for part in lists for name in plan[part]):
        schema[name]
    return tuple(
        _resource(table, plan, schema)
        for table in (*schema.tables, *schema.views)
        if not table.hidden and table.name not in plan["not_exported"]
    )


def _resource(table: Table, plan: Mapping[str, Mapping[str, object]], schema: Schema) -> Resource:
    left_out = plan["left_out"].get(table.name, ())
    assert isinstance(left_out, list | tuple)
    view = plan["views"].get(table.name, {}) if table.sql else {}
    assert isinstance(view, dict)
    keys = dict(table.foreign_keys or {})
    for column, target in view.get("foreign_keys", {}).items():
        other, _, key = target.partition(".")
        keys[column] = (other, key)
    visible = {other for other, _ in keys.values() if not schema[other].hidden}
    of_views = {name: kind for kind, names in plan["types_of_views"].items() for name in names}  # type: ignore[attr-defined]
    unlike, packed = plan["seldom_repeated"].get(table.name, ()), table.name in plan["packed"]
    follows = plan["follows"].get(table.name, ())
    assert isinstance(unlike, list | tuple)
    assert isinstance(follows, list | tuple)
    fields = tuple(
        Field(
            column.name,
            TYPES[column.type] if column.type else of_views.get(column.name, "string"),
            column.about,
            column.not_null or column.name in (*table.primary_key, *view.get("primary_key", ())),
        )
        for column in table.columns
        if column.name not in left_out
    )
    return Resource(
        name=table.name,
        title=table.title,
        about=table.about,
        fields=fields,
        primary_key=tuple(view.get("primary_key", table.primary_key)),
        foreign_keys=MappingProxyType({column: end for column, end in keys.items() if end[0] in visible}),
        packed=packed,
        by_report=table.name in plan["by_report"],
        follows=tuple((tuple(keys), other, tuple(names)) for keys, other, names in follows),
        numbered=frozenset(f.name for f in fields if packed and f.type == "string" and f.name not in unlike),
    )
