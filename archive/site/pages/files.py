"""`/files/NAME`: the export files of the generation that is served, whole or in part, exactly those of its manifest."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from archive.exports.datapackage import MEDIA_TYPES
from archive.site.database import archive_of
from archive.site.respond import Route, memory, missing
from archive.site.vocabulary import EXPORTS, MANIFEST

PIECE = 1 << 18
"""Bytes that are read and sent at a time."""
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
"""One range of bytes (RFC 9110 §14.1.2); an answer to several would be in parts, which nobody needs here."""
OTHER_TYPES = {".db": "application/vnd.sqlite3", ".gz": "application/gzip"}
"""Beside those of the data package, which speaks of what is in a packed file."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of the manifest: where it is, its size in bytes, its hash, and its rows where it is a table."""

    name: str
    path: Path
    size: int
    sha256: str
    rows: int | None

    @property
    def media_type(self) -> str:
        """The media type, with the character set of texts."""
        suffix = self.path.suffix
        found = OTHER_TYPES.get(suffix) or MEDIA_TYPES.get(suffix, "application/octet-stream")
        return f"{found}; charset=utf-8" if found.startswith("text/") or found.endswith("json") else found


@dataclass(frozen=True, slots=True)
class Exports:
    """The exports of a generation: what the manifest says of it, and its files by name."""

    manifest: Mapping[str, Any]
    files: Mapping[str, Kept]


def read_exports(database: Path) -> Exports | None:
    """The exports beside an archive.db; None where it was handed out without them.

    Only names of the manifest are files of ours, and of those only what is there with the size that was written.
    """
    home = database.parent / EXPORTS
    listed = home / MANIFEST
    if not listed.is_file():
        return None
    manifest = json.loads(listed.read_text("utf-8"))
    files = {}
    for entry in manifest["files"]:
        name = str(entry["name"])
        path = database if name == database.name else home / name
        if path.is_file() and path.stat().st_size == entry["bytes"]:
            files[name] = Kept(name, path, entry["bytes"], entry["sha256"], entry.get("rows"))
    return Exports(manifest, files)


async def exports_of(datasette: Any) -> Exports | None:
    """The exports of the generation that is served."""
    served = archive_of(datasette)
    if served is None or not served.path:
        return None
    database = Path(served.path).resolve()

    async def look() -> Exports | None:
        return await asyncio.to_thread(read_exports, database)

    found: Exports | None = await memory.recall(datasette, ("exports",), look)
    return found


def part_of(asked: str | None, size: int) -> tuple[int, int] | None:
    """First byte and end of the range that is asked for; None where the whole is to be sent.

    What is no single range of bytes is ignored, as RFC 9110 §14.2 has it. Raises ValueError for one beyond the end.
    """
    match = RANGE.fullmatch((asked or "").strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1 if last else size)
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        raise ValueError(f"no byte {start} in {size}")
    return start, end


def headers_of(kept: Kept) -> dict[str, str]:
    """What goes with every answer about a file; its hash is its ETag, so that a download can be resumed safely."""
    return {
        "content-type": kept.media_type,
        "etag": f'"{kept.sha256}"',
        "accept-ranges": "bytes",
        "content-disposition": f'attachment; filename="{kept.path.name}"',
        "cache-control": "public, max-age=60",
    }


async def files_view(datasette: Any, request: Any, receive: Any, send: Any) -> Any:
    """`/files/<name>`; with `?sha256=` of its content it may be kept for ever, and is refused once it is another."""
    found = await exports_of(datasette)
    name = unquote(request.url_vars["name"])
    if name == MANIFEST and found is not None:
        return await _manifest(found, send)
    kept = None if found is None else found.files.get(name)
    pinned = request.args.get("sha256")
    if kept is None or (pinned and pinned != kept.sha256):
        return await missing(datasette, request, "file", name)
    headers = headers_of(kept)
    if pinned:
        headers["cache-control"] = "public, max-age=31536000, immutable"
    if headers["etag"] in (request.headers.get("if-none-match") or ""):
        return await _answer(send, 304, headers)
    asked = request.headers.get("range")
    if request.headers.get("if-range") not in (None, headers["etag"]):
        asked = None
    try:
        part = part_of(asked, kept.size)
    except ValueError:
        return await _answer(send, 416, headers | {"content-range": f"bytes */{kept.size}"})
    start, end = part or (0, kept.size)
    headers["content-length"] = str(end - start)
    if part:
        headers["content-range"] = f"bytes {start}-{end - 1}/{kept.size}"
    await _start(send, 206 if part else 200, headers)
    if request.method != "HEAD":
        await _stream(kept.path, start, end, receive, send)
    await send({"type": "http.response.body", "body": b""})
    return None


async def _manifest(found: Exports, send: Any) -> None:
    body = json.dumps(found.manifest, ensure_ascii=False, indent=1).encode() + b"\n"
    headers = {"content-type": "application/json; charset=utf-8", "cache-control": "public, max-age=60"}
    await _answer(send, 200, headers, body)


async def _start(send: Any, status: int, headers: Mapping[str, str]) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def _answer(send: Any, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
    await _start(send, status, headers)
    await send({"type": "http.response.body", "body": body})


async def _stream(path: Path, start: int, end: int, receive: Any, send: Any) -> None:
    """Sends bytes of a file, and reads no more of it once the reader has gone."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    leaving = asyncio.create_task(gone())
    try:
        with path.open("rb") as file:
            file.seek(start)
            left = end - start
            while left and not leaving.done():
                piece = await asyncio.to_thread(file.read, min(PIECE, left))
                if not piece:
                    raise OSError(f"{path} ends {left} bytes early: it was changed after it was published")
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                left -= len(piece)
    finally:
        leaving.cancel()


ROUTES: list[Route] = [(r"^/files/(?P<name>.+)$", files_view)]
