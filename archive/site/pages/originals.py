"""Originals as their reader saw them: read again, when someone asks, in a process of its own, and kept.

The bytes are a stranger's: they pass through this process, which does not look into them.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from archive.captures import content_type
from archive.originals.seen import NotSeen, Seen, decode
from archive.site.pages.capture import Unavailable, load, warc_directory
from archive.site.respond import Memory

READERS = 2
MOST_WAITING = 8
"""Requests that wait for a reader; more are told to come again."""
SECONDS = 20.0
"""Until a process that ought to have ended itself is killed."""
KEPT_BYTES = 8 * 1024 * 1024

_THREADS = ThreadPoolExecutor(READERS, thread_name_prefix="gongkai-original")
_kept = Memory(KEPT_BYTES, len)
"""Packed answers of readers by digest of the document."""


class _NotKept(Exception):
    """Carries an `Unavailable` past what keeps answers: another time it may be otherwise."""

    def __init__(self, unavailable: Unavailable) -> None:
        super().__init__(unavailable.reason)
        self.unavailable = unavailable


class Desk:
    """How many wait for a reader."""

    waiting = 0


async def original(datasette: Any, capture: sqlite3.Row, title: str | None, date: str | None) -> Seen | Unavailable:
    """What the reader sees of a capture, or why it cannot be shown; `title` and `date` are those of its list."""

    async def ask() -> bytes:
        directory = warc_directory(datasette)
        if directory is None:
            raise _NotKept(Unavailable("capture.no_store", expected=True))
        if Desk.waiting >= READERS + MOST_WAITING:
            raise _NotKept(Unavailable("original.busy", expected=False, status=503))
        Desk.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(_THREADS, _read, directory, capture, title, date)
        finally:
            Desk.waiting -= 1

    try:
        answer = zlib.decompress(await _kept.recall(datasette, (capture["sha256"],), ask))
        return decode(answer)
    except _NotKept as not_kept:
        return not_kept.unavailable
    except NotSeen as refused:
        return Unavailable("original.refused", expected=True, detail=str(refused))


def _read(directory: Path, capture: sqlite3.Row, title: str | None, date: str | None) -> bytes:
    """The packed answer of a process of its own, which is told what the document was read with before.

    The bytes are fetched only here, so that of many who wait no more than `READERS` hold any. Raises `_NotKept`.
    """
    stored = load(directory, capture["warc"], capture["offset"], capture["sha256"])
    if isinstance(stored, Unavailable):
        raise _NotKept(stored)
    media_type, charset = content_type(stored.headers)
    hints = {
        "name": capture["url"],
        "media_type": media_type or None,
        "charset": charset,
        "title_hint": title,
        "date_hint": date,
    }
    question = json.dumps(hints).encode() + b"\n" + stored.payload
    command = [sys.executable, "-m", "archive.originals"]
    try:
        done = subprocess.run(command, input=question, stdout=subprocess.PIPE, timeout=SECONDS, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise _NotKept(Unavailable("original.late", expected=False, status=503)) from error
    return zlib.compress(done.stdout)
