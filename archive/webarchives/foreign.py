"""Answers out of WARC and WACZ files that other tools wrote (pywb, Browsertrix, wget, Heritrix), one at a time.

WARC: ISO 28500:2017. Some tools keep the transfer coding in the record, some undo the content coding and say so in no
header; what is handed on has its transfer coding undone and its content coding as the headers say.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from archive.models import CapturedPage

WARC_ENDS = (".warc", ".warc.gz")
WACZ_ENDS = (".wacz",)
LARGEST = 64 * 1024 * 1024
"""No report is larger; a record above it is named and left out."""
DECODED_BY_OTHERS = ("content-encoding", "transfer-encoding")


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
                with package.open(name) as stream:
                    yield from _answers(stream, f"{path.name}/{name}")
        else:
            yield from _answers(stack.enter_context(path.open("rb")), path.name)


def _answers(stream: IO[bytes], name: str) -> Iterator[Foreign]:
    try:
        records = ArchiveIterator(stream)
        for record in records:
            if record.rec_type in ("response", "resource", "revisit"):
                yield _answer(record)
    except ArchiveLoadFailed as error:
        yield Foreign(name, None, f"damaged: {str(error).splitlines()[0]}")


def _answer(record: Any) -> Foreign:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type == "revisit":
        return Foreign(url, None, "revisit")  # says only that earlier bytes were seen again; those stand on their own
    if not url.startswith(("http://", "https://")):
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
        if not code.isdecimal():
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
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
