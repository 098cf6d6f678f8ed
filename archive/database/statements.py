"""Rows into the tables of an archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import cache

from archive.database.dictionaries import Row
from archive.database.schema import load_schema


@cache
def insert_statement(table: str) -> str:
    """The statement that inserts a row number and the values of all columns, in the order of the schema."""
    columns = load_schema()[table].column_names()
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * (len(columns) + 1))
    return f'insert into "{table}" (rowid, {names}) values ({marks})'


def insert(connection: sqlite3.Connection, table: str, rows: Iterable[Row], otherwise: str = "") -> None:
    """Inserts rows of a table by the names of its columns, numbered as SQLite does; `otherwise` is what SQL has for
    rows that are there already (`or ignore`)."""
    columns = load_schema()[table].column_names()
    names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(f":{name}" for name in columns)
    connection.executemany(f'insert {otherwise} into "{table}" ({names}) values ({values})', rows)
