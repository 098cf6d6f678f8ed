"""How views reach the archive: one hop to a database thread, one function that asks everything a page needs."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")

DATABASE = "archive"
PAGE_MILLISECONDS = 2000
REMEMBERED_MILLISECONDS = 10_000
"""For a page that is worked out once a generation and then kept."""


class TooLong(Exception):
    """Raised when the questions of a page took longer than a public site may spend on them."""


def archive_of(datasette: Any) -> Any | None:
    """The Datasette database that is an archive of ours (named after its file, `archive.db`), or None."""
    return datasette.databases.get(DATABASE)


async def read(datasette: Any, question: Callable[[sqlite3.Connection], T], milliseconds: int | None = None) -> T:
    """What `question` makes of a read-only connection; raises `TooLong` after so much time (default: a page's).

    Questions that may take longer than a page come one after another: there are few database threads, and some readers
    who open pages that are worked out once a generation must not take them all from the others.
    """
    limit = PAGE_MILLISECONDS if milliseconds is None else milliseconds
    turn: AbstractAsyncContextManager[Any] = _turn() if limit > PAGE_MILLISECONDS else nullcontext()

    def within_limit(connection: sqlite3.Connection) -> T:
        with time_limit(connection, limit):
            return question(connection)

    try:
        async with turn:
            answer: T = await datasette.get_database(DATABASE).execute_fn(within_limit)
    except sqlite3.OperationalError as error:
        if error.args == ("interrupted",):
            raise TooLong from error
        raise
    return answer


@contextmanager
def time_limit(connection: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
    """Interrupts what a connection is asked for within the block after so much time.

    As Datasette's `sqlite_timelimit`, but the clock is looked at less often: each time the thread needs Python, and may
    have to wait for a thread that is busy with a page.
    """
    deadline = time.perf_counter() + milliseconds / 1000
    connection.set_progress_handler(lambda: time.perf_counter() >= deadline, STEPS if milliseconds else 1)
    try:
        yield
    finally:
        connection.set_progress_handler(None, STEPS)


STEPS = 10_000
"""Instructions of SQLite's machine between two looks at the clock: one or two milliseconds."""

_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def _turn() -> asyncio.Lock:
    """The lock that long questions of this event loop wait for."""
    return _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Lock())


def once(connection: sqlite3.Connection, question: Callable[[sqlite3.Connection], T]) -> T:
    """What a question, which is a function of a module, was answered by this archive when it was first asked.

    For small tables that every page needs. `archive.site.respond.Memory` is for what a page itself comes to.
    """
    file = connection.execute("pragma database_list").fetchone()[2]
    build = connection.execute("select max(generation), max(built_at) from build_info").fetchone()
    key = (question, file, *build)
    if key not in _ANSWERED:
        if len(_ANSWERED) >= _MOST_ANSWERED:
            _ANSWERED.clear()
        _ANSWERED[key] = question(connection)
    answer: T = _ANSWERED[key]
    return answer


_ANSWERED: dict[tuple[Any, ...], Any] = {}
_MOST_ANSWERED = 16


def rows(connection: sqlite3.Connection, sql: str, *parameters: object) -> list[sqlite3.Row]:
    """All rows of a query, readable by column name whatever the connection's own row factory."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(sql, parameters).fetchall()


def row(connection: sqlite3.Connection, sql: str, *parameters: object) -> sqlite3.Row | None:
    """The first row of a query, or None."""
    found = rows(connection, sql, *parameters)
    return found[0] if found else None
