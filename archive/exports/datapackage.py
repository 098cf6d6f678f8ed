"""datapackage.json: every file of the exports, and every column of the tables, in the words of the schema.

Standard: https://specs.frictionlessdata.io (Data Package 1.0, Table Schema, Tabular Data Resource).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archive.exports.files import Written
from archive.exports.resources import Field, Resource

LICENSE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0",
}
"""Of the compilation: tables, keys, findings. The reports are public documents of the bodies that issued them."""
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".jsonl": "application/jsonl",
    ".json": "application/json",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".sha256": "text/plain",
    ".atom": "application/atom+xml",
}


def data_package(
    resources: Iterable[Resource], written: Sequence[Written], *, title: str, built_at: str, version: str
) -> dict[str, Any]:
    """The descriptor: the CSV tables with their schemas, then every other file with its size and hash."""
    tables = {resource.csv: resource for resource in resources}
    return {
        "profile": "data-package",
        "name": "gongkai-archive",
        "title": title,
        "version": version,
        "created": built_at,
        "licenses": [LICENSE],
        "resources": [_table(tables[file.name], file) for file in written if file.name in tables]
        + [in_package(file) for file in written if file.name not in tables],
    }


def _described(file: Written) -> dict[str, Any]:
    plain = file.name.removesuffix(".gz")
    suffix = plain[plain.rindex(".") :]
    entry = {"path": file.name, "mediatype": MEDIA_TYPES[suffix], "bytes": file.size, "hash": f"sha256:{file.sha256}"}
    return entry | ({"compression": "gz"} if file.name != plain else {})


def in_package(file: Written) -> dict[str, Any]:
    """The entry of a file that is no table."""
    return {"name": file.name.lower().replace("/", "-"), "type": "file", **_described(file)}


def _table(resource: Resource, file: Written) -> dict[str, Any]:
    return {
        "name": resource.name.replace("_", "-"),
        "type": "table",
        "title": resource.title.both(),
        "description": resource.about.both(),
        **_described(file),
        "scheme": "file",
        "format": "csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(field) for field in resource.fields],
            "primaryKey": list(resource.primary_key),
            "foreignKeys": [_foreign_key(resource.name, column, end) for column, end in resource.foreign_keys.items()],
        },
    }


def _field(field: Field) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": field.name, "type": field.type, "description": field.about.both()}
    if field.required:
        entry["constraints"] = {"required": True}
        if field.type == "string":
            entry["missingValues"] = []  # an empty text is a text there, and not a value that is missing
    return entry


def _foreign_key(own: str, column: str, end: tuple[str, str]) -> Mapping[str, Any]:
    other, key = end
    return {
        "fields": [column],
        "reference": {"resource": "" if other == own else other.replace("_", "-"), "fields": [key]},
    }
