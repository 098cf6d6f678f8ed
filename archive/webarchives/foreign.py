"""Answers out of WARC and WACZ files that other tools wrote (pywb, Browsertrix, wget, Heritrix), one at a time.

WARC: ISO 28500:2017. Some tools keep the transfer coding in the record, some undo the content coding and say so in no
header; what is handed on has its transfer coding undone and its content coding as the headers say.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from lzma import LZMAError
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader, DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.limitreader import LimitReader

from archive.models import CapturedPage

WARC_ENDS = (".warc", ".warc.gz")
WACZ_ENDS = (".wacz",)
LARGEST = 64 * 1024 * 1024
"""No report is larger; a record above it is named and left out."""
LONGEST_HEAD = 4 * 1024 * 1024
"""Nor are the headers of any record; a stretch of lines above it is a file of another kind, or a trap."""
TOLD = 200
"""So many characters of what a library says of a damaged file are handed on: it may quote the file."""
_QUOTES = "first line: "
STATUS = re.compile("[1-5][0-9]{2}")
NO_ADDRESS = re.compile(r"[\x00-\x20\x7f]")
_DAMAGE = (ArchiveLoadFailed, zipfile.BadZipFile, zlib.error, LZMAError, EOFError, NotImplementedError)


class NotAWebArchive(Exception):
    """Raised for a file that holds no WARC records; the message says what it is taken for and what would do."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """One answer of a foreign archive, or why there is none: `page` None, `why` a word of the summary."""

    url: str
    page: CapturedPage | None
    why: str | None = None


def files_below(path: Path) -> list[Path]:
    """The archive files that a path names: itself, or all below a directory, sorted; raises NotAWebArchive for none."""
    if path.is_file():
        return [path]
    found = sorted(entry for entry in path.rglob("*") if entry.name.lower().endswith((*WARC_ENDS, *WACZ_ENDS)))
    if not found:
        raise NotAWebArchive(f"{path} holds no file that ends in {', '.join((*WARC_ENDS, *WACZ_ENDS))}")
    return found


def read_answers(path: Path) -> Iterator[Foreign]:
    """The answers in a WARC or WACZ file, in the order in which they stand there, without requests and metadata.

    What follows a damaged record of the same file is not read: the last entry then says so. Raises NotAWebArchive and
    OSError.
    """
    with ExitStack() as stack:
        if zipfile.is_zipfile(path):
            package = stack.enter_context(zipfile.ZipFile(path))
            names = [name for name in package.namelist() if name.lower().endswith(WARC_ENDS)]
            if not names:
                raise NotAWebArchive(f"{path} is a zip file without WARC files in it; a WACZ has them below archive/")
            for name in names:
                if package.getinfo(name).flag_bits & 1:
                    yield Foreign(f"{path.name}/{name}", None, "damaged: it is encrypted")
                else:
                    yield from _answers(partial(package.open, name), f"{path.name}/{name}")
        else:
            yield from _answers(lambda: path.open("rb"), path.name)


def _answers(opened: Callable[[], IO[bytes]], name: str) -> Iterator[Foreign]:
    met = False
    try:
        with opened() as stream:
            records = ArchiveIterator(stream)
            records.reader = _ShortHeads(records.fh)
            for record in records:
                met = True
                if record.rec_type in ("response", "resource", "revisit"):
                    yield _answer(record)
    except _DAMAGE as error:
        yield Foreign(name, None, f"damaged: {_damage(error, met)}")


def _damage(error: Exception, met: bool) -> str:
    """What a library says of a file in one line, without the bytes of the file that it may quote."""
    words = (str(error).splitlines() or [type(error).__name__])[0]
    if _QUOTES not in words:
        return words[:TOLD]
    if met:
        return "what follows its last whole record is no WARC record"
    return "no WARC record stands at its beginning; it is no WARC file, or packed otherwise than with gzip"


class _ShortHeads(DecompressingBufferedReader):  # type: ignore[misc]  # the library has no types
    """The reader of the library, which would read a line of any length, and headers without end, into memory."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(stream)
        self._head = 0

    def readline(self, length: int | None = None) -> bytes:
        """The next line; raises ArchiveLoadFailed where lines go on for too long."""
        line: bytes = super().readline(LONGEST_HEAD if length is None else min(length, LONGEST_HEAD))
        self._head += len(line)
        if self._head >= LONGEST_HEAD:
            raise ArchiveLoadFailed(f"headers of more than {LONGEST_HEAD} bytes")
        return line

    def read(self, length: int | None = None) -> bytes:
        """The next bytes of a body, after which headers may come again."""
        self._head = 0
        data: bytes = super().read(length)
        return data


def _is_address(url: str) -> bool:
    try:
        return url.startswith(("http://", "https://")) and not NO_ADDRESS.search(url) and bool(urlsplit(url).hostname)
    except ValueError:  # such as a bracket that is not closed
        return False


def _answer(record: Any) -> Foreign:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type == "revisit":
        return Foreign(url, None, "revisit")  # says only that earlier bytes were seen again; those stand on their own
    if not _is_address(url):
        return Foreign(url, None, "not http")
    at = _moment(record.rec_headers.get_header("WARC-Date") or "")
    if at is None:
        return Foreign(url, None, "without a date")
    stream = record.raw_stream
    headers: list[tuple[str, str]] = []
    status, reason, version = 200, "OK", "HTTP/1.1"
    if record.rec_type == "response":
        if record.http_headers is None:
            return Foreign(url, None, "not http")
        code = record.http_headers.get_statuscode()
        if not STATUS.fullmatch(code):
            return Foreign(url, None, "without a status")
        status, version = int(code), record.http_headers.protocol or version
        reason = record.http_headers.statusline.partition(" ")[2]
        headers = [(name, value) for name, value in record.http_headers.headers]
        if "chunked" in (record.http_headers.get_header("Transfer-Encoding") or "").lower():
            # Where a tool has undone the coding already, the reader finds no chunk and hands the bytes on as they are.
            stream = ChunkedDataReader(stream, decomp_type=None)
            headers = [(name, value) for name, value in headers if name.lower() != "transfer-encoding"]
    else:
        media_type = record.rec_headers.get_header("Content-Type")
        headers = [("Content-Type", media_type)] if media_type else []
    body = _body(stream)
    if body is None:
        return Foreign(url, None, "too large")
    if not _is_whole(record.raw_stream):
        return Foreign(url, None, "damaged: the record is shorter than it says, or does not say how long it is")
    truncated = record.rec_headers.get_header("WARC-Truncated")
    page = CapturedPage(
        url=url,
        status=status,
        reason=reason,
        headers=tuple(_honest(headers, body)),
        body=body,
        fetched_at=at,
        http_version=version,
        ip_address=record.rec_headers.get_header("WARC-IP-Address"),
        truncated=truncated,
    )
    return Foreign(url, page)


def _body(stream: Any) -> bytes | None:
    out = BytesIO()
    while piece := stream.read(1 << 16):
        out.write(piece)
        if out.tell() > LARGEST:
            return None
    return out.getvalue()


def _is_whole(stream: Any) -> bool:
    """Whether all bytes that a record should have were there; reads what follows the body in it."""
    while stream.read(1 << 16):
        pass
    return isinstance(stream, LimitReader) and stream.limit == 0


def _honest(headers: list[tuple[str, str]], body: bytes) -> list[tuple[str, str]]:
    """The headers without a content coding that a tool has undone: bytes that are no gzip stream are not gzip."""
    packed = body.startswith(b"\x1f\x8b")
    return [
        (name, value)
        for name, value in headers
        if not (name.lower() == "content-encoding" and "gzip" in value.lower() and not packed)
    ]


def _moment(text: str) -> str | None:
    """A WARC-Date as the ledger writes instants; None for what is none."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the latter where a zone carries it out of all years
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
