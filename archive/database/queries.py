"""The canned queries of the site, as data (`queries.yaml`): the twelve questions that readers ask most."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from archive.database.schema import Text


@dataclass(frozen=True, slots=True)
class Query:
    """One question: its name in addresses, what it asks, what the answer shows, and the SQL that gives it."""

    name: str
    title: Text
    about: Text
    sql: str


@cache
def load_queries() -> tuple[Query, ...]:
    """The queries in order; raises KeyError or TypeError for one that lacks a text."""
    source = yaml.safe_load(files("archive.database").joinpath("queries.yaml").read_text("utf-8"))["queries"]
    return tuple(
        Query(name, Text(*entry["title"]), Text(*entry["about"]), entry["sql"]) for name, entry in source.items()
    )
