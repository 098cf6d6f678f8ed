"""What a connection may do: limits for every connection, and far narrower ones for SQL that a reader wrote.

Limits of SQLite: https://www.sqlite.org/limits.html, https://www.sqlite.org/c3ref/hard_heap_limit64.html. The time
limit is looked at only between instructions of SQLite's machine, and one instruction can run for minutes (`replace`,
`instr` and LIKE take the product of two lengths, `printf` writes widths that nobody keeps). Here the dangerous ones are
refused; what is left is ended by the clock of the process that runs it (`archive.site.sql_process`).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any

from archive.search import highlight, match_expression, normalise, snippet

LONGEST_VALUE = 8_000_000
"""Bytes of one string or blob in anyone's SQL: one `zeroblob` or `group_concat` can otherwise take gigabytes."""
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LONGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}
PAGE_HEAP = 256 * 1024 * 1024
"""Bytes that SQLite may hold in a process that answers pages."""

READER_LIMITS = {
    **LIMITS,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COLUMN: 300,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 50,
}
READER_HEAP = 96 * 1024 * 1024
"""Bytes that SQLite may hold in the process of readers' SQL: sorted rows and whole results, never on the disk."""
READER_ADDRESSES = 768 * 1024 * 1024
"""Bytes of address space of that process, Python's own part included: the wall behind the heap limit."""

WIDEST_FORMAT = 1000
FORMAT_WIDTH = re.compile(r"\*|\d+")

REFUSED_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "fts5"})
READABLE_PRAGMAS = frozenset(
    {
        "compile_options",
        "data_version",  # asked by FTS5 itself
        "foreign_key_list",
        "function_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "schema_version",
        "table_info",
        "table_list",
        "table_xinfo",
    }
)
"""Those that tell of the tables; `database_list` would tell where the file stands."""


def limit(connection: sqlite3.Connection) -> None:
    """Sets the limits of every connection that answers pages."""
    for name, most in LIMITS.items():
        connection.setlimit(name, most)
    connection.execute(f"pragma hard_heap_limit = {PAGE_HEAP}")


def add_functions(connection: sqlite3.Connection) -> None:
    """Teaches a connection to search as the archive is indexed."""
    connection.create_function("escape_fts", 1, _of_text(match_expression), deterministic=True)
    connection.create_function("search_expression", 1, _of_text(match_expression), deterministic=True)
    connection.create_function("search_normalise", 1, _of_text(normalise), deterministic=True)
    connection.create_function("search_highlight", 2, _of_text(highlight), deterministic=True)
    connection.create_function("search_snippet", 2, _of_text(snippet), deterministic=True)


def confine(connection: sqlite3.Connection) -> None:
    """Prepares a connection for SQL of readers: nothing but reading this one database, within `READER_LIMITS`."""
    connection.execute(f"pragma hard_heap_limit = {READER_HEAP}")
    connection.execute("pragma temp_store = memory")  # sorting must run into the heap limit and not fill the disk
    connection.execute("pragma query_only = on")
    connection.execute("pragma trusted_schema = off")
    add_functions(connection)
    formats = sqlite3.connect(":memory:", check_same_thread=False)
    for name in ("printf", "format"):
        connection.create_function(name, -1, _narrow_format(formats), deterministic=True)
    for limit_name, most in READER_LIMITS.items():
        connection.setlimit(limit_name, most)
    connection.set_authorizer(may)


def may(action: int, first: str | None, second: str | None, _database: str | None, _inner: str | None) -> int:
    """SQLite's question at the time of preparing: whether a statement of a reader may do this."""
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ:
        return sqlite3.SQLITE_DENY if first == "pragma_database_list" else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if (second or "").lower() in REFUSED_FUNCTIONS else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA:
        return sqlite3.SQLITE_OK if (first or "").lower() in READABLE_PRAGMAS else sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
        return sqlite3.SQLITE_OK  # how SQLite asks when it opens a virtual table; real changes are refused elsewhere
    return sqlite3.SQLITE_DENY


def _narrow_format(formats: sqlite3.Connection) -> Callable[..., Any]:
    """SQLite's own printf() for formats whose widths are written out and small; raises `ValueError` for others."""

    def narrow(*arguments: Any) -> Any:
        if not arguments or arguments[0] is None:
            return None
        for width in FORMAT_WIDTH.findall(str(arguments[0])):
            if width == "*" or len(width) > 4 or int(width) > WIDEST_FORMAT:
                raise ValueError(f"printf: widths above {WIDEST_FORMAT} are not allowed")
        marks = ", ".join("?" * len(arguments))
        return formats.execute(f"select printf({marks})", arguments).fetchone()[0]

    return narrow


def _of_text(function: Any) -> Any:
    """A SQL function of texts: NULL where any argument is NULL, other types as their print."""

    def sql_function(*arguments: object) -> str | None:
        return None if None in arguments else str(function(*map(str, arguments)))

    return sql_function
