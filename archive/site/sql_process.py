"""The process that runs SQL of readers, so that no query can hold or fill the process that answers pages.

Run by `archive.site.reader_sql` as `python -m archive.site.sql_process DATABASE ro|immutable`. It reads one question a
line from its standard input, as JSON (`sql`, `parameters`, `milliseconds`, `rows`), and writes one answer a line.
Before each question it sets an alarm that ends the process itself, whatever SQLite is doing then.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import signal
import sqlite3
import sys
import time
from typing import Any

from archive.site.sql_limits import READER_ADDRESSES, confine

STEPS = 500
"""Instructions of SQLite's machine between two looks at the clock."""
GRACE_SECONDS = 0.25
"""From the time limit to the alarm: what one instruction or the last row may still take."""
LARGEST_ANSWER = 16_000_000
"""Bytes of an answer; a thousand rows of megabytes would otherwise be carried into the process that answers pages."""
NICENESS = 10
READY = "ready"
"""Said once, before the first question."""


def answer(connection: sqlite3.Connection, question: dict[str, Any]) -> dict[str, Any]:
    """Columns and rows of a query, or what was wrong with it."""
    deadline = time.monotonic() + question["milliseconds"] / 1000
    connection.set_progress_handler(lambda: time.monotonic() >= deadline, STEPS)
    cursor = connection.cursor()
    try:
        cursor.execute(question["sql"], question["parameters"])
        most = question["rows"]
        rows: list[list[object]] = []
        size = 0
        for row in cursor:
            if most is not None and len(rows) == most:
                return _found(cursor, rows, truncated=True)
            cells = [_wire(cell) for cell in row]
            size += sum(len(cell) if isinstance(cell, str) else 8 for cell in cells)
            if size > LARGEST_ANSWER:
                return {"error": f"the answer is larger than {LARGEST_ANSWER // 1_000_000} MB"}
            rows.append(cells)
        return _found(cursor, rows, truncated=False)
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "out of memory"}
    finally:
        cursor.close()


def _found(cursor: sqlite3.Cursor, rows: list[list[object]], *, truncated: bool) -> dict[str, Any]:
    return {"columns": [column[0] for column in cursor.description or ()], "rows": rows, "truncated": truncated}


def _wire(cell: object) -> object:
    """A cell as JSON can carry it: bytes as a list of one base64 text."""
    return [base64.b64encode(cell).decode("ascii")] if isinstance(cell, bytes) else cell


def main(arguments: list[str]) -> int:
    """Answers questions until the input ends."""
    database, mode = arguments
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (READER_ADDRESSES, READER_ADDRESSES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    how = "immutable=1" if mode == "immutable" else "mode=ro"
    connection = sqlite3.connect(f"file:{database}?{how}", uri=True)
    confine(connection)
    sys.stdout.write(READY + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        question = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, question["milliseconds"] / 1000 + GRACE_SECONDS)
        begun = time.monotonic()
        found = answer(connection, question)
        text = json.dumps({**found, "seconds": time.monotonic() - begun})
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
