"""Which tables and views of archive.db are exported, with the type of every column: derived from the schema, so that
a new table is exported without a word here, and `resources.yaml` says only what differs."""

from __future__ import annotations

from collections.abc import Mapping
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
    """One exported table: `packed` CSV is gzipped; `foreign_keys` maps a column to (resource, column)."""

    name: str
    title: Text
    about: Text
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: Mapping[str, tuple[str, str]]
    packed: bool

    @property
    def csv(self) -> str:
        """The name of its CSV file."""
        return f"{self.name}.csv.gz" if self.packed else f"{self.name}.csv"

    @property
    def parquet(self) -> str:
        """The name of its Parquet file."""
        return f"{self.name}.parquet"

    def select(self) -> str:
        """The SQL that reads it."""
        columns = ", ".join(f'"{field.name}"' for field in self.fields)
        return f'select {columns} from "{self.name}"'


@cache
def load_resources() -> tuple[Resource, ...]:
    """Every exported table and view, in the order of the schema; raises KeyError for a name that `resources.yaml`
    has and the schema has not."""
    plan = yaml.safe_load(files("archive.exports").joinpath("resources.yaml").read_text("utf-8"))
    schema = load_schema()
    for name in (*plan["packed"], *plan["left_out"], *plan["views"], *plan["not_exported"]):
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
    return Resource(
        name=table.name,
        title=table.title,
        about=table.about,
        fields=tuple(
            Field(
                column.name,
                TYPES[column.type] if column.type else of_views.get(column.name, "string"),
                column.about,
                column.not_null or column.name in (*table.primary_key, *view.get("primary_key", ())),
            )
            for column in table.columns
            if column.name not in left_out
        ),
        primary_key=tuple(view.get("primary_key", table.primary_key)),
        foreign_keys=MappingProxyType({column: end for column, end in keys.items() if end[0] in visible}),
        packed=table.name in plan["packed"],
    )
