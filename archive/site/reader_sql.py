"""SQL that a reader wrote, run in processes of its own: the page that asked waits, and nobody else does."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import select
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from datasette.database import Database, QueryInterrupted, Results

from archive.site.middleware import SPENT, VISIT

SECONDS = 1.2
"""What all SQL of one request may take together, so that an error is there within two seconds."""
PATIENCE = 2.5
"""Seconds until a process that ought to have ended itself is killed."""
STARTING = 20.0
"""Seconds that a process may take to start; they are not those of the query."""
PROCESSES = 2
MOST_WAITING = 6
"""Requests that wait for a process; more are told to come again, instead of waiting for ever."""


class Busy(Exception):
    """Raised when too many queries of readers wait already."""


class Row(tuple[Any, ...]):
    """A row as `sqlite3.Row` has it, by position and by name, from a process that is not ours."""

    columns: tuple[str, ...]

    @classmethod
    def of(cls, columns: tuple[str, ...], cells: list[Any]) -> Row:
        row = cls(base64.b64decode(cell[0]) if isinstance(cell, list) else cell for cell in cells)
        row.columns = columns
        return row

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self.columns.index(key) if isinstance(key, str) else key)

    def keys(self) -> list[str]:
        """The names of the columns, so that `dict(row)` works."""
        return list(self.columns)


class Process:
    """One `archive.site.sql_process`, started when first needed and again after it ended."""

    def __init__(self, path: str, *, immutable: bool) -> None:
        mode = "immutable" if immutable else "ro"
        self.command = [sys.executable, "-m", "archive.site.sql_process", path, mode]
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """The running process, started if there is none."""
        if self.running is None or self.running.poll() is not None:
            self.end()
            self.running = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            if self.running.stdout is None or not self.line(self.running.stdout.fileno(), time.monotonic() + STARTING):
                self.end()
                raise Busy  # a machine that cannot start a process has no room for queries
        return self.running

    def ask(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """The answer to a question, or None if the process had to end over it."""
        process = self.start()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process of readers' SQL is always started with pipes")
        try:
            process.stdin.write(json.dumps(question).encode() + b"\n")
            process.stdin.flush()
            line = self.line(process.stdout.fileno(), time.monotonic() + question["milliseconds"] / 1000 + PATIENCE)
        except BrokenPipeError:
            line = b""
        if not line:
            self.end()
            return None
        found: dict[str, Any] = json.loads(line)
        return found

    def line(self, descriptor: int, deadline: float) -> bytes:
        """One line of output; empty at its end or after the deadline."""
        parts: list[bytes] = []
        while True:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            part = os.read(descriptor, 1 << 20) if ready else b""
            if not part:
                return b""
            parts.append(part)
            if part.endswith(b"\n"):
                return b"".join(parts)

    def end(self) -> None:
        """Ends the process, at once."""
        if self.running is not None:
            self.running.kill()
            for pipe in (self.running.stdin, self.running.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except BrokenPipeError:
                        continue  # the rest of a question that nobody reads any more
            self.running.wait()
            self.running = None


class Desk:
    """The processes for readers' SQL of one database, and who waits for them."""

    def __init__(self, path: str, *, immutable: bool) -> None:
        self.all = tuple(Process(path, immutable=immutable) for _ in range(PROCESSES))
        self.free: SimpleQueue[Process] = SimpleQueue()
        for process in self.all:
            self.free.put(process)
        self.waiting = 0
        self.threads: ThreadPoolExecutor | None = None
        self.starters: ThreadPoolExecutor | None = None

    async def ask(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """The answer of a free process; raises `Busy` if too many wait for one."""
        if self.waiting >= PROCESSES + MOST_WAITING:
            raise Busy
        if self.threads is None:
            self.threads = ThreadPoolExecutor(PROCESSES, thread_name_prefix="reader-sql")
            self.starters = ThreadPoolExecutor(PROCESSES, thread_name_prefix="reader-sql-start")
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, self._ask, question)
        finally:
            self.waiting -= 1

    def warm(self) -> None:
        """Starts the processes, so that the first reader need not wait for them."""
        for process in self.all:
            process.start()

    def _ask(self, question: dict[str, Any]) -> dict[str, Any] | None:
        process = self.free.get()
        found = None
        try:
            found = process.ask(question)
        finally:
            if found is None and self.starters is not None:
                self.starters.submit(self._again, process)  # nobody waits for that: the next reader gets the other one
            else:
                self.free.put(process)
        return found

    def _again(self, process: Process) -> None:
        """Starts a process that had to end, and gives it back."""
        try:
            process.start()
        finally:
            self.free.put(process)

    def close(self) -> None:
        """Ends the processes."""
        if self.threads is not None:
            self.threads.shutdown()
        if self.starters is not None:
            self.starters.shutdown()
        for process in self.all:
            process.end()


class ArchiveDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """Datasette's database, which takes queries that a reader wrote elsewhere."""

    def __init__(self, ds: Any, path: str, *, is_mutable: bool) -> None:
        super().__init__(ds, path=path, is_mutable=is_mutable)
        self.desk = Desk(str(path), immutable=not is_mutable)

    async def execute(
        self,
        sql: str,
        params: Any = None,
        truncate: bool = False,
        custom_time_limit: float | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,
    ) -> Any:
        """As Datasette's; raises also `Busy`, and `QueryInterrupted` once the request has used up its time."""
        if not VISIT.get().own_sql or sql == "PRAGMA schema_version":
            return await super().execute(sql, params, truncate, custom_time_limit, page_size, log_sql_errors)
        spent = SPENT.get()
        left = SECONDS - sum(spent or ())
        most = min(left, self.ds.sql_time_limit_ms / 1000, (custom_time_limit or SECONDS * 1000) / 1000)
        if most <= 0:
            raise QueryInterrupted(sqlite3.OperationalError("interrupted"), sql, params)
        size = self.ds.max_returned_rows
        if size == (page_size or self.ds.page_size):
            size += 1
        question = {
            "sql": sql,
            "parameters": params if params is not None else {},
            "milliseconds": most * 1000,
            "rows": size if truncate else None,
        }
        found = await self.desk.ask(question)
        if spent is not None:
            spent.append(most if found is None else found["seconds"])
        if found is None or found.get("error") == "interrupted":
            raise QueryInterrupted(sqlite3.OperationalError("interrupted"), sql, params)
        if "error" in found:
            raise sqlite3.OperationalError(found["error"])
        columns = tuple(found["columns"])
        rows = [Row.of(columns, cells) for cells in found["rows"]]
        return Results(rows, found["truncated"], tuple((name, *[None] * 6) for name in columns))

    def close(self) -> None:
        """Closes the connections and ends the processes."""
        self.desk.close()
        super().close()


def take_over(datasette: Any, name: str) -> None:
    """Puts an `ArchiveDatabase` in the place of Datasette's own, before anything was asked of it."""
    old = datasette.databases[name]
    if isinstance(old, ArchiveDatabase) or old.path is None:
        return
    new = ArchiveDatabase(datasette, old.path, is_mutable=old.is_mutable)
    new.name, new.route = old.name, old.route
    datasette.databases = {**datasette.databases, name: new}
