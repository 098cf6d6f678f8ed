"""The stored bytes of a capture, handed out so that nothing in them can act in the reader's browser on our behalf."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Response

from archive.captures import CAPTURES, CaptureError, StoredResponse, captures_of
from archive.site.database import archive_of, read, row, rows
from archive.site.respond import Route, missing, page
from archive.storage import StorageError

PLUGIN = "gongkai"
DATA_ENVIRONMENT = "GONGKAI_DATA"

REPORTS_SHOWN = 50
BUCKET_SECONDS = 5.0
CAPTURE_SECONDS = 15.0
"""How long a bucket may take for one answer, and a reader may wait for a capture."""

_THREADS = ThreadPoolExecutor(4, thread_name_prefix="gongkai-capture")
"""Threads of their own: a bucket that hangs keeps nobody waiting but those who ask for captures."""

_log = logging.getLogger(__name__)
SANDBOX = "sandbox; default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,80}")
SUFFIXES = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "txt",
    "application/pdf": "pdf",
    "application/msword": "doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


@dataclass(frozen=True, slots=True)
class Replay:
    """The bytes of a capture with the headers that keep them harmless."""

    body: bytes
    media_type: str
    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why the bytes are not handed out: the key of a text; `expected` where a site simply has no bytes beside it."""

    reason: str
    expected: bool
    detail: str = ""
    status: int = 500


def find_capture(connection: sqlite3.Connection, sha256: str) -> sqlite3.Row | None:
    """The capture of that digest, or None."""
    return row(connection, "select * from captures where sha256 = ?", sha256)


def reports_of(connection: sqlite3.Connection, sha256: str) -> list[sqlite3.Row]:
    """The versions of reports that were read from these bytes."""
    return rows(
        connection,
        "select v.report_id, v.version, v.current, r.agency, r.year from versions v"
        " join reports r on r.report_id = v.report_id where v.sha256 = ? order by r.agency, r.year limit ?",
        sha256,
        REPORTS_SHOWN,
    )


def warc_directory(datasette: Any) -> Path | None:
    """Where the WARC files are: plugin setting `data_dir`, GONGKAI_DATA, or DATA/warc beside DATA/generations/N."""
    configured = (datasette.plugin_config(PLUGIN) or {}).get("data_dir") or os.environ.get(DATA_ENVIRONMENT)
    if configured:
        candidates = [Path(configured)]
    else:
        database = archive_of(datasette)
        path = Path(database.path).resolve() if database is not None and database.path else None
        candidates = [] if path is None else [path.parent, *path.parents[2:3]]
    for candidate in candidates:
        if (candidate / CAPTURES).is_dir():
            return candidate / CAPTURES
    return None


def load(directory: Path, warc: str, offset: int, sha256: str) -> StoredResponse | Unavailable:
    """The answer that a record holds, its document proved by its digest; why not, if it cannot be had.

    Where the captures are in a bucket that fails, the operator is told in the log and the reader that it is so.
    """
    if Path(warc).name != warc:
        return Unavailable("capture.damaged", expected=False, detail=warc)
    store = captures_of(directory.parent, timeout=BUCKET_SECONDS)
    try:
        if not store.size(warc):
            return Unavailable("capture.no_file", expected=True)
        stored = store.read(warc, offset)
    except StorageError as error:
        _log.warning("a capture could not be read: %s", error)
        return Unavailable("capture.unreachable", expected=False, status=503)
    except CaptureError as error:
        return Unavailable("capture.damaged", expected=False, detail=str(error))
    if hashlib.sha256(stored.payload).hexdigest() != sha256:
        return Unavailable("capture.damaged", expected=False, detail="SHA-256")
    return stored


async def replay(datasette: Any, capture: sqlite3.Row) -> Replay | Unavailable:
    """The answer for one capture: its bytes as a download in a sandbox, or why there are none."""
    directory = warc_directory(datasette)
    if directory is None:
        return Unavailable("capture.no_store", expected=True)
    place = (directory, capture["warc"], capture["offset"], capture["sha256"])
    reading = asyncio.get_running_loop().run_in_executor(_THREADS, load, *place)
    try:
        stored = await asyncio.wait_for(reading, CAPTURE_SECONDS)
    except TimeoutError:
        return Unavailable("capture.unreachable", expected=False, status=503)
    if isinstance(stored, Unavailable):
        return stored
    media_type = capture["media_type"].strip().lower()
    if not MEDIA_TYPE.fullmatch(media_type):
        media_type = "text/plain"
    name = f"{capture['sha256'][:16]}.{SUFFIXES.get(media_type, 'bin')}"
    return Replay(
        stored.payload,
        media_type,
        (
            ("Content-Security-Policy", SANDBOX),
            ("Content-Disposition", f'attachment; filename="{name}"'),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", "public, max-age=31536000, immutable"),
        ),
    )


async def capture_view(datasette: Any, request: Any) -> Any:
    """`/capture/<sha256>`: the stored bytes; a page that says where they stand if they are not at hand."""
    sha256 = request.url_vars["sha256"].lower()
    found = await read(datasette, lambda connection: find_capture(connection, sha256))
    if found is None:
        return await missing(datasette, request, "capture", sha256)
    problem: Unavailable | None = None
    if not request.args.get("_about"):
        answer = await replay(datasette, found)
        if isinstance(answer, Replay):
            return Response(answer.body, headers=dict(answer.headers), content_type=answer.media_type)
        problem = answer
    reports = await read(datasette, lambda connection: reports_of(connection, sha256))
    status = problem.status if problem is not None and not problem.expected else 200
    return await page(datasette, request, "capture.html", status, capture=found, problem=problem, reports=reports)


ROUTES: list[Route] = [(r"^/capture/(?P<sha256>[0-9A-Fa-f]{64})$", capture_view)]
